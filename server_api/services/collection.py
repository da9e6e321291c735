"""Garbage collection: what nothing refers to goes, in steps that are each safe by themselves.

A pass goes through each namespace: it frees the contents of versions past their time, finds the chunks that no manifest
names, condemns them, and frees those condemned a day ago; it rewrites packs with much dead space; then it deletes the
objects of freed packs and those that the database does not know.

Which chunks are referred to is read without a lock, up to some seq. Before anything is condemned or freed, the rest is
read under the lock of the namespace's row, for a bounded number of chunks. A commit holds the same lock when it writes
its references, and revives what was condemned; what was freed is missing to it. So a pass may be killed anywhere and
begun anew, and two at once would do no harm; a lock that the database holds lets one process at a time collect.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from server_api.contract.messages import NamespaceId, PackId
from server_api.contract.packs import PackError
from server_api.contract.reading import from_msgpack
from server_api.domain.contents import split_manifest
from server_api.domain.showing import exact
from server_api.errors import StoreFullError, UnavailableError
from server_api.metrics import COLLECTED_AT, COLLECTED_BYTES, COLLECTIONS
from server_api.services.collection_report import Collected
from server_api.services.orphans import orphan_steps
from server_api.services.packs import drop_expired
from server_api.services.retention import expire_versions, retention_of
from server_api.services.rewriting import choose, rewrite_packs
from server_api.services.salvaging import read_index
from server_api.services.server import Server
from server_api.services.shares import forget_withdrawn
from server_api.services.state import held_until, hold_collection, read_note, write_note
from server_api.services.tiering import set_tiers
from server_api.storage import collecting
from server_api.storage.bulk import pieces
from server_api.storage.chunks import known_chunks
from server_api.storage.contention import retried
from server_api.storage.references import read_references
from server_api.storage.revisions import lock_namespace
from server_api.storage.stores import ObjectMissingError, pack_key

_WINDOW: Final = 200_000
"""So many chunks are looked at together: 32 bytes each, and the manifests are read once for all of them."""
_SEQS: Final = 5_000
_LOCKED: Final = 200
"""So many chunks, or packs, are condemned or freed in one transaction."""
_STATE_KEY: Final = "collection"
_ALONE: Final = "collecting"
_SLICE_S: Final = 1.0
_LATER_S: Final = 60.0
_LOG: Final = logging.getLogger(__name__)


def collect(
    server: Server, *, grace_ms: int | None = None, dry_run: bool = False, ends_hold: bool = False
) -> Collected:
    """One whole pass. Goes on where it can when the store does not answer, and says so.

    Raises: UnavailableError, while another process collects, or while nothing is collected since the server was
    restored, unless that ``ends_hold``; not for a dry run.
    """
    report = Collected(dry_run=dry_run)
    if dry_run:
        for _ in collecting_steps(server, report, grace_ms=grace_ms):
            pass
        return report
    _check_hold(server, ends_hold=ends_hold)
    with server.database.alone(_ALONE) as still_alone:
        if still_alone is None:
            raise UnavailableError("Another process collects now. Try again when it has ended.")
        for _ in collecting_steps(server, report, grace_ms=grace_ms):
            still_alone()
    return report


@retried
def _check_hold(server: Server, *, ends_hold: bool) -> None:
    with server.database.write() as work:
        until_ms = held_until(work.connection)
        if until_ms <= server.database_now_ms(work.connection):
            return
        if not ends_hold:
            raise UnavailableError(
                f"The server was restored, and nothing is collected until {exact(until_ms)}: devices tell first what "
                "they have. Once all of them have been in step again, say it with --after-restore."
            )
        hold_collection(work.connection, 0)


def collect_if_due(server: Server) -> bool:
    """Go on with a pass, for a second or so, if the last one ended long enough ago; whether there is more to do."""
    if server.collecting is None:
        if server.clock.monotonic() < server.collect_not_before:
            return False
        with server.database.read() as connection:
            ended_at = read_collected_at(connection) or 0
            now_ms = server.database_now_ms(connection)
            held_until_ms = held_until(connection)
        if now_ms < max(held_until_ms, ended_at + server.config.limits.collect_every_s * 1000):
            return False
        server.collecting = _pass(server)
    until = server.clock.monotonic() + _SLICE_S
    try:
        for _ in server.collecting:
            if server.clock.monotonic() >= until:
                return True
    finally:
        # A pass that failed is begun anew.
        if not _is_suspended(server.collecting):
            server.collecting = None
    return False


def _is_suspended(steps: Iterator[None]) -> bool:
    return getattr(steps, "gi_frame", None) is not None


def _pass(server: Server) -> Iterator[None]:
    report = Collected()
    with server.database.alone(_ALONE) as still_alone:
        if still_alone is None:
            server.collect_not_before = server.clock.monotonic() + _LATER_S
            return
        for _ in collecting_steps(server, report):
            yield
            still_alone()
        _finish(server)
    COLLECTIONS.add(outcome="in-part" if report.failures else "done")
    COLLECTED_BYTES.add(report.freed_bytes)
    COLLECTED_AT.set(server.clock.now_ms() / 1000)
    _LOG.info("collected", extra={"report": report.as_json()})


@retried
def _finish(server: Server) -> None:
    with server.database.write() as work:
        write_note(work.connection, _STATE_KEY, msgspec.msgpack.encode(server.database_now_ms(work.connection)))


def read_collected_at(connection: Connection) -> int | None:
    """When the last pass ended, ms; ``None`` if none has."""
    note = read_note(connection, _STATE_KEY)
    return from_msgpack(note, int) if note else None


def collecting_steps(server: Server, report: Collected, *, grace_ms: int | None = None) -> Iterator[None]:
    """The same in small steps; nothing is held between them."""
    grace_ms = server.config.limits.grace_s * 1000 if grace_ms is None else grace_ms
    with server.database.read() as connection:
        namespaces = collecting.collectable_namespaces(connection)
    for namespace_id in namespaces:
        rule = retention_of(server, namespace_id)
        for expired in expire_versions(server, namespace_id, rule, dry_run=report.dry_run):
            report.versions_expired += expired
            yield
        missing = yield from _sweep_chunks(server, namespace_id, report, grace_ms)
        yield from _free_packs(server, namespace_id, report, grace_ms, missing)
        if missing:
            report.fail(f"{len(missing)} chunks are missing in {namespace_id.hex()}: no pack of it is rewritten")
        else:
            yield from _rewrite(server, namespace_id, report, grace_ms)
        if not report.dry_run:
            yield from _tell_tiers(server, namespace_id, report)
    try:
        if not report.dry_run:
            while _drop(server, report):
                yield
            forget_withdrawn(server)
        yield from orphan_steps(server, set(namespaces), report, grace_ms)
    except UnavailableError as error:
        report.fail(f"the store could not be gone through: {error}")


# --- chunks ------------------------------------------------------------------------------------------------------


def _sweep_chunks(
    server: Server, namespace_id: NamespaceId, report: Collected, grace_ms: int
) -> Generator[None, None, set[bytes]]:
    """What manifests name and no row knows: it is missing, and may yet lie in some pack."""
    missing: set[bytes] = set()
    after = b""
    is_last = False
    while not is_last:
        with server.database.read() as connection:
            known = collecting.chunks_after(connection, namespace_id, after, _WINDOW)
        is_last = len(known) < _WINDOW
        window = _Window(after, None if is_last else known[-1], set(known))
        while _read_on(server, namespace_id, window):
            yield
        missing |= window.missing
        for some in pieces(sorted(window.unnamed), _LOCKED):
            # Of what was committed meanwhile nearly all is read here, and only the last of it under the lock.
            while _read_on(server, namespace_id, window):
                pass
            _condemn(server, namespace_id, window.unnamed.intersection(some), window.reached, report, grace_ms)
            yield
        after = known[-1] if known else b""
    with server.database.read() as connection:  # some of it may have come meanwhile
        return missing - known_chunks(connection, namespace_id, missing)


class _Window:
    """Some of a namespace's chunks, all those between two hashes, and what was read of the manifests about them.

    Attributes:
        reached: the seq up to where manifests were read.
        unnamed: the chunks that none of them names.
        missing: what they name between the two hashes that is none of the chunks.
    """

    def __init__(self, after: bytes, last: bytes | None, known: set[bytes]) -> None:
        self.reached = 0
        self.unnamed = set(known)
        self.missing: set[bytes] = set()
        self._after = after
        self._last = last
        self._known = known

    def read(self, manifest: bytes) -> None:
        hashes = set(split_manifest(manifest))
        self.unnamed -= hashes
        hashes -= self._known
        self.missing.update(
            hash_ for hash_ in hashes if hash_ > self._after and (self._last is None or hash_ <= self._last)
        )


def _read_on(server: Server, namespace_id: NamespaceId, window: _Window) -> bool:
    """Reads some more manifests; whether there were any more changes."""
    with server.database.read() as connection:
        up_to = min(collecting.namespace_seq(connection, namespace_id), window.reached + _SEQS)
        for manifest in read_references(connection, namespace_id, window.reached, up_to):
            window.read(manifest)
    is_more = up_to > window.reached
    window.reached = up_to
    return is_more


@retried
def _condemn(
    server: Server, namespace_id: NamespaceId, unnamed: set[bytes], seen_seq: int, report: Collected, grace_ms: int
) -> None:
    """The rest of the references, and the change of state, under the namespace's lock."""
    if not unnamed:
        return
    if report.dry_run:
        with server.database.read() as connection:
            now_ms = server.database_now_ms(connection)
            dead = collecting.judge_dead(connection, namespace_id, unnamed, now_ms=now_ms, grace_ms=grace_ms)
    else:
        with server.database.write() as work:
            connection = work.connection
            locked = lock_namespace(connection, namespace_id)
            if locked is None:
                return
            still = set(unnamed)
            for manifest in read_references(connection, namespace_id, seen_seq, locked.seq):
                still.difference_update(split_manifest(manifest))
            now_ms = server.database_now_ms(connection)
            dead = collecting.judge_dead(connection, namespace_id, still, now_ms=now_ms, grace_ms=grace_ms)
            collecting.condemn(connection, namespace_id, dead.fresh, now_ms)
            collecting.free_chunks(connection, namespace_id, dead.overdue)
    report.chunks_condemned += len(dead.fresh)
    report.chunks_freed += len(dead.overdue)


