"""Databases that Lockstep cannot work with, and what the operator reads about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from server_api.building import build_server
from server_api.config import ServerConfig
from server_api.errors import NoServerError, StartError
from server_api.storage import requirements
from server_api.storage.database import Database
from tests.fixtures.databases import DatabaseServer, MariadbServer, PostgresqlServer

pytestmark = pytest.mark.databases


@pytest.fixture(params=["postgresql", "mariadb"])
def database_server(request: pytest.FixtureRequest) -> DatabaseServer:
    server: DatabaseServer = request.getfixturevalue(request.param)
    return server


def refusal(database_url: str, directory: Path) -> str:
    config = ServerConfig(data=directory, database_url=database_url, store_url=f"dir:{directory / 'objects'}")
    with pytest.raises(StartError) as told:
        build_server(config)
    line = str(told.value)
    assert "\n" not in line
    assert "correct horse" not in line
    return line


def test_a_wrong_password_is_told_as_one(database_server: DatabaseServer, tmp_path: Path) -> None:
    url = database_server.url(make_url(database_server.empty_database()).database or "", password="wrong")
    assert "Check the user and the password" in refusal(url, tmp_path)


def test_a_database_that_is_not_there_has_to_be_made(database_server: DatabaseServer, tmp_path: Path) -> None:
    assert "Make it first" in refusal(database_server.url("nowhere"), tmp_path)


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mysql+pymysql"])
def test_a_server_that_does_not_run_is_told_as_such(driver: str, tmp_path: Path) -> None:
    assert "database server runs" in refusal(f"{driver}://lockstep:secret@127.0.0.1:1/lockstep", tmp_path)


def test_a_server_that_is_too_old_is_refused(
    database_server: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirements, "_NEEDED", {"PostgreSQL": (99,), "MariaDB": (99, 1)})
    line = refusal(database_server.empty_database(), tmp_path)
    assert "Lockstep needs 99" in line
    assert line.split()[-2] == "update"


def test_an_empty_database_is_no_server_to_a_command_that_needs_one(
    database_server: DatabaseServer, tmp_path: Path
) -> None:
    url = database_server.empty_database()
    data = tmp_path / "data"
    config = ServerConfig(data=data, database_url=url, store_url=f"dir:{data / 'objects'}")
    for _ in range(2):
        with pytest.raises(NoServerError, match="There is no server at ") as told:
            build_server(config, makes=False)
        assert (make_url(url).password or url) not in str(told.value)
    assert not data.exists()
    build_server(config).database.close()
    build_server(config, makes=False).database.close()


def test_another_encoding_than_utf8_is_refused(postgresql: PostgresqlServer, tmp_path: Path) -> None:
    postgresql.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    assert "ENCODING 'UTF8'" in refusal(postgresql.url("latin"), tmp_path)


def test_what_was_refused_is_not_in_the_way_of_the_next_start(mariadb: MariadbServer, tmp_path: Path) -> None:
    mariadb.execute("CREATE DATABASE mended CHARACTER SET latin1")
    for _ in range(2):
        assert "utf8mb4_bin" in refusal(mariadb.url("mended"), tmp_path)
    mariadb.execute("ALTER DATABASE mended CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    database = Database(mariadb.url("mended"))
    database.open()
    database.close()


@pytest.mark.parametrize("collation", ["utf8mb4_general_ci", "latin1_bin"])
def test_a_collation_that_takes_different_addresses_for_one_is_refused(
    collation: str, mariadb: MariadbServer, tmp_path: Path
) -> None:
    charset = collation.partition("_")[0]
    mariadb.execute(f"CREATE DATABASE {collation} CHARACTER SET {charset} COLLATE {collation}")
    assert "utf8mb4_bin" in refusal(mariadb.url(collation), tmp_path)


def test_a_user_without_rights_on_the_database_is_told_so(mariadb: MariadbServer, tmp_path: Path) -> None:
    database = make_url(mariadb.empty_database()).database or ""
    mariadb.execute("CREATE USER IF NOT EXISTS 'nobody'@'localhost' IDENTIFIED BY 'secret'")
    assert "GRANT ALL" in refusal(mariadb.url(database, user="nobody", password="secret"), tmp_path)


def test_a_newer_mariadb_and_its_own_name_in_the_address_are_welcome(mariadb: MariadbServer, tmp_path: Path) -> None:
    url = mariadb.empty_database().replace("mysql+pymysql", "mariadb+pymysql")
    config = ServerConfig(data=tmp_path, database_url=url, store_url=f"dir:{tmp_path / 'objects'}")
    build_server(config).database.close()
