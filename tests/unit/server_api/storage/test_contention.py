"""Writers in each other's way, and a database that is away."""

from __future__ import annotations

import ast
import random
import time
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

import server_api
from server_api.errors import UnavailableError
from server_api.services.server import Server
from server_api.storage import contention
from server_api.storage.contention import ContentionError, retried, translated
from server_api.storage.database import Database
from server_api.storage.tables import server_state
from tests.fakes.clock import FakeClock


class Driver:
    """As PostgreSQL's tells what happened."""

    class Error(Exception):
        def __init__(self, sqlstate: str = "") -> None:
            super().__init__("first line\nSELECT secret")
            self.sqlstate = sqlstate

    class OperationalError(Error):
        pass

    class InterfaceError(Error):
        pass

    class IntegrityError(Error):
        pass

    class InternalError(Error):
        pass


@pytest.mark.every_database
def test_of_two_transactions_that_wait_for_each_other_both_are_done_in_the_end(server: Server) -> None:
    with server.database.write() as work:
        for key in ("one", "two"):
            work.connection.execute(insert(server_state).values(key=key, value=b""))
    both_hold_one = Barrier(2, timeout=60)
    tries: list[str] = []
    failures: list[BaseException] = []

    @retried
    def change(first: str, second: str) -> None:
        tries.append(first)
        with server.database.write() as work:
            append(work.connection, first, first)
            if len(tries) <= 2 and work.connection.dialect.name != "sqlite":  # there, one waits for the whole other
                both_hold_one.wait()
            append(work.connection, second, first)

    def run(first: str, second: str) -> None:
        try:
            change(first, second)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [Thread(target=run, args=keys) for keys in (("one", "two"), ("two", "one"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with server.database.read() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        values = connection.scalars(select(server_state.c.value).where(server_state.c.key.in_(["one", "two"]))).all()
    assert {value.decode() for value in values} <= {"onetwo", "twoone"}
    assert len(tries) == (2 if is_sqlite else 3)


def append(connection: Any, key: str, text: str) -> None:
    row = server_state.c.key == key
    value = connection.scalar(select(server_state.c.value).where(row).with_for_update())
    connection.execute(update(server_state).where(row).values(value=value + text.encode()))


def test_what_is_in_the_way_of_others_is_tried_again_until_it_is_through() -> None:
    left = [ContentionError(), ContentionError(), ContentionError()]

    @retried
    def write(answer: str) -> str:
        if left:
            raise left.pop()
        return answer

    assert write("done") == "done"


def test_who_was_held_up_long_makes_way_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pauses = FakeClock(), list[float]()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(random, "uniform", lambda _, most: most)
    left = [1, 1, 1]

    @retried
    def write() -> None:
        if left:
            clock.advance(left.pop())
            raise ContentionError

    write()
    assert pauses == [1, 2, 4]


def test_no_more_tries_begin_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "WAIT_S", 0)
    tries: list[int] = []

    @retried
    def write() -> None:
        tries.append(1)
        raise ContentionError

    with pytest.raises(ContentionError):
        write()
    assert len(tries) == 1


def test_any_other_error_is_told_at_once() -> None:
    @retried
    def write() -> None:
        raise ValueError("a mistake")

    with pytest.raises(ValueError, match="a mistake"):
        write()


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03"])
def test_the_database_s_words_for_others_in_the_way_are_known(sqlstate: str) -> None:
    with pytest.raises(ContentionError), translated(Driver):
        raise OperationalError("SELECT", {}, Driver.OperationalError(sqlstate))


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", {}, Driver.OperationalError("08006")),
        InterfaceError("SELECT", {}, Driver.InterfaceError()),
        Driver.OperationalError(),  # as SQLAlchemy lets it through when it prepares a connection
        InternalError("UPDATE", {}, Driver.InternalError("25006")),
        PoolTimeoutError(),
    ],
)
def test_a_database_that_is_away_is_unavailable_for_now(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UnavailableError) as told, translated(Driver):
        raise error
    assert told.value.retry_after_s
    assert not isinstance(told.value, ContentionError)
    assert "secret" not in caplog.text


def test_a_broken_rule_stays_what_it_is() -> None:
    with pytest.raises(IntegrityError), translated(Driver):
        raise IntegrityError("INSERT", {}, Driver.IntegrityError("23505"))


def test_a_statement_s_values_are_in_no_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'server.sqlite'}")
    database.open()
    with database.write() as work:
        rows = [{"key": "a secret", "value": b""}] * 2
        with pytest.raises(IntegrityError) as told:
            work.connection.execute(insert(server_state), rows)
    assert "secret" not in str(told.value)
    database.close()


def test_whatever_writes_is_tried_again() -> None:
    root = Path(server_api.__path__[0])
    found = {
        f"{path.stem}.{function.name}": "retried" in map(name_of, function.decorator_list)
        for path in sorted(root.rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and any(map(is_write, ast.walk(function)))
    }
    once = {
        "sessions._note_seen",  # it may as well be noted the next time
        "rebuild.rebuild_server",  # an operator's command in an empty database
        "reinstating.reinstate_server",  # the same
    }
    assert {name for name, is_retried in found.items() if not is_retried} == once
    assert len(found) > len(once)


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def is_write(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("database.write")


@pytest.mark.every_database
def test_who_was_alone_lets_the_next_in_at_once(server: Server) -> None:
    for _ in range(15):
        with server.database.alone("collecting") as still_alone:
            assert still_alone is not None
            with server.database.alone("collecting") as other:
                assert other is None
