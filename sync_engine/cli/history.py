"""``ls``, ``versions``, ``restore``, ``cat``, ``export``: what the server keeps."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from server_api.contract.history import Entry, VersionEntry
from server_api.contract.messages import ErrorCode, Kind
from server_api.contract.names import comparable, refuse_reason
from sync_engine.cli.exclude import excluded_paths, is_excluded
from sync_engine.cli.linking import refuse_synced_above
from sync_engine.cli.paths import PLACE, did_you_mean, relative_path
from sync_engine.cli.running import IN_PART, Exit, json_option, print_json, profile_of
from sync_engine.cli.times import show_time
from sync_engine.core.quantities import counted, show_size
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, RootError, SetupError, WrongUsage
from sync_engine.profile import Link, Profile

if TYPE_CHECKING:
    from sync_engine.connecting import Connected

_KINDS = {Kind.FILE: "file", Kind.FOLDER: "folder", Kind.SYMLINK: "symlink"}


def server_path(link: Link, path: str) -> str:
    """As the server has it. Raises: SetupError if it cannot have it."""
    inside = relative_path(link, path)
    for at, name in enumerate(inside.split("/") if inside else ()):
        if reason := refuse_reason(name, at_root=at == 0):
            raise SetupError(f"The server has no {showable(path)}: “{showable(name)}” is not synced, for {reason}.")
    return inside


def node_path(link: Link, path: str) -> str:
    """As ``server_path``, and not the folder as a whole."""
    inside = server_path(link, path)
    if not inside:
        raise WrongUsage("This takes a file or a folder in the synced folder, not all of it.")
    return inside


@contextmanager
def connected_to_server(context: click.Context) -> Iterator[tuple[Profile, Link, Connected]]:
    from sync_engine.connecting import connect

    profile = profile_of(context)
    link = profile.link()
    with connect(profile, link) as connected:
        yield profile, link, connected


@contextmanager
def named(link: Link, path: str) -> Iterator[None]:
    """Says of a path that the server does not know which one it is."""
    try:
        yield
    except Refused as error:
        if error.problem_code != ErrorCode.NOT_FOUND:
            raise
        raise SetupError(
            f"There is no {showable(path)} on the server. `lockstep ls` shows what there is." + did_you_mean(link, path)
        ) from error


@click.command()
@click.argument("path", type=PLACE, default="")
@click.option("--deleted", is_flag=True, help="What was deleted and can be restored.")
@click.option("--recursive", is_flag=True, help="Also what is in folders below.")
@json_option
@click.pass_context
def ls(context: click.Context, path: str, deleted: bool, recursive: bool, as_json: bool) -> None:
    """What the server has below PATH.

    Example:  lockstep ls Photos --deleted --json
    """
    with connected_to_server(context) as (_, link, connected), named(link, path):
        entries = connected.remote.list_all(server_path(link, path), recursive=recursive, deleted=deleted)
    excluded = [] if deleted else excluded_paths(context)
    if as_json:
        print_json([_entry(entry, excluded, deleted=deleted) for entry in entries])
        return
    for entry in entries:
        size = show_size(entry.size) if entry.kind is Kind.FILE else "-"
        slash = "/" if entry.kind is Kind.FOLDER else ""
        at = entry.deleted_at or entry.mtime_ns // 1_000_000 or entry.committed_at
        mark = "  (excluded from this device)" if is_excluded(comparable(entry.path), excluded) else ""
        click.echo(f"{show_time(at)}  {size:>10}  {showable(entry.path)}{slash}{mark}")
    if not entries:
        click.echo("Nothing was deleted here." if deleted else "There is nothing here.")


def _entry(entry: Entry, excluded: list[str], *, deleted: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "path": entry.path,
        "kind": _KINDS[entry.kind],
        "size": entry.size,
        "mtime": entry.mtime_ns / 1e9,
        "state": "deleted" if deleted else _state(entry, excluded),
        "seq": entry.seq,
        "node": entry.node_id.hex(),
        "executable": entry.executable,
    }
    if entry.deleted_at is not None:
        document["deleted_at"] = entry.deleted_at
    return document


def _state(entry: Entry, excluded: list[str]) -> str:
    return "excluded" if is_excluded(comparable(entry.path), excluded) else "in-step"


@click.command()
@click.argument("path", type=PLACE)
@json_option
@click.pass_context
def versions(context: click.Context, path: str, as_json: bool) -> None:
    """Every content that ever lay at PATH, newest first.

    Example:  lockstep versions thesis.odt
    """
    with connected_to_server(context) as (_, link, connected), named(link, path):
        found = connected.remote.history(node_path(link, path))
    if as_json:
        print_json([_version(version) for version in found])
        return
    for version in found:
        mark = "  current" if version.is_current else "  expired" if version.expired else ""
        at = show_time(version.created_at)
        click.echo(
            f"{version.revision_id.hex()}  {at}  {show_size(version.size):>10}  {showable(version.device)}{mark}"
        )
    if not found:
        click.echo(f"No file ever lay at {showable(path)}, so there are no versions of it.")


def _version(version: VersionEntry) -> dict[str, Any]:
    return {
        "version": version.revision_id.hex(),
        "size": version.size,
        "mtime": version.mtime_ns / 1e9,
        "device": version.device,
        "created_at": version.created_at,
        "current": version.is_current,
        "expired": version.expired,
        "node": version.node_id.hex(),
        "hash": version.content_hash.hex(),
    }


@click.command()
@click.argument("path", type=PLACE)
@click.option("--version", "version_id", metavar="ID", help="Of a file; see `lockstep versions`.")
@click.option("--to", metavar="PATH", type=PLACE, help="Put it there instead.")
@click.pass_context
def restore(context: click.Context, path: str, version_id: str | None, to: str | None) -> None:
    """Bring back an old version, or a deleted file or folder, whole. It reaches every device with its next sync.

    Of a folder that is there, all that was deleted in it comes back; what is there stays as it is.

    Example:  lockstep restore Photos/Lisbon
    """
    with connected_to_server(context) as (_, link, connected):
        target = node_path(link, to) if to else None
        inside = node_path(link, path)
        try:
            restored = connected.remote.restore(inside, _id(version_id), target)
        except Refused as error:
            if error.problem_code != ErrorCode.NOT_FOUND:
                raise
            raise SetupError(f"{showable(path)}: {showable(str(error))}" + did_you_mean(link, path)) from error
    if not restored.revisions:
        click.echo("It is like that already.")
        return
    files = f": {counted(restored.files, 'file')}" if restored.files else ""
    click.echo(f"Restored as {showable(restored.path)}{files}.")
    if restored.expired:
        click.echo(
            f"{counted(restored.expired, 'file')} could not be restored: the server keeps old versions for a time."
        )
        raise Exit(IN_PART)


@click.command()
@click.argument("path", type=PLACE)
@click.option("--version", "version_id", metavar="ID", required=True, help="See `lockstep versions`.")
@click.pass_context
def cat(context: click.Context, path: str, version_id: str) -> None:
    """A version's bytes, to standard output.

    Example:  lockstep cat thesis.odt --version 3f… > old.odt
    """
    from sync_engine.engine.reading import read_version

    with connected_to_server(context) as (_, link, connected):
        wanted = _id(version_id)
        with named(link, path):
            found = [v for v in connected.remote.history(node_path(link, path)) if v.revision_id == wanted]
        if not found:
            raise SetupError(f"{showable(path)} never had this version. `lockstep versions` shows those it had.")
        if found[0].expired:
            raise SetupError("the content of this version has expired: the server keeps old versions for a time only")
        for piece in read_version(connected.remote, connected.store, found[0].revision_id, found[0].content_hash):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


@click.command()
@click.argument("directory", metavar="DIR", type=PLACE)
@click.option("--all-versions", is_flag=True, help="Old versions and deleted files as well.")
@click.pass_context
def export(context: click.Context, directory: str, all_versions: bool) -> None:
    """Everything on the server, as plain files in DIR, which must be new or empty.

    Example:  lockstep export ~/everything --all-versions
    """
    from sync_engine.exporting import export_tree

    if not directory:
        raise WrongUsage("DIR needs the path of a new directory.")
    target = os.path.abspath(os.path.expanduser(directory))
    if os.path.isdir(target) and os.listdir(target):
        raise SetupError(f"{showable(directory)} is not empty. Choose a new directory.")
    refuse_synced_above(target)
    with connected_to_server(context) as (_, __, connected):
        try:
            done = export_tree(connected.remote, connected.store, target, all_versions=all_versions)
        except RootError as error:
            raise SetupError(f"Nothing can be put there: {showable(str(error))}. Choose another directory.") from error
    for path, reason in done.failed:
        click.echo(f"{showable(path)}: {reason}", err=True)
    click.echo(f"{counted(done.files, 'file is', 'files are')} in {showable(directory)}: {show_size(done.bytes)}.")
    if done.failed:
        raise Exit(IN_PART)


def _id(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return UUID(text).bytes
    except ValueError:
        raise WrongUsage(f"“{showable(text)}” is no version. `lockstep versions` shows them.") from None
