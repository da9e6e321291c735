"""Time and chance, as ports: whoever runs the server hands them in."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch. May jump."""
        ...

    def monotonic(self) -> float:
        """Seconds from some point; never goes back."""
        ...


class Ids(Protocol):
    """Draws what must be unique or unguessable."""

    def new_id(self) -> bytes:
        """16 random bytes."""
        ...

    def new_secret(self, length_bytes: int) -> bytes:
        """Random bytes that nobody can guess."""
        ...
