"""A profile that is linked, for commands that ask no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sync_engine.profile import Link


def link_to(folder: Path, **others: Any) -> Link:
    settings: dict[str, Any] = {
        "server": "http://127.0.0.1:9",
        "email": "ada@example.org",
        "account_id": b"a" * 16,
        "device_id": b"d" * 16,
        "device_name": "Laptop",
        "namespace_id": b"n" * 16,
        "folder": str(folder),
        "journal_id": "j",
    }
    return Link(**(settings | others))
