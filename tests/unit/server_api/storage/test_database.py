"""Opening, migrating, reading and writing the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import insert, make_url, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from server_api.storage import schema, turns
from server_api.storage.contention import ContentionError
from server_api.storage.database import Database
from server_api.storage.schema import NewerSchemaError
from server_api.storage.tables import metadata, server_state
from tests.fixtures.databases import DatabaseServer


def open_database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    database.open()
    return database


def put(database: Database, key: str) -> None:
    with database.write() as work:
        work.connection.execute(insert(server_state).values(key=key, value=b"value"))


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(server_state.c.key).order_by(server_state.c.key)))


@pytest.mark.parametrize("dialect", [sqlite.dialect, postgresql.dialect, mysql.dialect])
def test_each_table_can_be_said_in_each_database_s_sql(dialect: type[Dialect]) -> None:
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect()))


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    first = open_database(tmp_path / "server.sqlite")
    put(first, "kept")
    first.close()
    again = open_database(tmp_path / "server.sqlite")
    assert keys(again) == ["kept"]
    again.close()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = open_database(tmp_path / "server.sqlite")
    put(database, "secret")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    database.close()


def test_who_opens_a_new_file_waits_for_who_opened_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.sqlite"
    monkeypatch.setattr(turns, "WAIT_S", 0)
    with turns.Turns(file).take(), pytest.raises(ContentionError):
        open_database(file)
    assert file.read_bytes() == b""
    open_database(file).close()


def test_an_older_schema_is_copied_before_it_is_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "server.sqlite"
    older = open_database(path)
    put(older, "kept")
    older.close()
    upgraded: list[str] = []

    def upgrade(connection: object) -> None:
        upgraded.extend(found.name for found in tmp_path.glob("*.before-*"))

    monkeypatch.setattr(schema, "SCHEMA", "9999")
    monkeypatch.setattr(schema, "_migrate", upgrade)
    Database(f"sqlite:///{path}").open()
    assert upgraded == ["server.sqlite.before-9999"], "the copy has to be there before the upgrade begins"
    copy = sqlite3.connect(tmp_path / upgraded[0])
    assert copy.execute("SELECT key FROM server_state").fetchall() == [("kept",)]
    copy.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "server.sqlite"
    older = open_database(path)
    put(older, "kept")

    def upgrade(connection: object) -> None:
        connection.exec_driver_sql("DROP TABLE server_state")  # type: ignore[attr-defined]
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(schema, "SCHEMA", "9999")
        patched.setattr(schema, "_migrate", upgrade)
        newer = Database(f"sqlite:///{path}")
        with pytest.raises(RuntimeError):
            newer.open()
        newer.close()
    assert keys(older) == ["kept"]
    older.close()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "server.sqlite"
    open_database(path).close()
    newer = sqlite3.connect(path)
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.commit()
    newer.close()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(NewerSchemaError, match="update Lockstep"):
        database.open()
    database.close()
    assert [found.name for found in tmp_path.glob("*.before-*")] == []


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="file"):
        Database("sqlite://")


def test_a_write_that_raises_changes_nothing_and_tells_nobody(tmp_path: Path) -> None:
    database = open_database(tmp_path / "server.sqlite")
    told: list[str] = []

    def write_and_fail() -> None:
        with database.write() as work:
            work.connection.execute(insert(server_state).values(key="lost", value=b""))
            work.after_commit(lambda: told.append("lost"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert (keys(database), told) == ([], [])
    database.close()


def test_who_is_told_after_a_commit_sees_what_was_written(tmp_path: Path) -> None:
    database = open_database(tmp_path / "server.sqlite")
    seen: list[str] = []
    with database.write() as work:
        work.connection.execute(insert(server_state).values(key="new", value=b""))
        work.after_commit(lambda: seen.extend(keys(database)))
        assert seen == []
    assert seen == ["new"]
    database.close()


def test_a_read_sees_one_state_while_others_write(tmp_path: Path) -> None:
    database = open_database(tmp_path / "server.sqlite")
    put(database, "first")
    with database.read() as connection:
        assert len(connection.scalars(select(server_state.c.key)).all()) == 1
        put(database, "second")
        assert len(connection.scalars(select(server_state.c.key)).all()) == 1
    assert keys(database) == ["first", "second"]
    database.close()


def test_many_writers_take_turns(tmp_path: Path) -> None:
    database = open_database(tmp_path / "server.sqlite")
    other_process = Database(f"sqlite:///{tmp_path / 'server.sqlite'}")

    def write(i: int) -> None:
        for n in range(5):
            put((database, other_process)[i % 2], f"{i}-{n}")

    threads = [Thread(target=write, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys(database)) == 40
    database.close()
    other_process.close()


@pytest.mark.databases
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_database_that_a_test_made_another_schema_s_is_lent_to_no_other(
    kind: str, request: pytest.FixtureRequest
) -> None:
    server: DatabaseServer = request.getfixturevalue(kind)
    url = server.new_database()
    assert any(server.clear(url) for _ in range(20))  # each of which gives up soon
    server.execute("UPDATE alembic_version SET version_num = '9999'", database=str(make_url(url).database))
    assert not server.clear(url)


@pytest.mark.databases
@pytest.mark.parametrize(("said", "idle_s"), [({}, "30"), ({"keepalives_idle": "7"}, "7")])
def test_a_postgresql_that_vanishes_is_noticed_soon_unless_the_operator_says_otherwise(
    said: dict[str, str], idle_s: str, postgresql: DatabaseServer
) -> None:
    database = Database(make_url(postgresql.new_database()).update_query_dict(said).render_as_string(False))
    with database.read() as connection:
        driver: Any = connection.connection.driver_connection
        settings = driver.info.get_parameters()
    assert (settings["keepalives_idle"], settings["tcp_user_timeout"]) == (idle_s, "30000")
    database.close()
