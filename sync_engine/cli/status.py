"""``lockstep status``: how the device is doing, or one path of it."""

from __future__ import annotations

import shutil
from typing import Any

import click
import msgspec

from sync_engine.cli.asking import ask, daemon_or_device
from sync_engine.cli.hints import say
from sync_engine.cli.paths import PLACE, did_you_mean, relative_path
from sync_engine.cli.running import json_option, print_json, profile_of, way_to_start
from sync_engine.cli.sentences import sentence
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.quantities import counted, show_size
from sync_engine.core.reports import EngineState, PathStatus
from sync_engine.core.showing import showable
from sync_engine.profile import Link

_WORDS = {
    "in-step": "In step",
    "syncing": "Syncing",
    "paused": "Paused",
    "offline": "Offline",
    "attention": "Needs attention",
    "signed-out": "Signed out",
}


@click.command()
@click.argument("path", type=PLACE, required=False)
@click.option("--watch", is_flag=True, help="Go on telling until interrupted.")
@json_option
@click.pass_context
def status(context: click.Context, path: str | None, watch: bool, as_json: bool) -> None:
    """How this device is doing, or the state of one PATH.

    Example:  lockstep status --watch
    """
    profile = profile_of(context)
    link = profile.link()
    if path is not None:
        found = relative_path(link, path)
        state = ask(
            profile,
            control.GetPathStatus(found),
            control.PathAnswer,
            lambda answer: answer.status,
            lambda engine: engine.status_of(found),
        )
        _tell_path(state, link, path, as_json=as_json)
        return
    with daemon_or_device(profile) as owner:
        if not isinstance(owner, ControlClient):
            state_now = owner.engine.state_at_rest()
            if profile.was_signed_out:
                state_now.state, state_now.reason = "signed-out", "signed-out"
            _tell(state_now, link, is_running=False, as_json=as_json)
            return
        said = None
        for answer in owner.stream(control.GetStatus(watch=watch)):
            if isinstance(answer, control.Status):
                shown = msgspec.structs.replace(answer.state, changes=0)  # what else has changed, nobody sees here
                if shown != said:
                    _tell(answer.state, link, is_running=True, as_json=as_json)
                said = shown


def _tell(state: EngineState, link: Link, *, is_running: bool, as_json: bool) -> None:
    if as_json:
        document: dict[str, Any] = msgspec.to_builtins(state)
        document["transfers"] = [msgspec.to_builtins(transfer) for transfer in state.transfers]
        document |= {
            "folder": link.folder,
            "server": link.server,
            "account": link.email,
            "device": link.device_name,
            "running": is_running,
            "quota": {"used": state.used_bytes, "limit": state.quota_bytes},
        }
        print_json(document)
        return
    details = []
    if state.pending:
        details.append(f"{state.pending:,} to go")
    if state.problems:
        details.append(f"{counted(state.problems, 'problem')}: see `lockstep problems`")
    if state.held:
        details.append(f"{counted(state.held, 'deletion')} held: see `lockstep hold`")
    if state.conflicts:
        details.append(f"{counted(state.conflicts, 'conflicted copy', 'conflicted copies')}: see `lockstep conflicts`")
    line = _WORDS[state.state] + (" - " + ", ".join(details) if details else "")
    say(line + ("" if is_running else f" (nothing runs in the background; `{way_to_start(link)}` starts it)"))
    for code in (state.reason, state.warning):
        if code:
            say(sentence(code))
    click.echo(
        f"{showable(link.folder)} on {link.server} as {showable(link.email)}, "
        f"this device is “{showable(link.device_name)}”"
    )
    for transfer in state.transfers[: max(shutil.get_terminal_size().lines - 4, 3)]:
        arrow = "up" if transfer.direction == "up" else "down"
        done = f"{show_size(transfer.done_bytes)} of {show_size(transfer.size_bytes)}"
        click.echo(f"  {arrow:>4}  {showable(transfer.path)}  {done}")


def _tell_path(found: PathStatus, link: Link, given: str, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    reason = f": {sentence(found.reason, showable(found.detail))}" if found.reason else ""
    hint = did_you_mean(link, given) if found.state == "unknown" else ""
    say(f"{showable(found.path or link.folder)}  {found.state}{reason}{hint}")
