"""The disks of the file system's contract, and the journals of the journal's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_engine.adapters.journal.journal import open_journal
from sync_engine.ports import FileSystem, Journal
from tests.contract.disks import FOREIGN, NAMINGS, UNIX, Disk, FakeDisk, RealDisk
from tests.contract.journals import OpenJournal
from tests.fakes.journal import MemoryJournal
from tests.fixtures.mounts import fresh_folder


@pytest.fixture(params=[*UNIX, *FOREIGN])
def disk(request: pytest.FixtureRequest, folder_on_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    kind: str = request.param
    made: Disk
    if kind in NAMINGS:
        made = FakeDisk(naming=NAMINGS[kind])
    else:
        made = RealDisk(str(folder_on_disk / "folder" if kind == "real" else fresh_folder(kind)), monkeypatch)
    yield made
    made.close()


@pytest.fixture
def files(disk: Disk) -> FileSystem:
    return disk.filesystem


@pytest.fixture(params=["memory", "sqlite"])
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenJournal]:
    opened: list[Journal] = []

    def open_it(case_sensitive: bool) -> Journal:
        journal: Journal = (
            MemoryJournal(case_sensitive=case_sensitive)
            if request.param == "memory"
            else open_journal(tmp_path / "journal.db", bytes(16), ignores_case=not case_sensitive)
        )
        opened.append(journal)
        return journal

    yield open_it
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(open_one: OpenJournal) -> Journal:
    return open_one(True)
