"""The system's clock, and ids that sort by the time of their making."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from struct import unpack
from typing import Final

_BLOCK: Final = 256


class SystemClock:
    """``ports.Clock``."""

    def now_ns(self) -> int:
        return time.time_ns()

    def monotonic(self) -> float:
        return time.monotonic()


class SystemIds:
    """``ports.Ids``: UUIDv7 (RFC 9562). Within a process they only ever rise, also when the clock is set back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._count = 0
        self._random: Iterator[int] = iter(())  # taken from the system in blocks: ids are asked for by the thousand

    def new_id(self) -> bytes:
        with self._lock:
            now_ms = time.time_ns() // 1_000_000
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                self._count = self._random_bits() & 0xFF
            else:
                self._count += 1
                if self._count > 0xFFF:  # more than the counter holds: borrow from the next millisecond
                    self._last_ms += 1
                    self._count = 0
            tail = self._random_bits() & (2**62 - 1)
            return (self._last_ms << 80 | 0x7 << 76 | self._count << 64 | 0b10 << 62 | tail).to_bytes(16)

    def _random_bits(self) -> int:
        """64 of them."""
        bits = next(self._random, None)
        if bits is None:
            self._random = iter(unpack(f"={_BLOCK}Q", os.urandom(8 * _BLOCK)))
            bits = next(self._random)
        return bits


def local_date(now_ns: int) -> str:
    """``2026-11-05``, in this device's time zone."""
    return datetime.fromtimestamp(now_ns / 1e9).astimezone().strftime("%Y-%m-%d")
