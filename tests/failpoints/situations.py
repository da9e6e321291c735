"""What happens on two devices before one of them dies in the middle of a sync, and how it has to end."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Tree = dict[str, str | None]
"""By path: ``None`` for a folder, ``-> target`` for a symlink, else the text, after a ``*`` if it can be run."""


class Hand:
    """Works in the folder of one run. All that it writes tells of which run, so that no content is there twice."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._number = number
        self._mark = f" {number:04}"

    def within(self, name: str) -> Hand:
        """In a folder of that name."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        return Hand(folder, self._number)

    def write(self, path: str, text: str) -> None:
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text + self._mark)

    def save(self, path: str, text: str) -> None:
        """As editors do."""
        self.write(f"{path}.tmp", text)
        self.move(f"{path}.tmp", path)

    def make(self, path: str) -> None:
        (self._folder / path).mkdir(parents=True)

    def link(self, path: str, target: str) -> None:
        (self._folder / path).symlink_to(target)

    def make_executable(self, path: str) -> None:
        (self._folder / path).chmod(0o755)

    def move(self, path: str, to: str) -> None:
        (self._folder / path).rename(self._folder / to)

    def remove(self, path: str) -> None:
        place = self._folder / path
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()

    def swap(self, one: str, other: str) -> None:
        self.move(one, "between")
        self.move(other, one)
        self.move("between", other)

    def tree(self) -> Tree:
        """What is there, by names that do not tell the date."""
        found: Tree = {}
        for place, folders, files in os.walk(self._folder):
            for name in (*folders, *files):
                path = Path(place, name)
                key = re.sub(r"copy \d{4}-\d\d-\d\d", "copy", str(path.relative_to(self._folder)))
                if path.is_symlink():
                    found[key] = f"-> {path.readlink()}"
                elif path.is_dir():
                    found[key] = None
                else:
                    is_executable = bool(path.stat().st_mode & 0o100)
                    found[key] = ("*" if is_executable else "") + path.read_text().removesuffix(self._mark)
        return found


Act = Callable[[Hand], object]


@dataclass(frozen=True)
class Situation:
    """Both devices have what ``start`` made. Then ``there`` happens on the other device, and is synced; then ``here``,
    on the device that dies in its sync; and ``meanwhile``, on the other one while that is dead. After that and one more
    sync each, both have ``ends``."""

    name: str
    start: Act
    ends: Tree = field(hash=False)
    here: Act | None = None
    there: Act | None = None
    meanwhile: Act | None = None


def _both(name: str, start: Act, change: Act, ends: Tree) -> list[Situation]:
    """The same change, once made on the device that dies and once on the other one."""
    return [
        Situation(f"{name}, here", start, ends, here=change),
        Situation(f"{name}, there", start, ends, there=change),
    ]


def _nothing(_hand: Hand) -> None:
    pass


def _file(hand: Hand) -> None:
    hand.write("a.txt", "old")


def _two_files(hand: Hand) -> None:
    hand.write("a", "one")
    hand.write("b", "two")


def _folder(hand: Hand) -> None:
    hand.write("d/one", "one")
    hand.write("d/deep/two", "two")


def _two_folders(hand: Hand) -> None:
    hand.write("p/in p", "p")
    hand.write("q/in q", "q")


def _all(*acts: Callable[[], object]) -> None:
    for act in acts:
        act()


CHANGES: list[Situation] = [
    *_both("create a file", _nothing, lambda hand: hand.write("a.txt", "new"), {"a.txt": "new"}),
    *_both(
        "create a folder with files", _nothing, _folder,
        {"d": None, "d/one": "one", "d/deep": None, "d/deep/two": "two"},
    ),
    *_both("create a folder", _nothing, lambda hand: hand.make("d"), {"d": None}),
    *_both("create a symlink", _nothing, lambda hand: hand.link("link", "a/b"), {"link": "-> a/b"}),
    *_both("edit", _file, lambda hand: hand.write("a.txt", "newer"), {"a.txt": "newer"}),
    *_both("save by renaming over", _file, lambda hand: hand.save("a.txt", "newer"), {"a.txt": "newer"}),
    *_both("delete a file", _file, lambda hand: hand.remove("a.txt"), {}),
    *_both("delete a folder", _folder, lambda hand: hand.remove("d"), {}),
    *_both("rename a file", _file, lambda hand: hand.move("a.txt", "b.txt"), {"b.txt": "old"}),
    *_both(
        "rename and edit", _file, lambda hand: _all(lambda: hand.move("a.txt", "b"), lambda: hand.write("b", "newer")),
        {"b": "newer"},
    ),
    *_both(
        "move a folder into another", _two_folders, lambda hand: hand.move("p", "q/p"),
        {"q": None, "q/in q": "q", "q/p": None, "q/p/in p": "p"},
    ),
    *_both("move onto a file", _two_files, lambda hand: hand.move("b", "a"), {"a": "two"}),
    *_both("swap two files", _two_files, lambda hand: hand.swap("a", "b"), {"a": "two", "b": "one"}),
    *_both(
        "swap two folders", _two_folders, lambda hand: hand.swap("p", "q"),
        {"p": None, "p/in q": "q", "q": None, "q/in p": "p"},
    ),
    *_both(
        "a new file in the place of a renamed one", _file,
        lambda hand: _all(lambda: hand.move("a.txt", "b.txt"), lambda: hand.write("a.txt", "new")),
        {"a.txt": "new", "b.txt": "old"},
    ),
    *_both(
        "move out of a folder and delete it", _folder,
        lambda hand: _all(lambda: hand.move("d/one", "one"), lambda: hand.remove("d")), {"one": "one"},
    ),
    *_both(
        "a folder in the place of what goes into it", lambda hand: hand.write("a", "old"),
        lambda hand: _all(lambda: hand.make("new"), lambda: hand.move("a", "new/a"), lambda: hand.move("new", "a")),
        {"a": None, "a/a": "old"},
    ),
    *_both("make executable", _file, lambda hand: hand.make_executable("a.txt"), {"a.txt": "*old"}),
    *_both(
        "another symlink", lambda hand: hand.link("link", "one"),
        lambda hand: _all(lambda: hand.remove("link"), lambda: hand.link("link", "two")), {"link": "-> two"},
    ),
    *_both(
        "a file becomes a folder", lambda hand: hand.write("z", "old"),
        lambda hand: _all(lambda: hand.remove("z"), lambda: hand.write("z/in", "new")), {"z": None, "z/in": "new"},
    ),
    *_both(
        "a folder becomes a file", lambda hand: hand.write("z/in", "old"),
        lambda hand: _all(lambda: hand.remove("z"), lambda: hand.write("z", "new")), {"z": "new"},
    ),
]  # fmt: skip
"""One person's, so that none may make a conflicted copy."""

