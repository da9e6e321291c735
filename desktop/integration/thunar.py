"""Lockstep's entries among the actions that a person has in Thunar, whose file is theirs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

_EMPTY: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<actions>\n</actions>\n'
_OURS: Final = "<!-- made by lockstep -->\n"
"""At the end of a file that was not there before."""
_ACTION: Final = re.compile(
    r"[ \t]*<action>(?:(?!</action>).)*?<unique-id>lockstep-[a-z-]+</unique-id>.*?</action>\n?", re.DOTALL
)


def with_actions(text: str | None, default: str | None, entries: Mapping[str, tuple[str, str]]) -> str:
    """The file with our entries in it, and everything else as it was.

    Args:
        text: the file; ``None`` if there is none.
        default: what Thunar shows to people without a file of their own, and would show no more.
        entries: by their ids, what people read and the command, as a shell would read it.

    Raises:
        ValueError: it is nothing that could be added to.
    """
    base = text if text is not None else (default or _EMPTY) + _OURS
    base = _ACTION.sub("", base)
    try:
        root = ET.fromstring(base)  # noqa: S314 - the person's own file
    except ET.ParseError as error:
        raise ValueError(str(error)) from error
    start, end, rest = base.rpartition("</actions>")
    if root.tag != "actions" or not end:
        raise ValueError("there are no actions in it")
    if start and not start.endswith("\n"):
        start += "\n"
    return start + "".join(_action(name, *entry) for name, entry in entries.items()) + end + rest


def without_actions(text: str, default: str | None) -> str | None:
    """The file without our entries; ``None`` if it is there for them alone."""
    left = _ACTION.sub("", text)
    return None if left == (default or _EMPTY) + _OURS else left


def place_of(config: Path) -> Path:
    return config / "Thunar/uca.xml"


def default_of(system: Sequence[str] = ("/etc/xdg",)) -> str | None:
    for folder in os.environ.get("XDG_CONFIG_DIRS", "").split(":") + list(system):
        place = Path(folder, "Thunar/uca.xml")
        if folder and place.is_file():
            return place.read_text(encoding="utf-8")
    return None


def _action(name: str, label: str, command: str) -> str:
    kinds = "".join(f"<{kind}/>" for kind in ("audio-files", "image-files", "other-files", "text-files", "video-files"))
    kinds += "" if name == "lockstep-versions" else "<directories/>"
    return (
        f"<action><icon>lockstep</icon><name>{escape(label)}</name><submenu></submenu><unique-id>{name}</unique-id>"
        f"<command>{escape(command)}</command><description></description><range>1-1</range><patterns>*</patterns>"
        f"{kinds}</action>\n"
    )
