"""The composition root: builds a device's engine out of its adapters."""

from __future__ import annotations

import gc
import logging
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from server_api.contract.messages import NamespaceId
from sync_engine import logs
from sync_engine.adapters.clock import SystemClock, SystemIds, local_date
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.journal.journal import SqlJournal, open_journal
from sync_engine.adapters.journal.schema import set_aside
from sync_engine.adapters.workers import ThreadWorkers
from sync_engine.connecting import Connected, connect
from sync_engine.core.quantities import parse_duration
from sync_engine.engine.engine import Engine
from sync_engine.engine.loop import Loop, Rhythm
from sync_engine.engine.strategy import Strategy, Traits
from sync_engine.engine.transfers import Outside
from sync_engine.errors import JournalDamaged, RootBusy, RootError
from sync_engine.ports import Activity, Clock
from sync_engine.profile import Link, Profile, refuse_wiping

_log = logging.getLogger(__name__)

BUSY_S: Final = 10.0
"""How long a folder may be somebody else's before that is an error."""
_LOOK_EVERY_S: Final = 0.05


@dataclass(frozen=True)
class Device:
    """A linked device, opened: one process at a time has it."""

    profile: Profile
    engine: Engine
    link: Link
    filesystem: SyncedFolder
    journal: SqlJournal
    connected: Connected

    def reload(self) -> None:
        """Settings or ignore rules changed: go by them from now on. Raises: SetupError."""
        self.connected.apply(self.profile)
        self.engine.go_by(scan_interval_s(self.profile))


@contextmanager
def open_device(profile: Profile, rhythm: Rhythm, *, watches: bool, busy_s: float = BUSY_S) -> Iterator[Device]:
    """Build the engine of a linked profile; everything is let go at the end.

    ``busy_s``: how long to wait for a folder that is in use.

    Raises: SetupError if it is not linked; WipeRequested if a wipe has begun; RootError if the folder is gone, foreign
    or in use; JournalNewer.
    """
    link = profile.link()
    refuse_wiping(profile)
    _relax_collector()
    with ExitStack() as stack:
        clock, ids = SystemClock(), SystemIds()
        filesystem = SyncedFolder(link.folder, link.journal_id)
        stack.callback(filesystem.close)
        take_root(filesystem, busy_s)
        logs.configure(profile.log_directory)  # whoever has the folder has the log
        journal = _open_journal(profile, link, clock, ignores_case=not filesystem.naming.tells_case)
        stack.callback(journal.close)
        workers = ThreadWorkers()
        stack.callback(workers.close)
        connected: Connected = stack.enter_context(connect(profile, link))
        outside = Outside(filesystem, connected.remote, connected.store, workers, clock, random.SystemRandom().random)
        watcher = None
        if watches:
            from sync_engine.adapters.watcher import FolderWatcher

            watcher = FolderWatcher(link.folder)
        traits = Traits(
            device_name=link.device_name,
            today=lambda: local_date(clock.now_ns()),
            naming=filesystem.naming,
            keeps_executable=filesystem.keeps_executable,
        )
        loop = Loop(
            outside,
            journal,
            ids,
            NamespaceId(link.namespace_id),
            Strategy(journal, traits, clock, ids),
            counts=connected.counts,
            rhythm=rhythm,
            drain=watcher.drain if watcher else None,
        )
        engine = Engine(loop, filesystem, workers, clock, watcher)
        stack.callback(loop.drop_transfers)
        try:
            yield Device(profile, engine, link, filesystem, journal, connected)
        finally:
            if (is_signed_in := engine.is_signed_in()) is not None:
                profile.remember_sign_in(is_signed_in=is_signed_in)


@contextmanager
def alone_with_root(link: Link, busy_s: float = BUSY_S) -> Iterator[bool]:
    """Nobody else works on the linked folder while the block runs. Gives whether it is there, and this profile's.

    Raises: RootBusy, if somebody still does after ``busy_s`` seconds.
    """
    filesystem = SyncedFolder(link.folder, link.journal_id)
    try:
        try:
            take_root(filesystem, busy_s)
        except RootBusy:
            raise
        except RootError:
            yield False
        else:
            yield True
    finally:
        filesystem.close()


def scan_interval_s(profile: Profile) -> float | None:
    """How often the whole folder is looked at; ``None``: only at the start. Raises: SetupError."""
    return parse_duration(profile.preference("scan.interval")) or None


def take_root(filesystem: SyncedFolder, busy_s: float = BUSY_S) -> None:
    """Open the folder, alone. The one before may be a daemon that is ending, or a command that only asks something."""
    until = time.monotonic() + busy_s
    while True:
        try:
            filesystem.check_root()
        except RootBusy:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK_EVERY_S)
        else:
            return


def _relax_collector() -> None:
    """Nodes come and go by the ten thousand and hold no cycles: looking for some after every 700 of them takes a tenth
    of a plan's time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _open_journal(profile: Profile, link: Link, clock: Clock, *, ignores_case: bool) -> SqlJournal:
    """The journal; a damaged one is set aside and made anew: the next sync merges and deletes nothing."""
    try:
        return open_journal(profile.journal_path, link.namespace_id, ignores_case=ignores_case)
    except JournalDamaged as error:
        kept_at = set_aside(profile.journal_path, clock.now_ns())
        _log.warning("journal set aside as %s: %s", kept_at, error)
        journal = open_journal(profile.journal_path, link.namespace_id, ignores_case=ignores_case)
        with journal.transaction():
            told = f"it was damaged, lies in {kept_at.name} now, and was made anew by comparing everything"
            journal.add_activity([Activity(clock.now_ns() // 1_000_000, "journal", "", told)])
        return journal
