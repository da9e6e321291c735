"""Time and chance that a test holds in its hand."""

from __future__ import annotations

import random


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self, now_ms: int = 1_790_000_000_000) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1_000

    def advance(self, seconds: float) -> None:
        self.ms += int(seconds * 1_000)


class SeededIds:
    """The same ids and secrets for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)

    def new_id(self) -> bytes:
        return self._chance.randbytes(16)

    def new_secret(self, length_bytes: int) -> bytes:
        return self._chance.randbytes(length_bytes)
