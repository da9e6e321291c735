"""The server as its configuration describes it. Without the application: an operator's command needs no Flask."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Error as SQLiteError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from server_api import metrics
from server_api.config import ServerConfig, secret
from server_api.domain.clock import Clock, Ids
from server_api.errors import NoServerError, StartError
from server_api.services.server import Server
from server_api.services.state import STORE, ensure_state
from server_api.storage.cdn import Cdn, load_key
from server_api.storage.contention import ContentionError, reason
from server_api.storage.database import Database
from server_api.storage.mailer import Mailer, open_mailer
from server_api.storage.metered_store import MeteredStore
from server_api.storage.offload import Offload, run_here
from server_api.storage.requirements import UnfitDatabaseError, advice
from server_api.storage.schema import NewerSchemaError, NoSchemaError
from server_api.storage.secret_texts import SecretError, is_reference, read_secret
from server_api.storage.stores import ObjectStore, open_store


class SystemClock(Clock):
    """This computer's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()


class SystemIds(Ids):
    """This computer's source of chance."""

    def new_id(self) -> bytes:
        return os.urandom(16)

    def new_secret(self, length_bytes: int) -> bytes:
        return secrets.token_bytes(length_bytes)


def build_server(
    config: ServerConfig,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    offload: Offload = run_here,
    makes: bool = True,
) -> Server:
    """The server that the configuration describes, its database at this code's schema and its store open.

    Where there is none it is made, unless ``makes`` is false: then nothing is.
    Raises: StartError, with one line for the operator; NoServerError is one.
    """
    given, clock, ids = clock, clock or SystemClock(), ids or SystemIds()
    if makes or config.data.exists():
        _make_data_directory(config)
    database = _open_database(config, makes=makes)
    with _closed_unless_all_goes_well(database):
        secrets_by_use = ensure_state(database, ids)
        store = _open_store(config, secrets_by_use[STORE], clock, offload)
        return Server(
            config=config,
            database=database,
            store=MeteredStore(store) if metrics.is_on() else store,
            mailer=_open_mailer(config),
            cdn=_open_cdn(config, clock),
            clock=clock,
            ids=ids,
            secrets=secrets_by_use,
            database_now_ms=(lambda _: given.now_ms()) if given else database.now_ms,
            offload=offload,
        )


def store_to_be(config: ServerConfig) -> ObjectStore:
    """The store of a server that is still to be made. Raises: StartError, if it could not be made there."""
    above = next(place for place in (config.data, *config.data.parents) if place.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise StartError(f"the data directory {config.data} cannot be made")
    return _open_store(config, secrets.token_bytes(32), SystemClock(), run_here)


def _open_store(config: ServerConfig, secret: bytes, clock: Clock, offload: Offload) -> ObjectStore:
    return open_store(
        config.store_url,
        secret=secret,
        clock=clock,
        free_disk_fraction=config.limits.free_disk_fraction,
        offload=offload,
        public_url=config.public_url,
    )


def _open_mailer(config: ServerConfig) -> Mailer:
    password = secret("LOCKSTEP_SERVER_MAIL_PASSWORD", "lockstep.mail-password")
    try:
        if password is not None and is_reference(password):
            password = read_secret(password)
        return open_mailer(config.mail_url, sender=config.mail_from, password=password, data=config.data)
    except (ValueError, SecretError) as error:
        raise StartError(str(error)) from error


def _open_cdn(config: ServerConfig, clock: Clock) -> Cdn | None:
    if config.cdn is None:
        return None
    try:
        return Cdn(config.cdn.url, config.cdn.key_id, load_key(config.cdn.key), clock)
    except SecretError as error:
        raise StartError(str(error)) from error
    except (OSError, ValueError) as error:
        raise StartError(f"the content network's key {config.cdn.key} cannot be used: {error}") from error


def _make_data_directory(config: ServerConfig) -> None:
    try:
        config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = config.data / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartError(f"the data directory {config.data} cannot be written: {error.strerror or error}") from error


def _open_database(config: ServerConfig, *, makes: bool) -> Database:
    try:
        database = Database(config.database_url)
        with _closed_unless_all_goes_well(database):
            database.open(makes=makes)
    except NoSchemaError as error:
        raise NoServerError(_shown_place(config)) from error
    except (NewerSchemaError, UnfitDatabaseError, SecretError) as error:
        raise StartError(str(error)) from error
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        raise StartError(f"the database address is not understood: {error}") from error
    except ContentionError as error:
        raise StartError(
            "another process is at work on the database and has not finished: it may be upgrading it. Try again in a "
            "few minutes"
        ) from error
    except (DBAPIError, SQLiteError, OSError) as error:
        raise StartError(f"the database cannot be opened: {reason(error)}. {advice(error)}".rstrip(". ")) from error
    return database


def _shown_place(config: ServerConfig) -> str:
    """Where the database would be: a file, or an address without its password."""
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite":
        return url.render_as_string()
    file = Path(url.database or "").absolute()
    return str(config.data if file.parent == config.data else file)


@contextmanager
def _closed_unless_all_goes_well(database: Database) -> Iterator[None]:
    try:
        yield
    except BaseException:
        database.close()
        raise
