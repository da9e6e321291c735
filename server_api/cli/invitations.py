"""``lockstep server user invite``, ``invitations`` and ``uninvite``: who may make an account."""

from __future__ import annotations

import click

from server_api.cli.options import opened_server, place
from server_api.cli.users import user


@user.command("invite")
@click.argument("email", required=False)
@place(reads_environment=False)
@click.pass_context
def invite_user(context: click.Context, email: str | None) -> None:
    """Print a code for one new account, good for a week: for this address, or for whoever has it.

    Example: lockstep server user invite ada@example.org
    """
    with opened_server(context) as opened:
        from server_api.services.accounts import make_invitation

        click.echo(make_invitation(opened, email))
