"""Every code that a person can meet has a sentence."""

from __future__ import annotations

import re

import pytest

from sync_engine.cli.sentences import SENTENCES, sentence
from tests.codes import all_codes


def test_what_a_server_says_does_not_reach_the_terminal_as_it_is() -> None:
    assert sentence("a-code-of-tomorrow", "\x1b]0;title\x07red") == "\\u{1b}]0;title\\u{7}red"


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_a_code_has_a_sentence_that_says_what_happened_and_what_to_do(code: str) -> None:
    assert code in SENTENCES
    assert SENTENCES[code].endswith(".")
    assert SENTENCES[code][0].isupper()
    assert len(re.split(r"[.;,:] ", SENTENCES[code])) > 1, "it says only one thing"


def test_there_is_no_sentence_that_nobody_can_meet() -> None:
    assert SENTENCES.keys() - all_codes() == set()


def test_an_unknown_code_is_told_by_its_detail() -> None:
    assert sentence("from-the-future", "The moon is full.") == "The moon is full."
    assert sentence("from-the-future") == SENTENCES["internal"]
