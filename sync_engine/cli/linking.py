"""``link``: this profile as a device of an account, bound to a folder."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from server_api.contract.messages import ErrorCode
from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.cli.hints import say
from sync_engine.cli.paths import PLACE
from sync_engine.cli.running import (
    ask_password,
    json_option,
    print_json,
    profile_of,
    refuse_while_running,
    told_as_json,
)
from sync_engine.core.model import DeviceId
from sync_engine.core.quantities import counted, show_size
from sync_engine.core.showing import showable
from sync_engine.errors import (
    FolderInside,
    FolderOverlaps,
    FolderTaken,
    FolderUnusable,
    Refused,
    RootForeign,
    WrongUsage,
)
from sync_engine.profile import Link, Profile, refuse_wiping


@click.command()
@click.argument("server", metavar="URL")
@click.option("--email", required=True, help="Whose account it is.")
@click.option(
    "--folder", metavar="DIR", type=PLACE, required=True, help="The folder to keep in step; made if it is not there."
)
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
@click.option("--dry-run", is_flag=True, help="Only look whether the folder can be linked, and what is in it.")
@json_option
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
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make this profile a device of an account on the server at URL, and bind it to a folder.

    What is in the folder already is merged with what the server has; nothing is deleted.
    Linking again keeps the device. With --json a failure is a document, too: its `code` tells why.

    Example:  lockstep link https://files.example.org --email me@example.org --folder ~/Lockstep
    """
    with told_as_json(wanted=as_json):
        if not folder:
            raise WrongUsage("--folder needs the path of a folder, such as ~/Lockstep.")
        place = os.path.abspath(os.path.expanduser(folder))
        profile = profile_of(context)
        if dry_run:
            _tell_found(profile, place, take_over=take_over, as_json=as_json)
            return
        refuse_while_running(profile)
        profile.set_damaged_aside()
        password = ask_password(from_stdin=password_stdin, is_new=create_account)
        with profile.alone():
            refuse_while_running(profile)  # it may have been started while the password was asked for
            made = link_device(
                profile,
                server.rstrip("/"),
                email,
                password,
                folder=place,
                device_name=device_name,
                create_account=create_account,
                totp=totp,
                ask_totp=_ask_code if totp is None and not password_stdin and sys.stdin.isatty() else None,
                invite=invite,
                ca_file=os.path.abspath(ca_file) if ca_file else None,
                insecure_http=insecure_http,
                take_over=take_over,
            )
    if as_json:
        print_json({"folder": made.folder, "server": made.server, "account": made.email, "device": made.device_name})
        return
    click.echo(f"{showable(made.folder)} is linked to {made.server} as “{showable(made.device_name)}”.")
    say("`lockstep start` keeps it in step; `lockstep sync` does so once.")


def _tell_found(profile: Profile, folder: str, *, take_over: bool, as_json: bool) -> None:
    """Whether the folder could be linked, and what is in it. Nothing is made or changed. Raises: SetupError."""
    from sync_engine.adapters.filesystem.root import whose_root

    refuse_containment(profile, folder)
    refuse_synced_above(folder)
    _refuse_unusable(folder)
    known = profile.settings().link
    ours = known.journal_id if known is not None and known.folder == folder else None
    if not take_over and whose_root(folder) not in {None, ours}:
        raise _taken(folder)
    files, size = _counted(folder)
    if as_json:
        print_json({"folder": folder, "exists": os.path.isdir(folder), "files": files, "bytes": size})
    elif files:
        click.echo(f"{showable(folder)} can be linked: {counted(files, 'file')} ({show_size(size)}) would be merged.")
    else:
        click.echo(f"{showable(folder)} can be linked; there are no files in it.")


def _refuse_unusable(folder: str) -> None:
    """What ``_made`` would refuse. Raises: FolderUnusable."""
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise _unusable(folder, "it is a file, not a folder")
    above = Path(folder)
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.R_OK | os.W_OK | os.X_OK):
        raise _unusable(folder, os.strerror(errno.EACCES))


