"""Whether this process can serve: what a proxy or a service manager asks every few seconds."""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from server_api.domain.clock import Clock
from server_api.errors import ApiError
from server_api.services.hub import Hub
from server_api.storage.database import Database
from server_api.storage.stores import ObjectStore

Part: TypeAlias = Literal["database", "schema", "store", "ending"]

FRESH_S: Final = 2.0
"""So long an answer counts: whoever asks more often costs nothing."""
SLOW_S: Final = 10.0
"""What takes longer than this to answer does not answer."""
_LOG: Final = logging.getLogger("lockstep.readiness")


_SLICE_S: Final = 0.05


@dataclass(frozen=True)
class _Look:
    began_at: float
    over: threading.Event = field(default_factory=threading.Event)


class Readiness:
    """One of a process; looks at one thing at a time, however many ask.

    It looks in a thread of its own, so that whoever asks has an answer in ``SLOW_S``, whatever hangs.
    """

    def __init__(self, database: Database, store: ObjectStore, hub: Hub, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._hub = hub
        self._clock = clock
        self._lock = threading.Lock()
        self._look: _Look | None = None
        self._failing: tuple[Part, ...] = ()
        self._looked_at = -math.inf
        self._under_way: Part = "database"

    def failing(self) -> tuple[Part, ...]:
        """What keeps this process from serving; nothing, if it can.

        ``database`` and ``store`` do not answer, ``schema``: another version's, ``ending``: the process was told to.
        """
        if self._hub.is_closed:
            return ("ending",)
        with self._lock:
            look = self._look
            begins = look is None and self._age_s() >= FRESH_S
            if begins:
                look = _Look(self._clock.monotonic())
                threading.Thread(target=self._run, args=(look,), name="readiness", daemon=True).start()
                self._look = look
        if look and (begins or self._age_s() >= SLOW_S) and not self._is_over_in_time(look):
            return (self._under_way,)
        return self._failing

    def _age_s(self) -> float:
        return self._clock.monotonic() - self._looked_at

    def _is_over_in_time(self, look: _Look) -> bool:
        while not look.over.wait(_SLICE_S):
            if self._clock.monotonic() - look.began_at >= SLOW_S:
                return False
        return True

    def _run(self, look: _Look) -> None:
        try:
            failing = self._find()
        except Exception:  # noqa: BLE001  (whoever asks is not in this thread)
            _LOG.exception("cannot tell whether this process is ready")
            failing = (self._under_way,)
        with self._lock:
            if failing and not self._failing:
                _LOG.warning("not ready", extra={"failing": ", ".join(failing)})
            elif self._failing and not failing:
                _LOG.info("ready again")
            self._failing, self._looked_at = failing, self._clock.monotonic()
            self._look = None
        look.over.set()

    def _find(self) -> tuple[Part, ...]:
        failing: list[Part] = []
        self._under_way = "database"
        try:
            if not self._database.is_at_head():
                failing.append("schema")
        except ApiError:
            failing.append("database")
        self._under_way = "store"
        try:
            self._store.ping()
        except ApiError:
            failing.append("store")
        return tuple(failing)
