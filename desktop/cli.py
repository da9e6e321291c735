"""``lockstep desktop``: the tray and the window; and what file managers show of a synced folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from sync_engine.cli.paths import PLACE
from sync_engine.cli.running import home_of

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication

    from desktop.integration.file_managers import Done

MANAGERS: Final = ("nautilus", "nemo", "caja", "dolphin", "thunar", "pcmanfm")


@click.group(invoke_without_command=True)
@click.option("--show", "path", metavar="PATH", type=PLACE, help="Open the window at this file or folder.")
@click.option("--in-tray", is_flag=True, help="Start without opening the window, where there is a tray.")
@click.option(
    "--until-input-ends",
    is_flag=True,
    hidden=True,
    help="End also with who started it: when the other end of standard input is closed, to which nobody writes.",
)
@click.pass_context
def desktop(context: click.Context, path: str | None, in_tray: bool, until_input_ends: bool) -> None:
    """The tray and the window. There is one at a time: a second call has the first one show its window.

    Example:  lockstep desktop
    """
    if context.invoked_subcommand is not None:
        return
    _refuse_without_screen(context)
    from desktop.main import main

    context.exit(main(home_of(context), show=path, in_tray=in_tray, until_input_ends=until_input_ends))


def _refuse_without_screen(context: click.Context) -> None:
    """One line, and exit code 1, where no window can be shown."""
    from desktop.screen import hindrance

    if why := hindrance():
        click.echo(f"lockstep: {why}", err=True)
        context.exit(1)


def _refuse_without_parts(context: click.Context) -> None:
    """The same where what the desktop is made with is not installed."""
    from desktop.screen import lack

    if why := lack("QtCore"):
        click.echo(f"lockstep: {why}", err=True)
        context.exit(1)


@desktop.command()
@click.argument("path", type=PLACE)
@click.pass_context
def versions(context: click.Context, path: str) -> None:
    """Open the window at the versions of a file.

    Example:  lockstep desktop versions ~/Lockstep/report.odt
    """
    _refuse_without_screen(context)
    from desktop.main import main

    context.exit(main(home_of(context), show=path, versions=True))


@desktop.command("copy-link")
@click.argument("path", type=PLACE)
@click.pass_context
def copy_link(context: click.Context, path: str) -> None:
    """Make a link to a file or folder, and put it on the clipboard. Stays until something else is copied.

    Example:  lockstep desktop copy-link ~/Lockstep/report.odt
    """
    _refuse_without_parts(context)
    from desktop.copying import copy_link as copy

    context.exit(copy(home_of(context), path))


@desktop.command()
@click.argument("managers", nargs=-1, type=click.Choice(MANAGERS))
@click.option("--all", "everywhere", is_flag=True, help="Also where the file manager is not installed.")
@click.pass_context
def integrate(context: click.Context, managers: tuple[str, ...], everywhere: bool) -> None:
    """Put Lockstep's entries into the menus of your file managers: of those that are installed, or of MANAGERS.

    Example:  lockstep desktop integrate
    """
    _refuse_without_parts(context)
    from desktop.commands import program
    from desktop.integration.file_managers import Where, integrate
    from sync_engine.control.address import socket_path

    home = home_of(context)
    _application = _in_the_window_s_language(home)  # so do the entries
    names = list(MANAGERS) if everywhere else list(managers) or None
    done = integrate(names, program(home), socket_path(home), Where.usual())
    if not done:
        click.echo(f"None of {', '.join(MANAGERS)} is installed. Name one, or use --all.")
    context.exit(_tell(done))


@desktop.command()
@click.argument("managers", nargs=-1, type=click.Choice(MANAGERS))
@click.option("--all", "everywhere", is_flag=True, help="From all of them, which is the default.")
@click.pass_context
def remove(context: click.Context, managers: tuple[str, ...], everywhere: bool) -> None:
    """Take them away again.

    Example:  lockstep desktop remove
    """
    _refuse_without_parts(context)
    from desktop.integration.file_managers import Where, remove

    _application = _in_the_window_s_language(home_of(context))
    done = remove(None if everywhere or not managers else list(managers), Where.usual())
    if not done:
        click.echo("There was nothing to remove.")
    context.exit(_tell(done))


def _in_the_window_s_language(home: Path) -> QCoreApplication:
    """What is told from here on, for as long as this is kept."""
    from PySide6.QtCore import QCoreApplication, QSettings

    from desktop.languages.install import install
    from desktop.models.choices import language

    application = QCoreApplication([])
    install(application, language(QSettings(str(home / "desktop.ini"), QSettings.Format.IniFormat)))
    return application


def _tell(done: Iterable[Done]) -> int:
    status = 0
    for one in done:
        click.echo(f"{one.name}: {one.said}", err=one.is_failure)
        status = 1 if one.is_failure else status
    return status
