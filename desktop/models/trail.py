"""Where one was, and the way to where one is."""

from __future__ import annotations

from msgspec import Struct

from desktop.words import show_name, tr


class Place(Struct, frozen=True):
    """A page, and what of it is shown: a path of the tree for that of the files, else ""."""

    page: str
    path: str = ""


class Trail:
    """Back and forward."""

    def __init__(self, start: Place) -> None:
        self._places = [start]
        self._at = 0

    @property
    def here(self) -> Place:
        return self._places[self._at]

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._places) - 1

    def go(self, place: Place) -> bool:
        """What was ahead is forgotten. Gives whether this is another place."""
        if place == self.here:
            return False
        del self._places[self._at + 1 :]
        self._places.append(place)
        self._at += 1
        return True

    def back(self) -> Place:
        self._at = max(self._at - 1, 0)
        return self.here

    def forward(self) -> Place:
        self._at = min(self._at + 1, len(self._places) - 1)
        return self.here


def crumbs(path: str) -> list[tuple[str, str]]:
    """Name to show, and path, of each folder on the way, the root's first."""
    names = path.split("/") if path else []
    return [(tr("All files"), "")] + [(show_name(name), "/".join(names[: at + 1])) for at, name in enumerate(names)]


def folder_of(path: str) -> str:
    """In which a path is."""
    return path.rpartition("/")[0]
