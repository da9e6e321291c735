"""Names as a search compares them: without case and without accents, as on the server."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """What people take for the same text is the same: ``Résumé`` and ``resume``, ``Straße`` and ``strasse``."""
    if text.isascii():
        return text.lower()
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in taken_apart if not unicodedata.combining(character))
