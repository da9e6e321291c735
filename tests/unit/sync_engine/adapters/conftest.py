"""What adapters do is tried on a disk."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def tmp_path(folder_on_disk: Path) -> Path:
    return folder_on_disk
