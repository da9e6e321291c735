"""``daemon``, ``start``, ``stop``, ``pause``, ``resume``: the process that keeps the folder in step."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from sync_engine.cli.hints import say
from sync_engine.cli.running import IN_PART, OWN_SERVER_AWAY, UNREACHABLE, Exit, profile_of, way_to_start
from sync_engine.cli.sentences import sentence
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonGone
from sync_engine.control.program import lockstep
from sync_engine.core.reports import EngineState
from sync_engine.profile import Link, Profile

START_WITHIN_S: Final = 20.0
STOP_WITHIN_S: Final = 15.0


@click.command()
@click.pass_context
def daemon(context: click.Context) -> None:
    """Watch and sync in the foreground until ended; one line per change of state.

    Example:  lockstep daemon
    """
    from sync_engine.daemon import run_daemon

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_daemon(profile_of(context), stop, on_state=tell_state)


def tell_state(state: EngineState) -> None:
    reason = f": {sentence(state.reason)}" if state.reason else ""
    say(f"{state.state}{reason}")
    if state.warning:
        say(sentence(state.warning))


@click.command()
@click.pass_context
def start(context: click.Context) -> None:
    """Watch and sync in the background.

    Example:  lockstep start
    """
    profile = profile_of(context)
    with profile.alone():
        link = profile.link()
        if _who_answers(profile) is not None:
            click.echo("It runs already.")
            return
        if is_own_server_away(link):
            say(f"lockstep: {OWN_SERVER_AWAY}", err=True)
            raise Exit(UNREACHABLE)
        start_in_background(profile)
    say("Lockstep runs in the background. `lockstep status` shows how it is doing.")


def is_own_server_away(link: Link) -> bool:
    """Whether `lockstep up` brings this device's server, and nothing listens at its address now."""
    address = urlsplit(link.server)
    if link.runs_server:
        try:
            socket.create_connection((address.hostname or "", address.port or 80), timeout=2.0).close()
        except OSError:
            return True
    return False


def start_in_background(profile: Profile) -> None:
    """Start the daemon and wait until it answers. Raises: Exit, after its last words were shown."""
    profile.log_directory.mkdir(mode=0o700, exist_ok=True)
    output = profile.log_directory / "daemon.out"
    with output.open("wb") as file:
        process = subprocess.Popen(
            lockstep("--home", str(profile.home), "daemon"),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=True,
            cwd="/" if sys.platform != "win32" else None,
        )
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until:
        if (pid := _who_answers(profile)) is not None:
            if pid != process.pid:  # another one was quicker; ours waits for the folder, and must not get it later
                process.kill()
                process.wait()
            return
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        lines = output.read_text(errors="replace").strip().splitlines()
        last = lines[-1] if lines else "lockstep: The daemon ended at once. Look into its log."
        say(last.replace(f" --home {shlex.quote(str(profile.home))} ", " "), err=True)  # it was told, not the person
        raise Exit(process.returncode or IN_PART)
    click.echo(f"lockstep: The daemon does not answer. Look into {profile.log_directory}.", err=True)
    raise Exit(IN_PART)


@click.command()
@click.pass_context
def stop(context: click.Context) -> None:
    """End the background process, or `lockstep up` with its server. Nothing is lost; it goes on where it was.

    Example:  lockstep stop
    """
    profile = profile_of(context)
    link = profile.settings().link
    if not end_background(profile):
        click.echo("It does not run.")
    elif link is not None and link.runs_server:
        say("Stopped, and with it the server of this computer. `lockstep up` starts both again.")
    else:
        say("Stopped. `lockstep start` starts it again.")


def end_background(profile: Profile) -> bool:
    """End the daemon and wait until it has. Returns whether one ran. Raises: Exit, if it takes too long."""
    client = ControlClient.connect(profile.home)
    if client is None:
        return False
    with client, suppress(DaemonGone):  # it may be gone before its answer is: that is what was asked for
        client.ask(control.Stop())
    until = time.monotonic() + STOP_WITHIN_S
    while time.monotonic() < until:
        # It lets go of the folder, and of its server, before it ends.
        if _who_answers(profile) is None and not _is_alive(client.welcome.pid):
            return True
        time.sleep(0.05)
    click.echo("lockstep: The daemon is still busy ending.", err=True)
    raise Exit(IN_PART)


def _who_answers(profile: Profile) -> int | None:
    """The daemon's process, if one runs."""
    try:
        client = ControlClient.connect(profile.home)
    except DaemonGone:  # it hangs
        return None
    if client is None:
        return None
    with client:
        return client.welcome.pid


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@click.command()
@click.pass_context
def pause(context: click.Context) -> None:
    """No traffic until `lockstep resume`. Changes are still noticed.

    Example:  lockstep pause
    """
    _ask(context, control.Pause())
    click.echo("Paused.")


@click.command()
@click.pass_context
def resume(context: click.Context) -> None:
    """Go on after `lockstep pause`.

    Example:  lockstep resume
    """
    _ask(context, control.Resume())
    click.echo("Resumed.")


def _ask(context: click.Context, request: control.Request) -> None:
    profile = profile_of(context)
    client = ControlClient.connect(profile.home)
    if client is None:
        way = way_to_start(profile.settings().link)
        say(f"lockstep: Nothing runs in the background. `{way}` starts it.", err=True)
        raise Exit(IN_PART)
    with client:
        client.ask(request)
