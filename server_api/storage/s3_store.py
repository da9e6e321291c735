"""Any S3-compatible service as the object store, spoken to by boto3.

A device's upload is bound to one key, one size, one checksum and ``If-None-Match: *``. Services differ in what of this
they hold (some store a body whose checksum does not match), so ``check`` tries it out at the server's start.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import quote

import boto3
import google_crc32c
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from server_api.contract.messages import SignedRequest
from server_api.errors import AlreadyStoredError, StartError, UnavailableError
from server_api.storage.stores import BINARY, ObjectMissingError, StoredObject, is_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectRequestTypeDef, PutObjectRequestTypeDef

_LOG: Final = logging.getLogger(__name__)
_CONFIG: Final = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=32,
    # Newer defaults add checksums of their own to what is signed, which the device could not know of.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_MISSING: Final = {"404", "NoSuchKey", "NotFound"}
_EXISTS: Final = {"412", "PreconditionFailed"}
_PROBE_TIMEOUT_S: Final = 30
_PING_KEY: Final = "probe/ping"
"""Nothing lies there: the service says so, if it answers and the credentials hold."""


class S3Store:
    """An ``ObjectStore`` in a bucket, below a prefix. Its URLs are absolute and go straight to the service."""

    name = "s3"

    def __init__(self, bucket: str, *, prefix: str = "", endpoint_url: str | None = None, region: str | None = None):
        """Connects to nothing yet. Credentials are found the way boto3 finds them."""
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._checksum = "Content-MD5"
        try:
            self._client: S3Client = boto3.session.Session().client(
                "s3", endpoint_url=endpoint_url, region_name=region, config=_CONFIG
            )
        except (BotoCoreError, ValueError) as error:
            raise StartError(f"the store's address cannot be used: {error}") from error

    # --- the port ------------------------------------------------------------------------------------------------

    @property
    def needs_md5(self) -> bool:
        return self._checksum == "Content-MD5"

    def presign_put(self, key: str, *, size: int, crc32c: bytes, md5: bytes, expires_in_s: int) -> SignedRequest:
        """As the port says; the headers must be sent as they are."""
        wanted: PutObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": self._key(key),
            "ContentLength": size,
            "IfNoneMatch": "*",
        }
        headers = {"If-None-Match": "*"}
        if self.needs_md5:
            headers[self._checksum] = wanted["ContentMD5"] = b64encode(md5).decode()
        else:
            headers[self._checksum] = wanted["ChecksumCRC32C"] = b64encode(crc32c).decode()
        url = self._client.generate_presigned_url("put_object", Params=dict(wanted), ExpiresIn=expires_in_s)
        return SignedRequest(url=url, headers=headers, expires_in_s=expires_in_s)

    def presign_get(
        self, key: str, *, expires_in_s: int, content_type: str = BINARY, filename: str | None = None
    ) -> SignedRequest:
        wanted: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": self._key(key)}
        if content_type != BINARY:
            wanted["ResponseContentType"] = content_type
        if filename:
            wanted["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        url = self._client.generate_presigned_url("get_object", Params=dict(wanted), ExpiresIn=expires_in_s)
        return SignedRequest(url=url, expires_in_s=expires_in_s)

    def head(self, key: str) -> StoredObject | None:
        try:
            with _translated():
                answer = self._client.head_object(Bucket=self._bucket, Key=self._key(key))
        except ObjectMissingError:
            return None
        return StoredObject(key, answer["ContentLength"])

    def read_range(self, key: str, start: int, length: int) -> bytes:
        wanted = f"bytes={start}-{start + length - 1}"
        try:
            with _translated():
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(key), Range=wanted)
                data: bytes = answer["Body"].read(length)
                return data
        except _BeyondEndError:
            return b""

    def put(self, key: str, source: BinaryIO) -> None:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        with _translated():
            self._client.put_object(
                Bucket=self._bucket, Key=self._key(key), Body=source, ContentLength=size, IfNoneMatch="*"
            )

    def copy(self, source: str, target: str) -> None:
        # Not every service minds If-None-Match on a copy; targets are the server's own choice, so a look is enough.
        if self.head(target):
            raise AlreadyStoredError
        with _translated():
            self._client.copy_object(
                Bucket=self._bucket,
                Key=self._key(target),
                CopySource={"Bucket": self._bucket, "Key": self._key(source)},
            )

    def delete(self, key: str) -> None:
        with _translated():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(key))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with _translated():
            for page in pages:
                for found in page.get("Contents", ()):
                    yield StoredObject(found["Key"].removeprefix(self._prefix), found["Size"])

    def ping(self) -> None:
        self.head(_PING_KEY)

    def check(self) -> None:
        """Find the checksum that this service verifies, and that it holds the rest of what URLs are bound to."""
        failures = {}
        for checksum in ("x-amz-checksum-crc32c", "Content-MD5"):
            self._checksum = checksum
            try:
                failures[checksum] = self._probe()
            except NoCredentialsError as error:
                raise StartError(
                    "there are no credentials for the store: set AWS_ACCESS_KEY_ID and the like"
                ) from error
            if not failures[checksum]:
                _LOG.info("the store holds what upload addresses are bound to", extra={"checksum": checksum})
                return
        found = "; ".join(f"with {checksum} {failure}" for checksum, failure in failures.items())
        raise StartError(
            f"the store cannot be trusted with uploads straight from devices: {found}. "
            "Use a service that checks uploads (Amazon S3, Ceph, OpenStack Swift do), or a directory store"
        )

    # --- the probe -----------------------------------------------------------------------------------------------

    def _probe(self) -> str:
        """What the service does not hold of an upload's bindings; empty if it holds them all. Raises: StartError."""
        body = secrets.token_bytes(1_000)
        keys = [f"probe/{secrets.token_hex(16)}" for _ in range(3)]
        try:
            good = self._probe_put(keys[0], body, body)
            if good.status_code not in {200, 201}:
                return f"it answers {good.status_code} to a proper upload ({_reason(good)})"
            if self._probe_put(keys[0], body, body).status_code != 412:
                return "it replaces what is stored already"
            if self._is_stored(keys[1], body, body[::-1]):
                return "it stores a body that was altered on its way"
            if self._is_stored(keys[2], body, body[:-1]):
                return "it stores a body of another size"
        finally:
            self._forget(keys)
        return ""

    def _is_stored(self, key: str, signed: bytes, sent: bytes) -> bool:
        return self._probe_put(key, signed, sent).ok or self.head(key) is not None

    def _probe_put(self, key: str, signed: bytes, sent: bytes) -> requests.Response:
        request = self.presign_put(
            key,
            size=len(signed),
            crc32c=google_crc32c.value(signed).to_bytes(4, "big"),
            md5=hashlib.md5(signed, usedforsecurity=False).digest(),
            expires_in_s=60,
        )
        try:
            return requests.put(request.url, data=sent, headers=request.headers, timeout=_PROBE_TIMEOUT_S)
        except requests.RequestException as error:
            raise StartError(f"the store at {self._client.meta.endpoint_url} cannot be reached") from error

    def _forget(self, keys: Sequence[str]) -> None:
        for key in keys:
            try:
                self.delete(key)
            except UnavailableError:
                _LOG.warning("an object of the store's probe could not be deleted", extra={"key": key})

    def _key(self, key: str) -> str:
        if not is_key(key):
            raise ValueError("not a key of this store")
        return self._prefix + key


class _BeyondEndError(Exception):
    """The range begins after the object's end."""


@contextmanager
def _translated() -> Iterator[None]:
    """The one place where boto3's errors become ours."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code in _MISSING:
            raise ObjectMissingError from error
        if code in _EXISTS:
            raise AlreadyStoredError from error
        if code in {"416", "InvalidRange"}:
            raise _BeyondEndError from error
        _LOG.warning("the store refuses a request", extra={"code": code, "operation": error.operation_name})
        raise UnavailableError("The store refuses the server.") from error
    except (BotoCoreError, OSError) as error:
        _LOG.warning("the store does not answer", extra={"kind": type(error).__name__})
        raise UnavailableError("The store does not answer.", retry_after_s=5) from error


def _reason(answer: requests.Response) -> str:
    """The code in an error's XML."""
    _, _, rest = answer.text[:10_000].partition("<Code>")
    return rest.partition("</Code>")[0][:100] or "no reason given"
