"""What a database server has to be like, and what to do about one that is not so: for the operator, at the start."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, text

from server_api.storage.contention import reason

_NEEDED: Final = {"PostgreSQL": (13,), "MariaDB": (10, 6), "MySQL": (8, 0)}

_NEW_POSTGRESQL: Final = "CREATE DATABASE lockstep ENCODING 'UTF8' TEMPLATE template0"
_NEW_MYSQL: Final = "CREATE DATABASE lockstep CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"

_REFUSED: Final = "Check the user and the password in the database's address; write @ : / in them as %40 %3A %2F."
_NO_DATABASE: Final = "Make it first, as the database server's administrator: docs/databases.md says how."
_NO_ANSWER: Final = "Check that the database server runs, and that the host and port in its address are right."

_ADVICE: Final = {
    1044: "This user may not use that database: GRANT ALL ON it to this user.",
    1045: _REFUSED,
    1049: _NO_DATABASE,
    1698: _REFUSED,
    2002: _NO_ANSWER,
    2003: _NO_ANSWER,
}
_POSTGRESQL_ADVICE: Final = {  # while it connects, libpq tells no code
    "authentication failed": _REFUSED,
    "no password supplied": _REFUSED,
    "does not exist": _NO_DATABASE,
    "refused": _NO_ANSWER,
    "No such file": _NO_ANSWER,
    "timeout": _NO_ANSWER,
    "resolve": _NO_ANSWER,
    "translate host name": _NO_ANSWER,
    "permission denied for schema": "This user may make no tables in that database: make the user its owner.",
}


class UnfitDatabaseError(Exception):
    """The server or the database is not one that Lockstep can work with; its message tells a person what to do."""


def check_fitness(connection: Connection) -> None:
    """Raises: UnfitDatabaseError."""
    dialect: Any = connection.dialect
    if dialect.name == "sqlite":
        return
    if dialect.name == "postgresql":
        _check_version("PostgreSQL", dialect.server_version_info)
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise UnfitDatabaseError(
                f"the database keeps text as {encoding}, and names need UTF8: make one with {_NEW_POSTGRESQL}"
            )
        return
    _check_version("MariaDB" if dialect.is_mariadb else "MySQL", dialect.server_version_info)
    charset, collation = connection.execute(text("SELECT @@character_set_database, @@collation_database")).one()
    if charset != "utf8mb4" or not collation.endswith("_bin"):
        # Any other collation takes two addresses for one that differ in an accent.
        raise UnfitDatabaseError(
            f"the database compares text by {collation}, which takes different addresses for the same one: "
            f"make one with {_NEW_MYSQL}"
        )


def advice(error: BaseException) -> str:
    """What the operator can do about a database that cannot be opened: a sentence, or nothing."""
    said = getattr(error, "orig", error)
    number = said.args[0] if said is not None and said.args else None
    if isinstance(number, int):
        return _ADVICE.get(number, "")
    told = reason(error)
    return next((sentence for words, sentence in _POSTGRESQL_ADVICE.items() if words in told), "")


def _check_version(product: str, version: tuple[int, ...]) -> None:
    needed = _NEEDED[product]
    if tuple(version[: len(needed)]) < needed:
        raise UnfitDatabaseError(
            f"this is {product} {'.'.join(map(str, version[:2]))}, and Lockstep needs {'.'.join(map(str, needed))}: "
            f"update {product}"
        )
