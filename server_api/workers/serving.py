"""Serving: the processes of one ``lockstep server``, from the first accepted connection to the last answer.

On POSIX a gunicorn master keeps one gevent worker (waiting devices cost a greenlet each) and one process for the jobs.
All of them end with the master, also when it is killed: they watch a pipe of which only the master holds the other end.
Elsewhere waitress serves with threads, and the jobs run in one of them.
"""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from server_api.errors import StartError
from server_api.storage.offload import Offload, run_here

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from server_api.services.server import Server

Lane: TypeAlias = "Callable[[Server], float]"
"""Does what is due of some of the jobs, and gives back the seconds until something is."""

Way: TypeAlias = Literal["greenlets", "threads"]
USUAL_WAY: Final[Way] = "greenlets" if os.name == "posix" else "threads"

_LOCK: Final = "server.lock"

GRACE_S: Final = 3.0
"""How long requests may go on after the server was told to end."""

_LOG: Final = logging.getLogger("lockstep.serving")
_BACKLOG: Final = 1024
_ADDRESS: Final = "address"
"""In the data directory: where the server listened last."""
_FIRST_HANDED_OVER: Final = 3
_CONNECT_S: Final = 2.0
MAX_CONNECTIONS: Final = 10_000
KEEP_ALIVE_S: Final = 75


def prepare_process(way: Way) -> Offload:
    """Call it before anything else is imported: makes this process's waiting cooperative, if it will serve so.

    Gives back how blocking work leaves the serving thread.
    """
    if way == "threads":
        return run_here
    gc.disable()  # until ``serve``: what is loaded now stays
    from gevent import monkey  # noqa: PLC0415  (only where there is fork)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", monkey.MonkeyPatchWarning)  # the command line may have loaded ssl already
        # What the master needs to mind its children stays as it is.
        monkey.patch_all(os=False, signal=False, queue=False)
    from server_api.workers.gevent_worker import offload  # noqa: PLC0415

    return offload


@dataclass(frozen=True, slots=True)
class Exposure:
    """Where metrics are given out, and the directory in which the processes count together, where there are several."""

    listener: socket.socket
    shared: Path | None


def open_listener(host: str, port: int, option: str = "--port") -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises: StartError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"another program listens there. Choose another port with {option}"
        elif error.errno == errno.EACCES:
            reason = f"this needs more rights. Choose a port from 1024 on with {option}"
        else:
            reason = str(error.strerror or error)
        raise StartError(f"cannot listen on {host} port {port}: {reason}") from error


def inherited_listener() -> socket.socket | None:
    """The socket that a service manager listens on for this process, as systemd hands it over (sd_listen_fds(3)).

    While no server runs, whoever connects to it waits for the next one. Raises: StartError.
    """
    told, count = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    if told != str(os.getpid()):  # it was meant for another process
        return None
    if count != "1":
        raise StartError(f"the service manager has {count or 'no'} sockets for this server, which takes one")
    try:
        listener = socket.socket(fileno=_FIRST_HANDED_OVER)
        is_listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise StartError(f"the service manager's socket cannot be used: {error.strerror or error}") from error
    if not is_listening or listener.family not in {socket.AF_INET, socket.AF_INET6}:
        raise StartError("the service manager's socket is not one that listens on an address of the network")
    listener.set_inheritable(False)
    return listener


def address_of(listener: socket.socket) -> str:
    """``http://HOST:PORT``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def occupy(data: Path) -> None:
    """The data directory belongs to this process, and its workers, until it ends in whatever way.

    Raises: StartError if another server runs on it.
    """
    with suppress(OSError):  # whoever needs the directory says why it cannot be had
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)  # never closed: that would let go of it
        if not _is_locked_by_us(lock):
            raise StartError(
                f"another server runs on {data}. Stop that one first, or give this one another directory: --data DIR"
            )


if sys.platform == "win32":
    import msvcrt

    def _is_locked_by_us(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _is_locked_by_us(descriptor: int) -> bool:
        """Forked workers do not inherit this kind of lock: one that outlives the server for a moment keeps no other."""
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True


def remember_address(data: Path, listener: socket.socket) -> None:
    """For the operator's commands, which are processes of their own."""
    new = data / f"{_ADDRESS}.new"
    with suppress(OSError):
        new.write_text(f"{address_of(listener)}\n", "ascii")
        new.replace(data / _ADDRESS)


