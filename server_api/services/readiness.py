"""Whether this process can serve: what a proxy or a service manager asks every few seconds."""

from __future__ import annotations

import logging
import threading
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


class Readiness:
    """One of a process; looks at one thing at a time, however many ask."""

    def __init__(self, database: Database, store: ObjectStore, hub: Hub, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._hub = hub
        self._clock = clock
        self._looking = threading.Lock()
        self._failing: tuple[Part, ...] | None = None
        self._looked_at = 0.0
        self._under_way: Part = "database"

    def failing(self) -> tuple[Part, ...]:
        """What keeps this process from serving; nothing, if it can.

        ``database`` and ``store`` do not answer, ``schema``: another version's, ``ending``: the process was told to.
        """
        if self._hub.is_closed:
            return ("ending",)
        if self._age_s() >= FRESH_S and self._looking.acquire(blocking=self._failing is None):
            try:
                if self._age_s() >= FRESH_S:
                    self._look()
            finally:
                self._looking.release()
        if self._age_s() >= SLOW_S:  # somebody has been looking since
            return (self._under_way,)
        return self._failing or ()

    def _age_s(self) -> float:
        if self._failing is None:
            return FRESH_S
        return self._clock.monotonic() - self._looked_at

    def _look(self) -> None:
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
        if failing and not self._failing:
            _LOG.warning("not ready", extra={"failing": ", ".join(failing)})
        elif self._failing and not failing:
            _LOG.info("ready again")
        self._failing, self._looked_at = tuple(failing), self._clock.monotonic()
