"""A store that counts what is asked of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from server_api.contract.messages import SignedRequest
from server_api.errors import AlreadyStoredError, StoreFullError
from server_api.metrics import PRESIGNED, STORE_CALLS, STORE_SECONDS
from server_api.storage.stores import BINARY, ObjectMissingError, ObjectStore, Remark, StoredObject, Writing


class MeteredStore:
    """An ``ObjectStore`` over another one.

    Attributes:
        inner: that one.
    """

    def __init__(self, inner: ObjectStore) -> None:
        self.inner = inner
        self.name = inner.name

    @property
    def needs_md5(self) -> bool:
        return self.inner.needs_md5

    @property
    def holds_bindings(self) -> bool:
        return self.inner.holds_bindings

    @property
    def has_tiers(self) -> bool:
        return self.inner.has_tiers

    @property
    def has_notices(self) -> bool:
        return self.inner.has_notices

    def presign_put(self, key: str, *, size: int, crc32c: bytes, md5: bytes, expires_in_s: int) -> SignedRequest:
        PRESIGNED.add(method="PUT")
        return self.inner.presign_put(key, size=size, crc32c=crc32c, md5=md5, expires_in_s=expires_in_s)

    def presign_get(
        self, key: str, *, expires_in_s: int, content_type: str = BINARY, filename: str | None = None
    ) -> SignedRequest:
        PRESIGNED.add(method="GET")
        return self.inner.presign_get(key, expires_in_s=expires_in_s, content_type=content_type, filename=filename)

    def head(self, key: str) -> StoredObject | None:
        with _metered("head"):
            return self.inner.head(key)

    def read_range(self, key: str, start: int, length: int) -> bytes:
        with _metered("read"):
            return self.inner.read_range(key, start, length)

    def put(self, key: str, source: BinaryIO) -> None:
        with _metered("put"):
            self.inner.put(key, source)

    def begin(self, key: str, size: int) -> Writing:
        with _metered("begin"):
            return self.inner.begin(key, size)

    def abandon(self, key: str, handle: str) -> None:
        with _metered("abandon"):
            self.inner.abandon(key, handle)

    def copy(self, source: str, target: str) -> None:
        with _metered("copy"):
            self.inner.copy(source, target)

    def delete(self, key: str) -> None:
        with _metered("delete"):
            self.inner.delete(key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with _metered("list"):
            yield from self.inner.list(prefix)

    def ping(self) -> None:
        with _metered("ping"):
            self.inner.ping()

    def set_tier(self, key: str, *, is_old: bool) -> None:
        with _metered("tier"):
            self.inner.set_tier(key, is_old=is_old)

    def check(self) -> Sequence[Remark]:
        return self.inner.check()

    def close(self) -> None:
        self.inner.close()


@contextmanager
def _metered(operation: str) -> Iterator[None]:
    started = time.perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except GeneratorExit:  # a listing of which the rest is not wanted
        outcome = "done"
        raise
    except (ObjectMissingError, AlreadyStoredError, StoreFullError) as error:
        outcome = {ObjectMissingError: "missing", AlreadyStoredError: "exists", StoreFullError: "full"}[type(error)]
        raise
    finally:
        STORE_CALLS.add(operation=operation, outcome=outcome)
        STORE_SECONDS.observe(time.perf_counter() - started, operation=operation)
