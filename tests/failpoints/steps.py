"""Numbers the durable effects of a device's process, and ends it with SIGKILL just before one of them.

A step is a system call that changes something on the disk, a commit of the journal, a request that is about to be sent,
a piece of its body, or an answer that has come. Before the next step is after this one: nothing else would survive.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.http import Answer, HttpClient
from sync_engine.adapters.journal.database import Database

_CALLS = (
    "chmod", "chown", "fchmod", "fdatasync", "fsync", "ftruncate", "link", "mkdir", "rename", "replace", "rmdir",
    "setxattr", "symlink", "unlink", "utime", "write",
)  # fmt: skip
_write = os.write


class Steps:
    """Counts in all threads; each step is a line in ``trace_fd``. ``die_at`` counts from 1."""

    def __init__(self, trace_fd: int, die_at: int | None) -> None:
        self._trace_fd = trace_fd
        self._die_at = die_at
        self._count = 0
        self._lock = threading.Lock()

    def reached(self, what: str) -> None:
        with self._lock:
            self._count += 1
            _write(self._trace_fd, f"{what}\n".encode(errors="backslashreplace"))
            if self._count == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)


def watch(steps: Steps) -> None:
    """From now on, for as long as this process lives."""
    for name in _CALLS:
        setattr(os, name, _announced(steps, name, getattr(os, name)))
    os.open = _announced_opening(steps, os.open)
    syscalls.rename = _announced(steps, "renameat2", syscalls.rename)
    syscalls.sync_file_system = _announced(steps, "syncfs", syscalls.sync_file_system)
    for name in ("_commit", "_sync"):
        setattr(Database, name, _around_commit(steps, getattr(Database, name)))
    HttpClient.exchange = _around_exchange(steps, HttpClient.exchange)  # type: ignore[method-assign]


def _announced(steps: Steps, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def announced(*arguments: Any, **options: Any) -> Any:
        names = [os.path.basename(word) for word in arguments if isinstance(word, str)]
        steps.reached(" ".join([name, *names]))
        return call(*arguments, **options)

    return announced


def _announced_opening(steps: Steps, call: Callable[..., int]) -> Callable[..., int]:
    def announced(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & os.O_CREAT:
            steps.reached(f"create {os.path.basename(os.fsdecode(path))}")
        return call(path, flags, *arguments, **options)

    return announced


def _around_commit(steps: Steps, commit: Callable[[Database], None]) -> Callable[[Database], None]:
    def around(database: Database) -> None:
        has_outbox = _has_outbox(database)
        steps.reached("journal commits" + (" with outbox" if has_outbox else ""))
        commit(database)
        steps.reached("journal has committed" + (" with outbox" if has_outbox else ""))

    return around


def _has_outbox(database: Database) -> bool:
    rows = database._driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'namespace'").fetchall()
    return bool(rows and database._driver.execute("SELECT 1 FROM namespace WHERE outbox IS NOT NULL").fetchall())


def _around_exchange(steps: Steps, exchange: Callable[..., Any]) -> Callable[..., Any]:
    @contextmanager
    def around(
        client: HttpClient, method: str, url: str, headers: Any, body: Any = None, *more: Any
    ) -> Iterator[Answer]:
        name = f"{method} {_short(urlsplit(url).path)}"
        steps.reached(f"send {name}")
        if body is not None and not isinstance(body, bytes):
            body = _in_pieces(steps, name, body)
        with exchange(client, method, url, headers, body, *more) as answer:
            steps.reached(f"answered {answer.status} {name}")
            yield answer

    return around


def _in_pieces(steps: Steps, name: str, body: Iterable[Any]) -> Iterator[Any]:
    for piece in body:
        steps.reached(f"send a piece of {name}")
        yield piece


def _short(path: str) -> str:
    """Without ids, so that the same step has the same name in every run."""
    return "/".join("…" if len(part) > 20 else part for part in path.split("/"))
