"""What the window's last line says: how things are, and what is on its way."""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec import Struct

from desktop.words import show_later, show_size, tr, tr_n
from sync_engine.core.quantities import show_duration
from sync_engine.core.reports import EngineState

OVER_S: Final = 10.0
"""Speed is that of the last seconds."""


class StatusLine(Struct, frozen=True):
    icon: str
    tone: str
    text: str
    moving: str = ""
    """Files on their way, how fast, and how long it takes; "" if nothing moves."""


class Pace:
    """How fast bytes move, of what is told now and then."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def see(self, at_s: float, bytes_done: int) -> None:
        """Times only grow. A count that falls is that of another round."""
        if self._seen and bytes_done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((at_s, bytes_done))
        while len(self._seen) > 2 and self._seen[0][0] < at_s - OVER_S:
            self._seen.popleft()

    @property
    def bytes_a_second(self) -> float:
        """0 as long as it is not known."""
        if len(self._seen) < 2:
            return 0.0
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return (after - before) / (end - start) if end - start >= 0.5 else 0.0


def speed_words(pace: Pace, left_bytes: int) -> list[str]:
    """How fast it goes, and how long that takes still, as far as they are known."""
    speed = pace.bytes_a_second
    if speed < 1:
        return []
    said = [tr("{size}/s").format(size=show_size(int(speed)))]
    return [*said, tr("{time} left").format(time=show_duration(left_bytes / speed))] if left_bytes > 0 else said


def status_line(state: EngineState | None, pace: Pace) -> StatusLine:
    """``None``: no daemon is there."""
    if state is None:
        return StatusLine("paused", "text-2", tr("Lockstep is not running"))
    icon, tone, word = _word(state)
    parts = [word]
    if state.files:
        parts.append(tr_n("%n file", "%n files", state.files))
    if state.quota_bytes is not None:
        used, limit = show_size(state.used_bytes), show_size(state.quota_bytes)
        parts.append(tr("{used} of {limit} in use").format(used=used, limit=limit))
    elif state.used_bytes:
        parts.append(tr("{used} in use").format(used=show_size(state.used_bytes)))
    return StatusLine(icon, tone, " · ".join(parts), _moving(state, pace))


def paused(until: int | None) -> str:
    """Until when, if anybody said that."""
    return tr("Paused") if until is None else tr("Paused until {time}").format(time=show_later(until))


def _word(state: EngineState) -> tuple[str, str, str]:
    match state.state:
        case "in-step":
            return "in-step", "good", tr("In step")
        case "syncing":
            if state.progress.phase == "scanning":
                return "moving", "accent", tr("Looking through the folder")
            pending = state.pending
            return (
                "moving",
                "accent",
                tr_n("Syncing %n file", "Syncing %n files", pending) if pending else tr("Syncing"),
            )
        case "paused":
            return "paused", "text-2", paused(state.paused_until)
        case "offline":
            return "offline", "text-2", tr("Offline")
        case "signed-out":
            return "attention", "warn", tr("Signed out")
        case _:
            return "attention", "warn", tr("Needs you")


def _moving(state: EngineState, pace: Pace) -> str:
    if state.state != "syncing" or not state.transfers:
        return ""
    left = state.progress.bytes_total - state.progress.bytes_done
    return ", ".join([tr_n("%n file moving", "%n files moving", len(state.transfers)), *speed_words(pace, left)])
