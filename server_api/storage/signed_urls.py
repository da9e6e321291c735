"""The URLs of a directory store: a right to one request, for a few minutes, that nobody else can write."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from server_api.domain.clock import Clock
from server_api.errors import UrlInvalidError
from server_api.storage.stores import is_key

PATH: Final = "/v1/store/"

_FIELDS: Final = {"PUT": ("size", "crc32c", "expires"), "GET": ("type", "name", "expires")}
_MAX_FIELD: Final = 1_024


@dataclass(frozen=True, slots=True)
class PutGrant:
    """One upload that was signed. ``crc32c`` is big endian."""

    key: str
    size: int
    crc32c: bytes


@dataclass(frozen=True, slots=True)
class GetGrant:
    """Downloads that were signed. An empty ``filename`` stands for none."""

    key: str
    content_type: str
    filename: str


class UrlSigner:
    """Writes and reads the URLs. The signature (HMAC-SHA256) covers method, key and every field."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def put_url(self, grant: PutGrant, expires_in_s: int) -> str:
        return self._url("PUT", grant.key, {"size": str(grant.size), "crc32c": grant.crc32c.hex()}, expires_in_s)

    def get_url(self, grant: GetGrant, expires_in_s: int) -> str:
        return self._url("GET", grant.key, {"type": grant.content_type, "name": grant.filename}, expires_in_s)

    def check_put(self, key: str, query: Mapping[str, str]) -> PutGrant:
        """Raises: UrlInvalidError."""
        fields = self._check("PUT", key, query)
        return PutGrant(key, int(fields["size"]), bytes.fromhex(fields["crc32c"]))

    def check_get(self, key: str, query: Mapping[str, str]) -> GetGrant:
        """Raises: UrlInvalidError."""
        fields = self._check("GET", key, query)
        return GetGrant(key, fields["type"], fields["name"])

    def _url(self, method: str, key: str, fields: dict[str, str], expires_in_s: int) -> str:
        fields["expires"] = str(self._clock.now_ms() // 1_000 + expires_in_s)
        signature = self._sign(method, key, fields)
        return f"{PATH}{key}?{urlencode(fields | {'signature': signature})}"

    def _check(self, method: str, key: str, query: Mapping[str, str]) -> dict[str, str]:
        """The fields, which only this server can have written: they need no further checking."""
        fields = {name: query.get(name, "") for name in _FIELDS[method]}
        if not is_key(key) or any(len(value) > _MAX_FIELD for value in fields.values()):
            raise UrlInvalidError("the URL names no object")
        signature = self._sign(method, key, fields).encode()
        if not hmac.compare_digest(signature, query.get("signature", "").encode(errors="replace")):
            raise UrlInvalidError("the URL was not signed by this server")
        if self._clock.now_ms() >= int(fields["expires"]) * 1_000:
            raise UrlInvalidError("the URL has expired")
        return fields

    def _sign(self, method: str, key: str, fields: Mapping[str, str]) -> str:
        # Percent-encoding keeps the separators out of the values, so that no two requests have one text.
        text = urlencode([("method", method), ("key", key), *((name, fields[name]) for name in _FIELDS[method])])
        return hmac.digest(self._secret, text.encode(), "sha256").hex()
