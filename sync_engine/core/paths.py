"""Paths of the tree, as text: relative, with slashes."""

from __future__ import annotations

from collections.abc import Iterator


def with_all_above(path: str) -> Iterator[str]:
    """The path, and each folder that it lies in but the root, the innermost first."""
    while path:
        yield path
        path = path.rpartition("/")[0]
