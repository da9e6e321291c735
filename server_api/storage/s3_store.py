"""Any S3-compatible service as the object store, spoken to by boto3.

A device's upload is bound to one key, one size, one checksum and ``If-None-Match: *``. What of this the service holds
is found out at the server's start (``s3_probe``); what it does not hold is made up for by the server, which then copies
each upload to a key that no address names (``services.arrivals``).
"""

from __future__ import annotations

import hashlib
import logging
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urlsplit

import boto3
import google_crc32c
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from server_api.contract.messages import SignedRequest
from server_api.domain.media import attachment
from server_api.errors import AlreadyStoredError, StartError, UnavailableError
from server_api.storage.s3_address import S3Address, Style
from server_api.storage.s3_check import BucketCheck
from server_api.storage.s3_faults import BeyondEndError, NotOfferedError, explain, explained, translated, was_repeated
from server_api.storage.s3_parts import PartsWriting, abort
from server_api.storage.s3_probe import MD5, Binding, Found, Probe
from server_api.storage.stores import (
    BINARY,
    TIER_TAG,
    ObjectMissingError,
    Remark,
    StoredObject,
    Writing,
    is_key,
    open_for_reading,
)

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectRequestTypeDef, PutObjectRequestTypeDef

_LOG: Final = logging.getLogger(__name__)
_UNTRIED: Final = Found(Binding(MD5, is_once=True), ["it was not tried out"])
_COMPARED_BYTES: Final = 1024 * 1024
_PING_KEY: Final = "probe/ping"
"""Nothing lies there: the service says so, if it answers and the credentials hold."""


