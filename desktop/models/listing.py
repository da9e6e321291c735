"""Fills the rows: asks the daemon, sorts beside the window, and swaps in what has come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from desktop.daemon import Failure
from desktop.models.items import ItemsModel, Places
from desktop.models.sorting import By, row_changes, sort_items
from desktop.session import Session
from sync_engine.control import messages as control
from sync_engine.control.messages import Item

FOUND_AT_MOST: Final = 1_000


class _Arranged(Struct):
    items: list[Item]
    places: Places
    steps: list[tuple[int, int, list[Item]]] | None
    redrawn: tuple[int, int] | None


class Listing(QObject):
    """One folder at a time, or what a search found.

    Signals:
        coming: the rows are about to change, in so many steps.
        came: what is shown is as it is in the tree, or a part of it.
        failed: a ``Failure``: this cannot be shown.

    Attributes:
        path: of the folder; that in which was searched from.
        searched: the text that was searched for, "" for none.
        is_whole: all that there is has come.
        is_cut: a search found more than it gave.
    """

    coming = Signal(int)
    came = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = ItemsModel(self)
        self.path = ""
        self.searched = ""
        self.is_whole = False
        self.is_cut = False
        self._session = session
        self._by: By = "name"
        self._is_down = False
        self._sizes: dict[str, int] = {}
        self._keys: dict[str, str] = {}
        self._items: list[Item] = []
        """What has come, in no order."""
        self._coming: list[Item] = []
        self._hang_up = threading.Event()
        self._is_asking = False
        self._is_arranging = False
        self._ask_again = False
        self._arrange_again = False

    @property
    def is_empty(self) -> bool:
        """Nothing is there, for certain."""
        return self.is_whole and not self._items

    @property
    def shows_all(self) -> bool:
        """All that there is has come, and is among the rows."""
        return self.is_whole and len(self.model.items) == len(self._items)

    # --- what is wanted -----------------------------------------------------------------------------------------

    def show_folder(self, path: str) -> None:
        self._begin(path, "")

    def find(self, text: str) -> None:
        """Anywhere in the tree."""
        self._begin(self.path, text)

    def refresh(self) -> None:
        """Look again, and keep what is shown until the answer is whole."""
        if self._is_asking:
            self._ask_again = True
        else:
            self._ask()

    def sort(self, by: By, *, is_down: bool) -> None:
        if (by, is_down) != (self._by, self._is_down):
            self._by, self._is_down = by, is_down
            self._arrange()

    # --- what comes ---------------------------------------------------------------------------------------------

    def _begin(self, path: str, text: str) -> None:
        self._hang_up.set()
        self.path, self.searched = path, text
        self.is_whole = self.is_cut = False
        self._items, self._sizes = [], {}
        self._keys = {}
        self.model.clear("" if text else path)
        self._ask()

    def _ask(self) -> None:
        self._is_asking, self._ask_again = True, False
        self._coming = []
        self._hang_up = hang_up = threading.Event()
        request = control.FindItems(self.searched, FOUND_AT_MOST) if self.searched else control.ListFolder(self.path)

        def each(answer: object) -> None:
            if hang_up is self._hang_up and isinstance(answer, control.Items):
                self._take(answer)

        def end() -> None:
            if hang_up is self._hang_up:
                self._take_end()

        def fail(failure: Failure) -> None:
            if hang_up is self._hang_up:
                self._is_asking = False
                self.failed.emit(failure)

        self._session.daemon.stream(request, each, end, fail, owner=self, until=hang_up)
        if not self.searched:
            self._session.daemon.ask(
                control.GetFolderSizes(self.path),
                lambda answer: self._take_sizes(hang_up, answer),
                lambda _: None,
                owner=self,
            )

    def _take(self, answer: control.Items) -> None:
        self._coming += answer.items
        self.is_cut = answer.is_cut
        if not self.is_whole:  # there is nothing older to show meanwhile
            self._items = self._coming
            self._arrange()

    def _take_end(self) -> None:
        self._is_asking = False
        self.is_whole = True
        self._items = self._coming
        self._arrange()
        if self._ask_again:
            self._ask()

    def _take_sizes(self, hang_up: threading.Event, answer: object) -> None:
        if hang_up is self._hang_up and isinstance(answer, control.FolderSizes) and answer.sizes != self._sizes:
            self._sizes = answer.sizes
            self.model.set_sizes(answer.sizes)
            if self._by == "size":
                self._arrange()

    def _arrange(self) -> None:
        """Sort what has come; while that goes on, the next time comes after it."""
        if self._is_arranging:
            self._arrange_again = True
            return
        self._is_arranging, self._arrange_again = True, False
        come, shown = self._items[:], self.model.items
        by, is_down, sizes, keys = self._by, self._is_down, self._sizes, self._keys

        def work() -> _Arranged:
            items = sort_items(come, by, is_down, sizes, keys)
            return _arranged(items, shown)

        def then(arranged: _Arranged) -> None:
            self._is_arranging = False
            is_same_place = keys is self._keys
            if is_same_place:
                # Rows that were put meanwhile are not those that the steps start from.
                steps = arranged.steps if shown is self.model.items else None
                self.coming.emit(len(steps or ()))
                self.model.put(arranged.items, steps, arranged.redrawn, arranged.places)
            if self._arrange_again or not is_same_place:
                self._arrange()
            if is_same_place:
                self.came.emit()

        self._session.background.run(work, then, self._not_arranged, owner=self)

    def _not_arranged(self, error: Exception) -> None:
        self._is_arranging = False
        self.failed.emit(Failure("internal", str(error)))


def _arranged(items: list[Item], shown: list[Item]) -> _Arranged:
    steps = row_changes(shown, items) if shown else None
    places = Places(items)
    if steps is None:
        return _Arranged(items, places, None, None)
    was = {item.name: item for item in shown}
    changed = [row for row, item in enumerate(items) if item != was.get(item.name)]
    return _Arranged(items, places, steps, (changed[0], changed[-1]) if changed else None)


def find_item(session: Session, path: str, then: Callable[[Item | None], None], *, owner: QObject) -> None:
    """What is at a path of the tree; its folder knows."""
    folder, _, name = path.rpartition("/")
    found: list[Item] = []

    def each(answer: object) -> None:
        if isinstance(answer, control.Items):
            found.extend(item for item in answer.items if item.name == name)

    def end() -> None:
        then(found[0] if found else None)

    session.daemon.stream(control.ListFolder(folder), each, end, lambda _: then(None), owner=owner)
