"""Pictures become thumbnails in a process that trusts none of their bytes."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server_api.workers import shrinking

PROGRAM = str(Path(shrinking.__file__))


def shrink(data: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", PROGRAM], input=data, capture_output=True, env={}, timeout=120, check=False
    )


def thumbnail(data: bytes) -> Image.Image:
    """As the process makes it, in this one."""
    made = shrinking.thumbnail_of(data)
    assert made is not None
    picture = Image.open(io.BytesIO(made))
    assert picture.format == "WEBP"
    picture.load()
    return picture


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def halves() -> Image.Image:
    """Black on the left, white on the right."""
    picture = Image.new("L", (400, 300))
    picture.paste(255, (200, 0, 400, 300))
    return picture


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that says that it is of this size, whatever its data are."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "1"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "I;16"),
        ("GIF", "P"), ("BMP", "RGB"), ("TIFF", "F"), ("TIFF", "CMYK"), ("WEBP", "RGBA"), ("PNG", "LA"),
    ],
)  # fmt: skip
def test_what_people_have_is_shown_as_it_looks(kind: str, mode: str) -> None:
    if mode == "I;16":
        picture = Image.frombytes("I;16", (400, 300), (b"\0\0" * 200 + b"\xff\xff" * 200) * 300)
    else:
        picture = halves().convert(mode)
    small = thumbnail(encoded(picture, kind)).convert("RGB")
    assert small.size == (256, 192)
    for at, colour in ((20, 0), (236, 255)):
        seen: Any = small.getpixel((at, 96))
        assert max(abs(each - colour) for each in seen) < 12


def test_small_pictures_are_not_blown_up() -> None:
    assert thumbnail(encoded(Image.new("RGB", (3, 7)), "PNG")).size == (3, 7)


def test_what_is_clear_stays_clear() -> None:
    small = thumbnail(encoded(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG"))
    assert small.mode == "RGBA"
    assert small.getchannel("A").getextrema() == (0, 0)


def test_a_photo_is_turned_as_its_camera_was_and_tells_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    done = shrink(encoded(halves(), "JPEG", exif=exif, comment=b"SECRET", icc_profile=b"SECRET"))
    small = Image.open(io.BytesIO(done.stdout))
    assert small.size == (192, 256)
    top: Any = small.convert("L").getpixel((96, 10))
    assert top < 12
    assert b"SECRET" not in done.stdout
    assert not small.getexif()


def test_of_an_animation_the_first_picture_is_shown() -> None:
    data = encoded(Image.new("L", (50, 50), 255), "GIF", save_all=True, append_images=[Image.new("L", (50, 50))] * 3)
    small = thumbnail(data)
    assert getattr(small, "n_frames", 1) == 1
    seen: Any = small.convert("L").getpixel((25, 25))
    assert seen > 240


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run",
        b"%PDF-1.4",
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + bytes(100),
        encoded(halves(), "JPEG")[:900],
        encoded(halves(), "PNG")[:-40],
        encoded(halves(), "ICO"),
        png(0, 5),
        png(2**31 - 1, 2**31 - 1),
        png(60_000, 60_000),
        png(7_000, 8_000),
        png(100, 100, b"short"),
    ],
    ids=[
        "empty", "text", "SVG", "PostScript", "PDF", "GIF that is HTML", "JPEG of nothing", "cut JPEG", "cut PNG",
        "a kind that nobody asked for", "no width", "larger than can be", "bomb", "a little too large", "too few rows",
    ],
)  # fmt: skip
def test_what_is_no_picture_gets_no_thumbnail(data: bytes) -> None:
    assert shrinking.thumbnail_of(data) is None


def test_each_kind_can_be_opened_without_a_file_of_python_s() -> None:
    """What a decoder loads only when it needs it has to be there before."""
    for kind, mode in (("GIF", "P"), ("TIFF", "RGB"), ("PNG", "I;16"), ("WEBP", "RGBA")):
        done = shrink(encoded(Image.new(mode, (9, 9)), kind))
        assert (done.returncode, done.stdout[:4]) == (0, b"RIFF"), kind
    done = shrink(b"GIF89a<script>alert(1)</script>")
    assert (done.returncode, done.stdout) == (shrinking.UNFIT, b"")


def test_a_picture_that_is_something_else_as_well_is_made_anew() -> None:
    """Nothing of what comes with it is in the thumbnail."""
    made = shrinking.thumbnail_of(encoded(halves(), "PNG") + b"PK\x03\x04<script>alert(1)</script>")
    assert made is not None
    assert b"script" not in made


def test_the_process_has_no_way_out_once_it_looks_at_a_picture() -> None:
    tried = f"""
import runpy, resource, socket, os
module = runpy.run_path({PROGRAM!r})
module["give_up_rights"]()
for attempt in (socket.socket, lambda: open("/etc/hostname"), os.pipe, lambda: bytearray(2**30)):
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    raise SystemExit(9)
raise SystemExit(0 if resource.getrlimit(resource.RLIMIT_CPU) == (5, 5) else 8)
"""
    done = subprocess.run([sys.executable, "-I", "-c", tried], capture_output=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
