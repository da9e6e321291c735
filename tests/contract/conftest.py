"""The disks of the file system's contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_engine.ports import FileSystem
from tests.contract.disks import FOREIGN, NAMINGS, UNIX, Disk, FakeDisk, RealDisk
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
