"""What the operator's commands share: their options, the server that they open, and how an error is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click
import platformdirs

from server_api.config import KEEP_ALL, ServerConfig, secret
from server_api.domain.sizes import parse_size
from server_api.errors import ApiError, NoServerError, StartError

if TYPE_CHECKING:
    from server_api.services.server import Server

Command = Callable[..., Any]

_DATABASES: Final = ("sqlite:///", "postgresql+psycopg://", "mysql+pymysql://", "mariadb+pymysql://")
_STORES: Final = ("dir:", "s3://")
_META: Final = "lockstep.server."
_NOT_INSTALLED: Final = "The server's part is not installed: in the checkout, `pip install '.[server]'`."


class _SecretOption(click.Option):
    """Its value may hold a password, so that it may also come in a file."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        if not isinstance(self.envvar, str):
            return None
        try:
            return secret(self.envvar, f"lockstep.{self.name}")
        except StartError as error:
            raise click.UsageError(str(error)) from error


def _remember(check: Callable[[str], None]) -> Callable[[click.Context, click.Parameter, str | None], None]:
    """These options may stand at the group or at the command; what stands later counts."""

    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            check(value)
            context.meta[f"{_META}{parameter.name}"] = value

    return callback


def _check_database(url: str) -> None:
    if not url.startswith((*_DATABASES, "secretsmanager:")):
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


def retention_rule(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        _check_retention(value)
    return value


def duration_ms(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    from server_api.domain.retention import parse_duration_ms

    try:
        return None if value is None else parse_duration_ms(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def place(*, reads_environment: bool) -> Callable[[Command], Command]:
    """What holds for every command: --data, --database, --store, --public-url, --mail, --retention."""

    def option(name: str, check: Callable[[str], None], text: str) -> Callable[[Command], Command]:
        variable = f"LOCKSTEP_SERVER_{name.upper().replace('-', '_')}"
        return click.option(
            f"--{name}",
            expose_value=False,
            callback=_remember(check),
            envvar=variable if reads_environment else None,
            help=text,
            type=click.Path(readable=False) if name == "data" else None,  # shells complete it
            cls=_SecretOption if name == "database" else None,
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
            option(
                "database",
                _check_database,
                "sqlite:///… or postgresql+psycopg://… or mysql+pymysql://… or secretsmanager:NAME, which holds one.",
            ),
            option("data", lambda _: None, "The server's own directory."),
        ):
            command = each(command)
        return command

    return add


def size_in_bytes(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    try:
        return None if value is None else parse_size(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def given(context: click.Context, name: str) -> str | None:
    """What a person said of this, at the group or at the command."""
    found: str | None = context.meta.get(f"{_META}{name}")
    return found


def config_of(context: click.Context, **serving: Any) -> ServerConfig:
    """What the command's options, and the defaults of those left out, make."""
    from sqlalchemy.engine import URL

    from server_api.storage.secret_texts import SecretError, is_reference, read_secret

    said = {
        key: given(context, key)
        for key in ("data", "database", "store", "public_url", "mail", "mail_from", "retention")
    }
    if is_reference(said["database"]):
        try:
            said["database"] = read_secret(said["database"] or "").strip()
        except SecretError as error:
            raise StartError(str(error)) from error
    data = Path(said["data"] or Path(platformdirs.user_data_dir("lockstep", appauthor=False), "server")).absolute()
    default_database = URL.create("sqlite", database=str(data / "lockstep.sqlite"))
    return ServerConfig(
        data=data,
        database_url=said["database"] or default_database.render_as_string(hide_password=False),
        store_url=said["store"] or f"dir:{data / 'objects'}",
        retention=said["retention"] or KEEP_ALL,
        public_url=(said["public_url"] or "").rstrip("/") or None,
        mail_url=said["mail"],
        mail_from=said["mail_from"],
        **serving,
    )


@contextmanager
def plain_errors(context: click.Context) -> Iterator[None]:
    """One line on standard error and an exit code, whatever went wrong; a traceback only with --debug."""
    exit_code = 1
    try:
        yield
    except StartError as error:
        message, exit_code = str(error), error.exit_code
    except ApiError as error:
        message = str(error)
    except (BrokenPipeError, click.exceptions.Exit):  # whoever read it had enough; the command has said how it ended
        raise
    except Exception as error:
        if context.find_root().params.get("debug"):
            raise
        if isinstance(error, ModuleNotFoundError):
            message = _NOT_INSTALLED
        else:
            message = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no more is known'}"
    else:
        return
    click.echo(f"lockstep server: {message}", err=True)
    context.exit(exit_code)


@contextmanager
def opened_server(context: click.Context, *, makes: bool = False) -> Iterator[Server]:
    """The server for one command. Where there is none it is refused, or made and that told."""
    with plain_errors(context):
        server = _made_or_found(config_of(context)) if makes else _found(config_of(context))
        try:
            yield server
        finally:
            server.database.close()


def _found(config: ServerConfig) -> Server:
    """Raises: NoServerError."""
    from server_api.building import build_server

    return build_server(config, makes=False)


def _made_or_found(config: ServerConfig) -> Server:
    from server_api.building import build_server

    try:
        return _found(config)
    except NoServerError:
        made = build_server(config)
    click.echo(f"lockstep server: there was none in {config.data}, so a new one was made", err=True)
    return made
