"""``conflicts``: files that were changed here and elsewhere, and what is to become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import click

from sync_engine.cli.asking import ask, daemon_or_device
from sync_engine.cli.paths import did_you_mean, relative_path
from sync_engine.cli.running import json_option, print_json, profile_of
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonGone
from sync_engine.core.reports import Resolution
from sync_engine.core.showing import showable
from sync_engine.errors import SetupError

if TYPE_CHECKING:
    from sync_engine.profile import Profile

_ANSWER_WITHIN_S = 600.0
"""A file has to be copied, whatever its size."""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def conflicts(context: click.Context, as_json: bool) -> None:
    """The conflicted copies in the folder: files that were changed here and elsewhere.

    Compare them, then keep one of them or both with `lockstep conflicts resolve`.

    Example:  lockstep conflicts
    """
    if context.invoked_subcommand is not None:
        return
    paths = ask(
        profile_of(context),
        control.GetConflicts(),
        control.Conflicts,
        lambda answer: answer.paths,
        lambda engine: engine.conflicts(),
    )
    if as_json:
        print_json(paths)
        return
    for path in paths:
        click.echo(showable(path))
    if not paths:
        click.echo("No conflicts.")


@conflicts.command("resolve")
@click.argument("path")
@click.option(
    "--keep",
    type=click.Choice(["mine", "theirs", "both"]),
    required=True,
    help="mine: what is in the conflicted copy. theirs: what is in the file without that addition to its name.",
)
@json_option
@click.pass_context
def resolve(context: click.Context, path: str, keep: str, as_json: bool) -> None:
    """Resolve the conflict of PATH, a conflicted copy or the file that has one, on every device.

    The file under its own name has what reached the server first. The conflicted copy has what was written on the
    device in its name. This does not depend on the device on which you run the command.

    With "mine", what is in the copy takes the place of the file, and the copy goes. With "theirs", the file stays as it
    is, and the copy goes. With "both", the copy becomes a file like any other, under a name of its own.

    What does not stay is in the version history: `lockstep versions`, `lockstep restore`.

    Example:  lockstep conflicts resolve report.docx --keep mine
    """
    profile = profile_of(context)
    wanted = cast("Literal['mine', 'theirs', 'both']", keep)
    link = profile.link()
    done = _resolve(profile, relative_path(link, path), wanted)
    if done.outcome != "done":
        raise SetupError(_obstacle(done) + (did_you_mean(link, path) if done.outcome == "unknown" else ""))
    if as_json:
        print_json({"path": done.path, "copies": done.copies, "kept_as": done.kept_as})
        return
    for kept_as in done.kept_as:
        click.echo(f"Kept as {showable(kept_as)}.")
    if wanted == "mine":
        click.echo(f"{showable(done.path)} has the content of the conflicted copy now.")
    elif wanted == "theirs":
        click.echo(f"{showable(done.path)} stays as it is; its conflicted copy is gone.")


def _resolve(profile: Profile, path: str, keep: Literal["mine", "theirs", "both"]) -> Resolution:
    """By the daemon, which tells the server by itself; else here, with a sync before and after."""
    with daemon_or_device(profile) as owner:
        if isinstance(owner, ControlClient):
            answer = owner.ask(control.Resolve(path, keep), _ANSWER_WITHIN_S)
            if not isinstance(answer, control.Resolved):
                raise DaemonGone("no answer")
            return answer.resolution
        owner.engine.run_until_settled()
        done = owner.engine.resolve_now(path, keep)
        owner.engine.run_until_settled()
        return done


def _obstacle(found: Resolution) -> str:
    shown = showable(found.path)
    match found.outcome:
        case "unknown":
            return f"There is nothing at {shown}. `lockstep conflicts` shows the conflicted copies."
        case "no-conflict":
            return f"{shown} has no conflicted copy. `lockstep conflicts` shows those that there are."
        case "several":
            copies = ", ".join(f"“{showable(copy)}”" for copy in found.copies)
            return f"{shown} has several conflicted copies. Name the one to keep: {copies}."
        case "no-original":
            return f"{shown} is not here any more. Rename the copy to that name, or use --keep both."
        case "not-in-step":
            return (
                f"{shown} is not in step with the server yet, so nothing was changed. `lockstep sync`, then try again."
            )
        case _:
            return f"{shown} was changed meanwhile, and stays. Look at it, then try again."
