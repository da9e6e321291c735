"""What people tell the program, at random: to pause, what they do not want here, what of deletions and conflicts."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sync_engine.core.model import ROOT
from sync_engine.core.reports import STOPPED, Keep, Resolution
from sync_engine.errors import EngineError, JournalFull
from tests.simulation.device import Device
from tests.simulation.people import Ledger
from tests.simulation.world import World

KEPT: list[Keep] = ["mine", "theirs", "both"]


class Wishes:
    """Attributes: excludes: they may choose what is on a device."""

    def __init__(self, world: World, chance: Random, ledger: Ledger, *, excludes: bool) -> None:
        self._world = world
        self._chance = chance
        self._ledger = ledger
        self.excludes = excludes

    def maybe(self) -> str | None:
        """Somebody says something, or nothing; returns what."""
        running = [device for device in self._world.devices if device.is_running]
        if not running or self._chance.random() >= 0.3:
            return None
        device = self._chance.choice(running)
        wishes: list[Callable[[Device], str | None]] = [
            self._pause, self._resume, self._answer, self._resolve, self._stop, self._stop, self._try_again,
        ]  # fmt: skip
        if self.excludes:
            wishes += [self._exclude, self._exclude, self._include]
        try:
            said = self._chance.choice(wishes)(device)
        except JournalFull as error:
            said = f"it cannot be written down: {error}"
        return said and f"{device.name}: {said}"

    def answer_all(self) -> bool:
        """Every question gets its answer, nothing is paused any more. Returns whether there was one."""
        asked = [device for device in self._world.devices if device.engine.hold() is not None]
        for device in asked:
            self._answer(device)
        return bool(asked)

    def resume_all(self) -> None:
        """And what was stopped is tried again."""
        for device in self._world.devices:
            self._resume(device)
            while self._try_again(device):
                pass

    def include_all(self) -> None:
        for device in self._world.devices:
            for exclusion in device.engine.exclusions():
                device.engine.include(exclusion.path)
            device.asleep_until = 0.0

    def _pause(self, device: Device) -> str | None:
        if not device.rhythm.waits_for_news:
            return None
        device.engine.pause()
        return "pause"

    def _resume(self, device: Device) -> str:
        device.engine.resume()
        device.asleep_until = 0.0
        return "resume"

    def _stop(self, device: Device) -> str | None:
        """A transfer, or what is to move later."""
        journal = device.journal
        waiting = (journal.local_path(node_id) or journal.remote_path(node_id) for node_id in journal.differing())
        paths = sorted({path for path in waiting if path} | {each.path for each in device.loop.contents.transfers()})
        if not paths:
            return None
        path = self._chance.choice(paths)
        device.engine.stop_transfer(path)
        device.asleep_until = 0.0
        return f"stop {path}"

    def _try_again(self, device: Device) -> str | None:
        stopped = [problem.path for problem in device.engine.problems() if problem.code == STOPPED]
        if not stopped:
            return None
        path = self._chance.choice(stopped)
        device.engine.try_now(path)
        device.asleep_until = 0.0
        return f"try {path} again"

    def _answer(self, device: Device) -> str | None:
        if device.engine.hold() is None:
            return None
        device.asleep_until = 0.0
        if self._chance.random() < 0.5:
            return f"go through with {device.engine.hold_apply()}"
        return f"undo {device.engine.hold_restore()}"

    def _resolve(self, device: Device) -> str | None:
        copies = device.engine.conflicts()
        if not copies or device.loop.disk.root_error is not None:
            return None
        path, keep = self._chance.choice(copies), self._chance.choice(KEPT)

        def done(result: Resolution | EngineError) -> None:
            if isinstance(result, Resolution) and result.outcome == "done":
                self._ledger.given_up(_thrown_away(device, {result.path, *result.copies}))

        device.engine.resolve(path, keep, done)
        device.asleep_until = 0.0
        return f"keep {keep} of {path}"

    def _exclude(self, device: Device) -> str | None:
        level = {node.node_id for node in device.journal.remote_children([ROOT])}
        paths = []
        while level:
            paths += [path for node_id in level if (path := device.journal.remote_path(node_id)) is not None]
            level = {node.node_id for node in device.journal.remote_children(level)}
        if not paths:
            return None
        path = self._chance.choice(sorted(paths))
        device.asleep_until = 0.0
        return f"exclude {path}: {device.engine.exclude(path).outcome}"

    def _include(self, device: Device) -> str | None:
        exclusions = device.engine.exclusions()
        if not exclusions:
            return None
        path = self._chance.choice(exclusions).path
        device.asleep_until = 0.0
        return f"include {path}: {device.engine.include(path).outcome}"


def _thrown_away(device: Device, paths: set[str]) -> set[bytes]:
    """What lies in the trash and was at one of these."""
    disk = device.disk
    entries = [entry for entry, (path, *_) in disk._entries.items() if path in paths]
    return {node.data for entry in entries if (node := disk._find(entry)) is not None}
