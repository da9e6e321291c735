"""The daemon, seen from the GUI thread: requests go out, answers come in, nothing waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonFailed, DaemonGone
from sync_engine.control.questions import Question
from sync_engine.core.reports import EngineState

A = TypeVar("A")

NO_DAEMON: Final = "no-daemon"
UNREADABLE: Final = "unreadable-answer"
ANSWER_WITHIN_S: Final = 60.0
WORK_WITHIN_S: Final = 600.0
"""For what reads or writes as much as a file has, or waits for the server."""
_WORKS: Final = (
    control.ApplyHeld,
    control.AskServer,
    control.Exclude,
    control.Include,
    control.Resolve,
    control.RestoreHeld,
    control.SaveContent,
    control.Sync,
)
LOOK_AGAIN_S: Final = 1.0
"""How often it is looked whether a daemon has come."""
_log = logging.getLogger(__name__)


class Failure(Struct, frozen=True):
    """Why there is no answer: a code as in ``sentences``, ``no-daemon`` if nobody is there."""

    code: str
    detail: str = ""


Otherwise = Callable[[Failure], None]


class _FailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class _Connections:
    """To one profile's daemon, over as many connections as there are questions at a time. Thread: any. Holds nothing of
    Qt, for other threads may be the last to let go of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.end = threading.Event()
        self._idle: list[ControlClient] = []
        self._busy: set[ControlClient] = set()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Whoever waits for an answer gets none."""
        with self._lock:
            self.end.set()
            for client in self._busy:
                client.hang_up()
            for client in self._idle:
                client.close()
            self._idle.clear()

    @contextmanager
    def one(self) -> Iterator[ControlClient]:
        """One that is idle, or another one. Raises: _FailedError, if nobody is there."""
        client = self._take()
        try:
            yield client
        except DaemonFailed:
            self._give_back(client)
            raise
        except BaseException:
            self._drop(client)
            raise
        self._give_back(client)

    def _take(self) -> ControlClient:
        while (client := self._pop()) is not None:
            if client.is_alive():
                return client
            self._drop(client)
        client = ControlClient.connect(self.home)
        if client is None:
            raise _FailedError(Failure(NO_DAEMON))
        with self._lock:
            self._busy.add(client)
            if self.end.is_set():
                client.hang_up()
        return client

    def _pop(self) -> ControlClient | None:
        with self._lock:
            if not self._idle:
                return None
            client = self._idle.pop()
            self._busy.add(client)
            return client

    def _give_back(self, client: ControlClient) -> None:
        with self._lock:
            self._busy.discard(client)
            if client.is_open and not self.end.is_set():
                self._idle.append(client)
            else:
                client.close()

    def _drop(self, client: ControlClient) -> None:
        with self._lock:
            self._busy.discard(client)
        client.close()


class Daemon(QObject):
    """Asks one profile's daemon.

    Signals:
        state_changed: the engine's state, an ``EngineState``; ``None`` when no daemon is there.
    """

    state_changed = Signal(object)

    def __init__(self, home: Path, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._connections = _Connections(home)

    def ask(
        self,
        request: control.Request,
        then: Callable[[Any], None],
        otherwise: Otherwise | None = None,
        *,
        owner: QObject,
    ) -> None:
        """``then`` gets the last answer, ``None`` if there is nothing to say. Both are called in the GUI thread, unless
        ``owner`` is gone."""
        connections = self._connections

        def ask() -> control.Answer | None:
            with connections.one() as client:
                return client.ask(request, _patience_s(request))

        self._background.run(_translated(ask), then, _told(otherwise), owner=owner)

    def stream(
        self,
        request: control.Request,
        each: Callable[[Any], None],
        then: Callable[[], None],
        otherwise: Otherwise | None = None,
        *,
        owner: QObject,
        until: threading.Event | None = None,
    ) -> None:
        """``each`` gets every answer as it comes; when ``until`` is set, it is hung up with the next one."""
        connections = self._connections

        def ask(tell: Callable[[control.Answer], None]) -> None:
            with connections.one() as client:
                for answer in client.stream(request, _patience_s(request)):
                    if until is not None and until.is_set():
                        client.close()
                        return
                    tell(answer)

        def ask_translated(tell: Callable[[control.Answer], None]) -> None:
            _translated(partial(ask, tell))()

        self._background.run_telling(ask_translated, each, lambda _: then(), _told(otherwise), owner=owner)

    def ask_server(
        self,
        question: Question[Any, A],
        request: Struct | None,
        then: Callable[[A], None],
        otherwise: Otherwise | None = None,
        *,
        owner: QObject,
        subject: bytes | None = None,
    ) -> None:
        """The server, by way of the daemon."""
        asked = question.about(request, subject)
        connections = self._connections

        def ask() -> A:
            with connections.one() as client:
                answer = client.ask(asked, _patience_s(asked))
            if not isinstance(answer, control.Answered):
                raise DaemonGone
            return question.read(answer)

        self._background.run(_translated(ask), then, _told(otherwise), owner=owner)

    def watch(self) -> None:
        """From now on ``state_changed`` tells of each change."""
        self._background.start(partial(_watch, self._connections), self.state_changed.emit, owner=self)

    def close(self) -> None:
        self._connections.close()


def _patience_s(request: control.Request) -> float:
    return WORK_WITHIN_S if isinstance(request, _WORKS) else ANSWER_WITHIN_S


def _watch(connections: _Connections, tell: Callable[[EngineState | None], None]) -> None:
    was_there: bool | None = None
    while not connections.end.is_set():
        try:
            with connections.one() as client:
                for answer in client.stream(control.GetStatus(watch=True)):
                    if isinstance(answer, control.Status):
                        was_there = True
                        tell(answer.state)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked again
            _log.debug("the daemon is not watched: %s", error)
        if was_there is not False:
            was_there = False
            tell(None)
        connections.end.wait(LOOK_AGAIN_S)


def _translated(work: Callable[[], A]) -> Callable[[], A]:
    def call() -> A:
        try:
            return work()
        except DaemonFailed as error:
            raise _FailedError(Failure(error.code, error.detail)) from error
        except DaemonGone as error:
            raise _FailedError(Failure(NO_DAEMON)) from error
        except msgspec.MsgspecError as error:
            raise _FailedError(Failure(UNREADABLE, str(error))) from error

    return call


def _told(otherwise: Otherwise | None) -> Callable[[Exception], None]:
    def tell(error: Exception) -> None:
        if otherwise is not None:
            otherwise(error.failure if isinstance(error, _FailedError) else Failure("internal", str(error)))

    return tell
