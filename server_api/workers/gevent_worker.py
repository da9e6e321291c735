"""gunicorn's master and gevent worker, made to end at once and to leave nothing behind."""

from __future__ import annotations

import errno
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NoReturn, ParamSpec, TypeVar, cast

import gevent
import gevent.socket
from gevent import monkey
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.util import write_error
from gunicorn.workers.ggevent import GeventWorker
from werkzeug.wsgi import ClosingIterator

from server_api.metrics import ProcessWatch
from server_api.workers.exposing import be_metrics
from server_api.workers.serving import GRACE_S, KEEP_ALIVE_S, MAX_CONNECTIONS, Lane, say_ready, start_jobs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from server_api.services.hub import Hub
    from server_api.services.server import Server
    from server_api.workers.serving import Exposure

P = ParamSpec("P")
T = TypeVar("T")

_STUCK_S: Final = 120
"""A worker that has not said a word for so long is killed and replaced."""
_ARRIVING_S: Final = 0.05
"""So long those who are connecting may take to be let in."""
_LINGER_S: Final = 0.25
"""So long those who are connected may take to ask once more."""
_REPLACED_GRACE_S: Final = 60.0
"""How long requests may go on in a worker that another one takes the place of."""
_UNTAKEN_MS = 120_000
"""So long nothing may be taken of an answer that is being sent: who hangs must not hold what it takes for ever."""
_LOOK_S: Final = 0.01
_REPLACED: Final = signal.SIGUSR2
_SystemSocket: Final[type[socket.socket]] = monkey.get_original("socket", "socket")
_LOG: Final = logging.getLogger("lockstep.serving")


