"""What a person reads of what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sync_engine.cli import activity
from sync_engine.engine import tally
from sync_engine.ports import Activity
from sync_engine.profile import Profile


def test_a_device_s_notes_are_told_in_words_of_people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [Activity(0, "update-here", "a\x1b[2J", ""), Activity(0, "merge", "", "everything is compared")]

    def ask(*_: Any) -> list[Activity]:
        return lines

    monkeypatch.setattr(activity, "ask", ask)
    monkeypatch.setattr(activity, "profile_of", lambda _: Profile(tmp_path))
    first, second = CliRunner().invoke(activity.activity, []).output.splitlines()
    assert "new version arrived" in first
    assert "\x1b" not in first
    assert second.endswith("everything is compared")
    assert "compared anew" in second


def test_every_word_that_a_device_notes_has_one_of_people() -> None:
    source = Path(tally.__file__).read_text()
    words = {word for word in ("create", "update", "move", "chmod", "delete", "conflict") if f'"{word}"' in source}
    assert len(words) == 6
    assert {f"{word}-here" for word in words} | words - {"conflict"} <= activity.WORDS.keys()