def last_address(data: Path) -> tuple[str, bool] | None:
    """Where a browser on this computer reaches the server that ran here last, and whether something answers there.

    ``None`` if none ever did.
    """
    try:
        parts = urlsplit((data / _ADDRESS).read_text("ascii").strip())
        host, port = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname), parts.port  # noqa: S104
    except (OSError, ValueError):
        return None
    if not host or not port:
        return None
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    try:
        socket.create_connection((host, port), timeout=_CONNECT_S).close()
    except OSError:
        return address, False
    return address, True


def serve(
    server: Server,
    app: WSGIApplication,
    listener: socket.socket,
    way: Way,
    *,
    workers: int,
    lanes: Sequence[Lane],
    metrics: Exposure | None = None,
    until_input_ends: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT, after printing the one line that says so. With greenlets it does not return.

    With ``until_input_ends`` also until the other end of standard input is closed, as it is when who holds it ends,
    in whatever way.
    """
    ready_line = f"listening on {address_of(listener)}"
    if way == "greenlets":
        from server_api.workers.gevent_worker import run_master  # noqa: PLC0415

        _raise_open_files()
        gc.freeze()  # so that the processes go on sharing it
        gc.enable()
        server.database.close()  # no connection may cross a fork
        server.store.close()
        run_master(
            server,
            app,
            listener,
            workers=workers,
            lanes=lanes,
            ready_line=ready_line,
            metrics=metrics,
            until_input_ends=until_input_ends,
        )
    else:
        if metrics is not None:
            from server_api.workers.exposing import expose_in_thread  # noqa: PLC0415  (only where it is asked for)

            expose_in_thread(metrics.listener)
        if until_input_ends:
            threading.Thread(target=_end_with_input, name="input", daemon=True).start()
        _serve_with_threads(server, app, listener, lanes=lanes, ready_line=ready_line)


def expose(host: str, port: int, way: Way) -> Exposure:
    """Counts from now on, for whoever asks at that address. Before the server is built. Raises: StartError."""
    from server_api.metrics import switch_on  # noqa: PLC0415  (only where it is asked for)
    from server_api.workers.exposing import make_shared_directory  # noqa: PLC0415

    listener = open_listener(host, port, "--metrics")
    shared = make_shared_directory() if way == "greenlets" else None
    switch_on(shared=shared)
    _LOG.info("the metrics are at %s/metrics", address_of(listener))
    return Exposure(listener, shared)


def say_ready(line: str) -> None:
    """The one line on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start_jobs(server: Server, lanes: Sequence[Lane], ending: threading.Event) -> list[threading.Thread]:
    """Does what is due again and again, each lane in a thread of its own, which keeps no process from ending."""

    def run(lane: Lane) -> None:
        pause_s = 0.0
        while not ending.wait(pause_s):
            pause_s = max(lane(server), 0.05)

    threads = [threading.Thread(target=run, args=(lane,), name="jobs", daemon=True) for lane in lanes]
    for thread in threads:
        thread.start()
    return threads


def _raise_open_files() -> None:
    """A waiting device is an open socket; the usual soft limit of 1,024 is for programs that use select."""
    import resource  # noqa: PLC0415  (POSIX only)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + 1_000 if hard == resource.RLIM_INFINITY else min(hard, MAX_CONNECTIONS + 1_000)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _end_with_input() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _serve_with_threads(
    server: Server, app: WSGIApplication, listener: socket.socket, *, lanes: Sequence[Lane], ready_line: str
) -> None:
    import waitress.server  # noqa: PLC0415  (only where it serves)

    ending = threading.Event()
    waitress_server: Any = waitress.server.create_server(
        app, sockets=[listener], threads=64, channel_timeout=KEEP_ALIVE_S, clear_untrusted_proxy_headers=False
    )

    def end(_signal: int, _frame: object) -> None:
        server.hub.close()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    start_jobs(server, lanes, ending)
    say_ready(ready_line)
    try:
        waitress_server.run()
    finally:
        ending.set()
        waitress_server.close()
