"""``verify`` and ``doctor``: is everything as it should be, and if not, what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import click

from sync_engine.cli.hints import say
from sync_engine.cli.running import (
    IN_PART,
    Exit,
    json_option,
    one_line,
    print_json,
    profile_of,
    refuse_while_running,
    way_to_start,
)
from sync_engine.cli.sentences import sentence
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.quantities import counted, show_size
from sync_engine.core.showing import showable
from sync_engine.errors import EngineError, SetupError
from sync_engine.profile import Profile

_LOW_DISK_BYTES = 500_000_000


@click.command()
@json_option
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Read the whole folder again and compare disk, journal and server. Changes nothing.

    Lockstep must not run for this profile meanwhile. Where `lockstep up` runs the server, it is there for as long.

    Example:  lockstep stop; lockstep verify
    """
    from sync_engine.cli.up import with_own_server
    from sync_engine.composition import open_device
    from sync_engine.engine.loop import Rhythm
    from sync_engine.engine.verifying import verify_folder

    profile = profile_of(context)
    link = profile.link()
    refuse_while_running(profile)
    with with_own_server(profile, link), open_device(profile, Rhythm(), watches=False) as device:
        entries = device.connected.remote.list_all("", recursive=True)
        found = verify_folder(device.filesystem, device.journal, entries, device.journal.excluded().keys())
    if as_json:
        print_json(found)
    else:
        for difference in found.differences:
            click.echo(f"{showable(difference.path)}: {difference.what}")
        click.echo(
            f"{counted(found.files, 'file')} ({show_size(found.bytes)}) read, {len(found.differences):,} differ."
        )
    raise Exit(IN_PART if found.differences else 0)


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """What is wrong here, and what to do.

    Example:  lockstep doctor
    """
    checks = list(_checks(profile_of(context)))
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            say(f"{'ok  ' if check['ok'] else 'BAD '} {check['check']}: {check['detail']}")
    if not all(check["ok"] for check in checks):
        raise Exit(IN_PART)


def _checks(profile: Profile) -> Iterator[dict[str, Any]]:
    def check(name: str, *, ok: bool, detail: str) -> dict[str, Any]:
        return {"check": name, "ok": ok, "detail": detail}

    try:
        link = profile.link()
    except SetupError as error:
        yield check("linked", ok=False, detail=str(error))
        return
    yield check("linked", ok=True, detail=f"{showable(link.folder)} on {link.server} as {showable(link.email)}")

    from sync_engine.adapters.keychain import open_keychain
    from sync_engine.connecting import connect

    try:
        yield check("tokens", ok=True, detail=f"kept in {open_keychain(profile.home).description()}")
        with connect(profile, link) as connected:
            account = connected.account.account()
        limit = f" of {show_size(account.quota_bytes)}" if account.quota_bytes else ""
        yield check("server", ok=True, detail=f"answers; {show_size(account.used_bytes)}{limit} used")
    except EngineError as error:
        yield check("server", ok=False, detail=one_line(error))

    marker = os.path.join(link.folder, ".lockstep", "root")
    if os.path.exists(marker):
        yield check("folder", ok=True, detail="there, and marked as this device's")
    else:
        yield check("folder", ok=False, detail=sentence("root-missing"))
    for name, place in (("disk of the folder", link.folder), ("disk of the profile", str(profile.home))):
        try:
            free = shutil.disk_usage(place).free
        except OSError:
            continue
        yield check(name, ok=free > _LOW_DISK_BYTES, detail=f"{show_size(free)} free")

    warning = ""
    client = ControlClient.connect(profile.home)
    if client is not None:
        with client:
            answer = client.ask(control.GetStatus())
        warning = answer.state.warning if isinstance(answer, control.Status) else ""
    runs = "runs" if client else f"does not run; `{way_to_start(link)}` starts it"
    yield check("background", ok=True, detail=runs)
    if warning:
        yield check("watches", ok=False, detail=sentence(warning))
    elif watches := _watch_limit():
        yield check("watches", ok=watches >= 65_536, detail=f"the system allows {watches:,} watched folders")


def _watch_limit() -> int | None:
    """On Linux, how many folders one user may watch."""
    try:
        with open("/proc/sys/fs/inotify/max_user_watches", encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
