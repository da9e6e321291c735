"""One corpus of hostile names, made showable."""

from __future__ import annotations

import pytest

from sync_engine.core.showing import showable


@pytest.mark.parametrize("name", ["report.docx", "Zürich 2026", "写真", "e\u0301t\u0301", "😀.png", "a b"])
def test_harmless_names_stay_as_they_are(name: str) -> None:
    assert showable(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb", "a\\u{a}b"),
        ("\x1b[31mred", "\\u{1b}[31mred"),
        ("exe.\u202etxt", "exe.\\u{202e}txt"),
        ("zero\u200bwidth", "zero\\u{200b}width"),
        ("a\udc80", "a\\u{dc80}"),
        ("tab\there", "tab\\u{9}here"),
        ("nbsp\u00a0", "nbsp\\u{a0}"),
    ],
)
def test_what_could_mislead_is_made_visible(name: str, shown: str) -> None:
    assert showable(name) == shown
    showable(name).encode()
