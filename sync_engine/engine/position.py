"""Tells the server which files this device has, so that others can be told: up to which revision all of them, and which
not. Beside the lanes, now and then, once everything is settled and something has changed.

What is said comes from the trees alone: what the local tree does not have as the remote tree has it is named as not
here, whatever the reason. In doubt a file is not here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import msgspec
from blake3 import blake3
from msgspec import Struct

from server_api.contract.positions import MAX_WITHOUT, PositionTold, TellPosition
from server_api.contract.reading import from_json
from sync_engine.core.model import NodeId
from sync_engine.engine.connection import Connection
from sync_engine.engine.exclusions import Exclusions
from sync_engine.engine.problems import Problems
from sync_engine.engine.transfers import Outside
from sync_engine.errors import Refused, RemoteError, SignedOut, UnknownCursor, UpdateNeeded
from sync_engine.ports import Journal

TELL_EVERY_S: Final = 10.0
TELL_AGAIN_S: Final = 24 * 3600.0
"""Also if nothing has changed: the server may have forgotten it, and tells people how old it is."""
LONGEST_RETRY_S: Final = 3600.0
LOOK_PART: Final = 50.0
"""Between two looks at the trees is so many times the time that one takes."""
SETTING: Final = "position"
"""Of the journal. Whoever gives up what was agreed on removes it."""

_log = logging.getLogger(__name__)


class _Kept(Struct):
    """What the server has of this device."""

    number: int = 0
    told: bytes = b""
    """BLAKE3 of what was said."""


class Position:
    """Thread: the control thread's.

    Attributes:
        is_busy: the server is being told.
    """

    def __init__(
        self,
        journal: Journal,
        outside: Outside,
        connection: Connection,
        exclusions: Exclusions,
        problems: Problems,
        doubt: Callable[[], None],
    ) -> None:
        """``doubt``: called when the server does not know the history that this device has read."""
        self._journal = journal
        self._remote = outside.remote
        self._workers = outside.workers
        self._clock = outside.clock
        self._connection = connection
        self._exclusions = exclusions
        self._problems = problems
        self._doubt = doubt
        self._failures = 0
        self._seen = -1
        """At which change of the journal it was looked last."""
        self._not_before = 0.0
        self._again_at = outside.clock.monotonic() + TELL_AGAIN_S
        self.is_busy = False

    def next_due(self) -> float | None:
        """When ``tell`` has something to look at; ``None``: something changes first."""
        return None if self.is_busy or self._journal.changes() == self._seen else self._not_before

    def tell(self) -> None:
        """Everything is settled: tell the server, if it is time and what there is to say has changed."""
        now = self._clock.monotonic()
        is_repeated = now >= self._again_at
        if self.is_busy or now < self._not_before or (self._journal.changes() == self._seen and not is_repeated):
            return
        self._seen = self._journal.changes()
        kept = self._kept()
        position = self._position(kept.number + 1)
        self._not_before = now + max(TELL_EVERY_S, LOOK_PART * (self._clock.monotonic() - now))
        if position is None or (_digest(position) == kept.told and not is_repeated):
            return
        self.is_busy = True
        self._workers.submit(lambda: self._remote.tell_position(position), lambda answer: self._told(position, answer))

    def _kept(self) -> _Kept:
        stored = self._journal.setting(SETTING)
        return from_json(stored, _Kept) if stored else _Kept()

    def _keep(self, kept: _Kept) -> None:
        """That the journal has it is no change."""
        is_seen = self._journal.changes() == self._seen
        with self._journal.transaction():
            self._journal.set_setting(SETTING, msgspec.json.encode(kept).decode())
        if is_seen:
            self._seen = self._journal.changes()

    # --- what there is to say ------------------------------------------------------------------------------

    def _position(self, number: int) -> TellPosition | None:
        """``None``: there is nothing yet."""
        cursor = self._journal.cursor()
        if cursor is None or cursor.revision_id is None:
            return None
        without = self._without()
        return TellPosition(
            number=number,
            epoch=cursor.epoch,
            revision_id=cursor.revision_id,
            without=None if without is None else sorted(without),
        )

    def _without(self) -> set[NodeId] | None:
        """What is not here, or not for certain; ``None`` if that is too much."""
        problems = self._problems.all()
        lacking = self._journal.lacking(MAX_WITHOUT)
        if lacking is None or len(problems) > MAX_WITHOUT:
            return None
        found = {*lacking, *self._exclusions.nodes}
        for problem in problems:
            if not problem.path:  # of the whole folder
                return None
            if problem.node_id is not None:
                found.add(problem.node_id)
            if (local := self._journal.local_at(problem.path)) is not None:
                found.add(local.node_id)
        return found if len(found) <= MAX_WITHOUT else None

    # --- what came of it -----------------------------------------------------------------------------------

    def _told(self, position: TellPosition, answer: object) -> None:
        self.is_busy = False
        if isinstance(answer, RemoteError):
            self._failed(answer)
            return
        assert isinstance(answer, PositionTold), answer
        if answer.is_kept:
            self._failures = 0
            self._again_at = self._clock.monotonic() + TELL_AGAIN_S
            self._keep(_Kept(position.number, _digest(position)))
            return
        # The answer to an earlier one was lost, or this journal is an old one.
        self._keep(_Kept(max(answer.number, position.number)))
        self._try_again(0.0 if self._failures == 0 else TELL_EVERY_S)

    def _failed(self, error: RemoteError) -> None:
        """Nobody is told: what is to be in step is. A server that does not know what this is has time for it."""
        _log.info("the server was not told what is here: %s: %s", error.code, error)
        if isinstance(error, SignedOut | UpdateNeeded):
            self._connection.failed(error)
        elif isinstance(error, UnknownCursor):
            self._doubt()
        wait_s = min(TELL_EVERY_S * 2**self._failures, LONGEST_RETRY_S)
        self._try_again(TELL_AGAIN_S if isinstance(error, Refused) else max(wait_s, error.retry_after_s))

    def _try_again(self, wait_s: float) -> None:
        self._failures += 1
        self._seen = -1
        self._not_before = self._clock.monotonic() + wait_s


def _digest(position: TellPosition) -> bytes:
    return blake3(msgspec.msgpack.encode(msgspec.structs.replace(position, number=1))).digest()
