"""``share``, ``shares``, ``edit-share``, ``unshare``: links that let others download."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click

from server_api.contract.messages import ErrorCode
from server_api.contract.shares import CreateShare, EditShare, Share
from sync_engine.cli.history import connected_to_server, named, node_path
from sync_engine.cli.paths import PLACE
from sync_engine.cli.running import ask_password, json_option, print_json
from sync_engine.cli.times import say_time
from sync_engine.core.quantities import counted, parse_duration, parse_size
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, SetupError, WrongUsage

_REACH = {
    "computer": "This address works on this computer only: to share with others, the server needs one that they reach.",
    "network": "This address works in the server's own network only.",
}
_NO_LINK = "no link's id. `lockstep shares` shows them."
_NO_VERSION = "no version's id. `lockstep versions` shows them; `current` stands for the one that is now."
_STATES = {
    "active": "",
    "expired": "expired",
    "used-up": "downloaded as often as it may be",
    "paused": "paused",
    "gone": "leads to nothing: it was deleted",
    "suspended": "suspended by the server",
}


def _size(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        size = parse_size(text)
    except ValueError as error:
        raise WrongUsage(f"{error}.") from None
    return size or None


@click.command()
@click.argument("path", type=PLACE)
@click.option("--expires", metavar="DURATION", help="Until when it works, from now on, such as 7d.")
@click.option("--password-stdin", is_flag=True, help="Read a password that visitors have to give from standard input.")
@click.option("--limit", type=click.IntRange(1, 2**31), help="How many downloads (or files) there may be.")
@click.option("--title", default="", help="What the page is headed with, in place of the name.")
@click.option("--note", default="", help="What the page says below that.")
@click.option("--version", "version", metavar="ID", help="Of a file: show this version, or `current`, for good.")
@click.option("--upload", is_flag=True, help="Others add files to the folder PATH, and see nothing of what is in it.")
@click.option("--max-file-size", callback=_size, help="Of one file that comes by --upload, such as 100MiB.")
@click.option("--max-size", callback=_size, help="Of all of them together, such as 2GiB.")
@click.option("--view-only", is_flag=True, help="Show it in the page and offer no download: a courtesy, no protection.")
@json_option
@click.pass_context
def share(
    context: click.Context,
    path: str,
    expires: str | None,
    password_stdin: bool,
    limit: int | None,
    title: str,
    note: str,
    version: str | None,
    upload: bool,
    max_file_size: int | None,
    max_size: int | None,
    view_only: bool,
    as_json: bool,
) -> None:
    """Make a link with which others can download the file or folder PATH, or add files to it.

    It goes along when PATH is moved or renamed, and leads to nothing once that is deleted. What is put into a shared
    folder later is shared as well. Of a folder that is not on the server yet there is no link: sync first.

    Example:  lockstep share Photos/Lisbon --expires 7d
    """
    expires_at = _expiry(expires)
    version_id = None if version in {None, "current"} else _id(version or "", _NO_VERSION)
    password = ask_password(from_stdin=True) if password_stdin else None
    if upload and (version is not None or view_only):
        raise WrongUsage("With --upload nothing is shown: leave --version and --view-only out.")
    if not upload and (max_file_size or max_size):
        raise WrongUsage("--max-file-size and --max-size go with --upload.")
    with connected_to_server(context) as (_, link, connected), named(link, path), _understood():
        request = CreateShare(
            path=node_path(link, path),
            expires_at=expires_at,
            password=password,
            limit=limit,
            title=title,
            note=note,
            pinned=version == "current",
            version_id=version_id,
            view_only=view_only,
            upload=upload,
            max_file_bytes=max_file_size,
            max_bytes=max_size,
        )
        made = connected.remote.share(request)
    if as_json:
        print_json(_document(made))
        return
    click.echo(made.url)
    if made.upload:
        click.echo("Who has it can add files to this folder, and sees nothing of what is in it.", err=True)
    elif made.kind == made.kind.FOLDER:
        click.echo("What you put into this folder later is shared, too.", err=True)
    if made.reach in _REACH:
        click.echo(_REACH[made.reach], err=True)


@click.command()
@click.argument("share_id", metavar="ID")
@click.option("--expires", metavar="DURATION", help="Until when it works, from now on, such as 7d; `never` for no end.")
@click.option("--password-stdin", is_flag=True, help="Read another password from standard input.")
@click.option("--no-password", is_flag=True, help="Ask visitors for none.")
@click.option("--limit", type=click.IntRange(0, 2**31), help="How many downloads there may be in all; 0 is no limit.")
@click.option("--title", help="What the page is headed with.")
@click.option("--note", help="What the page says below that.")
@click.option("--pause/--resume", "paused", default=None, help="Have it lead to nothing for a while, or go on.")
@json_option
@click.pass_context
def edit_share(
    context: click.Context,
    share_id: str,
    expires: str | None,
    password_stdin: bool,
    no_password: bool,
    limit: int | None,
    title: str | None,
    note: str | None,
    paused: bool | None,
    as_json: bool,
) -> None:
    """Change what a link allows and says. Who gave a password that is another one now is asked for that.

    Example:  lockstep edit-share 0f8b… --expires 30d --limit 0
    """
    wanted = _id(share_id, _NO_LINK)
    if password_stdin and no_password:
        raise WrongUsage("Give another password, or none: not both.")
    changes: dict[str, Any] = {"title": title, "note": note, "paused": paused}
    changes = {name: value for name, value in changes.items() if value is not None}
    if expires is not None:
        changes["expires_at"] = None if expires == "never" else _expiry(expires)
    if limit is not None:
        changes["limit"] = limit or None
    if no_password or password_stdin:
        changes["password"] = ask_password(from_stdin=True) if password_stdin else None
    if not changes:
        raise WrongUsage("Say what to change: `lockstep edit-share --help` shows what can be.")
    with connected_to_server(context) as (_, __, connected), _of_a_link():
        changed = connected.remote.edit_share(wanted, EditShare(**changes))
    if as_json:
        print_json(_document(changed))
    else:
        click.echo(f"The link has changed: {', '.join(_facts(changed))}.")


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
    wanted = _id(share_id, _NO_LINK)
    with connected_to_server(context) as (_, __, connected), _of_a_link():
        connected.remote.withdraw_share(wanted)
    click.echo("The link is withdrawn.")


@contextmanager
def _understood() -> Iterator[None]:
    """Raises: WrongUsage, where what was asked for does not go together: with a file, a folder, or by itself."""
    try:
        yield
    except Refused as error:
        if error.problem_code != ErrorCode.INVALID_BODY:
            raise
        raise WrongUsage(f"There can be no such link: {error}.") from error


@contextmanager
def _of_a_link() -> Iterator[None]:
    """Raises: SetupError, where the server knows no such link."""
    try:
        yield
    except Refused as error:
        if error.problem_code != ErrorCode.NOT_FOUND:
            raise
        raise SetupError("There is no such link. `lockstep shares` shows those that there are.") from error


def _id(text: str, otherwise: str) -> bytes:
    try:
        return UUID(text).bytes
    except ValueError:
        raise WrongUsage(f"“{showable(text)}” is {otherwise}") from None


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
        "title": made.title,
        "note": made.note,
        "version": made.version_id.hex() if made.version_id is not None else None,
        "view_only": made.view_only,
        "upload": made.upload,
        "max_file_size": made.max_file_bytes,
        "max_size": made.max_bytes,
        "received_size": made.uploaded_bytes,
    }


def _facts(made: Share) -> list[str]:
    facts = [_STATES.get(made.state, made.state)] if made.state != "active" else []
    of = f" of {made.limit:,}" if made.limit is not None else ""
    what = "file received" if made.upload and made.downloads == 1 else "files received"
    facts.append(f"{made.downloads:,} {what}{of}" if made.upload else f"{counted(made.downloads, 'download')}{of}")
    if made.version_id is not None:
        facts.append("of one version")
    if made.view_only:
        facts.append("for looking only")
    if made.has_password:
        facts.append("with a password")
    if made.expires_at is not None:
        facts.append(f"until {say_time(made.expires_at)}")
    return facts
