"""Many rows at once, where it counts: SQLAlchemy compiles a statement once, the driver gets the values as they are.

A large commit takes half the CPU time that way. Values and results are the driver's own: plain ints, str, bytes and
``None``, and for a Boolean column an int that is 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Column, Connection, Row, Select, Table, and_, bindparam, insert, or_, update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Insert, Update

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

IN_LIMIT: Final = 500
"""How many values one IN takes: large enough to be quick, far below what any database refuses."""


def pieces(items: Iterable[T], size: int = IN_LIMIT) -> Iterator[list[T]]:
    """The items in order, at most ``size`` at a time."""
    source = iter(items)
    while piece := list(islice(source, size)):
        yield piece


class Lookup:
    """A SELECT for many keys within one scope (a namespace), that uses the index on (scope, key columns).

    Example:
        ``Lookup(select(node), node.c.namespace_id, node.c.node_id).rows(connection, namespace_id, [(node_id,), …])``
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], scope: Column[bytes], *key: Column[Any]) -> None:
        width = len(key)
        # Few sizes, so that few statements are compiled; a key that is asked for twice changes nothing, but PostgreSQL
        # counts it twice: where it expects many rows it reads all of a table, so that one key has a size of its own.
        self._sizes = (1, 8, 64, IN_LIMIT) if width == 1 else (1, 4, 128)
        self._statements = [self._sized(statement, scope, key, size) for size in self._sizes]
        self._binds = [("p_scope", *(f"p_{i}" for i in range(size * width))) for size in self._sizes]

    def rows(self, connection: Connection, scope: bytes, keys: Iterable[tuple[Any, ...]]) -> Iterator[AnyRow]:
        """In no order. Reads a piece at a time, so that there may be any number of keys."""
        for piece in pieces(keys, self._sizes[-1]):
            fits = next(i for i, size in enumerate(self._sizes) if len(piece) <= size)
            padding = [piece[-1]] * (self._sizes[fits] - len(piece))
            sql, arrange = _prepared(connection.dialect, self._statements[fits], self._binds[fits])
            yield from connection.exec_driver_sql(sql, arrange((scope, *chain.from_iterable(piece + padding)))).all()

    @staticmethod
    def _sized(
        statement: Select[*tuple[Any, ...]], scope: Column[bytes], key: tuple[Column[Any], ...], size: int
    ) -> Select[*tuple[Any, ...]]:
        in_scope = scope == bindparam("p_scope", type_=scope.type)
        width = len(key)
        if width == 1:
            binds = [bindparam(f"p_{i}", type_=key[0].type) for i in range(size)]
            return statement.where(in_scope, key[0].in_(binds))
        # Not (a, b) IN (…): SQLite reads the whole table for that. The scope stands in each term for the same reason.
        return statement.where(
            or_(
                *(
                    and_(in_scope, *(c == bindparam(f"p_{i + n}", type_=c.type) for n, c in enumerate(key)))
                    for i in range(0, size * width, width)
                )
            )
        )


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows whose values are in the order of the table's columns."""
    names = tuple(column.name for column in table.columns)
    _execute_many(connection, _insertion(table, names), names, rows)


def update_rows(
    connection: Connection,
    table: Table,
    keys: tuple[str, ...],
    changed: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Change rows one by one.

    Args:
        connection: in a transaction.
        table: to change.
        keys: columns that tell the row.
        changed: columns to set.
        rows: the values of ``keys``, then those of ``changed``.
    """
    _execute_many(connection, _change(table, keys, changed), keys + changed, rows)


@lru_cache(maxsize=32)
def _insertion(table: Table, names: tuple[str, ...]) -> Insert:
    return insert(table).values({name: bindparam(f"p_{name}") for name in names})


@lru_cache(maxsize=32)
def _change(table: Table, keys: tuple[str, ...], changed: tuple[str, ...]) -> Update:
    rows = (table.c[name] == bindparam(f"p_{name}") for name in keys)
    return update(table).where(*rows).values({name: bindparam(f"p_{name}") for name in changed})


@lru_cache(maxsize=256)
def _prepared(
    dialect: Dialect, statement: Insert | Update | Select[*tuple[Any, ...]], binds: tuple[str, ...]
) -> tuple[str, Callable[[tuple[Any, ...]], Any]]:
    """The SQL, and what brings values in the order of ``binds`` into the form that the driver wants."""
    compiled = statement.compile(dialect=dialect)
    constants = {name: value for name, value in compiled.params.items() if name not in binds}
    names, fixed = (*binds, *constants), tuple(constants.values())
    if not compiled.positional:
        return str(compiled), lambda values: dict(zip(names, values + fixed, strict=True))
    order = tuple(compiled.positiontup or ())
    pick: Callable[[tuple[Any, ...]], Any] = itemgetter(*map(names.index, order)) if order != names else tuple
    if dialect.name == "sqlite":
        return str(compiled), lambda values: _quick(pick(values + fixed))
    return str(compiled), lambda values: pick(values + fixed)


def _quick(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same for sqlite3: for bytes it would look for an adapter first, which takes longer than storing them."""
    return tuple([bytearray(value) if type(value) is bytes else value for value in values])


def _execute_many(
    connection: Connection, statement: Insert | Update, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    if not rows:
        return
    sql, arrange = _prepared(connection.dialect, statement, tuple(f"p_{name}" for name in names))
    connection.exec_driver_sql(sql, list(map(arrange, rows)))
