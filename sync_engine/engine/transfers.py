"""What uploads and downloads have in common: the ports they go through, and how they are called off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from sync_engine.core.model import NodeId
from sync_engine.engine.limits import CalledOff, Patience
from sync_engine.errors import RateLimited, SignedOut, Unreachable, UpdateNeeded
from sync_engine.ports import Clock, FileSystem, Remote, Store, Workers

UNUSABLE: Final = (Unreachable, RateLimited, SignedOut, UpdateNeeded)
"""The server or the store cannot be used at all for now: whatever is waiting would meet the same."""


@dataclass(frozen=True)
class Outside:
    """The ports that transfers go through."""

    filesystem: FileSystem
    remote: Remote
    store: Store
    workers: Workers
    clock: Clock
    chance: Callable[[], float]
    """A random number from 0 up to 1: jitter, so that devices do not come back all at once."""
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait
    """Waits for the event or so many seconds; True: the event came. A simulation moves its clock instead."""


class Errands:
    """What workers do between two cancellations, each for somebody: it ends when nobody wants it any more, also if it
    waits on a connection over which nothing comes.

    Attributes:
        patience: its ``stop`` ends all of them.
    """

    def __init__(self, outside: Outside) -> None:
        self.patience = Patience(outside.chance, outside.wait)
        self._store = outside.store
        self._open: list[tuple[Patience, Callable[[], bool]]] = []

    def __len__(self) -> int:
        """Those that are under way."""
        return len(self._open)

    @contextmanager
    def one(self, is_wanted: Callable[[], bool]) -> Iterator[Patience]:
        """In a worker: what it does in the block is for somebody; any thread may ask whether ``is_wanted``.

        Gives the patience to do it with. Raises: CalledOff.
        """
        patience = self.patience.part()
        errand = (patience, is_wanted)
        self._open.append(errand)
        try:
            with self._store.until(patience.stop):
                self.patience.check()
                if not is_wanted():
                    raise CalledOff
                yield patience
        finally:
            self._open.remove(errand)

    def drop_unwanted(self) -> None:
        """From any thread: have what nobody wants end at once."""
        for patience, is_wanted in tuple(self._open):
            if not is_wanted():
                self._end(patience)

    def cancel(self) -> None:
        """From any thread: have all of them end at once."""
        self.patience.stop.set()
        for patience, _ in tuple(self._open):
            self._end(patience)

    def _end(self, patience: Patience) -> None:
        patience.stop.set()
        self._store.interrupt(patience.stop)


class Transfer(Struct, frozen=True):
    """One file under way, as people see it."""

    node_id: NodeId
    path: str
    """Relative to the root; for a download, as the downloader tells it, the name alone."""
    size: int
    done: int
    """Bytes of it that were sent or received so far, or need not be."""
    is_upload: bool
