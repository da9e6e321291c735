"""What the daemon answers its clients."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast

from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState
from sync_engine.daemon import Requests
from sync_engine.engine.asking import Asking


class Engine:
    """Answers at once, each state once and the last for ever."""

    def __init__(self, *states: EngineState) -> None:
        self._states = list(states)

    def post(self, call: Callable[[], None]) -> None:
        call()

    def state_now(self) -> EngineState:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]


class Faces:
    def renewals(self) -> int:
        return 0


def test_who_watches_is_told_of_each_state_once() -> None:
    stop = threading.Event()
    told: list[str] = []

    def answer(message: control.Answer) -> None:
        assert isinstance(message, control.Status)
        told.append(message.state.state)
        if message.state.state == "paused":
            stop.set()

    idle, busy, paused = (EngineState(state=state) for state in ("in-step", "syncing", "paused"))
    engine = cast("Any", Engine(idle, idle, busy, busy, paused))
    Requests(engine, Asking(engine), cast("Any", Faces()), stop).handle(control.GetStatus(watch=True), answer)
    assert told == ["in-step", "syncing", "paused"]
