"""Passwords and addresses that lie with Secrets Manager."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
from sqlalchemy import make_url, select

from server_api.errors import StartError
from server_api.storage.database import Database
from server_api.storage.secret_texts import SecretError, read_secret, read_sign_in
from server_api.storage.tables import server_state
from tests.fixtures.aws import REGION
from tests.fixtures.databases import PASSWORD, USER, DatabaseServer
from tests.fixtures.servers import make_server
from tests.unit.server_api.cli.calling import run

SIGN_IN = "lockstep/database"


def keep(name: str, text: str, region: str = REGION) -> str:
    return str(boto3.client("secretsmanager", region).create_secret(Name=name, SecretString=text)["ARN"])


def rotate(name: str, text: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=name, SecretString=text)


def test_a_secret_is_read_by_name_and_by_arn_of_another_region(aws: None) -> None:
    keep("here", "one")
    arn = keep("there", "two", "us-east-2")
    assert read_secret("secretsmanager:here") == "one"
    assert read_secret(f"secretsmanager:{arn}") == "two"


@pytest.mark.parametrize("text", ["no json", "[]", '{"username":"x"}'])
def test_what_is_no_sign_in_is_told_by_the_secret_s_name_and_not_shown(aws: None, text: str) -> None:
    keep(SIGN_IN, text)
    with pytest.raises(SecretError, match=SIGN_IN) as caught:
        read_sign_in(f"secretsmanager:{SIGN_IN}")
    assert text not in str(caught.value)


@pytest.mark.embedded
def test_the_whole_address_may_be_a_secret(aws: None, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.sqlite"
    keep("address", f"sqlite:///{file}")
    result = run(
        tmp_path / "server", "user", "add", "ada@example.org", LOCKSTEP_SERVER_DATABASE="secretsmanager:address"
    )
    assert (result.exit_code, file.exists()) == (0, True), result.output
    missing = run(tmp_path / "server", "user", "list", LOCKSTEP_SERVER_DATABASE="secretsmanager:nothing")
    assert (missing.exit_code, "the secret nothing cannot be read" in missing.output) == (1, True)


def test_a_missing_secret_stops_the_start_with_one_line(aws: None, tmp_path: Path) -> None:
    url = "postgresql+psycopg://db.example.org/lockstep?credentials=secretsmanager:nothing"
    with pytest.raises(StartError, match="the secret nothing cannot be read"):
        make_server(tmp_path / "server", database_url=url)


@pytest.mark.databases
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_password_that_was_rotated_is_read_again(aws: None, request: pytest.FixtureRequest, kind: str) -> None:
    server: DatabaseServer = request.getfixturevalue(kind)
    sign_in = {"username": USER, "password": "of the week before"}
    keep(SIGN_IN, json.dumps(sign_in))
    url = make_url(server.new_database()).set(username=None, password=None)
    database = Database(url.update_query_dict({"credentials": f"secretsmanager:{SIGN_IN}"}).render_as_string())
    rotate(SIGN_IN, json.dumps(sign_in | {"password": PASSWORD}))
    database.open(makes=False)
    with database.read() as connection:
        assert connection.execute(select(server_state)).all() == []
    database.close()
