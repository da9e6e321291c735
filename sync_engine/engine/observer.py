"""The local tree, kept true: looks at the disk in workers and takes what was seen into the journal.

The control loop drives it so::

    observer.mark(dirties)  # from the watcher; mark_everything() at start, hourly, on demand
    if look := observer.next_look(now):  # one at a time
        workers.submit(look, done)  # look() -> Observation; touches no journal
    changed = observer.take_in(observation, now)  # control thread: local tree written, ids to plan for
    # wait until observer.due(), or the next event

Between the start of a look and its ``take_in`` no operation may change the disk or the local tree: what the engine
itself was just writing would be taken for somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.core.ignore import Ignored
from sync_engine.core.model import ROOT, NodeId
from sync_engine.engine.intake import OUT_OF_PLACE, Intake
from sync_engine.engine.looks import Listing, Look, Observation, Rules
from sync_engine.ports import Dirty, FileSystem, Ids, Journal

__all__ = ["Listing", "Look", "Observation", "Observer"]

_PATHS_A_LOOK: Final = 2_000
_LONGEST_BURST_S: Final = 30.0
"""As long as more and more vanishes, what vanished first waits for the last, but no longer than this."""
_PATIENCE_S: Final = 2.0
"""How much longer vanished nodes wait while there is always something else to look at."""


class Observer:
    """Compares the disk with the local tree. Lives in the control thread; only its looks run elsewhere.

    Args:
        grace_s: how long a vanished node waits for its inode to reappear elsewhere, and for others that vanish: all of
            them are believed gone at once, so that the guard weighs a mass deletion before the first of it is sent. 1 s
            in the daemon; 0 for a single run without a watcher, where a second scan takes its place.
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
    ) -> None:
        self._filesystem = filesystem
        self._journal = journal
        self._ids = ids
        self._grace_s = grace_s
        self._drain = drain
        self._rules = Rules(Ignored())
        self._knows_rules = False
        self._paths: dict[str, None] = {}  # in the order of their marking
        self._folders: dict[str, bool] = {}
        self._missing: dict[NodeId, float] = {}
        self._was_scanned_again = False
        self._out: Look | None = None

    # --- what to look at ----------------------------------------------------------------------------------

    def mark(self, dirties: Iterable[Dirty]) -> None:
        """Paths to look at next."""
        for dirty in dirties:
            if dirty.path.partition("/")[0] == PRIVATE_FOLDER:
                continue
            if dirty.path:
                self._paths[dirty.path] = None
            if dirty.everything:
                if dirty.path:
                    self._folders[dirty.path] = True
                else:
                    self.mark_everything()

    def mark_everything(self) -> None:
        """A full scan; one that is under way starts over."""
        self._folders = {"": True}
        self._was_scanned_again = False

    def next_look(self, now: float) -> Look | None:
        """What to run in a worker now; ``None`` if a look is out already or nothing is to be looked at before ``due``.

        Args:
            now: ``Clock.monotonic``.
        """
        if self._out is not None:
            return None
        if self._paths or self._folders:
            # A folder in which something is always written to must not keep deletions waiting for ever.
            is_overdue = bool(self._missing) and not self._folders and self._all_due() + _PATIENCE_S <= now
            self._out = self._suspects_look(now) if is_overdue else self._marked_look()
        elif self._missing and self._drain is None and not self._was_scanned_again:
            # Nobody tells what was moved while the scan ran, from where it had not been to where it had.
            self._folders = {"": True}
            self._was_scanned_again = True
            self._out = self._marked_look()
        elif self._missing and self._all_due() <= now:
            self._out = self._suspects_look(now)
        return self._out

    def due(self) -> float | None:
        """When ``next_look`` will have something without a further event; ``None``: never. Past: at once."""
        if self._out is not None:
            return None
        if self._paths or self._folders:
            return 0.0
        return self._all_due() if self._missing else None

    def waiting(self) -> frozenset[NodeId]:
        """Nodes that are not where they were and may turn up elsewhere: plan nothing for them, as for transfers."""
        return frozenset(self._missing)

    def is_settled(self) -> bool:
        """Everything marked was looked at and taken in, and no node is waited for."""
        return self._out is None and not (self._paths or self._folders or self._missing)

    def _all_due(self) -> float:
        """When those that vanished are looked for once more, all at once."""
        times = self._missing.values()
        return min(max(times), min(times) + _LONGEST_BURST_S)

    def _marked_look(self) -> Look:
        paths = list(self._paths)[:_PATHS_A_LOOK]
        for path in paths:
            del self._paths[path]
        folders, self._folders = self._folders, {}
        return Look(self._filesystem, self._rules, paths, folders)

    def _suspects_look(self, now: float) -> Look | None:
        due = [node_id for node_id, at in self._missing.items() if at <= now]
        nodes = self._journal.local(due)
        suspects: dict[NodeId, str | None] = {}
        for node_id in due:
            node = nodes.get(node_id)
            path = self._journal.local_path(node_id)
            if node is None or path is None:
                del self._missing[node_id]  # somebody dropped it
            elif node.name.startswith(OUT_OF_PLACE):
                suspects[node_id] = None
            elif not path.startswith(OUT_OF_PLACE) and "//" not in path:  # else the folder's fate decides
                suspects[node_id] = path
        return Look(self._filesystem, self._rules, suspects=suspects, drain=self._drain) if suspects else None

    # --- what was seen ------------------------------------------------------------------------------------

    def take_in(self, observation: Observation, now: float) -> set[NodeId]:
        """Write what was seen into the local tree, in one transaction.

        Returns:
            The nodes that appeared, changed, moved or are gone from the local tree: the planner's dirty ones.

        Raises:
            RootError: the root is not there or not ours. Nothing was taken in, and all stays marked: call ``next_look``
                again once the root may be back.
        """
        look, self._out = self._out, None
        if observation.root_error is not None:
            if look is not None:
                self._paths.update(dict.fromkeys(look.paths))
                self._add_folders(look.folders)
            raise observation.root_error
        if observation.rules is not None and observation.rules != self._rules:
            if self._knows_rules and observation.rules.ignored != self._rules.ignored:
                self.mark_everything()
            self._rules = observation.rules
        self._knows_rules = True
        self._add_folders(observation.remaining)
        is_quiet = not (self._paths or self._folders)
        intake = Intake(
            self._filesystem, self._journal, self._ids, self._rules.ignored, observation, self._missing.keys()
        )
        with self._journal.transaction():
            intake.run()
            for node_id in intake.turned_up:
                self._missing.pop(node_id, None)
            for node_id in intake.vanished:
                self._missing.setdefault(node_id, now + self._grace_s)
            gone = self._missing.keys() & observation.gone
            if gone and not is_quiet and self._all_due() + _PATIENCE_S > now:
                gone = set()
            dropped = self._drop(gone)
        observation.unread += intake.problems
        self._paths.update(dict.fromkeys(intake.unresolved))
        self._add_folders(dict.fromkeys(intake.unlisted, True))
        return intake.changed | dropped

    def _drop(self, gone: set[NodeId]) -> set[NodeId]:
        """Returns what to plan for: them with all below, and their folders, which may have stayed for them alone."""
        dropped, folders = set(gone), set()
        for node_id, node in self._journal.local(gone).items():
            folders.add(node.parent_id)
            dropped.update(self._journal.below_local(node_id))
            folder = None if node.name.isascii() else self._journal.local_path(node.parent_id)
            if folder is not None:
                self._add_folders({folder: False})  # a twin of its name may have waited for the place
        if dropped:
            self._journal.drop_local(dropped)
            for node_id in dropped:
                self._missing.pop(node_id, None)
        return dropped | (folders - {ROOT})

    def _add_folders(self, folders: dict[str, bool]) -> None:
        for path, deep in folders.items():
            self._folders[path] = deep or self._folders.get(path, False)
