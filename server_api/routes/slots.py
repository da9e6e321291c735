"""How many do something costly in this process at once: whoever comes then is told to come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Response

from server_api.errors import UnavailableError

_RETRY_AFTER_S: Final = 20


class Slots:
    """So many of them. Safe for threads and greenlets."""

    def __init__(self, most: int, sentence: str) -> None:
        """``sentence``: for whom there is none."""
        self._free = threading.BoundedSemaphore(most)
        self._sentence = sentence

    @contextmanager
    def taken(self) -> Iterator[Slot]:
        """One until the block ends, or the response is sent that it was given to. Raises: UnavailableError."""
        if not self._free.acquire(blocking=False):
            raise UnavailableError(self._sentence, retry_after_s=_RETRY_AFTER_S)
        slot = Slot(self._free)
        try:
            yield slot
        except BaseException:
            slot.give_back()
            raise
        if not slot.is_kept:
            slot.give_back()


class Slot:
    """One of them. ``is_kept``: beyond the block."""

    def __init__(self, free: threading.BoundedSemaphore) -> None:
        self._free = free
        self._is_given_back = False
        self.is_kept = False

    def until_closed(self, response: Response) -> None:
        """It is given back when the response was sent, or its reader has gone."""
        self.is_kept = True
        response.call_on_close(self.give_back)

    def give_back(self) -> None:
        if not self._is_given_back:
            self._is_given_back = True
            self._free.release()
