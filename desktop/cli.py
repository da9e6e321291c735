"""``lockstep desktop``: the tray and the window; and what file managers show of a synced folder."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(invoke_without_command=True)
@click.option("--show", "path", metavar="PATH", help="Open the window at this file or folder.")
@click.option("--in-tray", is_flag=True, help="Start without opening the window, where there is a tray.")
@click.pass_context
def desktop(context: click.Context, path: str | None, in_tray: bool) -> None:
    """The tray and the window. There is one at a time: a second call has the first one show its window.

    Example:  lockstep desktop
    """
    if context.invoked_subcommand is not None:
        return
    from desktop.main import main

    home: Path = context.obj["home"]
    context.exit(main(home, show=path, in_tray=in_tray))
