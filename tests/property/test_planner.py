"""The planner, on random trees perturbed twice (the "CanopyCheck" of Dropbox's sync engine).

A case is a number. ``python -m tests.property.planner_soak`` tries many; a case that once failed is kept below.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from server_api.contract.names import comparable
from sync_engine.core.model import ROOT, ContentHash, Kind, NodeId, RevisionId, SyncedNode
from sync_engine.core.platform_names import unholdable
from tests.fakes.planner_world import (
    TOP,
    DiskRefusedError,
    ModelDisk,
    RefusedError,
    ServerNode,
    Traits,
    World,
    content_of,
)

CASES = 1_000
CHUNK = 250
ONCE_FAILED = [
    *((number, False) for number in (856913157, 856913906, 856917851, 856919030, 408878072, 408880784)),
    *((number, False) for number in (980536679, 1600054023, 1600060303)),
    *((number, True) for number in (409, 3844, 8244, 11374, 12150, 21104, 856914541, 856916456, 408876519, 408879037)),
]

NAMES = ["a", "b", "c", "d", "A", "B", "\u00e9", "e\u0301", "x.txt", "con", "long" * 40]
NAMES += ["a (laptop's conflicted copy 2026-11-05)", "a (laptop's conflicted copy 2026-11-05 2)"]


class Perturbation:
    """Random changes of one side, each with contents that nobody else has, now and then one that both have."""

    def __init__(self, random: Random, contents: list[int], traits: Traits) -> None:
        self.random = random
        self._contents = contents
        self._traits = traits
        self.names = NAMES if random.random() < 0.7 else NAMES[:4]

    def content(self) -> ContentHash:
        if self.random.random() < 0.2:
            return content_of(self.random.randrange(1, 4))
        self._contents[0] += 1
        return content_of(self._contents[0])

    def name(self) -> str:
        return self.random.choice(self.names)

    def holdable_name(self, parent: int) -> str:
        name = self.name()
        return "z" if unholdable(name, self._traits.platform, at_root=parent == TOP) else name


class DiskPerson(Perturbation):
    """Somebody who works in the folder."""

    def __init__(self, random: Random, contents: list[int], traits: Traits, disk: ModelDisk) -> None:
        super().__init__(random, contents, traits)
        self.disk = disk

    def act(self) -> None:
        actions = [self.create, self.create, self.edit, self.edit, self.delete, self.move, self.move, self.rename]
        actions += [self.swap, self.chmod, self.touch, self.change_kind, self.replace, self.wrap, self.safe_save]
        with suppress(DiskRefusedError):
            self.random.choice(actions)()

    def some(self, *kinds: Kind) -> int:
        found = sorted(i for i, o in self.disk.objects.items() if not o.is_ignored and (not kinds or o.kind in kinds))
        if not found:
            raise DiskRefusedError("nothing there")
        return self.random.choice(found)

    def folder(self) -> int:
        return self.random.choice([TOP, *sorted(i for i, o in self.disk.objects.items() if o.kind == Kind.FOLDER)])

    def create(self, parent: int | None = None, name: str | None = None) -> None:
        parent = self.folder() if parent is None else parent
        name = self.holdable_name(parent) if name is None else name
        kind = self.random.choice([Kind.FILE, Kind.FILE, Kind.FOLDER, Kind.SYMLINK])
        if kind == Kind.FILE:
            self.disk.make(parent, name, kind, content=self.content())
        elif kind == Kind.SYMLINK:
            self.disk.make(parent, name, kind, link_target=self.random.choice("xyz"))
        else:
            made = self.disk.make(parent, name, kind)
            if self.random.random() < 0.1:
                self.disk.make(made.inode, "ignored", Kind.FILE, content=content_of(0), is_ignored=True)

    def edit(self) -> None:
        self.disk.write(self.some(Kind.FILE), self.content())

    def delete(self) -> None:
        self.disk.remove(self.some())

    def move(self) -> None:
        inode = self.some()
        self.disk.move(inode, self.folder(), self.disk.objects[inode].name)

    def rename(self) -> None:
        inode = self.some()
        parent = self.disk.objects[inode].parent
        self.disk.move(inode, parent, self.holdable_name(parent))

    def swap(self) -> None:
        one, other = self.disk.objects[self.some()], self.disk.objects[self.some()]
        places = (one.parent, one.name), (other.parent, other.name)
        if one is other or one.parent in self.disk.below(other.inode) | {other.inode}:
            return
        if other.parent in self.disk.below(one.inode) | {one.inode}:
            return
        self.disk.park(one.inode)
        self.disk.move(other.inode, *places[0])
        self.disk.move(one.inode, *places[1])

    def wrap(self) -> None:
        """``mkdir t; mv a t/; mv t a``: a new folder in the place of what is in it."""
        inner = self.disk.objects[self.some()]
        place = inner.parent, inner.name
        made = self.disk.make(inner.parent, "wrapping", Kind.FOLDER)
        self.disk.move(inner.inode, made.inode, inner.name)
        self.disk.move(made.inode, *place)

    def chmod(self) -> None:
        inode = self.some(Kind.FILE)
        self.disk.chmod(inode, executable=not self.disk.objects[inode].executable)

    def touch(self) -> None:
        self.disk.touch(self.some(Kind.FILE))

    def change_kind(self) -> None:
        gone = self.disk.objects[self.some()]
        self.disk.remove(gone.inode)
        self.create(gone.parent, gone.name)

    def replace(self) -> None:
        """``mv b a``."""
        one, other = self.disk.objects[self.some(Kind.FILE)], self.disk.objects[self.some(Kind.FILE)]
        if one is not other:
            self.disk.remove(other.inode)
            self.disk.move(one.inode, other.parent, other.name)

    def safe_save(self) -> None:
        """A new file in the old one's place."""
        old = self.disk.objects[self.some(Kind.FILE)]
        self.disk.remove(old.inode)
        self.disk.make(old.parent, old.name, Kind.FILE, content=self.content())


