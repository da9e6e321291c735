"""Versions, links and details as a server tells them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QDate, QDateTime, QTime

from server_api.contract.history import Details, Entry, Holder, StoredPart, VersionEntry
from server_api.contract.messages import Kind, NamespaceId, NodeId
from server_api.contract.positions import Keeper
from server_api.contract.shares import Share


def at(*, day: int, hour: int = 0, minute: int = 0, month: int = 11) -> int:
    """In local time, in 2026."""
    return QDateTime(QDate(2026, month, day), QTime(hour, minute)).toMSecsSinceEpoch()


def never(_: object) -> None:
    """For what must not be called."""
    pytest.fail("this was not to happen")


def version(number: int, **fields: Any) -> VersionEntry:
    usual: dict[str, Any] = {
        "revision_id": number.to_bytes(16, "big"),
        "node_id": bytes(16),
        "content_hash": number.to_bytes(32, "big"),
        "size": 3_100_000,
        "mtime_ns": 0,
        "device": "Laptop",
        "created_at": at(day=number, hour=10),
        "seq": number,
        "is_current": False,
    }
    return VersionEntry(**(usual | fields))


def share(number: int = 1, **fields: Any) -> Share:
    usual: dict[str, Any] = {
        "share_id": number.to_bytes(16, "big"),
        "namespace_id": NamespaceId(bytes(16)),
        "node_id": NodeId(bytes(16)),
        "path": "Photos/IMG_2041.jpg",
        "kind": Kind.FILE,
        "url": f"https://sync.example.org/s/{number}",
        "reach": "anywhere",
        "created_at": at(day=1),
        "expires_at": None,
        "has_password": False,
        "limit": None,
        "downloads": 0,
        "title": "",
        "note": "",
        "state": "active",
    }
    return Share(**(usual | fields))


def details(path: str = "Photos/IMG_2041.jpg", **fields: Any) -> Details:
    entry = Entry(
        node_id=bytes(16),
        revision_id=bytes(16),
        path=path,
        kind=Kind.FILE,
        seq=1,
        committed_at=at(day=2),
        size=3_100_000,
    )
    usual: dict[str, Any] = {
        "entry": entry,
        "on_server_since": at(day=2, hour=10),
        "verified_at": at(day=3, hour=4),
        "chunks": 3,
        "versions": 4,
        "stored": [StoredPart(store="main", tier="standard", size=2_900_000, packs=1)],
        "devices": [Holder(device_id=bytes(16), name="Phone", last_seen_at=at(day=4))],
        "kept_by": [
            Keeper(device_id=b"d" * 16, name="Desktop", told_at=at(day=4, hour=9), is_current=True),
            Keeper(device_id=bytes(16), name="Phone", told_at=at(day=4, hour=8)),
        ],
    }
    return Details(**(usual | fields))
