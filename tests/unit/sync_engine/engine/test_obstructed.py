"""What is not fetched, since its place is taken."""

from __future__ import annotations

import pytest

from server_api.contract.messages import RevisionId
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode, Signature
from sync_engine.core.platform_names import Naming
from sync_engine.engine.obstructed import Obstructed
from tests.fakes.filesystem import FakeFileSystem
from tests.fakes.journal import MemoryJournal

HERE = Signature(1, 1, None, 0, 0, 0)
STUCK, GOES_ON, FOLDER, COMES = (NodeId(bytes([number]) * 16) for number in range(1, 5))


class Scene:
    def __init__(self, naming: Naming | None = None) -> None:
        self.files = FakeFileSystem(naming=naming or Naming())
        self.journal = MemoryJournal(case_sensitive=self.files.naming.tells_case)
        self.obstructed = Obstructed(self.journal, self.files)

    def here(self, node_id: NodeId, name: str) -> None:
        self.files.write(name, b"")
        self.journal.put_local([LocalNode(node_id, ROOT, name, Kind.FILE, HERE)])

    def there(self, node_id: NodeId, parent_id: NodeId, name: str, kind: Kind = Kind.FILE) -> RemoteNode:
        node = RemoteNode(node_id, parent_id, name, kind, RevisionId(bytes(16)), 1)
        self.journal.put_remote([node])
        return node

    def found(self, *nodes: RemoteNode, told: set[NodeId], failed: set[NodeId] | None = None) -> dict[NodeId, str]:
        """With the paths of which something is told; empty for none."""
        found, problems = self.obstructed.among(nodes, told, failed or set())
        paths = {problem.node_id: problem.path for problem in problems}
        return {node_id: paths.get(node_id, "") for node_id in found}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_what_was_told_to_have_no_room_waits_as_long_as_it_has_none(scene: Scene) -> None:
    node = scene.there(COMES, ROOT, "place")
    scene.files.special("place")
    assert scene.found(node, told=set()) == {}
    assert scene.found(node, told={COMES}) == {COMES: ""}, "which was told before"
    scene.files.remove("place")
    assert scene.found(node, told={COMES}) == {}


def test_what_is_in_a_folder_without_room_waits_for_it(scene: Scene) -> None:
    scene.there(FOLDER, ROOT, "folder", Kind.FOLDER)
    node = scene.there(COMES, FOLDER, "new")
    scene.files.special("folder")
    assert scene.found(node, told={GOES_ON}) == {}
    assert scene.found(node, told=set(), failed={FOLDER}) == {COMES: ""}, "the folder's problem tells"
    scene.files.remove("folder")
    assert scene.found(node, told={FOLDER}, failed={FOLDER}) == {}


def test_what_comes_where_something_cannot_leave_waits_for_that_and_is_told(scene: Scene) -> None:
    scene.here(STUCK, "place")
    node = scene.there(COMES, ROOT, "place")
    assert scene.found(node, told=set(), failed={STUCK}) == {}, "that may pass at once"
    assert scene.found(node, told={STUCK}) == {COMES: "place"}


def test_case_twins_have_one_place_where_the_disk_says_so() -> None:
    for tells_case, waits in ((True, False), (False, True)):
        scene = Scene(Naming(tells_case=tells_case))
        scene.here(STUCK, "Place")
        assert bool(scene.found(scene.there(COMES, ROOT, "place"), told={STUCK})) is waits


def test_what_waits_for_what_waits_waits_too(scene: Scene) -> None:
    scene.here(STUCK, "a")
    scene.here(GOES_ON, "b")
    nodes = [scene.there(GOES_ON, ROOT, "a"), scene.there(COMES, ROOT, "b")]
    assert scene.found(*nodes, told={STUCK}) == {GOES_ON: "a", COMES: "b"}


def test_two_that_only_wait_for_each_other_s_place_are_fetched(scene: Scene) -> None:
    scene.here(GOES_ON, "a")
    scene.here(COMES, "b")
    nodes = [scene.there(GOES_ON, ROOT, "b"), scene.there(COMES, ROOT, "a")]
    assert scene.found(*nodes, told={GOES_ON, COMES}) == {}


def test_once_something_has_left_its_place_all_that_waited_is_tried_again(scene: Scene) -> None:
    scene.here(STUCK, "place")
    scene.found(scene.there(COMES, ROOT, "place"), told={STUCK})
    assert scene.obstructed.take() == {COMES}
    assert scene.obstructed.take() == set()
