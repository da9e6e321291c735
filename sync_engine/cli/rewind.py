"""``rewind``: a folder as it was at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from server_api.contract.messages import ErrorCode
from server_api.contract.restoring import RewindRequest, Rewound
from sync_engine.cli.hints import quoted, say
from sync_engine.cli.history import connected_to_server, server_path
from sync_engine.cli.paths import PLACE, did_you_mean
from sync_engine.cli.running import IN_PART, Exit, json_option, print_json
from sync_engine.cli.times import pastable_time
from sync_engine.core.quantities import counted, parse_duration
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, SetupError, WrongUsage

_AGO: Final = " ago"
_WORDS: Final = {
    "restored": "comes back",
    "changed": "content of then",
    "moved": "goes back",
    "copied": "comes as a copy",
    "returned": "goes home",
    "deleted": "is deleted",
}
_WIDTH: Final = max(map(len, _WORDS.values()))


@click.command()
@click.argument("path", type=PLACE)
@click.option("--to", "moment", metavar="TIME", required=True, help="ISO 8601, or as long ago as `2h ago`.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@json_option
@click.pass_context
def rewind(context: click.Context, path: str, moment: str, dry_run: bool, as_json: bool) -> None:
    """Make the folder PATH as it was. It reaches every device with its next sync, and can be taken back the same way.

    What was in it then comes back: places, names and contents; what has moved elsewhere since comes as a copy. What
    was made in it since is deleted, and can be restored. What has moved in since goes back to where it was.

    Example:  lockstep rewind Thesis --to "2h ago" --dry-run
    """
    asked = _moment(moment)
    with connected_to_server(context) as (_, link, connected):
        inside = server_path(link, path)
        request = RewindRequest(path=inside, to_at=asked.to_at, ago_ms=asked.ago_ms, dry_run=dry_run)
        try:
            done = connected.remote.rewind(request)
        except Refused as error:
            if error.problem_code != ErrorCode.NOT_FOUND:
                raise
            raise SetupError(f"{showable(path)}: {showable(str(error))}" + did_you_mean(link, path)) from error
    if as_json:
        print_json(_document(inside, done, dry_run=dry_run))
    else:
        _tell(path, inside, done, dry_run=dry_run)
    if done.expired and not dry_run:
        raise Exit(IN_PART)


def _moment(text: str) -> RewindRequest:
    """With the path still to come. Raises: WrongUsage."""
    text = text.strip()
    if text.endswith(_AGO):
        try:
            return RewindRequest(path="", ago_ms=int(parse_duration(text.removesuffix(_AGO)) * 1000))
        except ValueError as error:
            raise WrongUsage(f"{error}, and then “ago”.") from None
    try:
        at = datetime.fromisoformat(text)
        to_at = int(at.astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise WrongUsage(
            f"“{showable(text)}” is no time. Write 2026-11-28T15:30, or how long ago, as in “2h ago”."
        ) from None
    if to_at < 0:
        raise WrongUsage("That was before there was anything to rewind to.")
    return RewindRequest(path="", to_at=to_at)


def _document(path: str, done: Rewound, *, dry_run: bool) -> dict[str, object]:
    return {
        "path": path,
        "dry_run": dry_run,
        "to": done.to_at,
        "seq": done.to_seq,
        "undo": {"to": done.undo_at, "seq": done.undo_seq},
        "restored": done.restored,
        "changed": done.changed,
        "moved": done.moved,
        "copied": done.copied,
        "deleted": done.deleted,
        "returned": done.returned,
        "stayed": done.stayed,
        "expired": done.expired,
        "changes": [
            {
                "what": change.what,
                "kind": change.kind.name.lower(),
                "path": change.path,
                "was_path": change.was_path,
                "size": change.size,
            }
            for change in done.changes
        ],
    }


def _tell(path: str, inside: str, done: Rewound, *, dry_run: bool) -> None:
    folder = showable(path) if inside else "Everything"
    lines = [
        (done.restored, "comes back", "come back"),
        (done.changed, "gets the content that it had", "get the contents that they had"),
        (done.moved, "goes back to its place or name", "go back to their places or names"),
        (done.copied, "comes as a copy, for it is elsewhere now", "come as copies, for they are elsewhere now"),
        (done.returned, "moved in since and goes back", "moved in since and go back"),
        (done.deleted, "was made since and is deleted", "were made since and are deleted"),
        (len(done.stayed), "moved in since and stays", "moved in since and stay"),
    ]
    if not any(count for count, *_ in lines) and not done.expired:
        click.echo(f"{folder} is as it was then.")
        return
    becomes = "would become" if dry_run else "becomes"
    click.echo(f"{folder} {becomes} as it was after the change at {pastable_time(done.to_at)}:")
    for count, one, several in lines:
        if count:
            click.echo(f"  {count:,} {one if count == 1 else several}")
    for change in sorted(done.changes, key=lambda change: change.path):
        was = f", was {showable(change.was_path)}" if change.was_path else ""
        click.echo(f"    {_WORDS.get(change.what, change.what):<{_WIDTH}}  {showable(change.path)}{was}")
    for gone in done.expired:
        click.echo(f"  {showable(gone)}: its content has expired; the server keeps old versions for a time.")
    if not dry_run:
        say(f"`lockstep rewind {quoted(inside or '.')} --to {pastable_time(done.undo_at)}` takes it back.")
    elif done.deleted:
        click.echo(f"{counted(done.deleted, 'deleted item')} could be restored.")
