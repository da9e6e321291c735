"""What the planner gets to see."""

from __future__ import annotations

from sync_engine.core.model import NodeId
from sync_engine.core.operations import Rebind
from sync_engine.engine.closure import gather
from tests.fakes.planner_stage import Stage


def names(stage: Stage, *dirty: NodeId) -> set[str]:
    trees = stage.trees
    found = set()
    for node_id in gather(trees, set(dirty)).members:
        node = trees.local_nodes.get(node_id) or trees.remote_nodes.get(node_id) or trees.synced_nodes.get(node_id)
        assert node is not None
        found.add(node.name)
    return found


def agreed_stage() -> Stage:
    stage = Stage()
    with stage.agreed():
        stage.make_folder("top")
        stage.make_folder("top/d")
        for name in "abc":
            stage.write(f"top/d/{name}", ord(name))
        stage.write("other", 1)
    return stage


def test_a_node_comes_with_its_ancestors_and_not_with_its_siblings() -> None:
    stage = agreed_stage()
    assert names(stage, stage.node("top/d/a").node_id) == {"top", "d", "a"}


def test_the_holders_of_its_names_come_along_from_both_sides() -> None:
    stage = agreed_stage()
    node_id = stage.node("other").node_id
    stage.move("other", "elsewhere")
    stage.write_there("elsewhere", 7)
    stage.write("renamed", 8)
    stage.move_there("other", "renamed")
    stage.observe()
    stage.read_feed()
    assert names(stage, node_id) == {"elsewhere", "renamed"}
    assert len(gather(stage.trees, {node_id}).members) == 3


def test_all_that_was_below_a_folder_comes_along_if_it_is_gone_on_either_side() -> None:
    for by_server in (True, False):
        stage = agreed_stage()
        node_id = stage.node("top").node_id
        stage.write("top/d/new", 5)
        stage.write_there("top/d/theirs", 6)
        stage.observe()
        stage.read_feed()
        (stage.remove_there if by_server else stage.remove)("top")
        stage.observe()
        stage.read_feed()
        assert {"top", "d", "a", "b", "c"} < names(stage, node_id)
        assert ("new" if by_server else "theirs") in names(stage, node_id)


def test_what_is_in_folders_that_will_be_one_meets_whatever_the_depth() -> None:
    stage = Stage()
    for path in ("p", "p/q", "p/q/r"):
        stage.make_folder(path)
        stage.make_folder_there(path)
    stage.write("p/q/r/mine", 1)
    stage.write_there("p/q/r/mine", 1)
    stage.observe()
    stage.read_feed()
    made = stage.plan(stage.dirty)
    assert [operation.node.name for operation in made.journal if isinstance(operation, Rebind)] == ["p", "q", "r"]
    assert made.offers[0].known == {stage.node("p/q/r/mine").content}


def test_more_dirty_nodes_than_fit_are_left_for_the_next_plan_the_oldest_first() -> None:
    stage = Stage()
    for number in range(30):
        stage.write(str(number), number)
    stage.observe()
    closure = gather(stage.trees, stage.dirty, 10)
    assert closure.members == sorted(stage.dirty)[:10]
    assert closure.left == set(sorted(stage.dirty)[10:])


def test_a_thousand_nodes_take_a_handful_of_queries() -> None:
    stage = agreed_stage()
    for number in range(1_000):
        stage.write(f"top/d/{number}", number)
    stage.observe()
    stage.trees.queries = 0
    gather(stage.trees, stage.dirty)
    assert stage.trees.queries <= 12


def test_names_are_gathered_where_a_conflicted_copy_may_come() -> None:
    stage = agreed_stage()
    stage.write("other", 2)
    stage.observe()
    stage.sync()
    closure = gather(stage.trees, {stage.node("other").node_id})
    assert not closure.taken
    stage.write("other", 3)
    stage.write_there("other", 4)
    stage.observe()
    stage._read(next(node for node in stage.trees.local_nodes.values() if node.name == "other"))
    stage.read_feed()
    closure = gather(stage.trees, {stage.node("other").node_id})
    assert set(closure.taken) == {stage.node("other").parent_id}
    assert set(closure.taken[stage.node("other").parent_id]) == {"top", "other"}


def test_an_unknown_id_is_a_member_of_which_nothing_is_known() -> None:
    nobody = NodeId(b"nobody".rjust(16))
    closure = gather(Stage().trees, {nobody})
    assert closure.members == [nobody]
    assert (closure.local, closure.remote, closure.synced, set(closure.left)) == ({}, {}, {}, set())
