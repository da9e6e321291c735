"""An uploader and a downloader, each against a server and a store in memory, for the tests of both directions."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import cast

from blake3 import blake3

from server_api.contract.messages import ROOT, ChunkHash, ContentHash, Manifest, NamespaceId
from sync_engine.core.chunking import Cutting
from sync_engine.core.model import Kind, LocalNode, NodeId, RemoteNode, RevisionId
from sync_engine.core.operations import Fetch, Offer
from sync_engine.core.packing import PackBuilder
from sync_engine.engine.downloader import Downloader, Nearby
from sync_engine.engine.transfers import Outside, Transfer
from sync_engine.engine.uploader import Uploader
from sync_engine.errors import EngineError
from sync_engine.ports import Prepared, Staged
from tests.fakes.device import FakeTime
from tests.fakes.files import NOW_NS, FakeFiles, FakeStaged
from tests.fakes.remote import FakeRemote
from tests.fakes.store import FakeStore
from tests.fakes.workers import InlineWorkers

NAMESPACE = NamespaceId(b"n" * 16)
MIB = 1024 * 1024


class Sending:
    """An uploader with everything around it, and what it told."""

    def __init__(self, now_ns: int = NOW_NS) -> None:
        self.files = FakeFiles()
        self.store = FakeStore()
        self.remote = FakeRemote(self.store, NAMESPACE)
        self.workers = InlineWorkers()
        self.waits: list[float] = []
        self.prepared: list[Prepared] = []
        self.batches: list[int] = []
        self.failed: list[tuple[str, EngineError]] = []
        self.begun: list[bytes] = []
        self.ended: list[bytes] = []
        time = FakeTime(now_ns / 1e9)
        outside = Outside(
            self.files.as_filesystem(), self.remote, self.store, self.workers, time, lambda: 0.5, self.wait
        )
        self.uploader = Uploader(outside, NAMESPACE, self)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        return stop.is_set()

    def on_prepared(self, files: list[Prepared]) -> None:
        self.prepared.extend(files)
        self.batches.append(len(files))

    def on_failed(self, node: LocalNode, error: EngineError) -> None:
        self.failed.append((node.name, error))

    def on_pack_begun(self, pack_id: bytes) -> None:
        self.begun.append(pack_id)

    def on_packs_ended(self, pack_ids: Sequence[bytes]) -> None:
        self.ended.extend(pack_ids)

    def node(self, path: str) -> LocalNode:
        return LocalNode(NodeId(blake3(path.encode()).digest(16)), ROOT, path, Kind.FILE, self.files.signature_of(path))

    def offer(self, *paths: str, known: frozenset[ContentHash] = frozenset()) -> None:
        self.uploader.offer((path, Offer(self.node(path), known)) for path in paths)

    def upload(self, contents: dict[str, bytes], known: frozenset[ContentHash] = frozenset()) -> None:
        self.files.contents.update(contents)
        self.offer(*contents, known=known)
        self.workers.run_all()

    def check_all_arrived(self) -> None:
        """Every file's content can be put together from the chunks that the server has."""
        assert not self.failed
        assert not self.uploader.under_way()
        assert self.files.open_now == 0
        by_node = {prepared.node_id: prepared for prepared in self.prepared}
        assert len(by_node) == len(self.prepared)
        for path, data in self.files.contents.items():
            prepared = by_node[self.node(path).node_id]
            assert prepared.content == blake3(data).digest()
            assert prepared.size == len(data)
            assert all(chunk in self.remote.chunks for chunk in prepared.chunks)
            assert sum(self.remote.chunks[chunk][1].plain_size for chunk in prepared.chunks) == len(data)
        assert set(self.begun) == set(self.ended) == set(self.remote.registered)


