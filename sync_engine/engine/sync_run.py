"""One ``sync`` that somebody waits for."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sync_engine.core.reports import PathProblem, SyncReport
from sync_engine.engine.loop import Loop
from sync_engine.ports import Clock

GIVE_UP_AFTER = 3
"""A sync that a person waits for stops trying to reach the server after this many failures in a row."""
GIVE_UP_BEFORE_S = 60.0
"""And it does not sit through a longer wait, as a server asks for that is overloaded."""

_log = logging.getLogger(__name__)


class SyncRun:
    """Over when everything is in step, or when going on makes no sense."""

    def __init__(self, loop: Loop, clock: Clock, done: Callable[[SyncReport], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._done = done
        self._started = clock.monotonic()
        loop.lanes.count_anew()
        loop.refresh()

    def check(self) -> bool:
        """Whether it is over; then ``done`` was called."""
        loop = self._loop
        state = loop.connection.state
        has_failed = state == "offline" and (
            loop.connection.failures >= GIVE_UP_AFTER or loop.connection.wait_s() > GIVE_UP_BEFORE_S
        )
        is_stuck = has_failed or state in {"signed-out", "update-needed"} or loop.disk.root_error is not None
        is_stuck = is_stuck or loop.is_paused
        if loop.position.is_busy or not (loop.is_settled() or (is_stuck and loop.is_idle())):
            return False
        loop.tidy()
        self._done(self._report())
        return True

    def _report(self) -> SyncReport:
        loop = self._loop
        report = loop.lanes.tally.report()
        report.seconds = round(self._clock.monotonic() - self._started, 3)
        report.problems = [PathProblem(p.path, p.code, p.detail) for p in loop.problems.all()]
        report.held = loop.strategy.held()
        if loop.disk.root_error is not None:
            report.state = "partial"
            report.problems.insert(0, PathProblem("", loop.disk.root_error.code, str(loop.disk.root_error)))
        elif loop.connection.state == "signed-out":
            report.state = "signed-out"
        elif loop.connection.state == "update-needed":
            report.state = "signed-out"
            report.problems.insert(0, PathProblem("", loop.connection.reason, loop.connection.detail))
        elif loop.is_paused:
            report.state = "partial"
            report.problems.insert(0, PathProblem("", "paused"))
        elif loop.connection.state != "online":
            report.state = "offline"
            report.problems.insert(0, PathProblem("", loop.connection.reason))
        elif report.held is not None:
            report.state = "held"
        elif report.problems:
            report.state = "partial"
        elif left := loop.lanes.put_off():
            _log.error("nothing is left to do, and yet these are not in step: %s", sorted(map(bytes.hex, left)))
            report.state = "partial"
            report.problems.append(PathProblem("", "standstill"))
        return report
