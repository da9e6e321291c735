"""Sizes as people write and read them."""

from __future__ import annotations

import re
from typing import Final

_WRITTEN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kKMGTP])(i?)B?|B?)", re.ASCII)
_POWERS: Final = {"k": 1, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


def parse_size(text: str) -> int:
    """Bytes of ``200k``, ``10MiB``, ``2GiB``: k, M, G are powers of 1,000; Ki, Mi, Gi of 1,024. Raises: ValueError."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size. Write for example 500M or 10GiB")
    number, letter, binary = match.groups()
    size = float(number) * (1024 if binary else 1000) ** _POWERS.get(letter or "", 0)
    if size > 2**62:
        raise ValueError(f"{text!r} is too large")
    return int(size)


def show_size(size_bytes: int) -> str:
    """``0 bytes``, ``1 byte``, ``3.1 MB``: one decimal, powers of 1,000 as file managers show them."""
    if size_bytes < 1000:
        return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"
    size = float(size_bytes)
    for unit in ("kB", "MB", "GB", "TB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:,.1f} PB"