# --- packs -------------------------------------------------------------------------------------------------------


def _free_packs(
    server: Server, namespace_id: NamespaceId, report: Collected, grace_ms: int, missing: set[bytes]
) -> Iterator[None]:
    after = b""
    while True:
        with server.database.read() as connection:
            now_ms = server.database_now_ms(connection)
            empty = collecting.empty_packs(connection, namespace_id, now_ms, after, _LOCKED)
        if not empty:
            return
        after = empty[-1][0]
        if missing:
            empty = [each for each in empty if not _may_hold(server, namespace_id, each[0], missing, report)]
        report.packs_freed += len(empty) if report.dry_run else _free(server, namespace_id, empty, grace_ms)
        report.freed_bytes += sum(size for _, size in empty)
        yield


def _may_hold(
    server: Server, namespace_id: NamespaceId, pack_id: PackId, missing: set[bytes], report: Collected
) -> bool:
    """Whether some of what is missing lies in this pack, though no row says so: then it is kept for its repair."""
    try:
        found = server.store.head(pack_key(namespace_id, pack_id))
        if found is None:
            return False
        holds = any(chunk.hash in missing for chunk in read_index(server, found))
    except (PackError, ObjectMissingError, UnavailableError):
        holds = True
    if holds:
        report.fail(f"the pack {pack_id.hex()} is kept, for it may hold what is missing")
    return holds


