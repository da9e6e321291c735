"""How far an act on files is, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import Final, Literal, TypeVar

from msgspec import Struct, field

T = TypeVar("T")

_TURN_S: Final = 0.002
"""So long an act goes on, and so long it leaves the interpreter to the window, which would have to wait for it at each
row that it draws: many short acts on the disk take the interpreter back as often."""


class ActError(Exception):
    """Why something was not done: a sentence for people."""


class Moved(Struct, frozen=True, gc=False):
    """Something that was at one place and is at another. Kept as text: there may be a hundred thousand to undo, and as
    paths each search for garbage would go through them."""

    source_text: str
    target_text: str

    @staticmethod
    def between(source: Path, target: Path) -> Moved:
        return Moved(str(source), str(target))

    @property
    def source(self) -> Path:
        return Path(self.source_text)

    @property
    def target(self) -> Path:
        return Path(self.target_text)


class Outcome(Struct):
    """What was done, and why the rest was not: "" if all was."""

    moved: list[Moved]
    problem: str = ""
    deleted: int = 0
    """Without the trash."""
    left: list[Path] = []
    """What the trash did not take."""
    away: list[Path] = []
    """What would have to be on this device for it, and is on the server alone."""


class Copying(Struct):
    """How far a copy is. Written by the thread that copies, read by any."""

    stop: Event
    done_bytes: int = 0
    all_bytes: int = 0
    all_files: int = 0


class Steps(Struct):
    """How far an act on many things is. Written by the thread that does it, read by any."""

    what: Literal["delete", "bring-back"]
    all: int
    """0 as long as nobody has counted."""
    done: int = 0
    stop: Event = field(default_factory=Event)

    def each(self, things: Iterable[T]) -> Iterator[T]:
        """Those that are to be done: all, if nobody stops it."""
        rests_at = time.monotonic() + _TURN_S
        for thing in things:
            if self.stop.is_set():
                return
            yield thing
            self.done += 1
            if time.monotonic() > rests_at:
                time.sleep(_TURN_S)
                rests_at = time.monotonic() + _TURN_S
