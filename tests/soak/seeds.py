"""The long tests that are one seed after the other: simulated systems, and the planner by itself."""

from __future__ import annotations

from collections.abc import Callable

from tests.soak.summary import Summary


def simulation(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    from tests.simulation.soak import soak

    soaked = soak(seed, until, say, goes_on=go_on, twice=True)
    return Summary("simulation", soaked.told(), soaked.problems)


def planner(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    from tests.property.planner_soak import soak

    soaked = soak(seed, until, say, goes_on=go_on)
    return Summary("planner", soaked.told(), soaked.problems)
