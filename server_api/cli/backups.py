"""``lockstep server backup`` and ``restore``: what the database knows, in a file and back."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server_api.cli.options import config_of, opened_server, place, plain_errors
from server_api.cli.serving import server
from server_api.domain.showing import counted


@server.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE|DIRECTORY")
@click.option("--keep", type=click.IntRange(1), help="Of the backups in DIRECTORY keep only so many, the newest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def backup(context: click.Context, file: Path, keep: int | None, as_json: bool) -> None:
    """Write all that the database knows to one file. The server may run meanwhile; the store is not in it.

    In a directory the file is named by the time. It comes back in any kind of database.
    Example: lockstep server backup /srv/backup --keep 14
    """
    is_folder = file.is_dir()
    if keep is not None and not is_folder:
        raise click.UsageError(f"--keep is for a directory, and {file} is none")
    with opened_server(context) as opened:
        from server_api.services.backup import write_backup, write_dated_backup

        place = file.absolute()
        written = write_dated_backup(opened, place, keep) if is_folder else write_backup(opened, place)
        click.echo(json.dumps(written.as_json(), indent=2) if as_json else str(written))


@server.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def restore(context: click.Context, file: Path, as_json: bool) -> None:
    """Fill an empty database from a backup, with the store that it belongs to. Nothing in the store changes.

    Everybody signs in again, and devices merge, which deletes nothing. Exit status 1 if versions cannot be read, which
    are listed. Example: lockstep server restore /srv/backup/lockstep.backup --data /srv/lockstep-new --store s3://bucket
    """
    with plain_errors(context):
        from server_api.workers.serving import occupy

        occupy(config_of(context).data)
    with opened_server(context, makes=True) as opened:
        from server_api.services.reinstating import reinstate_server

        report = reinstate_server(opened, file.absolute())
        click.echo(json.dumps(report.as_json(), indent=2) if as_json else str(report))
        if report.broken.count:
            context.exit(1)


@server.command("confirm-links")
@place(reads_environment=False)
@click.pass_context
def confirm_links(context: click.Context) -> None:
    """Let share links work again that a restore has suspended: also those that were withdrawn after the backup.

    Example: lockstep server confirm-links --data /srv/lockstep-new
    """
    with opened_server(context) as opened:
        from server_api.services.shares import confirm_links

        links = confirm_links(opened)
        click.echo(f"{counted(links, 'link works', 'links work')} again")
