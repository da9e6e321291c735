"""Items in the order in which people look for them."""

from __future__ import annotations

import random

import pytest

from desktop.models.sorting import RUN, By, natural_key, row_changes, sort_items
from sync_engine.control.messages import Item
from tests.fakes.daemon import item


def _names(items: list[Item]) -> list[str]:
    return [each.name for each in items]


def test_numbers_count_as_people_count() -> None:
    names = ["a10", "a9", "A1", "b", "a09", "É", "f", "e"]
    assert sorted(names, key=lambda name: (natural_key(name), name)) == ["A1", "a09", "a9", "a10", "b", "e", "É", "f"]


def test_folders_stay_first_whichever_way() -> None:
    items = [item("b"), item("a", "folder"), item("c"), item("d", "folder")]
    assert _names(sort_items(items, "name", is_down=False)) == ["a", "d", "b", "c"]
    assert _names(sort_items(items, "name", is_down=True)) == ["d", "a", "c", "b"]


@pytest.mark.parametrize(
    ("by", "expected"),
    [("size", ["f", "x", "z", "y"]), ("changed", ["f", "y", "x", "z"]), ("state", ["f", "z", "x", "y"])],
)
def test_each_column_sorts_and_names_decide_between_equals(by: By, expected: list[str]) -> None:
    items = [
        item("y", size=5, changed_at=1),
        item("z", size=2, changed_at=2, state="conflict"),
        item("x", size=2, changed_at=2),
        item("f", "folder"),
    ]
    assert _names(sort_items(items, by, is_down=False)) == expected


def test_folders_sort_by_what_is_known_of_their_size() -> None:
    items = [item("a", "folder"), item("b", "folder"), item("c", "folder")]
    assert _names(sort_items(items, "size", is_down=True, sizes={"b": 7, "c": 9})) == ["c", "b", "a"]


@pytest.mark.parametrize("is_down", [False, True])
@pytest.mark.parametrize("count", [RUN - 1, RUN, RUN + 1, 5 * RUN + 3])
def test_many_are_sorted_as_few_are(count: int, is_down: bool) -> None:
    chance = random.Random(count)
    items = [item(f"IMG_{chance.randrange(10**6)}-{at}", size=chance.randrange(9)) for at in range(count)]
    by_name = sorted(items, key=lambda each: (natural_key(each.name), each.name))
    by_size = sorted(by_name, key=lambda each: each.size, reverse=is_down)
    assert sort_items(items, "size", is_down=is_down) == by_size
    assert sort_items(items, "name", is_down=is_down) == (by_name[::-1] if is_down else by_name)


def _applied(old: list[Item], new: list[Item]) -> list[str]:
    rows = old[:]
    steps = row_changes(old, new)
    assert steps is not None
    for row, gone, come in steps:
        rows[row : row + gone] = come
    return _names(rows)


def test_changes_make_the_new_rows_of_the_old_ones() -> None:
    chance = random.Random(1)
    names = [f"{at:03}" for at in range(60)]
    for _ in range(200):
        old = [item(name) for name in sorted(chance.sample(names, chance.randrange(60)))]
        new = [item(name) for name in sorted(chance.sample(names, chance.randrange(60)))]
        assert _applied(old, new) == _names(new)


def test_what_stays_is_not_touched() -> None:
    old = [item(name) for name in "acdf"]
    new = [item(name) for name in "abcdef"]
    assert row_changes(old, new) == [(3, 0, [item("e")]), (1, 0, [item("b")])]
    assert row_changes(new, new) == []


def test_another_order_is_a_new_list() -> None:
    assert row_changes([item("a"), item("b")], [item("b"), item("a")]) is None


def test_more_changes_than_are_worth_it_are_a_new_list() -> None:
    old = [item(f"{at:04}") for at in range(0, 1_000, 2)]
    new = [item(f"{at:04}") for at in range(1_000)]
    assert row_changes(old, new) is None