CONFLICTS: list[Situation] = [
    Situation(
        "two edits", _file, {"a.txt": "theirs", "a (A's conflicted copy).txt": "mine"},
        here=lambda hand: hand.write("a.txt", "mine"), there=lambda hand: hand.write("a.txt", "theirs"),
    ),
    Situation(
        "two files of one name", _nothing, {"a.txt": "theirs", "a (A's conflicted copy).txt": "mine"},
        here=lambda hand: hand.write("a.txt", "mine"), there=lambda hand: hand.write("a.txt", "theirs"),
    ),
    Situation(
        "the same edit", _file, {"a.txt": "same"},
        here=lambda hand: hand.write("a.txt", "same"), there=lambda hand: hand.write("a.txt", "same"),
    ),
    Situation(
        "deleted here, edited there", _file, {"a.txt": "theirs"},
        here=lambda hand: hand.remove("a.txt"), there=lambda hand: hand.write("a.txt", "theirs"),
    ),
    Situation(
        "edited here, deleted there", _file, {"a.txt": "mine"},
        here=lambda hand: hand.write("a.txt", "mine"), there=lambda hand: hand.remove("a.txt"),
    ),
    Situation(
        "deleted on both", _file, {}, here=lambda hand: hand.remove("a.txt"), there=lambda hand: hand.remove("a.txt")
    ),
    Situation(
        "deleted here, renamed there", _file, {"b.txt": "old"},
        here=lambda hand: hand.remove("a.txt"), there=lambda hand: hand.move("a.txt", "b.txt"),
    ),
    Situation(
        "renamed here, deleted there", _file, {"b.txt": "old"},
        here=lambda hand: hand.move("a.txt", "b.txt"), there=lambda hand: hand.remove("a.txt"),
    ),
    Situation(
        "edited here, renamed there", _file, {"b.txt": "mine"},
        here=lambda hand: hand.write("a.txt", "mine"), there=lambda hand: hand.move("a.txt", "b.txt"),
    ),
    Situation(
        "two renames", _file, {"theirs.txt": "old"},
        here=lambda hand: hand.move("a.txt", "mine.txt"), there=lambda hand: hand.move("a.txt", "theirs.txt"),
    ),
    Situation(
        "edited here, swapped there", _two_files, {"a": "two", "b": "mine"},
        here=lambda hand: hand.write("a", "mine"), there=lambda hand: hand.swap("a", "b"),
    ),
    Situation(
        "a new file in a folder that is deleted there", _folder, {"d": None, "d/new": "mine"},
        here=lambda hand: hand.write("d/new", "mine"), there=lambda hand: hand.remove("d"),
    ),
    Situation(
        "a folder here, a file there", _nothing,
        {"z": "theirs", "z (A's conflicted copy)": None, "z (A's conflicted copy)/in": "mine"},
        here=lambda hand: hand.write("z/in", "mine"), there=lambda hand: hand.write("z", "theirs"),
    ),
    Situation(
        "two folders of one name", _nothing, {"d": None, "d/mine": "mine", "d/theirs": "theirs"},
        here=lambda hand: hand.write("d/mine", "mine"), there=lambda hand: hand.write("d/theirs", "theirs"),
    ),
    Situation(
        "two folders into each other", _two_folders, {"q": None, "q/in q": "q", "q/p": None, "q/p/in p": "p"},
        here=lambda hand: hand.move("q", "p/q"), there=lambda hand: hand.move("p", "q/p"),
    ),
]  # fmt: skip

