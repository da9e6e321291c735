from __future__ import annotations

import logging
import re
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import OperationalError

from server_api import errors
from server_api.app import create_app
from server_api.building import build_server
from server_api.config import ServerConfig
from server_api.contract.messages import PROBLEM_JSON, PROTOCOL, ErrorCode, Problem
from server_api.domain.protocol import refusal
from server_api.errors import ApiError, StartError
from server_api.routes.request_ids import current_request_id
from server_api.services.server import Server
from tests.fixtures.servers import Api

ALL_ERRORS = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, ApiError) and found is not ApiError
]


def problem(response: Any) -> Problem:
    assert response.content_type == PROBLEM_JSON
    return msgspec.json.decode(response.data, type=Problem)


def test_every_code_of_the_contract_has_an_error() -> None:
    assert {error.code for error in ALL_ERRORS} == set(ErrorCode)


def test_every_error_says_something_to_a_person() -> None:
    assert all(error.title.endswith(".") for error in ALL_ERRORS)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("DELETE", "/v1/server", 405, "method-not-allowed"),
        ("GET", "/v1/account", 401, "not-signed-in"),
        ("GET", "/v1/server/", 200, None),
        ("GET", "//v1/server", 404, "not-found"),
        ("GET", "/v1/devices/not-a-uuid/revoke", 404, "not-found"),
    ],
)
def test_every_refusal_is_a_problem_document(api: Api, method: str, path: str, status: int, code: str | None) -> None:
    response = api.client.open(path, method=method)
    assert response.status_code == status
    if code is not None:
        told = problem(response)
        assert (told.status, told.code) == (status, code)
        assert told.request_id == response.headers["Lockstep-Request-Id"]


def test_a_wrong_method_is_told_the_right_ones(api: Api) -> None:
    assert "GET" in api.client.delete("/v1/server").headers["Allow"]


def test_no_sign_in_asks_for_a_bearer(api: Api) -> None:
    assert api.client.get("/v1/account").headers["WWW-Authenticate"] == "Bearer"


def test_a_mistake_of_the_servers_own_shows_no_internals(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(server)
    app.add_url_rule("/v1/broken", "broken", lambda: str(1 / 0))
    with caplog.at_level(logging.ERROR, "lockstep.errors"):
        response = app.test_client().get("/v1/broken")
    assert response.status_code == 500
    assert problem(response).code == "internal"
    assert "ZeroDivisionError" not in response.get_data(as_text=True)
    assert caplog.records[0].exc_info is not None


@pytest.mark.embedded  # raises an error of SQLite's own; test_several_processes has the others go away
def test_a_database_that_is_gone_is_unavailable_for_now(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> str:
        with server.database.read():
            raise OperationalError("SELECT secret", {}, sqlite3.OperationalError("unable to open database file"))

    app = create_app(server)
    app.add_url_rule("/v1/broken", "broken", fail)
    with caplog.at_level(logging.CRITICAL):
        response = app.test_client().get("/v1/broken")
    assert response.status_code == 503
    assert problem(response).code == "unavailable"
    assert "Retry-After" in response.headers
    assert "secret" not in response.get_data(as_text=True)


@pytest.mark.parametrize("spoken", ["0", str(PROTOCOL + 1), "x", "", "-1", "9" * 50, "١"])
def test_a_device_too_far_away_is_told_to_update(api: Api, spoken: str) -> None:
    response = api.client.get("/v1/account", headers={"Lockstep-Protocol": spoken.encode("utf-8").decode("latin-1")})
    assert response.status_code == 426
    told = problem(response)
    assert told.code == "update-needed"
    assert "pdate" in told.detail


@pytest.mark.parametrize(("spoken", "status"), [(7, 200), (6, 200), (5, 200), (4, 426), (8, 426)])
def test_a_device_two_versions_older_is_served_and_an_older_one_is_not(
    api: Api, monkeypatch: pytest.MonkeyPatch, spoken: int, status: int
) -> None:
    device = api.sign_in()
    monkeypatch.setattr("server_api.app.PROTOCOL", 7)
    response = device.send("GET", "/v1/account", headers={"Lockstep-Protocol": str(spoken)})
    assert response.status_code == status
    if status != 200:
        assert problem(response).detail == refusal(str(spoken), 7)


def test_a_device_too_far_away_can_still_ask_what_the_server_speaks(api: Api) -> None:
    assert api.client.get("/v1/server", headers={"Lockstep-Protocol": "99"}).get_json()["protocol"] == PROTOCOL


def test_this_protocol_and_none_at_all_are_welcome(api: Api) -> None:
    for headers in ({}, {"Lockstep-Protocol": str(PROTOCOL)}):
        assert problem(api.client.get("/v1/account", headers=headers)).code == "not-signed-in"


def test_every_answer_carries_the_security_headers(api: Api) -> None:
    for path in ("/v1/server", "/v1/nothing", "/"):
        headers = api.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == ("same-origin" if path == "/" else "no-referrer")
        assert headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in headers


def test_the_host_header_leads_nowhere(api: Api) -> None:
    for path in ("/v1/server", "/v1/server/", "/", "/v1/nothing"):
        response = api.client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in str(response.headers)
        assert response.status_code in {200, 404}


def test_each_request_has_an_id_of_its_own(api: Api) -> None:
    ids = {api.client.get("/v1/server").headers["Lockstep-Request-Id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)


def test_an_id_that_the_client_sends_is_not_believed(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    forged = "f" * 16
    headers = dict.fromkeys(("Lockstep-Request-Id", "X-Request-Id", "X-Correlation-Id", "Request-Id"), forged)
    with caplog.at_level(logging.INFO, "lockstep.access"):
        response = api.client.get("/v1/nothing", headers=headers)
        response.close()
    assert forged not in f"{response.headers}{response.text}{[vars(record) for record in caplog.records]}"
    assert vars(caplog.records[-1])["request_id"] == response.headers["Lockstep-Request-Id"]
    assert current_request_id() == "", "what is logged afterwards is of no request"


def test_requests_are_logged_without_their_query(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lockstep.access"):
        api.client.get("/v1/server?signature=secret").close()
    record = caplog.records[-1]
    assert vars(record)["path"] == "/v1/server"
    assert vars(record)["status"] == 200
    assert "secret" not in str(vars(record))


def test_secrets_are_kept_over_restarts_and_differ_between_servers(tmp_path: Path) -> None:
    def build(name: str) -> Server:
        data = tmp_path / name
        config = ServerConfig(data=data, database_url=f"sqlite:///{data}/db.sqlite", store_url=f"dir:{data}/objects")
        built = build_server(config)
        built.database.close()
        return built

    first, again, other = build("a"), build("a"), build("b")
    assert first.secrets == again.secrets
    assert not set(first.secrets.values()) & set(other.secrets.values())
    assert not any(value.hex() in repr(first) or repr(value) in repr(first) for value in first.secrets.values())


@pytest.mark.parametrize(
    ("database", "says"),
    [("sqlite:////proc/none/db.sqlite", "database"), ("oracle://x", "database"), ("nonsense", "database")],
)
def test_a_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path, database: str, says: str) -> None:
    config = ServerConfig(data=tmp_path, database_url=database, store_url=f"dir:{tmp_path}/objects")
    with pytest.raises(StartError, match=says) as refused:
        build_server(config)
    assert "\n" not in str(refused.value)


def test_a_data_directory_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    config = ServerConfig(data=tmp_path / "data", database_url="sqlite:///x", store_url="dir:x")
    with pytest.raises(StartError, match="cannot be written"):
        build_server(config)
