"""The receiving half of a download: range requests, verified chunks, and chunks that are on this device already."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from blake3 import blake3

from server_api.contract.messages import ChunkLocation, SignedRequest
from sync_engine.core.chunking import EMPTY, Cutting
from sync_engine.core.packing import ChunkError, Unpacker
from sync_engine.engine import locating
from sync_engine.engine.limits import ATTEMPTS, Patience
from sync_engine.engine.segments import FileDownload, LargeFile, Located, Outcome, Segment
from sync_engine.engine.transfers import Outside
from sync_engine.errors import (
    CorruptTransfer,
    DiskError,
    EngineError,
    ObjectGone,
    RateLimited,
    RemoteError,
    Unreachable,
    UrlExpired,
)
from sync_engine.ports import OpenFile, Staged

_GAP_BYTES: Final = 64 * 1024
"""Unwanted bytes between two chunks that are cheaper to receive than another request."""
_COPY_BYTES: Final = 1024 * 1024
_SMALL_CHUNK_BYTES: Final = 64 * 1024


class Pulling:
    """Carries out what was planned; called from several threads at once."""

    def __init__(self, outside: Outside) -> None:
        self._filesystem = outside.filesystem
        self._remote = outside.remote
        self._store = outside.store
        self._desk = threading.Lock()
        """Held by who writes many small files: several threads would spend more on handing the interpreter's lock to
        each other, at each of the many short system calls, than on the files."""

    def pull(self, segment: Segment, patience: Patience, outcome: Outcome) -> None:
        """Bring the segment's chunks and write them to whom they belong. Raises: CalledOff."""
        segment.forget_dropped()
        try:
            if segment.offsets and segment.older is not None:
                self._take_from_older(segment, segment.older, outcome)
            if segment.consumers:
                self._take_from_store(segment, patience, outcome)
        except EngineError as error:
            for download in segment.files():
                outcome.fail(download, error)

    def stage_empty(self, downloads: Sequence[FileDownload], outcome: Outcome) -> None:
        for download in downloads:
            node = download.node
            staged: Staged | None = None
            try:
                if node.content != EMPTY:
                    raise CorruptTransfer("a file without bytes that should have some")
                staged = self._filesystem.stage()
                staged.finish(node.mtime_ns, executable=node.executable)
            except EngineError as error:
                if staged is not None:
                    staged.discard()
                outcome.fail(download, error)
            else:
                outcome.staged.append((download, staged))

    def copy(self, download: FileDownload, patience: Patience) -> Staged | None:
        """From the file on this device that should have the same content; ``None`` if that is not so (any more).

        Raises: CalledOff.
        """
        assert download.same is not None
        staged: Staged | None = None
        try:
            opened = self._filesystem.open_file(download.same)
            try:
                if opened.size() != download.node.size:
                    return None
                staged = self._filesystem.stage()
                whole = blake3()
                while piece := opened.read(_COPY_BYTES):
                    patience.check()
                    if download.is_over:
                        return None
                    whole.update(piece)
                    staged.write(piece)
            finally:
                opened.close()
            if whole.digest() == download.node.content:
                staged.finish(download.node.mtime_ns, executable=download.node.executable)
                finished, staged = staged, None
                return finished
        except DiskError:
            pass  # the download tells whether the disk can take it
        finally:
            if staged is not None:
                staged.discard()
        return None

    def index(self, large: LargeFile, patience: Patience) -> None:
        """Find out which chunks the older local file has: it is cut again. Raises: CalledOff."""
        download = large.download
        assert download.older is not None
        wanted = set(download.chunks)
        offsets: dict[bytes, tuple[int, int]] = {}
        try:
            opened = self._filesystem.open_file(download.older)
            try:
                cutting = Cutting(opened.read)
                for chunk in cutting:
                    patience.check()
                    if download.is_over:
                        return
                    if chunk.hash in wanted:
                        offsets[chunk.hash] = (cutting.size - len(chunk.data), len(chunk.data))
            finally:
                opened.close()
        except DiskError:
            offsets = {}  # then everything comes from the store
        large.offsets = offsets
        large.needs_index = False

    # --- chunks of this device -----------------------------------------------------------------------------

    def _take_from_older(self, segment: Segment, older: str, outcome: Outcome) -> None:
        """What the older file still has is used; the rest stays in the segment, to be located."""
        try:
            opened = self._filesystem.open_file(older)
        except DiskError:
            return
        try:
            for chunk, (offset, size) in segment.offsets.items():
                data = _read_at(opened, offset, size)
                if blake3(data).digest() == chunk:
                    self._deliver(segment, chunk, data, outcome)
        finally:
            opened.close()

    # --- chunks of the store ---------------------------------------------------------------------------------

    def _take_from_store(self, segment: Segment, patience: Patience, outcome: Outcome) -> None:
        """Raises: RemoteError, when attempts brought nothing new so often."""
        located = [where for where in segment.located if where[1].hash in segment.consumers]
        failures = 0
        while True:
            segment.check_wanted()
            left = len(segment.consumers)
            error = self._receive(segment, located, patience, outcome)
            segment.break_off()
            if not segment.consumers:
                return
            failures = failures + 1 if len(segment.consumers) == left else 1
            if error is not None and failures >= ATTEMPTS:
                if isinstance(error, CorruptTransfer):
                    self._report_damaged(list(segment.consumers))
                raise error
            if isinstance(error, Unreachable | RateLimited):
                patience.pause(failures, error)
            found = locating.locate(segment.consumers, self._remote, patience)
            for chunk in [chunk for chunk in segment.consumers if chunk not in found]:
                for download, _ in segment.consumers.pop(chunk):
                    outcome.fail(download, ObjectGone("the server has not all chunks of this version"))
            located = list(found.values())

    def _report_damaged(self, chunks: list[bytes]) -> None:
        """Whoever has them may have to send them again. The next try finds out what came of it."""
        with contextlib.suppress(RemoteError):
            self._remote.report_damaged(chunks)

    def _receive(
        self, segment: Segment, located: list[Located], patience: Patience, outcome: Outcome
    ) -> RemoteError | None:
        """Receive what can be received; the last thing that went wrong on the way."""
        error: RemoteError | None = None
        unpacker = Unpacker()
        for request, locations in _requests(located):
            for stretch in _stretches(locations):
                start = stretch[0].offset
                size = _end(stretch) - start
                desk = self._desk if size < len(stretch) * _SMALL_CHUNK_BYTES else threading.Lock()
                stream = _Stream(self._store.get(request, start, size), start, desk, segment)
                try:
                    with desk:
                        for location in stretch:
                            patience.check()
                            stored = stream.take(location)
                            try:
                                plain = unpacker.unpack(stored, location.codec, location.plain_size, location.hash)
                            except ChunkError as wrong:
                                error = CorruptTransfer(str(wrong))
                            else:
                                self._deliver(segment, location.hash, plain, outcome)
                    stream.finish()
                except (Unreachable, RateLimited) as lost:
                    return lost
                except (CorruptTransfer, UrlExpired, ObjectGone) as wrong:
                    error = wrong
                    break
        return error

    def _deliver(self, segment: Segment, chunk: bytes, data: bytes | memoryview, outcome: Outcome) -> None:
        """Each taker that fails, fails alone."""
        for download, index in segment.take(chunk, len(data)):
            try:
                staged = download.deliver(index, data, self._filesystem)
            except EngineError as error:
                outcome.fail(download, error)
            else:
                if staged is not None:
                    outcome.staged.append((download, staged))


