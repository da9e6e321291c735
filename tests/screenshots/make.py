"""Makes the pictures of the user guide.

    python3 dev.py screenshots [NAME ...]
    python3 dev.py screenshots --all FOLDER [--language de] [--font 1.5] [NAME ...]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev.py screenshots")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--language", default="en")
    options = parser.parse_args()
    from tests.screenshots.frozen import freeze

    freeze()
    from tests.screenshots import scenes_files, scenes_first_run, scenes_pages
    from tests.screenshots.stage import dressed, stage

    scenes = scenes_files.SCENES | scenes_pages.SCENES | scenes_first_run.SCENES
    app = dressed(options.theme, options.language)
    options.out.mkdir(exist_ok=True, parents=True)
    for name in options.names or scenes:
        with tempfile.TemporaryDirectory(prefix="ls-") as place, stage(Path(place)) as made:
            try:
                scenes[name](made).save(str(options.out / f"{name}.png"))
            except Exception as error:
                import traceback
                traceback.print_exc()
                print("FAILED", name, repr(error))
