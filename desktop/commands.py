"""What Lockstep's own programs do for the windows: link, start, look at a folder. All of it waits: call it in the
background."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, Final

import msgspec
from msgspec import Struct

from server_api.contract.reading import from_json, from_plain
from sync_engine.control.client import ControlClient, DaemonGone
from sync_engine.control.program import lockstep

_PORTS: Final = range(8700, 8800)
"""Where a server of this computer may listen."""
START_WITHIN_S: Final = 120.0
_WHO_SAYS_SO: Final = re.compile(r"^lockstep[a-z ]*: ")
_LOOK_EACH_S: Final = 0.1
STOPPED: Final = "stopped"
_FAILED: Final = "failed"


_left_running: list[subprocess.Popen[bytes]] = []
"""What goes on without us; held, so that it is heard of its end."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What a person wants this profile linked to."""

    server: str
    email: str
    password: str
    folder: str
    create_account: bool = False
    totp: str = ""
    invite: str = ""
    insecure_http: bool = False
    ca_file: str = ""
    take_over: bool = False


class Linked(Struct, frozen=True):
    """The part of a profile's settings that says where it belongs."""

    server: str
    email: str
    folder: str
    runs_server: bool = False
    """The server is this computer's own."""
    insecure_http: bool = False
    ca_file: str | None = None


class Ended(Struct, frozen=True):
    """How a program ended: ``code`` is "" if it did what it was to do, ``stopped`` if it was told to end, else as in
    ``sentences``, and ``failed`` where the program told none; ``detail`` is its own sentence."""

    code: str = ""
    detail: str = ""

    @property
    def is_done(self) -> bool:
        return not self.code


class Found(Struct, frozen=True):
    """What is in a folder that may be linked; with a ``code`` it may not."""

    files: int = 0
    bytes: int = 0
    exists: bool = False
    code: str = ""
    detail: str = ""


def program(home: Path, *words: str) -> list[str]:
    """The command that calls ``lockstep`` for a profile."""
    return lockstep("--home", str(home), *words)


def linked_to(home: Path) -> Linked | None:
    """What the profile is linked to; ``None`` if it is not. Reads one small file."""
    try:
        settings = from_json((home / "settings.json").read_bytes(), dict[str, Any])
        return from_plain(settings["link"], Linked)
    except (OSError, LookupError, msgspec.MsgspecError):
        return None


def is_linked(home: Path) -> bool:
    """Whether the profile is a device of an account."""
    return linked_to(home) is not None


def start_daemon(home: Path) -> Ended:
    """What keeps the linked folder in step, with the server if that is this computer's own. Returns once it answers."""
    return Commands(home).start_daemon()


class Commands:
    """One profile's. Thread: any."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start_daemon(self) -> Ended:
        known = linked_to(self.home)
        if known is not None and known.runs_server:
            return self.start_own_server()
        return self._run("start")

    def start_own_server(self, folder: str = "", until: Event | None = None) -> Ended:
        """Server, account and device on this computer, in a process that goes on without us."""
        if self._answers():
            return Ended()
        logs = self.home / "logs"
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        output = logs / "up.out"
        port = [] if is_linked(self.home) else ["--port", str(_free_port())]
        words = ["up", "--no-gui", *port, *(["--folder", folder] if folder else [])]
        with output.open("wb") as file:
            process = subprocess.Popen(
                program(self.home, *words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # the account's password is said there
                stderr=file,
                start_new_session=True,
            )
        _left_running.append(process)
        ends_at = time.monotonic() + START_WITHIN_S
        while time.monotonic() < ends_at and not (until is not None and until.is_set()):
            if self._answers():
                return Ended()
            try:
                process.wait(timeout=_LOOK_EACH_S)
            except subprocess.TimeoutExpired:
                continue
            return Ended(_FAILED, _last_line(output.read_text(errors="replace")))
        process.terminate()
        process.wait()
        return Ended(STOPPED) if until is not None and until.is_set() else Ended(_FAILED)

    def stop_daemon(self) -> Ended:
        """Returns once it has ended."""
        ended = self._run("stop")
        _left_running[:] = [process for process in _left_running if process.poll() is None]
        return ended

    def unlink(self) -> Ended:
        """The files stay."""
        return self._run("unlink", "--keep-files")

    def link(self, wanted: Wanted, until: Event | None = None) -> Ended:
        """The password goes by standard input. ``until``: set, it is given up."""
        words = ["link", wanted.server, "--email", wanted.email, "--folder", wanted.folder]
        for option, value in (("--totp", wanted.totp), ("--invite", wanted.invite), ("--ca-file", wanted.ca_file)):
            words += [option, value] if value else []
        for option, is_given in (
            ("--create-account", wanted.create_account),
            ("--insecure-http", wanted.insecure_http),
            ("--take-over", wanted.take_over),
        ):
            words += [option] if is_given else []
        return self._run(*words, "--password-stdin", "--json", text_in=wanted.password + "\n", until=until)

    def choose_password(self, new: str) -> Ended:
        """In place of the one that was made up for this computer's own server. It goes by standard input."""
        return self._run("account", "password", "--kept", "--password-stdin", "--json", text_in=new + "\n")

    def sign_in_link(self) -> str | Ended:
        """An address that signs a browser in once, where the server is this computer's own."""
        code, out, err = self._call(["account", "sign-in-link"])
        return out.strip() if code == 0 else Ended(_FAILED, _last_line(err))

    def look_at(self, wanted: Wanted, until: Event | None = None) -> Found:
        """Whether the folder can be linked, and what is in it."""
        words = ["link", wanted.server, "--email", wanted.email, "--folder", wanted.folder, "--dry-run", "--json"]
        words += ["--take-over"] if wanted.take_over else []
        code, out, err = self._call(words, until=until)
        try:
            return from_json(out, Found)
        except msgspec.MsgspecError:
            return Found(code=STOPPED if code is None else _FAILED, detail=_last_line(err))

    def _run(self, *words: str, text_in: str = "", until: Event | None = None) -> Ended:
        code, out, err = self._call(words, text_in=text_in, until=until)
        if code is None:
            return Ended(STOPPED)
        if code == 0:
            return Ended()
        try:
            document: dict[str, Any] = json.loads(out)
            return Ended(str(document["code"]), str(document.get("detail", "")))
        except (ValueError, LookupError, TypeError):
            return Ended(_FAILED, _last_line(err))

    def _call(
        self, words: list[str] | tuple[str, ...], *, text_in: str = "", until: Event | None = None
    ) -> tuple[int | None, str, str]:
        """Exit code, ``None`` if it was given up; standard output; standard error."""
        process = subprocess.Popen(
            program(self.home, *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        given: str | None = text_in
        with process:
            while True:
                try:
                    out, err = process.communicate(given, timeout=_LOOK_EACH_S)
                except subprocess.TimeoutExpired:
                    given = None  # it has it
                    if until is not None and until.is_set():
                        process.terminate()
                        process.communicate()
                        return None, "", ""
                else:
                    return process.returncode, out, err

    def _answers(self) -> bool:
        try:
            client = ControlClient.connect(self.home)
        except DaemonGone:
            return False
        if client is None:
            return False
        client.close()
        return True


def _free_port() -> int:
    """The usual one, unless another program, or another person's Lockstep, listens there; ``up`` remembers it."""
    for port in _PORTS:
        with closing(socket.socket()) as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return _PORTS[0]


def _last_line(text: str) -> str:
    """Of a program that failed: what it says to people."""
    lines = text.strip().splitlines()
    return _WHO_SAYS_SO.sub("", lines[-1]) if lines else ""
