"""What holds when everything is at rest (SCENARIOS: O1 to O6), whatever was done and whatever went wrong.

Where a device cannot or shall not have something, the difference has to be explained: by an exclusion, by an ignore
rule, or by a problem that people are told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeVar

from blake3 import blake3

from server_api.contract.messages import Kind
from server_api.contract.names import comparable
from sync_engine.core.ignore import IGNORE_FILE, Ignored, is_litter, is_temporary, parse
from sync_engine.core.model import ROOT, LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.core.platform_names import case_key
from sync_engine.engine.reading import read_version
from tests.fakes.disk import PRIVATE, Node
from tests.simulation.device import Device
from tests.simulation.people import Ledger, contents
from tests.simulation.world import World

N = TypeVar("N", LocalNode, RemoteNode, SyncedNode)


class OracleError(AssertionError):
    """Something does not hold. ``kind`` is for those who count."""

    kind = "other"


class DivergedError(OracleError):
    """O1: two trees that should be the same are not, and nothing explains it."""

    kind = "divergence"


class LostError(OracleError):
    """O2: a content that nobody threw away is nowhere."""

    kind = "loss"


class TornError(OracleError):
    """O2: there is a content that nobody ever wrote like this."""

    kind = "torn file"


class RestlessError(OracleError):
    """O3: a further look finds something to do."""

    kind = "unrest"


class LitterError(OracleError):
    """O5: something was left behind."""

    kind = "litter"


class FalseClaimError(OracleError):
    """A device is named as having a file that it does not have."""

    kind = "false claim"


class FalseConflictError(OracleError):
    """O6: a conflicted copy, and nobody disagreed."""

    kind = "false conflict"


def check(world: World, ledger: Ledger) -> int:
    """All but O6. Everything is settled, and the faults are over. Returns how many bytes of the history were read."""
    check_nothing_lost(world, ledger)
    check_nothing_torn(world, ledger)
    check_in_step(world)
    check_keepers(world)
    return check_history(world)


def check_in_step(world: World) -> None:
    """O1, O3, O4 and O5."""
    for device in world.devices:
        Comparison(world, device).check()
    check_quiet(world)
    for device in world.devices:
        check_no_litter(device)


def check_nothing_lost(world: World, ledger: Ledger) -> None:
    """O2, and more: what nobody overwrote or deleted is in a tree itself, and not in the history alone."""
    lost = ledger.precious - living_contents(world, ledger)
    if lost & ledger.hidden:
        lost -= ledger.hidden & set[bytes]().union(*(_trashed(device) for device in world.devices))
    if lost:
        raise LostError(f"lost: {sorted(content[:20] for content in lost)}")


def _trashed(device: Device) -> set[bytes]:
    return {bytes(node.data) for node in _below(device.disk._must(f"{PRIVATE}/trash"))}


def _below(folder: Node) -> Iterator[Node]:
    for _, child in folder.children.values():
        yield child
        yield from _below(child)


def living_contents(world: World, ledger: Ledger) -> set[bytes]:
    """What is on a disk or in the server's tree."""
    here = set[bytes]().union(*(contents(device.disk.tree()) for device in world.devices))
    there = {node.content for node in world.host.living().values()}
    return here | {content for content in ledger.precious - here if blake3(content).digest() in there}


def check_nothing_torn(world: World, ledger: Ledger) -> None:
    for device in world.devices:
        torn = contents(device.disk.tree()) - ledger.known
        if torn:
            raise TornError(f"{device.name} has what nobody wrote: {sorted(content[:40] for content in torn)}")
    known = {blake3(content).digest() for content in ledger.known}
    if torn_there := world.host.versions().keys() - known:
        raise TornError(f"the server has {len(torn_there)} versions that nobody wrote")


