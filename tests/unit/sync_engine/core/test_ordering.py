"""Which steps can be done, and in which order."""

from __future__ import annotations

from server_api.contract.names import comparable
from sync_engine.core.model import ROOT, Kind, NodeId, RemoteNode, RevisionId
from sync_engine.core.ordering import Step, Steps, feasible, leavers, ordered_in_groups, ordered_with_parking
from sync_engine.core.trees import SideTree


def nid(name: str) -> NodeId:
    return NodeId(name.encode().rjust(16, b"."))


def tree(*paths: str) -> SideTree:
    """Nodes named by their paths; all folders."""
    nodes = {}
    for path in paths:
        above, _, name = path.rpartition("/")
        parent = nid(above) if above else ROOT
        nodes[nid(path)] = RemoteNode(nid(path), parent, name, Kind.FOLDER, RevisionId(b""), 0)
    return SideTree(nodes, comparable)


def place(path: str) -> tuple[NodeId, str]:
    above, _, name = path.rpartition("/")
    return (nid(above) if above else ROOT), name


def move(path: str, to: str, depth: int = 0) -> Step[str]:
    return Step(nid(path), (path,), leaves=place(path), arrives=place(to), depth=depth, is_folder=True)


def make(node: str, at: str, depth: int = 0) -> Step[str]:
    return Step(nid(node), (node,), arrives=place(at), depth=depth, is_folder=True)


def end(path: str) -> Step[str]:
    return Step(nid(path), (path,), leaves=place(path), depth=path.count("/"), is_end=True, is_folder=True)


def steps(*given: Step[str]) -> Steps[str]:
    return {step.node_id: step for step in given}


def never(_: NodeId) -> bool:
    return False


def names(*given: Step[str]) -> set[str]:
    return {step.operations[0] for step in given}


def test_a_chain_of_renames_starts_at_the_free_end() -> None:
    side = tree("a", "b", "c")
    good, bad = feasible(steps(move("a", "b"), move("b", "c"), move("c", "d")), side, never)
    assert not bad
    assert [group[0].operations[0] for group in ordered_in_groups(good, side)] == ["c", "b", "a"]


def test_a_circle_is_one_group_or_opened_by_moving_one_aside() -> None:
    side = tree("a", "b", "c")
    good, _ = feasible(steps(move("a", "b"), move("b", "c"), move("c", "a")), side, never)
    (group,) = ordered_in_groups(good, side)
    assert names(*group) == {"a", "b", "c"}
    order = [(step.operations[0], parked) for step, parked in ordered_with_parking(good, side)]
    assert order == [("a", True), ("c", False), ("b", False), ("a", False)]


def test_two_circles_are_two_groups() -> None:
    side = tree("a", "b", "x", "y")
    good, _ = feasible(steps(move("a", "b"), move("b", "a"), move("x", "y"), move("y", "x")), side, never)
    groups = [names(*group) for group in ordered_in_groups(good, side)]
    assert sorted(groups, key=sorted) == [{"a", "b"}, {"x", "y"}]


def test_who_waits_for_a_name_that_nobody_leaves_is_dropped_with_those_that_need_it() -> None:
    side = tree("a", "b", "taken")
    good, bad = feasible(steps(move("b", "taken"), move("a", "b"), make("child", "new/child", 1)), side, never)
    assert not good
    assert names(*bad.values()) == {"a", "b", "child"}


def test_of_two_rivals_one_gets_the_place_and_the_other_follows_if_it_cannot() -> None:
    side = tree("a", "b")
    good, bad = feasible(steps(move("a", "x"), move("b", "x")), side, never)
    assert (names(*good.values()), names(*bad.values())) == ({"a"}, {"b"})
    hopeless = Step(nid("a"), ("a",), leaves=place("a"), arrives=place("x"), only_with=nid("nobody"))
    good, bad = feasible(steps(hopeless, move("b", "x")), side, never)
    assert (names(*good.values()), names(*bad.values())) == ({"b"}, {"a"})


def test_who_is_there_already_gets_a_place_before_who_is_new() -> None:
    side = tree("z")
    good, _ = feasible(steps(make("a", "x"), move("z", "x")), side, never)
    assert names(*good.values()) == {"z"}


def test_room_is_made_only_for_somebody_who_comes() -> None:
    side = tree("mine")
    aside = Step(nid("mine"), ("mine",), leaves=place("mine"), arrives=place("copy"), only_with=nid("theirs"))
    good, _ = feasible(steps(aside), side, never)
    assert not good
    good, _ = feasible(steps(aside, make("theirs", "mine")), side, never)
    assert [step.operations[0] for step, _ in ordered_with_parking(good, side)] == ["mine", "theirs"]


def test_a_folder_ends_only_when_everything_in_it_leaves_or_ends() -> None:
    side = tree("d", "d/a", "d/a/deep", "d/b")
    good, _ = feasible(steps(end("d"), move("d/b", "b")), side, never)
    assert names(*good.values()) == {"d/b"}
    good, _ = feasible(steps(end("d"), move("d/b", "b"), end("d/a"), end("d/a/deep")), side, never)
    assert [step.operations[0] for step, _ in ordered_with_parking(good, side)] == ["d/b", "d/a/deep", "d/a", "d"]
    good, _ = feasible(steps(end("d"), move("d/b", "b")), side, lambda node_id: node_id != nid("d/b"))
    assert names(*good.values()) == {"d", "d/b"}
    assert leavers(nid("d"), good, side) == [nid("d/b")]


def test_a_new_folder_takes_the_name_of_one_that_ends_and_gets_what_was_in_it() -> None:
    """The old one is moved aside whole, so that what is in it can go back with it if anything fails."""
    side = tree("d", "d/kept")
    good, bad = feasible(steps(end("d"), make("new", "d"), move("d/kept", "x")), side, never)
    good[nid("d/kept")].arrives = (nid("new"), "kept")
    assert not bad
    order = [(step.operations[0], parked) for step, parked in ordered_with_parking(good, side)]
    assert order == [("d", True), ("new", False), ("d/kept", False), ("d", False)]


def test_a_folder_is_never_moved_below_itself_on_the_way() -> None:
    side = tree("a", "a/b", "a/b/c")
    given = steps(
        move("a/b/c", "a", 0),
        Step(nid("a"), ("a",), leaves=place("a"), arrives=(nid("a/b/c"), "in"), depth=1, is_folder=True),
    )
    good, bad = feasible(given, side, never)
    assert not bad
    (group,) = ordered_in_groups(good, side)
    assert [step.operations[0] for step in group] == ["a/b/c", "a"]


def test_a_folder_whose_way_up_would_lead_through_itself_is_dropped() -> None:
    side = tree("a", "a/b")
    good, _ = feasible(steps(move("a", "a/b/a", 2)), side, never)
    assert not good
