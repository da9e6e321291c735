"""``lockstep server user export``: an account as plain files."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from server_api.cli.users import account_command
from server_api.domain.sizes import show_size

if TYPE_CHECKING:
    from server_api.services.exporting import Exported
    from server_api.services.server import Server

_TOLD_EVERY_S: Final = 0.2


@account_command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--all-versions", is_flag=True, help="Old versions and deleted files as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def export_user(opened: Server, email: str, directory: Path, all_versions: bool, as_json: bool) -> None:
    """Write all files of an account into DIRECTORY: a new one, an empty one, or one where an export of the same was cut
    off, which goes on.

    Exit status 1 if something could not be written, which is listed.

    Example: lockstep server user export ada@example.org /srv/export/ada --all-versions
    """
    from server_api.services.accounts import find, personal_namespace
    from server_api.services.exporting import export_account

    with opened.database.read() as connection:
        namespace_id = personal_namespace(find(connection, email))
    tell = _told_on_a_terminal() if sys.stderr.isatty() and not as_json else None
    done = export_account(opened, namespace_id, directory.absolute(), all_versions=all_versions, progress=tell)
    if tell is not None:
        click.echo(err=True)
    click.echo(json.dumps(done.as_json(), indent=2) if as_json else str(done))
    if done.failed:
        click.get_current_context().exit(1)


def _told_on_a_terminal() -> Callable[[Exported], None]:
    told_at = 0.0

    def tell(done: Exported) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _TOLD_EVERY_S:
            told_at = time.monotonic()
            click.echo(f"\r{done.files} files, {show_size(done.size)}\x1b[K", nl=False, err=True)

    return tell