def check_quiet(world: World) -> None:
    """O3: another look at everything finds nothing to do."""
    for device in world.devices:
        commits = world.network.commits
        device.ask_to_sync()
        world.run(lambda device=device: not device.engine._runs)  # type: ignore[misc]
        report = device.reports[-1]
        is_expected = all(is_kept_here(device, problem.path, problem.reason) for problem in report.problems)
        may_be = {"settled"} if device.is_patient and not report.problems else {"settled", "partial"}
        stands_still = any(problem.reason == "standstill" for problem in report.problems)
        if report.state not in may_be or stands_still or (device.is_patient and not is_expected):
            raise RestlessError(f"{device.name}: {report}")
        if report.operations:
            raise RestlessError(f"{device.name} still does {report.operations}")
        moved = [
            report.uploaded.bytes,
            report.uploaded.requests,
            report.downloaded.bytes,
            report.downloaded.requests,
        ]
        if any(moved):
            raise RestlessError(f"{device.name} still moves {moved}")
        if world.network.commits != commits:
            raise RestlessError(f"{device.name} still commits")


def check_keepers(world: World) -> None:
    """Once every device has told what it has: those that the server names for a file do have it, byte for byte."""
    for device in world.devices:
        wait_until_told(world, device)
    by_id = {device.device_id: device for device in world.devices}
    for node in world.host.living().values():
        if node.kind is Kind.FILE:
            for device_id in world.host.keepers(node):
                if content_here(by_id[device_id], node.node_id) != node.content:
                    raise FalseClaimError(f"{by_id[device_id].name} does not have {node.name!r}")


def wait_until_told(world: World, device: Device) -> None:
    position = device.loop.position
    while (due := position.next_due()) is not None or position.is_busy:
        world.clock.advance(max(0.0, (due or 0.0) - world.clock.monotonic()))
        if not device.rhythm.waits_for_news:
            device.ask_to_sync()
        world.run(lambda: not position.is_busy and not device.engine._runs and _is_later(world, position.next_due()))


def _is_later(world: World, due: float | None) -> bool:
    return due is None or due > world.clock.monotonic()


def content_here(device: Device, node_id: NodeId) -> bytes | None:
    """The hash of what is on the disk now, wherever the file is there."""
    path = device.journal.local_path(node_id)
    found = device.filesystem.look(path) if path is not None else None
    if path is None or found is None or found.kind is not Kind.FILE:
        return None
    opened = device.filesystem.open_file(path)
    try:
        return blake3(opened.read_at(0, found.signature.size + 1)).digest()
    finally:
        opened.close()


def check_no_litter(device: Device) -> None:
    """O5."""
    for folder in ("staging", "aside"):
        left = device.disk._must(f"{PRIVATE}/{folder}").children
        if left:
            raise LitterError(f"{device.name} left {list(left)} in {folder}")
    under_way = device.journal.packs_under_way()
    if under_way:
        raise LitterError(f"{device.name} left {len(under_way)} packs under way")


def check_history(world: World) -> int:
    """Every version that was ever committed can be read, byte for byte. Returns how many bytes that were."""
    device = world.devices[0]
    world.host.verify()
    total = 0
    for content, revision_id in world.host.versions().items():
        total += sum(len(piece) for piece in read_version(device.remote, device.store, revision_id, content))
    return total


def check_no_conflicts(world: World) -> None:
    """O6, where only one person worked."""
    for device in world.devices:
        copies = [path for path in device.disk.tree() if "conflicted copy" in path]
        if copies:
            raise FalseConflictError(f"conflicted copies of nothing: {copies}")


def is_kept_here(device: Device, path: str, code: str) -> bool:
    """Whether it is told that a name is occupied by a folder that was deleted elsewhere, but holds what is ignored."""
    there = device.disk._find(path)
    return code == "name-occupied" and there is not None and _holds_ignored(there)


def _holds_ignored(folder: Node) -> bool:
    return any(is_temporary(name) or _holds_ignored(child) for name, child in folder.children.values())


