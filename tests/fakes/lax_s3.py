"""A proxy on loopback that makes a real S3 service behave like a lesser one, or like one that is set up wrongly.

    with lax_s3(s3_server) as service:
        service.ignores = {"body", "size", "once"}      # of what an upload's address is bound to
        service.refuses["DeleteObject"] = (403, "AccessDenied")
        ...
        service.store_url(bucket), service.seen

Requests reach the real service as they are, but for uploads by signed address while something is ignored: their
signatures are checked here, as every such service does, and the real one gets the bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import google_crc32c
from botocore.exceptions import ClientError

from tests.fixtures.nginx import Certificate
from tests.fixtures.s3 import SECRET_KEY, S3Server

_HOPS: Final = {"connection", "expect", "transfer-encoding", "keep-alive"}
_SLACK: Final = 8
"""Where the size is ignored, sizes that near to the signed one are taken."""


@dataclass(frozen=True)
class Seen:
    """One request. ``key`` is the object's, with the store's prefix; ``url`` as the client wrote it."""

    operation: str
    key: str
    url: str
    size: int
    headers: dict[str, str]


@dataclass
class LaxS3(S3Server):
    """An ``S3Server`` by another address.

    Attributes:
        ignores: of ``body``, ``size`` and ``once`` what uploads by signed address are not held to; with ``signature``
            not even their signatures are looked at.
        loses: operations of which the next is carried out, and its connection closed without an answer.
        refuses: answers instead of the service's, by operation: status and code.
        unknown: headers, in lower case, with which an upload is answered 501.
        region: where its answers say that the bucket is.
        clock_off_s: by how much its clock is wrong, as its answers tell.
        is_public: whether requests without a signature are carried out as the owner's.
        meanwhile: called with an operation before it is carried out.
        seen: every request.
    """

    real: S3Server = field(kw_only=True)
    ignores: set[str] = field(default_factory=set)
    loses: set[str] = field(default_factory=set)
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    clock_off_s: int = 0
    region: str | None = None
    is_public: bool = False
    meanwhile: Callable[[str], object] = lambda _operation: None
    seen: list[Seen] = field(default_factory=list)

    def forgive(self) -> None:
        """It behaves as the real one from now on, and has seen nothing."""
        self.ignores, self.loses, self.refuses, self.unknown = set(), set(), {}, set()
        self.clock_off_s, self.is_public, self.region = 0, False, None
        self.meanwhile = lambda _operation: None
        self.seen.clear()

    def operations(self) -> list[str]:
        return [seen.operation for seen in self.seen]


@contextmanager
def lax_s3(real: S3Server, certificate: Certificate | None = None) -> Iterator[LaxS3]:
    """One that behaves as the real one until it is told otherwise; with a certificate it speaks TLS."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        url = f"http://127.0.0.1:{server.server_port}"
        if certificate is not None:
            url = f"https://{certificate.name}:{server.server_port}"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        service = LaxS3(url, real.admin, real=real)
        server.service = service  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join(30)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        service: LaxS3 = self.server.service  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        operation = _operation(self.command, key, dict(parse_qsl(parts.query, keep_blank_values=True)), headers)
        service.seen.append(Seen(operation, key, service.endpoint_url + self.path, len(body), headers))
        service.meanwhile(operation)
        is_signed = "X-Amz-Signature=" in parts.query
        if operation in service.refuses:
            self._answer(*_refusal(*service.refuses[operation]))
        elif self.command == "PUT" and service.unknown & headers.keys():
            self._answer(*_refusal(501, "NotImplemented"))
        elif operation == "PutObject" and is_signed and service.ignores:
            self._answer(*self._take(service, bucket, key, body, headers))
        elif service.is_public and not is_signed and "authorization" not in headers:
            self._answer(*_as_owner(service.real, operation, bucket, key, body))
        elif operation in service.loses:
            service.loses.discard(operation)
            self._forward(service, body)
            self.close_connection = True
        else:
            self._answer(*self._forward(service, body))

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = do_OPTIONS = _serve  # noqa: N815  (the names that it looks for)

    def _forward(self, service: LaxS3, body: bytes) -> tuple[int, dict[str, str], bytes]:
        host = urlsplit(service.real.endpoint_url).netloc
        connection = http.client.HTTPConnection(host, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOPS:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            found = {name: value for name, value in answer.getheaders() if name.lower() not in _HOPS}
            if service.clock_off_s:
                date = parsedate_to_datetime(found.get("Date", "")) + timedelta(seconds=service.clock_off_s)
                found["Date"] = format_datetime(date, usegmt=True)
            if service.region is not None:
                found["x-amz-bucket-region"] = service.region
            return answer.status, found, answer.read()
        finally:
            connection.close()

    def _take(
        self, service: LaxS3, bucket: str, key: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        sizes = [len(body)]
        if "size" in service.ignores:
            sizes = list(range(max(len(body) - _SLACK, 0), len(body) + _SLACK))
        if "signature" not in service.ignores:
            tries = (_signature(self.command, self.path, headers | {"content-length": str(size)}) for size in sizes)
            if not any(tries):
                return _refusal(403, "SignatureDoesNotMatch")
        if "body" not in service.ignores and not _is_right(body, headers):
            return _refusal(400, "BadDigest")
        once = {} if "once" in service.ignores else {"IfNoneMatch": "*"}
        try:
            service.real.client().put_object(Bucket=bucket, Key=key, Body=body, **once)
        except ClientError as error:
            return _refusal(error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"])
        return 200, {}, b""

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "content-length" not in {name.lower() for name in headers}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _operation(method: str, key: str, query: dict[str, str], headers: dict[str, str]) -> str:
    """As the service's documentation calls it, more or less."""
    for name in ("versioning", "lifecycle", "tagging", "cors"):
        if name in query:
            return f"{method.title()}{name.title()}"
    if method == "OPTIONS":
        return "Preflight"
    if not key:
        return "ListObjects"
    if "uploads" in query or "uploadId" in query:
        return f"{method.title()}Parts"
    if method == "PUT" and "x-amz-copy-source" in headers:
        return "CopyObject"
    return f"{method.title()}Object"


def _refusal(status: int, code: str) -> tuple[int, dict[str, str], bytes]:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'.encode()
    return status, {"Content-Type": "application/xml"}, body


def _as_owner(real: S3Server, operation: str, bucket: str, key: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    try:
        if operation == "GetObject":
            return 200, {}, real.client().get_object(Bucket=bucket, Key=key)["Body"].read()
        if operation == "PutObject":
            real.client().put_object(Bucket=bucket, Key=key, Body=body)
            return 200, {}, b""
    except ClientError as error:
        return _refusal(error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"])
    return _refusal(403, "AccessDenied")


def _is_right(body: bytes, headers: dict[str, str]) -> bool:
    if (md5 := headers.get("content-md5")) is not None:
        return md5 == b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    if (crc32c := headers.get("x-amz-checksum-crc32c")) is not None:
        return crc32c == b64encode(google_crc32c.value(body).to_bytes(4, "big")).decode()
    return True


def _signature(method: str, path: str, headers: dict[str, str]) -> bool:
    """Whether an address was signed for this request, and is still good: Signature Version 4, in the query."""
    parts = urlsplit(path)
    pairs = [pair.partition("=")[::2] for pair in parts.query.split("&")]
    query = {name: unquote(value) for name, value in pairs}
    canonical = "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature")
    signed = query["X-Amz-SignedHeaders"]
    lines = [f"{name}:{headers.get(name, '')}" for name in signed.split(";")]
    request = "\n".join([method, parts.path, canonical, *lines, "", signed, "UNSIGNED-PAYLOAD"])
    _, date, region, service, end = query["X-Amz-Credential"].split("/")
    at = query["X-Amz-Date"]
    hashed = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", at, f"{date}/{region}/{service}/{end}", hashed])
    secret = f"AWS4{SECRET_KEY}".encode()
    for part in (date, region, service, end):
        secret = hmac.digest(secret, part.encode(), "sha256")
    is_right = hmac.compare_digest(hmac.digest(secret, text.encode(), "sha256").hex(), query["X-Amz-Signature"])
    until = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) + timedelta(seconds=int(query["X-Amz-Expires"]))
    return is_right and datetime.now(UTC) <= until
