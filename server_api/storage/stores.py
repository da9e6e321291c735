"""The object store: one narrow port, and the two kinds of place behind it.

Objects are immutable: a key is written once and never again. Keys are chosen by the server and match one pattern:

    packs/<namespace>/<two digits>/<pack>    what devices uploaded; ids in hexadecimal
    incoming/<namespace>/<pack>              where they send it, if the store does not hold what URLs are bound to
    published/… probe/… notices/…            shared files, the probe at start, what others may wait for
    meta/snapshots/… meta/log/…              what a server is rebuilt from (docs/metadata-format.md)
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

from server_api.contract.messages import SignedRequest
from server_api.domain import media
from server_api.domain.clock import Clock
from server_api.errors import StoreAddressError
from server_api.storage.offload import Offload, run_here

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BINARY: Final = media.BINARY
TIER_TAG: Final = ("lockstep-tier", "old")
"""What an object is tagged with that only old versions use."""

_PIECE_BYTES: Final = 4 * 1024 * 1024
_KEY: Final = re.compile(r"(?:packs|incoming|published|probe|notices|meta)(?:/[0-9a-z][0-9a-z-]{0,63}){1,3}", re.ASCII)


class ObjectMissingError(Exception):
    """There is no object of that key."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as a store tells of it; size in bytes."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that does not stop a store from being used, and that its operator should know.

    Attributes:
        code: what a script may go by.
        text: a sentence, with what to do.
    """

    code: str
    text: str


class Writing(Protocol):
    """An object that comes into being piece by piece: it is there once it is finished, and not before.

    Attributes:
        handle: what ``abandon`` takes, in whichever process; empty if nothing is left of one that is not finished.
    """

    handle: str

    def write(self, block: bytes) -> None:
        """The next bytes. Raises: StoreFullError."""
        ...

    def finish(self) -> None:
        """The object exists, durably. Raises: AlreadyStoredError, StoreFullError."""
        ...

    def drop(self) -> None:
        """Nothing is left of it, unless it is finished. Again does no harm."""
        ...


class ObjectStore(Protocol):
    """Where contents lie. Safe for threads and greenlets.

    Every method may raise ``UnavailableError``.

    Attributes:
        name: what a placement calls this store.
        needs_md5: whether ``presign_put`` needs the MD5, since the store verifies that; else it may be empty.
        holds_bindings: whether the store holds whoever has a URL of ``presign_put`` to all that it is signed for. Where
            it does not, no such URL may name a key that anything is read from.
        has_tiers: whether ``set_tier`` does anything.
        has_notices: whether somebody waits for objects under ``notices/``.
    """

    name: str

    @property
    def needs_md5(self) -> bool: ...

    @property
    def holds_bindings(self) -> bool: ...

    @property
    def has_tiers(self) -> bool: ...

    @property
    def has_notices(self) -> bool: ...

    def presign_put(self, key: str, *, size: int, crc32c: bytes, md5: bytes, expires_in_s: int) -> SignedRequest:
        """The right to create this object, of this size and checksum, if it does not exist yet.

        The answer to the request is 200 or 201; where the store ``holds_bindings``, it is 412 if the object exists, and
        another 4xx if size, bytes or time are not as signed.
        """
        ...

    def presign_get(
        self, key: str, *, expires_in_s: int, content_type: str = BINARY, filename: str | None = None
    ) -> SignedRequest:
        """The right to read this object, whole or in ranges. A browser saves it, under that name, if there is one."""
        ...

    def head(self, key: str) -> StoredObject | None: ...

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """At most ``length`` bytes from ``start`` on; fewer at the end. Raises: ObjectMissingError."""
        ...

    def put(self, key: str, source: BinaryIO) -> None:
        """Create an object from a whole file, wherever its position is. Raises: AlreadyStoredError, StoreFullError."""
        ...

    def begin(self, key: str, size: int) -> Writing:
        """An object of this size, of which little is in memory at once. Raises: StoreFullError."""
        ...

    def abandon(self, key: str, handle: str) -> None:
        """What a process left behind that ended between ``begin`` and ``finish`` is gone. Again does no harm."""
        ...

    def copy(self, source: str, target: str) -> None:
        """Raises: ObjectMissingError, AlreadyStoredError."""
        ...

    def delete(self, key: str) -> None:
        """Nothing of that key is there afterwards."""
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """All objects whose key begins so, in the order of their keys; ``prefix`` ends with a slash."""
        ...

    def ping(self) -> None:
        """Whether it answers now, at little cost. Raises: UnavailableError."""
        ...

    def set_tier(self, key: str, *, is_old: bool) -> None:
        """Say whether only old versions use this object: the store may keep it where reading costs more.

        Raises: ObjectMissingError.
        """
        ...

    def check(self) -> Sequence[Remark]:
        """Find out at the server's start whether the store can be used and what it holds URLs to.

        Raises: StartError, with one line that says what to do.
        """
        ...

    def close(self) -> None:
        """Close what is connected; the store can be used again afterwards. No connection may cross a fork."""
        ...


def open_for_reading(store: ObjectStore, key: str) -> BinaryIO:
    """A whole object as a file, read once from start to end and fetched a few MiB at a time.

    Its ``read`` raises ObjectMissingError, UnavailableError.
    """
    return cast("BinaryIO", _ObjectReader(store, key))


def is_key(key: str) -> bool:
    """Whether this names an object: anything else never reaches a store."""
    return len(key) <= 255 and _KEY.fullmatch(key) is not None


def pack_key(namespace_id: bytes, pack_id: bytes) -> str:
    """Where a pack lies; the two digits keep folders small."""
    return f"packs/{namespace_id.hex()}/{pack_id.hex()[:2]}/{pack_id.hex()}"


def incoming_key(namespace_id: bytes, pack_id: bytes) -> str:
    """Where a pack is sent to before the server copies it to its place; nothing is ever read from there by others."""
    return f"incoming/{namespace_id.hex()}/{pack_id.hex()}"


def published_key(published_id: bytes) -> str:
    """Where a shared file lies as one object: nobody can guess it."""
    return f"published/{published_id.hex()}"


def notice_key(notice_id: bytes) -> str:
    """Where it is told that something happened: once, to whom the service itself tells of new objects."""
    return f"notices/{notice_id.hex()}"


def pack_of_key(key: str) -> tuple[bytes, bytes] | None:
    """Namespace and pack id, if the key is one that a pack lies under or is sent to."""
    _, *parts = key.split("/")
    try:
        namespace, pack = bytes.fromhex(parts[0]), bytes.fromhex(parts[-1])
    except (ValueError, IndexError):
        return None
    return (namespace, pack) if key in {pack_key(namespace, pack), incoming_key(namespace, pack)} else None


def open_store(
    url: str,
    *,
    secret: bytes,
    clock: Clock,
    free_disk_fraction: float = 0.05,
    offload: Offload = run_here,
    public_url: str | None = None,
) -> ObjectStore:
    """The store that an address names.

    Args:
        url: ``dir:PATH`` or ``s3://BUCKET[/PREFIX]?…`` (``s3_address``; credentials the way boto3 finds them).
        secret: signs the URLs of a directory store; 32 bytes used for nothing else.
        clock: tells when a directory store's URLs expire.
        free_disk_fraction: of the disk under a directory store, stays free.
        offload: where a directory store waits for the disk.
        public_url: where browsers have the server's pages from.

    Raises:
        StartError: it is no such address, or there is no way to it.
    """
    if url.startswith("dir:"):
        from server_api.storage.directory_store import DirectoryStore  # noqa: PLC0415  (it imports this module)

        path = url.removeprefix("dir:")
        if not path:
            raise StoreAddressError("the store's address names no folder: write dir:PATH")
        return DirectoryStore(
            Path(path), secret=secret, clock=clock, free_disk_fraction=free_disk_fraction, offload=offload
        )
    if url.startswith("s3://"):
        from server_api.storage.s3_address import parse_s3_address  # noqa: PLC0415  (the same)
        from server_api.storage.s3_store import S3Store  # noqa: PLC0415  (boto3 is slow to load and often not needed)

        return S3Store(parse_s3_address(url), public_url=public_url)
    raise StoreAddressError("the store's address starts with neither dir: nor s3://")


class _ObjectReader(io.RawIOBase):
    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._position = 0
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._piece:
            self._piece = memoryview(self._store.read_range(self._key, self._position, _PIECE_BYTES))
            self._position += len(self._piece)
        target = memoryview(buffer).cast("B")
        length = min(len(target), len(self._piece))
        target[:length] = self._piece[:length]
        self._piece = self._piece[length:]
        return length
