"""How much of a long answer goes into one body."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

PAGE_TEXT_BYTES: Final = 4 * 1024 * 1024
"""Of texts in one page: six times that, as JSON may make of it, leaves room for the rest in the limit of a body."""


def take_page(items: Iterable[T], most: int, texts_of: Callable[[T], Iterable[str | None]]) -> tuple[list[T], bool]:
    """As many as one page takes, at least one, and whether that is all."""
    page: list[T] = []
    text_bytes = 0
    for item in items:
        for text in texts_of(item):
            if text:
                text_bytes += len(text) if text.isascii() else len(text.encode())
        if len(page) == most or (page and text_bytes > PAGE_TEXT_BYTES):
            return page, False
        page.append(item)
    return page, True
