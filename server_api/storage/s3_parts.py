"""Large objects in S3, sent part by part: they are there once the service has put the parts together."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from botocore.exceptions import ClientError

from server_api.storage.s3_faults import MISSING, code_of, translated
from server_api.storage.stores import BINARY, ObjectMissingError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

_PART_BYTES: Final = 8 * 1024 * 1024
"""At least 5 MiB, as S3 wants it."""
_MOST_PARTS: Final = 9_000
"""S3 takes 10,000."""


class PartsWriting:
    """A ``Writing``. What fits into one part is put at once; of more, one part is in memory at a time."""

    def __init__(self, client: S3Client, bucket: str, key: str, size: int, put: Callable[[BinaryIO], None]) -> None:
        """``put``: creates the whole object."""
        self._client = client
        self._bucket = bucket
        self._key = key
        self._put = put
        self._part_bytes = max(_PART_BYTES, -(-size // _MOST_PARTS))
        self._waiting = bytearray()
        self._parts: list[CompletedPartTypeDef] = []
        self.handle = ""
        if size > self._part_bytes:
            with translated():
                begun = client.create_multipart_upload(Bucket=bucket, Key=key, ContentType=BINARY)
            self.handle = begun["UploadId"]

    def write(self, block: bytes) -> None:
        self._waiting += block
        while self.handle and len(self._waiting) >= self._part_bytes:
            self._send(bytes(self._waiting[: self._part_bytes]))
            del self._waiting[: self._part_bytes]

    def finish(self) -> None:
        if not self.handle:
            self._put(io.BytesIO(bytes(self._waiting)))
            return
        if self._waiting:
            self._send(bytes(self._waiting))
            self._waiting.clear()
        with translated():
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self.handle,
                MultipartUpload={"Parts": self._parts},
            )
        self.handle = ""

    def drop(self) -> None:
        handle, self.handle = self.handle, ""
        self._waiting.clear()
        abort(self._client, self._bucket, self._key, handle)

    def _send(self, part: bytes) -> None:
        number = len(self._parts) + 1
        with translated():
            sent = self._client.upload_part(
                Bucket=self._bucket, Key=self._key, UploadId=self.handle, PartNumber=number, Body=part
            )
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})


def abort(client: S3Client, bucket: str, key: str, handle: str) -> None:
    """The parts are gone; not what was put together of them. Raises: UnavailableError."""
    if not handle:
        return
    with suppress(ObjectMissingError), translated():
        try:
            client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=handle)
        except ClientError as error:
            if code_of(error) not in {"NoSuchUpload", *MISSING}:
                raise
