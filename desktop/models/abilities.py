"""What can be done with what is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from desktop.words import show_size, tr_n
from sync_engine.control.messages import Item

ON_DISK: Final = frozenset({"show", "cut", "copy", "delete"})


def abilities(items: Sequence[Item], *, is_search: bool = False, is_part: bool = False) -> frozenset[str]:
    """Of ``open show link rename cut copy delete keep-away keep-here rewind properties``. ``is_part``: more that is
    chosen has yet to come."""
    able: set[str] = set()
    if not items:
        return frozenset()
    is_one = len(items) == 1 and not is_part
    if is_one:
        item = items[0]
        able |= {"open", "properties"}
        if item.is_on_server and item.kind != "symlink":
            able.add("link")
        if item.is_on_server and item.kind == "folder":
            able.add("rewind")
        if item.is_here:
            able.add("show")
            if not is_search:
                able.add("rename")
        if item.state == "excluded":
            able.add("keep-here")
        elif item.is_here and item.is_on_server:
            able.add("keep-away")
    if all(map(attrgetter("is_here"), items)):
        able |= ON_DISK if is_one else ON_DISK - {"show"}
    return frozenset(able)


def summary(items: Sequence[Item]) -> str:
    """``3 selected · 12.4 MB``; of folders only that they are."""
    if not items:
        return ""
    text = tr_n("%n selected", "%n selected", len(items))
    size = size_of(items)
    return f"{text} · {show_size(size)}" if size else text


def size_of(items: Sequence[Item]) -> int:
    """Bytes of all of them, of folders nothing."""
    return sum(map(attrgetter("size"), items))
