"""Files that visitors of upload links send: cut and packed by the server, added to the folder together or not at all.

Nothing that is there has any influence on what a visitor sees: every chunk is stored, whether the folder's owner has it
already or not (a rewrite of packs makes up for it), and what has a name that is taken gets a number that is not told.

Packs are registered before they are put, so that their bytes count in the owner's quota, and what a process leaves
behind that dies is dropped when its registration expires. What is in them counts from the one transaction that adds the
files.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import google_crc32c
from blake3 import blake3
from msgspec import Struct
from msgspec.json import encode
from sqlalchemy import select

from server_api.contract.messages import (
    ROOT,
    ContentHash,
    DeviceId,
    Kind,
    NamespaceId,
    NodeId,
    PackedChunk,
    PackId,
    RevisionId,
)
from server_api.contract.names import name_key
from server_api.domain.arriving import numbered, safe_name
from server_api.domain.contents import join_manifest
from server_api.domain.cutting import cut
from server_api.domain.nodes import Node, Tree
from server_api.domain.packing import Packing, chunk_hash
from server_api.domain.sizes import show_size
from server_api.errors import (
    ApiError,
    BodyTooLargeError,
    LinkOverError,
    NoRoomError,
    QuotaExceededError,
    UnavailableError,
)
from server_api.services import audit
from server_api.services.accounts import used_bytes
from server_api.services.appending import Log
from server_api.services.limits import Limit
from server_api.services.listening import tell_moved
from server_api.services.packs import PROTECTED_MS, verify_others
from server_api.services.server import Caller, Server
from server_api.services.visits import Visit
from server_api.storage import packs
from server_api.storage.chunks import claim_chunks, insert_chunks
from server_api.storage.contention import retried
from server_api.storage.nodes import read_lineages, read_occupants
from server_api.storage.packs import NewPack, PackState
from server_api.storage.revisions import LockedNamespace, lock_namespace
from server_api.storage.shares import ShareRow, count_uploads
from server_api.storage.stores import notice_key, pack_key
from server_api.storage.tables import account

FROM: Final = Limit("upload-from", 60, 10.0)
"""Uploads from one address, through whatever links."""
THROUGH: Final = Limit("upload-through", 600, 1.0)
"""Uploads through one link."""
_PACK_BYTES: Final = 8 * 1024 * 1024
"""In memory two or three times while it is sent."""
_PACK_CHUNKS: Final = 20_000
_MOST_FILES: Final = 1_000
"""At once."""
_NO_ROOM: Final = "There is no room for this where the link leads. Tell whoever sent it to you."
_LOG: Final = logging.getLogger(__name__)


class Sent(Struct, frozen=True):
    """A file on its way: the name that was sent, and its bytes as they come."""

    name: str
    pieces: Iterable[bytes]


class _Arrived(Struct, frozen=True):
    name: str
    content_hash: ContentHash
    size: int
    manifest: bytes


@dataclass
class _Arrival:
    """What one request has brought so far."""

    server: Server
    share: ShareRow
    files: list[_Arrived] = field(default_factory=list)
    packs: dict[PackId, list[PackedChunk]] = field(default_factory=dict)
    packing: Packing | None = None
    known: set[bytes] = field(default_factory=set)
    size: int = 0

    def take(self, sent: Sent) -> None:
        """One file. Raises: BodyTooLargeError, NoRoomError, StoreFullError, UnavailableError."""
        if len(self.files) >= _left(self.share):
            raise BodyTooLargeError("That is more files than the link takes.")
        whole = blake3()
        hashes: list[bytes] = []
        before = self.size
        for chunk in cut(self._counted(sent.pieces)):
            whole.update(chunk)
            hashes.append(self._keep(chunk))
        arrived = _Arrived(safe_name(sent.name), ContentHash(whole.digest()), self.size - before, join_manifest(hashes))
        self.files.append(arrived)

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        limits, size = self.server.config.limits, 0
        at_most = min(self.share.max_file_bytes or limits.upload_bytes, limits.upload_bytes)
        left = None if self.share.max_bytes is None else self.share.max_bytes - self.share.uploaded_bytes
        for piece in pieces:
            size += len(piece)
            self.size += len(piece)
            if size > at_most:
                raise BodyTooLargeError(f"A file may have {show_size(at_most)} here.")
            if self.size > limits.upload_bytes or (left is not None and self.size > left):
                raise BodyTooLargeError("That is more than the link takes.")
            yield piece

    def _keep(self, chunk: bytes) -> bytes:
        """Once, even if it comes again."""
        hash_ = self.server.offload(chunk_hash, chunk)
        if hash_ not in self.known:
            self.known.add(hash_)
            self.packing = self.packing or Packing(self.share.namespace_id)
            self.server.offload(self.packing.add, hash_, chunk)
            if self.packing.size >= _PACK_BYTES or len(self.packing.chunks) >= _PACK_CHUNKS:
                self.send_pack()
        return hash_

    def send_pack(self) -> None:
        """What waits lies in the store, and was read back from there."""
        if self.packing is None:
            return
        packing, self.packing = self.packing, None
        whole = packing.finish()
        new = NewPack(
            pack_id=PackId(self.server.ids.new_id()),
            size=len(whole),
            crc32c=google_crc32c.value(whole).to_bytes(4, "big"),
            md5=hashlib.md5(whole, usedforsecurity=False).digest(),
            chunks=packing.chunks,
        )
        _register(self.server, self.share, new)
        self.packs[new.pack_id] = packing.chunks
        key = pack_key(self.share.namespace_id, new.pack_id)
        self.server.store.put(key, io.BytesIO(whole))
        if self.server.store.read_range(key, 0, new.size + 1) != whole:
            _LOG.error("the store gives back other bytes than were written", extra={"key": key})
            raise UnavailableError


def receive(server: Server, visit: Visit, address: str, sent: Iterable[Sent]) -> int:
    """Add to the folder what a visitor sends: all of it, or nothing; how many files.

    Raises: LinkOverError, BodyTooLargeError, NoRoomError, RateLimitedError, StoreFullError, UnavailableError, and what
    the bytes raise on their way.
    """
    share = visit.share
    server.limiter.take(FROM, address)
    server.limiter.take(THROUGH, share.share_id.hex())
    arrival = _Arrival(server, share)
    is_done = False
    try:
        for each in sent:
            arrival.take(each)
        arrival.send_pack()
        if arrival.files:
            verify_others(server, DeviceId(share.share_id), share.namespace_id, arrival.known)
            _add(server, arrival)
            _tell(server, arrival)
        is_done = True
    finally:
        if not is_done:
            _give_up(server, arrival)
    return len(arrival.files)


def _tell(server: Server, arrival: _Arrival) -> None:
    """An object says that something came, for whom the store's service tells of it. No file's name is in it."""
    if not server.store.has_notices:
        return
    share = arrival.share
    try:
        with server.database.read() as connection:
            email = connection.scalar(select(account.c.email).where(account.c.account_id == share.account_id))
        notice = encode(
            {
                "kind": "share-upload",
                "account": email or "",
                "link": share.title,
                "files": len(arrival.files),
                "bytes": arrival.size,
            }
        )
        server.store.put(notice_key(server.ids.new_id()), io.BytesIO(notice))
    except ApiError:
        _LOG.warning("that files came through a link could not be told", extra={"share": share.share_id.hex()})


def _left(share: ShareRow) -> int:
    """How many files may come, at once at most."""
    return _MOST_FILES if share.download_limit is None else min(_MOST_FILES, share.download_limit - share.downloads)


@retried
def _register(server: Server, share: ShareRow, new: NewPack) -> None:
    """Raises: NoRoomError."""
    now_ms = server.clock.now_ms()
    with server.database.write() as work:
        owner_id, quota_bytes = packs.lock_owner(work.connection, share.namespace_id)
        if quota_bytes is not None and used_bytes(work.connection, owner_id) + new.size > quota_bytes:
            raise NoRoomError(_NO_ROOM)
        packs.insert_packs(
            work.connection,
            [new],
            namespace_id=share.namespace_id,
            device_id=DeviceId(share.share_id),
            state=PackState.REGISTERED,
            store=server.store.name,
            now_ms=now_ms,
            expires_at=now_ms + PROTECTED_MS,
        )


@retried
def _add(server: Server, arrival: _Arrival) -> None:
    """The files are there. Raises: LinkOverError, NoRoomError, UnavailableError."""
    share = arrival.share
    with server.database.write() as work:
        connection = work.connection
        locked = lock_namespace(connection, share.namespace_id)
        if locked is None or not count_uploads(connection, share.share_id, len(arrival.files), arrival.size):
            raise LinkOverError
        tree = Tree(read_lineages(connection, share.namespace_id, [share.node_id]))
        folder = tree.nodes.get(share.node_id)
        if folder is None or not tree.is_alive(folder):
            raise LinkOverError
        now_ms = server.database_now_ms(connection)
        for pack_id, chunks in arrival.packs.items():
            if not packs.accept_pack(connection, pack_id, now_ms):
                raise UnavailableError
            insert_chunks(connection, share.namespace_id, pack_id, chunks)
        # One that lies in another's pack as well has to be sound there.
        there = claim_chunks(connection, share.namespace_id, DeviceId(share.share_id), arrival.known)
        if there.keys() != arrival.known:
            raise UnavailableError(retry_after_s=5)
        log = Log(server, _as_device(share), connection, locked)
        log.know(*(tree.nodes[id_] for id_ in tree.lineage(folder.node_id) if id_ != ROOT))
        _put_all(server, log, locked, folder, arrival.files)
        try:
            seq = log.close()
        except QuotaExceededError as error:
            raise NoRoomError(_NO_ROOM) from error
        tell_moved(server, work, share.namespace_id, seq)
        audit.record(
            server,
            work,
            "share-upload",
            account_id=share.account_id,
            device_id=share.share_id,
            detail=f"{share.share_id.hex()}: {len(arrival.files)} files, {arrival.size} bytes",
        )


def _put_all(server: Server, log: Log, locked: LockedNamespace, folder: Node, files: Iterable[_Arrived]) -> None:
    taken: set[bytes] = set()
    for each in files:
        name = next(n for n in numbered(each.name) if _is_free(log, locked.namespace_id, folder, n, taken))
        taken.add(name_key(name))
        node = Node(
            node_id=NodeId(server.ids.new_id()),
            kind=Kind.FILE,
            parent_id=folder.node_id,
            name=name,
            name_key=name_key(name),
            seq=0,
            revision_id=RevisionId(b""),
            content_hash=each.content_hash,
            size=each.size,
            mtime_ns=server.clock.now_ms() * 1_000_000,
        )
        log.put(None, node, each.manifest, is_new_version=True)


def _is_free(log: Log, namespace_id: NamespaceId, folder: Node, name: str, taken: set[bytes]) -> bool:
    key = name_key(name)
    return key not in taken and not read_occupants(log.connection, namespace_id, [(folder.node_id, key)])


def _as_device(share: ShareRow) -> Caller:
    return Caller(
        account_id=share.account_id, device_id=DeviceId(share.share_id), session_id=b"", email="", role="member"
    )


@retried
def _give_up(server: Server, arrival: _Arrival) -> None:
    """Nothing of it is left: the objects are deleted with the rows."""
    if not arrival.packs:
        return
    with server.database.write() as work:
        for pack_id in arrival.packs:
            packs.refuse_pack(work.connection, pack_id, was=PackState.REGISTERED, until_ms=server.clock.now_ms())
