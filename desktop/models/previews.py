"""What a file shows of itself: a picture, the beginning of a text, or nothing. Read beside the GUI thread.

What a file is goes by its content, not by its name alone. What could reach for other files, such as SVG and HTML, is
text.
"""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from msgspec import Struct
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from desktop.integration.qt_paths import plain_file
from desktop.models.item_words import kind_icon
from desktop.words import show_size, tr
from sync_engine.control.messages import Item

MAX_TEXT_BYTES: Final = 64 * 1024
MAX_PIXELS: Final = 100_000_000
MAX_UNASKED_BYTES: Final = 5_000_000
"""A file that is not on this device is fetched for a preview without asking up to this size."""
_MAX_DECODED_MB: Final = 512
_PICTURES: Final = frozenset({"bmp", "gif", "ico", "jpg", "jpeg", "png", "tif", "tiff", "webp"})
_FORMATS: Final = frozenset({"bmp", "gif", "ico", "jpeg", "png", "tiff", "webp"})
_TEXT_ENDINGS: Final = """
bat c cfg cmake conf cpp cs css csv diff go h hpp htm html ini java js json jsx kt log lua md mjs org patch php pl
properties ps1 py r rb rs rst sh sql srt svg tex text toml ts tsv tsx txt vtt xml yaml yml
"""
_TEXTS: Final = frozenset(_TEXT_ENDINGS.split())
_STRANGE: Final = "\N{REPLACEMENT CHARACTER}"


class Text(Struct, frozen=True):
    text: str
    is_cut: bool
    """There is more of it in the file."""


class Nothing(Struct, frozen=True):
    """There is no preview, and why if there is something to say."""

    why: str = ""


Preview: TypeAlias = QImage | Text | Nothing


def ending(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").lower()


def is_picture(name: str) -> bool:
    return ending(name) in _PICTURES


def kind_in_words(item: Item) -> str:
    """``JPG picture``, ``PDF document``, ``Folder``."""
    end = ending(item.name).upper()
    words = {
        "folder": tr("Folder"),
        "link": tr("Symbolic link"),
        "image": tr("{ending} picture"),
        "text": tr("{ending} document"),
        "pdf": tr("PDF document"),
        "audio": tr("{ending} sound"),
        "video": tr("{ending} film"),
        "archive": tr("{ending} archive"),
        "file": tr("{ending} file") if end and len(end) <= 8 and end.isalnum() else tr("File"),
    }
    return words[kind_icon(item)].format(ending=end)


def may_have_one(item: Item) -> bool:
    """Going by the name: worth fetching for."""
    return item.kind == "file" and item.size > 0 and ending(item.name) in _PICTURES | _TEXTS


def read_preview(path: Path, box: QSize, name: str = "") -> Preview:
    """Of a file on the disk; a picture fits into ``box``, in pixels, and is never larger than it is by itself. ``name``
    is what the file is called, where this is a copy for looking at."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return Nothing()
        if ending(name or path.name) in _PICTURES:
            return _read_picture(path, box)
        return _read_text(path)
    except OSError:
        return Nothing(tr("The file cannot be read."))


def _read_picture(path: Path, box: QSize) -> Preview:
    QImageReader.setAllocationLimit(_MAX_DECODED_MB)
    reader = QImageReader(plain_file(path))
    reader.setDecideFormatFromContent(True)
    if not reader.canRead() or bytes(reader.format().data()).decode() not in _FORMATS:
        return Nothing(tr("This is no picture that can be shown here."))
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MAX_PIXELS:
        return Nothing(tr("The picture is too large for a preview."))
    reader.setAutoTransform(True)
    if size.isValid():
        is_turned = reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90
        fitting = size.scaled(box.transposed() if is_turned else box, Qt.AspectRatioMode.KeepAspectRatio)
        if fitting.width() < size.width():
            reader.setScaledSize(fitting.expandedTo(QSize(1, 1)))
    image = reader.read()
    if image.isNull():
        return Nothing(tr("The picture is damaged, or not whole."))
    if image.width() > box.width() or image.height() > box.height():
        image = image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return image


def _read_text(path: Path) -> Preview:
    with path.open("rb") as file:
        content = file.read(MAX_TEXT_BYTES + 1)
    text = decode(content[:MAX_TEXT_BYTES], is_cut=len(content) > MAX_TEXT_BYTES)
    return Nothing() if text is None else Text(text, is_cut=len(content) > MAX_TEXT_BYTES)


def decode(content: bytes, *, is_cut: bool = False) -> str | None:
    """As UTF-8, or what else it says it is, or the old western code; ``None`` if it is no text. Where it ``is_cut``,
    the last character may lack its end."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _plain(content[: len(content) // 2 * 2].decode("utf-16", errors="replace"))
    if b"\0" in content:
        return None
    try:
        return _plain(codecs.getincrementaldecoder("utf-8-sig")().decode(content, final=not is_cut))
    except UnicodeDecodeError:
        text = _plain(content.decode("cp1252", errors="replace"))
        return None if text.count(_STRANGE) > len(text) // 20 else text


def _plain(text: str) -> str:
    """Without what moves a cursor, but for tabs and ends of lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate({code: _STRANGE for code in range(32) if code not in {9, 10}})


def unasked(item: Item) -> bool:
    """Whether its preview is fetched at once."""
    return item.size <= MAX_UNASKED_BYTES


def offer(item: Item) -> str:
    """What stands where a preview would be fetched."""
    return tr("Not on this device. {size} would be downloaded to show it.").format(size=show_size(item.size))