class S3Store:
    """An ``ObjectStore`` in a bucket, below a prefix. Its URLs are absolute and go straight to the service."""

    name = "s3"

    def __init__(self, address: S3Address, *, public_url: str | None = None):
        """Connects to nothing yet. Credentials are found the way boto3 finds them.

        Args:
            address: where.
            public_url: where browsers have the server's pages from.
        """
        self._address = address
        self._bucket = address.bucket
        self._prefix = address.prefix
        self._public_url = public_url
        self._found = _UNTRIED
        self._puts_once = True
        public = address.public_endpoint_url
        with _settings_explained(address):
            session = boto3.session.Session()  # one: each reads all that boto3 knows of S3, for a fifth of a second
            self._client = _client(session, address)
            self._copier = _client(session, address, attempts=1)  # a second attempt could overtake the first
            self._signer = _client(session, address, endpoint_url=public) if public else self._client

    # --- the port ------------------------------------------------------------------------------------------------

    @property
    def needs_md5(self) -> bool:
        return self._found.binding.checksum == MD5

    @property
    def holds_bindings(self) -> bool:
        return not self._found.gaps and self._address.uploads != "incoming"

    @property
    def has_tiers(self) -> bool:
        return self._address.tiering == "on"

    @property
    def has_notices(self) -> bool:
        return self._address.notices == "on"

    def presign_put(self, key: str, *, size: int, crc32c: bytes, md5: bytes, expires_in_s: int) -> SignedRequest:
        """As the port says; the headers must be sent as they are."""
        return self._sign_put(self._signer, self._found.binding, key, size, crc32c, md5, expires_in_s)

    def presign_get(
        self, key: str, *, expires_in_s: int, content_type: str = BINARY, filename: str | None = None
    ) -> SignedRequest:
        # Who sent an object may have given it a type and an encoding of their own; it is to be read as it was hashed.
        wanted: GetObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": self._key(key),
            "ResponseContentType": content_type,
            "ResponseContentEncoding": "identity",
        }
        if filename:
            wanted["ResponseContentDisposition"] = attachment(filename)
        with translated():
            url = self._signer.generate_presigned_url("get_object", Params=dict(wanted), ExpiresIn=expires_in_s)
        return SignedRequest(url=url, expires_in_s=expires_in_s)

    def head(self, key: str) -> StoredObject | None:
        try:
            with translated():
                answer = self._client.head_object(Bucket=self._bucket, Key=self._key(key))
        except ObjectMissingError:
            return None
        return StoredObject(key, answer["ContentLength"])

    def read_range(self, key: str, start: int, length: int) -> bytes:
        wanted = f"bytes={start}-{start + length - 1}"
        try:
            with translated():
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(key), Range=wanted)
                data: bytes = answer["Body"].read(length)
                return data
        except BeyondEndError:
            return b""

    def put(self, key: str, source: BinaryIO) -> None:
        size = source.seek(0, os.SEEK_END)
        if self._puts_once:
            try:
                self._put(key, source, size, {"IfNoneMatch": "*"})
            except NotOfferedError:
                self._puts_once = False
            except AlreadyStoredError as error:
                # The first answer may have been lost: then what is there is what was to be put.
                if not (was_repeated(error) and self._holds(key, source)):
                    raise
                return
            else:
                return
        # The keys of what the server puts itself are its own choice, so a look is enough.
        if self.head(key):
            raise AlreadyStoredError
        self._put(key, source, size, {})

    def _holds(self, key: str, source: BinaryIO) -> bool:
        source.seek(0)
        stored = open_for_reading(self, key)
        while wanted := source.read(_COMPARED_BYTES):
            if stored.read(len(wanted)) != wanted:
                return False
        return not stored.read(1)

    def _put(self, key: str, source: BinaryIO, size: int, options: dict[str, str]) -> None:
        source.seek(0)
        with translated():
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(key),
                Body=source,
                ContentLength=size,
                ContentType=BINARY,
                **options,  # type: ignore[arg-type]
            )

    def begin(self, key: str, size: int) -> Writing:
        return PartsWriting(self._client, self._bucket, self._key(key), size, partial(self.put, key))

    def abandon(self, key: str, handle: str) -> None:
        abort(self._client, self._bucket, self._key(key), handle)

    def copy(self, source: str, target: str) -> None:
        # Not every service minds If-None-Match on a copy; targets are the server's own choice, so a look is enough.
        if self.head(target):
            raise AlreadyStoredError
        with translated():
            self._copier.copy_object(
                Bucket=self._bucket,
                Key=self._key(target),
                CopySource={"Bucket": self._bucket, "Key": self._key(source)},
                MetadataDirective="REPLACE",
                ContentType=BINARY,
            )

    def delete(self, key: str) -> None:
        with translated():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(key))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with translated():
            for page in pages:
                for found in page.get("Contents", ()):
                    yield StoredObject(found["Key"].removeprefix(self._prefix), found["Size"])

    def ping(self) -> None:
        self.head(_PING_KEY)

    def set_tier(self, key: str, *, is_old: bool) -> None:
        tags = [{"Key": TIER_TAG[0], "Value": TIER_TAG[1]}] if is_old else []
        with translated():
            self._client.put_object_tagging(
                Bucket=self._bucket,
                Key=self._key(key),
                Tagging={"TagSet": tags},  # type: ignore[typeddict-item]
            )

    def check(self) -> Sequence[Remark]:
        """Looks at the bucket, and finds out what the service holds its URLs to. Nothing of it stays."""
        look = BucketCheck(self._client, self._address, public_url=self._public_url, url_of=self._plain_url)
        probe = Probe(self._sign_probe, lambda key: self.head(key) is not None)
        try:
            remarks = look.run()
            with explained(self._address, self._client.meta.endpoint_url, "write", "s3:PutObject"):
                self._found = probe.run()
        except UnavailableError as error:
            raise StartError(f"the store cannot be used: {error}") from error
        finally:
            self._forget([*look.keys, *(self._prefix + key for key in probe.keys)])
        gaps = "; ".join(self._found.gaps)
        if gaps and self._address.uploads == "direct":
            raise StartError(
                f"the store cannot be trusted with uploads straight to their places: {gaps}. Leave uploads=direct out "
                "of --store, or use a service that checks uploads"
            )
        if gaps:
            remarks.append(
                Remark(
                    "incoming",
                    "devices send to incoming/, and the server copies and verifies each upload, for the store does "
                    f"not hold what addresses are bound to: {gaps}",
                )
            )
        _LOG.info(
            "the store can be used",
            extra={
                "checksum": self._found.binding.checksum,
                "uploads": "direct" if self.holds_bindings else "incoming",
            },
        )
        return remarks

    def close(self) -> None:
        for client in (self._client, self._copier, self._signer):
            client.close()

    # --- means ---------------------------------------------------------------------------------------------------

    def _sign_put(
        self, signer: S3Client, binding: Binding, key: str, size: int, crc32c: bytes, md5: bytes, expires_in_s: int
    ) -> SignedRequest:
        wanted: PutObjectRequestTypeDef = {"Bucket": self._bucket, "Key": self._key(key), "ContentLength": size}
        headers = {}
        if binding.is_once:
            headers["If-None-Match"] = wanted["IfNoneMatch"] = "*"
        if binding.checksum == MD5:
            headers[MD5] = wanted["ContentMD5"] = b64encode(md5).decode()
        elif binding.checksum is not None:
            headers[binding.checksum] = wanted["ChecksumCRC32C"] = b64encode(crc32c).decode()
        with translated():
            url = signer.generate_presigned_url("put_object", Params=dict(wanted), ExpiresIn=expires_in_s)
        return SignedRequest(url=url, headers=headers, expires_in_s=expires_in_s)

    def _sign_probe(self, binding: Binding, key: str, body: bytes) -> tuple[str, dict[str, str]]:
        crc32c = google_crc32c.value(body).to_bytes(4, "big")
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        signed = self._sign_put(self._client, binding, key, len(body), crc32c, md5, 60)
        return signed.url, signed.headers

    def _plain_url(self, key: str) -> str:
        """The address of an object, prefix included, without a signature; of the bucket, if empty."""
        params = {"Bucket": self._bucket, "Key": key or "x"}
        url: str = self._client.generate_presigned_url("get_object", Params=params).partition("?")[0]
        return url if key else url.removesuffix("x")

    def _forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            try:
                self.delete(key.removeprefix(self._prefix))
            except UnavailableError:
                return  # there is a remark about it

    def _key(self, key: str) -> str:
        if not is_key(key):
            raise ValueError("not a key of this store")
        return self._prefix + key


@contextmanager
def _settings_explained(address: S3Address) -> Iterator[None]:
    """Raises: StartError, where what boto3 finds around it cannot be used."""
    try:
        yield
    except (BotoCoreError, ValueError) as error:
        endpoint = address.endpoint_url or "its usual address"
        raise explain(error, address, endpoint, "be used", "them") from error


def _client(
    session: boto3.session.Session, address: S3Address, *, attempts: int = 4, endpoint_url: str | None = None
) -> S3Client:
    style = address.addressing_style
    if style == "auto":
        style = "path" if address.endpoint_url or "." in address.bucket else "virtual"
    client = _open(session, address, style, attempts, endpoint_url)
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    if address.addressing_style == "auto" and style == "virtual" and not _is_amazons(host):
        client = _open(session, address, "path", attempts, endpoint_url)
    return client


def _open(
    session: boto3.session.Session, address: S3Address, style: Style, attempts: int, endpoint_url: str | None
) -> S3Client:
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=32,
        # Newer defaults add checksums of their own to what is signed, which the device could not know of.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return session.client(
        "s3", endpoint_url=endpoint_url or address.endpoint_url, region_name=address.region, config=config
    )


def _is_amazons(host: str) -> bool:
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))
