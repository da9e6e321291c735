"""The reading half of an upload: files in, one pack of what the server lacks out. Runs in workers."""

from __future__ import annotations

from functools import partial
from typing import Final

from blake3 import blake3

from server_api.contract.messages import MIN_CHUNK_BYTES, ChunkHash, ContentHash, NamespaceId
from sync_engine.core.chunking import EMPTY, Chunk, Cutting
from sync_engine.core.packing import PACK_BYTES, PackBuilder
from sync_engine.engine.loads import FileUpload, KnownChunks, LargeFile, Load, Run
from sync_engine.engine.quiet import fresh_for_s
from sync_engine.engine.transfers import Outside
from sync_engine.errors import Changed, EngineError
from sync_engine.ports import OpenFile, Prepared

FILES_A_LOAD: Final = 8_000
"""So that results come back in time even where nothing needs to be sent."""
_SMALLEST_QUESTION_BYTES: Final = 4 * 1024 * 1024
"""What is read before the server is asked which of it is missing, however little room the pack has left."""
_FULL_BYTES: Final = PACK_BYTES - 2 * 1024 * 1024


class Gatherer:
    """Reads files in the order they were offered, small ones first, and takes along what has to be sent."""

    def __init__(self, outside: Outside, namespace_id: NamespaceId, known: KnownChunks) -> None:
        self._filesystem = outside.filesystem
        self._remote = outside.remote
        self._clock = outside.clock
        self._namespace_id = namespace_id
        self._known = known

    def gather(self, run: Run, load: Load) -> None:
        """Fill the load: until its pack is full, nothing is waiting, or it has many files. Sets ``load.pack``.

        Raises: CalledOff; RemoteError, when the server cannot be asked: what the load had by then is lost.
        """
        builder = PackBuilder(self._namespace_id)
        with_md5 = False
        with run.lock:
            try:
                while builder.size < _FULL_BYTES and len(builder) < FILES_A_LOAD:
                    window = self._read(run, load, PACK_BYTES - builder.size)
                    if not window.chunks:
                        break
                    with_md5 = self._take_missing(run, window, builder)
            except BaseException:
                _spoil(run, load)
                raise
            finally:
                if run.patience.stop.is_set():
                    close_reading(run)
        if len(builder):
            load.pack = builder.finish(with_md5=with_md5)

    def _read(self, run: Run, load: Load, room: int) -> _Window:
        """Chunks of the next files of which nobody knows yet whether the server has them."""
        window = _Window(run, load, self._known)
        enough = max(room, _SMALLEST_QUESTION_BYTES) - MIN_CHUNK_BYTES
        while window.size < enough and len(load.files) < FILES_A_LOAD:
            run.patience.check()
            if run.small:
                self._read_small(run.small.popleft(), window)
            elif load.only_small or not self._read_large(run, window):
                break
        return window

    def _read_small(self, upload: FileUpload, window: _Window) -> None:
        if upload.is_over:
            return
        try:
            opened = self._filesystem.open_file(upload.path)
            try:
                chunks, content, upload.bytes_read = _cut_whole(opened, upload.size)
                self._finish(upload, opened, content, [hash_ for hash_, _ in chunks], window)
            finally:
                opened.close()
        except EngineError as error:
            window.load.unreadable.append((upload, error))
            return
        if content not in upload.offer.known or self._known.is_to_be_asked(hash_ for hash_, _ in chunks):
            for chunk in chunks:
                window.put(upload, chunk)

    def _read_large(self, run: Run, window: _Window) -> bool:
        """One more chunk of a large file; False: there is none."""
        if run.reading is None and not run.large:
            return False
        upload = run.reading.upload if run.reading is not None else run.large.popleft()
        if upload.is_over:
            close_reading(run)
            return True
        try:
            reading = run.reading
            if reading is None:
                reading = run.reading = self._open_large(upload)
                _check(upload, reading.opened)
            chunk = next(reading.chunks, None)
            if chunk is None:
                self._finish(upload, reading.opened, reading.cutting.content(), reading.cutting.chunks, window)
                close_reading(run)
            else:
                upload.bytes_read += len(chunk.data)
                window.put(upload, chunk)
        except EngineError as error:
            close_reading(run)
            window.load.unreadable.append((upload, error))
        return True

    def _open_large(self, upload: FileUpload) -> LargeFile:
        opened = self._filesystem.open_file(upload.path)
        cutting = Cutting(opened.read)
        return LargeFile(upload, opened, cutting, iter(cutting))

    def _finish(
        self, upload: FileUpload, opened: OpenFile, content: ContentHash, chunks: list[bytes], window: _Window
    ) -> None:
        """All of it was read, and it was the same file all along."""
        _check(upload, opened)
        node = upload.offer.node
        if upload.bytes_read != node.signature.size:
            raise Changed(upload.path, "its size changed while it was read")
        recheck = fresh_for_s(node.signature, self._clock.now_ns()) > 0
        upload.prepared = Prepared(node.node_id, node.signature, content, upload.bytes_read, chunks, recheck)
        window.load.files.append(upload)

    def _take_missing(self, run: Run, window: _Window, builder: PackBuilder) -> bool:
        """Ask, pack what the server lacks, and let go of the rest. Returns whether the store needs the pack's MD5."""
        hashes = list(window.chunks)
        with run.errands.one(partial(_is_wanted, run, window)) as patience:
            answer = patience.attempt(partial(self._remote.missing, hashes))
        missing = set(answer.indices)
        self._known.remember(hash_ for index, hash_ in enumerate(hashes) if index not in missing)
        for index, hash_ in enumerate(hashes):
            data = window.chunks.pop(hash_)  # frees what was read while the pack grows
            if index in missing and window.is_wanted(hash_):
                run.patience.check()
                builder.add(hash_, data)
                run.claimed[hash_] = window.load
                window.load.chunks.append(hash_)
                window.depend(hash_)
            elif index not in missing:
                window.let_go(hash_, len(data))
        return answer.md5


