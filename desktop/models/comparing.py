"""Two versions of a text, line by line. Pure, and bounded: it runs beside the window and must end soon."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from desktop.models.previews import decode
from desktop.words import tr, tr_n

MAX_BYTES: Final = 1_000_000
MAX_LINES: Final = 20_000
MAX_PAIRS: Final = 1_000_000
"""Of lines that are the same on both sides: the work grows with them."""
AROUND: Final = 3
"""Lines that are shown before and after a change."""
_POPULAR_FROM: Final = 200

How = Literal["same", "gone", "new", "left out"]


class Line(Struct, frozen=True, gc=False):
    """One line of a comparison."""

    how: How
    text: str
    old_number: int | None = None
    new_number: int | None = None


class Incomparable(Exception):
    """There is no comparing these; says why."""


def read_text(path: Path) -> str:
    """Raises: Incomparable."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Incomparable(tr("A version cannot be read.")) from error
    if len(content) > MAX_BYTES:
        raise Incomparable(tr("The file is too large to be compared line by line. Open both versions instead."))
    text = decode(content)
    if text is None:
        raise Incomparable(tr("This kind of file cannot be compared here. Open both versions instead."))
    return text


def compare(old: str, new: str) -> list[Line]:
    """What is gone and what is new, with some lines around. Empty if nothing differs. Raises: Incomparable."""
    before, after = old.split("\n"), new.split("\n")
    if before == after:
        return []
    if max(len(before), len(after)) > MAX_LINES:
        raise Incomparable(tr("The file has too many lines to be compared. Open both versions instead."))
    start = _in_common(before, after)
    end = _in_common(before[start:][::-1], after[start:][::-1])
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    if _pairs(middle_before, middle_after) > MAX_PAIRS:
        raise Incomparable(tr("Too much of it repeats to be compared line by line. Open both versions instead."))
    lines = _same(before, 0, start, 0)
    old_at, new_at = start, start
    for tag, i, j, k, m in SequenceMatcher(None, middle_before, middle_after).get_opcodes():
        if tag == "equal":
            lines += _same(before, start + i, start + j, start + k)
        else:
            lines += [Line("gone", text, old_number=start + i + n + 1) for n, text in enumerate(middle_before[i:j])]
            lines += [Line("new", text, new_number=start + k + n + 1) for n, text in enumerate(middle_after[k:m])]
        old_at, new_at = start + j, start + m
    lines += _same(before, old_at, len(before), new_at)
    return _shortened(lines)


def summary(lines: list[Line]) -> str:
    """``2 lines new, 1 line gone``."""
    if not lines:
        return tr("Nothing differs.")
    new = sum(line.how == "new" for line in lines)
    gone = sum(line.how == "gone" for line in lines)
    return ", ".join(
        [
            *([tr_n("%n line is new", "%n lines are new", new)] if new else []),
            *([tr_n("%n line is gone", "%n lines are gone", gone)] if gone else []),
        ]
    )


def summary_of_two(lines: list[Line], writers: tuple[str, str]) -> str:
    """The same of two files of which neither is the later one."""
    if not lines:
        return tr("Nothing differs.")
    counts = [(sum(line.how == how for line in lines), who) for how, who in zip(("gone", "new"), writers, strict=True)]
    words = [tr_n("%n line only from {who}", "%n lines only from {who}", count) for count, _ in counts]
    return ", ".join(said.format(who=who) for said, (count, who) in zip(words, counts, strict=True) if count)


def _same(lines: list[str], first: int, end: int, other: int) -> list[Line]:
    return [Line("same", lines[n], n + 1, other + n - first + 1) for n in range(first, end)]


def _in_common(these: list[str], those: list[str]) -> int:
    count = 0
    for this, that in zip(these, those, strict=False):
        if this != that:
            break
        count += 1
    return count


def _pairs(before: list[str], after: list[str]) -> int:
    """As many as a ``SequenceMatcher`` looks at; it leaves out what is in more than one of a hundred lines."""
    counts = Counter(after)
    most = len(after) // 100 + 1 if len(after) >= _POPULAR_FROM else len(after)
    return sum(counts[line] for line in before if counts[line] <= most)


def _shortened(lines: list[Line]) -> list[Line]:
    """Without what is far from any change; how much that is stands in its place."""
    shown = bytearray(len(lines))
    for number, line in enumerate(lines):
        if line.how != "same":
            first, end = max(0, number - AROUND), min(len(lines), number + AROUND + 1)
            shown[first:end] = b"\1" * (end - first)
    short: list[Line] = []
    left_out = 0
    for number, line in enumerate(lines):
        if shown[number]:
            short += _left_out(left_out)
            left_out = 0
            short.append(line)
        else:
            left_out += 1
    return short + _left_out(left_out)


def _left_out(count: int) -> list[Line]:
    said = tr_n("%n line that is the same", "%n lines that are the same", count)
    return [Line("left out", said)] if count else []
