"""Durations, sizes and speeds as people write them. Pure; the readings of the command-line contract."""

from __future__ import annotations

import re
from typing import Final

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMGT]i?)?B?")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_POWERS: Final = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_duration(text: str) -> float:
    """Seconds of ``90s``, ``10m``, ``24h``, ``7d``; ``0`` is 0. Raises: ValueError, with a sentence."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        if text.strip() == "0":
            return 0.0
        raise ValueError(f"“{text}” is no duration; write 90s, 10m, 24h or 7d")
    return float(match[1]) * _SECONDS[match[2]]


def parse_size(text: str) -> int:
    """Bytes of ``200k``, ``10MiB``, ``2GiB``; k, M, G are powers of 1,000, Ki, Mi, Gi of 1,024. Raises: ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}” is no size; write 200k, 10MiB or 2GiB")
    unit = match[2] or ""
    return int(float(match[1]) * (1_024 if unit.endswith("i") else 1_000) ** _POWERS[unit[:1]])


def parse_speed(text: str) -> int:
    """Bytes a second, written as a size, with ``/s`` or without; 0 is no limit. Raises: ValueError."""
    return parse_size(text.strip().removesuffix("/s"))


def counted(number: int, one: str, many: str = "") -> str:
    """How many there are: ``1 file``, ``2,000 files``; ``many`` where an s does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def show_size(size: int) -> str:
    """With one decimal: ``3.1 MB``; powers of 1,000, as file managers have it."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.95:
            return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1_000
    return f"{amount:.1f} TB"


def show_duration(seconds: float) -> str:
    """The two largest units: ``1 h 5 min``, ``2 min 3 s``, ``4 s``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3_600} h {whole % 3_600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3_600} h"
