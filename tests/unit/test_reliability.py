"""The table of ``docs/reliability.md`` tells the truth: what it claims is tested, and what is tested is in it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "reliability.md"

Table = dict[str, set[str]]
"""By number, the modules below ``tests``."""


def _marks(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "scenario":
            for argument in node.args:
                assert isinstance(argument, ast.Constant), f"{path}: a mark must say its numbers itself"
                assert isinstance(argument.value, str), path
                yield argument.value


@cache
def marked() -> Table:
    found: Table = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for number in _marks(path):
            found[number].add(path.relative_to(TESTS).with_suffix("").as_posix())
    return found


@cache
def claimed() -> tuple[Table, set[str]]:
    """What the page has a test for, and the numbers that it has none for."""
    rows = re.findall(r"^\| (S\d+) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    with_tests = {number: set(re.findall(r"`([^`]+)`", row)) for number, row in rows if row.endswith("holds")}
    assert len(rows) == len({number for number, _ in rows}), "a number is in the page twice"
    return with_tests, {number for number, _ in rows} - with_tests.keys()


def test_there_is_something_to_compare() -> None:
    assert len(marked()) > 90
    assert len(claimed()[0]) > 90
    assert len(claimed()[1]) > 3


@pytest.mark.parametrize("number", sorted(marked().keys() | claimed()[0].keys() | claimed()[1]))
def test_the_page_names_the_tests_that_carry_a_number(number: str) -> None:
    with_tests, without = claimed()
    tests = ", ".join(f"`{module}`" for module in sorted(marked().get(number, ())))
    if number in without:
        assert not tests, f"docs/reliability.md says that {number} has no test, but it has: move it up, with {tests}"
    assert with_tests.get(number, set()) == marked().get(number, set()), (
        f"the row of {number} in docs/reliability.md must name {tests or 'no test, and say why'}"
    )
