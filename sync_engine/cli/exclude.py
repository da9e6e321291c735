"""``exclude``: what stays on the server and is not wanted on this device."""

from __future__ import annotations

from typing import Final

import click

from server_api.contract.messages import ErrorCode
from server_api.contract.names import comparable
from sync_engine.cli.asking import BUSY_S, ask
from sync_engine.cli.hints import quoted, say
from sync_engine.cli.paths import PLACE, did_you_mean, relative_path
from sync_engine.cli.running import json_option, print_json, profile_of
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.ignore import IGNORE_FILE
from sync_engine.core.model import NodeId
from sync_engine.core.reports import Choice, Exclusion
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, RootError, SetupError, WrongUsage

_STATES: Final = {"excluded": "", "leaving": "  (something of it is still here: `lockstep problems`)"}


@click.group()
def exclude() -> None:
    """Selective sync: what is not wanted on this device. It stays on the server and on other devices.

    Example:  lockstep exclude add Photos/2019
    """


@exclude.command("add")
@click.argument("path", type=PLACE)
@click.pass_context
def exclude_add(context: click.Context, path: str) -> None:
    """Take PATH off this device, as soon as the server has all that is in it; what cannot be synced stays.

    Example:  lockstep exclude add Photos/2019
    """
    inside = _inside(context, path)
    if inside == IGNORE_FILE:
        raise SetupError(f"{IGNORE_FILE} says what is ignored here, too, so it cannot be excluded.")
    choice = _exclude(context, inside, None)
    if choice.outcome in {"unknown", "not-on-server"} and (node_id := _on_server(context, inside)) is not None:
        choice = _exclude(context, inside, node_id)
    shown = showable(choice.path)
    match choice.outcome:
        case "done":
            say(f"{shown} is excluded from this device and stays on the server.{_when(context)}")
        case "already":
            click.echo(f"{shown} is excluded already.")
        case "part":
            click.echo(f"{showable(inside)} is excluded already, with {shown}.")
        case "not-on-server":
            raise SetupError(f"{shown} is not on the server yet. Run `lockstep sync`, then exclude it.")
        case _:
            raise SetupError(
                f"There is nothing at {shown}, here or on the server. `lockstep ls` shows what there is."
                + did_you_mean(profile_of(context).link(), path)
            )


@exclude.command("remove")
@click.argument("path", type=PLACE)
@click.pass_context
def exclude_remove(context: click.Context, path: str) -> None:
    """Have PATH on this device again.

    Example:  lockstep exclude remove Photos/2019
    """
    inside = _inside(context, path)
    choice = ask(
        profile_of(context), control.Include(inside), control.Chosen, lambda a: a.choice, lambda e: e.include(inside)
    )
    shown = showable(choice.path)
    match choice.outcome:
        case "done":
            say(f"{shown} comes back to this device.{_when(context)}")
        case "part":
            raise SetupError(
                f"{showable(inside)} is excluded as a part of {shown}. "
                f"`lockstep exclude remove {quoted(choice.path)}` ends that."
            )
        case _:
            raise SetupError(f"{shown} is not excluded. `lockstep exclude list` shows what is.")


@exclude.command("list")
@json_option
@click.pass_context
def exclude_list(context: click.Context, as_json: bool) -> None:
    """What is excluded from this device, by its path on the server.

    Example:  lockstep exclude list --json
    """
    found = exclusions(context)
    if as_json:
        print_json(found)
        return
    for exclusion in found:
        slash = "/" if exclusion.kind == "folder" else ""
        say(f"{showable(exclusion.path)}{slash}{_STATES[exclusion.state]}")
    if not found:
        click.echo("Nothing is excluded.")


def exclusions(context: click.Context, busy_s: float = BUSY_S) -> list[Exclusion]:
    """What is excluded from this device."""
    return ask(
        profile_of(context),
        control.GetExclusions(),
        control.Exclusions,
        lambda answer: answer.exclusions,
        lambda engine: engine.exclusions(),
        busy_s=busy_s,
    )


def excluded_paths(context: click.Context) -> list[str]:
    """Their paths, comparable. None while this cannot be found out, for another command has the folder."""
    try:
        return [comparable(exclusion.path) for exclusion in exclusions(context, busy_s=0.0)]
    except RootError:
        return []


def is_excluded(path: str, excluded: list[str]) -> bool:
    """Whether a path of the server is one of the excluded, or below one."""
    return any(path == above or path.startswith(above + "/") for above in excluded)


def _exclude(context: click.Context, path: str, known_as: NodeId | None) -> Choice:
    return ask(
        profile_of(context),
        control.Exclude(path, known_as),
        control.Chosen,
        lambda answer: answer.choice,
        lambda engine: engine.exclude(path, known_as),
    )


def _inside(context: click.Context, path: str) -> str:
    inside = relative_path(profile_of(context).link(), path)
    if not inside:
        raise WrongUsage("The whole folder cannot be excluded. Name something in it, or unlink this device.")
    return inside


def _on_server(context: click.Context, path: str) -> NodeId | None:
    """What the server has at a path that this device has not read of."""
    from sync_engine.connecting import connect

    profile = profile_of(context)
    with connect(profile, profile.link()) as connected:
        try:
            entries = connected.remote.list_all(path.rpartition("/")[0])
        except Refused as error:
            if error.problem_code == ErrorCode.NOT_FOUND.value:
                return None
            raise
    return next((NodeId(entry.node_id) for entry in entries if comparable(entry.path) == comparable(path)), None)


def _when(context: click.Context) -> str:
    client = ControlClient.connect(profile_of(context).home)
    if client is None:
        return " Run `lockstep sync` for it to happen."
    client.close()
    return ""