class _Window:
    """What was read and not asked about yet."""

    def __init__(self, run: Run, load: Load, known: KnownChunks) -> None:
        self.load = load
        self.chunks: dict[ChunkHash, bytes | memoryview] = {}
        self.size = 0
        self._uploads: dict[ChunkHash, list[FileUpload]] = {}
        self._claimed = run.claimed
        self._known = known

    def put(self, upload: FileUpload, chunk: Chunk) -> None:
        hash_ = chunk.hash
        if hash_ in self.chunks:
            self._uploads[hash_].append(upload)
            self.load.carry(upload, len(chunk.data))
        elif hash_ not in self._known:
            carrier = self._claimed.get(hash_)
            if carrier is None:
                self.chunks[hash_] = chunk.data
                self.size += len(chunk.data)
                self._uploads[hash_] = [upload]
                self.load.carry(upload, len(chunk.data))
            else:
                carrier.carry(upload, len(chunk.data))
                if upload.depend_on(carrier):
                    carrier.files.append(upload)

    def let_go(self, hash_: ChunkHash, size: int) -> None:
        """The server has it."""
        for upload in self._uploads[hash_]:
            self.load.carry(upload, -size)

    def is_wanted(self, hash_: ChunkHash) -> bool:
        """Somebody still waits for this chunk."""
        return not all(upload.is_over for upload in self._uploads[hash_])

    def is_any_wanted(self) -> bool:
        return any(map(self.is_wanted, self._uploads))

    def depend(self, hash_: ChunkHash) -> None:
        """Whoever has this chunk needs the load."""
        for upload in self._uploads[hash_]:
            if upload.depend_on(self.load):
                self.load.files.append(upload)


def close_reading(run: Run) -> None:
    """Under the run's lock: let go of the file that is being read."""
    if run.reading is not None:
        run.reading.opened.close()
        run.reading = None


def _is_wanted(run: Run, window: _Window) -> bool:
    """From any thread: somebody waits for what a load has so far, or what was read for it."""
    reading = run.reading
    is_reading_wanted = reading is not None and not reading.upload.is_over
    return is_reading_wanted or window.load.is_wanted() or window.is_any_wanted()


def _spoil(run: Run, load: Load) -> None:
    """What was read for this load may never have been asked about: all of it falls with the load."""
    if run.reading is not None and run.reading.upload not in load.files:
        load.files.append(run.reading.upload)
    for upload in load.files:
        upload.depend_on(load)


def _check(upload: FileUpload, opened: OpenFile) -> None:
    if not opened.is_as(upload.offer.node.signature):
        raise Changed(upload.path, "not the file that was offered")


def _cut_whole(opened: OpenFile, size: int) -> tuple[list[Chunk], ContentHash, int]:
    """Chunks, content and bytes of a file that is small enough to be held."""
    if size > MIN_CHUNK_BYTES:
        cutting = Cutting(opened.read)
        chunks = list(cutting)
        return chunks, cutting.content(), cutting.size
    data = opened.read(size + 1)  # one byte more than there should be: it may have grown
    if not data:
        return [], EMPTY, 0
    hash_ = blake3(data).digest()
    return [Chunk(ChunkHash(hash_), data)], ContentHash(hash_), len(data)