OVERTAKEN: list[Situation] = [
    Situation(
        "created there, edited meanwhile", _nothing, {"a.txt": "newest"},
        there=lambda hand: hand.write("a.txt", "newer"), meanwhile=lambda hand: hand.write("a.txt", "newest"),
    ),
    Situation(
        "created there, deleted meanwhile", _nothing, {},
        there=lambda hand: hand.write("a.txt", "newer"), meanwhile=lambda hand: hand.remove("a.txt"),
    ),
    Situation(
        "edited there, edited again meanwhile", _file, {"a.txt": "newest"},
        there=lambda hand: hand.write("a.txt", "newer"), meanwhile=lambda hand: hand.write("a.txt", "newest"),
    ),
    Situation(
        "edited there, renamed meanwhile", _file, {"b.txt": "newer"},
        there=lambda hand: hand.write("a.txt", "newer"), meanwhile=lambda hand: hand.move("a.txt", "b.txt"),
    ),
    Situation(
        "edited there, deleted meanwhile", _file, {},
        there=lambda hand: hand.write("a.txt", "newer"), meanwhile=lambda hand: hand.remove("a.txt"),
    ),
    Situation(
        "a folder made there, deleted meanwhile", _nothing, {}, there=_folder, meanwhile=lambda hand: hand.remove("d"),
    ),
    Situation(
        "a folder made there, renamed meanwhile", _nothing,
        {"e": None, "e/one": "one", "e/deep": None, "e/deep/two": "two"},
        there=_folder, meanwhile=lambda hand: hand.move("d", "e"),
    ),
    Situation(
        "renamed there, deleted meanwhile", _file, {},
        there=lambda hand: hand.move("a.txt", "b.txt"), meanwhile=lambda hand: hand.remove("b.txt"),
    ),
    Situation(
        "a folder moved there, deleted meanwhile", _two_folders, {"q": None, "q/in q": "q"},
        there=lambda hand: hand.move("p", "q/p"), meanwhile=lambda hand: hand.remove("q/p"),
    ),
    Situation(
        "linked there, unlinked meanwhile", _nothing, {},
        there=lambda hand: hand.link("link", "a/b"), meanwhile=lambda hand: hand.remove("link"),
    ),
]  # fmt: skip
"""What the device has begun to take over changes again before it has started anew."""


def together(name: str, situations: Sequence[Situation]) -> Situation:
    """All of them in one, each in a folder of its own."""

    def all_of(part: str) -> Act | None:
        acts = {each.name: act for each in situations if (act := getattr(each, part)) is not None}

        def act_in_each(hand: Hand) -> None:
            for folder, act in acts.items():
                act(hand.within(folder))

        return act_in_each if acts else None

    ends: Tree = {each.name: None for each in situations}
    for each in situations:
        ends |= {f"{each.name}/{path}": what for path, what in each.ends.items()}
    return Situation(name, all_of("start") or _nothing, ends, all_of("here"), all_of("there"), all_of("meanwhile"))


SITUATIONS = {situation.name: situation for situation in (*CHANGES, *CONFLICTS, *OVERTAKEN)}
