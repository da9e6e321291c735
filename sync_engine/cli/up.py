"""``lockstep up``: server, account and device on this computer, in one go."""

from __future__ import annotations

import getpass
import os
import platform
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

import click
import msgspec

from sync_engine.cli.background import is_own_server_away, tell_state
from sync_engine.cli.hints import say
from sync_engine.cli.linking import link_device, refuse_containment
from sync_engine.cli.paths import PLACE
from sync_engine.cli.running import IN_PART, Exit, profile_of
from sync_engine.control.client import ControlClient
from sync_engine.control.program import lockstep
from sync_engine.core.showing import showable
from sync_engine.errors import WrongUsage
from sync_engine.profile import Link, Profile

DEFAULT_PORT: Final = 8700
_OWN: Final = "http://127.0.0.1:"
PASSWORD: Final = "account-password"  # noqa: S105 - its name in the keychain
_SIGN_IN_AT: Final = "sign in at "
_SERVER_WITHIN_S: Final = 60.0
SERVER_ENDS_WITHIN_S: Final = 10.0
WINDOW_ENDS_WITHIN_S: Final = 5.0


@click.command()
@click.option("--folder", metavar="DIR", type=PLACE, help="The folder to keep in step; else ~/Lockstep.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help=f"The server's; else that of the last time, first {DEFAULT_PORT}."
)
@click.option("--no-gui", is_flag=True, help="No window and no tray.")
@click.option("--open", "opens", is_flag=True, help="Open the folder's page in the browser.")
@click.pass_context
def up(context: click.Context, folder: str | None, port: int | None, no_gui: bool, opens: bool) -> None:
    """All of it on this computer: server, account, device. For trying it out, and for one person at home.

    A second run finds everything again. Ctrl-C ends it.

    Example:  lockstep up --folder ~/Lockstep
    """
    if folder == "":
        raise WrongUsage("--folder needs the path of a folder, such as ~/Lockstep.")
    profile = profile_of(context)
    with ExitStack() as alone:
        alone.enter_context(profile.alone())  # until it answers, so that nobody starts the device meanwhile
        _bring_up(profile, folder, port, opens=opens, no_gui=no_gui, on_ready=alone.close)


def _bring_up(
    profile: Profile, folder: str | None, port: int | None, *, opens: bool, no_gui: bool, on_ready: Callable[[], None]
) -> None:
    if client := ControlClient.connect(profile.home):
        client.close()
        say("lockstep: It runs already for this profile. `lockstep status` shows how it is doing.", err=True)
        raise Exit(IN_PART)
    data = data_of_server(profile)
    known = profile.settings().link
    place = os.path.abspath(os.path.expanduser(folder or (known.folder if known else "~/Lockstep")))
    refuse_containment(profile, str(data), place)
    if known is not None and known.folder != place:
        bound = f"lockstep: This profile is bound to {showable(known.folder)}."
        say(f"{bound} `lockstep unlink --keep-files` unlinks it.", err=True)
        raise Exit(IN_PART)
    if known is not None and not known.server.startswith(_OWN):
        say(
            f"lockstep: This profile is linked to {showable(known.server)}. Start it with `lockstep start`, or choose "
            "another profile with --home.",
            err=True,
        )
        raise Exit(IN_PART)
    port = port or (int(known.server.removeprefix(_OWN)) if known is not None else DEFAULT_PORT)
    address = f"{_OWN}{port}"
    stop = threading.Event()
    for number in _ends_by():
        signal.signal(number, lambda *_: stop.set())
    with _server(profile, data, port, known.email if known else None) as sign_in_path:
        email, password = _account(profile, data)
        path = sign_in_path or new_sign_in_path(data, email)
        link_now = known or link_device(profile, address, email, password, folder=place)
        _remember(profile, link_now, address)
        _tell_all(profile, address, place, email, password, path, opens=opens, no_gui=no_gui)
        _run(profile, stop, on_ready, has_window=not no_gui and _has_display() and _can_show_windows())


def data_of_server(profile: Profile) -> Path:
    """The directory of the server that is brought up for this profile."""
    return profile.home.with_name(f"{profile.home.name}-server" if profile.home.name != "profile" else "server")


def _ends_by() -> list[signal.Signals]:
    """A terminal that is closed hangs up, which `nohup` has switched off."""
    hang_up = [signal.SIGHUP] if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL else []
    return [signal.SIGTERM, signal.SIGINT, *hang_up]


def _remember(profile: Profile, link: Link, address: str) -> None:
    """It is this server that the device belongs to, perhaps at another port than before."""
    ours = msgspec.structs.replace(link, server=address, runs_server=True)
    if ours != link:
        with profile.change_settings() as settings:
            settings.link = ours


