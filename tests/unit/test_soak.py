"""The long tests find what they are there to find."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from blake3 import blake3

from tests.property import planner_soak
from tests.property.test_planner import Case
from tests.property.test_planner import run as run_case
from tests.simulation.run import run as _loaded_beforehand  # noqa: F401 - it takes its time
from tests.soak.people import Ledger, Person, is_copy
from tests.soak.records import is_whole, record
from tests.soak.seeds import planner, simulation


def _digests(contents: Iterable[bytes]) -> set[bytes]:
    return {blake3(content).digest() for content in contents}


def _contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def test_a_content_that_is_cut_damaged_or_mixed_is_not_whole() -> None:
    chance = Random(1)
    one, other = record(chance, 100), record(chance, 100)
    longer = one + record(chance, 50, one)
    assert all(map(is_whole, (b"", one, other, longer)))
    assert not any(is_whole(longer[:end]) for end in range(1, len(longer)) if end != len(one))
    assert not is_whole(one[:60] + other[60:])
    assert not is_whole(one + other)
    assert not any(is_whole(one[:at] + bytes([one[at] ^ 1]) + one[at + 1 :]) for at in range(len(one)))


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_goes_wrong_all_that_is_precious_is_there_and_whole(seed: int, tmp_path: Path) -> None:
    ledger = Ledger()
    person = Person("A", tmp_path, Random(seed), ledger)
    for _ in range(400):
        person.act()
    person.finish()
    there = _contents(tmp_path)
    assert ledger.precious
    assert not ledger.missing_from(_digests(there))
    assert all(map(is_whole, there))
    assert person.operations > 200


def test_what_is_gone_behind_a_persons_back_is_missed(tmp_path: Path) -> None:
    ledger = Ledger()
    person = Person("A", tmp_path, Random(5), ledger)
    for _ in range(60):
        person.act()
    person.finish()
    *rest, lost = sorted(content for content in _contents(tmp_path) if content)
    assert len(ledger.missing_from(_digests(rest))) == 1
    assert not ledger.missing_from(_digests([*rest, lost]))


def test_conflicted_copies_are_told_by_their_own_names(tmp_path: Path) -> None:
    copy = "thesis (B's conflicted copy 2026-11-28 2).tex"
    assert is_copy(f"d/{copy}")
    assert not is_copy(f"{copy}/a")
    (tmp_path / copy).write_bytes(b"")
    Person("A", tmp_path, Random(1), Ledger()).rename_copies()
    assert [path.name for path in tmp_path.iterdir()] == ["A1 kept"]


def test_cases_are_run_one_after_the_other_and_failures_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    def run(number: int, *, excludes: bool = False) -> Case:
        ran.append(number)
        if number == 8 and excludes:
            raise AssertionError("case 8: lost")
        return run_case(number, excludes=excludes)

    monkeypatch.setattr(planner_soak, "run", run)
    summary = planner(7, time.monotonic() + 60, print, go_on=False)
    assert ran == [7, 7, 8, 8]
    assert summary.problems == ["case 8: lost, with exclusions"]
    assert summary.told.startswith("2 cases from 7 on")
    assert summary.told.endswith("1 failed")


def test_what_was_simulated_is_counted() -> None:
    summary = simulation(1, time.monotonic() + 3, print, go_on=True)
    assert "from seed 1 on" in summary.told
    assert not summary.told.startswith("0 runs")
    assert ", 0 changes" not in summary.told
