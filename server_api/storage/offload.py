"""The port through which work that blocks leaves the threads that serve requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Offload(Protocol):
    """Runs a function that blocks (disk, hashing, argon2) and gives back what it returns or raises.

    Where many requests share one native thread, it runs in another one and the caller alone waits. The function must
    not touch the database, the hub or the request. Never call this inside ``Database.write()``: the lock would be held
    while others run.
    """

    def __call__(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


def run_here(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The ``Offload`` of a process in which every request has its own thread."""
    return function(*args, **kwargs)
