"""Gets the chunks of local files to the server: one read, one question, few packs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from server_api.contract.messages import NamespaceId
from sync_engine.core.model import LocalNode, NodeId
from sync_engine.core.operations import Offer
from sync_engine.engine.transfers import Outside, Transfer
from sync_engine.errors import EngineError
from sync_engine.ports import Prepared


class UploadEvents(Protocol):
    """What an uploader tells. All are called in the control thread, from within ``Workers.collect``."""

    def on_prepared(self, files: list[Prepared]) -> None:
        """The server has all chunks of these files, so that a commit may name them; told as packs are sealed."""

    def on_failed(self, node: LocalNode, error: EngineError) -> None:
        """This file was given up, after the retries that make sense. ``Changed``/``Vanished``: observe it again.

        It is no longer under way; offering it again is the way to try again.
        """

    def on_pack_begun(self, pack_id: bytes) -> None:
        """Its bytes are on their way: for ``Journal.begin_pack``."""

    def on_packs_ended(self, pack_ids: Sequence[bytes]) -> None:
        """Sealed, or refused for good: for ``Journal.end_packs``."""


class Uploader:
    """Takes offers by the thousand and works on them in the background.

    Thread: every method belongs to the control thread.
    """

    def __init__(self, outside: Outside, namespace_id: NamespaceId, events: UploadEvents) -> None:
        raise NotImplementedError

    def offer(self, offers: Iterable[tuple[str, Offer]]) -> None:
        """Take these on, each with its path relative to the root. Nodes that are under way already are left alone."""
        raise NotImplementedError

    def under_way(self) -> Collection[NodeId]:
        """Offered, and neither prepared nor failed yet."""
        raise NotImplementedError

    def transfers(self, limit: int = 100) -> list[Transfer]:
        """What is being read or sent now, for people."""
        raise NotImplementedError

    def distrust(self, chunks: Iterable[bytes]) -> None:
        """The server said in a commit that it lacks these: ask again about them, whatever was heard before."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Drop everything (pause, quit). Returns at once; threads are free within a second.

        Nothing is under way afterwards, and no ``on_prepared`` or ``on_failed`` comes for what was dropped.
        """
        raise NotImplementedError
