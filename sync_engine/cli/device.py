"""``unlink`` and ``devices``: this device, and the others of its account."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from server_api.contract.devices import Device, Wipe
from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.cli.background import end_background
from sync_engine.cli.hints import say
from sync_engine.cli.running import IN_PART, Exit, ask_password, json_option, print_json, profile_of
from sync_engine.core.model import DeviceId
from sync_engine.core.quantities import counted, show_duration
from sync_engine.core.showing import showable
from sync_engine.errors import RemoteError, WrongUsage
from sync_engine.profile import Profile

_JUST_NOW_S: Final = 240
"""The server writes it down every two minutes at most, and a device that waits for news asks once a minute."""


@click.command()
@click.option("--keep-files/--remove-files", default=True, help="Whether the folder's files stay on this device.")
@click.pass_context
def unlink(context: click.Context, keep_files: bool) -> None:
    """Sign this device out and forget the folder. The server keeps everything; files stay here unless told otherwise.

    Example:  lockstep unlink --keep-files
    """
    from sync_engine.composition import alone_with_root
    from sync_engine.connecting import connect

    profile = profile_of(context)
    with profile.alone():
        link = profile.link()
        end_background(profile)
        stayed = 0 if keep_files else _remove_files(profile)
        with alone_with_root(link) as is_ours:
            with connect(profile, link) as connected:
                try:
                    connected.account.sign_out()
                except RemoteError:
                    click.echo("The server could not be told; revoke this device from another one.", err=True)
            with profile.change_settings() as settings:
                settings.link = settings.wiping = None
            for name in ("journal.db", "journal.db-wal", "journal.db-shm", "excluded.json", "signed-out"):
                (profile.home / name).unlink(missing_ok=True)
            shutil.rmtree(profile.views_directory, ignore_errors=True)
            if is_ours:
                (Path(link.folder) / PRIVATE_FOLDER / "root").unlink(missing_ok=True)
    click.echo(f"{showable(link.folder)} is not kept in step any more.")
    if stayed:
        click.echo(f"{counted(stayed, 'file stays', 'files stay')}: the server has something else.", err=True)
        raise Exit(IN_PART)


def _remove_files(profile: Profile) -> int:
    """To the folder's trash, and only what equals a committed version. Returns how many files and folders stay."""
    from sync_engine.composition import open_device
    from sync_engine.engine.loop import Rhythm
    from sync_engine.engine.removing import remove_synced

    with open_device(profile, Rhythm(), watches=False) as device:
        return remove_synced(device.filesystem, device.journal).stayed


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def devices(context: click.Context, as_json: bool) -> None:
    """The account's devices.

    Example:  lockstep devices --json
    """
    if context.invoked_subcommand is not None:
        return
    from sync_engine.connecting import connect

    profile = profile_of(context)
    with connect(profile, profile.link()) as connected:
        found = connected.account.devices()
    if as_json:
        print_json([_as_document(device) for device in found])
        return
    for line in show_devices(found, time.time_ns() // 1_000_000):
        click.echo(line)


def show_devices(found: Sequence[Device], now_ms: int) -> Iterator[str]:
    """A line a device: its id, name, and when the server heard of it last."""
    names = [showable(device.name) + (" (this one)" if device.is_current else "") for device in found]
    width = max(map(len, names), default=0)
    for device, name in zip(found, names, strict=True):
        yield f"{uuid.UUID(bytes=device.device_id)}  {name:<{width}}  {_last_seen(device, now_ms)}"


def _last_seen(device: Device, now_ms: int) -> str:
    if device.wipe is not None:
        return _show_wipe(device.wipe, now_ms)
    if device.revoked_at:
        return "signed out"
    passed_s = (now_ms - device.last_seen_at) / 1_000
    return "seen just now" if passed_s < _JUST_NOW_S else f"seen {show_duration(passed_s)} ago"


def _show_wipe(wipe: Wipe, now_ms: int) -> str:
    def ago(at_ms: int) -> str:
        return f"{show_duration(max(now_ms - at_ms, 0) / 1_000)} ago"

    if wipe.ended_at is not None:
        kept = f", {counted(wipe.kept, 'file stays', 'files stay')} there" if wipe.kept else ""
        return f"wiped {ago(wipe.ended_at)}: {counted(wipe.removed, 'file')} removed{kept}"
    if wipe.begun_at is not None:
        return f"being wiped, begun {ago(wipe.begun_at)}"
    return f"to be wiped, asked for {ago(wipe.requested_at)}; not heard of since"


def _wipe_document(wipe: Wipe | None) -> dict[str, object] | None:
    if wipe is None:
        return None
    state = "done" if wipe.ended_at is not None else "begun" if wipe.begun_at is not None else "requested"
    return {"state": state, **msgspec.to_builtins(wipe)}


def _as_document(device: Device) -> dict[str, object]:
    return {
        "id": str(uuid.UUID(bytes=device.device_id)),
        "name": device.name,
        "created_at": device.created_at,
        "last_seen_at": device.last_seen_at,
        "current": device.is_current,
        "revoked_at": device.revoked_at,
        "wipe": _wipe_document(device.wipe),
    }


@devices.command("revoke")
@click.argument("device_id", metavar="ID", type=click.UUID)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def revoke(context: click.Context, device_id: uuid.UUID, password_stdin: bool) -> None:
    """Sign another device out, at once. Needs the password.

    Example:  lockstep devices revoke 0192f2b4-…
    """
    from sync_engine.connecting import connect

    profile = profile_of(context)
    linked = profile.link()
    password = None if device_id.bytes == linked.device_id else ask_password(from_stdin=password_stdin, is_new=False)
    with connect(profile, linked) as connected:
        connected.account.revoke(DeviceId(device_id.bytes), password)
    click.echo("Revoked.")


@devices.command("wipe")
@click.argument("device_id", metavar="ID", type=click.UUID)
@click.option("--cancel", is_flag=True, help="Take it back, which works until the device has begun.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def wipe(context: click.Context, device_id: uuid.UUID, cancel: bool, password_stdin: bool) -> None:
    """Sign a lost device out, and have it remove what it synced when the server hears of it next. Needs the password.

    The server keeps everything, and what the device never sent stays there. `lockstep devices` shows what became of it.

    Example:  lockstep devices wipe 0192f2b4-…
    """
    from sync_engine.connecting import connect

    profile = profile_of(context)
    linked = profile.link()
    if device_id.bytes == linked.device_id:
        raise WrongUsage("That is this device. `lockstep unlink --remove-files` removes what it synced.")
    password = ask_password(from_stdin=password_stdin)
    with connect(profile, linked) as connected:
        if cancel:
            connected.account.cancel_wipe(DeviceId(device_id.bytes), password)
            click.echo("Taken back. The device stays signed out until somebody signs in there.")
            return
        asked = connected.account.request_wipe(DeviceId(device_id.bytes), password)
    say("Signed out." if asked.ended_at is None else "It was wiped already: see `lockstep devices`.")
    if asked.begun_at is None:
        say(
            "It removes what it synced when it reaches the server next. Until then "
            f"`lockstep devices wipe --cancel {device_id}` takes that back."
        )
