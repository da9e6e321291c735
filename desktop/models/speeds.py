"""Limits of speed and the proxy, between how they are set and how a form shows them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from sync_engine.core.quantities import parse_speed

Unit: TypeAlias = Literal["kB/s", "MB/s"]
UNITS: Final[tuple[Unit, ...]] = ("kB/s", "MB/s")
_BYTES: Final[dict[Unit, int]] = {"kB/s": 1_000, "MB/s": 1_000_000}
SLOWEST_KB: Final = 10
ProxyKind: TypeAlias = Literal["none", "system", "address"]


def read_limit(text: str) -> tuple[float, Unit] | None:
    """``None``: no limit, or nothing that can be read."""
    try:
        speed = parse_speed(text)
    except (ValueError, OverflowError):
        return None
    if speed <= 0:
        return None
    unit: Unit = "MB/s" if speed >= 1_000_000 else "kB/s"
    return speed / _BYTES[unit], unit


def write_limit(amount: float, unit: Unit) -> str:
    """As the setting has it; never slower than the slowest that is taken."""
    thousands = max(SLOWEST_KB, round(amount * _BYTES[unit] / 1_000))
    return f"{thousands}k"


def read_proxy(text: str) -> tuple[ProxyKind, str]:
    """Which kind, and the address if it is one."""
    if text == "none":
        return "none", ""
    return ("system", "") if text in {"", "system"} else ("address", text)


def without_secret(proxy: str) -> str:
    """An address with its password left out."""
    try:
        parts = urlsplit(proxy)
    except ValueError:
        return "[unreadable]"
    if parts.password is None:
        return proxy
    return proxy.replace(f":{parts.password}@", ":[redacted]@", 1)
