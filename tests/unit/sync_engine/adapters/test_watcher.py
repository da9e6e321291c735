"""The watcher on a real folder. ``drain`` is what is waited for, never time."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sync_engine.adapters import inotify
from sync_engine.adapters.inotify import Event, Inotify
from sync_engine.adapters.watcher import FolderWatcher
from sync_engine.ports import Dirty


class Ear:
    """Collects what the watcher tells."""

    def __init__(self) -> None:
        self._heard: list[Dirty] = []
        self._changed = threading.Condition()

    def hear(self, dirties: Sequence[Dirty]) -> None:
        with self._changed:
            self._heard += dirties
            self._changed.notify_all()

    def take(self) -> dict[str, Dirty]:
        with self._changed:
            heard, self._heard = self._heard, []
        return {dirty.path: dirty for dirty in heard}

    def wait_for(self, is_it: Callable[[Dirty], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: any(is_it(dirty) for dirty in self._heard), timeout=60)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / ".lockstep" / "staging").mkdir(parents=True)
    (root / "folder" / "below").mkdir(parents=True)
    (root / "file").write_bytes(b"x")
    return root


@pytest.fixture
def watcher(root: Path, ear: Ear) -> Iterator[FolderWatcher]:
    watcher = FolderWatcher(str(root), poll_every_s=0.05)
    watcher.start(ear.hear)
    yield watcher
    watcher.stop()


def test_a_written_file_is_marked_and_known_to_be_closed(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    (root / "folder" / "below" / "new").write_bytes(b"x")
    watcher.drain()
    assert ear.take() == {"folder/below/new": Dirty("folder/below/new", closed=True)}


def test_a_file_that_is_still_open_is_not_called_closed(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    with (root / "file").open("ab", buffering=0) as file:
        file.write(b"more")
        watcher.drain()
        assert ear.take() == {"file": Dirty("file")}
    watcher.drain()
    assert ear.take() == {"file": Dirty("file", closed=True)}


def test_a_rename_marks_both_names(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    os.rename(root / "file", root / "folder" / "file")
    watcher.drain()
    assert ear.take() == {"file": Dirty("file"), "folder/file": Dirty("folder/file", closed=True)}


def test_deletions_modes_links_and_hostile_names_are_marked(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    os.chmod(root / "file", 0o755)
    os.symlink("nowhere", root / "new\nline")
    os.mkfifo(os.fsencode(root / "folder") + b"/caf\xe9")
    os.rmdir(root / "folder" / "below")
    watcher.drain()
    assert ear.take().keys() == {"file", "new\nline", "folder/caf\udce9", "folder/below"}


def test_the_private_folder_and_mere_reading_are_silent(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    (root / ".lockstep" / "staging" / "1").write_bytes(b"x")
    (root / "file").read_bytes()
    os.listdir(root / "folder")
    watcher.drain()
    assert ear.take() == {}


def test_what_comes_out_of_the_private_folder_is_marked(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    (root / ".lockstep" / "staging" / "folder").mkdir()
    os.rename(root / ".lockstep" / "staging" / "folder", root / "back")
    watcher.drain()
    assert ear.take() == {"back": Dirty("back", everything=True)}
    (root / "back" / "file").write_bytes(b"")
    watcher.drain()
    assert ear.take().keys() == {"back/file"}


def test_a_new_folder_is_marked_with_all_below_and_watched_from_then_on(
    root: Path, watcher: FolderWatcher, ear: Ear
) -> None:
    (root / "new" / "a" / "b").mkdir(parents=True)
    (root / "new" / "a" / "b" / "early").write_bytes(b"")
    watcher.drain()
    assert ear.take()["new"] == Dirty("new", everything=True)
    (root / "new" / "a" / "b" / "late").write_bytes(b"")
    watcher.drain()
    assert "new/a/b/late" in ear.take()


def test_a_moved_folder_is_looked_into_for_what_was_told_by_its_old_path(
    root: Path, watcher: FolderWatcher, ear: Ear
) -> None:
    os.rename(root / "folder", root / "away")
    (root / "away" / "new").write_bytes(b"")
    os.rename(root / "away", root / "folder")
    watcher.drain()
    assert ear.take()["folder"] == Dirty("folder", everything=True)


def test_a_moved_folder_is_watched_at_its_new_path(root: Path, watcher: FolderWatcher, ear: Ear) -> None:
    os.rename(root / "folder", root / "moved")
    (root / "moved" / "below" / "file").write_bytes(b"")
    watcher.drain()
    assert ear.take().keys() == {"folder", "moved", "moved/below/file"}
    os.rename(root / "moved" / "below", root / "up")
    (root / "up" / "file").write_bytes(b"y")
    watcher.drain()
    assert ear.take().keys() == {"moved/below", "up", "up/file"}


def test_a_folder_that_left_the_root_is_silent(root: Path, watcher: FolderWatcher, ear: Ear, tmp_path: Path) -> None:
    os.rename(root / "folder", tmp_path / "outside")
    watcher.drain()
    assert ear.take() == {"folder": Dirty("folder")}
    (tmp_path / "outside" / "below" / "file").write_bytes(b"")
    watcher.drain()
    assert ear.take() == {}
    os.rename(tmp_path / "outside", root / "home")
    watcher.drain()
    assert ear.take() == {"home": Dirty("home", everything=True)}
    (root / "home" / "below" / "file").write_bytes(b"y")
    watcher.drain()
    assert ear.take().keys() == {"home/below/file"}


def test_links_are_not_followed(root: Path, watcher: FolderWatcher, ear: Ear, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", root / "link")
    watcher.drain()
    ear.take()
    (tmp_path / "elsewhere" / "file").write_bytes(b"")
    watcher.drain()
    assert ear.take() == {}


def test_lost_events_mark_everything_and_new_folders_are_watched(
    root: Path, watcher: FolderWatcher, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Inotify.read
    lost = True

    def overflowing(self: Inotify) -> Iterator[Event]:
        nonlocal lost
        events = list(read(self))
        if lost and events:
            lost = False
            return iter([Event(-1, inotify.OVERFLOW, 0, "")])
        return iter(events)

    monkeypatch.setattr(Inotify, "read", overflowing)
    (root / "unheard").mkdir()
    watcher.drain()
    assert ear.take() == {"": Dirty("", everything=True, reason="overflow")}
    (root / "unheard" / "file").write_bytes(b"")
    watcher.drain()
    assert ear.take().keys() == {"unheard/file"}


def test_at_the_watch_limit_everything_is_polled(root: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Inotify.watch

    def limited(self: Inotify, path: str) -> int:
        if path.endswith("below"):
            raise OSError(errno.ENOSPC, "no more watches")
        return watch(self, path)

    monkeypatch.setattr(Inotify, "watch", limited)
    watcher = FolderWatcher(str(root), poll_every_s=0.02)
    watcher.start(ear.hear)
    try:
        for _ in range(3):
            ear.wait_for(lambda dirty: dirty == Dirty("", everything=True, reason="watch-limit"))
            ear.take()
    finally:
        watcher.stop()


def test_a_root_that_goes_and_comes_back_is_told_both_times(
    root: Path, watcher: FolderWatcher, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_engine.adapters.watcher._ROOT_RETRY_S", 0.02)
    for path in ("file", "folder/below", "folder", ".lockstep/staging", ".lockstep"):
        (root / path).unlink() if path == "file" else (root / path).rmdir()
    root.rmdir()
    ear.wait_for(lambda dirty: dirty.reason == "root-gone")
    (root / "again").mkdir(parents=True)
    ear.wait_for(lambda dirty: dirty.reason == "root-back")
    ear.take()
    (root / "again" / "file").write_bytes(b"")
    # By its own event, or with its folder, if that came to be watched only after it.
    ear.wait_for(lambda dirty: dirty.path == "again/file" or (dirty.path == "again" and dirty.everything))


@pytest.mark.parametrize("who", ["root", "the folder above"])
def test_a_root_that_is_renamed_and_comes_back_is_told_both_times(
    who: str, root: Path, watcher: FolderWatcher, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_engine.adapters.watcher._LOOK_EVERY_S", 0.02)
    monkeypatch.setattr("sync_engine.adapters.watcher._ROOT_RETRY_S", 0.02)
    moved = root if who == "root" else root.parent
    away = moved.with_name("away")
    watcher.stop()
    watcher.start(ear.hear)
    moved.rename(away)
    ear.wait_for(lambda dirty: dirty.reason == "root-gone")
    away.rename(moved)
    ear.wait_for(lambda dirty: dirty.reason == "root-back")
    watcher.drain()
    ear.take()
    (root / "folder" / "file").write_bytes(b"heard")
    watcher.drain()
    assert ear.take().keys() == {"folder/file"}


def test_another_folder_in_the_roots_place_is_told_and_watched(
    root: Path, watcher: FolderWatcher, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_engine.adapters.watcher._LOOK_EVERY_S", 0.02)
    monkeypatch.setattr("sync_engine.adapters.watcher._ROOT_RETRY_S", 0.02)
    watcher.stop()
    watcher.start(ear.hear)
    other = root.with_name("other")
    other.mkdir()
    root.rename(root.with_name("away"))
    other.rename(root)
    ear.wait_for(lambda dirty: dirty.reason == "root-back")
    watcher.drain()
    ear.take()
    (root / "file").write_bytes(b"heard")
    watcher.drain()
    assert ear.take().keys() == {"file"}


def test_a_limit_that_was_raised_is_noticed(root: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Inotify.watch
    limit = [True]

    def limited(self: Inotify, path: str) -> int:
        if path.endswith("below") and limit:
            raise OSError(errno.ENOSPC, "no more watches")
        return watch(self, path)

    monkeypatch.setattr(Inotify, "watch", limited)
    monkeypatch.setattr("sync_engine.adapters.watcher._WATCH_AGAIN_S", 0.02)
    watcher = FolderWatcher(str(root), poll_every_s=0.02)
    watcher.start(ear.hear)
    try:
        ear.wait_for(lambda dirty: dirty.reason == "watch-limit")
        limit.clear()
        ear.wait_for(lambda dirty: dirty.reason == "watched-again")
        watcher.drain()
        ear.take()
        (root / "folder" / "below" / "file").write_bytes(b"heard")
        watcher.drain()
        assert ear.take().keys() == {"folder/below/file"}
    finally:
        watcher.stop()


def test_a_stopped_watcher_drains_at_once_and_can_be_started_again(
    root: Path, watcher: FolderWatcher, ear: Ear
) -> None:
    watcher.stop()
    watcher.drain()
    (root / "file").write_bytes(b"unheard")
    watcher.start(ear.hear)
    (root / "folder" / "file").write_bytes(b"heard")
    watcher.drain()
    assert ear.take().keys() == {"folder/file"}
