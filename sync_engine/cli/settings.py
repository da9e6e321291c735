"""``config`` and ``ignore``: what a person sets."""

from __future__ import annotations

import click

from sync_engine.adapters.filesystem.ignore_file import read_rules, write_rules
from sync_engine.cli.running import json_option, print_json, profile_of
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.ignore import is_pattern
from sync_engine.core.showing import showable
from sync_engine.errors import SetupError, WrongUsage
from sync_engine.profile import PREFERENCES, Profile


def _keys(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """What a shell may complete."""
    return [key for key in PREFERENCES if key.startswith(begun)]


@click.group()
def config() -> None:
    """Look at settings, or change them.

    Example:  lockstep config set bandwidth.up 500k
    """


@config.command("get")
@click.argument("key", required=False, shell_complete=_keys)
@json_option
@click.pass_context
def config_get(context: click.Context, key: str | None, as_json: bool) -> None:
    """One setting, or all.

    Example:  lockstep config get scan.interval
    """
    profile = profile_of(context)
    values = {name: profile.preference(name) for name in ([key] if key else PREFERENCES)}
    if as_json:
        print_json(values)
    elif key:
        click.echo(values[key])
    else:
        for name, value in values.items():
            click.echo(f"{name:<16} {value:<10} {PREFERENCES[name].meaning}")


@config.command("set")
@click.argument("key", shell_complete=_keys)
@click.argument("value", required=False)
@click.pass_context
def config_set(context: click.Context, key: str, value: str | None) -> None:
    """Change a setting; without a VALUE, back to its default.

    Example:  lockstep config set bandwidth.up 500k
    """
    profile = profile_of(context)
    profile.change_preferences({key: value})
    _tell_daemon(profile)
    click.echo(f"{key} is {showable(profile.preference(key))} now.")


@click.group()
def ignore() -> None:
    """Patterns of what is not synced, in the folder's .lockstepignore (gitignore syntax), on every device.

    What is on the server already stays there and on other devices.

    Example:  lockstep ignore add '*.iso'
    """


@ignore.command("add")
@click.argument("pattern")
@click.pass_context
def ignore_add(context: click.Context, pattern: str) -> None:
    """Ignore what matches. What is synced already goes on being synced.

    Example:  lockstep ignore add 'build/'
    """
    _refuse_senseless(pattern)
    profile = profile_of(context)
    with profile.alone_with_rules():
        lines = _read(profile)
        if pattern in lines:
            click.echo(f"“{showable(pattern)}” is ignored already.")
            return
        _write(profile, [*lines, pattern])
    _tell_daemon(profile)
    click.echo(f"“{showable(pattern)}” is ignored from now on. What is synced already goes on being synced.")


@ignore.command("remove")
@click.argument("pattern")
@click.pass_context
def ignore_remove(context: click.Context, pattern: str) -> None:
    """Sync it again.

    Example:  lockstep ignore remove 'build/'
    """
    profile = profile_of(context)
    with profile.alone_with_rules():
        lines = _read(profile)
        if pattern not in lines:
            raise SetupError(f"There is no pattern “{showable(pattern)}”. `lockstep ignore list` shows them.")
        _write(profile, [line for line in lines if line != pattern])
    _tell_daemon(profile)
    click.echo(f"“{showable(pattern)}” is not ignored any more.")


@ignore.command("list")
@json_option
@click.pass_context
def ignore_list(context: click.Context, as_json: bool) -> None:
    """The patterns.

    Example:  lockstep ignore list
    """
    lines = [line for line in _read(profile_of(context)) if line.strip() and not line.startswith("#")]
    if as_json:
        print_json(lines)
        return
    for line in lines:
        click.echo(showable(line))
    if not lines:
        click.echo("There are no patterns.")


def _refuse_senseless(pattern: str) -> None:
    """Raises: WrongUsage for what would be a line of the file, and ignore nothing."""
    if not pattern.strip() or not pattern.isprintable():
        raise WrongUsage("A pattern is one line of text, such as '*.iso' or 'build/'.")
    if pattern.startswith("#"):
        raise WrongUsage(f"A line that begins with # is a comment. Write '\\{showable(pattern)}'.")
    if not is_pattern(pattern):
        raise WrongUsage(f"“{showable(pattern)}” is no pattern. The syntax is that of gitignore.")


def _read(profile: Profile) -> list[str]:
    return read_rules(profile.link().folder).splitlines()


def _write(profile: Profile, lines: list[str]) -> None:
    write_rules(profile.link().folder, "".join(line + "\n" for line in lines))


def _tell_daemon(profile: Profile) -> None:
    if client := ControlClient.connect(profile.home):
        with client:
            client.ask(control.Reload())
