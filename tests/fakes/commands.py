"""Lockstep's own programs, as windows call them, without any process."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from desktop.commands import STOPPED, Commands, Ended, Found, Wanted


class FakeCommands(Commands):
    """Attributes:
    links: how the next calls of ``link`` end; then they are done.
    found: what is in each folder; others are empty, and to be made.
    may_start: the daemon starts when it is set.
    holds: set, ``link`` and ``start_own_server`` wait until they are told to stop.
    called: what was called, in order.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.links: list[Ended] = []
        self.found: dict[str, Found] = {}
        self.holds = False
        self.start = Ended()
        self.may_start = Event()
        self.may_start.set()
        self.called: list[str] = []
        self.wanted: list[Wanted] = []
        self.own_folder = ""

    def start_daemon(self) -> Ended:
        self.called.append("start")
        assert self.may_start.wait(10)
        return self.start

    def stop_daemon(self) -> Ended:
        self.called.append("stop")
        return Ended()

    def unlink(self) -> Ended:
        self.called.append("unlink")
        return Ended()

    def start_own_server(self, folder: str = "", until: Event | None = None) -> Ended:
        self.called.append("own")
        self.own_folder = folder
        return self._held(until) or self.start

    def link(self, wanted: Wanted, until: Event | None = None) -> Ended:
        self.called.append("link")
        self.wanted.append(wanted)
        return self._held(until) or (self.links.pop(0) if self.links else Ended())

    def look_at(self, wanted: Wanted, until: Event | None = None) -> Found:
        return self.found.get(wanted.folder, Found())

    def _held(self, until: Event | None) -> Ended | None:
        if not self.holds:
            return None
        assert until is not None
        return Ended(STOPPED) if until.wait(60) else None