def _requests(located: list[Located]) -> Iterator[tuple[SignedRequest, list[ChunkLocation]]]:
    """Per pack, in the order of their bytes."""
    ordered = sorted(located, key=lambda where: (where[0].url, where[1].offset))
    for _, group in groupby(ordered, key=lambda where: where[0].url):
        members = list(group)
        yield members[0][0], [location for _, location in members]


def _end(locations: Sequence[ChunkLocation]) -> int:
    return max(location.offset + location.stored_size for location in locations)


def _stretches(locations: list[ChunkLocation]) -> list[list[ChunkLocation]]:
    """Neighbours together: with small gaps, or all of it if most of the bytes between are wanted."""
    span = _end(locations) - locations[0].offset
    if 4 * sum(location.stored_size for location in locations) >= 3 * span:
        return [locations]
    stretches = [[locations[0]]]
    for location in locations[1:]:
        if location.offset - _end(stretches[-1][-1:]) <= _GAP_BYTES:
            stretches[-1].append(location)
        else:
            stretches.append([location])
    return stretches


class _Stream:
    """Chunks cut out of the pieces of one answer, in the order of their bytes."""

    def __init__(self, pieces: Iterator[bytes], start: int, desk: threading.Lock, segment: Segment) -> None:
        """``start``: what the first byte's offset in the pack is. ``desk``: held by the caller, and left to others for
        as long as bytes are waited for. ``segment`` is told of them."""
        self._pieces = pieces
        self._desk = desk
        self._segment = segment
        self._buffer = b""
        self._start = start

    def take(self, location: ChunkLocation) -> memoryview:
        """Raises: CorruptTransfer, CalledOff, and what the transfer raises."""
        offset, size = location.offset, location.stored_size
        skip = offset - self._start
        if skip < 0:
            raise CorruptTransfer("chunks that overlap")
        if skip + size > len(self._buffer):
            if skip <= len(self._buffer):
                self._buffer = self._buffer[skip:]
                self._start, skip = offset, 0
            self._fill(skip + size, location)
        return memoryview(self._buffer)[skip : skip + size]

    def finish(self) -> None:
        """Read to the end, where the transfer's size is checked."""
        for _ in self._pieces:
            pass

    def _fill(self, size: int, location: ChunkLocation) -> None:
        self._segment.begin(location.hash)
        parts = [self._buffer]
        have = len(self._buffer)
        while have < size:
            self._desk.release()
            try:
                piece = next(self._pieces, None)
            finally:
                self._desk.acquire()
            if piece is None:
                raise CorruptTransfer("the bytes ended early")
            parts.append(piece)
            have += len(piece)
            self._segment.go_on(location, min(have / size, 1.0))
        self._buffer = b"".join(parts)


def _read_at(opened: OpenFile, offset: int, size: int) -> bytes:
    try:
        return opened.read_at(offset, size)
    except DiskError:
        return b""
