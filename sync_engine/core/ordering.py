"""In which order operations of one side can be carried out, and which cannot for now.

A ``Step`` is an operation with the name that it frees and the name that it takes. What the steps leave open is read off
the side's tree as it is: a step that needs what nobody gives is dropped, and with it those that need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from typing import Final, Generic, TypeVar

from sync_engine.core.model import ROOT, Kind, NodeId
from sync_engine.core.trees import SideTree

Op = TypeVar("Op")
PlaceKey = tuple[NodeId, str]
"""A folder and a name's key in it."""


class Step(Generic[Op]):
    """What one side is asked to do about one node.

    Attributes:
        operations: one after another, with nothing in between.
        leaves: the place that comes free.
        arrives: the place that is taken.
        depth: of the place it arrives at, or of the node that ends: parents before children, but the reverse to end.
        is_end: the node goes, and whatever is in it must be gone before.
        only_with: the node whose step this one makes room for: without that, there is no reason for it.
        occupants: who is at the place it arrives at, itself left out. ``feasible`` fills it in.
        rank: the order that does wherever no name has to come free first.
    """

    __slots__ = (
        "arrives",
        "is_end",
        "is_folder",
        "leaves",
        "node_id",
        "occupants",
        "only_with",
        "operations",
        "rank",
    )

    def __init__(
        self,
        node_id: NodeId,
        operations: tuple[Op, ...],
        *,
        leaves: PlaceKey | None = None,
        arrives: PlaceKey | None = None,
        depth: int = 0,
        is_end: bool = False,
        is_folder: bool = False,
        only_with: NodeId | None = None,
    ) -> None:
        self.node_id = node_id
        self.operations = operations
        self.leaves = leaves
        self.arrives = arrives
        self.is_end = is_end
        self.is_folder = is_folder
        self.only_with = only_with
        self.occupants: Sequence[NodeId] = ()
        self.rank = (is_end, -depth if is_end else depth, node_id)


_by_rank: Final = attrgetter("rank")
Steps = dict[NodeId, Step[Op]]
_CLOSED: Final = -1


def feasible(steps: Steps[Op], tree: SideTree, covered: Callable[[NodeId], bool]) -> tuple[Steps[Op], Steps[Op]]:
    """Those steps that can be done together, and the others.

    Args:
        steps: by node, at most one each.
        tree: the side as it is.
        covered: whether a node ends with its folder, without a step of its own.

    Returns:
        Both in order of rank.
    """
    ranked = sorted(steps.values(), key=_by_rank)
    for step in ranked:
        if step.arrives is not None and (occupants := tree.at(step.arrives)):
            step.occupants = [occupant for occupant in occupants if occupant != step.node_id]
    hopeless: set[NodeId] = set()
    while True:
        good, first_ones = _without_rivals(step for step in ranked if step.node_id not in hopeless)
        _drop_infeasible(good, tree, covered)
        in_vain = {step.node_id for step in first_ones if step.node_id not in good}
        if not in_vain:
            return good, {step.node_id: step for step in ranked if step.node_id not in good}
        hopeless |= in_vain  # another one may have the place


def _without_rivals(steps: Iterable[Step[Op]]) -> tuple[Steps[Op], list[Step[Op]]]:
    """Of several that want one place the first, but who is on this side already comes before who is new to it.

    Returns the steps without the other ones, and those that have rivals.
    """
    good: Steps[Op] = {}
    claims: dict[PlaceKey, Step[Op]] = {}
    contested: dict[PlaceKey, Step[Op]] = {}
    for step in steps:
        place = step.arrives
        if place is not None and (first := claims.setdefault(place, step)) is not step:
            if first.leaves is not None or step.leaves is None:
                contested[place] = first
                continue
            del good[first.node_id]
            contested[place] = claims[place] = step
        good[step.node_id] = step
    return good, list(contested.values())


def _drop_infeasible(good: Steps[Op], tree: SideTree, covered: Callable[[NodeId], bool]) -> None:
    dropped = True
    while dropped:
        dropped = False
        for step in list(good.values()):
            if _obstacle(step, good, tree, covered):
                del good[step.node_id]
                dropped = True