class ServerPerson(Perturbation):
    """Another device: whatever it commits is applied, or it does not matter."""

    def __init__(self, random: Random, contents: list[int], traits: Traits, world: World) -> None:
        super().__init__(random, contents, traits)
        self.server = world.server
        self._new_id = world.new_id

    def act(self) -> None:
        actions = [self.create, self.create, self.edit, self.edit, self.delete, self.move, self.move, self.rename]
        actions += [self.swap, self.chmod, self.change_kind, self.restore]
        before, seq = dict(self.server.nodes), self.server.seq
        self.random.choice(actions)()
        try:
            self.server._check_names()
        except RefusedError:
            self.server.nodes, self.server.seq = before, seq
        self.server.versions |= {n.content for n in self.server.nodes.values() if n.content is not None}

    def _put(self, node: ServerNode, **changes: object) -> None:
        self.server.nodes[node.node_id] = replace(
            node, revision_id=self.server._revision(), seq=self.server.seq, **changes  # type: ignore[arg-type]
        )  # fmt: skip

    def some(self, *kinds: Kind) -> ServerNode | None:
        found = [node for n, node in sorted(self.server.living().items()) if not kinds or node.kind in kinds]
        return self.random.choice(found) if found else None

    def folder(self) -> NodeId:
        return self.random.choice([ROOT, *sorted(n for n, o in self.server.living().items() if o.kind == Kind.FOLDER)])

    def create(self, parent: NodeId | None = None, name: str | None = None) -> None:
        kind = self.random.choice([Kind.FILE, Kind.FILE, Kind.FOLDER, Kind.SYMLINK])
        made = ServerNode(
            self._new_id(),
            self.folder() if parent is None else parent,
            self.name() if name is None else name,
            kind,
            RevisionId(b""),
            0,
            content=self.content() if kind == Kind.FILE else None,
            link_target=self.random.choice("xyz") if kind == Kind.SYMLINK else None,
        )
        self._put(made)

    def edit(self) -> None:
        if (node := self.some(Kind.FILE)) is not None:
            self._put(node, content=self.content())

    def delete(self) -> None:
        if (node := self.some()) is not None:
            self._put(node, is_deleted=True)

    def move(self) -> None:
        parent = self.folder()
        if (node := self.some()) is not None and (parent == ROOT or node.node_id not in self._above(parent)):
            self._put(node, parent_id=parent)

    def _above(self, node_id: NodeId) -> set[NodeId]:
        found = set()
        while node_id != ROOT:
            found.add(node_id)
            node_id = self.server.nodes[node_id].parent_id
        return found

    def rename(self) -> None:
        if (node := self.some()) is not None:
            self._put(node, name=self.name())

    def swap(self) -> None:
        one, other = self.some(), self.some()
        if one is None or other is None or one is other:
            return
        if one.node_id in self._above(other.node_id) or other.node_id in self._above(one.node_id):
            return
        self._put(one, parent_id=other.parent_id, name=other.name)
        self._put(other, parent_id=one.parent_id, name=one.name)

    def chmod(self) -> None:
        if (node := self.some(Kind.FILE)) is not None:
            self._put(node, executable=not node.executable)

    def change_kind(self) -> None:
        if (node := self.some()) is not None:
            self._put(node, is_deleted=True)
            self.create(node.parent_id, node.name)

    def restore(self) -> None:
        gone = [n for n in self.server.nodes.values() if n.is_deleted and self.server.is_alive(n.parent_id)]
        if gone:
            node = self.random.choice(gone)
            self._put(node, is_deleted=False)
            for below in sorted(self.server.below(node.node_id)):  # readers have dropped it: told again
                if self.server.is_alive(below):
                    self._put(self.server.nodes[below])


