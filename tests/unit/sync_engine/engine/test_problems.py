"""At most one problem is told of a path; what is behind it is not forgotten."""

from __future__ import annotations

import pytest

from sync_engine.core.model import NodeId
from sync_engine.engine.looks import Listing, Observation
from sync_engine.engine.problems import Problems
from sync_engine.ports import Problem
from tests.fakes.journal import MemoryJournal

NODE = NodeId(b"node" * 4)
UNREAD = Problem("a", "special-file")
OF_THE_NODE = Problem("a", "changed", "", NODE)


@pytest.fixture
def problems() -> Problems:
    return Problems(MemoryJournal())


def seen(*unread: Problem) -> Observation:
    return Observation([Listing("", absent=["a"])], unread=[*unread])


def test_what_could_not_be_read_is_told_again_once_a_nodes_problem_in_its_place_is_over(problems: Problems) -> None:
    problems.take_in(seen(UNREAD))
    problems.put([OF_THE_NODE])
    assert problems.all() == [OF_THE_NODE]
    problems.clear_nodes([NODE])
    assert problems.all() == [UNREAD]


def test_what_could_not_be_read_is_told_after_the_nodes_problem_that_was_there_first(problems: Problems) -> None:
    problems.put([OF_THE_NODE])
    problems.take_in(seen(UNREAD))
    assert problems.all() == [OF_THE_NODE]
    problems.clear_nodes([NODE])
    assert problems.all() == [UNREAD]


def test_what_can_be_read_again_meanwhile_is_not_told_afterwards(problems: Problems) -> None:
    problems.take_in(seen(UNREAD))
    problems.put([OF_THE_NODE])
    problems.take_in(seen())
    problems.clear_nodes([NODE])
    assert problems.all() == []
