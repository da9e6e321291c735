"""What cannot be synced for now, and why: kept for people, cleared by itself when the reason is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sync_engine.core.model import Kind, NodeId
from sync_engine.engine.looks import Observation, join, split
from sync_engine.ports import Journal, Problem


class Problems:
    """Those of the journal, with an index by node. At most one a path, and one a node."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._by_path = {problem.path: problem for problem in journal.problems()}
        self._paths = {p.node_id: p.path for p in self._by_path.values() if p.node_id is not None}
        self._behind: dict[str, Problem] = {}
        """What looks could not read where a node's problem is told: told once that is over."""

    def __len__(self) -> int:
        return len(self._by_path)

    def all(self) -> list[Problem]:
        return [self._by_path[path] for path in sorted(self._by_path)]

    def at(self, path: str) -> Problem | None:
        return self._by_path.get(path)

    def of_code(self, code: str) -> list[str]:
        """The paths that have it."""
        return [path for path, problem in self._by_path.items() if problem.code == code]

    def nodes_of(self, codes: Collection[str]) -> set[NodeId]:
        """The nodes that have one of these."""
        return {node_id for node_id, path in self._paths.items() if self._by_path[path].code in codes}

    def nodes(self) -> list[NodeId]:
        """Those that have a problem."""
        return list(self._paths)

    def nodes_at(self, paths: Iterable[str]) -> list[NodeId]:
        """Those that have a problem at one of these."""
        if not self._paths:
            return []
        found = (self._by_path.get(path) for path in paths)
        return [problem.node_id for problem in found if problem is not None and problem.node_id is not None]

    def put(self, problems: Iterable[Problem]) -> None:
        """Replaces what was known of their paths, and of their nodes at the paths that these had before."""
        fresh = [problem for problem in problems if self._by_path.get(problem.path) != problem]
        if self._paths:
            self.clear_nodes([problem.node_id for problem in fresh if problem.node_id is not None])
        for problem in fresh:
            before = self._by_path.get(problem.path)
            if before is not None and before.node_id is not None:
                self._paths.pop(before.node_id, None)
            elif before is not None and problem.node_id is not None:
                self._behind[problem.path] = before
            self._by_path[problem.path] = problem
            if problem.node_id is not None:
                self._paths[problem.node_id] = problem.path
        if fresh:
            with self._journal.transaction():
                self._journal.put_problems(fresh)

    def clear_nodes(self, nodes: Iterable[NodeId]) -> None:
        """These have none any more."""
        if self._paths:
            self._clear([self._paths[node_id] for node_id in nodes if node_id in self._paths])

    def take_in(self, observation: Observation) -> None:
        """What a look could not read; what an earlier one could not and this one could has no problem any more.

        Where something waits for a place, that is told rather than what is in the way there.
        """
        if self._by_path:
            read = _Read(observation)
            for path in [path for path in self._behind if read.covers(path)]:
                del self._behind[path]
            self._clear([path for path, each in self._by_path.items() if each.node_id is None and read.covers(path)])
        taken = set(self._paths.values())
        self._behind.update((problem.path, problem) for problem in observation.unread if problem.path in taken)
        self.put(problem for problem in observation.unread if problem.path not in taken)

    def _clear(self, paths: Iterable[str]) -> None:
        gone = [problem for path in paths if (problem := self._by_path.pop(path, None)) is not None]
        for problem in gone:
            if problem.node_id is not None:
                self._paths.pop(problem.node_id, None)
        if gone:
            with self._journal.transaction():
                self._journal.clear_problems([problem.path for problem in gone])
            self.put([self._behind.pop(problem.path) for problem in gone if problem.path in self._behind])


class _Read:
    """What an observation tells of which paths."""

    def __init__(self, observation: Observation) -> None:
        self._whole = {listing.path for listing in observation.listings if listing.whole}
        self._seen: set[str] = set()
        self._folders: set[str] = set()
        for listing in observation.listings:
            for found in listing.found:
                path = join(listing.path, found.name)
                self._seen.add(path)
                if found.kind is Kind.FOLDER:
                    self._folders.add(path)
            self._seen.update(join(listing.path, name) for name in listing.absent)

    def covers(self, path: str) -> bool:
        """Whether it was looked at, or is gone with a folder above it."""
        if path in self._whole or path in self._seen:
            return True
        while path:
            above, _ = split(path)
            if above in self._whole or path in self._seen:
                return path not in self._folders
            path = above
        return False
