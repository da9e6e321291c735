"""The content half of the API in memory: what uploads and downloads need of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import google_crc32c

from server_api.contract import packs as pack_format
from server_api.contract.messages import (
    MAX_CHUNKS_A_REQUEST,
    MAX_PACKS_A_REQUEST,
    Changes,
    ChunkLocation,
    CommitRequest,
    CommitResponse,
    DeclaredPack,
    FoundManifests,
    Located,
    Manifest,
    Missing,
    NamespaceId,
    PackedChunk,
    RegisteredPack,
    SealedPacks,
    SignedRequest,
)
from server_api.contract.positions import MAX_WITHOUT, PositionTold, TellPosition
from sync_engine.core.model import Cursor
from sync_engine.ports import Usage
from tests.fakes.faults import Faults
from tests.fakes.store import FakeStore


class FakeRemote:
    """``ports.Remote`` for one namespace, holding to the contract's limits and checks.

    Attributes:
        faults: operations ``missing``, ``register``, ``seal``, ``manifests``, ``locate``, ``usage``, ``position``.
        asked: every chunk that was ever asked about, in order.
        chunks: chunk to where it lies.
        needs_md5: whether packs have to be declared with their MD5.
        manifests_by_revision: what versions consist of; a test puts them in.
        positions: what the device told and the server kept, the latest last.
    """

    def __init__(self, store: FakeStore, namespace_id: NamespaceId) -> None:
        self.store = store
        self.namespace_id = namespace_id
        self.faults = Faults()
        self.asked: list[bytes] = []
        self.chunks: dict[bytes, tuple[str, PackedChunk]] = {}
        self.manifests_by_revision: dict[bytes, Manifest] = {}
        self.registered: dict[bytes, tuple[str, DeclaredPack]] = {}
        self.sealed: list[bytes] = []
        self.interruptions = 0
        self.needs_md5 = False
        self.quota_bytes: int | None = None
        self.damaged: list[bytes] = []
        self.positions: list[TellPosition] = []
        self._lock = threading.Lock()
        self._issued = 0

    def missing(self, chunks: Sequence[bytes]) -> Missing:
        assert len(chunks) <= MAX_CHUNKS_A_REQUEST
        with self.faults.around("missing"):
            self.asked.extend(chunks)
            indices = [index for index, chunk in enumerate(chunks) if chunk not in self.chunks]
            return Missing(indices=indices, md5=self.needs_md5)

    def register_packs(self, packs: Sequence[DeclaredPack]) -> list[RegisteredPack]:
        assert 1 <= len(packs) <= MAX_PACKS_A_REQUEST
        assert not self.needs_md5 or all(pack.md5 for pack in packs)
        with self.faults.around("register"):
            return [self._register(pack) for pack in packs]

    def _register(self, pack: DeclaredPack) -> RegisteredPack:
        with self._lock:
            self._issued += 1
            pack_id = self._issued.to_bytes(16, "big")
        url = f"fake:{pack_id.hex()}"
        self.registered[pack_id] = (url, pack)
        return RegisteredPack(pack_id=pack_id, put=SignedRequest(url=url, expires_in_s=900))

    def seal_packs(self, packs: Sequence[bytes]) -> SealedPacks:
        with self.faults.around("seal"):
            sealed = [pack_id for pack_id in packs if self._seal(pack_id)]
            return SealedPacks(sealed=sealed, refused=[pack_id for pack_id in packs if pack_id not in sealed])

    def _seal(self, pack_id: bytes) -> bool:
        url, declared = self.registered[pack_id]
        data = self.store.objects.get(url, b"")
        if len(data) != declared.size or google_crc32c.value(data).to_bytes(4, "big") != declared.crc32c:
            return False
        pack_format.check_header(data, self.namespace_id)
        trailer = data[-pack_format.TRAILER_BYTES :]
        length = pack_format.index_length(trailer)
        index = data[-pack_format.TRAILER_BYTES - length : -pack_format.TRAILER_BYTES]
        if pack_format.decode_index(index, trailer, len(data)) != declared.chunks:
            return False
        for entry in declared.chunks:
            self.chunks.setdefault(entry.hash, (url, entry))
        self.sealed.append(pack_id)
        return True

    def manifests(self, revisions: Sequence[bytes]) -> FoundManifests:
        assert 1 <= len(revisions) <= 1_000
        with self.faults.around("manifests"):
            known = [revision for revision in revisions if revision in self.manifests_by_revision]
            told = known[:700]  # an answer may stop early
            return FoundManifests(
                manifests=[self.manifests_by_revision[revision] for revision in told],
                gone=[revision for revision in revisions if revision not in self.manifests_by_revision],
            )

    def locate(self, chunks: Sequence[bytes]) -> Located:
        assert 1 <= len(chunks) <= MAX_CHUNKS_A_REQUEST
        with self.faults.around("locate"):
            urls: dict[str, int] = {}
            found = []
            for chunk in dict.fromkeys(chunks):
                if chunk in self.chunks:
                    url, entry = self.chunks[chunk]
                    pack = urls.setdefault(url, len(urls))
                    found.append(
                        ChunkLocation(chunk, pack, entry.offset, entry.stored_size, entry.plain_size, entry.codec)
                    )
            return Located(
                packs=[SignedRequest(url=url, expires_in_s=300) for url in urls],
                chunks=found,
                gone=[chunk for chunk in chunks if chunk not in self.chunks],
            )

    def report_damaged(self, chunks: Sequence[bytes]) -> None:
        with self.faults.around("damaged"):
            self.damaged.extend(chunks)

    def usage(self) -> Usage:
        with self.faults.around("usage"):
            return Usage(sum(len(data) for data in self.store.objects.values()), self.quota_bytes)

    def tell_position(self, position: TellPosition) -> PositionTold:
        assert position.without is None or len(position.without) <= MAX_WITHOUT
        with self.faults.around("position"):
            number = self.positions[-1].number if self.positions else 0
            if position.number <= number:
                return PositionTold(is_kept=False, number=number)
            self.positions.append(position)
            return PositionTold(is_kept=True, number=position.number)

    def interrupt(self) -> None:
        self.interruptions += 1

    def commit(self, request: CommitRequest) -> CommitResponse:
        raise NotImplementedError("this fake has no revision log")

    def changes(self, cursor: Cursor) -> Changes:
        raise NotImplementedError("this fake has no revision log")

    def wait(self, cursor: Cursor, timeout_s: int) -> bool:
        raise NotImplementedError("this fake has no revision log")