@retried
def _free(server: Server, namespace_id: NamespaceId, empty: Sequence[tuple[PackId, int]], grace_ms: int) -> int:
    with server.database.write() as work:
        if lock_namespace(work.connection, namespace_id) is None:
            return 0
        until_ms = server.database_now_ms(work.connection) + grace_ms + server.config.limits.get_url_s * 1000
        return collecting.free_packs(work.connection, [pack_id for pack_id, _ in empty], until_ms)


def _rewrite(server: Server, namespace_id: NamespaceId, report: Collected, grace_ms: int) -> Iterator[None]:
    if report.dry_run:
        with server.database.read() as connection:
            before_ms = server.database_now_ms(connection) - 24 * 3600 * 1000
            groups = choose(collecting.read_fillings(connection, namespace_id, before_ms))
        for group in groups:
            report.packs_rewritten += len(group)
            report.rewritten_bytes += sum(each.size - each.live_bytes for each in group)
        return
    try:
        for done in rewrite_packs(server, namespace_id, grace_ms=grace_ms):
            if done is not None:
                report.packs_rewritten += done.packs
                report.rewritten_bytes += done.saved_bytes
                if done.failure:
                    report.fail(done.failure)
            yield
    except (UnavailableError, StoreFullError) as error:
        report.fail(f"packs could not be rewritten: {error}")


def _tell_tiers(server: Server, namespace_id: NamespaceId, report: Collected) -> Iterator[None]:
    try:
        for changed in set_tiers(server, namespace_id):
            report.tiers_changed += changed
            yield
    except UnavailableError as error:
        report.fail(f"the store could not be told which packs only old versions use: {error}")


def _drop(server: Server, report: Collected) -> bool:
    try:
        return drop_expired(server)
    except UnavailableError as error:
        report.fail(f"objects could not be deleted, and will be tried again: {error}")
        return True  # what failed was put off: the others are next
