"""The ``Watcher`` port on Linux: one thread that reads inotify and hands over which paths may have changed.

It reads inotify itself: watchdog 7.1 also listens to openings and closings, so that a scan of 5,000 folders overflows
its queue, and its own repair after an overflow opens every folder and overflows it again, for ever.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.adapters import inotify
from sync_engine.adapters.inotify import Event, Inotify
from sync_engine.errors import SetupError
from sync_engine.ports import Dirty

POLL_EVERY_S: Final = 30.0
"""How often everything is looked at where not every folder can be watched."""
_PAUSE_S: Final = 0.01
"""Between two readings, so that the kernel can fold the many writings of one file into one event."""
_MOVE_S: Final = 0.1
"""How long the second half of a rename may take. Without it, the folder has left the root."""
_ROOT_RETRY_S: Final = 2.0
_LOOK_EVERY_S: Final = 5.0
"""How often it is made sure that the path still leads to the folder that is watched: a rename of it or of one above it,
a mount on it or a lazy unmount tell nothing."""
_WATCH_AGAIN_S: Final = 300.0
"""How often it is tried anew to watch everything."""
_DRAIN_TIMEOUT_S: Final = 10.0
_ROOT_GONE: Final = "root-gone"


class _Folder:
    """A watched folder. Its path is that of its parents, so that a move is one change, whatever lies below."""

    __slots__ = ("below", "name", "parent", "watch")

    def __init__(self, watch: int, name: str, parent: _Folder | None) -> None:
        self.watch = watch
        self.name = name
        self.parent = parent
        self.below: dict[str, _Folder] = {}

    def path(self) -> str:
        parts = []
        folder: _Folder | None = self
        while folder is not None and folder.name:
            parts.append(folder.name)
            folder = folder.parent
        return "/".join(reversed(parts))


class FolderWatcher:
    """Watches one root. ``.lockstep`` and other file systems inside it are left out.

    When not every folder can be watched, everything is marked every ``poll_every_s`` as well, with a reason:
    ``watch-limit`` for the system's limit, ``unwatched`` for anything else; ``watched-again`` when that is over.
    ``overflow``: events were lost; ``root-gone``, ``root-back``: the root itself.
    """

    def __init__(self, root: str, *, poll_every_s: float = POLL_EVERY_S) -> None:
        self._root = os.path.abspath(root)
        self._poll_every_s = poll_every_s
        self._on_dirty: Callable[[Sequence[Dirty]], None] = lambda _: None
        self._inotify: Inotify | None = None
        self._place = (0, 0)
        self._top = _Folder(-1, "", None)
        self._folders: dict[int, _Folder] = {}
        self._leaving: dict[int, tuple[_Folder, float]] = {}
        self._dirty: dict[str, Dirty] = {}
        self._everything = ""
        self._trouble = ""
        self._poll_at = 0.0
        self._look_at = 0.0
        self._watch_again_at = 0.0
        self._wake_fd = -1
        self._thread: threading.Thread | None = None
        self._must_stop = False
        self._drains: list[threading.Event] = []
        self._lock = threading.Lock()

    # --- the port ------------------------------------------------------------------------------------------

    def start(self, on_dirty: Callable[[Sequence[Dirty]], None]) -> None:
        """Every folder is watched when this returns, so a scan begun after it misses nothing."""
        if not hasattr(os, "eventfd"):
            raise SetupError("Lockstep cannot watch folders on this system yet.")
        self._on_dirty = on_dirty
        self._must_stop = False
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._watch_all()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def drain(self) -> None:
        # The kernel queues an event within the call that causes it: what happened before is in the queue by now, and
        # has been read when the queue has been found empty once.
        done = threading.Event()
        with self._lock:
            if self._thread is None or self._must_stop:
                return
            self._drains.append(done)
            os.eventfd_write(self._wake_fd, 1)
        done.wait(_DRAIN_TIMEOUT_S)

    def stop(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._must_stop = True
            os.eventfd_write(self._wake_fd, 1)
        thread.join()
        os.close(self._wake_fd)
        self._forget_all()

    # --- the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._must_stop:
            self._wait()
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake_fd)
            with self._lock:  # after the reading: who comes now wakes us again
                drains, self._drains = self._drains, []
            self._read(until_empty=bool(drains))
            self._tick()
            self._hand_over()
            for done in drains:
                done.set()
            if not drains:
                time.sleep(_PAUSE_S)
        for done in self._drains:
            done.set()

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._wake_fd, select.POLLIN)
        if self._inotify is not None:
            poll.register(self._inotify.fd, select.POLLIN)
        deadlines = [self._look_at, *(at for _, at in self._leaving.values())]
        if self._trouble:
            deadlines.append(self._poll_at)
        poll.poll(max(0.0, min(deadlines) - time.monotonic()) * 1000 + 1)

    def _read(self, *, until_empty: bool) -> None:
        is_going_on = self._inotify is not None
        while is_going_on:
            assert self._inotify is not None
            events = list(self._inotify.read())
            # After an overflow the watches are others, and the rest of the events means nothing any more.
            is_going_on = all(self._take(event) for event in events) and until_empty and bool(events)

    def _tick(self) -> None:
        """What time brings: folders that left for good, a root that is another one, and polling."""
        now = time.monotonic()
        for cookie, (folder, at) in list(self._leaving.items()):
            if at <= now:
                del self._leaving[cookie]
                self._forget(folder)
        if self._look_at <= now:
            self._look_at = now + _LOOK_EVERY_S
            if self._trouble != _ROOT_GONE and _place_of(self._root) != self._place:
                self._lost_root(now)
        if self._trouble and self._poll_at <= now:
            if self._trouble == _ROOT_GONE:
                self._look_for_root(now)
            elif self._watch_again_at <= now:
                self._watch_all()
                self._everything = self._trouble or "watched-again"
                self._poll_at = now + self._poll_every_s
            else:
                self._poll_at = now + self._poll_every_s
                self._everything = self._trouble

    def _lost_root(self, now: float) -> None:
        self._trouble = self._everything = _ROOT_GONE
        self._poll_at = now + _ROOT_RETRY_S

    def _look_for_root(self, now: float) -> None:
        if os.path.isdir(self._root):
            self._watch_all()
            self._everything = "root-back"
        else:
            self._poll_at = now + _ROOT_RETRY_S

    def _hand_over(self) -> None:
        dirty = list(self._dirty.values())
        if self._everything:
            dirty = [Dirty("", everything=True, reason=self._everything)]
        self._dirty, self._everything = {}, ""
        if dirty:
            self._on_dirty(dirty)

    # --- events ----------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> bool:
        """``False``: the watches are others now."""
        mask = event.mask
        if mask & inotify.OVERFLOW:
            self._watch_all()  # folders may have come of which nobody told
            self._everything = "overflow"
            return False
        folder = self._folders.get(event.watch)
        if folder is None:
            return True
        if mask & (inotify.IGNORED | inotify.UNMOUNT):
            self._was_removed(folder)
            return True
        path = self._path_in(folder, event.name)
        if path is not None and mask & inotify.IS_FOLDER:
            self._take_folder(event, folder, path)
        elif path is not None and event.name:
            self._mark(path, closed=bool(mask & (inotify.CLOSE_WRITE | inotify.MOVED_TO)))
        return True

    def _take_folder(self, event: Event, parent: _Folder, path: str) -> None:
        mask = event.mask
        if mask & inotify.MOVED_FROM:
            child = parent.below.pop(event.name, None)
            if child is not None:
                child.parent = None
                self._leaving[event.cookie] = (child, time.monotonic() + _MOVE_S)
            self._mark(path)
        elif mask & inotify.MOVED_TO and event.cookie in self._leaving:
            child, _ = self._leaving.pop(event.cookie)
            self._attach(child, event.name, parent)
            # What was told of it just before went by its old path, and it may come back to where it was.
            self._mark(path, everything=True)
        elif mask & (inotify.CREATE | inotify.MOVED_TO):
            # It may hold something already: first watch, then have all of it looked at.
            self._watch_below(path, event.name, parent)
            self._mark(path, everything=True)
        elif event.name:
            self._mark(path)

    def _path_in(self, folder: _Folder, name: str) -> str | None:
        """``None`` in a folder that is leaving, and for the private one."""
        top = folder
        while top.parent is not None:
            top = top.parent
        if top is not self._top:
            return None
        if folder is self._top and name == PRIVATE_FOLDER:
            return None
        above = folder.path()
        return f"{above}/{name}" if above and name else above or name

    def _was_removed(self, folder: _Folder) -> None:
        self._folders.pop(folder.watch, None)
        if folder.parent is not None and folder.parent.below.get(folder.name) is folder:
            del folder.parent.below[folder.name]
        if folder is self._top:
            self._lost_root(time.monotonic())

    def _mark(self, path: str, *, everything: bool = False, closed: bool = False) -> None:
        before = self._dirty.pop(path, None)  # to the end: what happened last is told last
        self._dirty[path] = Dirty(path, everything or (before is not None and before.everything), closed)

    # --- watches ---------------------------------------------------------------------------------------------

    def _watch_all(self) -> None:
        """Anew, from nothing."""
        self._forget_all()
        self._trouble = ""
        self._place = _place_of(self._root)
        try:
            self._inotify = Inotify()
        except OSError:
            self._trouble = "unwatched"
        else:
            self._watch_below("", "", None)
        if self._top.watch not in self._folders and not self._trouble:
            self._trouble = _ROOT_GONE
        now = time.monotonic()
        self._poll_at, self._look_at, self._watch_again_at = now, now + _LOOK_EVERY_S, now + _WATCH_AGAIN_S

    def _watch_below(self, path: str, name: str, parent: _Folder | None) -> None:
        """This folder and all in it. Each is watched before it is read: what comes in between is told or seen."""
        waiting = [(path, name, parent)]
        while waiting:
            path, name, parent = waiting.pop()
            folder = self._watch(path, name, parent)
            if folder is None:
                continue
            waiting += [
                (f"{path}/{below}" if path else below, below, folder)
                for below in self._folders_in(path)
                if path or below != PRIVATE_FOLDER
            ]

    def _watch(self, path: str, name: str, parent: _Folder | None) -> _Folder | None:
        if self._inotify is None:
            return None
        try:
            watch = self._inotify.watch(os.path.join(self._root, path) if path else self._root)
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP} and not self._trouble:
                self._trouble = "watch-limit" if error.errno in {errno.ENOSPC, errno.ENOMEM} else "unwatched"
                self._poll_at = time.monotonic()
            return None
        folder = self._folders.get(watch)
        if folder is None:
            folder = self._folders[watch] = _Folder(watch, name, parent)
        if parent is None:
            self._top = folder
        else:
            self._attach(folder, name, parent)
        return folder

    def _attach(self, folder: _Folder, name: str, parent: _Folder) -> None:
        old = folder.parent
        if old is not None and old.below.get(folder.name) is folder:
            del old.below[folder.name]
        folder.name, folder.parent = name, parent
        parent.below[name] = folder

    def _folders_in(self, path: str) -> Iterator[str]:
        try:
            with os.scandir(os.path.join(self._root, path) if path else self._root) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False) and self._is_on_this_device(entry):
                        yield entry.name
        except OSError:
            return  # gone by now, or not to be read: the scan says so

    def _is_on_this_device(self, entry: os.DirEntry[str]) -> bool:
        try:
            return entry.stat(follow_symlinks=False).st_dev == self._place[0]
        except OSError:
            return False

    def _forget(self, folder: _Folder) -> None:
        """It left the root, with all below."""
        waiting = [folder]
        while waiting:
            each = waiting.pop()
            waiting += each.below.values()
            if self._folders.pop(each.watch, None) is not None and self._inotify is not None:
                self._inotify.unwatch(each.watch)

    def _forget_all(self) -> None:
        if self._inotify is not None:
            self._inotify.close()
        self._inotify = None
        self._folders.clear()
        self._leaving.clear()
        self._top = _Folder(-1, "", None)


def _place_of(path: str) -> tuple[int, int]:
    """Device and inode; zeros for nothing."""
    try:
        info = os.stat(path)
    except OSError:
        return 0, 0
    return info.st_dev, info.st_ino
