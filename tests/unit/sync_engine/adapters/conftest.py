"""What adapters do is tried on a disk, and in a folder there that is kept in step."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem import walk as walk_module
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.root import prepare_root


@pytest.fixture
def tmp_path(folder_on_disk: Path) -> Path:
    return folder_on_disk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    prepare_root(str(root), "journal-1")
    return root


@pytest.fixture(params=["openat2", "by component"])
def files(request: pytest.FixtureRequest, root: Path, monkeypatch: pytest.MonkeyPatch) -> SyncedFolder:
    if request.param == "by component":
        monkeypatch.setattr(syscalls, "has_open_beneath", lambda: False)
    monkeypatch.setattr(walk_module, "KEPT_S", 0.0)  # each call walks anew
    files = SyncedFolder(str(root), "journal-1")
    files.check_root()
    return files
