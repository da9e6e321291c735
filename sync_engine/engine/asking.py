"""Having the control thread answer a question, from any other thread."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Final, TypeVar

from sync_engine.engine.engine import Engine

ANSWER_WITHIN_S: Final = 30.0
"""The control thread answers questions between two steps; none takes this long."""
_T = TypeVar("_T")


class Asking:
    """Thread: any but the control thread, while that runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, question: Callable[[], _T], within_s: float = ANSWER_WITHIN_S) -> _T:
        """Raises: what the question raises; TimeoutError."""
        answers: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()

        def call() -> None:
            try:
                answers.put((question(), None))
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked, not to the loop
                answers.put((None, error))

        self._engine.post(call)
        try:
            result, error = answers.get(timeout=within_s)
        except queue.Empty:
            raise TimeoutError("the control thread does not answer") from None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # a result unless there was an error