class Fetching:
    """A downloader with everything around it, and what it told."""

    def __init__(self, seed: int | None = None) -> None:
        self.files = FakeFiles()
        self.store = FakeStore()
        self.remote = FakeRemote(self.store, NAMESPACE)
        self.workers = InlineWorkers(seed)
        self.staged: dict[str, FakeStaged] = {}
        self.failed: dict[str, EngineError] = {}
        self.waits: list[float] = []
        self.contents: dict[str, bytes] = {}
        self._packs = 0
        self.wait_in_a_job: Callable[[threading.Event, float], bool] = lambda stop, _seconds: stop.is_set()
        time = FakeTime(NOW_NS / 1e9)
        outside = Outside(
            self.files.as_filesystem(), self.remote, self.store, self.workers, time, lambda: 0.5, self.wait
        )
        self.downloader = Downloader(outside, self)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.wait_in_a_job(stop, seconds)

    def on_staged(self, files: list[tuple[RemoteNode, Staged]]) -> None:
        for node, staged in files:
            assert node.name not in self.staged
            self.staged[node.name] = cast(FakeStaged, staged)

    def on_failed(self, node: RemoteNode, error: EngineError) -> None:
        self.failed[node.name] = error

    def publish(self, contents: dict[str, bytes], pack_bytes: int = 16 * MIB) -> None:
        """Put these on the server."""
        builder = PackBuilder(NAMESPACE)
        for name, data in contents.items():
            cutting = Cutting(lambda size, data=data, at=[0]: _read(data, at, size))  # type: ignore[misc]
            for chunk in cutting:
                if chunk.hash in self.remote.chunks:
                    continue
                if builder.size >= pack_bytes:
                    self._seal(builder)
                    builder = PackBuilder(NAMESPACE)
                builder.add(ChunkHash(chunk.hash), chunk.data)
            self.remote.manifests_by_revision[self.node_of(name, data).revision_id] = Manifest(
                self.node_of(name, data).revision_id, cutting.content(), len(data), cutting.chunks
            )
        if len(builder):
            self._seal(builder)
        self.contents.update(contents)

    def _seal(self, builder: PackBuilder) -> None:
        pack = builder.finish(with_md5=True)
        (registered,) = self.remote.register_packs([pack.declared])
        self.store.objects[registered.put.url] = b"".join(pack.parts)
        self.remote.seal_packs([registered.pack_id])

    def node_of(self, name: str, data: bytes) -> RemoteNode:
        content = ContentHash(blake3(data).digest())
        id_ = blake3(name.encode()).digest(16)
        revision = RevisionId(blake3(name.encode() + content).digest(16))
        return RemoteNode(
            NodeId(id_), ROOT, name, Kind.FILE, revision, 1, content, len(data), 123_456_789, name.endswith(".sh")
        )

    def fetch(self, *names: str, nearby: dict[str, Nearby] | None = None) -> None:
        nodes = [self.node_of(name, self.contents[name]) for name in names or self.contents]
        hints = {node.node_id: (nearby or {})[node.name] for node in nodes if node.name in (nearby or {})}
        self.downloader.fetch([Fetch(node) for node in nodes], hints)

    def download(self, *names: str, nearby: dict[str, Nearby] | None = None) -> None:
        self.fetch(*names, nearby=nearby)
        self.workers.run_all()

    def check_all_staged(self) -> None:
        assert not self.failed
        self.check_staged(*self.contents)
        assert len(self.staged) == len(self.contents)

    def check_staged(self, *names: str) -> None:
        assert not self.downloader.under_way()
        for name in names:
            staged = self.staged[name]
            assert staged.data == self.contents[name], name
            assert staged.is_finished
            assert staged.mtime_ns == 123_456_789
            assert staged.executable == name.endswith(".sh")
        assert self.files.open_now == 0
        for other in self.files.staged:
            assert other in self.staged.values() or other.is_discarded


def _read(data: bytes, at: list[int], size: int) -> bytes:
    piece = data[at[0] : at[0] + size]
    at[0] += len(piece)
    return piece


def noise(size: int, seed: int = 0) -> bytes:
    return random.Random(seed * 1_000_003 + size).randbytes(size)


def watch(store: FakeStore, transfers: Callable[[], list[Transfer]]) -> dict[str, list[int]]:
    """By path, what is told of each as pieces go, or before each piece comes."""
    told: dict[str, list[int]] = defaultdict(list)

    def look() -> None:
        for each in transfers():
            told[each.path].append(each.done)

    store.on_piece = look
    return told