def _obstacle(
    step: Step[Op],
    steps: Mapping[NodeId, Step[Op]],
    tree: SideTree,
    covered: Callable[[NodeId], bool],
) -> bool:
    """Whether something stands in a step's way that no other step removes."""
    if step.only_with is not None and step.only_with not in steps:
        return True
    place = step.arrives
    if place is not None:
        if not _will_be_there(place[0], steps, tree):
            return True
        for occupant in step.occupants:
            if (other := steps.get(occupant)) is None or other.leaves is None:
                return True
        if step.is_folder and step.leaves is not None and _runs_into_itself(step, steps, tree):
            return True
    return step.is_end and step.is_folder and not _will_be_empty(step.node_id, steps, tree, covered)


def _will_be_there(folder_id: NodeId, steps: Mapping[NodeId, Step[Op]], tree: SideTree) -> bool:
    if folder_id == ROOT:
        return True
    step, folder = steps.get(folder_id), tree.nodes.get(folder_id)
    if folder is None:
        return step is not None and step.arrives is not None
    return (step is None or not step.is_end) and folder.kind == Kind.FOLDER


def _runs_into_itself(step: Step[Op], steps: Mapping[NodeId, Step[Op]], tree: SideTree) -> bool:
    seen = {step.node_id}
    assert step.arrives is not None
    current = step.arrives[0]
    while current != ROOT:
        if current in seen:
            return True
        seen.add(current)
        above = steps.get(current)
        if above is not None and above.arrives is not None:
            current = above.arrives[0]
        elif current in tree.nodes:
            current = tree.nodes[current].parent_id
        else:
            return True
    return False


def _will_be_empty(
    folder_id: NodeId, steps: Mapping[NodeId, Step[Op]], tree: SideTree, covered: Callable[[NodeId], bool]
) -> bool:
    pending = [folder_id]
    while pending:
        for child in tree.children(pending.pop()):
            step = steps.get(child)
            if step is not None and step.leaves is not None:
                continue
            if not covered(child):
                return False
            pending.append(child)
    return True


def leavers(folder_id: NodeId, steps: Mapping[NodeId, Step[Op]], tree: SideTree) -> list[NodeId]:
    """Nodes that steps take out of a folder, from any depth."""
    found: list[NodeId] = []
    pending = [folder_id]
    while pending:
        for child in tree.children(pending.pop()):
            step = steps.get(child)
            if step is not None and step.leaves is not None:
                found.append(child)
            else:
                pending.append(child)
    return found


def ordered_with_parking(steps: Steps[Op], tree: SideTree) -> list[tuple[Step[Op], bool]]:
    """Feasible steps for a disk, where each operation happens by itself, in their order.

    Where a circle has to be opened a step comes twice, first with ``True``: its node is moved aside.
    """
    if not _some_name_comes_free(steps):
        return [(step, False) for step in steps.values()]
    queue = _Queue(steps, tree)
    order: list[tuple[Step[Op], bool]] = []
    while True:
        order.extend((queue.steps[i], False) for i in queue.ready())
        circle = queue.circle()
        if not circle:
            return order
        parked = min(i for i in circle if queue.is_waited_for(i))
        order.append((queue.steps[parked], True))
        queue.leave(parked)


def ordered_in_groups(steps: Steps[Op], tree: SideTree) -> list[list[Step[Op]]]:
    """Feasible steps for a server that checks names at the end of a group, in their order; a circle is a group."""
    if not _some_name_comes_free(steps):
        return [[step] for step in steps.values()]
    queue = _Queue(steps, tree)
    order: list[list[Step[Op]]] = []
    while True:
        order.extend([queue.steps[i]] for i in queue.ready())
        circle = queue.circle()
        if not circle:
            return order
        order.append([queue.steps[i] for i in circle])
        queue.finish(*circle)


def _some_name_comes_free(steps: Steps[Op]) -> bool:
    return any(step.occupants for step in steps.values())


