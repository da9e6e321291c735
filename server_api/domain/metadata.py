"""Files of what a server knows (docs/metadata-format.md): their columns, writing, reading, and keeping.

A file is one zstd frame; in it are records, each a u32 length (little endian) and msgpack: a header, batches of rows,
and an end with the BLAKE3 of all before it, so that a file cut short or damaged is never taken for whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import msgspec
import zstandard
from blake3 import blake3

from server_api.contract.reading import from_msgpack

SNAPSHOT: Final = "lockstep-snapshot"
LOG: Final = "lockstep-log"
BACKUP: Final = "lockstep-backup"
VERSION: Final = 1

SNAPSHOT_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "head": ("namespace_id", "seq", "revision_id"),
    "account": ("account_id", "email", "role", "is_disabled", "quota_bytes", "created_at"),
    "device": ("device_id", "account_id", "name", "kind", "created_at", "last_seen_at", "revoked_at"),
    "namespace": ("namespace_id", "owner_id", "created_at", "retention"),
    "membership": ("namespace_id", "account_id", "role"),
    "commit_number": ("namespace_id", "device_id", "number"),
    "pack": ("pack_id", "namespace_id", "device_id", "state", "size", "crc32c", "md5", "created_at"),
    "chunk": (
        "namespace_id",
        "chunk_hash",
        "pack_id",
        "offset",
        "stored_size",
        "plain_size",
        "codec",
        "key_id",
    ),
}
"""In the order of the file. No password hash, token or secret is among them. ``head`` is each namespace's latest
revision, up to which the log is written."""

LATER_COLUMNS: Final = {"retention"}
"""What the first snapshots did not have: read as ``None`` from them."""

LOG_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "revision": (
        "seq",
        "revision_id",
        "node_id",
        "kind",
        "parent_id",
        "name",
        "is_deleted",
        "version_id",
        "content_hash",
        "size",
        "mtime_ns",
        "manifest",
        "executable",
        "link_target",
        "device_id",
        "operation_id",
        "operation_digest",
        "is_approved",
        "committed_at",
    )
}

KEPT_NEWEST: Final = 7

_LENGTH: Final = struct.Struct("<I")
_BATCH_ROWS: Final = 2_000
_BATCH_BYTES: Final = 1024 * 1024
_MAX_RECORD_BYTES: Final = 64 * 1024 * 1024
_MAX_WINDOW_BYTES: Final = 128 * 1024 * 1024
_DAY_MS: Final = 24 * 3600 * 1000


class MetadataError(ValueError):
    """The file is cut short, damaged, or of a newer kind."""


class Header(msgspec.Struct, kw_only=True, frozen=True):
    """What a file says of itself; times in ms.

    Attributes:
        namespace_id: of a log, as the two below.
        after_seq: the log begins with the revision after this one.
        previous: the id of the revision at ``after_seq``; ``None`` at 0.
    """

    format: str
    version: int = VERSION
    created_at: int
    epoch: bytes
    columns: dict[str, tuple[str, ...]]
    namespace_id: bytes = b""
    after_seq: int = 0
    previous: bytes | None = None


class BackupHeader(Header, kw_only=True, frozen=True):
    """What a backup says of itself beside that.

    Attributes:
        schema: of the database that it was made of.
        lockstep: the version that made it.
        counts: how many rows of each table are in it.
    """

    schema: str
    lockstep: str
    counts: dict[str, int]


class _Rows(msgspec.Struct, array_like=True, tag="rows", frozen=True):
    table: str
    rows: list[Any]


class _End(msgspec.Struct, array_like=True, tag="end", frozen=True):
    hash: bytes


class MetadataWriter:
    """Writes one file; holds one batch. Not whole until ``finish``."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._frame = zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False)
        self._hash = blake3()
        self._record(header)

    def write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Rows in the order of the header's columns."""
        batch: list[bytes] = []
        size = 0
        for row in rows:
            encoded = msgspec.msgpack.encode(tuple(row))
            batch.append(encoded)
            size += len(encoded)
            if size >= _BATCH_BYTES or len(batch) == _BATCH_ROWS:
                self._batch(table, batch)
                batch, size = [], 0
        if batch:
            self._batch(table, batch)

    def finish(self) -> None:
        self._record(_End(self._hash.digest()))
        self._frame.flush(zstandard.FLUSH_FRAME)

    def _batch(self, table: str, rows: list[bytes]) -> None:
        self._record(_Rows(table, [msgspec.Raw(row) for row in rows]))

    def _record(self, record: object) -> None:
        encoded = msgspec.msgpack.encode(record)
        self._hash.update(encoded)
        self._frame.write(_LENGTH.pack(len(encoded)) + encoded)


class MetadataReader:
    """Reads one file, a batch at a time.

    Attributes:
        header: read already.
    """

    def __init__(self, file: BinaryIO, format_: str, header_type: type[Header] = Header) -> None:
        """Raises: MetadataError, when this is no such file or a newer version of it."""
        decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES)
        self._frame = decompressor.stream_reader(file, closefd=False)
        self._hash = blake3()
        self.header: Header = self._record(header_type)
        if self.header.format != format_ or self.header.version != VERSION:
            raise MetadataError("not a file of this kind, or of a newer Lockstep")

    def batches(self) -> Iterator[tuple[str, list[list[Any]]]]:
        """Tables with some of their rows, in the file's order. Raises: MetadataError, at the latest at the end."""
        while True:
            before = self._hash.digest()
            record = self._record(_Rows | _End)
            if isinstance(record, _End):
                if record.hash != before:
                    raise MetadataError("the file is damaged")
                return
            if not all(isinstance(row, list) for row in record.rows):
                raise MetadataError("a row is none")
            yield record.table, record.rows

    def _record(self, type_: Any) -> Any:
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
        if length > _MAX_RECORD_BYTES:
            raise MetadataError("a record is too long")
        encoded = self._read(length)
        self._hash.update(encoded)
        try:
            return from_msgpack(encoded, type_)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise MetadataError("a record cannot be decoded") from error

    def _read(self, length: int) -> bytes:
        data = bytearray()
        try:
            while len(data) < length:
                piece = self._frame.read(length - len(data))
                if not piece:
                    raise MetadataError("the file ends early")
                data += piece
        except zstandard.ZstdError as error:
            raise MetadataError("the file is damaged") from error
        return bytes(data)


def superseded(created_at: Iterable[int]) -> list[int]:
    """Which snapshots need not be kept: all but the newest seven, and the newest of each day (UTC). Times in ms."""
    newest_first = sorted(created_at, reverse=True)
    kept = set(newest_first[:KEPT_NEWEST])
    days: set[int] = set()
    for at in newest_first:
        if at // _DAY_MS not in days:
            days.add(at // _DAY_MS)
            kept.add(at)
    return [at for at in newest_first if at not in kept]
