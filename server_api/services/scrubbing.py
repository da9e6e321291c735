"""Scrubbing: all that is in the store is read back and compared with what the database says of it.

A pass reads one pack after the other and notes with each that it is whole. So it may be stopped or killed anywhere, and
the next one goes on there; what was not whole is looked at again. Then it tells whose files are hit, and, if it is to
repair, looks for other copies of the chunks. Those of which there is none are missing from then on, so that a device
that has them sends them again.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from typing import Final

import google_crc32c
import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from server_api.contract.messages import NamespaceId, PackedChunk, PackId
from server_api.contract.packs import PackError
from server_api.contract.reading import from_msgpack
from server_api.domain.packs import check_chunk
from server_api.errors import StartError, StoreUnreachableError, UnavailableError
from server_api.services.audit import record
from server_api.services.mending import Lost, judge
from server_api.services.scrub_report import Scrubbed
from server_api.services.server import Server
from server_api.services.state import read_note, write_note
from server_api.storage import checking, collecting
from server_api.storage.bulk import pieces
from server_api.storage.contention import retried
from server_api.storage.packs import Pack, PackState, find_packs
from server_api.storage.stores import ObjectMissingError

_ALONE: Final = "scrubbing"
_NOTE: Final = "scrub"
_PAGE: Final = 200
_NOTED: Final = 8
"""So many packs are noted as whole in one transaction, and at most so many read in vain if a pass is killed."""
_SAMPLE: Final = 8
"""So many packs that are all missing make a store another one's."""
_LOOKS: Final = 2
"""At a pack before it is taken for damaged: what was wrong on its way is right the next time."""
_UNREAD_IN_A_ROW: Final = 5
_LOG: Final = logging.getLogger(__name__)


class ScrubNote(Struct, frozen=True):
    """What is remembered between passes: when the one under way began, when the last one ended, what it found."""

    started_at: int | None = None
    ended_at: int | None = None
    broken: int = 0


def require_contents(server: Server) -> None:
    """Keep a server from starting on a store that has nothing of what its database knows.

    Devices would be told that their contents are lost, and would send them all again, to the wrong place.

    Raises: StartError, UnavailableError.
    """
    for _ in range(_LOOKS):
        with server.database.read() as connection:
            some = checking.some_packs(connection, _SAMPLE)
        if not some or any(server.store.head(pack.object_key) for pack in some):
            return
    raise StartError(
        "the store has nothing of what this database knows: is --store the one that this server had before? If that is "
        "lost for good, `lockstep server scrub --repair --force` says what can be had again, then this starts"
    )


def scrub(server: Server, *, repair: bool = False, at_most_bytes: int | None = None, force: bool = False) -> Scrubbed:
    """One pass, or what is left of one. Raises: UnavailableError, StoreUnreachableError."""
    report = Scrubbed()
    for _ in scrubbing_steps(server, report, repair=repair, at_most_bytes=at_most_bytes, force=force):
        pass
    return report


def scrubbing_steps(
    server: Server, report: Scrubbed, *, repair: bool = False, at_most_bytes: int | None = None, force: bool = False
) -> Generator[None, None, None]:
    """The same in small steps, after each of which it may be left off.

    Args:
        server: any process's: uploads, commits and collection go on beside it.
        report: is filled in.
        repair: mend what can be mended, and have what cannot be sent again.
        at_most_bytes: leave off when so much was read.
        force: repair even if most of the store is gone, as when its disk is away for a while.

    Raises:
        UnavailableError: another process scrubs, or the database is away.
        StoreUnreachableError: nothing can be read any more; what was found whole is noted.
    """

    def is_enough() -> bool:
        return at_most_bytes is not None and report.bytes >= at_most_bytes and report.packs_left > 0

    with server.database.alone(_ALONE) as still_alone:
        if still_alone is None:
            raise UnavailableError("Another process scrubs now. Try again when it has ended.")
        started_at = _begin(server)
        with server.database.read() as connection:
            namespaces = collecting.collectable_namespaces(connection)
            report.packs_left, report.bytes_left = checking.count_packs(connection, started_at)
        lost: dict[NamespaceId, Lost] = {}
        for namespace_id in namespaces:
            lost[namespace_id] = Lost({}, [])
            for _ in _look_at_packs(server, namespace_id, started_at, lost[namespace_id], report):
                yield
                still_alone()
                if is_enough():
                    break
            if is_enough():
                break
        else:
            report.is_complete = not report.packs_unread
        if report.is_complete:
            report.packs_left = report.bytes_left = 0  # some were freed before it came to them
        report.is_repair = repair and (force or _is_there(server, report, started_at))
        for namespace_id in namespaces:
            for _ in judge(server, namespace_id, lost.get(namespace_id) or Lost({}, []), report):
                yield
                still_alone()
        _end(server, report, started_at)


