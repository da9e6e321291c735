"""``link``, ``unlink``, ``devices``: this profile as a device of an account."""

from __future__ import annotations

import os
import platform
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import click

from server_api.contract.messages import Device, ErrorCode, Session
from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.cli.background import end_background
from sync_engine.cli.running import IN_PART, WRONG_USAGE, Exit, json_option, print_json, profile_of
from sync_engine.control.client import ControlClient
from sync_engine.core.model import DeviceId
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, RemoteError, RootForeign, SetupError
from sync_engine.profile import Link, Profile


@click.command()
@click.argument("server", metavar="URL")
@click.option("--email", required=True, help="Whose account it is.")
@click.option("--folder", required=True, help="The folder to keep in step; made if it is not there.")
@click.option("--device", "device_name", help="How this device is called; else the computer's name.")
@click.option("--create-account", is_flag=True, help="Make the account first.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--totp", metavar="CODE", help="The second factor, if the account has one.")
@click.option("--invite", metavar="CODE", help="The invitation, for a new account.")
@click.option(
    "--ca-file", metavar="PEM", type=click.Path(exists=True, dir_okay=False), help="Trust this authority too."
)
@click.option("--insecure-http", is_flag=True, help="Allow a server beyond this computer without encryption.")
@click.option("--take-over", is_flag=True, help="Take the folder even if another profile had it, which is gone.")
@click.pass_context
def link(
    context: click.Context,
    server: str,
    email: str,
    folder: str,
    device_name: str | None,
    create_account: bool,
    password_stdin: bool,
    totp: str | None,
    invite: str | None,
    ca_file: str | None,
    insecure_http: bool,
    take_over: bool,
) -> None:
    """Make this profile a device of an account on the server at URL, and bind it to a folder.

    What is in the folder already is merged with what the server has; nothing is deleted.
    Linking again keeps the device.

    Example:  lockstep link https://files.example.org --email me@example.org --folder ~/Lockstep
    """
    profile = profile_of(context)
    _refuse_while_running(profile)
    password = ask_password(from_stdin=password_stdin, is_new=create_account)
    made = link_device(
        profile,
        server.rstrip("/"),
        email,
        password,
        folder=os.path.abspath(os.path.expanduser(folder)),
        device_name=device_name,
        create_account=create_account,
        totp=totp,
        ask_totp=_ask_code if totp is None and not password_stdin and sys.stdin.isatty() else None,
        invite=invite,
        ca_file=os.path.abspath(ca_file) if ca_file else None,
        insecure_http=insecure_http,
        take_over=take_over,
    )
    click.echo(f"{showable(made.folder)} is linked to {made.server} as “{showable(made.device_name)}”.")
    click.echo("`lockstep start` keeps it in step; `lockstep sync` does so once.")


def link_device(
    profile: Profile,
    server: str,
    email: str,
    password: str,
    *,
    folder: str,
    device_name: str | None = None,
    create_account: bool = False,
    totp: str | None = None,
    ask_totp: Callable[[], str] | None = None,
    invite: str | None = None,
    ca_file: str | None = None,
    insecure_http: bool = False,
    take_over: bool = False,
) -> Link:
    """Sign in, bind the folder, and remember both. ``ask_totp`` is called if the account turns out to need a code.

    Raises: SetupError, RootError, RemoteError.
    """
    from sync_engine.adapters.filesystem.root import prepare_root
    from sync_engine.connecting import reach

    refuse_containment(profile, folder)
    _refuse_synced_above(folder)
    known = profile.settings().link
    name = device_name or (known.device_name if known else platform.node().split(".")[0] or "This computer")
    with reach(profile, server, ca_file=ca_file, insecure_http=insecure_http) as account:
        account.server()
        if create_account:
            account.register(email, password, invite)
        keeps = known is not None and known.server == server and known.email == email
        device_id = DeviceId(known.device_id) if keeps and known else None
        try:
            session = account.sign_in(email, password, name, device_id, totp)
        except Refused as error:
            if error.problem_code != ErrorCode.SECOND_FACTOR_NEEDED or ask_totp is None:
                raise
            session = account.sign_in(email, password, name, device_id, ask_totp())
    link = _remember(session, known if keeps else None, server, name, folder, ca_file, insecure_http=insecure_http)
    try:
        prepare_root(folder, link.journal_id, adopt=take_over)
    except RootForeign:
        raise SetupError(
            f"{showable(folder)} belongs to another profile. Unlink it there first (`lockstep unlink`), "
            "or choose another folder; if that profile is gone, add --take-over."
        ) from None
    settings = profile.settings()
    settings.link = link
    profile.write_settings(settings)
    return link


def _remember(
    session: Session,
    known: Link | None,
    server: str,
    name: str,
    folder: str,
    ca_file: str | None,
    *,
    insecure_http: bool,
) -> Link:
    same_folder = known is not None and known.folder == folder
    return Link(
        server=server,
        email=session.account.email,
        account_id=session.account.account_id,
        device_id=session.device_id,
        device_name=name,
        namespace_id=session.account.personal_namespace,
        folder=folder,
        journal_id=known.journal_id if known is not None and same_folder else uuid.uuid4().hex,
        ca_file=ca_file,
        insecure_http=insecure_http,
    )


