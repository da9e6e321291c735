"""Pages: within what one body takes, whatever the texts are."""

from __future__ import annotations

import msgspec
import pytest

from server_api.contract.messages import MAX_BODY_BYTES
from server_api.domain.pages import take_page


def as_pair(text: str) -> tuple[str, None]:
    return text, None


def test_a_page_takes_so_many_items() -> None:
    assert take_page(["a", "b", "c"], 2, as_pair) == (["a", "b"], False)
    assert take_page(["a", "b"], 2, as_pair) == (["a", "b"], True)
    assert take_page([], 2, as_pair) == ([], True)


@pytest.mark.parametrize("character", ["a", "é", "\U0001f600", "\x01"])
def test_ten_thousand_long_texts_do_not_outgrow_a_body(character: str) -> None:
    text = character * (4_095 // len(character.encode()))
    page, is_all = take_page([text] * 10_000, 10_000, as_pair)
    assert page
    assert not is_all
    assert max(len(msgspec.json.encode(page)), len(msgspec.msgpack.encode(page))) < MAX_BODY_BYTES * 0.9


def test_one_text_always_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server_api.domain.pages.PAGE_TEXT_BYTES", 3)
    assert take_page(["long", "long"], 10, as_pair) == (["long"], False)
