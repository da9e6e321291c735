"""What is put into a folder that is kept in step, and what its trash holds."""

from __future__ import annotations

from pathlib import Path

from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.core.model import Signature


def placed(files: SyncedFolder, path: str, data: bytes = b"data") -> Signature:
    file = files.stage()
    file.write(data)
    file.finish(None, executable=False)
    return files.put_in_place(file, path, None)[0].signature


def trashed(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in (root / ".lockstep" / "trash").glob("*/*") if path.name != "index.jsonl"]
