"""What plans left for later, and what that waits for."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet

from sync_engine.core.model import NodeId
from sync_engine.core.operations import Plan


class Deferred:
    """It holds no truth, as the agenda does not.

    Attributes:
        until_any_result: nodes that are planned again after any result.
        behind: by node with an issue, those that are planned again once it has none.
    """

    def __init__(self) -> None:
        self.until_any_result: set[NodeId] = set()
        self.behind: dict[NodeId, set[NodeId]] = {}

    def take(self, plan: Plan, members: Collection[NodeId], with_problem: AbstractSet[NodeId | None]) -> set[NodeId]:
        """What this plan of these members leaves for later. Returns what waited, and is to be planned again."""
        self.until_any_result.difference_update(members)
        self.until_any_result.update(plan.postponed)
        freed: set[NodeId] = set()
        if self.behind:
            for node in members:
                if node not in with_problem:
                    freed |= self.behind.pop(node, set())
            for blocker, nodes in self.behind.items():
                if any(node in nodes and node not in plan.blocked.get(blocker, ()) for node in members):
                    freed |= nodes  # one of them goes on: perhaps the others waited for that one alone
                    nodes.clear()
        for blocker, blocked in plan.blocked.items():
            self.behind.setdefault(blocker, set()).update(blocked)
        return freed

    def take_result(self) -> set[NodeId]:
        """A result is in. Returns what waited for one."""
        freed, self.until_any_result = self.until_any_result, set()
        return freed

    def untold(self, told: AbstractSet[NodeId]) -> set[NodeId]:
        """All that waits, but for what has a problem itself, or waits for one of those that have: people are ``told``
        of these."""
        blocked = (nodes for blocker, nodes in self.behind.items() if blocker not in told)
        return self.until_any_result.union(*blocked).difference(told)