class _Queue(Generic[Op]):
    """Who has to wait for whom (Kahn's algorithm). Steps go by their index in ``steps``: in order of rank.

    A wait for a name ends early if the node that has it is moved aside. A folder's end waits until what was in it has
    arrived elsewhere, so that whatever fails on its way has a folder to go back to.
    """

    def __init__(self, steps: Steps[Op], tree: SideTree) -> None:
        self.steps = list(steps.values())
        self._index = {step.node_id: i for i, step in enumerate(self.steps)}
        self._after_leaving: list[list[int]] = [[] for _ in self.steps]
        self._after_arriving: list[list[int]] = [[] for _ in self.steps]
        self._waits = [0] * len(self.steps)
        self._done = [False] * len(self.steps)
        for i, step in enumerate(self.steps):
            if step.arrives is not None:
                self._wait_for_folders(i, step, tree)
                for occupant in step.occupants:
                    self._wait(self._after_leaving, self._index[occupant], i)
            if step.is_end and step.is_folder:
                for child in leavers(step.node_id, steps, tree):
                    self._wait(self._after_arriving, self._index[child], i)
        self._heap = [i for i, waits in enumerate(self._waits) if not waits]

    def _wait_for_folders(self, i: int, step: Step[Op], tree: SideTree) -> None:
        """For the new folder to be there. A folder waits for all above it that move, lest it be put below itself: for
        the nearest, which waits for those above itself."""
        assert step.arrives is not None
        folder_id = step.arrives[0]
        while folder_id != ROOT:
            above = self._index.get(folder_id)
            moves = above is not None and self.steps[above].arrives is not None
            if above is not None and moves and (step.is_folder or folder_id not in tree.nodes):
                self._wait(self._after_arriving, above, i)
                return
            if not step.is_folder:
                return
            folder_id = tree.nodes[folder_id].parent_id

    def _wait(self, edges: list[list[int]], first: int, then: int) -> None:
        edges[first].append(then)
        self._waits[then] += 1

    def ready(self) -> Iterator[int]:
        """Steps that wait for nothing, and those that become so meanwhile."""
        while self._heap:
            i = heappop(self._heap)
            yield i
            self.finish(i)

    def finish(self, *steps: int) -> None:
        for i in steps:
            self._done[i] = True
        for i in steps:
            self.leave(i)
            self._release(self._after_arriving, i)

    def leave(self, i: int) -> None:
        """Its old place is free."""
        self._release(self._after_leaving, i)

    def _release(self, edges: list[list[int]], i: int) -> None:
        for then in edges[i]:
            self._waits[then] -= 1
            if not self._waits[then] and not self._done[then]:
                heappush(self._heap, then)
        edges[i] = []

    def is_waited_for(self, i: int) -> bool:
        """By one that would go on if the node only left."""
        return bool(self._after_leaving[i])

    def circle(self) -> list[int]:
        """Steps that wait for each other and for no others, in order of rank; empty if all is done.

        Tarjan's algorithm finds the strongly connected parts, those that wait for others first: the last one is wanted.
        """
        found: list[int] = []
        order: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        for start in (i for i, done in enumerate(self._done) if not done):
            if start in order:
                continue
            walk = [(start, iter(self._after(start)))]
            order[start] = low[start] = len(order)
            stack.append(start)
            while walk:
                i, then = walk[-1]
                for nxt in then:
                    if nxt not in order:
                        order[nxt] = low[nxt] = len(order)
                        stack.append(nxt)
                        walk.append((nxt, iter(self._after(nxt))))
                        break
                    if low[nxt] >= 0:
                        low[i] = min(low[i], low[nxt])
                else:
                    walk.pop()
                    if walk:
                        low[walk[-1][0]] = min(low[walk[-1][0]], low[i])
                    if low[i] == order[i]:
                        at = stack.index(i)
                        found, stack = stack[at:], stack[:at]
                        for member in found:
                            low[member] = _CLOSED
        return sorted(found)

    def _after(self, i: int) -> list[int]:
        return self._after_leaving[i] + self._after_arriving[i]
