"""How much a server holds and does: counted by a job now and then, and remembered by days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, and_, func, select

from server_api.contract.admin import DAYS, Day, PackStates, StoreUse
from server_api.contract.reading import from_msgpack
from server_api.services.server import Server
from server_api.services.state import read_note, write_note
from server_api.storage.contention import retried
from server_api.storage.tables import account, chunk, device, namespace, old_pack, pack, placement

COUNT_EVERY_S: Final = 15 * 60.0
_NOTE: Final = "figures"


class Noted(Struct, frozen=True):
    """One day as it is remembered: ``changes`` since ever, so that a day is the difference of two."""

    day: str
    changes: int
    stored: int
    accounts: int
    devices: int


class Figures(Struct, frozen=True, kw_only=True):
    """What was counted last."""

    at: int | None = None
    stored: list[StoreUse] = []
    packs: list[PackStates] = []
    chunks: int = 0
    days: list[Noted] = []


def note_figures(server: Server) -> bool:
    """A job: counts every quarter of an hour. There is never more to do."""
    now = server.clock.monotonic()
    if now < server.figures_due:
        return False
    server.figures_due = now + COUNT_EVERY_S
    with server.database.read() as connection:
        counted = _count(connection, server.clock.now_ms())
    _remember(server, counted)
    return False


@retried
def _remember(server: Server, counted: Figures) -> None:
    with server.database.write() as work:
        (today,) = counted.days
        before = [noted for noted in read_figures(work.connection).days if noted.day < today.day]
        days = [*before[-DAYS:], today]
        write_note(work.connection, _NOTE, msgspec.msgpack.encode(replace(counted, days=days)))


def read_figures(connection: Connection) -> Figures:
    """What was counted last; nothing, before that."""
    note = read_note(connection, _NOTE)
    return from_msgpack(note, Figures) if note else Figures()


def told_by_days(figures: Figures) -> list[Day]:
    """What happened on each day of which the one before is known; of the very first all that there was."""
    first = figures.days[:1] if len(figures.days) <= DAYS else []
    return [
        *(_day(noted, 0) for noted in first),
        *(_day(noted, before.changes) for before, noted in pairwise(figures.days)),
    ]


def _day(noted: Noted, before: int) -> Day:
    return Day(
        day=noted.day,
        changes=max(noted.changes - before, 0),  # an account that was deleted took its own along
        stored=noted.stored,
        accounts=noted.accounts,
        devices=noted.devices,
    )


def _count(connection: Connection, now_ms: int) -> Figures:
    today = datetime.fromtimestamp(now_ms / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight_ms = int((today - datetime.fromtimestamp(0, UTC)) / timedelta(milliseconds=1))
    is_old = old_pack.c.pack_id.is_not(None)
    places = connection.execute(
        select(placement.c.store, is_old, func.count(), func.sum(pack.c.size))
        .join(pack, pack.c.pack_id == placement.c.pack_id)
        .outerjoin(old_pack, old_pack.c.pack_id == placement.c.pack_id)
        .where(pack.c.state != "registered")
        .group_by(placement.c.store, is_old)
    ).all()
    states = connection.execute(
        select(pack.c.state, func.count(), func.sum(pack.c.size)).group_by(pack.c.state).order_by(pack.c.state)
    ).all()
    stored = [
        StoreUse(store=store, tier="old" if is_old else "standard", packs=packs, size=int(size))
        for store, is_old, packs, size in places
    ]
    seen = and_(device.c.last_seen_at >= midnight_ms, device.c.revoked_at.is_(None))
    return Figures(
        at=now_ms,
        stored=sorted(stored, key=lambda use: (use.store, use.tier)),
        packs=[PackStates(state=state, packs=packs, size=int(size)) for state, packs, size in states],
        chunks=connection.scalar(select(func.count()).select_from(chunk)) or 0,
        days=[
            Noted(
                today.date().isoformat(),
                changes=int(connection.scalar(select(func.sum(namespace.c.seq))) or 0),
                stored=sum(use.size for use in stored),
                accounts=connection.scalar(select(func.count()).select_from(account)) or 0,
                devices=connection.scalar(select(func.count()).select_from(device).where(seen)) or 0,
            )
        ],
    )
