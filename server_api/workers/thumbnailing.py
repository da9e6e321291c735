"""Makes the thumbnails that are wanted: one after the other, each by a process of its own (``shrinking``).

The jobs' process only starts it, looks now and then whether it has ended, and kills it when its time is up.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from server_api.errors import UnavailableError
from server_api.services.reading import ContentExpiredError, ContentGoneError, Reader
from server_api.services.server import Server
from server_api.services.thumbnails import MAX_PICTURE_BYTES, Cache, Wish, is_thumbnail, sweep

_LOG: Final = logging.getLogger(__name__)
_WALL_S: Final = 20.0
"""It has five seconds of a processor, and others may use that, too."""
_BROKEN: Final = 1
"""How Python itself ends where it cannot begin."""
_SWEEP_EVERY_S: Final = 3600.0
_LEFT_OVER_S: Final = 300.0


def make_thumbnails(server: Server) -> bool:
    """Go on with what is wanted, without waiting; whether there is more to do at once."""
    if server.thumbnailing is None:
        if server.clock.monotonic() >= server.thumbnails_swept_until:
            server.thumbnails_swept_until = server.clock.monotonic() + _SWEEP_EVERY_S
            sweep(server)
            _clean(Cache(server.config.data).work)
        server.thumbnailing = _make_all(server)
    if next(server.thumbnailing, None) is None:
        server.thumbnailing = None
        return False
    return True


def _make_all(server: Server) -> Iterator[bool]:
    """One step after the other; ends when nothing is wanted."""
    cache = Cache(server.config.data)
    for wish in cache.wishes():
        try:
            yield from _make(server, cache, wish)
        except OSError as error:
            _LOG.warning("a thumbnail could not be made", extra={"detail": str(error)})
            wish.file.unlink(missing_ok=True)
        except UnavailableError:
            return  # the store is away: later


def _make(server: Server, cache: Cache, wish: Wish) -> Iterator[bool]:
    cache.work.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{wish.namespace_id.hex()}-{wish.version_id.hex()}"
    picture, made = cache.work / f"{name}.picture", cache.work / f"{name}.webp"
    try:
        if not _fetch(server, wish, picture):
            cache.keep(wish, None)
            return
        process = _start(picture, made)
        picture.unlink()
        ends = time.monotonic() + _WALL_S
        try:
            while process.poll() is None:
                if time.monotonic() > ends:
                    process.kill()
                yield True
        finally:
            process.kill()
            process.wait()
        if process.returncode == _BROKEN:
            _LOG.error("thumbnails cannot be made here: Python or Pillow does not start with an empty environment")
            wish.file.unlink(missing_ok=True)
        else:
            is_good = process.returncode == 0 and is_thumbnail(made.read_bytes())
            cache.keep(wish, made if is_good else None)
        yield True
    finally:
        picture.unlink(missing_ok=True)
        made.unlink(missing_ok=True)


def _fetch(server: Server, wish: Wish, to: Path) -> bool:
    """Whether there is such a content, and it is not too large."""
    size = 0
    try:
        pieces = Reader(server, wish.namespace_id).read(wish.version_id)
        with os.fdopen(_private(to), "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > MAX_PICTURE_BYTES:
                    return False
                file.write(piece)
    except (ContentExpiredError, ContentGoneError):
        return False
    return True


def _start(picture: Path, made: Path) -> subprocess.Popen[bytes]:
    with picture.open("rb") as given, os.fdopen(_private(made), "wb") as taken:
        return subprocess.Popen(  # noqa: S603 - ours
            _program(),
            stdin=given,
            stdout=taken,
            stderr=subprocess.DEVNULL,
            env={},  # no secret of the server's
            cwd="/",
            start_new_session=True,
        )


def _program() -> list[str]:
    """A bundle has it beside itself, as a program with nothing of the server in it."""
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_name("lockstep-thumbnail"))]
    return [sys.executable, "-I", str(Path(__file__).with_name("shrinking.py"))]


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _clean(work: Path) -> None:
    """What somebody left who was killed."""
    with suppress(FileNotFoundError):
        for file in work.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - file.stat().st_mtime > _LEFT_OVER_S:
                    file.unlink()
