"""The daemon, seen from the GUI thread: requests go out, answers come in, nothing waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
LOOK_AGAIN_S: Final = 1.0
"""How often it is looked whether a daemon has come."""


class Failure(Struct, frozen=True):
    """Why there is no answer: a code as in ``sentences``, ``no-daemon`` if nobody is there."""

    code: str
    detail: str = ""


Otherwise = Callable[[Failure], None]


class _FailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Daemon(QObject):
    """Asks one profile's daemon, over as many connections as there are questions at a time.

    Signals:
        state_changed: the engine's state, an ``EngineState``; ``None`` when no daemon is there.
    """

    state_changed = Signal(object)

    def __init__(self, home: Path, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.home = home
        self._background = background
        self._idle: queue.SimpleQueue[ControlClient] = queue.SimpleQueue()
        self._end = threading.Event()
        self._watching: ControlClient | None = None

    # --- asking -------------------------------------------------------------------------------------------------

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

        def ask() -> control.Answer | None:
            with self._client() as client:
                return client.ask(request, ANSWER_WITHIN_S)

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

        def ask() -> None:
            with self._client() as client:
                for answer in client.stream(request, ANSWER_WITHIN_S):
                    if until is not None and until.is_set():
                        client.close()
                        return
                    self._background.deliver(owner, each, answer)

        self._background.run(_translated(ask), lambda _: then(), _told(otherwise), owner=owner)

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

        def ask() -> A:
            with self._client() as client:
                answer = client.ask(asked, ANSWER_WITHIN_S)
            if not isinstance(answer, control.Answered):
                raise DaemonGone
            return question.read(answer)

        self._background.run(_translated(ask), then, _told(otherwise), owner=owner)

    # --- watching -----------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """From now on ``state_changed`` tells of each change."""
        threading.Thread(target=self._watch, name="daemon-watch", daemon=True).start()

    def close(self) -> None:
        self._end.set()
        if (watching := self._watching) is not None:
            watching.hang_up()
        while not self._idle.empty():
            self._idle.get().close()

    def _watch(self) -> None:
        was_there: bool | None = None
        while not self._end.is_set():
            try:
                client = ControlClient.connect(self.home)
                if client is not None:
                    with client:
                        self._watching = client
                        for answer in client.stream(control.GetStatus(watch=True)):
                            if isinstance(answer, control.Status):
                                was_there = True
                                self._tell(answer.state)
            except Exception:  # noqa: BLE001 - whatever it is, it is looked again
                self._watching = None
            if was_there is not False:
                was_there = False
                self._tell(None)
            self._end.wait(LOOK_AGAIN_S)

    def _tell(self, state: EngineState | None) -> None:
        self._background.deliver(self, self.state_changed.emit, state)

    @contextmanager
    def _client(self) -> Iterator[ControlClient]:
        """One that is idle, or another one. Raises: _FailedError."""
        client = self._take()
        try:
            yield client
        except DaemonFailed:
            self._idle.put(client)
            raise
        except BaseException:
            client.close()
            raise
        else:
            if client.is_open and not self._end.is_set():
                self._idle.put(client)
            else:
                client.close()

    def _take(self) -> ControlClient:
        while not self._idle.empty():
            try:
                client = self._idle.get_nowait()
            except queue.Empty:
                break
            if client.is_alive():
                return client
            client.close()
        client_or_none = ControlClient.connect(self.home)
        if client_or_none is None:
            raise _FailedError(Failure(NO_DAEMON))
        return client_or_none


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