def _counted(folder: str) -> tuple[int, int]:
    """Files and their bytes; no link is followed, and what is Lockstep's own does not count."""
    files = size = 0
    for place, folders, names in os.walk(folder):
        if place == folder and PRIVATE_FOLDER in folders:
            folders.remove(PRIVATE_FOLDER)
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(place, name)).st_size
                files += 1
    return files, size


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
    from sync_engine.adapters.filesystem.root import prepare_root, whose_root
    from sync_engine.connecting import reach

    refuse_wiping(profile)
    refuse_containment(profile, folder)
    refuse_synced_above(folder)
    known = profile.settings().link
    keeps = known is not None and known.server == server and known.email == email
    name = device_name or (known.device_name if known else platform.node().split(".")[0] or "This computer")
    with _made(folder):
        ours = known.journal_id if keeps and known is not None and known.folder == folder else uuid.uuid4().hex
        if not take_over and whose_root(folder) not in {None, ours}:
            raise _taken(folder)
        with reach(profile, server, ca_file=ca_file, insecure_http=insecure_http) as account:
            account.server()
            if create_account:
                account.register(email, password, invite)
            device_id = DeviceId(known.device_id) if keeps and known is not None else None
            try:
                session = account.sign_in(email, password, name, device_id, totp)
            except Refused as error:
                if error.problem_code == ErrorCode.WRONG_CREDENTIALS:
                    raise Refused(str(error), "wrong-sign-in", error.status) from error  # elsewhere it is the password
                if error.problem_code != ErrorCode.SECOND_FACTOR_NEEDED or ask_totp is None:
                    raise
                session = account.sign_in(email, password, name, device_id, ask_totp())
        try:
            prepare_root(folder, ours, adopt=take_over)
        except RootForeign:
            raise _taken(folder) from None
    made = Link(
        server=server,
        email=session.account.email,
        account_id=session.account.account_id,
        device_id=session.device_id,
        device_name=name,
        namespace_id=session.account.personal_namespace,
        folder=folder,
        journal_id=ours,
        ca_file=ca_file,
        insecure_http=insecure_http,
        wipe_check=session.wipe_check,
    )
    with profile.change_settings() as settings:
        settings.link, settings.wiping = made, None
    profile.remember_sign_in(is_signed_in=True)
    return made


@contextmanager
def _made(folder: str) -> Iterator[None]:
    """It is there for the block, and gone again if it was made for it and the block fails. Nobody signs in for a folder
    that cannot be used. Raises: SetupError."""
    is_new = not os.path.lexists(folder)
    try:
        os.makedirs(folder, exist_ok=True)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
    except OSError as error:
        why = "it is a file, not a folder" if isinstance(error, FileExistsError) else (error.strerror or str(error))
        raise _unusable(folder, why) from error
    try:
        yield
    except BaseException:
        if is_new:
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        raise


def _unusable(folder: str, why: str) -> FolderUnusable:
    return FolderUnusable(f"{showable(folder)} cannot be kept in step: {why}. Choose another folder.")


def _taken(folder: str) -> FolderTaken:
    return FolderTaken(
        f"{showable(folder)} belongs to another profile. Unlink it there first, "
        "or choose another folder; if that profile is gone, add --take-over."
    )


def refuse_containment(profile: Profile, *folders: str) -> None:
    """Profile, server data and synced folder may not contain one another. Raises: SetupError."""
    places = [Path(os.path.realpath(place)) for place in (str(profile.home), *folders)]
    for one in places:
        for other in places:
            if one is not other and (one == other or one in other.parents):
                raise FolderOverlaps(
                    f"{showable(str(other))} lies inside {showable(str(one))}: Lockstep's own data and the synced "
                    "folder must be apart. Choose another place."
                )


def refuse_synced_above(folder: str) -> None:
    """What is inside a folder that is kept in step is synced already. Raises: SetupError."""
    for above in Path(os.path.realpath(folder)).parents:
        if os.path.lexists(above / PRIVATE_FOLDER / "root"):
            raise FolderInside(
                f"{showable(folder)} lies inside {showable(str(above))}, which Lockstep keeps in step already. "
                "Choose a folder that is not inside it."
            )


def _ask_code() -> str:
    entered: str = click.prompt("Code of the second factor", err=True)
    return entered
