"""``conflicts``: files that were changed here and elsewhere, and what is to become of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final, cast

import click

from sync_engine.cli.asking import ask, daemon_or_device
from sync_engine.cli.hints import quoted, say
from sync_engine.cli.history import connected_to_server
from sync_engine.cli.paths import PLACE, did_you_mean, relative_path
from sync_engine.cli.running import json_option, print_json, profile_of
from sync_engine.cli.times import show_time
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonGone
from sync_engine.core.conflicts import original_name, writer_of
from sync_engine.core.quantities import show_size
from sync_engine.core.reports import Keep, Resolution
from sync_engine.core.showing import showable
from sync_engine.errors import EngineError, Refused, SetupError

if TYPE_CHECKING:
    from sync_engine.connecting import Connected
    from sync_engine.profile import Link, Profile

_SHOWN: Final = 20

_ANSWER_WITHIN_S = 600.0
"""A file has to be copied, whatever its size."""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def conflicts(context: click.Context, as_json: bool) -> None:
    """Files that were changed on two devices at once, with their conflicted copies: who wrote which, and when.

    Compare them, then keep one of them or both with `lockstep conflicts resolve`.

    Example:  lockstep conflicts
    """
    if context.invoked_subcommand is not None:
        return
    paths = ask(
        profile_of(context),
        control.GetConflicts(),
        control.Conflicts,
        lambda answer: [conflict.path for conflict in answer.conflicts],
        lambda engine: engine.conflicts(),
    )
    if as_json:
        print_json(paths)
        return
    if not paths:
        click.echo("No conflicts.")
        return
    for line in _told(context, paths):
        say(line)


@conflicts.command("resolve")
@click.argument("path", type=PLACE)
@click.option(
    "--keep",
    type=click.Choice(["mine", "theirs", "both"]),
    required=True,
    help="mine: what the device in the copy's name wrote. theirs: what the file without that addition has.",
)
@json_option
@click.pass_context
def resolve(context: click.Context, path: str, keep: str, as_json: bool) -> None:
    """Resolve the conflict of PATH, a conflicted copy or the file that has one, on every device.

    The file under its own name has what reached the server first. The conflicted copy has what was written on the
    device in its name: "mine" is of that device, on whichever device you run the command. `lockstep conflicts` shows
    both.

    With "mine", what is in the copy takes the place of the file, and the copy goes. With "theirs", the file stays as it
    is, and the copy goes. With "both", the copy becomes a file like any other, under a name of its own.

    What does not stay is in the version history: `lockstep versions`, `lockstep restore`.

    Example:  lockstep conflicts resolve report.docx --keep mine
    """
    profile = profile_of(context)
    wanted = cast("Keep", keep)
    link = profile.link()
    done = _resolve(profile, relative_path(link, path), wanted)
    if done.outcome != "done":
        raise SetupError(_obstacle(done) + (did_you_mean(link, path) if done.outcome == "unknown" else ""))
    if as_json:
        print_json({"path": done.path, "copies": done.copies, "kept_as": done.kept_as})
        return
    for kept_as in done.kept_as:
        click.echo(f"Kept as {showable(kept_as)}.")
    for copy in done.copies if wanted != "both" else ():
        say(_outcome(done.path, copy, wanted))


def _outcome(path: str, copy: str, keep: Keep) -> str:
    """What is where now, and how to have the other."""
    wrote = f"what {showable(writer_of(copy) or 'the copy')} wrote"
    if keep == "mine":
        return (
            f"{showable(path)} has {wrote} now, and the conflicted copy is gone. What it had before is a version: "
            f"`lockstep versions {quoted(path)}`."
        )
    return (
        f"{showable(path)} stays as it is, and the conflicted copy is gone. `lockstep restore {quoted(copy)}` brings "
        f"back {wrote}."
    )


def _told(context: click.Context, paths: Sequence[str]) -> Iterator[str]:
    """Of each conflict both files, with who wrote them and when, and what there is to choose."""
    link = profile_of(context).link()
    with _authors(context) as author:
        for path in paths[:_SHOWN]:
            folder, _, name = path.rpartition("/")
            original = "/".join(filter(None, (folder, original_name(name) or name)))
            yield f"{showable(original)} was changed on two devices:"
            yield f"  mine    {_facts(link, path, writer_of(name) or '')}"
            yield f"  theirs  {_facts(link, original, author(original))}"
    if len(paths) > _SHOWN:
        yield f"and {len(paths) - _SHOWN:,} more: `lockstep conflicts --json` names them all."
    yield ""
    which = "it" if len(paths) == 1 else "the first one"
    yield f"`lockstep conflicts resolve {quoted(paths[0])} --keep mine` settles {which}, on every device."
    yield "--keep mine puts what is in the copy into the file, theirs leaves the file as it is, and both makes the copy"
    yield "a file like any other. What does not stay can be brought back: `lockstep versions`, `lockstep restore`."


def _facts(link: Link, path: str, author: str) -> str:
    by = f"by {showable(author)}, " if author else ""
    try:
        found = os.lstat(os.path.join(link.folder, path))
    except OSError:
        return f"{showable(path)}: it is not here any more"
    return f"{showable(path)}: {by}{show_time(found.st_mtime_ns // 1_000_000)}, {show_size(found.st_size)}"


@contextmanager
def _authors(context: click.Context) -> Iterator[Callable[[str], str]]:
    """Who wrote what is at a path, as the server knows; "" where it does not, or cannot be asked."""
    with ExitStack() as stack:
        reached: Connected | None = None
        with suppress(EngineError):
            _, _, reached = stack.enter_context(connected_to_server(context))

        def author(path: str) -> str:
            nonlocal reached
            try:
                found = reached.remote.history(path) if reached else []
            except Refused:
                return ""
            except EngineError:
                reached = None  # not for each path anew
                return ""
            return next((version.device for version in found if version.is_current), "")

        yield author


def _resolve(profile: Profile, path: str, keep: Keep) -> Resolution:
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
