"""``share``, ``shares``, ``unshare``: links that let others download."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

import click

from server_api.contract.messages import ErrorCode
from server_api.contract.shares import CreateShare, Share
from sync_engine.cli.history import connected_to_server, named, node_path
from sync_engine.cli.running import ask_password, json_option, print_json
from sync_engine.core.quantities import counted, parse_duration
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, SetupError, WrongUsage

_REACH = {
    "computer": "This address works on this computer only: to share with others, the server needs one that they reach.",
    "network": "This address works in the server's own network only.",
}
_STATES = {
    "active": "",
    "expired": "expired",
    "used-up": "downloaded as often as it may be",
    "gone": "leads to nothing: it was deleted",
    "suspended": "suspended by the server",
}


@click.command()
@click.argument("path")
@click.option("--expires", metavar="DURATION", help="Until when it works, from now on, such as 7d.")
@click.option("--password-stdin", is_flag=True, help="Read a password that visitors have to give from standard input.")
@click.option("--limit", type=click.IntRange(1, 2**31), help="How many downloads there may be.")
@json_option
@click.pass_context
def share(
    context: click.Context, path: str, expires: str | None, password_stdin: bool, limit: int | None, as_json: bool
) -> None:
    """Make a link with which others can download the file or folder PATH.

    It goes along when PATH is moved or renamed, and leads to nothing once that is deleted. What is put into a shared
    folder later is shared as well. Of a folder that is not on the server yet there is no link: sync first.

    Example:  lockstep share Photos/Lisbon --expires 7d
    """
    expires_at = _expiry(expires)
    password = ask_password(from_stdin=True) if password_stdin else None
    with connected_to_server(context) as (_, link, connected), named(link, path):
        request = CreateShare(path=node_path(link, path), expires_at=expires_at, password=password, limit=limit)
        made = connected.remote.share(request)
    if as_json:
        print_json(_document(made))
        return
    click.echo(made.url)
    if made.kind == made.kind.FOLDER:
        click.echo("What you put into this folder later is shared, too.", err=True)
    if made.reach in _REACH:
        click.echo(_REACH[made.reach], err=True)


@click.command()
@json_option
@click.pass_context
def shares(context: click.Context, as_json: bool) -> None:
    """Your links, newest first.

    Example:  lockstep shares --json
    """
    with connected_to_server(context) as (_, __, connected):
        found = connected.remote.shares()
    if as_json:
        print_json([_document(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.share_id.hex()}  {showable(each.path or each.title or '(deleted)')}")
        click.echo(f"    {each.url}")
        click.echo(f"    {', '.join(_facts(each))}")
    if not found:
        click.echo("There are no links. `lockstep share PATH` makes one.")


@click.command()
@click.argument("share_id", metavar="ID")
@click.pass_context
def unshare(context: click.Context, share_id: str) -> None:
    """Withdraw a link: from now on it leads to nothing.

    Example:  lockstep unshare 0f8b…
    """
    try:
        wanted = UUID(share_id).bytes
    except ValueError:
        raise WrongUsage(f"“{showable(share_id)}” is no link's id. `lockstep shares` shows them.") from None
    with connected_to_server(context) as (_, __, connected):
        try:
            connected.remote.withdraw_share(wanted)
        except Refused as error:
            if error.problem_code != ErrorCode.NOT_FOUND:
                raise
            raise SetupError("There is no such link. `lockstep shares` shows those that there are.") from error
    click.echo("The link is withdrawn.")


def _expiry(duration: str | None) -> int | None:
    if duration is None:
        return None
    try:
        seconds = parse_duration(duration)
    except ValueError as error:
        raise WrongUsage(f"{error}.") from None
    if not seconds:
        raise WrongUsage("A link that ends at once is of no use. Leave --expires out for one that does not end.")
    return int((time.time() + seconds) * 1000)


def _document(made: Share) -> dict[str, object]:
    return {
        "id": made.share_id.hex(),
        "url": made.url,
        "expires_at": made.expires_at,
        "limit": made.limit,
        "path": made.path,
        "downloads": made.downloads,
        "has_password": made.has_password,
        "state": made.state,
        "reach": made.reach,
        "created_at": made.created_at,
    }


def _facts(made: Share) -> list[str]:
    facts = [_STATES.get(made.state, made.state)] if made.state != "active" else []
    of = f" of {made.limit:,}" if made.limit is not None else ""
    facts.append(f"{counted(made.downloads, 'download')}{of}")
    if made.has_password:
        facts.append("with a password")
    if made.expires_at is not None:
        at = datetime.fromtimestamp(made.expires_at / 1000, UTC).astimezone()
        facts.append(f"until {at.strftime('%Y-%m-%d %H:%M')}")
    return facts
