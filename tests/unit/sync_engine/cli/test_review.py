"""What a person reads about held deletions says exactly what will happen, for each side by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sync_engine.cli import review
from sync_engine.core.reports import HeldDeletions
from sync_engine.profile import Profile


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    def tell(held: HeldDeletions | None, *words: str) -> str:
        def ask(*_: Any) -> HeldDeletions | None:
            return held

        monkeypatch.setattr(review, "ask", ask)
        monkeypatch.setattr(review, "profile_of", lambda _: Profile(tmp_path))
        return CliRunner().invoke(review.hold, words).output

    return tell


@pytest.mark.parametrize(
    ("where", "words", "said"),
    [
        ("local", (), "deletes them on the server and on every device"),
        ("local", (), "brings them back here"),
        (
            "local",
            ("apply",),
            "will be deleted on the server and on every device; what goes stays in the version history",
        ),
        ("local", ("restore",), "come back here with the next sync"),
        ("remote", (), "deleted on another device and wait for your word"),
        ("remote", (), "`lockstep hold apply` deletes them here, too"),
        ("remote", (), "keeps them here and sends them to the server and every other device again"),
        ("remote", ("apply",), "will be deleted here, too; what goes stays in the version history"),
        ("remote", ("restore",), "stay here, and go to the server and every other device again"),
    ],
)
def test_the_words_say_what_will_happen(
    told: Callable[..., str], where: Any, words: tuple[str, ...], said: str
) -> None:
    assert said in told(HeldDeletions(1_234, where, 1, ["photos"]), *words)


def test_one_file_is_told_as_one(told: Callable[..., str]) -> None:
    held = HeldDeletions(1, "local", 1, ["photo"])
    assert "1 file was deleted on this device and waits for your word:" in told(held)
    assert told(held, "restore") == "1 file will come back here with the next sync.\n"


@pytest.mark.parametrize("words", [(), ("apply",), ("restore",)])
def test_where_nothing_is_held_that_is_said(told: Callable[..., str], words: tuple[str, ...]) -> None:
    assert told(None, *words) == "Nothing is held.\n"
