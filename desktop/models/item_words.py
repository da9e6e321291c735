"""How an item is told: its icon, its state in a shape and a word."""

from __future__ import annotations

from typing import Final

from desktop.words import capital, exact_time, show_name, show_size, show_time, tr
from sync_engine.control.messages import Item

_STATE_ICONS: Final = {
    "in-step": ("in-step", "good"),
    "pending": ("waiting", "text-2"),
    "uploading": ("moving", "accent"),
    "downloading": ("moving", "accent"),
    "conflict": ("conflict", "warn"),
    "problem": ("attention", "bad"),
    "excluded": ("offline", "text-2"),
    "ignored": ("ignored", "text-2"),
}
_KINDS: Final = {
    "image": "avif bmp gif heic jpeg jpg png raw svg tif tiff webp",
    "audio": "aac flac m4a mp3 oga ogg opus wav wma",
    "video": "avi m4v mkv mov mp4 mpeg mpg ogv webm wmv",
    "archive": "7z bz2 gz rar tar tgz xz zip zst",
    "pdf": "pdf",
    "text": "csv doc docx html log markdown md odp ods odt ppt pptx rst rtf tex txt xls xlsx",
}
_BY_SUFFIX: Final = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}


def kind_icon(item: Item) -> str:
    """Name of the icon."""
    return icon_for(item.name, item.kind)


def icon_for(name: str, kind: str) -> str:
    """The same, by what an ``Item`` has as ``kind``."""
    if kind != "file":
        return "folder" if kind == "folder" else "link"
    return _BY_SUFFIX.get(name.rpartition(".")[2].casefold(), "file") if "." in name else "file"


def is_picture(item: Item) -> bool:
    """Whether a small picture of it can be made from the disk."""
    return item.kind == "file" and item.is_here and kind_icon(item) == "image"


def state_icon(item: Item) -> tuple[str, str]:
    """Name of the icon, and the token of its colour."""
    return _STATE_ICONS.get(item.state, ("waiting", "text-2"))


def state_word(item: Item, percent: int | None = None) -> str:
    """``percent``: how much of it has gone over, if it is on its way."""
    if percent is not None and item.state in {"uploading", "downloading", "pending"}:
        return tr("{percent} %").format(percent=percent)
    if item.state == "in-step" and not item.is_here:
        return tr("Not on this device")
    return _state_words().get(item.state, tr("Waiting"))


def state_words() -> list[str]:
    """All that there are, for how wide they are."""
    return list(_state_words().values())


def _state_words() -> dict[str, str]:
    return {
        "in-step": tr("In step"),
        "pending": tr("Waiting"),
        "uploading": tr("Uploading"),
        "downloading": tr("Downloading"),
        "conflict": tr("Conflict"),
        "problem": tr("Problem"),
        "excluded": tr("Not on this device"),
        "ignored": tr("Not synced"),
    }


def size_text(item: Item, folder_size: int | None = None) -> str:
    """Of a folder what is known of it; of a link nothing."""
    if item.kind == "folder":
        return "" if folder_size is None else show_size(folder_size)
    return show_size(item.size) if item.kind == "file" else ""


def tip(item: Item, percent: int | None = None) -> str:
    """Plain text, in lines."""
    lines = [show_name(item.name), state_word(item, percent)]
    if item.changed_at is not None:
        lines.append(tr("Changed {time}").format(time=exact_time(item.changed_at)))
    return "\n".join(lines)


def changed_text(item: Item) -> str:
    return capital(show_time(item.changed_at))


def spoken(item: Item, percent: int | None = None) -> str:
    """What a screen reader says of the row."""
    kind = {"folder": tr("folder"), "symlink": tr("link")}.get(item.kind, tr("file"))
    return tr("{name}, {kind}, {state}").format(name=show_name(item.name), kind=kind, state=state_word(item, percent))
