"""Brings the content of remote files into staging: located in bulk, few requests, every byte verified."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from sync_engine.core.model import NodeId, RemoteNode
from sync_engine.core.operations import Fetch
from sync_engine.engine.transfers import Outside, Transfer
from sync_engine.errors import EngineError
from sync_engine.ports import Staged


class Nearby(Struct, frozen=True):
    """What of a wanted file may be on this device already; all of it is verified. Paths relative to the root."""

    same: str | None = None
    """A file that has the wanted content."""
    older: str | None = None
    """Another version of it, usually the file that it replaces: chunks they share need no download."""


class DownloadEvents(Protocol):
    """What a downloader tells. All are called in the control thread, from within ``Workers.collect``."""

    def on_staged(self, files: list[tuple[RemoteNode, Staged]]) -> None:
        """Complete, verified and finished with mtime and mode. Not durable: ``FileSystem.sync`` once before placing.

        From here on they are the receiver's: to put in place, or to discard.
        """

    def on_failed(self, node: RemoteNode, error: EngineError) -> None:
        """This file was given up, after the retries that make sense; nothing of it is left in staging.

        It is no longer under way; fetching it again is the way to try again.
        """


class Downloader:
    """Takes fetches by the thousand and works on them in the background.

    Thread: every method belongs to the control thread.
    """

    def __init__(self, outside: Outside, events: DownloadEvents) -> None:
        raise NotImplementedError

    def fetch(self, fetches: Sequence[Fetch], nearby: Mapping[NodeId, Nearby] | None = None) -> None:
        """Take these on. A node that is under way with the same content is left alone; with another, it starts anew."""
        raise NotImplementedError

    def under_way(self) -> Collection[NodeId]:
        """Asked for, and neither staged nor failed yet."""
        raise NotImplementedError

    def transfers(self, limit: int = 100) -> list[Transfer]:
        """What is arriving now, for people."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Drop everything (pause, quit), staging included. Returns at once; threads are free within a second.

        Nothing is under way afterwards, and no ``on_staged`` or ``on_failed`` comes for what was dropped.
        """
        raise NotImplementedError
