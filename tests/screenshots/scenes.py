"""All pictures, by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QPixmap

from tests.screenshots import scenes_files, scenes_first_run, scenes_pages
from tests.screenshots.stage import Stage

SCENES: Final[dict[str, Callable[[Stage], QPixmap]]] = {
    **scenes_files.SCENES,
    **scenes_pages.SCENES,
    **scenes_first_run.SCENES,
}
