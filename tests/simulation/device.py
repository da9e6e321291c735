"""One device of a simulation: a disk that lasts, and an engine that can be ended, killed and started again."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from server_api.contract.messages import DeviceId, NamespaceId
from sync_engine.adapters.api import Api
from sync_engine.adapters.journal.journal import SqlJournal, open_journal
from sync_engine.adapters.journal.schema import set_aside
from sync_engine.adapters.remote import HttpRemote
from sync_engine.adapters.session import REFRESH_TOKEN, Session
from sync_engine.adapters.store import HttpStore
from sync_engine.core.platform_names import Naming
from sync_engine.core.reports import SyncReport
from sync_engine.engine.disk import ROOT_RETRY_S
from sync_engine.engine.engine import Engine
from sync_engine.engine.loop import Loop, Rhythm
from sync_engine.engine.strategy import Strategy, Traits
from sync_engine.engine.transfers import Outside
from sync_engine.errors import JournalDamaged, JournalFull, RootMissing
from sync_engine.ports import Dirty, FileSystem, TransferCounts
from tests.fakes.device import FakeIds, FakeTime
from tests.fakes.filesystem import FakeFileSystem
from tests.fakes.keychain import FakeKeychain
from tests.fakes.workers import SteppedWorkers
from tests.simulation.network import ADDRESS, InProcessHttp, Network
from tests.simulation.power import Kept, put_back, whole_database

ONCE = Rhythm()
"""As ``lockstep sync`` runs: no watcher, no waiting."""
DAEMON = Rhythm(quiet_s=2.0, grace_s=1.0, waits_for_news=True)
"""As the daemon runs, but without the hourly scan: what it misses stays missed."""
TODAY = "2026-11-05"


class HangError(AssertionError):
    """The control thread waits for ever, and nothing will come."""


class DeviceTime:
    """One device's clock: time goes on for all at once, but each tells its own. ``skew_s`` is what people set it to."""

    def __init__(self, shared: FakeTime) -> None:
        self._shared = shared
        self.skew_s = 0.0

    def now_ns(self) -> int:
        return self._shared.now_ns() + int(self.skew_s * 1e9)

    def monotonic(self) -> float:
        return self._shared.monotonic()

    def advance(self, seconds: float) -> None:
        self._shared.advance(seconds)


class Model(Struct, frozen=True):
    """What a device is like."""

    rhythm: Rhythm = DAEMON
    naming: Naming = Naming()
    keeps_executable: bool = True
    has_stable_inodes: bool = True
    tells_birth: bool = True


