"""What holds when everything is at rest (SCENARIOS: O1 to O6)."""

from __future__ import annotations

from typing import NamedTuple

from blake3 import blake3

from server_api.contract.messages import Kind
from server_api.contract.names import comparable
from sync_engine.core.model import ROOT, Cursor, LocalNode, NodeId, RemoteNode, SyncedNode
from tests.fakes.filesystem import PRIVATE
from tests.simulation.device import Device
from tests.simulation.people import Ledger, contents
from tests.simulation.world import World


class Seen(NamedTuple):
    """One object, as any of the trees tells it."""

    kind: Kind
    content: bytes | None
    target: str | None
    executable: bool


Paths = dict[str, Seen]


def check(world: World, ledger: Ledger) -> None:
    """All of them. Everything is settled, and the faults are over."""
    server = server_tree(world)
    for device in world.devices:
        _same(f"{device.name}'s disk", disk_tree(device), "the server", server)  # O1
        check_journal(device, server)
    check_nothing_lost(world, ledger)
    check_quiet(world)
    for device in world.devices:
        check_no_litter(device)


def check_nothing_lost(world: World, ledger: Ledger) -> None:
    """O2, and more: what nobody overwrote or deleted is in the tree itself."""
    there = contents(world.devices[0].disk.tree())
    lost = ledger.precious - there
    assert not lost, f"lost: {sorted(content[:20] for content in lost)}"


def check_quiet(world: World) -> None:
    """O3: another look at everything finds nothing to do."""
    for device in world.devices:
        commits = world.network.commits
        device.ask_to_sync()
        world.run(lambda device=device: not device.engine._runs)  # type: ignore[misc]
        report = device.reports[-1]
        assert report.state == "settled", f"{device.name}: {report}"
        assert not report.operations, f"{device.name} still does {report.operations}"
        moved = report.uploaded.bytes, report.uploaded.requests, report.downloaded.bytes, report.downloaded.requests
        assert moved == (0, 0, 0, 0), f"{device.name} still moves {moved}"
        assert world.network.commits == commits, f"{device.name} still commits"


def check_journal(device: Device, server: Paths) -> None:
    """O4: the three trees in the journal are what they are said to be."""
    local, remote, synced = (_journal_tree(device, tree) for tree in ("local", "remote", "synced"))
    _same(f"{device.name}'s local tree", local, "the server", server)
    _same(f"{device.name}'s remote tree", remote, "the server", server)
    _same(f"{device.name}'s synced tree", synced, "the server", server)
    counts = device.journal.counts()
    assert counts["local"] == counts["synced"] == counts["remote"] - counts["tombstones"] == len(server), counts


def check_no_litter(device: Device) -> None:
    """O5."""
    for folder in ("staging", "aside"):
        left = device.disk._must(f"{PRIVATE}/{folder}").children
        assert not left, f"{device.name} left {list(left)} in {folder}"


def check_no_conflicts(world: World) -> None:
    """O6, where only one person worked and nothing went wrong."""
    copies = [path for path in world.devices[0].disk.tree() if "conflicted copy" in path]
    assert not copies, f"conflicted copies of nothing: {copies}"


# --- the trees by path ---------------------------------------------------------------------------------------------


def disk_tree(device: Device) -> Paths:
    found = {}
    for path, content in device.disk.tree().items():
        if isinstance(content, bytes):
            is_executable = bool(device.disk.mode(path) & 0o100)
            found[comparable(path)] = Seen(Kind.FILE, blake3(content).digest(), None, is_executable)
        elif content is None:
            found[comparable(path)] = Seen(Kind.FOLDER, None, None, False)
        else:
            found[comparable(path)] = Seen(Kind.SYMLINK, None, content, False)
    return found


def server_tree(world: World) -> Paths:
    """From its feed, read from the start."""
    remote = world.devices[0].remote
    cursor = Cursor(bytes(16))
    nodes = {}
    while True:
        page = remote.changes(cursor)
        nodes.update({change.node_id: change for change in page.changes if not change.deleted})
        if page.complete:
            break
        cursor = Cursor(page.epoch, page.seq, page.revision_id)  # type: ignore[arg-type]

    def path_of(node_id: bytes) -> str:
        node = nodes[node_id]
        return node.name if node.parent_id == ROOT else f"{path_of(node.parent_id)}/{node.name}"

    return {
        comparable(path_of(node_id)): Seen(node.kind, node.content_hash, node.link_target, node.executable)
        for node_id, node in nodes.items()
    }


def _journal_tree(device: Device, tree: str) -> Paths:
    found: Paths = {}
    level: dict[NodeId, str] = {ROOT: ""}
    while level:
        children: list[LocalNode | RemoteNode | SyncedNode] = getattr(device.journal, f"{tree}_children")(level)
        paths = {node.node_id: f"{level[node.parent_id]}{comparable(node.name)}" for node in children}
        for node in children:
            found[paths[node.node_id]] = Seen(node.kind, node.content, node.link_target, node.executable)
        level = {node_id: f"{path}/" for node_id, path in paths.items()}
    return found


def _same(name: str, tree: Paths, other_name: str, other: Paths) -> None:
    differing = {path for path in tree.keys() | other.keys() if tree.get(path) != other.get(path)}
    assert not differing, "; ".join(
        f"{path!r}: {name} {tree.get(path)}, {other_name} {other.get(path)}" for path in sorted(differing)[:3]
    )