def _run(profile: Profile, stop: threading.Event, on_ready: Callable[[], None], *, has_window: bool) -> None:
    from sync_engine.daemon import run_daemon

    with ExitStack() as stack:

        def tell_ready() -> None:
            on_ready()
            if has_window:
                stack.enter_context(_window(profile))

        run_daemon(profile, stop, on_ready=tell_ready, on_state=tell_state)
    say("Stopped. Nothing is lost; the next run goes on from here.")


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _can_show_windows() -> bool:
    """Whether the desktop application is installed, with what it needs. Nothing of it is loaded here."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    return bool(entry_points(group="lockstep.commands", name="desktop")) and find_spec("PySide6") is not None


@contextmanager
def _window(profile: Profile) -> Iterator[subprocess.Popen[bytes]]:
    """Tray and window as a child process, which ends with the block. Whoever quits them before ends nothing else."""
    with (profile.log_directory / "desktop.out").open("wb") as told:
        process = subprocess.Popen(
            lockstep("--home", str(profile.home), "desktop", "--until-input-ends"),
            stdin=subprocess.PIPE,  # as with the server: it ends with this process, even if that is killed
            stdout=told,
            stderr=told,
            start_new_session=True,  # Ctrl-C is for us
        )
    try:
        yield process
    finally:
        _end(process, WINDOW_ENDS_WITHIN_S)


def _end(process: subprocess.Popen[Any], within_s: float) -> None:
    process.terminate()
    try:
        process.wait(timeout=within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


@contextmanager
def with_own_server(profile: Profile, link: Link) -> Iterator[None]:
    """While the block lasts, the server that ``up`` brings for this profile runs, if it is linked to such a one."""
    with ExitStack() as stack:
        if is_own_server_away(link):
            port = int(link.server.removeprefix(_OWN))
            stack.enter_context(_server(profile, data_of_server(profile), port, None))
        yield


@contextmanager
def _server(profile: Profile, data: Path, port: int, email: str | None) -> Iterator[str]:
    """The server as a child process, for as long as the block lasts. Gives the path on it where a browser signs in to
    this account, "" if it told none. Raises: Exit if it does not come up."""
    profile.log_directory.mkdir(mode=0o700, exist_ok=True)
    wanted = [] if email is None else ["--sign-in-link", email]
    with (profile.log_directory / "server.out").open("wb") as errors:
        process = subprocess.Popen(
            lockstep("server", "--data", str(data), "--port", str(port), "--until-input-ends", *wanted),
            stdin=subprocess.PIPE,  # nothing is written to it: it ends with this process, even if that is killed
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C is for us: the server ends after the device has
            text=True,
        )
    try:
        import sync_engine.daemon  # noqa: F401 - loaded while the server starts

        assert process.stdout is not None
        yield _await_ready(process, process.stdout, profile, port)
    finally:
        _end(process, SERVER_ENDS_WITHIN_S)


def _to_paste() -> str:
    """What calls this Lockstep from any shell and folder."""
    script = Path(sys.executable).with_name("lockstep")
    return " ".join(map(shlex.quote, [str(script)] if script.exists() else lockstep()))


def _await_ready(process: subprocess.Popen[str], output: IO[str], profile: Profile, port: int) -> str:
    ready = threading.Event()
    paths = [""]

    def read() -> None:
        for line in output:
            if line.startswith(_SIGN_IN_AT):
                paths.append(line.removeprefix(_SIGN_IN_AT).strip())
            elif line.startswith("listening on"):
                ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    waited = 0.0
    while not ready.wait(0.1):
        waited += 0.1
        if process.poll() is not None or waited > _SERVER_WITHIN_S:
            last = (profile.log_directory / "server.out").read_text(errors="replace").strip().splitlines()
            fallback = f"lockstep: The server on port {port} did not start."
            click.echo(last[-1] if last else fallback, err=True)
            raise Exit(IN_PART)
    return paths[-1]


def _account(profile: Profile, data: Path) -> tuple[str, str]:
    """The one account of this server; made at the first run, its password kept in the keychain."""
    from sync_engine.adapters.keychain import open_keychain

    keychain = open_keychain(profile.home)
    known = profile.settings().link
    user = re.sub(r"[^a-z0-9._-]", "", getpass.getuser().lower()) or "me"
    host = re.sub(r"[^a-z0-9.-]", "", platform.node().lower()).strip(".-") or "computer"
    email = known.email if known else f"{user}@{host if '.' in host else host + '.home'}"
    password = keychain.read(PASSWORD)
    if password is not None:
        return email, password
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    done = subprocess.run(
        lockstep("server", "--data", str(data), "user", "add", email, "--admin", "--password-stdin"),
        input=password + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:  # an earlier first run was interrupted in between, or the keychain was lost
        done = subprocess.run(
            lockstep("server", "--data", str(data), "user", "password", email, "--password-stdin"),
            input=password + "\n",
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        click.echo(
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "No account could be made.", err=True
        )
        raise Exit(IN_PART)
    keychain.write(PASSWORD, password)
    return email, password


def new_sign_in_path(data: Path, email: str) -> str:
    """Where a browser signs in to the account, once; "" if none could be made, which is the server's first page."""
    command = lockstep("server", "--data", str(data), "user", "link", email)
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    return urlsplit(made.stdout.strip()).path if made.returncode == 0 else ""


def _tell_all(
    profile: Profile, address: str, folder: str, email: str, password: str, path: str, *, opens: bool, no_gui: bool
) -> None:
    sign_in = address + path
    port = address.rsplit(":", 1)[1]
    here = socket.gethostname()
    link = f"link {address} --email {shlex.quote(email)} --password-stdin"
    command, shown = _to_paste(), shlex.quote(password)
    second_home = shlex.quote(str(profile.home) + "-2")
    click.echo(f"""
Folder:   {showable(folder)}
Server:   {address}
Sign in:  {sign_in}
          (good for one sign-in within an hour; the next run prints another)

A second device on this computer, to see it work:
  echo {shown} | {command} --home {second_home} {link} --folder {shlex.quote(folder + "-2")} --device second
  {command} --home {second_home} start

A device on another computer, where Lockstep is installed and which reaches this one by ssh:
  ssh -f -N -L {port}:127.0.0.1:{port} {getpass.getuser()}@{here}
  echo {shown} | lockstep {link} --folder ~/Lockstep
  lockstep start
""")
    if not no_gui and not _has_display():
        click.echo("There is no display: it runs without a window.")
    if opens:
        webbrowser.open(sign_in)