class Device:
    """Attributes: disk, the one in memory; filesystem, which may be a real one in its place; engine, loop, journal and
    remote while it runs; model; clock."""

    def __init__(
        self,
        name: str,
        directory: Path,
        network: Network,
        clock: FakeTime,
        seed: int,
        *,
        namespace_id: NamespaceId,
        device_id: DeviceId,
        refresh_token: str,
        news: Callable[[], object],
        model: Model,
        filesystem: FileSystem | None = None,
    ) -> None:
        self.name = name
        self.device_id = device_id
        self.model = model
        self.rhythm = model.rhythm
        self.chance = random.Random(f"{seed} {name}")
        self.clock = DeviceTime(clock)
        self.disk = (
            filesystem
            if isinstance(filesystem, FakeFileSystem)
            else FakeFileSystem(
                self.clock.now_ns,
                naming=model.naming,
                keeps_executable=model.keeps_executable,
                has_stable_inodes=model.has_stable_inodes,
                tells_birth=model.tells_birth,
            )
        )
        self._real = None if isinstance(filesystem, FakeFileSystem) else filesystem
        self.counts = TransferCounts()
        self.reports: list[SyncReport] = []
        self.asleep_until: float | None = 0.0
        """``None``: until something comes."""
        self.is_running = False
        self.is_patient = True
        """Settled only once nothing waits for another try."""
        self._home = directory / name
        self._home.mkdir(parents=True)
        self._network = network
        self._ids = FakeIds(self.chance.randrange(2**32))
        self._namespace_id = namespace_id
        self._keychain = FakeKeychain(**{REFRESH_TOKEN: refresh_token})
        self._news = news
        self._seen: list[Dirty] = []
        self.start()

    # --- its life ------------------------------------------------------------------------------------------

    @property
    def filesystem(self) -> FileSystem:
        """What the engine works on."""
        return self._real or self.disk

    @property
    def journal_path(self) -> Path:
        return self._home / "journal.db"

    def start(self) -> None:
        """As ``composition.open_device`` puts it together."""
        clock = self.clock
        self.workers = SteppedWorkers(self.chance, clock.monotonic, self._news)
        self.workers.on_idle = self._sleep
        http = InProcessHttp(self._network, self.workers.interrupt)
        session = Session(Api(http, ADDRESS), self._keychain, str(self._home / "session.lock"), clock)
        self.remote = HttpRemote(session, self._namespace_id)
        self.journal = self._open_journal()
        self.kept = Kept(self.journal, self.journal_path)
        self.store = HttpStore(http, ADDRESS, self.counts)
        outside = Outside(
            self.filesystem, self.remote, self.store, self.workers, clock, self.chance.random, self._wait_in_a_job
        )
        traits = Traits(
            device_name=self.name,
            today=lambda: TODAY,
            naming=self.filesystem.naming,
            keeps_executable=self.filesystem.keeps_executable,
        )
        is_daemon = self.rhythm.waits_for_news
        self.loop = Loop(
            outside,
            self.journal,
            self._ids,
            self._namespace_id,
            Strategy(self.journal, traits, clock, self._ids),
            counts=self.counts,
            rhythm=self.rhythm,
            drain=self._tell_what_was_seen if is_daemon else None,
        )
        self.engine = Engine(self.loop, self.filesystem, self.workers, clock, None)
        self.disk.on_event = self.hear if is_daemon else None
        self.asleep_until = 0.0
        self.is_running = True

    def _open_journal(self) -> SqlJournal:
        """As ``composition`` opens it: a damaged one is set aside."""
        ignores_case = not self.filesystem.naming.tells_case
        try:
            return open_journal(self.journal_path, self._namespace_id, ignores_case=ignores_case)
        except JournalDamaged:
            set_aside(self.journal_path, self.clock.now_ns())
            return open_journal(self.journal_path, self._namespace_id, ignores_case=ignores_case)

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
            self.kept.restore()
        self._gone()

    # --- what is done to it ----------------------------------------------------------------------------------

    def copy_journal(self) -> bytes:
        """As a backup has it."""
        return whole_database(self.journal_path)

    def put_back_journal(self, copy: bytes | None) -> None:
        """From a backup; ``None``: it is lost. Only while the device is off."""
        put_back(self.journal_path, copy)

    def unmount(self) -> None:
        self.disk.root_error = RootMissing("not mounted")
        self._notice_root()

    def mount(self) -> None:
        self.disk.root_error = None
        self._notice_root()

    def _notice_root(self) -> None:
        """As the watcher does, which sees to it every now and then."""
        self.hear(Dirty("", everything=True))
        self.clock.advance(ROOT_RETRY_S)

    def hear(self, event: Dirty) -> None:
        """Its watcher is told."""
        self._seen.append(event)

    def _gone(self) -> None:
        self.disk.on_event = None
        self.disk.kill()
        self._seen.clear()
        self.is_running = False

    def sign_in(self, refresh_token: str) -> None:
        """Somebody signs this device in again; what it runs notices when it tries the next time."""
        self._keychain.secrets[REFRESH_TOKEN] = refresh_token
        self.loop.connection.try_now()
        self.asleep_until = 0.0

    # --- its time ------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One step of the control thread. A journal that finds no room ends the program: see ``daemon``."""
        if self._seen and self.chance.random() < 0.3:
            self._tell_what_was_seen()
        self.asleep_until = 0.0
        try:
            self.loop.step(is_over=self.engine._end_runs)
        except JournalFull:
            self.end()

    def is_awake(self) -> bool:
        if not self.is_running:
            return False
        is_due = self.asleep_until is not None and self.asleep_until <= self.clock.monotonic()
        return is_due or bool(self._seen) or self.workers.is_busy()

    def is_settled(self) -> bool:
        """In step, as far as it knows, and nothing will happen before somebody does something."""
        loop = self.loop
        has_tried = (len(loop.agenda) == 0 if self.is_patient else loop.agenda.is_empty()) and not loop.disk._unread
        is_quiet = loop.is_settled() and has_tried and not self._seen and not self.workers.is_busy()
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

    def lose_events(self, *, is_noticed: bool) -> int:
        """The queue of events overflows, and the watcher says so; or, as on some network file systems, nobody does."""
        lost = len(self._seen)
        self._seen.clear()
        if is_noticed:
            self._seen.append(Dirty("", everything=True, reason="overflow"))
        return lost

    def _sleep(self, timeout_s: float | None) -> bool:
        if self._seen:
            self._tell_what_was_seen()
            return True
        self.asleep_until = None if timeout_s is None else self.clock.monotonic() + timeout_s
        return False

    def _wait(self, timeout_s: float | None) -> bool:
        if self._seen:
            self._tell_what_was_seen()
            return True
        if timeout_s is None:
            raise HangError(f"{self.name} waits for ever")
        self.clock.advance(timeout_s)
        return False

    def _wait_in_a_job(self, stop: threading.Event, seconds: float) -> bool:
        self.clock.advance(seconds)
        return stop.is_set()

    def _tell_what_was_seen(self) -> None:
        """The watcher hands over."""
        seen, loop = list(self._seen), self.loop
        self._seen.clear()
        if seen:
            self.workers.post(lambda: loop.look(seen))