class Case:
    """One run: a tree that both sides had agreed on, what each did to it, and what must come of it.

    ``excludes``: the person also excludes some nodes from the device, at any time, and some not any more.
    """

    def __init__(self, number: int, *, excludes: bool = False) -> None:
        self.excludes = excludes
        self.number = number
        self.random = random = Random(number)
        on_windows = random.random() < 0.2
        self.traits = Traits(
            case_sensitive=not (on_windows or random.random() < 0.15),
            keeps_executable=not on_windows,
            platform="windows" if on_windows else "linux",
            failures=random.choice([0.0, 0.0, 0.1, 0.3]),
            limit=random.choice([20_000, 20_000, 3, 8]),
        )
        if excludes:
            self.traits.crashes = random.choice([0.0, 0.0, 0.1, 0.3])
        self.world = World(random, self.traits)
        contents = [100]
        self.disk_person = DiskPerson(random, contents, self.traits, self.world.disk)
        self.server_person = ServerPerson(random, contents, self.traits, self.world)

    def make_agreed_tree(self) -> None:
        for _ in range(self.random.randrange(0, 14)):
            if self.random.random() < 0.6:
                with suppress(DiskRefusedError):
                    self.disk_person.create()
            else:
                self.server_person.act()
        failures, self.traits.failures = self.traits.failures, 0.0
        self.settle()
        self.traits.failures = failures
        self.world.asides = 0

    def settle(self) -> int:
        self.world.observe()
        self.world.read_feed()
        return self.world.sync()

    def run(self) -> None:
        random, world = self.random, self.world
        self.make_agreed_tree()
        self.check_in_step()
        had_issues = bool(world.issues)
        sides = random.choice(["both", "both", "both", "disk", "server"])
        self.choose(settles=random.random() < 0.5 if self.excludes else False)
        if sides != "server":
            for _ in range(random.randrange(1, 9)):
                self.disk_person.act()
        if sides != "disk":
            for _ in range(random.randrange(1, 9)):
                self.server_person.act()
        if random.random() < 0.1:
            world.trees.drop_synced(list(world.trees.synced_nodes))
            world.dirty |= world.trees.local_nodes.keys() | world.trees.remote_nodes.keys()
            sides = "lost journal"
        world.observe()
        must_stay = self._precious()
        world.read_feed()
        busy_until = random.choice([0, 0, 3, 6]) if sides == "both" else 0

        def meanwhile(number: int) -> None:
            nonlocal must_stay
            if number < 12:
                self.choose()
            if number < busy_until:
                self.disk_person.act()
                self.server_person.act()
                world.observe()
                must_stay = set()
                world.read_feed()

        is_blind = sides == "lost journal"  # it does not know what was deleted: the server refuses that as stale
        world.is_undisturbed = not (busy_until or self.excludes or is_blind or self.traits.failures)
        world.sync(meanwhile=meanwhile)
        world.is_undisturbed = False
        self.check_nothing_lost(must_stay)
        if sides in {"disk", "server"} and not had_issues and not self.excludes:
            assert not world.asides, "a conflicted copy with one active side"
        world.observe()
        world.read_feed()
        world.sync()
        self.check_in_step()
        self.check_quiet()
        self.check_all_comes_back()

    def choose(self, *, settles: bool = False) -> None:
        """What the person wants on this device."""
        world, random = self.world, self.random
        if not self.excludes:
            return
        if random.random() < 0.5 and (known := sorted(n for n in world.trees.remote_nodes if world.server.is_alive(n))):
            world.exclude(random.choice(known))
        if random.random() < 0.4 and world.excluded:
            world.include(random.choice(sorted(world.excluded)))
        if settles:
            self.settle()

    def check_all_comes_back(self) -> None:
        if not self.excludes:
            return
        self.traits.crashes = 0.0
        before = {n for n in self.world.server.living() if self.world.is_excluded(n)}
        for node_id in sorted(self.world.excluded):
            self.world.include(node_id)
        self.settle()
        assert before <= self.world.server.living().keys(), "an exclusion that ended deleted something"
        self.world.observe()
        self.world.sync()
        self.check_in_step()
        self.check_quiet()

    def _precious(self) -> set[ContentHash]:
        """Contents that must be there in the end: nobody who had seen them deleted or overwrote them."""
        world = self.world
        found: set[ContentHash] = set()
        living = world.server.living()
        for node_id, local in world.trees.local_nodes.items():
            synced = world.trees.synced_nodes.get(node_id)
            content = world.disk.objects[local.signature.inode].content
            if content is not None and (synced is None or synced.content != content):
                found.add(content)
        for node_id, node in living.items():
            synced = world.trees.synced_nodes.get(node_id)
            if node.content is not None and (synced is None or synced.content != node.content):
                found.add(node.content)
        for node_id, synced in world.trees.synced_nodes.items():
            here = world.trees.local_nodes.get(node_id)
            there = living.get(node_id)
            if synced.content is None or here is None or there is None or there.content != synced.content:
                continue
            if world.disk.objects[here.signature.inode].content == synced.content:
                found.add(synced.content)
        return found

    def check_nothing_lost(self, must_stay: set[ContentHash]) -> None:
        there = {node.content for node in self.world.server.living().values()}
        issued = {o.content for o in self.world.disk.objects.values()}
        assert must_stay <= there | issued, f"lost: {[c[-2:].hex() for c in must_stay - there - issued]}"

    def check_in_step(self) -> None:
        """Disk, server and synced tree are one, but for what is an issue, with what is below it."""
        world = self.world
        world.observe()
        trees = world.trees
        excused = set(world.issues) | self._leftovers() | {n for waiting in world.blocked.values() for n in waiting}
        server = {
            n: (node.parent_id, comparable(node.name), node.kind, node.content, node.executable, node.link_target)
            for n, node in world.server.living().items()
        }
        disk = {
            n: (
                node.parent_id,
                comparable(node.name),
                node.kind,
                world.disk.objects[node.signature.inode].content,
                node.executable,
                node.link_target,
            )
            for n, node in trees.local_nodes.items()
        }
        for n in server.keys() | disk.keys():
            if self._is_excused(n, server, excused) or self._is_excused(n, disk, excused):
                continue
            here, there = disk.get(n), server.get(n)
            if world.is_excluded(n) and there is not None:
                self._check_excluded(n)
                continue
            if self.excludes and here is None and self._holds_issue(n):
                continue  # deleted here; on the server it still holds what cannot leave it
            if here is not None and there is not None and not self.traits.keeps_executable:
                here, there = (*here[:4], False, here[5]), (*there[:4], False, there[5])
            assert here == there, f"{n!r}: disk {here}, server {there}"
            self._check_synced(n, trees.synced_nodes.get(n), world.server.nodes[n])
        gone = trees.synced_nodes.keys() - server.keys() - disk.keys()
        assert not gone, f"synced tree holds what is gone: {gone}"
        assert all(world.server.is_alive(n) or n in excused for n in trees.remote_nodes), (
            "a dead node in the remote tree"
        )

    def _leftovers(self) -> set[NodeId]:
        """Folders that still hold what is not synced, or cannot leave them, with the deleted ones above them."""
        found: set[NodeId] = set()
        local, above = self.world.trees.local_nodes, set(self.world.unremovable)
        above |= {local[node_id].parent_id for node_id in self.world.issues if node_id in local}
        while above := {n for n in above if n in local and not self.world.server.is_alive(n)}:
            found |= above
            above = {local[n].parent_id for n in above} - found
        return found

    def _holds_issue(self, node_id: NodeId) -> bool:
        server = self.world.server
        return any(i in server.nodes and i in server.below(node_id) for i in self.world.issues)

    def _check_excluded(self, node_id: NodeId) -> None:
        """It is not here, nor anything agreed of it; but a folder may stay that holds what is not synced."""
        world = self.world
        local = world.trees.local_nodes.get(node_id)
        if local is None:
            assert node_id not in world.trees.synced_nodes, f"{node_id!r} is excluded, gone, and agreed on"
            return
        below = world.disk.below(local.signature.inode)
        stay = {n.signature.inode for i in world.issues if (n := world.trees.local_nodes.get(i)) is not None}
        assert any(world.disk.objects[i].is_ignored or i in stay for i in below), f"{node_id!r} is still here"

    def _check_synced(self, node_id: NodeId, synced: SyncedNode | None, node: ServerNode) -> None:
        assert synced is not None, f"{node_id!r} is not in the synced tree"
        assert synced.revision_id == node.revision_id, f"{node_id!r} is behind in the synced tree"
        assert (synced.parent_id, synced.name, synced.content) == (node.parent_id, node.name, node.content)

    def _is_excused(self, node_id: NodeId, side: dict[NodeId, tuple], excused: set[NodeId]) -> bool:  # type: ignore[type-arg]
        while node_id != ROOT:
            if node_id in excused:
                return True
            if node_id not in side:
                return False
            node_id = side[node_id][0]
        return False

    def check_quiet(self) -> None:
        trees = self.world.trees
        everything = trees.local_nodes.keys() | trees.remote_nodes.keys() | trees.synced_nodes.keys()
        limit, self.traits.limit = self.traits.limit, 20_000
        made = self.world.plan(everything)
        self.traits.limit = limit
        assert made.is_empty(), f"not quiet: {made}"


def run(number: int, *, excludes: bool = False) -> Case:
    """Raises: AssertionError, with the number."""
    case = Case(number, excludes=excludes)
    try:
        case.run()
    except Exception as error:
        raise AssertionError(f"case {number}: {error}") from error
    return case


@pytest.mark.timeout(0)
@pytest.mark.scenario("S180")
@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_perturbed_trees_come_to_agreement(first: int) -> None:
    for number in range(first, min(first + CHUNK, CASES)):
        run(number)


@pytest.mark.timeout(0)
@pytest.mark.scenario("S153")
@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_what_is_excluded_leaves_the_device_and_nothing_else(first: int) -> None:
    """No operation on the server ever comes from an exclusion, whatever is interrupted: ``World`` sees to it."""
    for number in range(first, min(first + CHUNK, CASES)):
        run(number, excludes=True)


@pytest.mark.parametrize(("number", "excludes"), ONCE_FAILED)
def test_cases_that_once_failed_come_to_agreement(number: int, excludes: bool) -> None:
    run(number, excludes=excludes)
