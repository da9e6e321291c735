"""A device's engine on a disk and a server in memory, which can be killed at any step and started again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from blake3 import blake3

from server_api.contract.messages import NamespaceId
from sync_engine.core.reports import SyncReport
from sync_engine.engine.engine import Engine
from sync_engine.engine.loop import Loop, Rhythm
from sync_engine.engine.strategy import Strategy, Traits
from sync_engine.engine.transfers import Outside
from sync_engine.ports import Ids, Journal, TransferCounts
from tests.fakes.device import FakeIds, FakeTime
from tests.fakes.filesystem import FakeFileSystem
from tests.fakes.journal import MemoryJournal
from tests.fakes.log_remote import LogRemote
from tests.fakes.store import FakeStore
from tests.fakes.workers import TimedWorkers

NAMESPACE = NamespaceId(b"n" * 16)
_EFFECTS = ("trash", "move", "put_in_place", "make_folder", "make_symlink", "set_executable")


class KilledError(BaseException):
    """The process is gone: nothing catches it."""


class _Journal(MemoryJournal):
    """Tells before and after each outermost transaction."""

    step: Callable[[], None] = staticmethod(lambda: None)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        is_outermost = self._depth == 0
        if is_outermost:
            self.step()
        with super().transaction(durable=durable):
            yield
        if is_outermost:
            self.step()


def start_engine(
    outside: Outside, journal: Journal, ids: Ids, namespace_id: NamespaceId, name: str, counts: TransferCounts
) -> tuple[Loop, Engine]:
    """One that syncs when it is told to."""
    strategy = Strategy(journal, Traits(device_name=name, today=lambda: "2026-11-05"), outside.clock, ids)
    loop = Loop(outside, journal, ids, namespace_id, strategy, counts=counts, rhythm=Rhythm())
    return loop, Engine(loop, outside.filesystem, outside.workers, outside.clock, None)


class EngineStage:
    """Disk, journal and server last; the engine is made anew by each ``start``.

    Attributes:
        steps: how many steps were taken: each transaction, effect on the disk and commit has one before and one after.
        kill_at: the step at which the process is gone.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.kill_at: int | None = None
        self.clock = FakeTime()
        self.disk = FakeFileSystem(self.clock.now_ns)
        self.store = FakeStore()
        self.server = LogRemote(self.store, NAMESPACE)
        self.journal = _Journal()
        self.journal.step = self._step
        self._ids = FakeIds()
        for name in _EFFECTS:
            self._watch(self.disk, name)
        self._watch(self.server, "commit")
        self.start()

    def _watch(self, what: object, name: str) -> None:
        call = getattr(what, name)

        def watched(*arguments: Any) -> Any:
            self._step()
            result = call(*arguments)
            self._step()
            return result

        setattr(what, name, watched)

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.kill_at:
            raise KilledError

    def start(self) -> None:
        workers, chance = TimedWorkers(self.clock), random.Random(1).random
        outside = Outside(self.disk, self.server, self.store, workers, self.clock, chance)
        self.loop, self.engine = start_engine(outside, self.journal, self._ids, NAMESPACE, "laptop", self.store.counts)

    def restart(self) -> None:
        """After a kill."""
        self.kill_at = None
        self.disk.kill()
        self.start()

    def sync(self) -> SyncReport:
        self.clock.advance(20)  # what was just written is old enough to be believed
        return self.engine.run_until_settled()

    def here(self) -> dict[str, bytes | str | None]:
        return {path: data for path, data in self.disk.tree().items() if path.partition("/")[0] != ".lockstep"}

    def there(self) -> dict[str, bytes | None]:
        """Paths on the server with the hashes of their contents."""
        return {path: node.content_hash for path, node in self.server.paths().items()}


def hashed(data: bytes) -> bytes:
    return blake3(data).digest()
