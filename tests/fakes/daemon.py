"""A daemon for windows to ask: a real control socket, and behind it what a test says there is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from server_api.contract.names import fold
from sync_engine.control import messages as control
from sync_engine.control.address import socket_path
from sync_engine.control.messages import Answer, Item, Request
from sync_engine.control.questions import QUESTIONS, Question
from sync_engine.control.server import ControlServer
from sync_engine.core.reports import EngineState
from sync_engine.errors import Refused, WrongUsage

PROFILE = control.ProfileNow(
    server="http://127.0.0.1:8700",
    email="ada@example.org",
    device_name="Laptop",
    device_id=bytes(16),
    folder="/nonexistent/Lockstep",
    home="/nonexistent/profile",
    runs_server=True,
)


_NOTHING: dict[type[Any], Answer] = {
    control.GetActivity: control.Activities([]),
    control.GetConflicts: control.Conflicts([]),
    control.GetHeld: control.HeldNow(None),
    control.GetProblems: control.Problems([]),
}


class FakeDaemon:
    """Answers what it was told to, and remembers what it was asked.

    Attributes:
        folders: path of a folder to what is in it.
        answers: type of a control request to what answers it: an answer, several, or a call that gets the request.
        server: name of a question to a call that gets the request, and the subject, and gives the answer.
        asked: all requests but those of the watcher.
    """

    def __init__(self, home: Path, state: EngineState | None = None) -> None:
        self.state = state or EngineState(state="in-step", files=12_408, used_bytes=84_200_000_000)
        self.profile = msgspec.structs.replace(PROFILE, home=str(home))
        self.folders: dict[str, list[Item]] = {"": []}
        self.answers: dict[type[Any], Any] = {}
        self.server: dict[str, Callable[[Any, bytes | None], Any]] = {}
        self.asked: list[Request] = []
        self._changed = threading.Condition()
        self._is_closed = False
        self._server = ControlServer(socket_path(home), self)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._server.close()

    def set_state(self, state: EngineState) -> None:
        """Whoever watches is told."""
        with self._changed:
            self.state = state
            self._changed.notify_all()

    def touch(self) -> None:
        """Something in the tree has changed."""
        self.set_state(msgspec.structs.replace(self.state, changes=self.state.changes + 1))

    def answer_server(self, question: Question[Any, Any], answer: Callable[[Any, bytes | None], Any]) -> None:
        self.server[question.name] = answer

    def asked_for(self, kind: type[Any]) -> list[Any]:
        return [request for request in self.asked if isinstance(request, kind)]

    def handle(self, request: Request, answer: Callable[[Answer], None]) -> None:
        if isinstance(request, control.GetStatus):
            self._watch(request, answer)
            return
        if isinstance(request, control.Hello):
            answer(control.Welcome("1.0", control.PROTOCOL, 1))
            return
        self.asked.append(request)
        if type(request) not in self.answers:
            self._answer_as_usual(request, answer)
            return
        given = self.answers[type(request)]
        given = given(request) if callable(given) else given
        for each in given if isinstance(given, list) else [given]:
            if each is not None:
                answer(each)

    def _answer_as_usual(self, request: Request, answer: Callable[[Answer], None]) -> None:
        match request:
            case control.GetProfile():
                answer(self.profile)
            case control.GetActivity() | control.GetConflicts() | control.GetHeld() | control.GetProblems():
                answer(_NOTHING[type(request)])
            case control.ListFolder(path=path):
                if path not in self.folders:
                    raise Refused("no such folder", "not-found", 404)
                items = self.folders[path]
                for start in range(0, len(items), 2_000):
                    answer(control.Items(items[start : start + 2_000]))
            case control.FindItems(text=text, limit=limit):
                found = [
                    msgspec.structs.replace(item, name=f"{path}/{item.name}".lstrip("/"))
                    for path, items in self.folders.items()
                    for item in items
                    if text and fold(text) in fold(item.name)
                ]
                answer(control.Items(found[:limit], is_cut=len(found) > limit))
            case control.AskServer(question=name, subject=subject, body=body):
                if name not in QUESTIONS:
                    raise WrongUsage(f"The server is not asked “{name}” here.")
                if name not in self.server:
                    raise Refused(f"nothing answers {name}", "not-found", 404)
                asked = None if body is None else msgspec.msgpack.decode(body, type=QUESTIONS[name].request)
                given = self.server[name](asked, subject)
                answer(control.Answered(b"" if given is None else msgspec.msgpack.encode(given)))

    def _watch(self, request: control.GetStatus, answer: Callable[[Answer], None]) -> None:
        said = self.state
        answer(control.Status(said))
        while request.watch:
            with self._changed:
                while self.state is said and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return
                said = self.state
            answer(control.Status(said))


def item(name: str, kind: Any = "file", size: int = 0, **fields: Any) -> Item:
    """One as most are: in step, here and on the server."""
    usual: dict[str, Any] = {
        "changed_at": None if kind == "folder" else 1_790_000_000_000,
        "state": "in-step",
        "is_here": True,
        "is_on_server": True,
    }
    return Item(name=name, kind=kind, size=size, **(usual | fields))
