"""Every schema that ever was, with rows in all its tables, upgraded on every database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.dialects.mysql import TINYINT
from sqlalchemy.types import _Binary

from server_api.storage import schema
from server_api.storage.database import Database
from server_api.storage.schema import SCHEMA
from server_api.storage.tables import metadata
from tests.fixtures.databases import DatabaseServer

ROWS = 3


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.databases),
        pytest.param("mariadb", marks=pytest.mark.databases),
    ]
)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.sqlite'}"
    server: DatabaseServer = request.getfixturevalue(request.param)
    return server.empty_database()


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    made = Database(empty_url)
    yield made
    made.close()


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    return sorted(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def test_the_migrations_make_the_schema_of_the_tables(database: Database) -> None:
    database.open()
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize("older", revisions())
def test_an_upgrade_keeps_every_row(older: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(schema, "SCHEMA", older)
        database.open()
    before = fill(database)
    database.open()
    after = contents(database)
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0] if name in row} for row in after.get(table, [])]
        assert sorted(map(repr, kept)) == sorted(
            repr({name: value for name, value in row.items() if name in kept[0]}) for row in rows
        )


def test_several_servers_open_a_new_database_at_once(empty_url: str) -> None:
    failures: list[Exception] = []

    def start() -> None:
        try:
            database = Database(empty_url)
            database.open()
            database.close()
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def fill(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Rows in every table that this schema has; all of them as they are read back."""
    with database.write() as work:
        found = MetaData()
        found.reflect(work.connection)
        written: dict[str, list[dict[str, Any]]] = {}
        for table in found.sorted_tables:
            if table.name != "alembic_version":
                written[table.name] = [row_of(table, number, written) for number in range(ROWS)]
                work.connection.execute(insert(table), written[table.name])
    return {name: rows for name, rows in contents(database).items() if name in written}


def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.read() as connection:
        found = MetaData()
        found.reflect(connection)
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in found.sorted_tables
        }


def row_of(table: Table, number: int, written: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    row = {}
    for column in table.columns:
        owners = [key.column for key in column.foreign_keys]
        if owners:
            row[column.name] = written[owners[0].table.name][number][owners[0].name]
        else:
            row[column.name] = value_of(column, number)
    return row


def value_of(column: Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, Boolean | TINYINT):
        return bool(number % 2)
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, LargeBinary | _Binary):
        return secrets.token_bytes(getattr(kind, "length", None) or 32)
    return f"{column.name} {number}"[: getattr(kind, "length", None) or 60]


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    assert revisions()[-1] == SCHEMA
