"""A device that is killed in the middle of a sync comes to the same end as one that is not.

Here several situations are one, and a sample of the steps is tried, always the same: every step of each situation by
itself is for ``python -m tests.soak failpoints``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest

from tests.failpoints.run import Stage, run, sampled_steps, stage
from tests.failpoints.situations import CHANGES, CONFLICTS, OVERTAKEN, Situation, together

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

DEATHS = 5
GROUPS = {
    "changes here": [change for change in CHANGES if change.here is not None],
    "changes there": [change for change in CHANGES if change.there is not None],
    "changes on both": CONFLICTS,
    "changes there that are overtaken": OVERTAKEN,
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.mark.scenario("S133")
@pytest.mark.parametrize("name", GROUPS)
def test_a_device_that_is_killed_at_a_step_comes_to_the_same_end(name: str, shared: Stage) -> None:
    tried: list[str] = []

    def choose(steps: Sequence[str]) -> list[list[int]]:
        chosen = sampled_steps(steps, Random(20_261_128), DEATHS)
        for what in ("renameat2", "/commits"):  # of these one is always among them
            if not any(what in steps[number - 1] for (number,) in chosen):
                chosen += [[number] for number, step in enumerate(steps, start=1) if what in step][:1]
        tried.extend(steps[number - 1] for (number,) in chosen)
        return chosen

    tally = run(shared, together(name, GROUPS[name]), choose)
    # How many results of threads are taken in together decides how many commits there are: late steps may not come.
    assert tally.deaths >= DEATHS // 3
    assert any("renameat2" in step for step in tried) or name == "changes here"
    assert any("/commits" in step for step in tried) or name.startswith("changes there")


@pytest.mark.scenario("S133")
def test_an_end_that_differs_is_found(shared: Stage) -> None:
    wrong = Situation(
        "wrong", lambda hand: hand.write("a", "one"), {"a": "one"}, here=lambda hand: hand.write("a", "two")
    )
    with pytest.raises(AssertionError, match="instead of"):
        run(shared, wrong, lambda _steps: [])
