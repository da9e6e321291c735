"""What an S3 service holds the address of an upload to, found out by trying.

An upload's address is signed for one key, one size, one checksum and ``If-None-Match: *``. Services differ in what of
it they hold: some store a body whose checksum does not match, some replace what is there. Where one holds all of it,
devices send packs straight to their places; elsewhere to ``incoming/``, from where the server copies them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import botocore.session
import requests
from msgspec import Struct

from server_api.errors import StartError

TIMEOUT_S: Final = 30


class Binding(Struct, frozen=True):
    """What is signed along with key and size: a checksum's header, if any; whether only if there is nothing yet."""

    checksum: str | None
    is_once: bool


CRC32C: Final = "x-amz-checksum-crc32c"
MD5: Final = "Content-MD5"
WHOLE: Final = (Binding(CRC32C, True), Binding(MD5, True))
"""Those that may hold everything; what costs a device less is first."""
PARTS: Final = (Binding(MD5, False), Binding(None, False))
"""For services that refuse what they do not know."""


Sign: TypeAlias = Callable[[Binding, str, bytes], tuple[str, dict[str, str]]]
"""Gives URL and headers of an upload of this body to this key."""


class Found(Struct, frozen=True):
    """How to sign, and what of it is not held: sentences, none if all is."""

    binding: Binding
    gaps: list[str]


class Probe:
    """One trial of a service. ``keys`` are those that it may have made."""

    def __init__(self, sign: Sign, is_stored: Callable[[str], bool]):
        """``is_stored`` tells whether a key is there."""
        self._sign = sign
        self._is_stored = is_stored
        self.keys: list[str] = []

    def run(self) -> Found:
        """The binding of which the service holds most. Raises: StartError, if nothing can be sent to it."""
        best: Found | None = None
        reasons = []
        for binding in (*WHOLE, *PARTS):
            if best is not None and binding in PARTS:
                break
            gaps = self._try(binding)
            if isinstance(gaps, str):
                reasons.append(gaps)
            elif best is None or len(gaps) < len(best.gaps):
                best = Found(binding, gaps)
            if best is not None and not best.gaps:
                break
        if best is None:
            raise StartError(f"the store takes no uploads by signed addresses: {reasons[0]}")
        self._check_signature(best.binding)
        return best

    def _try(self, binding: Binding) -> list[str] | str:
        """What the service does not hold; or why it takes no upload that is signed so."""
        body = secrets.token_bytes(1_000)
        key = self._new_key()
        good = self._put(binding, key, body, body)
        if not good.ok:
            return f"it answers {good.status_code} to a proper upload ({_reason(good)})"
        gaps = []
        if self._put(binding, key, body, body).status_code != 412:
            gaps.append("it replaces what is stored already")
        if self._takes(binding, body, body[::-1]):
            gaps.append("it stores a body that was altered on its way")
        if self._takes(binding, body, body[:-1]) or self._takes(binding, body, body + b"x"):
            gaps.append("it stores a body of another size")
        return gaps

    def _takes(self, binding: Binding, signed: bytes, sent: bytes) -> bool:
        key = self._new_key()
        return self._put(binding, key, signed, sent).ok or self._is_stored(key)

    def _check_signature(self, binding: Binding) -> None:
        """Raises: StartError."""
        body = secrets.token_bytes(1_000)
        key, other = self._new_key(), self._new_key()
        url, headers = self._sign(binding, key, body)
        if _send(url.replace(key, other), body, headers).ok or self._is_stored(other):
            raise StartError(
                "the store does not check signatures: whoever has one address can write anything. Use another service"
            )

    def _put(self, binding: Binding, key: str, signed: bytes, sent: bytes) -> requests.Response:
        url, headers = self._sign(binding, key, signed)
        return _send(url, sent, headers)

    def _new_key(self) -> str:
        key = f"probe/{secrets.token_hex(16)}"
        self.keys.append(key)
        return key


def _send(url: str, body: bytes, headers: dict[str, str]) -> requests.Response:
    return ask("PUT", url, data=body, headers=headers)


def ask(method: str, url: str, **options: Any) -> requests.Response:
    """As devices, browsers and strangers do, but with the authorities that boto3 trusts.

    Raises: requests.RequestException, which is an OSError.
    """
    bundle = botocore.session.get_session().get_config_variable("ca_bundle")
    return requests.request(method, url, timeout=TIMEOUT_S, verify=bundle or True, **options)


def _reason(answer: requests.Response) -> str:
    """The code in an error's XML."""
    _, _, rest = answer.text[:10_000].partition("<Code>")
    return rest.partition("</Code>")[0][:100] or "no reason given"
