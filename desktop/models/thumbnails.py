"""Small pictures of pictures, made beside the window from the files on the disk."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from desktop.integration.qt_paths import plain_file
from desktop.session import Session

KEPT: Final = 600
AT_A_TIME: Final = 2
LARGEST_BYTES: Final = 256 * 1024 * 1024
"""What a picture may need while it is made smaller."""

_Key = tuple[Path, int, int | None]


class Thumbnails(QObject):
    """Asked for what is to be seen now; what scrolled away before its turn is not made.

    Signals:
        made: there is one more; the file's path on the disk.
    """

    made = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._made: OrderedDict[_Key, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[_Key, None] = OrderedDict()
        self._making: set[_Key] = set()

    def find(self, path: Path, side: int, changed_at: int | None) -> QPixmap | None:
        """In pixels of the screen, within ``side``; if there is none yet it is made soon."""
        key = (path, side, changed_at)
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        if key not in self._making:
            self._wanted[key] = None
            self._wanted.move_to_end(key)
            self._make()
        return None

    def forget_wishes(self) -> None:
        """Other things are to be seen now."""
        self._wanted.clear()

    def _make(self) -> None:
        while self._wanted and len(self._making) < AT_A_TIME:
            key, _ = self._wanted.popitem()
            self._making.add(key)
            self._session.background.run(
                lambda key=key: small_picture(key[0], key[1]),  # type: ignore[misc]
                lambda image, key=key: self._take(key, image),  # type: ignore[misc]
                lambda _, key=key: self._take(key, QImage()),  # type: ignore[misc]
                owner=self,
            )

    def _take(self, key: _Key, image: QImage) -> None:
        self._making.discard(key)
        self._made[key] = None if image.isNull() else QPixmap.fromImage(image)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        self._make()
        self.made.emit(key[0])


def small_picture(path: Path, side: int) -> QImage:
    """Null if it is none, or would take too much to read. Touches no widget."""
    try:
        reader = QImageReader(plain_file(path))
    except OSError:
        return QImage()
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() * 4 > LARGEST_BYTES:
        return QImage()
    if size.width() > side or size.height() > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    image.setDevicePixelRatio(1.0)
    return image
