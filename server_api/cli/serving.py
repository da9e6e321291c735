"""``lockstep server``: runs the API until it is told to stop.

Nothing heavy is imported before a command needs it, and for serving nothing before the process is prepared.
"""

from __future__ import annotations

import logging
import re
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import click

from server_api.cli.options import config_of, given, place, plain_errors
from server_api.config import CdnConfig, Registration
from server_api.errors import ApiError

if TYPE_CHECKING:
    from server_api.services.server import Server


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


def _cdn_url(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and (not value.startswith("https://") or set(value) & set('?#"\\ ')):
        raise click.BadParameter("write it as https://d111111abcdef8.cloudfront.net/PREFIX")
    return value.rstrip("/") if value is not None else None


def _path_prefix(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch("/(?:[0-9A-Za-z_-]+/)+", value, re.ASCII):
        raise click.BadParameter("write it as /objects/, with a slash at both ends")
    return value


@click.group(invoke_without_command=True, short_help="Run the API, or manage it.")
@place(reads_environment=True)
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
    "--accel-redirect",
    callback=_path_prefix,
    metavar="PREFIX",
    envvar="LOCKSTEP_SERVER_ACCEL_REDIRECT",
    help="Have the proxy send a directory store's objects, by X-Accel-Redirect: /PREFIX/KEY. [the server sends them]",
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
@click.option(
    "--cdn-url",
    callback=_cdn_url,
    envvar="LOCKSTEP_SERVER_CDN_URL",
    help="CloudFront before the bucket: visitors of share links fetch published files there. With both of the next.",
)
@click.option("--cdn-key-id", envvar="LOCKSTEP_SERVER_CDN_KEY_ID", help="What CloudFront calls the public key.")
@click.option(
    "--cdn-key",
    metavar="FILE",
    envvar="LOCKSTEP_SERVER_CDN_KEY",
    help="The private key in PEM: a file, or secretsmanager:NAME.",
)
@click.option("--sign-in-link", metavar="EMAIL", hidden=True, help="Also print where a browser signs in, before.")
@click.option(
    "--until-input-ends",
    is_flag=True,
    hidden=True,
    help="End also with who started it: when the other end of standard input is closed, to which nobody writes.",
)
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
    accel_redirect: str | None,
    workers: int,
    log_format: Any,
    metrics: tuple[str, int] | None,
    cdn_url: str | None,
    cdn_key_id: str | None,
    cdn_key: str | None,
    sign_in_link: str | None,
    until_input_ends: bool,
    serve_with: Any,
) -> None:
    """Run the API until SIGTERM, or manage what it keeps.

    Prints one line, `listening on http://HOST:PORT`, when it is ready. The default needs nothing else: SQLite and a
    directory for contents, both in the data directory.

    Example: lockstep server --data /srv/lockstep --port 8700
    """
    if context.invoked_subcommand is not None:
        return
    if workers > 1 and (given(context, "database") or "sqlite").startswith("sqlite"):
        raise click.UsageError("several workers need PostgreSQL or MySQL: leave --workers out, or give --database")
    cdn = CdnConfig(url=cdn_url, key_id=cdn_key_id, key=cdn_key) if cdn_url and cdn_key_id and cdn_key else None
    if cdn is None and (cdn_url or cdn_key_id or cdn_key):
        raise click.UsageError("a content network needs all of --cdn-url, --cdn-key-id and --cdn-key")
    with plain_errors(context):
        from server_api.workers.serving import (
            USUAL_WAY,
            expose,
            inherited_listener,
            occupy,
            open_listener,
            prepare_process,
            remember_address,
            serve,
        )

        listener = inherited_listener()
        if listener is None:
            listener = open_listener(host, port)
        else:
            host, port = listener.getsockname()[:2]
        way = serve_with or USUAL_WAY
        offload = prepare_process(way)

        from server_api.app import create_app
        from server_api.building import build_server
        from server_api.services.scrubbing import require_contents
        from server_api.workers.jobs import LANES
        from server_api.workers.logs import configure_logs

        configure_logs(log_format)
        exposure = expose(*metrics, way) if metrics is not None else None
        config = config_of(
            context,
            host=host,
            port=port,
            registration=Registration(registration),
            trusted_proxies=trusted_proxies,
            cdn=cdn,
            accel_redirect=accel_redirect,
        )
        occupy(config.data)
        built = build_server(config, offload=offload)
        for remark in built.store.check():
            logging.getLogger("lockstep.store").warning(remark.text, extra={"remark": remark.code})
        require_contents(built)
        remember_address(config.data, listener)
        if sign_in_link is not None:
            _print_sign_in_link(built, sign_in_link)
        app = create_app(built)
        serve(
            built,
            app,
            listener,
            way,
            workers=workers,
            lanes=LANES,
            metrics=exposure,
            until_input_ends=until_input_ends,
        )


def _print_sign_in_link(built: Server, email: str) -> None:
    """For who starts a server and wants one at once: another process for it would take as long as the server's."""
    from server_api.services.accounts import make_sign_in_link

    try:
        click.echo(f"sign in at /sign-in/{make_sign_in_link(built, email)}")
    except ApiError as error:
        click.echo(f"lockstep server: no link to sign in: {error}", err=True)
