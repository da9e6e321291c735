"""What comes after which page, and what is said where something did not work out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from desktop.commands import Ended, Found
from desktop.models.first_run import (
    Given,
    Step,
    missing_of_account,
    next_step,
    place_of,
    remedy,
    step_before,
    told_of_folder,
)
from desktop.sentences import sentence


def way(given: Given) -> list[Step]:
    steps = [Step.WELCOME]
    while steps[-1] is not Step.CONNECTING:
        steps.append(next_step(steps[-1], given))
    return steps


@pytest.mark.parametrize(
    ("given", "steps"),
    [
        (Given(is_own=True), [Step.WELCOME, Step.FOLDER, Step.CONNECTING]),
        (Given(is_own=False), [Step.WELCOME, Step.SERVER, Step.ACCOUNT, Step.FOLDER, Step.CONNECTING]),
    ],
)
def test_the_way_back_is_the_way_there(given: Given, steps: list[Step]) -> None:
    assert way(given) == steps
    for before, after in pairwise(steps):
        assert step_before(after, given) is before
    assert step_before(Step.WELCOME, given) is None


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("second-factor-needed", Step.CODE),
        ("wrong-second-factor", Step.CODE),
        ("wrong-sign-in", Step.ACCOUNT),
        ("weak-password", Step.ACCOUNT),
        ("account-exists", Step.ACCOUNT),
        ("invitation-needed", Step.ACCOUNT),
        ("unreachable", Step.SERVER),
        ("folder-taken", Step.FOLDER),
        ("a-code-of-tomorrow", Step.CONNECTING),
    ],
)
def test_a_failure_leads_to_where_it_can_be_put_right(code: str, place: Step) -> None:
    assert place_of(Ended(code), Given(is_own=False)) is place


def test_an_own_server_has_no_address_to_correct() -> None:
    assert place_of(Ended("unreachable"), Given(is_own=True)) is Step.CONNECTING


def test_an_unknown_failure_is_told_in_its_own_words() -> None:
    assert remedy("failed", "The port is taken.") == "The port is taken."


@pytest.mark.parametrize(
    ("given", "registration", "missing"),
    [
        (Given(), "open", "Enter the email address of the account."),
        (Given(email="ada@"), "open", "Enter the email address of the account."),
        (Given(email="ada@example.org"), "open", "Enter the password."),
        (Given(email="ada@example.org", password="x"), "open", ""),
        (Given(email="ada@example.org", password="1234567", is_new_account=True), "open", "1 more character at least."),
        (
            Given(email="ada@example.org", password="12345678", is_new_account=True),
            "invite",
            "Enter the code of the invitation.",
        ),
    ],
)
def test_what_is_still_to_be_said_of_the_account(given: Given, registration: str, missing: str) -> None:
    assert missing_of_account(given, registration) == missing


@pytest.mark.parametrize(
    ("found", "is_own", "told"),
    [
        (Found(), False, "The folder is made. The files of your account come into it."),
        (Found(), True, "The folder is made. What you put into it is kept, with all its versions."),
        (Found(exists=True), True, "The folder is empty. What you put into it is kept, with all its versions."),
        (Found(exists=True), False, "The folder is empty. The files of your account come into it."),
        (
            Found(exists=True, files=312, bytes=1_200_000_000),
            False,
            "312 files (1.2 GB) in it are added to your account; nothing is deleted.",
        ),
        (
            Found(exists=True, files=1, bytes=5),
            True,
            "1 file (5 bytes) in it is added to your account; nothing is deleted.",
        ),
        (Found(code="folder-inside"), False, sentence("folder-inside")),
    ],
)
def test_it_is_said_what_will_happen_to_the_folder(found: Found, is_own: bool, told: str) -> None:
    assert told_of_folder(found, Given(is_own=is_own)) == told


def test_an_invitation_and_a_promise_go_only_where_they_belong() -> None:
    given = Given(address="https://files.example.org", invite="abc", knows_unprotected=True)
    assert (given.wanted().invite, given.wanted().insecure_http) == ("", False)
