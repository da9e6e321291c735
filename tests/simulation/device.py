"""One device of a simulation: a disk that lasts, and an engine that can be ended, killed and started again."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

from server_api.contract.messages import NamespaceId
from sync_engine.adapters.api import Api
from sync_engine.adapters.journal.journal import SqlJournal, open_journal
from sync_engine.adapters.remote import HttpRemote
from sync_engine.adapters.session import REFRESH_TOKEN, Session
from sync_engine.adapters.store import HttpStore
from sync_engine.core.reports import SyncReport
from sync_engine.engine.disk import ROOT_RETRY_S
from sync_engine.engine.engine import Engine
from sync_engine.engine.loop import Loop, Rhythm
from sync_engine.engine.strategy import Strategy, Traits
from sync_engine.engine.transfers import Outside
from sync_engine.errors import RootMissing
from sync_engine.ports import Dirty, FileSystem, TransferCounts
from tests.fakes.device import FakeIds, FakeTime
from tests.fakes.filesystem import FakeFileSystem
from tests.fakes.keychain import FakeKeychain
from tests.fakes.workers import SteppedWorkers
from tests.simulation.network import ADDRESS, InProcessHttp, Network
from tests.simulation.power import Kept

ONCE = Rhythm()
"""As ``lockstep sync`` runs: no watcher, no waiting."""
DAEMON = Rhythm(quiet_s=2.0, grace_s=1.0, waits_for_news=True)
"""As the daemon runs, but without the hourly scan: what it misses stays missed."""
TODAY = "2026-11-05"


class HangError(AssertionError):
    """The control thread waits for ever, and nothing will come."""


class Device:
    """Attributes: disk, the one in memory; filesystem, which may be a real one in its place; engine, loop, journal and
    remote while it runs; rhythm."""

    def __init__(
        self,
        name: str,
        directory: Path,
        network: Network,
        clock: FakeTime,
        seed: int,
        *,
        namespace_id: NamespaceId,
        refresh_token: str,
        news: Callable[[], int],
        rhythm: Rhythm,
        filesystem: FileSystem | None = None,
    ) -> None:
        self.name = name
        self.rhythm = rhythm
        self.chance = random.Random(f"{seed} {name}")
        self.disk = filesystem if isinstance(filesystem, FakeFileSystem) else FakeFileSystem(clock.now_ns)
        self._real = None if isinstance(filesystem, FakeFileSystem) else filesystem
        self.counts = TransferCounts()
        self.reports: list[SyncReport] = []
        self.asleep_until: float | None = 0.0
        """``None``: until something comes."""
        self.is_running = False
        self._home = directory / name
        self._journal_path = self._home / "journal.db"
        self._home.mkdir(parents=True)
        self._network = network
        self._clock = clock
        self._ids = FakeIds(self.chance.randrange(2**32))
        self._namespace_id = namespace_id
        self._keychain = FakeKeychain(**{REFRESH_TOKEN: refresh_token})
        self._news = news
        self._seen: list[Dirty] = []
        self.start()

    @property
    def filesystem(self) -> FileSystem:
        return self._real or self.disk

    # --- its life ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """As ``composition.open_device`` puts it together."""
        self.workers = SteppedWorkers(self.chance, self._clock.monotonic, self._news)
        self.workers.on_idle = self._sleep
        http = InProcessHttp(self._network, self.workers.interrupt)
        session = Session(Api(http, ADDRESS), self._keychain, str(self._home / "session.lock"), self._clock)
        self.remote = HttpRemote(session, self._namespace_id)
        naming = self.filesystem.naming
        self.journal: SqlJournal = open_journal(
            self._journal_path, self._namespace_id, ignores_case=not naming.tells_case
        )
        self._kept = Kept(self.journal, self._journal_path)
        store = HttpStore(http, ADDRESS, self.counts)
        outside = Outside(
            self.filesystem, self.remote, store, self.workers, self._clock, self.chance.random, self._wait_in_a_job
        )
        traits = Traits(
            device_name=self.name,
            today=lambda: TODAY,
            naming=naming,
            keeps_executable=self.filesystem.keeps_executable,
        )
        is_daemon = self.rhythm.waits_for_news
        self.loop = Loop(
            outside,
            self.journal,
            self._ids,
            self._namespace_id,
            Strategy(self.journal, traits, self._clock, self._ids),
            counts=self.counts,
            rhythm=self.rhythm,
            drain=self._tell_what_was_seen if is_daemon else None,
        )
        self.engine = Engine(self.loop, self.filesystem, self.workers, self._clock, None)
        self.disk.on_event = self._seen.append if is_daemon else None
        self.asleep_until = 0.0
        self.is_running = True

    def end(self) -> None:
        """As a program that is told to quit."""
        self.engine.close()
        self._gone()

    def kill(self) -> None:
        """The process is gone from one step to the next."""
        self.journal.close()
        self._gone()

    def cut_power(self) -> None:
        """What neither disk nor journal was told to keep may be lost."""
        self.journal.close()
        self.disk.cut_power(self.chance)
        if self.chance.random() < 0.5:
            self._kept.restore()
        self._gone()

    # --- what is done to it ----------------------------------------------------------------------------------

    def copy_journal(self) -> bytes:
        """As a backup has it."""
        return self._kept._read()

    def put_back_journal(self, copy: bytes | None) -> None:
        """From a backup; ``None``: it is lost. Only while the device is off."""
        self._journal_path.write_bytes(copy) if copy is not None else self._journal_path.unlink()

    def unmount(self) -> None:
        self.disk.root_error = RootMissing("not mounted")
        self._notice_root()

    def mount(self) -> None:
        self.disk.root_error = None
        self._notice_root()

    def _notice_root(self) -> None:
        """As the watcher does, which sees to it every now and then."""
        self._seen.append(Dirty("", everything=True))
        self._clock.advance(ROOT_RETRY_S)

    def _gone(self) -> None:
        self.disk.on_event = None
        self.disk.kill()
        self._seen.clear()
        self.is_running = False

    # --- its time ------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One step of the control thread."""
        if self._seen and self.chance.random() < 0.3:
            self._tell_what_was_seen()
        self.asleep_until = 0.0
        self.loop.step(is_over=self.engine._end_runs)

    def is_awake(self) -> bool:
        if not self.is_running:
            return False
        is_due = self.asleep_until is not None and self.asleep_until <= self._clock.monotonic()
        return is_due or bool(self._seen) or self.workers.is_busy()

    def is_settled(self) -> bool:
        """In step, as far as it knows, and nothing will happen before somebody does something."""
        loop = self.loop
        is_quiet = loop.is_settled() and len(loop.agenda) == 0 and not self._seen and not self.workers.is_busy()
        is_listening = loop.wire._is_waiting_for_news or not self.rhythm.waits_for_news
        return is_quiet and is_listening and not self.engine._runs and loop.connection.state == "online"

    def ask_to_sync(self) -> None:
        """Somebody asks for a sync; its report is added to ``reports`` when it is over."""
        self.engine.sync(self.reports.append)
        self.asleep_until = 0.0

    def sync(self) -> SyncReport:
        """One whole sync by itself, while everyone else stands still."""
        self.workers.on_idle = self._wait
        try:
            return self.engine.run_until_settled()
        finally:
            self.workers.on_idle = self._sleep

    def _sleep(self, timeout_s: float | None) -> bool:
        if self._seen:
            self._tell_what_was_seen()
            return True
        self.asleep_until = None if timeout_s is None else self._clock.monotonic() + timeout_s
        return False

    def _wait(self, timeout_s: float | None) -> bool:
        if self._seen:
            self._tell_what_was_seen()
            return True
        if timeout_s is None:
            raise HangError(f"{self.name} waits for ever")
        self._clock.advance(timeout_s)
        return False

    def _wait_in_a_job(self, stop: threading.Event, seconds: float) -> bool:
        self._clock.advance(seconds)
        return stop.is_set()

    def _tell_what_was_seen(self) -> None:
        """The watcher hands over."""
        seen, loop = list(self._seen), self.loop
        self._seen.clear()
        if seen:
            self.workers.post(lambda: loop.look(seen))
