"""What two people do to one thing at the same time, and what has to come of it: the rule, written down once more.

``expected`` knows no engine. It is told what each did, and says what everybody has in the end; the first is the one
whose change the server had first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.fakes.filesystem import FakeFileSystem
from tests.scenarios.scene import copy_of
from tests.simulation.people import Tree

BASE: Final[dict[str, Tree]] = {
    "file": {"x.txt": b"base"},
    "folder": {"x": None, "x/in": b"base", "x/below": None, "x/below/deep": b"deep"},
    "link": {"x": "base"},
}
"""By kind: what is there before, beside a folder ``to``. Each path is a node of the same name in what follows."""
TOP: Final = {kind: next(iter(tree)) for kind, tree in BASE.items()}


@dataclass(frozen=True)
class Change:
    """What one person did.

    Attributes:
        do: does it in this folder of a disk.
        moved: by node, where it is now.
        edited: by node, what it holds now.
        executable: nodes that became programs.
        gone: nodes that were deleted.
        new: what was made, by path.
    """

    do: Callable[[FakeFileSystem, str], object]
    moved: dict[str, str] = field(default_factory=dict)
    edited: dict[str, bytes | str] = field(default_factory=dict)
    executable: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    new: Tree = field(default_factory=dict)


def changes(kind: str, who: str) -> Mapping[str, Change]:
    """By name, what a person may do to a thing of this kind."""
    top, data = TOP[kind], f"by {who}".encode()
    common = {
        "leave": Change(lambda disk, at: None),
        "delete": Change(lambda disk, at: disk.remove(f"{at}/{top}"), gone=frozenset(BASE[kind])),
        "rename": _moved(top, f"of {who}.txt"),
        "rename alike": _moved(top, "same"),
        "move": _moved(top, f"to/{top}"),
        "make it a file": _replaced(kind, {top: data}),
        "make it a folder": _replaced(kind, {top: None, f"{top}/of {who}": data}),
        "make it a link": _replaced(kind, {top: f"to {who}"}),
    }
    del common[f"make it a {kind}"]
    return common | _OF_KIND[kind](who, data)


def _of_file(who: str, data: bytes) -> dict[str, Change]:
    def move_and_edit(disk: FakeFileSystem, at: str) -> None:
        disk.rename(f"{at}/x.txt", f"{at}/to/x.txt")
        disk.write(f"{at}/to/x.txt", data)

    return {
        "edit": _edited("x.txt", data),
        "edit alike": _edited("x.txt", b"both"),
        "save": Change(lambda disk, at: disk.save(f"{at}/x.txt", data), edited={"x.txt": data}),
        "chmod": Change(lambda disk, at: disk.set_mode(f"{at}/x.txt", 0o755), executable=frozenset({"x.txt"})),
        "move and edit": Change(move_and_edit, moved={"x.txt": "to/x.txt"}, edited={"x.txt": data}),
    }


def _of_folder(who: str, data: bytes) -> dict[str, Change]:
    def empty(disk: FakeFileSystem, at: str) -> None:
        disk.remove(f"{at}/x/in")
        disk.remove(f"{at}/x/below")

    return {
        "add": Change(lambda disk, at: disk.write(f"{at}/x/of {who}", data), new={f"x/of {who}": data}),
        "edit inside": _edited("x/in", data),
        "edit below": _edited("x/below/deep", data),
        "empty": Change(empty, gone=frozenset(BASE["folder"]) - {"x"}),
        "move out": _moved("x/in", "out"),
    }


def _of_link(_who: str, _data: bytes) -> dict[str, Change]:
    return {}


_OF_KIND: Final = {"file": _of_file, "folder": _of_folder, "link": _of_link}


def _moved(node: str, to: str) -> Change:
    return Change(lambda disk, at: disk.rename(f"{at}/{node}", f"{at}/{to}"), moved={node: to})


def _edited(node: str, data: bytes) -> Change:
    return Change(lambda disk, at: disk.write(f"{at}/{node}", data), edited={node: data})


def _replaced(kind: str, new: Tree) -> Change:
    def do(disk: FakeFileSystem, at: str) -> None:
        disk.remove(f"{at}/{TOP[kind]}")
        for path, content in new.items():
            if content is None:
                disk.make(f"{at}/{path}")
            elif isinstance(content, bytes):
                disk.write(f"{at}/{path}", content)
            else:
                disk.link_to(f"{at}/{path}", content)

    return Change(do, gone=frozenset(BASE[kind]), new=new)


# --- the rule --------------------------------------------------------------------------------------------------------


def expected(kind: str, first: Change, second: Change, device: str) -> Tree:
    """What everybody has in the end; ``device`` is the second's, and names the conflicted copies."""
    merged: Tree = {}
    top = TOP[kind]
    alive = _alive(kind, first, second)
    for node in sorted(alive):
        place = _place(node, first, second)
        mine, theirs = first.edited.get(node), second.edited.get(node)
        merged[place] = mine or theirs or BASE[kind][node]
        if mine and theirs and mine != theirs:
            merged[_beside(place, device)] = theirs
    old_at = _place(top, first, second) if top in alive else ""
    new, others = (_relocated(change.new, old_at, top) for change in (first, second))
    if old_at in new:  # the server has something else there by now
        merged, others = _aside(merged, old_at, device), _aside(others, old_at, device)
    elif old_at in others:
        others = _aside(others, old_at, device)
    elif top in new and top in others and new[top] != others[top]:
        others = _aside(others, top, device)
    return dict(sorted({**merged, **others, **new}.items()))


def programs(kind: str, first: Change, second: Change) -> set[str]:
    """Paths of what is executable in the end, but for conflicted copies."""
    alive = _alive(kind, first, second)
    return {_place(node, first, second) for node in (first.executable | second.executable) & alive}


def _alive(kind: str, first: Change, second: Change) -> set[str]:
    """An edit and a move beat a deletion; a folder stays with whatever stays in it, and one that was moved with all."""
    alive = {node for node in BASE[kind] if _outlives(node, first, second) and _outlives(node, second, first)}
    for node in list(alive):
        if node not in first.moved and node not in second.moved:
            alive.update(_above(node))
    for change in (first, second):
        for path in change.new:
            alive.update(above for above in _above(path) if above in BASE[kind] and above not in change.new)
    return alive


def _outlives(node: str, deleter: Change, other: Change) -> bool:
    was_touched = node in other.moved or node in other.edited
    went_along = any(above in deleter.gone and above in other.moved for above in _above(node))
    return node not in deleter.gone or was_touched or went_along


def _above(node: str) -> list[str]:
    parts = node.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _place(node: str, first: Change, second: Change) -> str:
    """Of two moves the first's; what lies in a folder goes with it."""
    for change in (first, second):
        if node in change.moved:
            return change.moved[node]
    above, _, name = node.rpartition("/")
    return f"{_place(above, first, second)}/{name}" if above else node


def _relocated(new: Tree, old_at: str, top: str) -> Tree:
    """What was added to a folder that was moved lies where that is now."""
    if not old_at or top in new:
        return new
    return {old_at + path.removeprefix(top) if path.startswith(f"{top}/") else path: c for path, c in new.items()}


def _aside(tree: Tree, path: str, device: str) -> Tree:
    """It and all below goes beside as a conflicted copy."""
    beside = _beside(path, device)
    return {
        beside + each.removeprefix(path) if each == path or each.startswith(f"{path}/") else each: content
        for each, content in tree.items()
    }


def _beside(path: str, device: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{copy_of(name, device)}"
