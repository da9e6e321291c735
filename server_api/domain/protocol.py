"""Which devices a server understands: those of its own protocol version, and of the two before."""

from __future__ import annotations

from typing import Final

_BEFORE: Final = 2
_MOST_DIGITS: Final = 5


def oldest_served(newest: int) -> int:
    """The oldest version that a server of the ``newest`` one serves."""
    return max(1, newest - _BEFORE)


def refusal(spoken: str | None, newest: int) -> str | None:
    """Why a device that says it speaks this version cannot be served, as a sentence for its person; ``None`` if it can.

    Browsers and scripts say nothing and are welcome.
    """
    if spoken is None:
        return None
    oldest = oldest_served(newest)
    number = int(spoken) if spoken.isascii() and spoken.isdigit() and len(spoken) <= _MOST_DIGITS else 0
    if number < oldest:
        served = f"versions {oldest} to {newest}" if oldest < newest else f"version {newest}"
        return f"Update Lockstep on this device: it speaks version {number} of the protocol, the server {served}."
    if number > newest:
        return (
            f"Update Lockstep on the server: this device speaks version {number} of the protocol, the server {newest}."
        )
    return None
