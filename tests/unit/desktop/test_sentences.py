"""Every code that a person can meet has a sentence in the window too, and buttons instead of commands."""

from __future__ import annotations

import re

import pytest

from desktop.models.remedies import REMEDIES
from desktop.sentences import SENTENCES, sentence
from tests.codes import all_codes

_OWN = {"no-daemon"}


@pytest.mark.parametrize("code", sorted(all_codes() | _OWN))
def test_a_code_has_a_sentence_that_says_what_happened_and_what_to_do(code: str) -> None:
    said = SENTENCES[code]()
    assert said.endswith(".")
    assert said[0].isupper()
    assert len(re.split(r"[.;,:] ", said)) > 1, "it says only one thing"
    assert "`" not in said, "a window names no commands"


def test_there_is_no_sentence_and_no_remedy_that_nobody_can_meet() -> None:
    assert SENTENCES.keys() - all_codes() == _OWN
    assert REMEDIES.keys() - SENTENCES.keys() == set()


def test_an_unknown_code_is_told_by_its_detail_with_nothing_hidden_in_it() -> None:
    assert sentence("from-the-future", "The moon\u202e is full.") == "The moon\\u{202e} is full."
    assert sentence("from-the-future") == sentence("internal")


def test_where_people_want_to_know_which_it_is_told() -> None:
    assert sentence("ignored-pattern", "*.tmp").endswith("(*.tmp)")
    assert "socket" not in sentence("disk", "[Errno 5] socket")
