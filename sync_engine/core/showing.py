"""Makes any name showable: one function for every face."""

from __future__ import annotations

import unicodedata

_LONGEST = 4_096


def showable(text: str) -> str:
    r"""The text with what could disturb a terminal or mislead a reader made visible.

    Control, direction-changing, invisible and unpaired characters come out as ``\u{...}``; nothing else changes.
    """
    if text.isascii() and text.isprintable():
        return text[:_LONGEST]
    return "".join(c if _is_harmless(c) else f"\\u{{{ord(c):x}}}" for c in text[:_LONGEST])


def _is_harmless(character: str) -> bool:
    if character == " ":
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
