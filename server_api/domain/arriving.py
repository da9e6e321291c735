"""Names of files that strangers send, or get: made such as every device can hold and none takes for something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import refuse_reason

NAMELESS: Final = "file"

UNSAFE: Final = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)
"""What some system cannot hold, what cannot be seen, and what turns the direction of text."""
_TAKEN: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\..*)?"  # Windows' devices
    r"|desktop\.ini|thumbs\.db|ehthumbs\.db|autorun\.inf",  # what systems act upon
    re.IGNORECASE | re.DOTALL,
)
_NUMBER_BYTES: Final = 16
"""Room for a number."""
_EXTENSION_BYTES: Final = 32


def safe_name(sent: str) -> str:
    """The name to keep it under, whatever a browser or somebody else sent: the last part of what may be a path.

    Names that begin with a dot, ``~`` or ``#`` mean something to programs, or are left out by devices.
    """
    last = sent.replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", UNSAFE.sub("_", last)).strip(" ").rstrip(". ~#")
    if name[:1] in {".", "~", "#"}:
        name = "_" + name.lstrip(".~#")
    if is_taken(name):
        name = f"_{name}"
    stem, extension = _split(name)
    while len((stem + extension).encode()) > MAX_NAME_BYTES - _NUMBER_BYTES:
        stem = stem[:-1]
    name = stem + extension
    return name if name.strip("_. ") and refuse_reason(name, at_root=True) is None else NAMELESS


def is_taken(name: str) -> bool:
    """Whether some system takes it for a device, or acts upon a file of this name."""
    return _TAKEN.fullmatch(name) is not None


def numbered(name: str) -> Iterator[str]:
    """The name itself, ``name (2).ext``, ``name (3).ext`` and so on."""
    yield name
    stem, extension = _split(name)
    number = 2
    while True:
        yield f"{stem} ({number}){extension}"
        number += 1


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _EXTENSION_BYTES:
        return name, ""
    return stem, dot + extension
