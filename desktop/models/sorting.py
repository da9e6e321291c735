"""In which order items are shown: folders first, and numbers as people count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from sync_engine.control.messages import Item

By: TypeAlias = Literal["name", "folder", "changed", "size", "state"]

RUN: Final = 4_000
"""So many are sorted at a time: a sort holds up all other threads, and a window has to go on meanwhile."""
_MOST_STEPS: Final = 40
_MOST_ROWS: Final = 4_000
"""With more changes, or with so many rows more or less, a view is done sooner with a new list."""
_NUMBER: Final = re.compile(r"0*(\d+)")
_STATES: Final = ("conflict", "problem", "uploading", "downloading", "pending", "in-step", "excluded", "ignored")


def natural_key(name: str) -> str:
    """Orders ``a9`` before ``a10``, and ``é`` beside ``e``."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _NUMBER.sub(lambda found: f"0{chr(min(len(found[1]), 255))}{found[1]}", name.casefold())


def sort_items(
    items: list[Item],
    by: By,
    is_down: bool,
    sizes: dict[str, int] | None = None,
    keys: dict[str, str] | None = None,
) -> list[Item]:
    """A sorted copy. May take a second for a hundred thousand, and lets other threads go on meanwhile.

    Args:
        items: whose names are those in one folder, or paths.
        by: what counts first; then the name does.
        is_down: from the last to the first, folders first all the same.
        sizes: of folders, as far as they are known.
        keys: keys of names that were made before; it gets those that are made now.
    """
    known = {} if keys is None else keys
    sizes = sizes or {}
    for item in items:
        if item.name not in known:
            known[item.name] = f"{natural_key(item.name.rpartition('/')[2])}\0{item.name}"
    folders = [item for item in items if item.kind == "folder"]
    files = [item for item in items if item.kind != "folder"]
    second: Callable[[Item], Any] | None = {
        "name": None,
        "folder": lambda item: natural_key(item.name.rpartition("/")[0]),
        "changed": lambda item: item.changed_at or 0,
        "size": lambda item: sizes.get(item.name, 0) if item.kind == "folder" else item.size,
        "state": lambda item: _STATES.index(item.state) if item.state in _STATES else len(_STATES),
    }[by]
    for part in (folders, files):
        _sort(part, lambda item: known[item.name], is_down=is_down and by == "name")
        if second is not None:
            _sort(part, second, is_down=is_down)
    return folders + files


def _sort(items: list[Item], key: Callable[[Item], Any], *, is_down: bool) -> None:
    """In place, in runs, which the sort then finds sorted and only merges."""
    if len(items) <= RUN:
        items.sort(key=key, reverse=is_down)
        return
    runs = [items[start : start + RUN] for start in range(0, len(items), RUN)]
    for run in runs:
        run.sort(key=key, reverse=is_down)
    while len(runs) > 1:
        pairs = [runs[at : at + 2] for at in range(0, len(runs), 2)]
        runs = [_merge(*pair, key=key, is_down=is_down) if len(pair) == 2 else pair[0] for pair in pairs]
    items[:] = runs[0]


def _merge(one: list[Item], other: list[Item], *, key: Callable[[Item], Any], is_down: bool) -> list[Item]:
    """Stable. In Python, where other threads have their turn, not in one long call."""
    merged: list[Item] = []
    add = merged.append
    ours, theirs = iter(one), iter(other)
    try:
        left, right = next(ours), next(theirs)
    except StopIteration:
        return one + other
    left_key, right_key = key(left), key(right)
    while True:
        if (right_key > left_key) if is_down else (right_key < left_key):
            add(right)
            following = next(theirs, None)
            if following is None:
                merged.append(left)
                merged.extend(ours)
                return merged
            right, right_key = following, key(following)
        else:
            add(left)
            following = next(ours, None)
            if following is None:
                merged.append(right)
                merged.extend(theirs)
                return merged
            left, left_key = following, key(following)


def row_changes(old: list[Item], new: list[Item]) -> list[tuple[int, int, list[Item]]] | None:
    """What makes the new rows of the old ones, apart from what is said of an item that is in both.

    Returns:
        Steps ``(row, gone, come)``, from the last row to the first: so many rows are gone there, and these have come.
        ``None`` if that is more than a list should do step by step, or items have changed their order.
    """
    new_names = {item.name for item in new}
    old_names = {item.name for item in old}
    if abs(len(old) - len(new)) > _MOST_ROWS:
        return None
    steps: list[tuple[int, int, list[Item]]] = []
    at = 0
    row = 0
    while at < len(old) or row < len(new):
        start = at
        while at < len(old) and old[at].name not in new_names:
            at += 1
        first = row
        while row < len(new) and new[row].name not in old_names:
            row += 1
        if at > start or row > first:
            steps.append((start, at - start, new[first:row]))
            if len(steps) > _MOST_STEPS:
                return None
        if at < len(old) and row < len(new):
            if old[at].name != new[row].name:
                return None
            at += 1
            row += 1
        elif at < len(old) or row < len(new):
            return None
    return steps[::-1]
