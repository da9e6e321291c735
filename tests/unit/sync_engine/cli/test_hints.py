"""What a hint names can be pasted."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from sync_engine.cli.hints import pastable, quoted
from sync_engine.cli.main import main
from sync_engine.profile import Profile, Settings
from tests.unit.sync_engine.cli.linked import link_to


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("`lockstep sync`, then again.", "`lockstep --home '/a b' sync`, then again."),
        ("`lockstep a b` or `lockstep c`", "`lockstep --home '/a b' a b` or `lockstep --home '/a b' c`"),
        ("`lockstep server user add EMAIL`", "`lockstep server user add EMAIL`"),
        ("`lockstep --home /x sync`", "`lockstep --home /x sync`"),
        ("`lockstep a --cancel ID` on another device", "`lockstep a --cancel ID` on another device"),
        ("run `lockstep sync --full` there.", "run `lockstep sync --full` there."),
        ("lockstep went on", "lockstep went on"),
    ],
)
def test_a_command_in_a_hint_has_the_home_that_was_given(text: str, hint: str) -> None:
    assert pastable(text, "/a b") == hint
    assert pastable(text, None) == text


@pytest.mark.parametrize("word", ["a", "a b", "Ada's", "it's $HOME", 'say "no"', "both \" and '", "!", "`x`", "a\\'b"])
def test_a_word_of_a_hint_is_one_word_to_a_shell(word: str) -> None:
    assert shlex.split(quoted(word)) == [word]
    asked = subprocess.run(["/bin/sh", "-c", f"printf %s {quoted(word)}"], capture_output=True, check=True)
    assert asked.stdout.decode() == word


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("sync",), "lockstep{} link URL"),
        (("pause",), "lockstep{} start`"),
        (("ignore", "remove", "a"), "lockstep{} ignore list`"),
        (("stop",), "It does not run."),
        (("config", "get", "x"), "lockstep: There is no setting"),
    ],
)
@pytest.mark.parametrize("how", ["option", "environment"])
def test_who_named_a_profile_is_told_commands_for_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    hint: str,
    how: str,
) -> None:
    home = tmp_path / "second home"
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    monkeypatch.setenv("LOCKSTEP_HOME", str(home if how == "environment" else tmp_path / "other"))
    if words != ("sync",):
        (tmp_path / "folder").mkdir()
        Profile.open(home).write_settings(Settings(link=link_to(tmp_path / "folder")))
    with pytest.raises(SystemExit):
        main([*(["--home", str(home)] if how == "option" else []), *words])
    told = "".join(capfd.readouterr())
    assert hint.format(f" --home '{home}'" if how == "option" else "") in told
