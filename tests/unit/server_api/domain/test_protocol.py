from __future__ import annotations

import pytest

from server_api.domain.protocol import oldest_served, refusal


@pytest.mark.parametrize("newest", [1, 2, 3, 4, 40])
def test_a_server_serves_its_own_version_and_the_two_before(newest: int) -> None:
    served = [version for version in range(1, newest + 5) if refusal(str(version), newest) is None]
    assert served == [version for version in (newest - 2, newest - 1, newest) if version >= 1]
    assert served[0] == oldest_served(newest)


def test_who_says_nothing_is_welcome() -> None:
    assert refusal(None, 9) is None


@pytest.mark.parametrize(("spoken", "where"), [("6", "this device"), ("10", "the server")])
def test_a_refusal_says_which_of_the_two_to_update(spoken: str, where: str) -> None:
    said = refusal(spoken, 9)
    assert said is not None
    assert said.startswith(f"Update Lockstep on {where}: ")
    assert spoken in said
    assert said.endswith(".")


@pytest.mark.parametrize("spoken", ["", "x", "-1", "7.0", " 7", "٧", "9" * 50, "7\n8"])
def test_what_is_no_version_is_refused_without_repeating_it(spoken: str) -> None:
    assert refusal(spoken, 9) == refusal("0", 9)
