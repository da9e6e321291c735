"""An object store in memory, with the requests that its URLs allow."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import google_crc32c

from server_api.contract.messages import SignedRequest
from server_api.domain.clock import Clock
from server_api.errors import AlreadyStoredError, UnavailableError
from server_api.storage.stores import BINARY, ObjectMissingError, Remark, StoredObject, Writing, is_key


@dataclass(frozen=True)
class _Right:
    method: str
    key: str
    expires_at: int
    size: int = 0
    crc32c: bytes = b""


class MemoryStore:
    """An ``ObjectStore``. Its URLs are ``memory:`` and random; ``request`` answers them as HTTP would.

    Attributes:
        objects: by key.
        is_down: whether every call fails.
        holds_bindings: whether URLs allow only what they were signed for.
        unfinished: what was begun and neither finished nor dropped.
        tiers: keys of which only old versions were said to use them.
    """

    name = "memory"

    def __init__(self, clock: Clock) -> None:
        self.objects: dict[str, bytes] = {}
        self.is_down = False
        self.needs_md5 = False
        self.holds_bindings = True
        self.has_tiers = True
        self.has_notices = False
        self.unfinished: set[str] = set()
        self.tiers: set[str] = set()
        self._clock = clock
        self._rights: dict[str, _Right] = {}

    def presign_put(self, key: str, *, size: int, crc32c: bytes, md5: bytes, expires_in_s: int) -> SignedRequest:
        expires_at = self._clock.now_ms() + expires_in_s * 1_000
        return self._grant(_Right("PUT", _checked(key), expires_at, size, crc32c), expires_in_s)

    def presign_get(
        self, key: str, *, expires_in_s: int, content_type: str = BINARY, filename: str | None = None
    ) -> SignedRequest:
        return self._grant(_Right("GET", _checked(key), self._clock.now_ms() + expires_in_s * 1_000), expires_in_s)

    def head(self, key: str) -> StoredObject | None:
        self._answer()
        data = self.objects.get(_checked(key))
        return None if data is None else StoredObject(key, len(data))

    def read_range(self, key: str, start: int, length: int) -> bytes:
        self._answer()
        if _checked(key) not in self.objects:
            raise ObjectMissingError(key)
        return self.objects[key][start : start + length]

    def put(self, key: str, source: BinaryIO) -> None:
        self._answer()
        if _checked(key) in self.objects:
            raise AlreadyStoredError
        source.seek(0)
        self.objects[key] = source.read()

    def begin(self, key: str, size: int) -> Writing:
        self._answer()
        return _Writing(self, _checked(key))

    def abandon(self, key: str, handle: str) -> None:
        self._answer()
        self.unfinished.discard(handle)

    def copy(self, source: str, target: str) -> None:
        data = self.read_range(source, 0, 2**40)
        if _checked(target) in self.objects:
            raise AlreadyStoredError
        self.objects[target] = data

    def ping(self) -> None:
        self._answer()

    def delete(self, key: str) -> None:
        self._answer()
        self.objects.pop(_checked(key), None)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        self._answer()
        for key in sorted(self.objects):
            if key.startswith(prefix):
                yield StoredObject(key, len(self.objects[key]))

    def set_tier(self, key: str, *, is_old: bool) -> None:
        self._answer()
        if _checked(key) not in self.objects:
            raise ObjectMissingError(key)
        (self.tiers.add if is_old else self.tiers.discard)(key)

    def check(self) -> Sequence[Remark]:
        self._answer()
        return []

    def close(self) -> None: ...

    def request(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer."""
        right = self._rights.get(url)
        if right is None or right.method != method or self._clock.now_ms() >= right.expires_at:
            return 403, {}, b""
        if method == "PUT":
            if self.holds_bindings and right.key in self.objects:
                return 412, {}, b""
            is_right = len(body) == right.size and google_crc32c.value(body).to_bytes(4, "big") == right.crc32c
            if self.holds_bindings and not is_right:
                return 403, {}, b""
            self.objects[right.key] = body
            return 201, {}, b""
        if right.key not in self.objects:
            return 404, {}, b""
        data = self.objects[right.key]
        if "Range" not in headers:
            return 200, {}, data
        first, _, last = headers["Range"].removeprefix("bytes=").partition("-")
        start = int(first) if first else max(len(data) - int(last), 0)
        stop = min(int(last) + 1, len(data)) if first and last else len(data)
        if start >= stop:
            return 416, {}, b""
        return 206, {"Content-Range": f"bytes {start}-{stop - 1}/{len(data)}"}, data[start:stop]

    def _grant(self, right: _Right, expires_in_s: int) -> SignedRequest:
        url = f"memory:{secrets.token_hex(16)}"
        self._rights[url] = right
        return SignedRequest(url=url, expires_in_s=expires_in_s)

    def _answer(self) -> None:
        if self.is_down:
            raise UnavailableError


class _Writing:
    def __init__(self, store: MemoryStore, key: str) -> None:
        self._store = store
        self._key = key
        self._blocks: list[bytes] = []
        self.handle = secrets.token_hex(16)
        store.unfinished.add(self.handle)

    def write(self, block: bytes) -> None:
        self._store.head(self._key)  # whether it answers
        self._blocks.append(bytes(block))

    def finish(self) -> None:
        self._store.put(self._key, io.BytesIO(b"".join(self._blocks)))
        self.drop()

    def drop(self) -> None:
        self._store.unfinished.discard(self.handle)


def _checked(key: str) -> str:
    if not is_key(key):
        raise ValueError("not a key of this store")
    return key
