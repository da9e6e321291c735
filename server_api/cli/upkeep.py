"""Commands that keep a server in order: its schema, its store, its record, and what nothing refers to any more."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

import click

from server_api.cli.options import config_of, duration_ms, opened_server, place, plain_errors, size_in_bytes
from server_api.cli.serving import server
from server_api.config import ServerConfig
from server_api.errors import NoServerError

if TYPE_CHECKING:
    from server_api.storage.stores import ObjectStore

_TELL_EVERY_S: Final = 1.0


@server.command()
@place(reads_environment=False)
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the database to this version's schema, after a backup of a SQLite file.

    Running the server does the same. Example: lockstep server migrate --data /srv/lockstep
    """
    with opened_server(context, makes=True):
        click.echo("the database is up to date")


@server.command()
@place(reads_environment=False)
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Restore trees, history and the chunk table from the store alone, into an empty database.

    Example: lockstep server rebuild --data /srv/lockstep-new --store s3://my-bucket
    """
    from server_api.services.rebuild import rebuild_server, refuse_empty

    with plain_errors(context):
        refuse_empty(_store_of(config_of(context))[0])
    with opened_server(context, makes=True) as opened:
        click.echo(str(rebuild_server(opened)))


@server.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Look whether the database and the store can be used, and tell what to mend. Makes no server where there is none.

    Exit status 0 if a server can start with them, 2 if an address is not understood, 3 if the store cannot be reached,
    4 if it does not allow what it has to, else 1. Example: lockstep server check --store s3://my-bucket
    """
    with plain_errors(context):
        from dataclasses import asdict

        store, note = _store_of(config_of(context))
        remarks = () if note and store.name == "directory" else store.check()  # which would make its directory
        uploads = "direct" if store.holds_bindings else "incoming"
        if as_json:
            found = {"store": store.name, "uploads": uploads, "remarks": [asdict(each) for each in remarks]}
            click.echo(json.dumps(found | {"is_new": bool(note)}, indent=2))
            return
        click.echo("the database and the store can be used")
        if note:
            click.echo(f"note: {note}")
        for each in remarks:
            click.echo(f"note: {each.text}")


def _store_of(config: ServerConfig) -> tuple[ObjectStore, str]:
    """Of the server that is there, or of the one that could be made there; then also what tells it."""
    from server_api.building import build_server, store_to_be

    try:
        server = build_server(config, makes=False)
    except NoServerError as error:
        return store_to_be(config), str(error)
    server.database.close()
    return server.store, ""


@server.command("audit")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="How many, at most.")
@place(reads_environment=False)
@click.pass_context
def show_audit(context: click.Context, as_json: bool, limit: int) -> None:
    """Show what was recorded last: sign-ins good and bad, devices, passwords, mails, your own acts; oldest first.

    Example: lockstep server audit --limit 20
    """
    with opened_server(context) as opened:
        from dataclasses import asdict

        from server_api.domain.showing import exact, showable
        from server_api.services.audit import read_newest

        found = read_newest(opened, limit)
        if as_json:
            click.echo(json.dumps([asdict(row) for row in found], indent=2))
            return
        for row in found:
            whose = " ".join(showable(part) for part in (row.account, row.device, row.detail) if part)
            click.echo(f"{exact(row.at)}  {row.action:<22} {whose}".rstrip())
        if not found:
            click.echo("nothing was recorded yet")


@server.command()
@click.option("--grace", "grace_ms", callback=duration_ms, help="How long what nothing refers to is kept.  [24h]")
@click.option("--dry-run", is_flag=True, help="Change nothing, and tell what a pass would do.")
@click.option("--after-restore", is_flag=True, help="Although the server was restored less than a week ago.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def gc(context: click.Context, grace_ms: int | None, dry_run: bool, after_restore: bool, as_json: bool) -> None:
    """Free what no version needs any more. A running server does the same by itself, every six hours.

    Nothing goes at once: chunks are condemned first, and freed by a pass a day later; their packs a day after that.
    Exit status 1 if something could not be done. Example: lockstep server gc --dry-run
    """
    with opened_server(context) as opened:
        from server_api.services.collection import collect

        report = collect(opened, grace_ms=grace_ms, dry_run=dry_run, ends_hold=after_restore)
        click.echo(json.dumps(report.as_json(), indent=2) if as_json else str(report))
        if report.failures:
            context.exit(1)


@server.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended; what cannot, devices are to send again.")
@click.option("--at-most", "at_most_bytes", callback=size_in_bytes, help="Leave off after so much, such as 50GiB.")
@click.option("--force", is_flag=True, help="Repair even if most of the store is gone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def scrub(context: click.Context, repair: bool, at_most_bytes: int | None, force: bool, as_json: bool) -> None:
    """Read all that is in the store back, and tell which files are hit where it is not whole.

    The server may run meanwhile. Stopped by Ctrl-C or --at-most, it goes on there the next time. Exit status 0 if all
    is whole, 1 if not, 3 if the store does not answer, 130 if interrupted. Example: lockstep server scrub --repair
    """
    with opened_server(context) as opened:
        from server_api.services.scrub_report import Scrubbed
        from server_api.services.scrubbing import scrubbing_steps

        report = Scrubbed()
        is_interrupted = False
        steps = scrubbing_steps(opened, report, repair=repair, at_most_bytes=at_most_bytes, force=force)
        try:
            with closing(steps):
                told_at = time.monotonic()
                for _ in steps:
                    if sys.stderr.isatty() and time.monotonic() - told_at >= _TELL_EVERY_S:
                        told_at = time.monotonic()
                        click.echo(f"\r{report.progress}", nl=False, err=True)
        except KeyboardInterrupt:
            is_interrupted = True
        finally:
            if sys.stderr.isatty():
                click.echo(f"\r{'':70}\r", nl=False, err=True)
        click.echo(json.dumps(report.as_json(), indent=2) if as_json else str(report))
        if is_interrupted or not report.is_well:
            context.exit(130 if is_interrupted else 1)
