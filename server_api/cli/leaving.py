"""``lockstep server user delete`` and ``purge``: what goes for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from server_api.cli.users import account_command
from server_api.domain.showing import exact, showable
from server_api.domain.sizes import show_size

if TYPE_CHECKING:
    from server_api.services.purging import Wisher
    from server_api.services.server import Server


@account_command("delete")
@click.option("--cancel", is_flag=True, help="Take it back: the account stays.")
def delete_user(opened: Server, email: str, cancel: bool) -> None:
    """Delete an account with all that it stores, 24 hours from now. Its person is told by mail.

    Example: lockstep server user delete ada@example.org
    """
    from server_api.services.deletion import cancel_deletion, request_deletion

    wisher = _wisher(opened, email)
    if cancel:
        cancel_deletion(opened, wisher)
        click.echo(f"{email} stays")
        return
    asked = request_deletion(opened, wisher)
    click.echo(
        f"{email} goes for good at {exact(asked.due_at)}: {asked.nodes} files and folders and all history "
        f"({show_size(asked.size)}), {asked.devices} devices; --cancel takes that back until then"
    )


@account_command("purge")
@click.argument("path")
@click.option("--cancel", is_flag=True, help="Take it back: nothing goes there.")
def purge_path(opened: Server, email: str, path: str, cancel: bool) -> None:
    """Let a path of an account's files go for good, with its history, 24 hours from now. Its person is told by mail.

    Example: lockstep server user purge ada@example.org old/letters
    """
    from server_api.services.accounts import personal_namespace
    from server_api.services.purging import cancel_purge, request_purge

    wisher = _wisher(opened, email)
    namespace_id = personal_namespace(wisher.account_id)
    if cancel:
        cancel_purge(opened, wisher, namespace_id, path)
        click.echo(f"{showable(path)} of {email} stays")
        return
    asked = request_purge(opened, wisher, namespace_id, path)
    click.echo(
        f"{showable(asked.path)} of {email} goes for good at {exact(asked.due_at)}: {asked.files} files in "
        f"{asked.versions} versions ({show_size(asked.size)}); --cancel takes that back until then"
    )


def _wisher(opened: Server, email: str) -> Wisher:
    from server_api.services.accounts import find
    from server_api.services.purging import Wisher

    with opened.database.read() as connection:
        return Wisher(account_id=find(connection, email))
