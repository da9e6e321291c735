"""Two texts, line by line, and in bounded time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.comparing import MAX_BYTES, MAX_LINES, Incomparable, compare, read_text, summary

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30).map("\n".join)


def test_what_is_gone_and_what_is_new_is_told_with_its_numbers() -> None:
    lines = compare("one\ntwo\nthree", "one\n2\nthree")
    assert [(line.how, line.text, line.old_number, line.new_number) for line in lines] == [
        ("same", "one", 1, 1),
        ("gone", "two", 2, None),
        ("new", "2", None, 2),
        ("same", "three", 3, 3),
    ]
    assert summary(lines) == "1 line is new, 1 line is gone"


def test_what_is_far_from_a_change_is_left_out() -> None:
    same = [f"line {number}" for number in range(100)]
    lines = compare("\n".join(same), "\n".join([*same, "new"]))
    assert [line.how for line in lines] == ["left out", "same", "same", "same", "new"]
    assert lines[0].text == "97 lines that are the same"


def test_equal_texts_have_nothing_to_show() -> None:
    assert compare("a\nb", "a\nb") == []
    assert summary([]) == "Nothing differs."


@given(LINES, LINES)
def test_both_texts_can_be_read_from_a_comparison(old: str, new: str) -> None:
    lines = compare(old, new)
    before, after = old.split("\n"), new.split("\n")
    shown_before = {line.old_number: line.text for line in lines if line.old_number is not None}
    shown_after = {line.new_number: line.text for line in lines if line.new_number is not None}
    assert all(before[number - 1] == text for number, text in shown_before.items())
    assert all(after[number - 1] == text for number, text in shown_after.items())
    gone = {line.old_number for line in lines if line.how == "gone"}
    new_ones = {line.new_number for line in lines if line.how == "new"}
    kept_before = [text for number, text in enumerate(before, 1) if number not in gone]
    kept_after = [text for number, text in enumerate(after, 1) if number not in new_ones]
    assert kept_before == kept_after


def test_texts_that_would_take_long_are_refused() -> None:
    with pytest.raises(Incomparable):
        compare("a\n" * (MAX_LINES + 1), "b")
    halves = [f"{number % 150}" for number in range(MAX_LINES)]
    started = time.process_time()
    with pytest.raises(Incomparable):
        compare("\n".join(halves), "\n".join(reversed(halves)) + "\nend")
    assert time.process_time() - started < 5


def test_large_and_binary_files_are_refused_with_a_sentence(tmp_path: Path) -> None:
    large, binary, text = tmp_path / "large", tmp_path / "binary", tmp_path / "text"
    large.write_bytes(b"a" * (MAX_BYTES + 1))
    binary.write_bytes(b"\0\1\2")
    text.write_bytes("gr\u00fcn\r\n".encode())
    for path in (large, binary, tmp_path / "none"):
        with pytest.raises(Incomparable, match=r"\.$"):
            read_text(path)
    assert read_text(text) == "gr\u00fcn\n"