class Comparison:
    """One device's disk, its journal, and the server."""

    def __init__(self, world: World, device: Device) -> None:
        self._device = device
        self._server = world.host.living()
        journal = device.journal
        self._local = _tree(journal.local_children)
        self._remote = _tree(journal.remote_children)
        self._synced = _tree(journal.synced_children)
        self._told = {self._key(problem.path) for problem in device.engine.problems()}
        self._unexpected = {p.path for p in device.engine.problems() if not is_kept_here(device, p.path, p.code)}
        self._with_problem = {p.node_id for p in device.engine.problems() if p.node_id is not None}
        self._excused = {*self._with_problem, *self._waiting()}
        self._holders: set[NodeId] = set()
        """Folders that hold, on this disk alone, what is not synced."""

    def check(self) -> None:
        """O1 and O4."""
        if self._device.is_patient and self._unexpected:
            self._complain(f"tells of problems with {sorted(self._unexpected)}")
        self._check_disk()
        self._check_remote()
        for node_id in sorted(self._local.keys() | self._remote.keys()):
            self._check_node(node_id)
        if strangers := self._synced.keys() - self._local.keys() - self._remote.keys():
            self._complain(f"agreed on {len(strangers)} nodes that are nowhere")
        counts = self._device.journal.counts()
        # What waits here with a problem is agreed to be where it was, though that folder may be gone by now, or is not
        # agreed at all; what is in it is agreed to be there.
        journal = self._device.journal
        agreed = journal.synced(self._excused).keys() | _tree(journal.synced_children, self._excused).keys()
        waiting = agreed - self._synced.keys()
        if (counts["local"], counts["synced"]) != (len(self._local), len(self._synced) + len(waiting)):
            self._complain(f"nodes with no way to the root: {counts}")

    def _complain(self, what: str) -> None:
        raise DivergedError(f"{self._device.name}: {what}")

    def _waiting(self) -> set[NodeId]:
        """Nodes that wait for one with a problem."""
        deferred = self._device.loop.lanes.deferred
        found = set(self._with_problem)
        while more := {n for by in found for n in deferred.behind.get(by, ())} - found:
            found |= more
        return found | (deferred.until_any_result if found else set())

    # --- the journal and the disk --------------------------------------------------------------------------------

    def _check_disk(self) -> None:
        self._rules = self._read_rules()
        here = {(node.parent_id, self._key(node.name)): node for node in self._local.values()}
        left = set(self._local)
        self._walk(self._device.disk.root, ROOT, "", here, left)
        if left:
            names = sorted(self._local[node_id].name for node_id in left)
            self._complain(f"the local tree has what the disk has not: {names}")

    def _key(self, name: str) -> str:
        """A disk may show names in another case than they were given."""
        return name if self._device.disk.naming.tells_case else case_key(name)

    def _read_rules(self) -> Ignored:
        rules = self._device.disk._find(IGNORE_FILE)
        return parse(rules.data) if rules is not None and rules.kind is Kind.FILE else Ignored()

    def _walk(
        self,
        folder: Node,
        folder_id: NodeId,
        prefix: str,
        here: dict[tuple[NodeId, str], LocalNode],
        left: set[NodeId],
    ) -> None:
        for name, node in folder.children.values():
            path = prefix + name
            if path == PRIVATE:
                continue
            local = here.get((folder_id, self._key(name)))
            if local is None:
                self._explain(path, name, node)
                if not is_litter(name):
                    self._note_holder(folder_id)
                continue
            if local.kind is not node.kind and self._is_told(path):  # what was there stays, as far as anybody knows
                self._excused.add(local.node_id)
                self._note_holder(folder_id)
                left -= {node_id for node_id in left if local.node_id in self._upwards(node_id)}
                continue
            left.discard(local.node_id)
            self._check_local(local, path, node)
            if node.kind is Kind.FOLDER:
                self._walk(node, local.node_id, path + "/", here, left)

    def _explain(self, path: str, name: str, node: Node) -> None:
        """Why something on the disk is not in the local tree."""
        is_ignored = self._rules.covers(path, is_folder=node.kind is Kind.FOLDER)
        if is_ignored or self._is_told(path):
            return
        self._complain(f"{path!r} is not in the local tree, and nobody tells why")

    def _is_told(self, path: str) -> bool:
        return self._key(path) in self._told

    def _note_holder(self, folder_id: NodeId) -> None:
        while folder_id != ROOT and folder_id not in self._holders:
            self._holders.add(folder_id)
            folder_id = self._local[folder_id].parent_id

    def _check_local(self, local: LocalNode, path: str, node: Node) -> None:
        disk = self._device.disk
        told = (local.kind, local.content, local.link_target, local.executable)
        content = blake3(node.data).digest() if node.kind is Kind.FILE else None
        is_executable = node.kind is Kind.FILE and disk.keeps_executable and bool(node.mode & 0o100)
        is_so = (node.kind, content, node.target if node.kind is Kind.SYMLINK else None, is_executable)
        if local.content is None and self._is_excused(local.node_id):
            return  # not read as long as it waits
        if told != is_so:
            self._complain(f"{path!r} is {is_so} and in the local tree {told}")

    # --- the journal and the server ------------------------------------------------------------------------------

    def _check_remote(self) -> None:
        if self._remote != self._server:
            differing = {
                n for n in self._remote.keys() | self._server.keys() if self._remote.get(n) != self._server.get(n)
            }
            names = sorted((self._remote.get(n) or self._server[n]).name for n in differing)
            self._complain(f"the remote tree is not the server's at {names}")

    # --- both sides ----------------------------------------------------------------------------------------------

    def _check_node(self, node_id: NodeId) -> None:
        local, remote = self._local.get(node_id), self._remote.get(node_id)
        if self._is_excused(node_id):
            return
        is_excluded = self._device.loop.strategy.exclusions.covering(node_id) is not None
        name = (local or remote).name  # type: ignore[union-attr]
        if remote is None:
            if node_id not in self._holders:
                self._complain(f"{name!r} is on the disk and not on the server")
        elif local is None:
            if not is_excluded:
                self._complain(f"{name!r} is on the server and not on the disk")
            if node_id in self._synced:
                self._complain(f"{name!r} is excluded, gone, and agreed on")
        elif is_excluded:
            if node_id not in self._holders:
                self._complain(f"{name!r} is excluded and still here")
        else:
            if not self._is_same(local, remote):
                self._complain(f"{name!r}: here {local}, on the server {remote}")
            synced = self._synced.get(node_id)
            is_behind = synced is not None and synced.revision_id != remote.revision_id
            if synced is None or (is_behind and self._device.disk.keeps_executable):
                self._complain(f"{name!r} is the same on both sides, but agreed is {synced}")

    def _is_same(self, local: LocalNode, remote: RemoteNode) -> bool:
        one = (local.kind, local.parent_id, comparable(local.name), local.content, local.link_target)
        other = (remote.kind, remote.parent_id, comparable(remote.name), remote.content, remote.link_target)
        return one == other and (local.executable == remote.executable or not self._device.disk.keeps_executable)

    def _is_excused(self, node_id: NodeId) -> bool:
        return any(above in self._excused for above in self._upwards(node_id))

    def _upwards(self, node_id: NodeId) -> Iterator[NodeId]:
        """It and all above it, on both sides."""
        level, seen = {node_id}, set[NodeId]()
        while level:
            yield from level
            seen |= level
            above = {tree[n].parent_id for tree in (self._local, self._remote) for n in level if n in tree}
            level = above - seen - {ROOT}


def _tree(
    children: Callable[[Iterable[NodeId]], list[N]], tops: AbstractSet[NodeId] = frozenset({ROOT})
) -> dict[NodeId, N]:
    """What is below these."""
    found: dict[NodeId, N] = {}
    level = set(tops)
    while level:
        nodes = {node.node_id: node for node in children(level)}
        found |= nodes
        level = set(nodes)
    return found
