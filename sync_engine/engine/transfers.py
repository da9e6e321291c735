"""What uploads and downloads have in common: the ports they go through, and how they are called off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from sync_engine.core.model import NodeId
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


class Transfer(Struct, frozen=True):
    """One file under way, as people see it."""

    node_id: NodeId
    path: str
    """Relative to the root; for a download, as the downloader tells it, the name alone."""
    size: int
    done: int
    """Bytes of it that were sent or staged so far, or need not be."""
    is_upload: bool
