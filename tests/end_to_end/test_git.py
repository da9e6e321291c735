"""A git repository in the synced folder: many small files, written and renamed and packed in quick succession."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.devices import Device, await_that, environment

pytestmark = [pytest.mark.end_to_end, pytest.mark.git, pytest.mark.timeout(900)]

_OWN = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",  # to ask for the status is not to write the index
}  # fmt: skip


class Repository:
    """Git at work in one device's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment() | _OWN, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def commit(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"Write {path}")

    def state(self) -> list[str]:
        """All that git can tell of it; it is sound if this can be told."""
        assert self.git("fsck", "--full", "--strict", "--no-dangling") == ""
        return [self.git(*words) for words in (
            ("symbolic-ref", "HEAD"), ("for-each-ref",), ("status", "--porcelain=v2", "--branch"),
            ("log", "--all", "--graph", "--format=%H %s"), ("reflog",), ("stash", "list"), ("ls-files", "--stage"),
        )]  # fmt: skip


def _work(repository: Repository) -> None:
    """Half a day of it, in a few seconds."""
    repository.folder.mkdir()
    repository.git("init", "--quiet", "--initial-branch", "main")
    for number in range(6):
        repository.commit(f"src/{number % 3}/module_{number}.py", f"answer = {number}\n" * 50)
    repository.git("switch", "--quiet", "--create", "topic")
    for number in range(4):
        repository.commit(f"src/{number % 3}/module_{number}.py", f"answer = {number} * 2\n" * 50)
    (repository.folder / "src/2/module_5.py").rename(repository.folder / "moved.py")
    repository.commit("run.sh", "#!/bin/sh\n")
    repository.git("switch", "--quiet", "main")
    repository.commit("notes.txt", "on main\n")
    repository.git("merge", "--quiet", "--no-edit", "topic")
    repository.git("gc", "--quiet", "--prune=now")
    repository.git("branch", "--quiet", "--delete", "topic")
    repository.git("tag", "--annotate", "v1", "--message", "first")
    (repository.folder / "notes.txt").write_text("set aside\n")
    repository.git("stash", "--quiet")
    repository.git("switch", "--quiet", "--detach", "v1~2")
    repository.git("switch", "--quiet", "main")
    for number in range(3):
        repository.commit("notes.txt", f"again {number}\n")
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.git("repack", "-a", "-d", "--quiet")
    (repository.folder / "notes.txt").write_text("not committed yet\n")


def _await_same(one: Device, other: Device) -> None:
    for device in (one, other, one):
        device.await_in_step()
    await_that(lambda: _tree(one) == _tree(other), "both folders are the same")


def _tree(device: Device) -> dict[str, tuple[object, ...]]:
    """Without times: git renews those of objects that it would write again, which is no change."""
    return {path: what[:2] + what[3:] for path, what in device.tree().items()}


def test_a_repository_that_one_device_works_in_is_sound_and_the_same_on_the_other(
    device: Callable[[str], Device],
) -> None:
    a, b = device("A"), device("B")
    a.start_daemon()
    b.start_daemon()
    here, there = Repository(a.folder / "project"), Repository(b.folder / "project")
    _work(here)
    _await_same(a, b)
    assert there.state() == here.state()
    _await_same(a, b)
    there.git("restore", "notes.txt")
    there.commit("from B.txt", "the other way\n")
    there.git("gc", "--quiet", "--prune=now")
    shutil.rmtree(b.folder / "project/src/1")
    _await_same(a, b)
    assert here.state() == there.state()
    assert [path for path in a.tree() if "conflicted copy" in path] == []
    assert "src/1" in here.git("status", "--porcelain")
