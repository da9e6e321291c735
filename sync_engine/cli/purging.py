"""``purge``: what is at a path goes for good, with its history, unless it is taken back within a day."""

from __future__ import annotations

import click

from server_api.contract.accounts import Purge
from server_api.contract.messages import ErrorCode
from sync_engine.cli.hints import quoted, say
from sync_engine.cli.paths import PLACE, did_you_mean, relative_path
from sync_engine.cli.running import ask_password, json_option, print_json, profile_of
from sync_engine.cli.times import say_time
from sync_engine.core.quantities import counted, show_size
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, SetupError, WrongUsage


@click.command()
@click.argument("path", type=PLACE, required=False)
@click.option("--cancel", is_flag=True, help="Take it back: nothing goes there.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
@click.pass_context
def purge(context: click.Context, path: str | None, cancel: bool, password_stdin: bool, as_json: bool) -> None:
    """Let PATH go for good, history and what was deleted there too, 24 hours from now. Needs the password.

    Without PATH: what waits to go. What changes, moves or comes back until then stays, but without its history. Devices
    keep what they delete in their own trash for 30 days.

    Example:  lockstep purge old/letters
    """
    from sync_engine.connecting import connect

    profile = profile_of(context)
    link = profile.link()
    if path is None:
        if cancel:
            raise WrongUsage("Say which: `lockstep purge --cancel PATH`. `lockstep purge` shows what waits.")
        with connect(profile, link) as connected:
            waiting = connected.remote.purges()
        if as_json:
            print_json([_document(each) for each in waiting])
            return
        for each in waiting:
            click.echo(_told(each))
        if not waiting:
            click.echo("Nothing waits to be purged.")
        return
    inside = relative_path(link, path)
    if not inside:
        raise WrongUsage("The whole folder cannot be purged. Name what is in it; `lockstep account delete` is for all.")
    password = "" if cancel else ask_password(from_stdin=password_stdin)
    with connect(profile, link) as connected:
        try:
            if cancel:
                connected.remote.cancel_purge(inside)
                click.echo(f"Taken back: {showable(inside)} stays.")
                return
            asked = connected.remote.request_purge(inside, password)
        except Refused as error:
            if error.problem_code != ErrorCode.NOT_FOUND:
                raise
            what = "Nothing waits to be purged" if cancel else "The server has nothing, and had nothing,"
            raise SetupError(f"{what} at {showable(path)}.{did_you_mean(link, path)}") from error
    if as_json:
        print_json(_document(asked))
        return
    click.echo(_told(asked))
    say(f"`lockstep purge --cancel {quoted(asked.path)}` takes that back until then.")


def _told(asked: Purge) -> str:
    what = f"{counted(asked.files, 'file')} in {counted(asked.versions, 'version')} ({show_size(asked.size)})"
    return f"{showable(asked.path)} goes for good {say_time(asked.due_at)}: {what}."


def _document(asked: Purge) -> dict[str, object]:
    return {name: getattr(asked, name) for name in Purge.__struct_fields__}
