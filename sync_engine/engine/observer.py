"""The local tree, kept true: looks at the disk in workers and takes what was seen into the journal.

The control loop drives it so::

    observer.mark(dirties)                      # from the watcher; mark_everything() at start, hourly, on demand
    if (look := observer.next_look(now)):       # one at a time
        workers.submit(look, done)              # look() -> Observation; touches no journal
    changed = observer.take_in(observation, now)    # control thread: local tree written, ids to plan for
    ... wait until observer.due(), or the next event

Between the start of a look and its ``take_in`` no operation may change the disk or the local tree: what the engine
itself was just writing would be taken for somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from sync_engine.core.model import Found, NodeId
from sync_engine.errors import RootError
from sync_engine.ports import Dirty, FileSystem, Ids, Journal, Problem


class Listing(Struct):
    """What was seen in one folder. ``whole``: all of it; else only the names in ``found`` and ``absent``."""

    path: str
    found: list[Found] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    whole: bool = False


class Observation(Struct):
    """What one look brought back. Folders come before what is below them."""

    listings: list[Listing] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
    """Folders and objects that could not be read: nothing follows from them, least of all an absence."""
    root_error: RootError | None = None


class Look:
    """A worker job: ``look()`` looks at marked paths, or reads on in a scan, up to some 5,000 objects."""

    def __call__(self) -> Observation:
        """Never raises an ``EngineError``."""
        raise NotImplementedError


class Observer:
    """Compares the disk with the local tree. Lives in the control thread; only its looks run elsewhere.

    Args:
        grace_s: how long a vanished node waits for its inode to reappear elsewhere. 1 s in the daemon; 0 for a single
            run without a watcher, where a second scan takes its place.
        drain: ``Watcher.drain`` where there is one: called within a look (in the worker) before an absence is believed.
    """

    def __init__(
        self,
        filesystem: FileSystem,
        journal: Journal,
        ids: Ids,
        *,
        grace_s: float = 0.0,
        drain: Callable[[], None] | None = None,
    ) -> None: ...

    def mark(self, dirties: Iterable[Dirty]) -> None:
        """Paths to look at next."""

    def mark_everything(self) -> None:
        """A full scan; one that is under way starts over."""

    def next_look(self, now: float) -> Look | None:
        """What to run in a worker now; ``None`` if a look is out already or nothing is to be looked at before ``due``.

        Args:
            now: ``Clock.monotonic``.
        """

    def take_in(self, observation: Observation, now: float) -> set[NodeId]:
        """Write what was seen into the local tree, in one transaction.

        Returns:
            The nodes that appeared, changed, moved or are gone from the local tree: the planner's dirty ones.

        Raises:
            RootError: the root is not there or not ours. Nothing was taken in, and all stays marked: call ``next_look``
                again once the root may be back.
        """

    def due(self) -> float | None:
        """When ``next_look`` will have something without a further event; ``None``: never. Past: at once."""

    def waiting(self) -> frozenset[NodeId]:
        """Nodes that are not where they were and may turn up elsewhere: plan nothing for them, as for transfers."""

    def is_settled(self) -> bool:
        """Everything marked was looked at and taken in, and no node is waited for."""
