"""One transfer on a slow line that the person stops and tries again, with real processes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient
from sync_engine.core.reports import EngineState, PathProblem
from tests.end_to_end.devices import Device, await_that

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]
SLOW = "200k"
BIG = random.Random("big").randbytes(12 * 1024 * 1024)
"""A minute's traffic, if nobody stops it."""


class Asked:
    def __init__(self, client: ControlClient) -> None:
        self._client = client

    def state(self) -> EngineState:
        answer = self._client.ask(control.GetStatus())
        assert isinstance(answer, control.Status)
        return answer.state

    def moves(self, path: str) -> bool:
        """Some of it went, and not yet all."""
        return any(each.path == path and 0 < each.done_bytes < each.size_bytes for each in self.state().transfers)

    def is_stopped(self) -> bool:
        state = self.state()
        return (state.state, state.stopped, state.transfers) == ("attention", 1, [])

    def stop(self, path: str) -> None:
        self._client.ask(control.StopTransfer(path))

    def hurry(self, path: str) -> None:
        """The line is as quick as it can be, and this is tried again."""
        self._client.ask(control.ChangeSettings({"bandwidth.up": None, "bandwidth.down": None}))
        self._client.ask(control.TryNow(path))


@contextmanager
def running(device: Device) -> Iterator[Asked]:
    device.start_daemon()
    client = ControlClient.connect(device.home)
    assert client is not None
    try:
        with client:
            yield Asked(client)
    finally:
        device.end_daemons()


def linked(device: Device, setting: str) -> Device:
    assert device.link().code == 0
    assert device.run("config", "set", setting, SLOW).code == 0
    return device


def test_a_slow_transfer_is_stopped_and_tried_again_in_both_directions(device: Callable[[str], Device]) -> None:
    laptop = linked(device("Laptop"), "bandwidth.up")
    laptop.write("Films/big.mov", BIG)
    with running(laptop) as asked:
        await_that(lambda: asked.moves("Films/big.mov"), "it is on its way")
        asked.stop("Films/big.mov")
        await_that(asked.is_stopped, "it is stopped", timeout_s=10)
        laptop.write("Films/small.txt", "goes all the same")
        await_that(lambda: "Films/small.txt" in stored(laptop), "the other file is sent", timeout_s=30)
        assert "Films/big.mov" not in stored(laptop)
    assert laptop.run("status", "--json").json["state"] == "attention"
    with running(laptop) as asked:
        await_that(asked.is_stopped, "it is still stopped after a restart")
        assert laptop.run("status", "Films/big.mov", "--json").json["reason"] == "stopped"
        problems = laptop.run("problems", "--json").json
        assert [PathProblem(each["path"], each["reason"]) for each in problems] == [
            PathProblem("Films/big.mov", "stopped")
        ]
        asked.hurry("Films/big.mov")
        laptop.await_in_step()

    phone = linked(device("Phone"), "bandwidth.down")
    with running(phone) as asked:
        await_that(lambda: asked.moves("Films/big.mov"), "it is on its way here")
        asked.stop("Films/big.mov")
        await_that(asked.is_stopped, "it is stopped here")
        assert phone.tree().keys() == {"Films", "Films/small.txt"}
        asked.hurry("Films/big.mov")
        phone.await_in_step()
    assert (phone.folder / "Films/big.mov").read_bytes() == BIG


def stored(device: Device) -> set[str]:
    """What the server has in the folder."""
    return {each["path"] for each in device.run("ls", "Films", "--json").json}
