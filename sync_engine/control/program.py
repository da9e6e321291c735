"""How Lockstep calls itself: with the same Python, or as the program that it was bundled into."""

from __future__ import annotations

import sys


def lockstep(*words: str) -> list[str]:
    """The command that runs ``lockstep`` with these words."""
    is_bundle = getattr(sys, "frozen", False)
    run = ["-P", "-m", "sync_engine.cli.main"]  # nothing is loaded from where it is called
    return [sys.executable, *([] if is_bundle else run), *words]
