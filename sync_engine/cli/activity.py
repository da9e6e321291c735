"""``activity``: what happened, on this device or anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import click

from server_api.contract.devices import Device
from server_api.contract.history import MAX_ENTRIES, ActivityEntry, ActivityRequest, What
from sync_engine.cli.asking import ask
from sync_engine.cli.history import connected_to_server, named, server_path
from sync_engine.cli.paths import PLACE
from sync_engine.cli.running import json_option, print_json, profile_of
from sync_engine.cli.times import show_time
from sync_engine.control import messages as control
from sync_engine.core.quantities import parse_duration
from sync_engine.core.showing import showable
from sync_engine.errors import WrongUsage

WORDS: Final = {
    "create": "added here",
    "update": "edited here",
    "move": "moved here",
    "chmod": "permission changed here",
    "delete": "deleted here",
    "create-here": "arrived",
    "update-here": "new version arrived",
    "move-here": "moved elsewhere",
    "chmod-here": "permission changed elsewhere",
    "delete-here": "deleted elsewhere",
    "conflict-here": "both versions kept",
    "merge": "compared anew",
    "journal": "records made anew",
}
"""Of what a device notes: to what was done here, and to what came from other devices."""
_DONE: Final = {
    What.ADDED: "added",
    What.EDITED: "edited",
    What.MOVED: "moved",
    What.RENAMED: "renamed",
    What.MODE: "permission changed",
    What.DELETED: "deleted",
    What.RESTORED: "brought back",
}
_WIDTH: Final = max(map(len, WORDS.values()))


@click.command()
@click.argument("path", type=PLACE, required=False)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Lines at most.")
@click.option("--everyone", is_flag=True, help="On all devices, as the server has it.")
@click.option("--person", metavar="EMAIL", help="The same, by one person.")
@click.option("--device", metavar="NAME", help="The same, by one device: its name, or its id.")
@click.option("--since", metavar="TIME", help="The same, since so long ago: 90m, 24h, 7d.")
@json_option
@click.pass_context
def activity(
    context: click.Context,
    path: str | None,
    limit: int,
    everyone: bool,
    person: str | None,
    device: str | None,
    since: str | None,
    as_json: bool,
) -> None:
    """What happened lately, newest first: on this device; or at PATH and below it, by whomever.

    Example:  lockstep activity Photos --since 7d
    """
    if not everyone and path is person is device is since is None:
        _of_this_device(context, limit, as_json=as_json)
        return
    since_at = None
    if since is not None:
        try:
            ago_s = parse_duration(since.strip().removesuffix(" ago"))
        except ValueError as error:
            raise WrongUsage(f"{error}.") from None
        since_at = max(int((datetime.now(UTC).timestamp() - ago_s) * 1000), 0)
    with connected_to_server(context) as (_, link, connected), named(link, path or ""):
        inside = server_path(link, path) if path else ""
        device_id = _id_of(device, connected.account.devices()) if device is not None else None
        found: list[ActivityEntry] = []
        before: int | None = None
        while True:
            room = min(limit - len(found), MAX_ENTRIES)
            page = connected.remote.activity(
                ActivityRequest(
                    path=inside, person=person, device_id=device_id, since_at=since_at, before=before, limit=room
                )
            )
            found += page.entries
            before = page.before
            if page.complete or len(found) >= limit:
                break
    if as_json:
        print_json([_document(entry) for entry in found])
        return
    for entry in found:
        was = f", was {showable(entry.was_path)}" if entry.was_path else ""
        others = f" and {entry.count - 1:,} more" if entry.count > 1 else ""
        by = f"{showable(entry.device)} ({showable(entry.person)})" if entry.device else "the operator"
        click.echo(f"{show_time(entry.at)}  {_DONE[entry.what]:<18}  {showable(entry.path)}{others}{was}  - {by}")
    if not found:
        click.echo("Nothing of that kind has happened.")


def _id_of(device: str, devices: Sequence[Device]) -> bytes:
    """Raises: WrongUsage."""
    for known in devices:
        if device == str(UUID(bytes=known.device_id)):
            return known.device_id
    found = [known for known in devices if known.name.casefold() == device.casefold()]
    if len(found) != 1:
        wrong = "Several devices are called" if found else "There is no device called"
        raise WrongUsage(f"{wrong} {showable(device)}. `lockstep devices` lists them with their ids.")
    return found[0].device_id


def _of_this_device(context: click.Context, limit: int, *, as_json: bool) -> None:
    lines = ask(
        profile_of(context),
        control.GetActivity(limit),
        control.Activities,
        lambda answer: answer.lines,
        lambda engine: engine.activity(limit),
    )
    if as_json:
        print_json(lines)
        return
    for line in lines:
        detail = f"{'  ' if line.path else ''}{showable(line.detail)}" if line.detail else ""
        word = WORDS.get(line.action, line.action)
        click.echo(f"{show_time(line.at)}  {word:<{_WIDTH}}  {showable(line.path)}{detail}")
    if not lines:
        click.echo("Nothing has happened yet.")


def _document(entry: ActivityEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "action": entry.what.value,
        "path": entry.path,
        "was_path": entry.was_path,
        "count": entry.count,
        "size": entry.size,
        "device": entry.device,
        "person": entry.person,
        "node": entry.node_id.hex(),
        "version": entry.revision_id.hex(),
    }
