"""A server and up to three devices, on one scheduler that one seed decides."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from server_api.app import create_app
from server_api.services.packs import verify_sealed
from sync_engine.engine.loop import Rhythm
from sync_engine.ports import FileSystem
from tests.fakes.device import FakeTime
from tests.simulation.device import DAEMON, Device, HangError
from tests.simulation.network import Network
from tests.simulation.server import DEVICES, prepared, start_server

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
        self, seed: int, rhythms: Sequence[Rhythm] = (DAEMON, DAEMON), filesystems: Sequence[FileSystem] = ()
    ) -> None:
        self.seed = seed
        self.chance = Random(seed)
        self.clock = FakeTime()
        self.steps = 0
        self._directory = Path(tempfile.mkdtemp(prefix="lockstep-", dir=_memory()))
        self.server = start_server(self._directory / "server", self.clock, seed)
        client = create_app(self.server).test_client(use_cookies=False)
        self.network = Network(client, Random(f"{seed} network"))
        self.devices = [
            self._device(name, rhythm, filesystem)
            for (name, rhythm), filesystem in zip_longest(zip(DEVICES, rhythms, strict=False), filesystems)
        ]

    def _device(self, name: str, rhythm: Rhythm, filesystem: FileSystem | None) -> Device:
        base = prepared()
        return Device(
            name, self._directory, self.network, self.clock, self.seed, namespace_id=base.namespace_id,
            refresh_token=base.refresh_tokens[name], news=lambda: self.network.commits, rhythm=rhythm,
            filesystem=filesystem,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for device in self.devices:
            if device.is_running:
                device.journal.close()
        self.server.database.close()
        shutil.rmtree(self._directory)

    def step(self) -> bool:
        """One step of one device that has something to do, or the clock goes on to where one has; False: neither."""
        self.steps += 1
        if self.chance.random() < 0.02:
            verify_sealed(self.server)  # the server's worker
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
