"""``lockstep sync``: until both sides are in step, by the daemon if there is one, else in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from sync_engine.cli.asking import daemon_or_device
from sync_engine.cli.hints import say
from sync_engine.cli.progress import LiveLine
from sync_engine.cli.running import (
    DONE,
    HELD,
    IN_PART,
    NOT_ALLOWED,
    OWN_SERVER_AWAY,
    UNREACHABLE,
    Exit,
    json_option,
    print_json,
    profile_of,
)
from sync_engine.cli.sentences import sentence
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.quantities import counted, show_duration, show_size
from sync_engine.core.reports import Moved, SyncReport
from sync_engine.core.showing import showable
from sync_engine.errors import NotLinked, WipeRequested
from sync_engine.profile import told_of

_CODES = {"settled": DONE, "partial": IN_PART, "held": HELD, "offline": UNREACHABLE, "signed-out": NOT_ALLOWED}
_SUMMARIES = {
    "settled": "In step.",
    "partial": "Some things could not be synced.",
    "held": "In step, but for what is held.",
    "offline": sentence("unreachable"),
}
_SHOWN = 20


@click.command()
@click.option("--full", is_flag=True, help="Read every file again, and send whatever of it the server lacks.")
@json_option
@click.pass_context
def sync(context: click.Context, full: bool, as_json: bool) -> None:
    """Bring folder and server in step, then end.

    Example:  lockstep sync --json
    """
    profile = profile_of(context)
    try:
        with LiveLine(quiet=as_json and not sys.stderr.isatty()) as live, daemon_or_device(profile) as owner:
            if isinstance(owner, ControlClient):
                report = _by_daemon(owner, live, full=full)
            else:
                report = owner.engine.run_until_settled(live.update if live.is_shown else None, full=full)
    except WipeRequested:
        from sync_engine.wiping import carry_out_wipe

        with LiveLine(quiet=as_json) as live:
            live.tell("What this device synced is being removed, as the account's owner asked …")
            wiped = carry_out_wipe(profile)
        raise NotLinked(told_of(wiped)) from None
    if as_json:
        print_json(report)
    else:
        tell(report, runs_server=profile.link().runs_server)
    raise Exit(_CODES[report.state])


def _by_daemon(client: ControlClient, live: LiveLine, *, full: bool) -> SyncReport:
    report: SyncReport | None = None
    for answer in client.stream(control.Sync(full=full)):
        if isinstance(answer, control.Status):
            live.update(answer.state)
        elif isinstance(answer, control.Synced):
            report = answer.report
    if report is None:
        say("lockstep: The daemon ended before everything was in step. Run `lockstep sync` again.", err=True)
        raise Exit(IN_PART)
    return report


def _moved(figures: Moved, way: str, went: str) -> Iterator[str]:
    """Bytes are those on the wire: fewer than the files have where the other side had some, or they were compressed."""
    bytes_ = f"{show_size(figures.bytes)} {went}" if figures.bytes else f"nothing had to be {went}"
    if figures.files:
        yield f"{counted(figures.files, 'file')} {way} ({bytes_})"
    elif figures.bytes:
        yield bytes_


def tell(report: SyncReport, *, runs_server: bool = False) -> None:
    """For people; what stopped everything is the one line on standard error."""
    whole = next((problem for problem in report.problems if not problem.path), None)
    problems = [problem for problem in report.problems if problem.path]
    for problem in problems[:_SHOWN]:
        say(f"{showable(problem.path)}: {sentence(problem.reason, problem.detail)}", err=True)
    if len(problems) > _SHOWN:
        say(f"… and {len(problems) - _SHOWN} more: see `lockstep problems`.", err=True)
    for path in report.conflicts[:_SHOWN]:
        click.echo(f"{showable(path)} was changed here and elsewhere. Both are kept.")
    if report.held is not None:
        where = "on this device" if report.held.where == "local" else "on another device"
        say(
            f"{counted(report.held.deletions, 'file was', 'files were')} deleted {where}. "
            "That looks like an accident, so it waits: see `lockstep hold`, then `lockstep hold apply` or "
            "`lockstep hold restore`.",
            err=True,
        )
    moved = [*_moved(report.uploaded, "up", "sent"), *_moved(report.downloaded, "down", "received")]
    took = show_duration(report.seconds) if report.seconds >= 1 else "less than a second"
    said = [f"{', '.join(moved)} in {took}."] if moved else []
    if whole is not None:
        is_own = runs_server and whole.reason == "unreachable"
        say(f"lockstep: {OWN_SERVER_AWAY if is_own else sentence(whole.reason, whole.detail)}", err=True)
    elif report.state == "signed-out":
        say(f"lockstep: {sentence('signed-out')}", err=True)
    else:
        said.insert(0, _SUMMARIES[report.state])
    if said:
        click.echo(" ".join(said))
