"""Every code that a person can meet has a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server_api.contract.messages import ErrorCode, Refusal
from sync_engine.cli.sentences import SENTENCES, sentence
from sync_engine.core import constraints, platform_names
from sync_engine.engine import intake
from sync_engine.errors import EngineError


def _all_kinds(kind: type[EngineError]) -> Iterator[type[EngineError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _all_kinds(child)


def _codes() -> set[str]:
    codes = {kind.code for kind in _all_kinds(EngineError) if kind.__module__ == "sync_engine.errors"}
    codes |= {code.value for code in ErrorCode} | {reason.value for reason in Refusal}
    named = [vars(module) for module in (constraints, platform_names)]
    codes |= {
        v for names in named for k, v in names.items() if k.isupper() and not k.startswith("_") and isinstance(v, str)
    }
    codes |= {intake.UNSYNCABLE_KIND, intake.INVALID_LINK}
    return codes - {platform_names.__name__}


@pytest.mark.parametrize("code", sorted(_codes()))
def test_a_code_has_a_sentence_that_says_what_happened_and_ends_as_one(code: str) -> None:
    assert code in SENTENCES
    assert SENTENCES[code].endswith(".")
    assert SENTENCES[code][0].isupper()


def test_an_unknown_code_is_told_by_its_detail() -> None:
    assert sentence("from-the-future", "The moon is full.") == "The moon is full."
    assert sentence("from-the-future") == SENTENCES["internal"]
