"""A picture from standard input becomes a thumbnail on standard output: a program of its own, which trusts nothing.

It is run by its path, one process for one picture, and knows nothing of the server. Before it looks at the picture it
gives up what it does not need: memory and processor time beyond a bound, files beyond those it has, and with them
sockets, so that whoever takes it over by a flaw of a decoder reaches nobody. It ends with 0 and a WebP of at most 256
by 256 pixels, with 3 if this is no picture that it knows, or else dies.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import warnings
from typing import Any, Final

from PIL import Image, ImageFile, ImageOps

SIZE: Final = 256
UNFIT: Final = 3
"""The exit code that says so; 1 is Python's own, where it cannot even begin."""
MAX_BYTES: Final = 64 * 1024 * 1024
"""Of a picture."""
MAX_THUMBNAIL_BYTES: Final = 256 * 1024
MAX_PIXELS: Final = 50_000_000
MAX_DRAFT_PIXELS: Final = 250_000_000
"""Of a JPEG, which is decoded at an eighth of its size."""
MAX_SIDE: Final = 65_500
ORIENTATION: Final = 0x0112
_MEMORY_BYTES: Final = 768 * 1024 * 1024
_SECONDS: Final = 5
_FORMATS: Final = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")


class Unfit(Exception):
    """This is not made into a thumbnail."""


def give_up_rights() -> None:
    """From here on the process computes, with so much memory and time, and does nothing else."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, MAX_THUMBNAIL_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def thumbnail_of(data: bytes) -> bytes | None:
    """A WebP; ``None`` if this is no picture, or one that is not looked at."""
    if len(data) > MAX_BYTES:
        return None
    try:
        made = shrink(data)
    except (MemoryError, Exception):  # noqa: BLE001 - whatever a decoder thinks of this, it gets no thumbnail
        return None
    return made if len(made) <= MAX_THUMBNAIL_BYTES else None


def shrink(data: bytes) -> bytes:
    """The thumbnail, as a WebP. Raises: Unfit, and whatever a decoder raises at a picture that is none."""
    Image.MAX_IMAGE_PIXELS = None  # there are bounds of our own
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        _check(picture)
        picture.draft("RGB", (2 * SIZE, 2 * SIZE))  # a JPEG is decoded no larger than is needed
        if picture.width * picture.height > MAX_PIXELS:
            raise Unfit
        picture.load()  # of an animation the first picture
        seen = ImageOps.exif_transpose(_eight_bits(picture))
    seen.thumbnail((SIZE, SIZE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    has_alpha = seen.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in seen.info
    plain = seen.convert("RGBA" if has_alpha else "RGB")
    plain.info.clear()  # nobody learns from a thumbnail where a photo was taken
    written = io.BytesIO()
    plain.save(written, "WEBP", quality=80, method=4)
    return written.getvalue()


def _check(picture: Image.Image) -> None:
    most = MAX_DRAFT_PIXELS if picture.format in {"JPEG", "MPO"} else MAX_PIXELS
    if max(picture.size) > MAX_SIDE or picture.width * picture.height > most or min(picture.size) < 1:
        raise Unfit


def _eight_bits(picture: Image.Image) -> Image.Image:
    """The same in a mode that can be shrunk: 16 bits a pixel have to be scaled, not cut off."""
    if picture.mode.startswith("I;16"):
        scaled = picture.convert("I").point(lambda value: value * (1 / 256))
        return _with_exif_of(picture, scaled.convert("L"))
    if picture.mode in {"I", "F"}:
        low, high = _extremes(picture)
        factor = 255 / (high - low) if high > low else 1.0
        scaled = picture.convert("F").point(lambda value: value * factor + -low * factor)
        return _with_exif_of(picture, scaled.convert("L"))
    return picture


def _extremes(picture: Image.Image) -> tuple[float, float]:
    found: Any = picture.getextrema()
    return float(found[0]), float(found[1])


def _with_exif_of(picture: Image.Image, other: Image.Image) -> Image.Image:
    other.info = dict(picture.info)
    return other


def _rehearse() -> None:
    """Have all loaded that will be needed: later no file can be opened."""
    Image.init()
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    for kind in _FORMATS:
        for mode in ("P", "RGB"):
            if (kind, mode) not in {("JPEG", "P"), ("WEBP", "P")}:
                written = io.BytesIO()
                options = {"exif": exif} if kind in {"JPEG", "PNG", "TIFF", "WEBP"} else {}
                Image.new(mode, (2, 2)).save(written, kind, **options)
                shrink(written.getvalue())


def main() -> int:
    """The exit code."""
    warnings.simplefilter("ignore")
    os.nice(15)
    _rehearse()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    give_up_rights()
    made = thumbnail_of(data)
    if made is None:
        return UNFIT
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
