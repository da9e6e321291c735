"""The texts of the application, and their translations.

``python -m desktop.languages.sources`` brings each ``.ts`` up to date with the source, makes ``.qm`` of it, and tells
what is not translated. A ``.ts`` file is Qt's: one context, sorted by text, so that a change of one text is a change of
one place. Texts that are new in the source come into it untranslated; those that are gone leave it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import PySide6
from msgspec import Struct

from desktop.languages.install import HERE
from desktop.words import CONTEXT

_PLURALS: Final = 2
"""Forms, in German as in English."""


class Text(Struct, frozen=True):
    """What is to be translated. ``is_counted``: it holds ``%n``, and has a translation for each form."""

    text: str
    is_counted: bool = False


class NotALiteral(Exception):
    """A call of ``tr`` whose text cannot be collected."""


def collect(package: Path) -> set[Text]:
    """All texts below a folder. Raises: NotALiteral."""
    return {text for path in sorted(package.rglob("*.py")) for text in texts_of(path)}


def texts_of(path: Path) -> Iterator[Text]:
    """Raises: NotALiteral."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in {"tr", "tr_n"}:
            continue
        is_counted = node.func.id == "tr_n"
        given = node.args[1 if is_counted else 0]
        if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
            raise NotALiteral(f"{path}:{node.lineno}")
        yield Text(given.value, is_counted)


def read(path: Path) -> dict[Text, tuple[str, ...]]:
    """Translations of a ``.ts`` file: one for a text, one for each form of a counted one; "" where one is missing."""
    if not path.exists():
        return {}
    found = {}
    for message in ET.parse(path).getroot().iter("message"):  # noqa: S314 - it is our own
        translation = message.find("translation")
        is_counted = message.get("numerus") == "yes"
        assert translation is not None
        forms = [form.text or "" for form in translation.findall("numerusform")] if is_counted else []
        found[Text(message.findtext("source", ""), is_counted)] = tuple(forms) or (translation.text or "",)
    return found


def write(path: Path, language: str, translations: dict[Text, tuple[str, ...]]) -> None:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        "<context>",
        f"    <name>{CONTEXT}</name>",
    ]
    for text in sorted(translations, key=lambda each: (each.text, each.is_counted)):
        forms = translations[text]
        state = "" if all(forms) else ' type="unfinished"'
        lines.append('    <message numerus="yes">' if text.is_counted else "    <message>")
        lines.append(f"        <source>{escape(text.text)}</source>")
        inside = "".join(f"<numerusform>{escape(form)}</numerusform>" for form in forms)
        lines.append(f"        <translation{state}>{inside if text.is_counted else escape(forms[0])}</translation>")
        lines.append("    </message>")
    path.write_text("\n".join([*lines, "</context>", "</TS>", ""]), encoding="utf-8")


def update(package: Path, path: Path, language: str) -> list[Text]:
    """Bring the file up to date. Returns what is not translated."""
    known = read(path)
    wanted = {text: known.get(text, ("",) * (_PLURALS if text.is_counted else 1)) for text in collect(package)}
    write(path, language, wanted)
    return [text for text, forms in wanted.items() if not all(forms)]


def compile_ts(path: Path, target: Path) -> None:
    """With Qt's own compiler, which comes with PySide; the same bytes for the same file."""
    program = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    subprocess.run([program, "-silent", path, "-qm", target], check=True)


def main(languages: Sequence[str] = ("de",)) -> int:
    for language in languages:
        path = HERE / f"lockstep_{language}.ts"
        missing = update(HERE.parent, path, language)
        compile_ts(path, path.with_suffix(".qm"))
        for text in missing:
            sys.stdout.write(f"{language}: {text.text!r}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
