"""A server and up to four devices, on one scheduler that one seed decides."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from sync_engine.engine.loop import Rhythm
from sync_engine.ports import FileSystem
from tests.fakes.device import FakeTime
from tests.simulation.device import DAEMON, Device, HangError, Model
from tests.simulation.network import Network
from tests.simulation.server import DEVICES, Host, prepared

LONGEST_S = 2 * 3600.0
"""Of the simulation's own time, until everything has to be settled."""
MOST_STEPS = 10_000


class World:
    """Use it in a ``with`` block.

    Args:
        filesystems: of the first devices, where they are not to have an ordinary disk in memory.

    Attributes:
        steps: taken so far, by all devices.
    """

    def __init__(
        self,
        seed: int,
        models: Sequence[Model | Rhythm] = (DAEMON, DAEMON),
        filesystems: Sequence[FileSystem] = (),
    ) -> None:
        self.seed = seed
        self.chance = Random(seed)
        self.clock = FakeTime()
        self.steps = 0
        self._directory = Path(tempfile.mkdtemp(prefix="lockstep-", dir=_memory()))
        self.host = Host(self._directory / "server", self.clock, seed)
        self.network = Network(self.host.client(), Random(f"{seed} network"))
        self.devices = [
            self._device(name, model if isinstance(model, Model) else Model(model), filesystem)
            for (name, model), filesystem in zip_longest(zip(DEVICES, models, strict=False), filesystems)
        ]

    def _device(self, name: str, model: Model, filesystem: FileSystem | None) -> Device:
        base = prepared()
        return Device(
            name, self._directory, self.network, self.clock, self.seed, namespace_id=base.namespace_id,
            device_id=base.device_ids[name], refresh_token=base.refresh_tokens[name],
            news=lambda: (self.network.commits, self.host.starts), model=model, filesystem=filesystem,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for device in self.devices:
            if device.is_running:
                device.journal.close()
        self.host.close()
        shutil.rmtree(self._directory)

    def step(self) -> bool:
        """One step of one device that has something to do, or the clock goes on to where one has; False: neither."""
        self.steps += 1
        if self.chance.random() < 0.02:
            self.host.verify()
        self.network.deliver_late()
        awake = [device for device in self.devices if device.is_awake()]
        if awake:
            self.chance.choice(awake).step()
            self.clock.advance(self.chance.choice([0.0, 0.0, 0.001, 0.02]))
            return True
        due = [device.asleep_until for device in self.devices if device.is_running and device.asleep_until is not None]
        if not due:
            return False
        self.clock.advance(max(0.0, min(due) - self.clock.monotonic()) + 1e-6)
        return True

    def run(self, is_over: Callable[[], bool]) -> None:
        """Step until it is over. Raises: HangError."""
        until_s, most = self.clock.monotonic() + LONGEST_S, self.steps + MOST_STEPS
        while not is_over():
            if not self.step():
                raise HangError(f"nothing will happen any more: {self.describe()}")
            if self.clock.monotonic() > until_s or self.steps > most:
                raise HangError(f"it does not come to rest: {self.describe()}")

    def settle(self) -> None:
        """Go on until every device is in step and hears of nothing new."""
        for device in self.devices:
            if not device.is_running:
                device.start()
        while True:
            commits = self.network.commits
            for device in self.devices:
                if not device.rhythm.waits_for_news:
                    device.ask_to_sync()
            self.run(self.is_settled)
            if self.network.commits == commits:
                return

    def is_settled(self) -> bool:
        """Everybody is in step, as far as they know, and nobody runs a sync."""
        return all(device.is_running and device.is_settled() for device in self.devices)

    def restart_server(self) -> None:
        self.host.restart()
        self.network.client = self.host.client()

    def restore_server(self, *, renews_epoch: bool) -> None:
        self.host.restore(renews_epoch=renews_epoch)
        self.network.client = self.host.client()

    def describe(self) -> str:
        return "; ".join(_describe(device) for device in self.devices)


def _describe(device: Device) -> str:
    if not device.is_running:
        return f"{device.name} is off"
    loop = device.loop
    said = [device.name, "settled" if device.is_settled() else "not settled", loop.connection.state]
    said += [f"agenda {len(loop.agenda)}", f"asleep until {device.asleep_until}"]
    said += [f"{problem.path}: {problem.code}" for problem in loop.problems.all()]
    return " ".join(said)


def _memory() -> str | None:
    """Where temporary files cost no time, if there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
