"""``lockstep server user invite``, ``invitations`` and ``uninvite``: who may make an account."""

from __future__ import annotations

import json

import click

from server_api.cli.options import opened_server, place
from server_api.cli.users import user
from server_api.domain.showing import exact


@user.command("invite")
@click.argument("email", required=False)
@click.option("--send", is_flag=True, help="By mail to this address, with what to do; the running server sends it.")
@place(reads_environment=False)
@click.pass_context
def invite_user(context: click.Context, email: str | None, send: bool) -> None:
    """Print a code for one new account, good for a week: for this address, or for whoever has it.

    A new code for an address replaces the one before. Mails need --public-url.

    Example: lockstep server user invite ada@example.org --send --public-url https://files.example.org
    """
    if send and not email:
        raise click.UsageError("--send needs the address that it goes to")
    with opened_server(context) as opened:
        from server_api.services.accounts import make_invitation
        from server_api.services.invitations import invite_by_mail

        if send and email:
            invite_by_mail(opened, email)
            click.echo(f"the invitation for {email} waits to be sent")
        else:
            click.echo(make_invitation(opened, email))


@user.command("invitations")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def show_invitations(context: click.Context, as_json: bool) -> None:
    """List the invitations that still hold. Their codes are shown once only, when they are made.

    Example: lockstep server user invitations --json
    """
    with opened_server(context) as opened:
        from server_api.services.invitations import list_invitations

        found = list_invitations(opened)
    if as_json:
        rows = [
            {"id": e.invitation_id, "email": e.email, "created_at": e.created_at, "expires_at": e.expires_at}
            for e in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for each in found:
        until = f"until {exact(each.expires_at)}" if each.expires_at else "its mail waits to be sent"
        click.echo(f"{each.invitation_id or '-':<14} {each.email or 'anyone':<40} {until}")
    if not found:
        click.echo("there are no invitations; `lockstep server user invite EMAIL` makes one")


@user.command("uninvite")
@click.argument("which", metavar="ID|EMAIL")
@place(reads_environment=False)
@click.pass_context
def withdraw(context: click.Context, which: str) -> None:
    """Withdraw an invitation: by its id, or all that an address has, mails that wait included.

    Example: lockstep server user uninvite ada@example.org
    """
    with opened_server(context) as opened:
        from server_api.services.invitations import withdraw_invitation

        withdraw_invitation(opened, which)
    click.echo(f"withdrawn: {which}")
