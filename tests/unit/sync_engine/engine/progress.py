"""What people are told of files on their way, which the tests of both directions share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from sync_engine.engine.transfers import Transfer
from tests.fakes.store import FakeStore


def watch(store: FakeStore, transfers: Callable[[], list[Transfer]]) -> dict[str, list[int]]:
    """By path, what is told of each as pieces go, or before each piece comes."""
    told: dict[str, list[int]] = defaultdict(list)

    def look() -> None:
        for each in transfers():
            told[each.path].append(each.done)

    store.on_piece = look
    return told
