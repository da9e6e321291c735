"""``lockstep``: prepares the process, and only then loads anything that takes time."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

_NEW_OBJECTS: Final = 50_000
"""Between two looks for garbage. What a command loads stays; looking through it again and again takes a sixth of the
time that it takes to load."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and exit, with the contract's code."""
    gc.set_threshold(_NEW_OBJECTS)
    _open_standard_streams()
    interrupted = signal.getsignal(signal.SIGINT)
    if interrupted is signal.default_int_handler:  # else somebody wants it ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # while nothing was begun: without a word, and at once
    from sync_engine.cli.commands import run

    if interrupted is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupted)
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def _open_standard_streams() -> None:
    """One that was closed would be ``None``, and the next file that is opened would get its number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - as long as we live


if __name__ == "__main__":
    main()
