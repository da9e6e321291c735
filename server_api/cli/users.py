"""``lockstep server user``: the accounts of a server."""

from __future__ import annotations

import functools
import json
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from server_api.cli.options import Command, opened_server, place, retention_rule, size_in_bytes
from server_api.cli.serving import server
from server_api.domain.sizes import show_size

if TYPE_CHECKING:
    from server_api.services.server import Server


@server.group()
@place(reads_environment=False)
def user() -> None:
    """Manage the accounts of this server.

    Example: lockstep server user list --data /srv/lockstep
    """


def account_command(name: str, *, makes: bool = False) -> Callable[[Command], Command]:
    """A command of ``user`` about one account: its function gets the open server, the email and the options."""

    def make(function: Command) -> Command:
        @click.pass_context
        def command(context: click.Context, /, email: str, **options: Any) -> None:
            with opened_server(context, makes=makes) as opened:
                function(opened, email, **options)

        placed = place(reads_environment=False)(functools.wraps(function)(command))
        return user.command(name)(click.argument("email")(placed))

    return make


@account_command("add", makes=True)
@click.option("--admin", is_flag=True, help="May manage the server.")
@click.option(
    "--quota", callback=size_in_bytes, help="How much it may store, such as 10GiB. Without it there is no limit."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(opened: Server, email: str, admin: bool, quota: int | None, password_stdin: bool) -> None:
    """Make an account, and the server where there is none yet.

    Without --password-stdin it gets a random password, printed once.

    Example: lockstep server user add ada@example.org --quota 10GiB
    """
    from server_api.services.accounts import ADMIN, MEMBER, add_account

    password, is_random = _password(password_stdin)
    account = add_account(opened, email, password, role=ADMIN if admin else MEMBER, quota_bytes=quota)
    click.echo(f"added {account.email}")
    _tell_password(password, is_random)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@place(reads_environment=False)
@click.pass_context
def list_users(context: click.Context, as_json: bool) -> None:
    """List the accounts with what they store.

    Example: lockstep server user list --json
    """
    with opened_server(context) as opened:
        from server_api.services.accounts import list_accounts

        with opened.database.read() as connection:
            found = list(list_accounts(connection))
        if as_json:
            rows = [
                {
                    "email": account.email,
                    "role": account.role,
                    "disabled": is_disabled,
                    "used": account.used_bytes,
                    "quota": account.quota_bytes,
                    "delete_at": account.delete_at,
                }
                for account, is_disabled in found
            ]
            click.echo(json.dumps(rows, indent=2))
            return
        for account, is_disabled in found:
            limit = "no limit" if account.quota_bytes is None else f"of {show_size(account.quota_bytes)}"
            state = "deleting" if account.delete_at else "disabled" if is_disabled else account.role
            click.echo(f"{account.email:<40} {state:<10} {show_size(account.used_bytes):>12} {limit}")
        if not found:
            click.echo("there are no accounts; `lockstep server user add EMAIL` makes one")


@account_command("disable")
def disable_user(opened: Server, email: str) -> None:
    """Sign all devices of an account out for good. Its files stay; a new password enables it again.

    Example: lockstep server user disable ada@example.org
    """
    from server_api.services.accounts import disable

    disable(opened, email)
    click.echo(f"disabled {email}")


@account_command("enable")
def enable_user(opened: Server, email: str) -> None:
    """Let a disabled account sign in again, with the password that it had.

    Example: lockstep server user enable ada@example.org
    """
    from server_api.services.accounts import enable

    enable(opened, email)
    click.echo(f"enabled {email}")


@account_command("quota")
@click.argument("size", callback=size_in_bytes)
def set_user_quota(opened: Server, email: str, size: int) -> None:
    """Set how much an account may store; 0 is no limit. What is stored already stays.

    Example: lockstep server user quota ada@example.org 10GiB
    """
    from server_api.services.accounts import set_quota

    set_quota(opened, email, size or None)
    click.echo(f"{email} may store {show_size(size) if size else 'without limit'}")


@account_command("role")
@click.argument("role", type=click.Choice(["admin", "member"]))
def set_user_role(opened: Server, email: str, role: str) -> None:
    """Make an account an admin of the server, or a member only.

    Example: lockstep server user role ada@example.org admin
    """
    from server_api.services.accounts import set_role

    set_role(opened, email, role)
    click.echo(f"{email} is {role}")


@account_command("password")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_user_password(opened: Server, email: str, password_stdin: bool) -> None:
    """Give an account another password and sign all its devices out.

    Example: lockstep server user password ada@example.org
    """
    from server_api.services.accounts import set_password

    password, is_random = _password(password_stdin)
    set_password(opened, email, password)
    click.echo(f"changed the password of {email}")
    _tell_password(password, is_random)


@account_command("link")
def link_user(opened: Server, email: str) -> None:
    """Print an address that signs one browser in, once, within the hour.

    Without --public-url it is for a browser on this computer. Example: lockstep server user link ada@example.org
    """
    from server_api.services.accounts import make_sign_in_link

    code = make_sign_in_link(opened, email)
    click.echo(f"{opened.config.public_url or _local_address(opened.config.data)}/sign-in/{code}")


@account_command("retention")
@click.argument("rule", required=False, callback=retention_rule)
def set_user_retention(opened: Server, email: str, rule: str | None) -> None:
    """Say how long old versions of an account's files are kept. Without RULE it is as the server says.

    Example: lockstep server user retention ada@example.org "7d:all 90d:1d"
    """
    from server_api.services.accounts import find, personal_namespace
    from server_api.services.retention import set_retention

    with opened.database.read() as connection:
        namespace_id = personal_namespace(find(connection, email))
    set_retention(opened, namespace_id, rule)
    click.echo(f"{email}: {rule or opened.config.retention}")


def _local_address(data: Path) -> str:
    """Of the server on this data; "" if none ever ran. What a person has to know beside goes to standard error."""
    from server_api.workers.serving import last_address

    found = last_address(data)
    if found is None:
        click.echo("lockstep server: none ran here yet: put its address before this, or add --public-url", err=True)
        return ""
    address, answers = found
    if not answers:
        click.echo("lockstep server: the server does not run: start it before you open this", err=True)
    return address


def _password(from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return sys.stdin.readline(1026).rstrip("\r\n"), False
    return secrets.token_urlsafe(15), True


def _tell_password(password: str, is_random: bool) -> None:
    if is_random:
        click.echo(f"password: {password}")
