"""Every text has a translation, and nothing is lost in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from desktop.languages.install import HERE, install
from desktop.languages.sources import NotALiteral, Text, collect, compile_ts, read, texts_of, update
from desktop.words import tr, tr_n

LANGUAGES = ["de"]
PACKAGE = HERE.parent


def translations(language: str) -> dict[Text, tuple[str, ...]]:
    return read(HERE / f"lockstep_{language}.ts")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_other(language: str) -> None:
    """``python -m desktop.languages.sources`` brings new texts into the file."""
    known = translations(language)
    assert collect(PACKAGE) - set(known) == set()
    assert set(known) - collect(PACKAGE) == set()
    assert [text.text for text, forms in known.items() if not all(forms)] == []


def test_an_apostrophe_is_one_as_quotes_are() -> None:
    assert [text.text for text in collect(PACKAGE) if "'" in text.text] == []


def kept(text: str) -> list[str]:
    """What has to be in a translation as well."""
    return sorted([*re.findall(r"\{\w*\}|%n|`[^`]+`", text), *re.findall(r"^\s+|\s+$", text), *re.findall("&", text)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_into_a_text_has_its_place_in_the_translation(language: str) -> None:
    wrong = [
        (text.text, form)
        for text, forms in translations(language).items()
        for form in forms
        if kept(form) != kept(text.text)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_was_translated(language: str, tmp_path: Path) -> None:
    source = HERE / f"lockstep_{language}.ts"
    compile_ts(source, tmp_path / "made.qm")
    assert (tmp_path / "made.qm").read_bytes() == source.with_suffix(".qm").read_bytes()


def test_the_application_speaks_the_language_that_was_chosen(qapp: QApplication) -> None:
    assert install(qapp, "de") == "de"
    assert tr("Preferences") == "Einstellungen"
    said = [tr_n("%n file", "%n files", count) for count in (1, 2, 12_408)]
    assert said == ["1 Datei", "2 Dateien", "12.408 Dateien"]


def test_english_needs_nothing(qapp: QApplication) -> None:
    assert install(qapp, "en") == "en"
    said = [tr_n("%n file", "%n files", count) for count in (1, 2, 12_408)]
    assert said == ["1 file", "2 files", "12,408 files"]


def test_the_systems_language_is_taken_if_there_is_one(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    for tags, language in ((["fr-FR", "de-AT", "en"], "de"), (["fr-FR"], "en"), (["en-GB", "de"], "en")):
        monkeypatch.setattr(QLocale, "uiLanguages", lambda _, tags=tags: tags)
        assert install(qapp, "system") == language


def test_only_literals_can_be_collected(tmp_path: Path) -> None:
    (source := tmp_path / "a.py").write_text('tr("one")\ntr_n("%n a", "%n b", 2)\n')
    assert list(texts_of(source)) == [Text("one"), Text("%n b", is_counted=True)]
    source.write_text("tr(words)\n")
    with pytest.raises(NotALiteral, match=r"a\.py:1"):
        list(texts_of(source))


def test_new_texts_come_and_old_ones_go(tmp_path: Path) -> None:
    (source := tmp_path / "a.py").write_text('tr("old <one>")\n')
    translated = tmp_path / "a.ts"
    assert update(tmp_path, translated, "de") == [Text("old <one>")]
    source.write_text('tr("new")\ntr_n("%n a", "%n b", 2)\n')
    assert set(update(tmp_path, translated, "de")) == {Text("new"), Text("%n b", is_counted=True)}
    assert read(translated) == {Text("new"): ("",), Text("%n b", is_counted=True): ("", "")}
