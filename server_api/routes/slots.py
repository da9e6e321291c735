"""How many do something costly in this process at once: whoever comes then is told to come back.

Nobody can take all of them: an account has so many, and so have all visitors of its links together.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from flask import Response

from server_api.errors import UnavailableError

_RETRY_AFTER_S: Final = 20


class Slots:
    """So many of them, and so many of these for one. Safe for threads and greenlets."""

    def __init__(self, most: int, sentence: str, *, most_each: int) -> None:
        """``sentence``: for whom there is none."""
        self._most = most
        self._most_each = most_each
        self._sentence = sentence
        self._taken: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, who: bytes) -> Iterator[Slot]:
        """One until the block ends, or the response is sent that it was given to. Raises: UnavailableError."""
        with self._lock:
            if self._taken.total() >= self._most or self._taken[who] >= self._most_each:
                raise UnavailableError(self._sentence, retry_after_s=_RETRY_AFTER_S)
            self._taken[who] += 1
        slot = Slot(partial(self._give_back, who))
        try:
            yield slot
        except BaseException:
            slot.give_back()
            raise
        if not slot.is_kept:
            slot.give_back()

    def _give_back(self, who: bytes) -> None:
        with self._lock:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]


class Slot:
    """One of them. ``is_kept``: beyond the block."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back = give_back
        self._is_given_back = False
        self.is_kept = False

    def until_closed(self, response: Response) -> None:
        """It is given back when the response was sent, or its reader has gone."""
        self.is_kept = True
        response.call_on_close(self.give_back)

    def give_back(self) -> None:
        if not self._is_given_back:
            self._is_given_back = True
            self._give_back()
