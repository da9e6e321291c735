"""What a download is made of: files that are staged, and segments that bring their chunks."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from blake3 import blake3

from server_api.contract.messages import ChunkLocation, SignedRequest
from sync_engine.core.model import RemoteNode
from sync_engine.engine.limits import CalledOff, Patience
from sync_engine.engine.transfers import Errands
from sync_engine.errors import CorruptTransfer, EngineError
from sync_engine.ports import FileSystem, Staged

OPEN_SEGMENTS: Final = 4
"""Of one large file, that may be on their way or wait for an earlier one: bounds what is held in memory."""

Located = tuple[SignedRequest, ChunkLocation]

_counting: Final = threading.Lock()
"""Held for a moment by who counts what has arrived, or adds it up: a chunk that just came whole counts once, and not
twice or never."""


class FileDownload:
    """One wanted file. Chunks may come in any order and from several threads; they are written in theirs.

    Attributes:
        chunks: its manifest, once known.
        arrived: bytes of chunks that came whole, staged or not.
        done: bytes that were staged.
        has_begun: some of its bytes were waited for; on a slow line the first chunk takes a while.
        is_over: told as staged or failed, or nobody wants it any more.
    """

    __slots__ = (
        "_held", "_lock", "_next", "_staged", "_whole",
        "arrived", "chunks", "done", "has_begun", "is_over", "node", "older", "same",
    )  # fmt: skip

    def __init__(self, node: RemoteNode, same: str | None = None, older: str | None = None) -> None:
        self.node = node
        self.same = same
        self.older = older
        self.chunks: list[bytes] = []
        self.arrived = self.done = 0
        self.has_begun = False
        self.is_over = False
        self._lock = threading.Lock()
        self._staged: Staged | None = None
        self._next = 0
        self._held: dict[int, bytes | memoryview] = {}
        self._whole: blake3 | None = None

    def deliver(self, index: int, data: bytes | memoryview, filesystem: FileSystem) -> Staged | None:
        """Take a verified chunk; the complete file, with the last one.

        Raises: DiskError; CorruptTransfer, if the chunks do not make up the content. The file is over then.
        """
        with self._lock:
            if self.is_over or index < self._next:
                return None
            # What has to wait is copied, so that it does not hold the whole piece it came in.
            self._held[index] = data if index == self._next else bytes(data)
            if self._staged is None:
                self._staged = filesystem.stage()
            while (piece := self._held.pop(self._next, None)) is not None:
                self._staged.write(piece)
                if len(self.chunks) > 1:
                    self._whole = self._whole or blake3()
                    self._whole.update(piece)
                self._next += 1
                self.done += len(piece)
            return self._complete() if self._next == len(self.chunks) else None

    def written(self) -> int:
        """How many chunks lie in staging."""
        return self._next

    def drop(self) -> None:
        """Nobody wants it any more."""
        with self._lock:
            self.is_over = True
            self._held.clear()
            if self._staged is not None:
                self._staged.discard()
                self._staged = None

    def _complete(self) -> Staged:
        node = self.node
        staged = self._staged
        assert staged is not None
        content = self._whole.digest() if self._whole is not None else self.chunks[0]
        if content != node.content or self.done != node.size:
            raise CorruptTransfer("the chunks do not make up the file")
        staged.finish(node.mtime_ns, executable=node.executable)
        self._staged = None
        return staged


@dataclass(eq=False)
class Segment:
    """Chunks that one job brings, mostly neighbours in one pack, and who wants them."""

    consumers: dict[bytes, list[tuple[FileDownload, int]]] = field(default_factory=dict)
    """Chunk to files and its places in them."""
    located: list[Located] = field(default_factory=list)
    older: str | None = None
    """A local file in which some may be, at ``offsets``."""
    offsets: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    _coming: tuple[bytes, int] | None = None

    def forget_dropped(self) -> None:
        """Chunks that nobody wants any more need not come."""
        for chunk, takers in list(self.consumers.items()):
            if all(download.is_over for download, _ in takers):
                del self.consumers[chunk]

    def is_wanted(self) -> bool:
        """From any thread: somebody waits for something that is to come."""
        return _is_any_wanted(tuple(self.consumers.values()))

    def check_wanted(self) -> None:
        """Raises: CalledOff, if nobody waits any more for anything that is to come."""
        if not _is_any_wanted(self.consumers.values()):
            raise CalledOff

    def begin(self, chunk: bytes) -> None:
        """Its bytes are waited for."""
        for download, _ in self.consumers.get(chunk, ()):
            download.has_begun = True

    def go_on(self, location: ChunkLocation, part: float) -> None:
        """That part of this chunk has come. Raises: CalledOff, as ``check_wanted``."""
        self.check_wanted()
        self._coming = (location.hash, int(location.plain_size * part))

    def add_coming(self, bytes_of: Counter[FileDownload]) -> None:
        """What there is of the chunk that is on its way."""
        chunk, size = self._coming or (b"", 0)
        for download, _ in self.consumers.get(chunk, ()):
            bytes_of[download] += size

    def break_off(self) -> None:
        """Of a chunk that has not come whole nothing is left."""
        self._coming = None

    def take(self, chunk: bytes, size: int) -> Sequence[tuple[FileDownload, int]]:
        """It is here, verified, and goes to these."""
        with _counting:
            takers = self.consumers.pop(chunk, ())
            for download, _ in takers:
                download.arrived += size
        return takers

    def files(self) -> set[FileDownload]:
        return {file for consumers in self.consumers.values() for file, _ in consumers}


def _is_any_wanted(consumers: Iterable[Sequence[tuple[FileDownload, int]]]) -> bool:
    return any(not download.is_over for takers in consumers for download, _ in takers)


class LargeFile:
    """A file that comes in many segments, claimed in the file's order, a few at a time. Under the run's lock."""

    def __init__(self, download: FileDownload) -> None:
        self.download = download
        self.offsets: dict[bytes, tuple[int, int]] = {}
        """Chunks that the older local file has."""
        self.needs_index = download.older is not None
        self.is_being_indexed = False
        self.located: dict[bytes, Located] = {}
        self.claimed = 0
        """Chunks that segments were made for."""
        self._ends: deque[int] = deque()

    def is_wanted(self) -> bool:
        return not self.download.is_over

    def may_claim(self) -> bool:
        while self._ends and self._ends[0] <= self.download.written():
            self._ends.popleft()
        return not self.needs_index and len(self._ends) < OPEN_SEGMENTS

    def is_claimed(self) -> bool:
        return self.claimed == len(self.download.chunks)

    def claim(self, end: int) -> None:
        self.claimed = end
        self._ends.append(end)


@dataclass
class Outcome:
    """What one job brought about."""

    staged: list[tuple[FileDownload, Staged]] = field(default_factory=list)
    failed: list[tuple[FileDownload, EngineError]] = field(default_factory=list)
    was_idle: bool = False
    """There was nothing for it to do just then."""

    def fail(self, download: FileDownload, error: EngineError) -> None:
        if not download.is_over:
            download.drop()
            self.failed.append((download, error))


@dataclass
class Run:
    """Everything between two cancellations."""

    errands: Errands
    pending: deque[FileDownload] = field(default_factory=deque)
    copies: deque[FileDownload] = field(default_factory=deque)
    """To be copied from a file on this device."""
    segments: deque[Segment] = field(default_factory=deque)
    open: list[Segment] = field(default_factory=list)
    """Those that jobs are about."""
    large: list[LargeFile] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held by who looks for work, which may mean to ask the server for locations."""
    jobs: int = 0

    @property
    def patience(self) -> Patience:
        return self.errands.patience

    def arrived(self, downloads: Iterable[FileDownload]) -> list[int]:
        """From any thread: how many bytes of each have come so far."""
        with _counting:
            coming: Counter[FileDownload] = Counter()
            for segment in self.open:
                segment.add_coming(coming)
            return [min(download.arrived + coming[download], download.node.size) for download in downloads]

    def waiting(self) -> int:
        return len(self.pending) + len(self.copies) + len(self.segments) + OPEN_SEGMENTS * len(self.large)
