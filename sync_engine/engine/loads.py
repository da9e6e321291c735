"""What an upload is made of: files that are read, loads that carry their chunks, and who has which chunk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from msgspec import Struct, field

from sync_engine.core.chunking import Chunk, Cutting
from sync_engine.core.operations import Offer
from sync_engine.core.packing import Pack
from sync_engine.engine.limits import CalledOff, Patience
from sync_engine.engine.transfers import Errands
from sync_engine.errors import EngineError
from sync_engine.ports import OpenFile, Prepared

SMALL_BYTES: Final = 8 * 1024 * 1024
"""Files up to this size go before larger ones, and are read to their end before anything of them is sent."""
_REMEMBERED: Final = 50_000


class FileUpload(Struct, eq=False):
    """One offer on its way. Workers read, the control thread judges."""

    path: str
    offer: Offer
    loads: list[Load] = field(default_factory=list)
    """Those that carry its chunks."""
    prepared: Prepared | None = None
    """Once it was read to its end."""
    bytes_read: int = 0
    is_over: bool = False
    """Told as prepared or failed: nobody wants more of it."""

    @property
    def size(self) -> int:
        return self.offer.node.signature.size

    def depend_on(self, load: Load) -> bool:
        """Whether that is new."""
        if self.loads and (self.loads[-1] is load or load in self.loads):
            return False
        self.loads.append(load)
        return True


class Load(Struct, eq=False):
    """What one job reads, asks and sends: at most one pack."""

    only_small: bool = False
    files: list[FileUpload] = field(default_factory=list)
    """Those that have something in it, were read to their end in it, or wait for it."""
    unreadable: list[tuple[FileUpload, EngineError]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    """Those that it claimed."""
    pack: Pack | None = None
    ended_packs: list[bytes] = field(default_factory=list)
    """Ids of packs that were sealed or refused."""
    error: EngineError | None = None
    is_settled: bool = False
    _carried: dict[FileUpload, int] = field(default_factory=dict)
    _sent: float = 0.0

    def carry(self, upload: FileUpload, size: int) -> None:
        """So many bytes of the file go with it; what the server turns out to have already, with a minus."""
        self._carried[upload] = self._carried.get(upload, 0) + size

    def left(self, upload: FileUpload) -> int:
        """Bytes of the file that are still to go with it."""
        return int(self._carried.get(upload, 0) * (1 - self._sent))

    def go_on(self, sent: float) -> None:
        """``sent``: which part of its pack went so far.

        Raises: CalledOff, if nobody waits any more for anything that is in it.
        """
        self._sent = sent
        if not self.is_wanted():
            raise CalledOff

    def is_wanted(self) -> bool:
        """From any thread: somebody waits for something that is in it."""
        return not all(upload.is_over for upload in self.files)

    def let_go(self) -> None:
        """It is settled: whoever depended on it is not held by it."""
        self.files, self.chunks, self._carried = [], [], {}


class Run(Struct, eq=False):
    """Everything between two cancellations."""

    errands: Errands
    small: deque[FileUpload] = field(default_factory=deque)
    large: deque[FileUpload] = field(default_factory=deque)
    reading: LargeFile | None = None
    """The one large file that is being read; it lives on from load to load."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held by who reads; one at a time, so that files come in order and memory stays bounded."""
    claimed: dict[bytes, Load] = field(default_factory=dict)
    """Chunks that a load took along and that are not sealed yet: whoever has the same one waits for that load."""
    open: list[Load] = field(default_factory=list)
    """Those that are under way."""

    @property
    def patience(self) -> Patience:
        return self.errands.patience

    def release(self, load: Load) -> None:
        """Its chunks are nobody's any more."""
        for chunk in load.chunks:
            self.claimed.pop(chunk, None)


class LargeFile(Struct, eq=False):
    """A file that is read over several loads."""

    upload: FileUpload
    opened: OpenFile
    cutting: Cutting
    chunks: Iterator[Chunk]


class KnownChunks:
    """Chunks that the server has, as far as this device heard: they are neither asked about nor sent.

    Bounded, and possibly outdated: a commit that misses a chunk tells, and then it is to be ``distrusted``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: dict[bytes, None] = {}
        self._lacking: set[bytes] = set()
        self._is_doubted = False

    def __contains__(self, chunk: bytes) -> bool:
        return chunk in self._chunks

    def remember(self, chunks: Iterable[bytes]) -> None:
        remembered = dict.fromkeys(chunks)
        with self._lock:
            self._chunks.update(remembered)
            self._lacking.difference_update(remembered)
            excess = len(self._chunks) - _REMEMBERED
            for oldest in list(islice(self._chunks, max(0, excess))):
                del self._chunks[oldest]

    def distrust(self, chunks: Iterable[bytes]) -> None:
        with self._lock:
            for chunk in chunks:
                self._chunks.pop(chunk, None)
                self._lacking.add(chunk)

    def doubt(self) -> None:
        """Ask about every chunk again, also of contents that the server is known to have."""
        with self._lock:
            self._chunks.clear()
            self._is_doubted = True

    def is_to_be_asked(self, chunks: Iterable[bytes]) -> bool:
        """Whether the server said of one of these that it does not have it, and nothing else since; or all is doubted
        and it did not say yet that it has it."""
        if self._is_doubted:
            return not all(chunk in self._chunks for chunk in chunks)
        return not self._lacking.isdisjoint(chunks)
