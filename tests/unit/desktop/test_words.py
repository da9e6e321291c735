"""How names are said where there is little room."""

from __future__ import annotations

from desktop.words import short_name, wrappable


def test_a_long_and_hostile_name_is_short_and_harmless_in_a_menu() -> None:
    shown = short_name("\u202e" + "x" * 300 + ".txt", 48)
    assert len(shown) == 48
    assert shown.startswith("\\u{202e}x")
    assert shown.endswith("x.txt")


def test_a_name_that_fits_is_whole() -> None:
    assert short_name("x" * 48, 48) == "x" * 48


def test_what_cannot_be_wrapped_is_shortened_in_its_middle() -> None:
    assert wrappable("Deleted “" + "x" * 60 + ".txt”.") == "Deleted “" + "x" * 30 + "…" + "x" * 10 + ".txt”."
    assert wrappable("one word, " * 20) == "one word, " * 20
    assert wrappable("x" * 48) == "x" * 48
