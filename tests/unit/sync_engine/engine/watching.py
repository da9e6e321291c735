"""A folder, a journal and an observer between them, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from sync_engine.core.model import LocalNode, NodeId
from sync_engine.engine.observer import Observation, Observer
from sync_engine.ports import Dirty
from tests.fakes.clock import SeededIds
from tests.fakes.filesystem import FakeFileSystem
from tests.fakes.journal import MemoryJournal


class Watching:
    """Drives an observer as the control loop does, but for the planning.

    Attributes:
        told: marks that the folder's own events would make, since the last ``settle``.
    """

    def __init__(self, files: FakeFileSystem | None = None, *, grace_s: float = 1.0, is_watched: bool = True) -> None:
        self.files = files or FakeFileSystem()
        self.journal = MemoryJournal(case_sensitive=self.files.naming.tells_case)
        self.now = 1000.0
        self.told: list[Dirty] = []
        self.problems: dict[str, str] = {}
        self.looks = 0
        self.drains = 0
        self.while_draining: Callable[[], None] = lambda: None
        self._is_watched = is_watched
        self._grace_s = grace_s if is_watched else 0.0
        self.files.on_event = self.told.append
        self.start()

    def start(self) -> None:
        """A new process: what the observer remembered is gone."""
        self.observer = Observer(
            self.files,
            self.journal,
            SeededIds(len(self.journal.local_nodes) + int(self.now)),
            grace_s=self._grace_s,
            drain=self._drain if self._is_watched else None,
        )

    def _drain(self) -> None:
        self.drains += 1
        self.while_draining()
        self.while_draining = lambda: None
        self.observer.mark(self.take_told())

    def take_told(self) -> Iterable[Dirty]:
        """What the folder's own events would mark; once."""
        told, self.told[:] = list(self.told), []
        return told

    def look(self) -> set[NodeId] | None:
        """One look, if there is one now."""
        look = self.observer.next_look(self.now)
        if look is None:
            return None
        self.looks += 1
        observation = look()
        changed = self.observer.take_in(observation, self.now)
        self.note(observation)
        return changed

    def note(self, observation: Observation) -> None:
        self.problems |= {problem.path: problem.code for problem in observation.unread}

    def settle(self, *marks: Dirty) -> set[NodeId]:
        """Take in what was marked and told, and wait for what is waited for."""
        self.observer.mark([*self.take_told(), *marks])
        changed: set[NodeId] = set()
        for _ in range(1000):
            found = self.look()
            if found is not None:
                changed |= found
            elif self.observer.is_settled():
                return changed
            else:
                due = self.observer.due()
                assert due is not None
                self.now = max(self.now + 0.01, due)
        raise AssertionError("never settled")

    def scan(self) -> set[NodeId]:
        """All of it, whatever was told."""
        self.take_told()
        self.observer.mark_everything()
        return self.settle()

    def at(self, path: str) -> LocalNode:
        node = self.journal.local_at(path)
        assert node is not None, path
        return node

    def read_all(self) -> None:
        """As if every file's content had been read."""
        self.journal.put_local(
            [
                msgspec.structs.replace(node, content=self.files.read(path).ljust(32, b"-")[:32])
                for path, node in self.tree().items()
                if node.kind is node.kind.FILE
            ]
        )

    def tree(self) -> dict[str, LocalNode]:
        """The local tree by path; nodes out of their places are under their odd names."""
        nodes = self.journal.local_nodes
        paths = {}
        for node in nodes.values():
            path, above = node.name, nodes.get(node.parent_id)
            while above is not None:
                path, above = f"{above.name}/{path}", nodes.get(above.parent_id)
            paths[path] = node
        return paths


def taken_in(world: Watching, **files: bytes) -> dict[str, NodeId]:
    """Files in the folder and in the tree, read. ``a__b`` is the path ``a/b``."""
    for key, data in files.items():
        path = key.replace("__", "/")
        if "/" in path:
            world.files.make(path.rpartition("/")[0])
        world.files.write(path, data)
    world.scan()
    world.read_all()
    return {path: node.node_id for path, node in world.tree().items()}
