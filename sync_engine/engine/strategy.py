"""Asks the planner: gathers what it needs to know, keeps what it wants kept from one plan to the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

import msgspec

from server_api.contract.reading import from_msgpack
from sync_engine.core import guard
from sync_engine.core.conflicts import conflicted_name
from sync_engine.core.guard import GuardState
from sync_engine.core.model import ContentHash, Kind, NodeId
from sync_engine.core.operations import Plan, TrashLocal
from sync_engine.core.planner import plan
from sync_engine.core.platform_names import Naming
from sync_engine.core.reports import HeldDeletions
from sync_engine.core.trees import Context
from sync_engine.engine.closure import gather
from sync_engine.engine.exclusions import Exclusions
from sync_engine.engine.executor import Outcome
from sync_engine.errors import Changed
from sync_engine.ports import Clock, Ids, Journal, Prepared, Problem

_GUARD = "guard"
SHOWN_HELD: Final = 100


@dataclass(frozen=True)
class Traits:
    """What the planner has to know of this device."""

    device_name: str
    today: Callable[[], str]
    """The date in the device's time zone, ``2026-11-05``."""
    naming: Naming = field(default_factory=Naming)
    keeps_executable: bool = True


class Strategy:
    """Thread: the control thread's.

    Attributes:
        unremovable: folders that could not be removed, because they hold what is not synced.
    """

    def __init__(self, journal: Journal, traits: Traits, clock: Clock, ids: Ids) -> None:
        self.exclusions = Exclusions(journal)
        self._journal = journal
        self._traits = traits
        self._clock = clock
        self._ids = ids
        stored = journal.setting(_GUARD)
        self._guard = from_msgpack(bytes.fromhex(stored), GuardState) if stored else GuardState()
        self.unremovable: set[NodeId] = set()
        self._outdated: set[NodeId] = set()

    def plan(
        self,
        dirty: AbstractSet[NodeId],
        *,
        in_flight: AbstractSet[NodeId],
        adrift: AbstractSet[NodeId],
        prepared: Mapping[NodeId, Prepared],
        staged: AbstractSet[tuple[NodeId, ContentHash]],
    ) -> tuple[Plan, AbstractSet[NodeId], Collection[NodeId]]:
        """A plan; the dirty nodes that did not fit into it; and the nodes that it looked at."""
        excluded = self.exclusions.nodes
        closure = gather(self._journal, dirty, excluded=excluded)
        context = Context(
            today=self._traits.today(),
            now_ns=self._clock.now_ns(),
            device_name=self._traits.device_name,
            new_id=lambda: NodeId(self._ids.new_id()),
            total_files=self._journal.counts()["synced"],
            prepared=prepared,
            staged=staged,
            in_flight=in_flight,
            adrift=adrift,
            unremovable=self.unremovable,
            outdated=self._outdated,
            excluded=excluded,
            guard=self._guard,
            keeps_executable=self._traits.keeps_executable,
            naming=self._traits.naming,
        )
        made = plan(closure, context)
        self._keep(made.guard)
        self._outdated.difference_update(closure.members)
        return made, closure.left, closure.members

    def conflicted_name(self, name: str, attempt: int) -> str:
        return conflicted_name(name, self._traits.device_name, self._traits.today(), attempt)

    # --- what the executor and the server found out ---------------------------------------------------------------

    def note(self, outcomes: Iterable[Outcome]) -> set[NodeId]:
        """Returns the folders that could not be removed because they hold what is not synced."""
        found = {
            outcome.operation.node.node_id
            for outcome in outcomes
            if isinstance(outcome.operation, TrashLocal)
            and outcome.operation.node.kind is Kind.FOLDER
            and isinstance(outcome.error, Changed)
        }
        self.unremovable |= found
        return found

    def take_unremovable(self) -> set[NodeId]:
        """The folder was looked at again: these may be removable now. Plan them again."""
        taken, self.unremovable = self.unremovable, set()
        return taken

    def note_outdated(self, node_id: NodeId) -> None:
        """Refused as stale although the feed is read to its end."""
        self._outdated.add(node_id)

    # --- held deletions ----------------------------------------------------------------------------------------------

    def held(self, *, whole: bool = False) -> HeldDeletions | None:
        """The local ones first: of the others one decides after. ``whole``: with all places."""
        for is_local in (True, False):
            files = guard.held_files(self._guard, is_local=is_local)
            if roots := guard.held_roots(self._guard, is_local=is_local):
                path_of = self._journal.remote_path if is_local else self._journal.local_path
                told = roots if whole else roots[:SHOWN_HELD]
                paths = sorted(path for root in told if (path := path_of(root)) is not None)
                return HeldDeletions(files, "local" if is_local else "remote", len(roots), paths)
        return None

    def approve(self) -> set[NodeId]:
        """Go through with what ``held`` tells. Returns the nodes to plan again."""
        held = self.held()
        if held is None:
            return set()
        is_local = held.where == "local"
        roots = set(guard.held_roots(self._guard, is_local=is_local))
        self._keep(guard.approve(self._guard, is_local=is_local))
        return roots

    def dismiss(self) -> set[NodeId]:
        """Undo what ``held`` tells. Returns the nodes to plan again.

        They leave the synced tree with all below them: what is missing here comes again, what is missing on the server
        is sent again.
        """
        held = self.held()
        if held is None:
            return set()
        is_local = held.where == "local"
        below = self._below_synced(guard.held_roots(self._guard, is_local=is_local))
        with self._journal.transaction(durable=True):
            self._journal.drop_synced(below)
            self._keep(guard.dismiss(self._guard, is_local=is_local))
        return below

    def _below_synced(self, roots: Iterable[NodeId]) -> set[NodeId]:
        found = set(roots)
        level = found
        while level:
            level = {node.node_id for node in self._journal.synced_children(level)} - found
            found |= level
        return found

    def _keep(self, state: GuardState) -> None:
        if state != self._guard:
            self._guard = state
            with self._journal.transaction(durable=True):
                self._journal.set_setting(_GUARD, msgspec.msgpack.encode(state).hex())


def problems_of(journal: Journal, made: Plan) -> list[Problem]:
    """A plan's issues with their paths, as the server has them."""
    folders = {issue.parent_id for issue in made.issues}
    paths = {folder: journal.remote_path(folder) or journal.local_path(folder) for folder in folders}
    return [
        Problem(
            f"{paths[issue.parent_id]}/{issue.name}" if paths[issue.parent_id] else issue.name,
            issue.code,
            "",
            issue.node_id,
        )
        for issue in made.issues
    ]
