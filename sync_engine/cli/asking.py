"""Asks whoever owns the journal now: the daemon if one runs, else this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.errors import RootBusy
from sync_engine.profile import Profile

if TYPE_CHECKING:
    from sync_engine.composition import Device
    from sync_engine.engine.engine import Engine

_T = TypeVar("_T")
_A = TypeVar("_A", bound=control.Answer)

BUSY_S: Final = 10.0
"""How long the folder may be somebody else's, who does not answer, before that is an error."""
_LOOK_EVERY_S: Final = 0.05


@contextmanager
def daemon_or_device(profile: Profile, busy_s: float = BUSY_S) -> Iterator[ControlClient | Device]:
    """The daemon; or the device itself, opened here, if none runs.

    A daemon that is just starting or ending, or another short command, has the folder and does not answer: it is
    waited for. Raises: RootBusy if that takes long, and what ``open_device`` raises.
    """
    until = time.monotonic() + busy_s
    while True:
        if client := ControlClient.connect(profile.home):
            with client:
                yield client
            return
        from sync_engine.composition import open_device
        from sync_engine.engine.loop import Rhythm

        with ExitStack() as stack:
            try:
                device = stack.enter_context(open_device(profile, Rhythm(), watches=False, busy_s=0.0))
            except RootBusy:
                if time.monotonic() >= until:
                    raise
            else:
                yield device
                return
        time.sleep(_LOOK_EVERY_S)


def ask(
    profile: Profile,
    request: control.Request,
    kind: type[_A],
    read: Callable[[_A], _T],
    otherwise: Callable[[Engine], _T],
    *,
    busy_s: float = BUSY_S,
) -> _T:
    """The daemon's answer; without a daemon, what the journal says."""
    profile.link()
    with daemon_or_device(profile, busy_s) as owner:
        if not isinstance(owner, ControlClient):
            return otherwise(owner.engine)
        answer = owner.ask(request)
        assert isinstance(answer, kind)
        return read(answer)
