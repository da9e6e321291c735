"""Finds the command, loads only what it needs, and turns errors into a line and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click
from click.core import ParameterSource

from server_api.contract.version import VERSION
from sync_engine.cli.hints import pastable
from sync_engine.cli.paths import PLACE
from sync_engine.cli.running import OWN_SERVER_AWAY, Exit, exit_code, home_at, one_line
from sync_engine.errors import EngineError, Unreachable
from sync_engine.profile import Profile

_COMMANDS: Final = {
    "up": "sync_engine.cli.up:up",
    "link": "sync_engine.cli.linking:link",
    "unlink": "sync_engine.cli.device:unlink",
    "devices": "sync_engine.cli.device:devices",
    "account": "sync_engine.cli.account:account",
    "sync": "sync_engine.cli.sync:sync",
    "daemon": "sync_engine.cli.background:daemon",
    "start": "sync_engine.cli.background:start",
    "stop": "sync_engine.cli.background:stop",
    "pause": "sync_engine.cli.background:pause",
    "resume": "sync_engine.cli.background:resume",
    "status": "sync_engine.cli.status:status",
    "hold": "sync_engine.cli.review:hold",
    "problems": "sync_engine.cli.review:problems",
    "conflicts": "sync_engine.cli.conflicts:conflicts",
    "activity": "sync_engine.cli.activity:activity",
    "ignore": "sync_engine.cli.settings:ignore",
    "exclude": "sync_engine.cli.exclude:exclude",
    "config": "sync_engine.cli.settings:config",
    "verify": "sync_engine.cli.health:verify",
    "doctor": "sync_engine.cli.health:doctor",
    "ls": "sync_engine.cli.history:ls",
    "versions": "sync_engine.cli.history:versions",
    "restore": "sync_engine.cli.history:restore",
    "rewind": "sync_engine.cli.rewind:rewind",
    "share": "sync_engine.cli.shares:share",
    "edit-share": "sync_engine.cli.shares:edit_share",
    "shares": "sync_engine.cli.shares:shares",
    "unshare": "sync_engine.cli.shares:unshare",
    "cat": "sync_engine.cli.history:cat",
    "purge": "sync_engine.cli.purging:purge",
    "export": "sync_engine.cli.history:export",
}
"""Where each command lives; loaded when it is called."""


class _ReaderGoneError(Exception):
    """Whoever read our output had enough."""


@contextmanager
def _told_apart() -> Iterator[None]:
    """For click makes a failure of it."""
    try:
        yield
    except BrokenPipeError as error:
        raise _ReaderGoneError from error


class _Commands(click.Group):
    """Our own commands, and those that other packages bring along."""

    def make_context(self, *arguments: Any, **keywords: Any) -> click.Context:
        with _told_apart():
            return super().make_context(*arguments, **keywords)

    def invoke(self, ctx: click.Context) -> Any:
        with _told_apart():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        from importlib.metadata import entry_points

        return [*_COMMANDS, *(point.name for point in entry_points(group="lockstep.commands"))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS:
            module, _, name = _COMMANDS[cmd_name].partition(":")
            command = getattr(importlib.import_module(module), name)
            assert isinstance(command, click.Command)
            return command
        from importlib.metadata import entry_points

        for point in entry_points(group="lockstep.commands", name=cmd_name):
            loaded = point.load()
            assert isinstance(loaded, click.Command)
            return loaded
        return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    metavar="DIR",
    type=PLACE,
    envvar="LOCKSTEP_HOME",
    help="The profile: settings, journal, logs of one device.",
)
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(VERSION, prog_name="lockstep")
@click.pass_context
def lockstep(context: click.Context, home: str | None, debug: bool) -> None:
    """Keeps a folder in step on every device you own.

    Example:  lockstep up
    """
    is_given = context.get_parameter_source("home") is ParameterSource.COMMANDLINE
    context.ensure_object(dict).update(home=home, home_given=home if is_given else None, debug=debug)


def run(words: list[str]) -> int:
    """Its exit code: 0 done, 1 in part, 2 wrong usage, 3 unreachable, 4 not signed in, 5 held, 130 interrupted."""
    debug = "--debug" in words
    given: dict[str, Any] = {}
    try:
        ended = lockstep.main(words, prog_name="lockstep", standalone_mode=False, obj=given)
    except Exit as end:
        code = end.code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except click.ClickException as error:
        click.echo(f"lockstep: {_advised(error)}", err=True)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Nothing is lost; the next run goes on from here.", err=True)
        code = 130
    except _ReaderGoneError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if debug:
            raise
        said = _own_server_away(given.get("home")) if isinstance(error, Unreachable) else ""
        click.echo(f"lockstep: {pastable(said or one_line(error), given.get('home_given'))}", err=True)
        code = exit_code(error) if isinstance(error, EngineError) else 1
    else:
        code = ended if isinstance(ended, int) else 0  # what a command gave to `Context.exit`
    return code


def _own_server_away(home: str | None) -> str:
    """What to do where the server that does not answer is the one that `lockstep up` starts; else ""."""
    from sync_engine.cli.background import is_own_server_away

    link = Profile.open(home_at(home)).settings().link
    return OWN_SERVER_AWAY if link is not None and is_own_server_away(link) else ""


def _advised(error: click.ClickException) -> str:
    """In one line, what was wrong with the command line, and where to look it up."""
    said = " ".join(error.format_message().split())
    said = said if said.endswith((".", "?", ")")) else f"{said}."
    if isinstance(error, click.UsageError) and error.ctx is not None:
        said += f" `{error.ctx.command_path} --help` tells more."
    return said
