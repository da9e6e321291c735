"""The collector is killed while devices write, a few times: ``dev.py soak collection`` does it longer."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.soak.collection import run


@pytest.mark.end_to_end
@pytest.mark.own_server("its collector is killed")
@pytest.mark.scenario("S173")
def test_a_collector_that_is_killed_at_work_loses_nothing(tmp_path: Path) -> None:
    seed = secrets.randbelow(10**9)
    tally = run(tmp_path, seed, lambda tally: tally.kills >= 8, lambda _: None)
    assert tally.losses == [], f"seed {seed}"
    assert tally.kills == 8
    assert tally.commits
    assert tally.read_back
