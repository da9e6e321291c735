"""Faults that a test orders in advance."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Lost:
    """The call is carried out, but its answer never arrives: ``error`` instead."""

    error: Exception


class Faults:
    """Per operation a row of things to go wrong; ``None`` in it lets one call pass.

    Attributes:
        calls: how often each operation was called.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._ordered: dict[str, deque[Exception | Lost | None]] = defaultdict(deque)

    def order(self, operation: str, *faults: Exception | Lost | None) -> None:
        self._ordered[operation].extend(faults)

    @contextmanager
    def around(self, operation: str) -> Iterator[None]:
        self.calls[operation] += 1
        row = self._ordered[operation]
        fault = row.popleft() if row else None
        if isinstance(fault, Exception):
            raise _anew(fault)
        yield
        if isinstance(fault, Lost):
            raise _anew(fault.error)


def _anew(error: Exception) -> Exception:
    """An equal one. What is raised keeps all that its frames hold for as long as it is kept itself, and those that are
    a test's parameters are kept until the run is over."""
    made = type(error).__new__(type(error), *error.args)
    made.__dict__.update(error.__dict__)
    return made
