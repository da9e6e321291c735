"""What is never synced: names that systems and editors make for themselves, and the person's own patterns.

Both apply to what is not in the tree yet: something that is synced already goes on being synced, as git does with
tracked files, so that a pattern added later deletes nothing anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE: Final = ".lockstepignore"
"""At the root, in gitignore's syntax; it is synced itself."""
MAX_IGNORE_BYTES: Final = 256 * 1024

_LITTER: Final = (
    # made by systems for themselves
    r"\.ds_store",  # macOS Finder: view settings
    r"icon\r",  # macOS: custom folder icons
    r"\.apdisk|\.fseventsd|\.spotlight-v100|\.temporaryitems|\.trashes",  # macOS, on disks that travel
    r"desktop\.ini",  # Windows Explorer: view settings
    r"thumbs\.db|ehthumbs\.db",  # Windows Explorer: previews
    r"\.directory",  # KDE Dolphin: view settings
    r"\.trash-.*",  # a file manager's bin on this disk
    r"\.fuse_hidden.*",  # deleted files that a program holds open, on FUSE
    r"\.nfs[0-9a-f]+",  # the same on NFS
    # locks that say who has a document open
    r"\.~lock\..*#",  # LibreOffice
    r"~\$.*",  # Microsoft Office
    r"\.#.*",  # Emacs
)
_UNFINISHED: Final = (
    # written first and renamed over the document when it is complete
    r"\.goutputstream-.*",  # GNOME
    r".*\.sb-[0-9a-f]{8}-.*",  # macOS TextEdit and others
    r"~.*\.tmp",  # Microsoft Word
    r"[0-9a-f]{6,8}\.tmp",  # Microsoft Excel and PowerPoint
    r"lu[0-9a-z]+\.tmp",  # LibreOffice
    r".*\.kate-swp",  # Kate
    # what was there before, or is not saved yet: a person may want it, so it keeps its folder
    r".+~",  # Vim, Emacs, gedit, Kate: the backup; Vim renames the document to it while saving
    r"#.*#",  # Emacs: autosave
    r"\..*\.sw[a-px]",  # Vim: the unsaved buffer
    # downloads that are not complete
    r".*\.(part|partial|filepart|crdownload|opdownload)",  # Firefox, KDE, Chromium, Opera
)
_is_litter = re.compile("|".join(_LITTER), re.IGNORECASE | re.DOTALL).fullmatch
_is_temporary = re.compile("|".join(_LITTER + _UNFINISHED), re.IGNORECASE | re.DOTALL).fullmatch


def is_litter(name: str) -> bool:
    """Built-in junk that goes along when its folder is deleted. Everything else that is ignored keeps its folder."""
    return _is_litter(name) is not None


def is_temporary(name: str) -> bool:
    """A name that systems and programs make for themselves."""
    return _is_temporary(name) is not None


class Rule(Struct, frozen=True):
    """Why something stays out of the tree."""

    path: str
    """Of what the rule is about: the object itself, or the topmost folder above it that is ignored."""
    pattern: str
    """The line of the ignore file; "" for a name that systems and programs make for themselves."""


class Ignored:
    """The rules of one root: the ignore file's lines, and the built-in ones."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines = tuple(lines)
        self._spec = _spec(self._lines) if self._lines else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ignored) and self._lines == other._lines

    def __hash__(self) -> int:
        return hash(self._lines)

    def covers(self, path: str, *, is_folder: bool) -> bool:
        """Whether an object that is not in the tree stays out of it. Paths are relative to the root.

        What lies in an ignored folder is ignored with it; a later ``!pattern`` does not bring it back, as in git.
        """
        name = path.rpartition("/")[2]
        if _is_temporary(name) is not None:
            return True
        return self._spec is not None and self._spec.match_file(path + "/" if is_folder else path)

    def rule(self, path: str, *, is_folder: bool) -> Rule | None:
        """What keeps an object that is not in the tree out of it; ``None`` if nothing does."""
        names = path.split("/")
        for depth, name in enumerate(names, 1):
            above, is_folder_too = "/".join(names[:depth]), is_folder or depth < len(names)
            if self.covers(above, is_folder=is_folder_too):
                return Rule(above, "" if is_temporary(name) else self._pattern(above, is_folder=is_folder_too))
        return None

    def _pattern(self, path: str, *, is_folder: bool) -> str:
        assert self._spec is not None
        index = self._spec.check_file(path + "/" if is_folder else path).index
        return "" if index is None else [line for line in self._lines if line][index]


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - most folders have no patterns, and it takes time to load

    return GitIgnoreSpec.from_lines(lines)


def parse(data: bytes) -> Ignored:
    """The rules that an ignore file's bytes say. A line that is no pattern is as if it were not there."""
    return Ignored(filter(_is_readable, data.decode("utf-8", "replace").splitlines()))


def is_pattern(line: str) -> bool:
    """Whether a line of the ignore file ignores anything, or takes something out again."""
    return _is_readable(line) and any(pattern.include is not None for pattern in _spec([line]).patterns)


def _is_readable(line: str) -> bool:
    try:
        _spec([line])
    except (ValueError, re.error):
        return False
    return True
