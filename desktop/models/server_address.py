"""The address of a server, as a person types it, and what answers there."""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from server_api.contract.messages import PROTOCOL, ServerInfo
from server_api.contract.reading import from_json

WITHIN_S: Final = 15.0
_LONGEST_BYTES: Final = 64 * 1024
_OWN_NAMES: Final = {"localhost", "ip6-localhost"}


class Checked(Struct, frozen=True):
    """What was found at an address. ``code`` is "" for a server that this device can be linked to."""

    address: str
    code: str = ""
    """``unreachable``, ``certificate``, ``no-lockstep``, ``update-needed``."""
    detail: str = ""
    registration: str = ""
    """Who may make an account: ``open``, ``invite``, ``closed``."""


def tidied(text: str) -> str:
    """With a scheme: https unless the person wrote another, or it is this computer; "" if it is no address."""
    text = text.strip().rstrip("/")
    if not text or " " in text or not text.isprintable():
        return ""
    if "://" not in text:
        text = f"https://{text}"
        if is_this_computer(text):
            text = text.replace("https://", "http://", 1)
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    if not is_address or parts.query or parts.fragment or parts.username is not None:
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def is_this_computer(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    if host in _OWN_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_unprotected(address: str) -> bool:
    """Whether what is said to it could be read on the way."""
    return address.startswith("http://") and not is_this_computer(address)


def check(address: str, ca_file: str = "") -> Checked:
    """Ask what is there; takes up to a quarter of a minute."""
    try:
        info = _ask(address, ca_file)
    except urllib.error.HTTPError as error:
        return Checked(address, "no-lockstep", f"HTTP {error.code}")
    except msgspec.MsgspecError:
        return Checked(address, "no-lockstep")
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Checked(address, "certificate", cause.verify_message)
        return Checked(address, "unreachable", str(cause))
    if not info.oldest_protocol <= PROTOCOL:
        return Checked(address, "update-needed", info.version)
    return Checked(address, registration=info.registration)


def _ask(address: str, ca_file: str) -> ServerInfo:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect)
    request = urllib.request.Request(f"{address}/v1/server", headers={"Accept": "application/json"})  # noqa: S310
    with opener.open(request, timeout=WITHIN_S) as answer:
        body: bytes = answer.read(_LONGEST_BYTES)
    return from_json(body, ServerInfo)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Devices follow none: what answers there has to be the server itself."""

    def redirect_request(self, *_: Any) -> None:
        return None
