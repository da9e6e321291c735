"""Takes pictures in one way, in a process of its own: ``PLACE THEME LANGUAGE TEXT PART/PARTS [NAME ...]``.

They come into ``PLACE/NAME.png``. Of all names, each of the parts takes its share.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.look.theme import Choice


def main(place: str, look: Choice, language: str, text: str, share: str, *names: str) -> int:
    """Raises: KeyError, for a name that there is not."""
    from tests.screenshots.frozen import freeze

    freeze()
    from tests.screenshots.scenes import SCENES
    from tests.screenshots.stage import dressed, stage

    app = dressed(look, language, float(text))  # kept: it ends when nothing has it any more
    part, parts = map(int, share.split("/"))
    for name in list(names or SCENES)[part::parts]:
        with tempfile.TemporaryDirectory(prefix="ls-") as home, stage(Path(home)) as made:
            if not SCENES[name](made).save(str(Path(place, f"{name}.png"))):
                return 1
    assert app is not None
    return 0


if __name__ == "__main__":
    status = main(*sys.argv[1:])  # type: ignore[arg-type]
    os._exit(status)  # nothing of Qt is to be taken apart in an order that Python chooses
