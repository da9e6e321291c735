"""What an answer says of a file that is sent to a browser: its type, and the name to save it under.

No type is told that a browser would run or render as a page of the address that it comes from: HTML, SVG, XML, scripts
and whatever is not known are just bytes. By the name alone; what is in the file decides nothing.
"""

from __future__ import annotations

import re
from typing import Final

BINARY: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"

_IMAGES: Final = {
    "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "webp": "image/webp",
}  # fmt: skip
_AUDIO: Final = {
    "aac": "audio/aac", "flac": "audio/flac", "m4a": "audio/mp4", "mp3": "audio/mpeg", "oga": "audio/ogg",
    "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
}  # fmt: skip
_VIDEO: Final = {
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "ogv": "video/ogg",
    "webm": "video/webm",
}
_TEXT: Final = dict.fromkeys(("csv", "log", "md", "markdown", "rst", "tex", "tsv", "txt"), TEXT)
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OTHERS: Final = {
    "7z": "application/x-7z-compressed",
    "doc": "application/msword",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "epub": "application/epub+zip",
    "gz": "application/gzip",
    "heic": "image/heic",
    "json": "application/json",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "zip": "application/zip",
}
_SHOWN: Final = {"image": _IMAGES, "audio": _AUDIO, "video": _VIDEO, "text": _TEXT, "pdf": {"pdf"}}
_TYPES: Final = _IMAGES | _AUDIO | _VIDEO | _TEXT | _OTHERS
_TOKEN: Final = re.compile(r"[\w!#$&+.^`|~-]+", re.ASCII)
_KEPT: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def media_type(name: str) -> str:
    """The type to send a file of this name with; ``BINARY`` where none is known that is safe."""
    return _TYPES.get(_extension(name), BINARY)


def shown_as(name: str) -> str | None:
    """``image``, ``audio``, ``video``, ``text`` or ``pdf``: how it can be shown without running it; else ``None``."""
    extension = _extension(name)
    return next((kind for kind, types in _SHOWN.items() if extension in types), None)


def attachment(name: str) -> str:
    """The header that has a browser save it, under a name of any script (RFC 6266, RFC 8187)."""
    plain = name.encode("ascii", "replace").decode().translate(str.maketrans('"\\/%', "____"))
    plain = "".join(c if c.isprintable() else "_" for c in plain)
    simple = f"attachment; filename={plain}" if _TOKEN.fullmatch(plain) else f'attachment; filename="{plain}"'
    return simple if plain == name else f"{simple}; filename*=UTF-8''{_quoted(name)}"


def _quoted(name: str) -> str:
    return "".join(chr(byte) if byte in _KEPT else f"%{byte:02X}" for byte in name.encode("utf-8", "replace"))


def _extension(name: str) -> str:
    stem, _, extension = name.rpartition(".")
    return extension.lower() if stem else ""
