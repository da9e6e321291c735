"""The system's clock, and ids that sort by the time of their making."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime


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

    def new_id(self) -> bytes:
        with self._lock:
            now_ms = time.time_ns() // 1_000_000
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                self._count = int.from_bytes(os.urandom(1))
            else:
                self._count += 1
                if self._count > 0xFFF:  # more than the counter holds: borrow from the next millisecond
                    self._last_ms += 1
                    self._count = 0
            stamp, count = self._last_ms, self._count
        return (
            stamp.to_bytes(6)
            + (0x7000 | count).to_bytes(2)
            + ((int.from_bytes(os.urandom(8)) & (2**62 - 1)) | 2**63).to_bytes(8)
        )


def local_date(now_ns: int) -> str:
    """``2026-11-05``, in this device's time zone."""
    return datetime.fromtimestamp(now_ns / 1e9).astimezone().strftime("%Y-%m-%d")
