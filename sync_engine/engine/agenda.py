"""What is to be planned or tried again, and when: the control loop's memory between two steps.

It holds no truth. All of it can be lost in a crash, for the next start scans the folder and compares the trees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sync_engine.core.model import NodeId
from sync_engine.ports import Clock

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 300.0
PATIENT_FOR = 3
"""Tries after which nobody waits for a node any more, and people are told."""


class Agenda:
    """Times are the injected clock's monotonic seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.nodes: set[NodeId] = set()
        """To be planned now."""
        self._later: dict[NodeId, float] = {}
        self._retries: dict[NodeId, int] = {}

    def plan(self, nodes: Iterable[NodeId]) -> None:
        self.nodes.update(nodes)

    def postpone(self, nodes: Iterable[NodeId], delay_s: float) -> None:
        """Plan these again, but not before the delay is over."""
        due = self._clock.monotonic() + delay_s
        for node_id in nodes:
            self.nodes.discard(node_id)
            self._later[node_id] = due

    def retry(self, node_id: NodeId, *, at_once: bool = False) -> bool:
        """It failed for a reason that may pass: again after a while, each time twice as long.

        ``at_once``: the first time without any delay, for the reason may be gone by now.

        Returns whether that was so often that people should be told.
        """
        tries = self._retries.get(node_id, 0)
        self._retries[node_id] = tries + 1
        if at_once and tries == 0:
            self.nodes.add(node_id)
        else:
            self.postpone([node_id], min(FIRST_RETRY_S * 2**tries, LONGEST_RETRY_S))
        return tries + 1 >= PATIENT_FOR

    def hand_on(self, heirs: Mapping[NodeId, NodeId]) -> None:
        """What was tried in vain as one node is another now: how often counts on for that one."""
        for node_id, heir in heirs.items():
            if tries := self._retries.pop(node_id, 0):
                self._retries[heir] = max(self._retries.get(heir, 0), tries)

    def put_off(self, node_id: NodeId) -> None:
        """What is in its way was told, and still is there: tried again after a while, and nobody waits for that."""
        self._retries[node_id] = max(self._retries.get(node_id, 0), PATIENT_FOR)
        self.retry(node_id)

    def failed(self) -> frozenset[NodeId]:
        """Those that were tried in vain, and have not gone well since."""
        return frozenset(self._retries)

    def forget_failures(self, nodes: Iterable[NodeId]) -> None:
        """These went well, or changed: their next failure is a first one."""
        if self._retries:
            for node_id in nodes:
                self._retries.pop(node_id, None)

    def postponed(self) -> frozenset[NodeId]:
        return frozenset(self._later)

    def wake_all(self) -> None:
        """Somebody asks for everything now: no more waiting."""
        self.nodes.update(self._later)
        self._later.clear()
        self._retries.clear()

    def begin_anew(self, nodes: Collection[NodeId]) -> None:
        """Plan these now, whatever they waited for and however often they failed."""
        self.forget_failures(nodes)
        for node_id in nodes:
            self._later.pop(node_id, None)
        self.plan(nodes)

    def wake_now(self, nodes: Iterable[NodeId]) -> None:
        """What these waited for is over."""
        self.nodes.update(node_id for node_id in nodes if self._later.pop(node_id, None) is not None)

    def wake(self) -> None:
        """Move what is due by now to where it is worked on."""
        if self._later:
            now = self._clock.monotonic()
            due = [node_id for node_id, at in self._later.items() if at <= now]
            for node_id in due:
                del self._later[node_id]
            self.nodes.update(due)

    def next_due(self) -> float | None:
        """When the next thing is due; ``None``: nothing is waiting for a time."""
        return min(self._later.values(), default=None)

    def is_empty(self) -> bool:
        """Nothing to plan, or to try again soon: what failed again and again is not waited for."""
        return not self.nodes and all(self._retries.get(node_id, 0) >= PATIENT_FOR for node_id in self._later)

    def __len__(self) -> int:
        return len(self.nodes) + len(self._later)