def offload(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs the function in a native thread while the other greenlets go on."""

    def run() -> tuple[T | None, BaseException | None]:
        try:
            return function(*args, **kwargs), None
        except BaseException as error:  # noqa: BLE001 - the pool would print it, whoever expects it
            return None, error

    result, error = gevent.get_hub().threadpool.apply(run)
    if error is not None:
        raise error
    return cast("T", result)


def run_master(
    server: Server,
    app: WSGIApplication,
    listener: socket.socket,
    *,
    workers: int,
    lanes: Sequence[Lane],
    ready_line: str,
    metrics: Exposure | None = None,
    until_input_ends: bool = False,
) -> NoReturn:
    """Serves until it is told to end, then exits. Only after ``prepare_process``."""
    lifeline, held_by_master = os.pipe()

    def in_child() -> None:
        os.close(held_by_master)
        if metrics is not None:
            metrics.listener.close()

    def be_jobs() -> NoReturn:
        in_child()
        _be_jobs(server, lanes, lifeline, listener)

    others: list[Callable[[], NoReturn]] = [be_jobs]
    if metrics is not None and metrics.shared is not None:
        exposed, shared = metrics.listener, metrics.shared

        def be_exposing() -> NoReturn:
            os.close(held_by_master)
            listener.close()
            be_metrics(exposed, shared, lifeline)

        others.append(be_exposing)

    def start_worker(_master: object, worker: Worker) -> None:
        in_child()
        worker.lifeline, worker.hub = lifeline, server.hub

    def started(worker: Worker) -> None:
        if worker.age == 1:  # not the one that replaces another
            say_ready(ready_line)

    application = _Application(
        app,
        {
            "bind": f"fd://{listener.fileno()}",
            "workers": workers,
            "worker_class": Worker,
            "worker_connections": MAX_CONNECTIONS,
            "keepalive": KEEP_ALIVE_S,
            "timeout": _STUCK_S,
            "graceful_timeout": int(GRACE_S) + 1,
            "logger_class": _Logger,
            "forwarded_allow_ips": "",  # routes/origin.py alone decides whom to believe
            "control_socket_disable": True,
            "post_fork": start_worker,
            "post_worker_init": started,
        },
    )
    try:
        _Master(application, others, until_input_ends=until_input_ends).run()
    except SystemExit as end:
        _leave(int(end.code or 0))
    _leave(0)


class Worker(GeventWorker):  # type: ignore[misc]
    """Serves each connection in a greenlet, and ends as soon as the last request is answered.

    Whoever is connected when it is told to end may still ask once, and is told with the answer that the connection
    closes: a connection that closes while a request is on its way looks like a failure. One that another worker takes
    the place of gives them more time.

    Attributes:
        lifeline: readable once the master is gone.
        hub: closed at the end, so that waiting requests answer.
    """

    lifeline: int
    hub: Hub
    sockets: list[Any]

    def patch(self) -> None:
        monkey.patch_queue()
        self.sockets = [
            gevent.socket.socket(s.FAMILY, socket.SOCK_STREAM, fileno=s.sock.detach()) for s in self.sockets
        ]

    def init_process(self) -> None:
        self._told_to_end = Event()
        self._is_replaced = False
        self._idle: set[socket.socket] = set()
        self._asked: set[Any] = set()
        super().init_process()

    def run(self) -> None:
        connections = Pool(self.worker_connections)
        servers = [StreamServer(s, handle=partial(self.handle, s), spawn=connections) for s in self.sockets]
        for server in servers:
            server.start()
        gevent.spawn(self._follow_master)
        watch = ProcessWatch("worker")
        while self.alive:
            self.notify()
            watch.look()
            self._told_to_end.wait(1.0)
        gevent.sleep(_ARRIVING_S)
        for server in servers:
            server.close()
        for request in self._asked:
            request.force_close()
        self.hub.close()
        self._wait_while(lambda: bool(self._idle), GRACE_S if self._is_replaced else _LINGER_S)
        for connection in list(self._idle):
            if not _has_sent(connection):
                _hang_up(connection)
        self._wait_while(lambda: len(connections) > 0, _REPLACED_GRACE_S if self._is_replaced else GRACE_S)
        connections.kill(timeout=0.5)
        _leave(0)

    def _wait_while(self, condition: Callable[[], bool], at_most_s: float) -> None:
        until = time.monotonic() + at_most_s
        while condition() and time.monotonic() < until:
            self.notify()
            gevent.sleep(_LOOK_S)

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        self._idle.add(client)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux has it
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNTAKEN_MS)
        try:
            super().handle(listener, client, addr)
        finally:
            self._idle.discard(client)

    def handle_request(self, listener_name: Any, req: Any, sock: socket.socket, addr: Any) -> Any:
        if any(name == "TRANSFER-ENCODING" for name, _ in req.headers):
            # Tiny chunks would keep the whole process busy for minutes; whoever has a body knows its length.
            write_error(sock, HTTPStatus.LENGTH_REQUIRED, "Length Required", "Send the body with a Content-Length.")
            raise StopIteration  # which closes the connection: nothing of the body is read
        self._idle.discard(sock)
        self._asked.add(req)
        if not self.alive:
            req.force_close()
        try:
            answered = super().handle_request(listener_name, req, sock, addr)
        except TimeoutError as error:  # nobody took it; that is no failure of the server's, as gunicorn would say
            raise ConnectionResetError(errno.ECONNRESET, "nothing was taken of the answer") from error
        finally:
            self._asked.discard(req)
        self._idle.add(sock)
        return answered

    def init_signals(self) -> None:
        super().init_signals()
        signal.signal(_REPLACED, self._handle_replaced)

    def _handle_replaced(self, sig: int, frame: object) -> None:
        self._is_replaced = True
        self.handle_exit(sig, frame)

    def handle_exit(self, sig: int, frame: object) -> None:
        self.alive = False
        self._told_to_end.set()

    handle_quit = handle_exit  # a person's Ctrl-C reaches the worker as well as the master

    def _follow_master(self) -> None:
        gevent.socket.wait_read(self.lifeline)
        os._exit(1)


class _Master(Arbiter):  # type: ignore[misc]
    """Keeps the workers alive, and beside them one process for each of the others: the jobs, the metrics."""

    def __init__(
        self, application: BaseApplication, others: Sequence[Callable[[], NoReturn]], *, until_input_ends: bool
    ) -> None:
        super().__init__(application)
        self._until_input_ends = until_input_ends
        self._others: dict[Callable[[], NoReturn], int] = dict.fromkeys(others, 0)
        self._watch = ProcessWatch("master")
        self._is_ending = False

    def manage_workers(self) -> None:
        super().manage_workers()
        self._watch.look()
        if self._until_input_ends and select.select([0], [], [], 0)[0]:
            os.kill(os.getpid(), signal.SIGTERM)
        for be, pid in self._others.items():
            if not (pid and _is_alive(pid)):
                self._others[be] = _fork(be)

    def kill_worker(self, pid: int, sig: int) -> None:
        super().kill_worker(pid, _REPLACED if sig == signal.SIGTERM and not self._is_ending else sig)

    def stop(self, graceful: bool = True) -> None:  # noqa: FBT001, FBT002  (gunicorn's signature)
        self._is_ending = True
        for pid in filter(None, self._others.values()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        super().stop(graceful)


class _Application(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: WSGIApplication, settings: dict[str, Any]) -> None:
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        return partial(_in_turns, self._app)


class _Logger(Logger):  # type: ignore[misc]
    """gunicorn's own words go where all others go; the application writes the access log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Nothing."""


def _in_turns(app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The application's answer; after each piece of it the other greenlets go on.

    Neither a database in this process nor a reader who takes everything at once would ever let them.
    """
    answer = app(environ, start_response)

    def pieces() -> Iterator[bytes]:
        for piece in answer:
            yield piece
            gevent.sleep(0)

    close: Callable[[], None] | None = getattr(answer, "close", None)
    return ClosingIterator(pieces(), close)


def _fork(be: Callable[[], NoReturn]) -> int:
    pid = os.fork()
    return pid or be()


def _be_jobs(server: Server, lanes: Sequence[Lane], lifeline: int, listener: socket.socket) -> NoReturn:
    """The jobs' process. It may be killed at any moment: every job can be."""
    try:
        gevent.reinit()
        monkey.patch_queue()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the master hears it and ends this process
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        listener.close()
        watch = ProcessWatch("jobs")
        threads = start_jobs(server, lanes, threading.Event())
        while all(thread.is_alive() for thread in threads) and not select.select([lifeline], [], [], 1.0)[0]:
            watch.look()
    except Exception:  # noqa: BLE001  (nobody is above to hear of it)
        _LOG.exception("the jobs' process fails; another one takes its place")
    finally:
        _leave(0)


def _leave(code: int) -> NoReturn:
    """Ends the process without taking the interpreter apart, which takes longer than all else at the end."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _has_sent(connection: socket.socket) -> bool:
    """Whether a request is there that nobody has read yet."""
    try:
        return bool(select.select([connection], [], [], 0)[0])
    except (OSError, ValueError):
        return False


def _hang_up(connection: socket.socket) -> None:
    """Who waits for a request on it reads its end. gevent's own ``shutdown`` would make that an error instead."""
    with suppress(OSError), _SystemSocket(fileno=os.dup(connection.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)
