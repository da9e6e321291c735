"""What waits for a person: held deletions and problems."""

from __future__ import annotations

from typing import Final

import click

from sync_engine.cli.asking import ask
from sync_engine.cli.hints import say
from sync_engine.cli.running import HELD, Exit, json_option, print_json, profile_of
from sync_engine.cli.sentences import sentence
from sync_engine.control import messages as control
from sync_engine.core.quantities import counted
from sync_engine.core.reports import HeldDeletions, PathProblem
from sync_engine.core.showing import showable

_SHOWN: Final = 20
"""As many places of held deletions fit on a screen beside what can be done about them."""


_CHOICES: Final = {
    "local": "`lockstep hold apply` deletes them on the server and on every device, too; "
    "`lockstep hold restore` brings them back here.",
    "remote": "`lockstep hold apply` deletes them here, too; "
    "`lockstep hold restore` keeps them here and sends them to the server and every other device again.",
}


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def hold(context: click.Context, as_json: bool) -> None:
    """Look at held deletions, go through with them, or undo them.

    More than 1,000 files deleted within ten minutes, or more than 200 and over half of all, look like an accident. They
    wait for your word before they reach the server, or this device; everything else goes on.

    Example:  lockstep hold restore
    """
    if context.invoked_subcommand is not None:
        return
    held = ask(
        profile_of(context),
        control.GetHeld(),
        control.HeldNow,
        lambda answer: answer.held,
        lambda engine: engine.hold(),
    )
    if as_json:
        print_json(held)
    elif held is None:
        click.echo("Nothing is held.")
    else:
        where = "on this device" if held.where == "local" else "on another device"
        many = counted(held.deletions, "file was", "files were")
        waits = "waits" if held.deletions == 1 else "wait"
        click.echo(f"{many} deleted {where} and {waits} for your word:")
        for path in held.paths[:_SHOWN]:
            click.echo(f"  {showable(path)}")
        if (more := held.places - _SHOWN) > 0:
            click.echo(f"  and {more:,} more")
        say(_CHOICES[held.where])
    raise Exit(HELD if held else 0)


@hold.command("apply")
@click.pass_context
def hold_apply(context: click.Context) -> None:
    """Go through with the held deletions, on every device. The version history keeps the files.

    Example:  lockstep hold apply
    """
    held = ask(
        profile_of(context), control.ApplyHeld(), control.HeldNow, lambda a: a.held, lambda engine: engine.hold_apply()
    )
    _tell_decision(
        held,
        local="will be deleted on the server and on every device; what goes stays in the version history",
        remote="will be deleted here, too; what goes stays in the version history",
    )


@hold.command("restore")
@click.pass_context
def hold_restore(context: click.Context) -> None:
    """Undo the held deletions: nothing of them is lost, here or anywhere else.

    What was deleted here comes back; what was deleted on another device stays here and goes to all others again.

    Example:  lockstep hold restore
    """
    held = ask(
        profile_of(context),
        control.RestoreHeld(),
        control.HeldNow,
        lambda a: a.held,
        lambda engine: engine.hold_restore(),
    )
    _tell_decision(
        held,
        local="will come back here with the next sync",
        remote="will stay here, and go to the server and every other device again with the next sync",
    )


def _tell_decision(held: HeldDeletions | None, *, local: str, remote: str) -> None:
    if held is None:
        click.echo("Nothing is held.")
    else:
        click.echo(f"{counted(held.deletions, 'file')} {local if held.where == 'local' else remote}.")


@click.command()
@json_option
@click.pass_context
def problems(context: click.Context, as_json: bool) -> None:
    """What cannot be synced for now, and why.

    Example:  lockstep problems --json
    """
    found = ask(
        profile_of(context),
        control.GetProblems(),
        control.Problems,
        lambda answer: answer.problems,
        lambda engine: [PathProblem(p.path, p.code, p.detail) for p in engine.problems()],
    )
    if as_json:
        print_json(found)
        return
    for problem in found:
        say(f"{showable(problem.path)}: {sentence(problem.reason, problem.detail)}")
    if not found:
        click.echo("No problems.")
