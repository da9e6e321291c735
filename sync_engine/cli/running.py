"""What all commands share: the profile they work on, how they end, how they print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from sync_engine.cli.sentences import sentence
from sync_engine.control.address import default_home
from sync_engine.control.client import ControlClient, DaemonFailed, DaemonGone
from sync_engine.errors import (
    DamagedSettings,
    EngineError,
    NotLinked,
    RateLimited,
    Refused,
    SetupError,
    SignedOut,
    Unreachable,
    UpdateNeeded,
    WrongUsage,
)
from sync_engine.profile import Link, Profile

DONE: Final = 0
IN_PART: Final = 1
WRONG_USAGE: Final = 2
UNREACHABLE: Final = 3
NOT_ALLOWED: Final = 4
HELD: Final = 5

_NOT_ALLOWED_CODES: Final = {
    "not-signed-in",
    "session-ended",
    "wipe-under-way",
    "wrong-credentials",
    "wrong-sign-in",
    "password-needed",
    "second-factor-needed",
    "wrong-second-factor",
    "forbidden",
    "registration-closed",
    "invitation-needed",
}


_WHOLE_SENTENCES: Final = {kind.code for kind in (SetupError, DamagedSettings, NotLinked, WrongUsage)}
"""Errors of these codes bring what people read."""


class Exit(Exception):
    """End with this code; what there was to say was said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def exit_code(error: EngineError) -> int:
    """The contract's code for an error that ended a command."""
    match error:
        case SignedOut() | UpdateNeeded() | NotLinked():
            return NOT_ALLOWED
        case Refused(problem_code=code) if code in _NOT_ALLOWED_CODES:
            return NOT_ALLOWED
        case Unreachable() | RateLimited():
            return UNREACHABLE
        case WrongUsage():
            return WRONG_USAGE
        case _:
            return IN_PART


def one_line(error: BaseException) -> str:
    """What happened and what to do, for people."""
    if isinstance(error, SetupError) or (isinstance(error, DaemonFailed) and error.code in _WHOLE_SENTENCES):
        return str(error)
    if isinstance(error, DaemonFailed):
        return sentence(error.code, str(error))
    if isinstance(error, DaemonGone):
        return "Lockstep in the background ended meanwhile. Run `lockstep start`, and try again."
    if isinstance(error, Refused):
        return sentence(error.problem_code, str(error))
    if isinstance(error, EngineError):
        return sentence(error.code, str(error))
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}. Nothing was lost; mend that and try again."
    return f"{sentence('internal')} [{type(error).__name__}]"


@contextmanager
def told_as_json(*, wanted: bool) -> Iterator[None]:
    """If the block fails, standard output has why: ``{"code", "detail"}``. The line for people comes as ever."""
    try:
        yield
    except EngineError as error:
        if wanted:
            code = error.problem_code if isinstance(error, Refused) else error.code
            print_json({"code": code, "detail": one_line(error)})
        raise


def home_of(context: click.Context) -> Path:
    """``--home``, ``LOCKSTEP_HOME``, or the person's own place for such things."""
    return home_at(context.find_root().obj["home"])


def home_at(given: str | None) -> Path:
    """That place, or the person's own."""
    return Path(os.path.abspath(os.path.expanduser(given))) if given else default_home()


def profile_of(context: click.Context) -> Profile:
    """Raises: SetupError."""
    return Profile.open(home_of(context))


OWN_SERVER_AWAY: Final = "The server of this profile does not run. `lockstep up` starts it, and syncs."


def way_to_start(link: Link | None) -> str:
    """The command that has this profile's folder kept in step."""
    return "lockstep up" if link is not None and link.runs_server else "lockstep start"


def print_json(document: Any) -> None:
    """Exactly one JSON document on standard output. Bytes of names that are not UTF-8 stand in it as JSON's escapes."""
    text = json.dumps(msgspec.to_builtins(document, str_keys=True), ensure_ascii=False) + "\n"
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode())
    sys.stdout.flush()


def ask_password(*, from_stdin: bool, is_new: bool = False, said: str = "Password") -> str:
    """From standard input, or from the person at the terminal; twice if it is a new one."""
    if from_stdin:
        return _checked(sys.stdin.buffer.readline().rstrip(b"\r\n"))
    if not sys.stdin.isatty():
        click.echo("lockstep: There is no terminal to ask for the password. Use --password-stdin.", err=True)
        raise Exit(WRONG_USAGE)
    entered: str = click.prompt(said, hide_input=True, err=True, confirmation_prompt=is_new)
    return entered


def _checked(password: bytes) -> str:
    """Raises: WrongUsage."""
    if not password:
        raise WrongUsage("No password was given. Write it on the first line of standard input.")
    try:
        return password.decode()
    except UnicodeDecodeError:
        raise WrongUsage("This password is not UTF-8. Write it in that encoding.") from None


def refuse_while_running(profile: Profile) -> None:
    if client := ControlClient.connect(profile.home):
        client.close()
        raise SetupError("Lockstep runs in the background for this profile. Run `lockstep stop` first.")


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
