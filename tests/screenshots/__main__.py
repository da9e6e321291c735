"""Makes the pictures of the user guide, from the application itself and invented files.

python3 dev.py screenshots [NAME ...]          those that the guide shows, into docs/user-guide/pictures
python3 dev.py screenshots --all FOLDER [...]  all, light and dark, at 100 and 200 %, with larger text, and in German
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = ROOT / "docs/user-guide"
PICTURES: Final = GUIDE / "pictures"
_DARK: Final = "-dark"
_SCREEN: Final = {"name": "large", "x": 0, "y": 0, "width": 3840, "height": 2160, "logicalDpi": 96, "dpr": 1}
"""All windows fit on it, at twice their size as well."""
_AT_ONCE: Final = 2


class Way(NamedTuple):
    """How the application is to look."""

    theme: str = "light"
    scale: str = "1"
    text: str = "1"
    language: str = "en"

    @property
    def ending(self) -> str:
        """Of a picture's name."""
        of = [self.theme == "dark" and "dark", self.scale != "1" and f"x{self.scale}"]
        of += [self.text != "1" and f"text{self.text}", self.language != "en" and self.language]
        return "".join(f"-{each}" for each in of if each)


ALL: Final = [
    Way(), Way(theme="dark"), Way(scale="2"), Way(theme="dark", scale="2"), Way(text="1.5"), Way(language="de"),
    Way(theme="dark", text="1.5", language="de"),
]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="make all of them in all ways, there")
    parser.add_argument(
        "--way", type=int, choices=range(len(ALL)), action="append", help="of --all, one of these alone"
    )
    parser.add_argument("--into", type=Path, default=PICTURES, metavar="FOLDER", help="instead of the guide's own")
    given = parser.parse_args(arguments)
    unknown = {name.removesuffix(_DARK) for name in given.names} - set(_known())
    if unknown:
        raise SystemExit(f"There is no picture {', '.join(sorted(unknown))}. There are: {', '.join(_known())}.")
    if given.all is not None:
        made = [make(ALL[number], given.names, given.all) for number in given.way or range(len(ALL))]
    else:
        names = given.names or sorted(names_in_guide())
        bright = [name for name in names if not name.endswith(_DARK)]
        dark = [name.removesuffix(_DARK) for name in names if name.endswith(_DARK)]
        made = [make(Way(), bright, given.into)] if bright else []
        made += [make(Way(theme="dark"), dark, given.into)] if dark else []
    print(f"{sum(map(len, made))} pictures, {sum(each.stat().st_size for some in made for each in some) // 1000} kB")
    return 0


def names_in_guide() -> set[str]:
    """Of all pictures that its pages show."""
    pages = [page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md")]
    shown = (part.partition(")")[0] for page in pages for part in page.split("](pictures/")[1:])
    return {name.removesuffix(".webp") for name in shown}


def _known() -> list[str]:
    from tests.screenshots.scenes import SCENES  # Qt is not needed for what the guide names

    return sorted(SCENES)


def make(way: Way, names: Iterable[str], target: Path) -> list[Path]:
    """Pictures of these names, or all there are. Returns the files.

    Raises: subprocess.CalledProcessError.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ls-") as place:
        screen = Path(place, "screen.json")
        screen.write_text(json.dumps({"screens": [_SCREEN]}))
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
            "QT_SCALE_FACTOR": way.scale,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        shoot = [sys.executable, "-m", "tests.screenshots.shoot", place, way.theme, way.language, way.text]
        running = [
            subprocess.Popen([*shoot, f"{part}/{_AT_ONCE}", *names], env=environment, cwd=ROOT)
            for part in range(_AT_ONCE)
        ]
        for each in running:
            if each.wait():
                raise subprocess.CalledProcessError(each.returncode, each.args)
        return [
            _shrink(taken, target / f"{taken.stem}{way.ending}.webp") for taken in sorted(Path(place).glob("*.png"))
        ]


def _shrink(taken: Path, target: Path) -> Path:
    """Without losing anything: fewer colours would be seen in large, pale areas."""
    with Image.open(taken) as picture:
        picture.convert("RGB").save(target, lossless=True, quality=80, method=4)
    return target


if __name__ == "__main__":
    sys.exit(main())
