"""``lockstep server``: runs the API, and the operator's commands.

Nothing heavy is imported before a command needs it, and for serving nothing before the process is prepared.
"""

from __future__ import annotations

import functools
import json
import logging
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click
import platformdirs

from server_api.config import KEEP_ALL, Registration, ServerConfig
from server_api.domain.sizes import parse_size, show_size
from server_api.errors import ApiError, StartError

if TYPE_CHECKING:
    from server_api.services.server import Server

_DATABASES: Final = ("sqlite:///", "postgresql+psycopg://", "mysql+pymysql://", "mariadb+pymysql://")
_STORES: Final = ("dir:", "s3://")
_META: Final = "lockstep.server."

Command = Callable[..., Any]


# --- options ---------------------------------------------------------------------------------------------------------


def _remember(check: Callable[[str], None]) -> Callable[[click.Context, click.Parameter, str | None], None]:
    """These options may stand at the group or at the command; what stands later counts."""

    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            check(value)
            context.meta[f"{_META}{parameter.name}"] = value

    return callback


def _check_database(url: str) -> None:
    if not url.startswith(_DATABASES):
        raise click.BadParameter(
            "this kind of database is not known. Write sqlite:////srv/lockstep.sqlite, "
            "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE or mysql+pymysql://USER:PASSWORD@HOST/DATABASE"
        )


def _check_store(url: str) -> None:
    if not url.startswith(_STORES):
        raise click.BadParameter("this kind of store is not known. Write dir:PATH or s3://BUCKET")


def _check_public_url(url: str) -> None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host or not url.startswith(("http://", "https://")):
        raise click.BadParameter("write it as https://files.example.org")


