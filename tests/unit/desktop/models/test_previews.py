"""What a file shows of itself, and what it must not do."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from desktop.models.previews import (
    MAX_TEXT_BYTES,
    MAX_UNASKED_BYTES,
    Nothing,
    Text,
    decode,
    kind_in_words,
    may_have_one,
    read_preview,
    unasked,
)
from tests.fakes.daemon import item

BOX = QSize(320, 200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


def test_a_large_picture_is_made_to_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    QImage(1_000, 400, QImage.Format.Format_RGB32).save(str(path))
    shown = read_preview(path, BOX)
    assert isinstance(shown, QImage)
    assert (shown.width(), shown.height()) == (320, 128)


def test_a_small_picture_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    QImage(10, 4, QImage.Format.Format_RGB32).save(str(path))
    shown = read_preview(path, BOX)
    assert isinstance(shown, QImage)
    assert shown.width() == 10


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    begun = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + struct.pack(">I4s", 99, b"IDAT")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + begun + bytes(99))
    assert read_preview(path, BOX) == Nothing("The picture is too large for a preview.")


def test_svg_is_never_drawn(tmp_path: Path) -> None:
    for name in ("a.png", "a.svg"):
        (tmp_path / name).write_bytes(SVG)
    assert isinstance(read_preview(tmp_path / "a.png", BOX), Nothing)
    assert read_preview(tmp_path / "a.svg", BOX) == Text(SVG.decode(), is_cut=False)


def test_the_beginning_of_a_long_text_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("ä".encode() * MAX_TEXT_BYTES)
    shown = read_preview(path, BOX)
    assert isinstance(shown, Text)
    assert shown.is_cut
    assert set(shown.text) == {"ä"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"plain", "plain"),
        ("grün".encode(), "grün"),
        ("grün".encode("utf-8-sig"), "grün"),
        ("grün".encode("utf-16"), "grün"),
        ("grün und blau, und noch mehr".encode("latin-1"), "grün und blau, und noch mehr"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (b"a\x1b[31m", "a\N{REPLACEMENT CHARACTER}[31m"),
        (b"PK\3\4\0\0", None),
        (bytes(range(128, 160)) * 4, None),
    ],
)
def test_text_is_read_in_the_code_it_is_in(content: bytes, text: str | None) -> None:
    assert decode(content) == text


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    for name in ("pipe.txt", "link.txt"):
        assert read_preview(tmp_path / name, BOX) == Nothing()
    assert read_preview(tmp_path / "none.txt", BOX) == Nothing("The file cannot be read.")


def test_kinds_are_told_by_name() -> None:
    assert kind_in_words(item("a.tar.gz")) == "GZ archive"
    assert kind_in_words(item("README")) == "File"
    assert kind_in_words(item("a.JPG")) == "JPG picture"
    assert kind_in_words(item("a.jpg", "folder")) == "Folder"
    assert may_have_one(item("a.md", size=1))
    assert not may_have_one(item("a.zip", size=1))
    assert unasked(item("a.jpg", size=MAX_UNASKED_BYTES))
    assert not unasked(item("a.jpg", size=MAX_UNASKED_BYTES + 1))


def test_a_name_that_is_no_unicode_is_no_obstacle(tmp_path: Path) -> None:
    picture, text = (tmp_path / os.fsdecode(name) for name in (b"\xff.png", b"\xff.txt"))
    picture.write_bytes(b"no picture")
    text.write_text("text")
    assert isinstance(read_preview(picture, BOX), Nothing)
    assert read_preview(text, BOX) == Text("text", is_cut=False)
