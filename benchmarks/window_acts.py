"""What people do in the window: each call begins it, and gives what tells whether all has come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

End: TypeAlias = Callable[[], bool]


def open_folder(window: Any, path: str, count: str) -> End:
    listing = window.files.listing
    window.files.show_folder(path)
    return lambda: listing.is_whole and listing.model.rowCount() == int(count)


def await_rows(window: Any, count: str) -> End:
    return lambda: bool(window.files.listing.model.rowCount() == int(count))


def choose_all(window: Any) -> End:
    window.files.focus()
    QTest.keyClick(window.files.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    return lambda: len(window.files.chosen.items()) == window.files.listing.model.rowCount()


def choose_every_tenth(window: Any) -> End:
    """By their names."""
    names = [item.name for item in window.files.listing.model.items[::10]]
    window.files.chosen.choose(names)
    return lambda: len(window.files.chosen.items()) == len(names)


def copy(window: Any) -> End:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("")
    window.files.acting.actions.by_name["copy"].trigger()
    return lambda: clipboard.mimeData().hasUrls()


def sort(window: Any, column: str) -> End:
    """From the last to the first by one of the columns, from the first to the last by name."""
    model = window.files.listing.model
    was = model.items
    order = Qt.SortOrder.DescendingOrder if int(column) else Qt.SortOrder.AscendingOrder
    window.files.table.horizontalHeader().setSortIndicator(int(column), order)
    return lambda: model.items is not was


def type_name(window: Any, text: str) -> End:
    window.files.table.keyboardSearch(text)
    return _at_once


def search(window: Any, text: str) -> End:
    listing = window.files.listing
    window._top.search.setText(text)
    return lambda: listing.searched == text and listing.is_whole and bool(listing.model.items)


def leave_search(window: Any, count: str) -> End:
    listing = window.files.listing
    window._top.search.clear()
    return lambda: not listing.searched and listing.is_whole and listing.model.rowCount() == int(count)


def show_gallery(window: Any) -> End:
    window._top.chose_gallery.emit(True)
    return _at_once


def show_list(window: Any) -> End:
    window._top.chose_gallery.emit(False)
    return _at_once


def scroll(window: Any) -> End:
    """To the end, to the start, and by keys."""
    view = window.files.chosen.view
    bar = view.verticalScrollBar()
    for place in (bar.maximum(), 0):
        bar.setValue(place)
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
        QTest.keyClick(view, key)
    return _at_once


def delete(window: Any, count: str) -> End:
    """What is chosen, until so many are left; the question is answered."""
    window.files.acting.actions.by_name["delete"].trigger()

    def is_done() -> bool:
        for box in window.findChildren(QMessageBox):
            if box.isVisible():
                next(b for b in box.findChildren(QPushButton) if b.property("role") == "danger").click()
        return bool(window.files.listing.model.rowCount() == int(count))

    return is_done


def undo(window: Any, count: str) -> End:
    window.files.acting.actions.by_name["undo"].trigger()
    return await_rows(window, count)


def open_in_tree(window: Any, row: str, count: str) -> End:
    """A folder of the topmost ones."""
    tree = window._left.tree
    index = tree.model().index(int(row), 0, tree.rootIndex())
    tree.expand(index)
    return lambda: tree.model().rowCount(index) == int(count)


def choose_theme(_window: Any, choice: str) -> End:
    from desktop.look.theme import apply, is_dark

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply(app, "dark" if choice == "dark" else "light")
    return lambda: is_dark() == (choice == "dark")


def _at_once() -> bool:
    return True


ACTS: Final[dict[str, Callable[..., End]]] = {
    act.__name__: act
    for act in (
        open_folder,
        await_rows,
        choose_all,
        choose_every_tenth,
        copy,
        sort,
        type_name,
        search,
        leave_search,
        show_gallery,
        show_list,
        scroll,
        delete,
        undo,
        open_in_tree,
        choose_theme,
    )
}
