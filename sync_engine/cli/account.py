"""``account``: the password of the account, its second factor, and what was recorded of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from server_api.contract.messages import ErrorCode
from sync_engine.adapters.remote import HttpAccount
from sync_engine.cli.hints import say
from sync_engine.cli.running import ask_password, json_option, print_json, profile_of, told_as_json
from sync_engine.cli.times import say_time, show_time
from sync_engine.core.quantities import counted, show_size
from sync_engine.core.showing import showable
from sync_engine.errors import Refused, SetupError


@contextmanager
def _account(context: click.Context) -> Iterator[HttpAccount]:
    from sync_engine.connecting import connect

    profile = profile_of(context)
    with connect(profile, profile.link()) as connected:
        yield connected.account


@click.group()
def account() -> None:
    """Look after the account that this device belongs to.

    Example:  lockstep account second-factor on
    """


@account.command()
@click.option("--kept", is_flag=True, help="The one of now is what `lockstep up` keeps: only the new one is asked for.")
@click.option("--password-stdin", is_flag=True, help="Read both from standard input: the one of now, then the new.")
@json_option
@click.pass_context
def password(context: click.Context, kept: bool, password_stdin: bool, as_json: bool) -> None:
    """Change the password. All other devices are signed out; their files stay.

    `lockstep up` made one up, which --kept stands for; it keeps the new one as well.

    Example:  lockstep account password
    """
    from sync_engine.adapters.keychain import open_keychain
    from sync_engine.cli.up import PASSWORD

    with told_as_json(wanted=as_json):
        keychain = open_keychain(profile_of(context).home)
        known = keychain.read(PASSWORD)
        if kept and known is None:
            raise SetupError("No password is kept for this profile: the server is not one that `lockstep up` runs.")
        now = known if kept and known else ask_password(from_stdin=password_stdin, said="Password of now")
        new = ask_password(from_stdin=password_stdin, is_new=True, said="New password")
        with _account(context) as reached:
            reached.change_password(now, new)
        if known is not None:
            keychain.write(PASSWORD, new)
    if as_json:
        print_json({"changed": True})
    else:
        click.echo("The password is changed. Other devices have to sign in again.")


@account.command("sign-in-link")
@click.pass_context
def sign_in_link(context: click.Context) -> None:
    """Print an address that signs one browser in, once, within the hour. Where `lockstep up` runs the server.

    Example:  lockstep account sign-in-link
    """
    from sync_engine.cli.up import data_of_server, new_sign_in_path

    profile = profile_of(context)
    known = profile.link()
    if not known.runs_server:
        raise SetupError(f"The server is not this computer's own. Sign in at {known.server} with the password.")
    path = new_sign_in_path(data_of_server(profile), known.email)
    if not path:
        raise SetupError("No such address could be made. `lockstep doctor` may tell why.")
    click.echo(known.server + path)


@account.command()
@json_option
@click.pass_context
def audit(context: click.Context, as_json: bool) -> None:
    """What was recorded of the account last: sign-ins good and bad, devices, passwords, mails; newest first.

    Example:  lockstep account audit --json
    """
    with _account(context) as reached:
        entries = reached.audit().entries
    if as_json:
        print_json([{"at": e.at, "action": e.action, "device": e.device, "detail": e.detail} for e in entries])
        return
    for entry in entries:
        said = " ".join(showable(part) for part in (entry.device, entry.detail) if part)
        click.echo(f"{show_time(entry.at)}  {showable(entry.action):<22} {said}".rstrip())


@account.command()
@click.option("--cancel", is_flag=True, help="Take it back: the account stays.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def delete(context: click.Context, cancel: bool, password_stdin: bool) -> None:
    """Delete the account with all that it has on the server, 24 hours from now. Files on devices stay there.

    `lockstep export DIR --all-versions` gives you everything before.

    Example:  lockstep account delete
    """
    known = "" if cancel else ask_password(from_stdin=password_stdin)
    with _account(context) as reached:
        if cancel:
            try:
                reached.cancel_deletion()
            except Refused as error:
                if error.problem_code != ErrorCode.NOT_FOUND:
                    raise
                raise SetupError("The account is not to be deleted, or it is too late to take that back.") from error
            click.echo("Taken back: the account stays.")
            return
        asked = reached.request_deletion(known)
    gone = counted(asked.nodes, "file and folder", "files and folders")
    click.echo(
        f"The account goes for good {say_time(asked.due_at)}: {gone} and all history ({show_size(asked.size)}), "
        f"{counted(asked.devices, 'device')}."
    )
    say("`lockstep account delete --cancel` takes that back until then.")


@account.group("second-factor", invoke_without_command=True)
@json_option
@click.pass_context
def second_factor(context: click.Context, as_json: bool) -> None:
    """Whether signing in needs a code as well as the password.

    Example:  lockstep account second-factor on
    """
    if context.invoked_subcommand is not None:
        return
    with _account(context) as reached:
        found = reached.second_factor()
    if as_json:
        print_json({"on": found.is_on, "recovery_codes_left": found.recovery_codes_left})
    elif found.is_on:
        click.echo(f"The second factor is on. {found.recovery_codes_left} recovery codes are left.")
    else:
        say("The second factor is off. `lockstep account second-factor on` turns it on.")


def _command(name: str) -> Callable[[Callable[[HttpAccount, str], None]], click.Command]:
    """One that changes the second factor: its function gets the account, and the password that a person gave."""

    def make(function: Callable[[HttpAccount, str], None]) -> click.Command:
        @second_factor.command(name, help=function.__doc__)
        @click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
        @click.pass_context
        def command(context: click.Context, password_stdin: bool) -> None:
            known = ask_password(from_stdin=password_stdin)
            with _account(context) as reached:
                function(reached, known)

        return command

    return make


@_command("on")
def turn_on(reached: HttpAccount, known: str) -> None:
    """Make a secret for an authenticator application, and confirm it with a code.

    Example:  lockstep account second-factor on
    """
    enrolled = reached.enrol_second_factor(known)
    click.echo("Add this secret to your authenticator application:")
    click.echo(f"  {enrolled.secret}")
    click.echo(f"  {enrolled.uri}")
    codes = reached.confirm_second_factor(click.prompt("The code that it shows", err=True))
    click.echo("The second factor is on.")
    _show(codes)


@_command("off")
def turn_off(reached: HttpAccount, known: str) -> None:
    """Sign in with the password alone again.

    Example:  lockstep account second-factor off
    """
    reached.turn_second_factor_off(known)
    click.echo("The second factor is off.")


@_command("codes")
def renew_codes(reached: HttpAccount, known: str) -> None:
    """Make new recovery codes; those before are good for nothing any more.

    Example:  lockstep account second-factor codes
    """
    _show(reached.renew_recovery_codes(known))


def _show(recovery_codes: Sequence[str]) -> None:
    click.echo("Keep these recovery codes where you find them without your phone. Each signs you in once:")
    for code in recovery_codes:
        click.echo(f"  {code}")
