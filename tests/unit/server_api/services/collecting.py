"""What tests of all that frees room share: days that pass, and what is left after them."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import func, select

from server_api.services.accounts import used_bytes
from server_api.services.collection import collect
from server_api.services.collection_report import Collected
from server_api.services.packs import verify_sealed
from tests.fixtures.content import Content
from tests.fixtures.libraries import Library

DAY_S = 24 * 3600


def some(length: int = 2_000) -> bytes:
    return secrets.token_bytes(length)


def settle(library: Library, content: Content, days: int = 5) -> Collected:
    """Passes day after day, until what can go is gone; all that they did, summed up."""
    total = Collected()
    for _ in range(days):
        content.clock.advance(DAY_S + 600)
        verify(library)
        report = collect(content.server)
        for name in ("versions_expired", "chunks_freed", "packs_freed", "packs_rewritten", "orphans_deleted"):
            setattr(total, name, getattr(total, name) + getattr(report, name))
        total.failures += report.failures
    return total


def verify(library: Library) -> None:
    while verify_sealed(library.server):
        pass


def arrive(library: Library) -> None:
    """All that was sent is verified, and a minute has passed."""
    verify(library)
    library.server.clock.advance(60)  # type: ignore[attr-defined]


def objects(library: Library) -> list[str]:
    return [found.key for found in library.server.store.list("packs/")]


def count(library: Library, table: Any) -> int:
    with library.server.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def used(library: Library) -> int:
    with library.server.database.read() as connection:
        return used_bytes(connection, library.caller.account_id)