def _is_there(server: Server, report: Scrubbed, started_at: int) -> bool:
    """Whether the store as a whole may be taken for what it is, though objects are missing."""
    with server.database.read() as connection:
        whole = checking.count_packs(connection)[0] - checking.count_packs(connection, started_at)[0]
    if report.packs_gone > whole:
        report.fail(
            f"{report.packs_gone} packs are not in the store, and only {whole} are: nothing was repaired. Is its disk "
            "there, and its address right? If they are lost for good, say it again with --force"
        )
    return report.packs_gone <= whole


@retried
def _begin(server: Server) -> int:
    """When the pass began that is not over yet: now, if there is none."""
    with server.database.write() as work:
        note = read_scrub_note(work.connection)
        if note.started_at is not None:
            return note.started_at
        started_at = server.database_now_ms(work.connection)
        new = msgspec.structs.replace(note, started_at=started_at)
        write_note(work.connection, _NOTE, msgspec.msgpack.encode(new))
        return started_at


@retried
def _end(server: Server, report: Scrubbed, started_at: int) -> None:
    with server.database.write() as work:
        if report.is_complete:
            note = ScrubNote(None, server.database_now_ms(work.connection), report.broken.count)
            write_note(work.connection, _NOTE, msgspec.msgpack.encode(note))
        detail = (
            f"{report.packs} packs, {report.packs_damaged} damaged, {report.packs_gone} gone, "
            f"{report.chunks_salvaged} chunks salvaged, {report.chunks_awaited} to be sent again, "
            f"{report.broken.count} versions broken"
        )
        record(server, work, "store-scrubbed", detail=detail)
    _LOG.info("scrubbed", extra={"started_at": started_at, "detail": detail})


def read_scrub_note(connection: Connection) -> ScrubNote:
    note = read_note(connection, _NOTE)
    return from_msgpack(note, ScrubNote) if note else ScrubNote()


# --- looking at packs ------------------------------------------------------------------------------------------------


def _look_at_packs(
    server: Server, namespace_id: NamespaceId, started_at: int, lost: Lost, report: Scrubbed
) -> Iterator[None]:
    after = b""
    unread_in_a_row = 0
    while True:
        with server.database.read() as connection:
            page = checking.unchecked_packs(connection, namespace_id, started_at, after, _PAGE)
        for some in pieces(page, _NOTED):
            whole: list[PackId] = []
            for pack in some:
                try:
                    if _look(server, pack, lost, report):
                        whole.append(pack.pack_id)
                    unread_in_a_row = 0
                except UnavailableError as error:
                    report.packs_unread += 1
                    unread_in_a_row += 1
                    report.fail(f"{pack.object_key} could not be read: {error}")
                    if unread_in_a_row == _UNREAD_IN_A_ROW:
                        _note_checked(server, whole)
                        raise StoreUnreachableError(
                            f"the store does not answer: {error} What was looked at is remembered: say it again later"
                        ) from error
                else:
                    report.packs += 1
                    report.bytes += pack.size
                    report.packs_left -= 1
                    report.bytes_left -= pack.size
            _note_checked(server, whole)
            yield
        if len(page) < _PAGE:
            return
        after = page[-1].pack_id


def _look(server: Server, pack: Pack, lost: Lost, report: Scrubbed) -> bool:
    """Whether it is whole, or nobody's any more; else adds what is not to ``lost``. Raises: UnavailableError."""
    is_gone = False
    hit: list[bytes] = []
    for _ in range(_LOOKS):
        with server.database.read() as connection:
            known = find_packs(connection, [pack.pack_id]).get(pack.pack_id)
            lying = [chunk for _, _, chunk in collecting.chunks_in(connection, [pack.pack_id])]
        if known is None or known.state is not PackState.VERIFIED or not lying:
            return True  # written anew or freed meanwhile
        try:
            data = server.store.read_range(known.object_key, 0, known.size + 1)
        except ObjectMissingError:
            is_gone, hit = True, [chunk.hash for chunk in lying]
            continue
        is_gone = False
        is_whole, hit = server.offload(_compare, data, known, lying)
        if is_whole:
            return True
    _LOG.error("a pack is not whole", extra={"key": pack.object_key, "gone": is_gone, "chunks": len(hit)})
    report.chunks_hit += len(hit)
    if is_gone:
        report.packs_gone += 1
        lost.gone.append(pack.pack_id)
    else:
        report.packs_damaged += 1
        lost.damaged[pack.pack_id] = hit
    return False


def _compare(data: bytes, pack: Pack, lying: Sequence[PackedChunk]) -> tuple[bool, list[bytes]]:
    """Whether these are the pack's bytes, all of them; the chunks that are hit if not."""
    hit = []
    view = memoryview(data)
    for chunk in lying:
        try:
            check_chunk(view[chunk.offset : chunk.offset + chunk.stored_size], chunk)
        except PackError:
            hit.append(chunk.hash)
    crc32c: int = google_crc32c.value(data)
    is_same = len(data) == pack.size and crc32c.to_bytes(4, "big") == pack.crc32c
    return is_same and not hit, hit


@retried
def _note_checked(server: Server, pack_ids: Sequence[PackId]) -> None:
    if pack_ids:
        with server.database.write() as work:
            checking.note_checked(work.connection, pack_ids, server.database_now_ms(work.connection))
