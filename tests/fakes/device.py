"""Time and ids of a device, in a test's hand."""

from __future__ import annotations

import random


class FakeTime:
    """``ports.Clock`` that stands still until it is told to go on."""

    def __init__(self, now_s: float = 1_790_000_000.0) -> None:
        self._now_ns = int(now_s * 1e9)
        self._monotonic = 1_000.0

    def now_ns(self) -> int:
        return self._now_ns

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now_ns += int(seconds * 1e9)
        self._monotonic += seconds


class FakeIds:
    """``ports.Ids``: the same for the same seed, and rising."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._count = 0

    def new_id(self) -> bytes:
        self._count += 1
        return self._count.to_bytes(6, "big") + self._chance.randbytes(10)
