"""The planning half of a download: what a file consists of, where that lies, and which of it is fetched together.

Runs in workers, under the run's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from server_api.contract.messages import (
    MAX_CHUNK_BYTES,
    MAX_CHUNKS_A_REQUEST,
    MAX_PACK_BYTES,
    MIN_CHUNK_BYTES,
    ChunkLocation,
    Manifest,
)
from sync_engine.engine.limits import Patience
from sync_engine.engine.room import Room
from sync_engine.engine.segments import FileDownload, LargeFile, Located, Outcome, Run, Segment
from sync_engine.errors import CorruptTransfer, ObjectGone, RemoteError
from sync_engine.ports import Remote

MODEST_BYTES: Final = 8 * 1024 * 1024
"""Files up to this size are fetched pack by pack, larger ones each by itself."""
SEGMENT_BYTES: Final = 8 * 1024 * 1024
"""Of different plain bytes in a segment of a large file."""
_FILES_AT_ONCE: Final = 10_000
_BYTES_AT_ONCE: Final = 256 * 1024 * 1024
"""Located at once: signed URLs are good for minutes."""
_CHUNKS_AHEAD: Final = 512
"""Of a large file, located at once."""
_MANIFESTS_AT_ONCE: Final = 500
_SHARING_FILES: Final = 64
"""Files of several chunks in one segment: each may be open for as long as it lasts."""


def plan(run: Run, room: Room, remote: Remote, outcome: Outcome) -> list[FileDownload]:
    """Take the next of what is pending and turn it into segments and large files; returns those without any bytes.

    Files that cannot be had are failed in the outcome. Raises: CalledOff.
    """
    batch = _take(run)
    for file, no_room in room.admit(batch):
        outcome.fail(file, no_room)
    batch = [file for file in batch if not file.is_over]
    if not batch:
        return []
    try:
        with run.errands.one(lambda: any(not file.is_over for file in batch)) as patience:
            _find_chunks(batch, remote, patience, outcome)
            modest = [file for file in batch if file.node.size <= MODEST_BYTES and not file.is_over]
            located = locate(dict.fromkeys(chunk for file in modest for chunk in file.chunks), remote, patience)
        run.large.extend(LargeFile(file) for file in batch if file.node.size > MODEST_BYTES and not file.is_over)
    except RemoteError as error:
        for file in batch:
            outcome.fail(file, error)
        return []
    run.segments.extend(_segments_by_pack(modest, located, outcome))
    return [file for file in modest if not file.node.size]


def locate(chunks: Iterable[bytes], remote: Remote, patience: Patience) -> dict[bytes, Located]:
    """Where they are; what the server does not have is not in it. Raises: RemoteError; CalledOff."""
    wanted = list(chunks)
    found: dict[bytes, Located] = {}
    for start in range(0, len(wanted), MAX_CHUNKS_A_REQUEST):
        answer = patience.attempt(partial(remote.locate, wanted[start : start + MAX_CHUNKS_A_REQUEST]))
        packs = answer.packs
        for location in answer.chunks:
            _check_location(location, len(packs))
            found[location.hash] = (packs[location.pack], location)
    return found


def next_segment(large: LargeFile, remote: Remote, patience: Patience) -> Segment:
    """The next chunks of a large file. Raises: RemoteError; CalledOff."""
    download = large.download
    chunks = download.chunks
    segment = Segment(older=download.older)
    pack: str | None = None
    size = 0
    end = large.claimed
    while end < len(chunks):
        chunk = chunks[end]
        if chunk not in segment.consumers:
            if size >= SEGMENT_BYTES:
                break
            if chunk in large.offsets:
                segment.offsets[chunk] = large.offsets[chunk]
                size += large.offsets[chunk][1]
            else:
                where = _look_ahead(large, end, remote, patience)
                if pack is not None and where[0].url != pack:
                    break
                pack = where[0].url
                segment.located.append(where)
                size += where[1].plain_size
            segment.consumers[chunk] = []
        segment.consumers[chunk].append((download, end))
        end += 1
    large.claim(end)
    return segment


def _take(run: Run) -> list[FileDownload]:
    batch: list[FileDownload] = []
    size = 0
    while run.pending and len(batch) < _FILES_AT_ONCE and size < _BYTES_AT_ONCE:
        file = run.pending.popleft()
        if not file.is_over:
            batch.append(file)
            size += min(file.node.size, MODEST_BYTES)
    return batch


def _find_chunks(batch: Sequence[FileDownload], remote: Remote, patience: Patience, outcome: Outcome) -> None:
    """What each file consists of. The server is asked about those alone whose name does not say it."""
    asked: dict[bytes, FileDownload] = {}
    for file in batch:
        if file.node.size > MIN_CHUNK_BYTES:
            asked[file.node.revision_id] = file
        elif file.node.content is not None and file.node.size > 0:
            file.chunks = [file.node.content]
    while asked:
        before = len(asked)
        answer = patience.attempt(partial(remote.manifests, list(asked)[:_MANIFESTS_AT_ONCE]))
        for revision in answer.gone:
            if (gone := asked.pop(revision, None)) is not None:
                outcome.fail(gone, ObjectGone("the server does not know this version"))
        told = {manifest.revision_id: manifest for manifest in answer.manifests if manifest.revision_id in asked}
        if not told and len(asked) == before:
            raise CorruptTransfer("an answer about other versions than those asked for")
        for revision, manifest in told.items():
            file = asked.pop(revision)
            if _is_of(manifest, file):
                file.chunks = manifest.chunks
            else:
                outcome.fail(file, CorruptTransfer("the manifest is of another content"))


def _is_of(manifest: Manifest, file: FileDownload) -> bool:
    most = file.node.size // MIN_CHUNK_BYTES + 1
    return manifest.hash == file.node.content and manifest.size == file.node.size and 0 < len(manifest.chunks) <= most


def _check_location(location: ChunkLocation, packs: int) -> None:
    """Nothing is allocated on the word of a server. Raises: CorruptTransfer."""
    if not (
        0 <= location.pack < packs
        and 0 < location.plain_size <= MAX_CHUNK_BYTES
        and 0 < location.stored_size <= MAX_CHUNK_BYTES + 65_536
        and 0 <= location.offset <= MAX_PACK_BYTES
        and location.key_id == 0
    ):
        raise CorruptTransfer("a chunk's location is beyond the limits")


def _segments_by_pack(
    files: Sequence[FileDownload], located: dict[bytes, Located], outcome: Outcome
) -> Iterable[Segment]:
    """Files of one pack together; those that lie in several each in segments of their own."""
    open_segments: dict[str, tuple[Segment, list[FileDownload]]] = {}
    for file in files:
        if file.is_over or not file.chunks:
            continue
        where = [located.get(chunk) for chunk in file.chunks]
        packs = {found[0].url for found in where if found is not None}
        if None in where:
            outcome.fail(file, ObjectGone("the server has not all chunks of this version"))
        elif len(packs) == 1:
            url = packs.pop()
            segment, sharing = open_segments.setdefault(url, (Segment(), []))
            for index, chunk in enumerate(file.chunks):
                _consume(segment, file, index, located[chunk])
            if len(file.chunks) > 1:
                sharing.append(file)
                if len(sharing) >= _SHARING_FILES:
                    yield open_segments.pop(url)[0]
        else:
            yield from _segments_of(file, located)
    for segment, _ in open_segments.values():
        yield segment


def _segments_of(file: FileDownload, located: dict[bytes, Located]) -> Iterable[Segment]:
    """One per pack that it lies in: at most ``MODEST_BYTES`` are held until the first ones have come."""
    by_pack: dict[str, Segment] = {}
    for index, chunk in enumerate(file.chunks):
        _consume(by_pack.setdefault(located[chunk][0].url, Segment()), file, index, located[chunk])
    return by_pack.values()


def _consume(segment: Segment, file: FileDownload, index: int, where: Located) -> None:
    consumers = segment.consumers.get(where[1].hash)
    if consumers is None:
        consumers = segment.consumers[where[1].hash] = []
        segment.located.append(where)
    consumers.append((file, index))


def _look_ahead(large: LargeFile, index: int, remote: Remote, patience: Patience) -> Located:
    """Where a chunk is; asks for many that follow at once."""
    chunk = large.download.chunks[index]
    if chunk not in large.located:
        ahead = large.download.chunks[index : index + _CHUNKS_AHEAD]
        wanted = dict.fromkeys(chunk for chunk in ahead if chunk not in large.offsets)
        large.located = locate(wanted, remote, patience)
    if chunk not in large.located:
        raise ObjectGone("the server has not all chunks of this version")
    return large.located[chunk]
