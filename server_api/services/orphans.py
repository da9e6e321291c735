"""Objects in the store that the database does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server_api.contract.messages import NamespaceId
from server_api.errors import ApiError
from server_api.services.collection_report import Collected
from server_api.services.server import Server
from server_api.storage import collecting
from server_api.storage.bulk import pieces
from server_api.storage.contention import retried
from server_api.storage.published import doom, published_keys
from server_api.storage.stores import pack_of_key

_LISTED: Final = 500
_DELETED: Final = 200
"""So many are deleted before that is noted, in one transaction."""


def orphan_steps(server: Server, namespaces: set[NamespaceId], report: Collected, grace_ms: int) -> Iterator[None]:
    """In small steps: they are noted when first seen, and deleted when a later pass finds them so after the grace.

    How old the store says that an object is does not count, so no clock but the database's does. A tree that this
    database does not know may be another server's: its objects stay. What is left of a look at the store, or was
    published, is nobody's only copy. Raises: UnavailableError.
    """
    found: set[str] = set()
    for area in ("packs/", "incoming/"):
        for some in pieces(server.store.list(area), _LISTED):
            ids = {stored.key: pack_of_key(stored.key) for stored in some}
            own = {key: both[1] for key, both in ids.items() if both is not None and both[0] in namespaces}
            report.foreign += len(ids) - len(own)
            with server.database.read() as connection:
                found |= collecting.unknown_objects(connection, own)
            yield
    found |= {stored.key for stored in server.store.list("probe/")}
    yield
    found |= _look_at_published(server, report)
    yield
    report.orphans += len(found)
    with server.database.read() as connection:
        seen = collecting.orphans_seen(connection)
        now_ms = server.database_now_ms(connection)
    overdue = [key for key in sorted(found & seen.keys()) if seen[key] <= now_ms - grace_ms]
    if report.dry_run:
        report.orphans_deleted += len(overdue)
        return
    _note(server, found - seen.keys(), gone=seen.keys() - found)
    for some_keys in pieces(overdue, _DELETED):
        deleted = []
        for key in some_keys:
            try:
                server.store.delete(key)
            except ApiError as error:
                report.fail(f"an object could not be deleted, {key}: {error}")
            else:
                deleted.append(key)
        _note(server, set(), gone=set(deleted))
        report.orphans_deleted += len(deleted)
        yield


@retried
def _look_at_published(server: Server, report: Collected) -> set[str]:
    """Those that no link has. Nobody is sent any more to those that the store does not have, whoever deleted them."""
    with server.database.read() as connection:
        ready = published_keys(connection, is_ready=True)
    stored = {each.key for each in server.store.list("published/")}
    missing = ready.keys() - stored
    if missing and not report.dry_run:
        with server.database.write() as work:
            doom(work.connection, [ready[key] for key in missing])
    with server.database.read() as connection:
        return stored - published_keys(connection).keys()


@retried
def _note(server: Server, new: set[str], *, gone: set[str]) -> None:
    if new or gone:
        with server.database.write() as work:
            collecting.forget_orphans(work.connection, gone)
            collecting.note_orphans(work.connection, new, server.database_now_ms(work.connection))