def _check_retention(rule: str) -> None:
    from server_api.domain.retention import parse_retention

    try:
        parse_retention(rule)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _rule(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        _check_retention(value)
    return value


def _duration_ms(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    from server_api.domain.retention import parse_duration_ms

    try:
        return None if value is None else parse_duration_ms(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _place(*, reads_environment: bool) -> Callable[[Command], Command]:
    """What holds for every command: --data, --database, --store, --public-url, --mail, --retention."""

    def option(name: str, check: Callable[[str], None], text: str) -> Callable[[Command], Command]:
        variable = f"LOCKSTEP_SERVER_{name.upper().replace('-', '_')}"
        return click.option(
            f"--{name}",
            expose_value=False,
            callback=_remember(check),
            envvar=variable if reads_environment else None,
            help=text,
        )

    def add(command: Command) -> Command:
        for each in (
            option("mail-from", lambda _: None, "Who mails come from, such as lockstep@example.org."),
            option(
                "mail", lambda _: None, "smtp://USER@HOST:587 or smtps://USER@HOST. Else mails are files in outbox/."
            ),
            option(
                "retention", _check_retention, "How long old versions are kept: '1d:all 30d:1d 365d:7d'. [forever:all]"
            ),
            option("public-url", _check_public_url, "The address that others reach this server by."),
            option("store", _check_store, "dir:PATH or s3://BUCKET[/PREFIX]?endpoint_url=…&region=…"),
            option("database", _check_database, "sqlite:///… or postgresql+psycopg://… or mysql+pymysql://…"),
            option("data", lambda _: None, "The server's own directory."),
        ):
            command = each(command)
        return command

    return add


def _networks(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[Any, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter(f"{error}. Write networks like 10.0.0.0/8,fd00::/8") from error


def _address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) <= 65535) or set(host) & set("/@ "):
        raise click.BadParameter("write it as HOST:PORT, such as 127.0.0.1:9187")
    return host.strip("[]"), int(port)


def _size(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    try:
        return None if value is None else parse_size(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _config(context: click.Context, **serving: Any) -> ServerConfig:
    from sqlalchemy.engine import URL

    place = {
        key: context.meta.get(f"{_META}{key}")
        for key in ("data", "database", "store", "public_url", "mail", "mail_from", "retention")
    }
    data = Path(place["data"] or Path(platformdirs.user_data_dir("lockstep", appauthor=False), "server")).absolute()
    default_database = URL.create("sqlite", database=str(data / "lockstep.sqlite"))
    return ServerConfig(
        data=data,
        database_url=place["database"] or default_database.render_as_string(hide_password=False),
        store_url=place["store"] or f"dir:{data / 'objects'}",
        retention=place["retention"] or KEEP_ALL,
        public_url=(place["public_url"] or "").rstrip("/") or None,
        mail_url=place["mail"],
        mail_from=place["mail_from"],
        **serving,
    )


@contextmanager
def _plain_errors(context: click.Context) -> Iterator[None]:
    """One line on standard error and an exit code, whatever went wrong; a traceback only with --debug."""
    exit_code = 1
    try:
        yield
    except StartError as error:
        message, exit_code = str(error), error.exit_code
    except ApiError as error:
        message = str(error)
    except BrokenPipeError:  # whoever read the output had enough
        raise
    except Exception as error:
        if context.find_root().params.get("debug"):
            raise
        message = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no more is known'}"
    else:
        return
    click.echo(f"lockstep server: {message}", err=True)
    context.exit(exit_code)


@contextmanager
def _opened(context: click.Context) -> Iterator[Server]:
    """The server for one command."""
    with _plain_errors(context):
        from server_api.building import build_server

        server = build_server(_config(context))
        try:
            yield server
        finally:
            server.database.close()


# --- serving ---------------------------------------------------------------------------------------------------------


@click.group(invoke_without_command=True, short_help="Run the API, or manage it.")
@_place(reads_environment=True)
@click.option("--host", default="127.0.0.1", show_default=True, envvar="LOCKSTEP_SERVER_HOST")
@click.option(
    "--port",
    default=8700,
    show_default=True,
    type=click.IntRange(0, 65535),
    envvar="LOCKSTEP_SERVER_PORT",
    help="0 takes a free one.",
)
@click.option(
    "--registration",
    type=click.Choice([policy.value for policy in Registration]),
    default=Registration.OPEN.value,
    show_default=True,
    envvar="LOCKSTEP_SERVER_REGISTRATION",
    help="Who may make an account. Open is over loopback only, and by invitation elsewhere.",
)
@click.option(
    "--trusted-proxies",
    default="",
    callback=_networks,
    envvar="LOCKSTEP_SERVER_TRUSTED_PROXIES",
    help="Networks whose X-Forwarded-* counts, separated by commas.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="LOCKSTEP_SERVER_WORKERS",
    help="API processes; more than one needs PostgreSQL or MySQL.",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", "human", "json"]),
    default="auto",
    envvar="LOCKSTEP_SERVER_LOG_FORMAT",
    help="On standard error. Auto: lines on a terminal, else JSON.",
)
@click.option(
    "--metrics",
    callback=_address,
    metavar="HOST:PORT",
    envvar="LOCKSTEP_SERVER_METRICS",
    help="Where Prometheus may ask for /metrics, without a password; port 0 takes a free one. [nowhere]",
)
@click.option("--sign-in-link", metavar="EMAIL", hidden=True, help="Also print where a browser signs in, before.")
@click.option(
    "--serve-with",
    type=click.Choice(["greenlets", "threads"]),
    envvar="LOCKSTEP_SERVER_SERVE_WITH",
    hidden=True,
    help="Threads are for systems without fork.",
)
@click.pass_context
def server(
    context: click.Context,
    *,
    host: str,
    port: int,
    registration: str,
    trusted_proxies: tuple[Any, ...],
    workers: int,
    log_format: Any,
    metrics: tuple[str, int] | None,
    sign_in_link: str | None,
    serve_with: Any,
) -> None:
    """Run the API until SIGTERM, or manage what it keeps.

    Prints one line, `listening on http://HOST:PORT`, when it is ready. The default needs nothing else: SQLite and a
    directory for contents, both in the data directory.

    Example: lockstep server --data /srv/lockstep --port 8700
    """
    if context.invoked_subcommand is not None:
        return
    if workers > 1 and (context.meta.get(f"{_META}database") or "sqlite").startswith("sqlite"):
        raise click.UsageError("several workers need PostgreSQL or MySQL: leave --workers out, or give --database")
    with _plain_errors(context):
        from server_api.workers.serving import (
            USUAL_WAY,
            expose,
            occupy,
            open_listener,
            prepare_process,
            remember_address,
            serve,
        )

        listener = open_listener(host, port)
        way = serve_with or USUAL_WAY
        offload = prepare_process(way)

        from server_api.app import create_app
        from server_api.building import build_server
        from server_api.workers.jobs import run_due_jobs
        from server_api.workers.logs import configure_logs

        configure_logs(log_format)
        exposure = expose(*metrics, way) if metrics is not None else None
        config = _config(
            context,
            host=host,
            port=port,
            registration=Registration(registration),
            trusted_proxies=trusted_proxies,
        )
        occupy(config.data)
        built = build_server(config, offload=offload)
        for remark in built.store.check():
            logging.getLogger("lockstep.store").warning(remark.text, extra={"remark": remark.code})
        remember_address(config.data, listener)
        if sign_in_link is not None:
            _print_sign_in_link(built, sign_in_link)
        app = create_app(built)
        serve(built, app, listener, way, workers=workers, run_due_jobs=run_due_jobs, metrics=exposure)


def _print_sign_in_link(built: Server, email: str) -> None:
    """For who starts a server and wants one at once: another process for it would take as long as the server's."""
    from server_api.services.accounts import make_sign_in_link

    try:
        click.echo(f"sign in at /sign-in/{make_sign_in_link(built, email)}")
    except ApiError as error:
        click.echo(f"lockstep server: no link to sign in: {error}", err=True)


@server.command()
@_place(reads_environment=False)
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the database to this version's schema, after a backup of a SQLite file.

    Running the server does the same. Example: lockstep server migrate --data /srv/lockstep
    """
    with _opened(context):
        click.echo("the database is up to date")


@server.command()
@_place(reads_environment=False)
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Restore trees, history and the chunk table from the store alone, into an empty database.

    Example: lockstep server rebuild --data /srv/lockstep-new --store s3://my-bucket
    """
    with _opened(context) as opened:
        from server_api.services.rebuild import rebuild_server

        click.echo(str(rebuild_server(opened)))


@server.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_place(reads_environment=False)
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Look whether the database and the store can be used, and tell what to mend.

    Exit status 0 if a server can start with them, 2 if an address is not understood, 3 if the store cannot be reached,
    4 if it does not allow what it has to, else 1. Example: lockstep server check --store s3://my-bucket
    """
    with _opened(context) as opened:
        from dataclasses import asdict

        remarks = opened.store.check()
        uploads = "direct" if opened.store.holds_bindings else "incoming"
        if as_json:
            found = {"store": opened.store.name, "uploads": uploads, "remarks": [asdict(each) for each in remarks]}
            click.echo(json.dumps(found, indent=2))
            return
        click.echo("the database and the store can be used")
        for each in remarks:
            click.echo(f"note: {each.text}")


@server.command("audit")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="How many, at most.")
@_place(reads_environment=False)
@click.pass_context
def show_audit(context: click.Context, as_json: bool, limit: int) -> None:
    """Show what was recorded last: sign-ins good and bad, devices, passwords, mails, your own acts; oldest first.

    Example: lockstep server audit --limit 20
    """
    with _opened(context) as opened:
        from dataclasses import asdict

        from server_api.domain.showing import exact, showable
        from server_api.services.audit import read_newest

        found = read_newest(opened, limit)
        if as_json:
            click.echo(json.dumps([asdict(row) for row in found], indent=2))
            return
        for row in found:
            whose = " ".join(showable(part) for part in (row.account, row.device, row.detail) if part)
            click.echo(f"{exact(row.at)}  {row.action:<22} {whose}".rstrip())
        if not found:
            click.echo("nothing was recorded yet")


@server.command()
@click.option("--grace", "grace_ms", callback=_duration_ms, help="How long what nothing refers to is kept.  [24h]")
@click.option("--dry-run", is_flag=True, help="Change nothing, and tell what a pass would do.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_place(reads_environment=False)
@click.pass_context
def gc(context: click.Context, grace_ms: int | None, dry_run: bool, as_json: bool) -> None:
    """Free what no version needs any more. A running server does the same by itself, every six hours.

    Nothing goes at once: chunks are condemned first, and freed by a pass a day later; their packs a day after that.
    Exit status 1 if something could not be done. Example: lockstep server gc --dry-run
    """
    with _opened(context) as opened:
        from server_api.services.collection import collect

        report = collect(opened, grace_ms=grace_ms, dry_run=dry_run)
        click.echo(json.dumps(report.as_json(), indent=2) if as_json else str(report))
        if report.failures:
            context.exit(1)


# --- accounts --------------------------------------------------------------------------------------------------------


@server.group()
@_place(reads_environment=False)
def user() -> None:
    """Manage the accounts of this server.

    Example: lockstep server user list --data /srv/lockstep
    """


def _account_command(name: str) -> Callable[[Command], Command]:
    """A command of ``user`` about one account: its function gets the open server, the email and the options."""

    def make(function: Command) -> Command:
        @click.pass_context
        def command(context: click.Context, /, email: str, **options: Any) -> None:
            with _opened(context) as opened:
                function(opened, email, **options)

        placed = _place(reads_environment=False)(functools.wraps(function)(command))
        return user.command(name)(click.argument("email")(placed))

    return make


@_account_command("add")
@click.option("--admin", is_flag=True, help="May manage the server.")
@click.option("--quota", callback=_size, help="How much it may store, such as 10GiB. Without it there is no limit.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(opened: Server, email: str, admin: bool, quota: int | None, password_stdin: bool) -> None:
    """Make an account. Without --password-stdin it gets a random password, printed once.

    Example: lockstep server user add ada@example.org --quota 10GiB
    """
    from server_api.services.accounts import ADMIN, MEMBER, add_account

    password, is_random = _password(password_stdin)
    account = add_account(opened, email, password, role=ADMIN if admin else MEMBER, quota_bytes=quota)
    click.echo(f"added {account.email}")
    _tell_password(password, is_random)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_place(reads_environment=False)
@click.pass_context
def list_users(context: click.Context, as_json: bool) -> None:
    """List the accounts with what they store.

    Example: lockstep server user list --json
    """
    with _opened(context) as opened:
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
                }
                for account, is_disabled in found
            ]
            click.echo(json.dumps(rows, indent=2))
            return
        for account, is_disabled in found:
            limit = "no limit" if account.quota_bytes is None else f"of {show_size(account.quota_bytes)}"
            state = "disabled" if is_disabled else account.role
            click.echo(f"{account.email:<40} {state:<10} {show_size(account.used_bytes):>12} {limit}")
        if not found:
            click.echo("there are no accounts; `lockstep server user add EMAIL` makes one")


@_account_command("disable")
def disable_user(opened: Server, email: str) -> None:
    """Sign all devices of an account out for good. Its files stay; a new password enables it again.

    Example: lockstep server user disable ada@example.org
    """
    from server_api.services.accounts import disable

    disable(opened, email)
    click.echo(f"disabled {email}")


@_account_command("enable")
def enable_user(opened: Server, email: str) -> None:
    """Let a disabled account sign in again, with the password that it had.

    Example: lockstep server user enable ada@example.org
    """
    from server_api.services.accounts import enable

    enable(opened, email)
    click.echo(f"enabled {email}")


@_account_command("quota")
@click.argument("size", callback=_size)
def set_user_quota(opened: Server, email: str, size: int) -> None:
    """Set how much an account may store; 0 is no limit. What is stored already stays.

    Example: lockstep server user quota ada@example.org 10GiB
    """
    from server_api.services.accounts import set_quota

    set_quota(opened, email, size or None)
    click.echo(f"{email} may store {show_size(size) if size else 'without limit'}")


@_account_command("role")
@click.argument("role", type=click.Choice(["admin", "member"]))
def set_user_role(opened: Server, email: str, role: str) -> None:
    """Make an account an admin of the server, or a member only.

    Example: lockstep server user role ada@example.org admin
    """
    from server_api.services.accounts import set_role

    set_role(opened, email, role)
    click.echo(f"{email} is {role}")


@_account_command("password")
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


@_account_command("link")
def link_user(opened: Server, email: str) -> None:
    """Print an address that signs one browser in, once, within the hour.

    Without --public-url it is for a browser on this computer. Example: lockstep server user link ada@example.org
    """
    from server_api.services.accounts import make_sign_in_link

    code = make_sign_in_link(opened, email)
    click.echo(f"{opened.config.public_url or _local_address(opened.config.data)}/sign-in/{code}")


@_account_command("retention")
@click.argument("rule", required=False, callback=_rule)
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


@user.command("invite")
@click.argument("email", required=False)
@_place(reads_environment=False)
@click.pass_context
def invite_user(context: click.Context, email: str | None) -> None:
    """Print a code for one new account, good for a week: for this address, or for whoever has it.

    Example: lockstep server user invite ada@example.org
    """
    with _opened(context) as opened:
        from server_api.services.accounts import make_invitation

        click.echo(make_invitation(opened, email))


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