def refuse_containment(profile: Profile, *folders: str) -> None:
    """Profile, server data and synced folder may not contain one another. Raises: SetupError."""
    places = [Path(os.path.realpath(place)) for place in (str(profile.home), *folders)]
    for one in places:
        for other in places:
            if one is not other and (one == other or one in other.parents):
                raise SetupError(
                    f"{showable(str(other))} lies inside {showable(str(one))}: Lockstep's own data and the synced "
                    "folder must be apart. Choose another place."
                )


def _refuse_synced_above(folder: str) -> None:
    """What is inside a folder that is kept in step is synced already. Raises: SetupError."""
    for above in Path(os.path.realpath(folder)).parents:
        if os.path.lexists(above / PRIVATE_FOLDER / "root"):
            raise SetupError(
                f"{showable(folder)} lies inside {showable(str(above))}, which Lockstep keeps in step already. "
                "Choose a folder that is not inside it."
            )


def ask_password(*, from_stdin: bool, is_new: bool = False, said: str = "Password") -> str:
    """From standard input, or from the person at the terminal; twice if it is a new one."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        click.echo("lockstep: There is no terminal to ask for the password. Use --password-stdin.", err=True)
        raise Exit(WRONG_USAGE)
    entered: str = click.prompt(said, hide_input=True, err=True, confirmation_prompt=is_new)
    return entered


def _ask_code() -> str:
    entered: str = click.prompt("Code of the second factor", err=True)
    return entered


def _refuse_while_running(profile: Profile) -> None:
    if client := ControlClient.connect(profile.home):
        client.close()
        raise SetupError("Lockstep runs in the background for this profile. Run `lockstep stop` first.")


@click.command()
@click.option("--keep-files/--remove-files", default=True, help="Whether the folder's files stay on this device.")
@click.pass_context
def unlink(context: click.Context, keep_files: bool) -> None:
    """Sign this device out and forget the folder. The server keeps everything; files stay here unless told otherwise.

    Example:  lockstep unlink --keep-files
    """
    from sync_engine.composition import alone_with_root
    from sync_engine.connecting import connect

    profile = profile_of(context)
    link = profile.link()
    end_background(profile)
    stayed = 0 if keep_files else _remove_files(profile)
    with alone_with_root(link) as is_ours:
        with connect(profile, link) as connected:
            try:
                connected.account.sign_out()
            except RemoteError:
                click.echo("The server could not be told; revoke this device from another one.", err=True)
        settings = profile.settings()
        settings.link = None
        profile.write_settings(settings)
        for name in ("journal.db", "journal.db-wal", "journal.db-shm", "excluded.json"):
            (profile.home / name).unlink(missing_ok=True)
        if is_ours:
            (Path(link.folder) / PRIVATE_FOLDER / "root").unlink(missing_ok=True)
    click.echo(f"{showable(link.folder)} is not kept in step any more.")
    if stayed:
        click.echo(f"{stayed:,} files stay, for the server does not have them like that.", err=True)
        raise Exit(IN_PART)


def _remove_files(profile: Profile) -> int:
    """To the folder's trash, and only what equals a committed version. Returns how many files and folders stay."""
    from sync_engine.composition import open_device
    from sync_engine.engine.loop import Rhythm
    from sync_engine.engine.removing import remove_synced

    with open_device(profile, Rhythm(), watches=False) as device:
        return remove_synced(device.filesystem, device.journal)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def devices(context: click.Context, as_json: bool) -> None:
    """The account's devices.

    Example:  lockstep devices --json
    """
    if context.invoked_subcommand is not None:
        return
    from sync_engine.connecting import connect

    profile = profile_of(context)
    with connect(profile, profile.link()) as connected:
        found = connected.account.devices()
    if as_json:
        print_json([_as_document(device) for device in found])
        return
    for device in found:
        here = " (this one)" if device.is_current else ""
        gone = " revoked" if device.revoked_at else ""
        click.echo(f"{uuid.UUID(bytes=device.device_id)}  {showable(device.name)}{here}{gone}")


def _as_document(device: Device) -> dict[str, object]:
    return {
        "id": str(uuid.UUID(bytes=device.device_id)),
        "name": device.name,
        "created_at": device.created_at,
        "last_seen_at": device.last_seen_at,
        "current": device.is_current,
        "revoked_at": device.revoked_at,
    }


@devices.command("revoke")
@click.argument("device_id", metavar="ID", type=click.UUID)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def revoke(context: click.Context, device_id: uuid.UUID, password_stdin: bool) -> None:
    """Sign another device out, at once. Needs the password.

    Example:  lockstep devices revoke 0192f2b4-…
    """
    from sync_engine.connecting import connect

    profile = profile_of(context)
    linked = profile.link()
    password = None if device_id.bytes == linked.device_id else ask_password(from_stdin=password_stdin, is_new=False)
    with connect(profile, linked) as connected:
        connected.account.revoke(DeviceId(device_id.bytes), password)
    click.echo("Revoked.")
