"""The address of an S3 store: bucket, prefix, and how to speak to the service. Credentials are never part of it."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from server_api.errors import StoreAddressError

Style = Literal["auto", "path", "virtual"]
Uploads = Literal["auto", "direct", "incoming"]
Tiering = Literal["off", "on"]
Notices = Literal["off", "on"]

_FORM: Final = "write s3://BUCKET[/PREFIX]?endpoint_url=…&region=…"
_OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "endpoint_url": (),
    "public_endpoint_url": (),
    "region": (),
    "addressing_style": get_args(Style),
    "uploads": get_args(Uploads),
    "tiering": get_args(Tiering),
    "notices": get_args(Notices),
}
"""By name, the values that there are; anything, if none are listed."""
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_PREFIX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,7}", re.ASCII)
_REGION: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


class S3Address(Struct, frozen=True, kw_only=True):
    """What ``--store s3://…`` says.

    Attributes:
        prefix: empty, or ends with a slash.
        endpoint_url: where the server speaks to the service; ``None`` as boto3 finds it, else Amazon's.
        public_endpoint_url: where devices do, if they reach the service under another address.
        region: ``None`` as boto3 finds it.
        addressing_style: whether the bucket stands in the path or in front of the host; ``auto`` by the service.
        uploads: ``direct`` starts only if the service holds what URLs are bound to; ``incoming`` has everything copied.
        tiering: whether packs that only old versions use are tagged.
        notices: whether an object under ``notices/`` tells of each upload through a link.
    """

    bucket: str
    prefix: str = ""
    endpoint_url: str | None = None
    public_endpoint_url: str | None = None
    region: str | None = None
    addressing_style: Style = "auto"
    uploads: Uploads = "auto"
    tiering: Tiering = "off"
    notices: Notices = "off"


def parse_s3_address(url: str) -> S3Address:
    """Raises: StoreAddressError, with a sentence that says what to write."""
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    options = dict(given)
    for name, value in given:
        if name not in _OPTIONS:
            raise StoreAddressError(f"the store's address has an option {name!r}; there are {', '.join(_OPTIONS)}")
        if _OPTIONS[name] and value not in _OPTIONS[name]:
            raise StoreAddressError(f"the store's address: {name} is one of {', '.join(_OPTIONS[name])}")
        if name.endswith("endpoint_url"):
            _check_endpoint(name, value)
    if len(given) != len(options):
        raise StoreAddressError("the store's address has an option twice")
    if parts.scheme != "s3" or not parts.netloc or parts.fragment:
        raise StoreAddressError(f"the store's address is not understood: {_FORM}")
    if not _BUCKET.fullmatch(parts.netloc):
        hint = ": keys do not belong into the address, boto3 finds them elsewhere" if "@" in parts.netloc else ""
        raise StoreAddressError(
            f"the store's address names no bucket{hint}. A bucket's name has 3 to 63 lower-case letters, digits, "
            "hyphens and dots"
        )
    if (region := options.get("region")) is not None and not _REGION.fullmatch(region):
        raise StoreAddressError("the store's address: region is a name like eu-central-1")
    prefix = parts.path.strip("/")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise StoreAddressError(
            "the store's prefix is letters, digits, dots, hyphens and underscores, in at most eight parts"
        )
    return S3Address(bucket=parts.netloc, prefix=f"{prefix}/" if prefix else "", **options)  # type: ignore[arg-type]


def _check_endpoint(name: str, value: str) -> None:
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        is_right = is_right and parts.path in {"", "/"} and not parts.query and (parts.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right:
        raise StoreAddressError(f"the store's address: {name} is an address like https://s3.example.org:9000")
