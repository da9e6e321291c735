"""Asks a person something, with buttons that say what they do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from desktop.look.questions import lay_out
from desktop.words import plain_label, wrappable


def ask(
    parent: QWidget,
    text: str,
    more: str,
    act: tuple[str, Callable[[], object]],
    leave: tuple[str, Callable[[], object] | None],
    *,
    is_danger: bool = False,
) -> QMessageBox:
    """Stands before its window until it is answered. Esc, Enter and closing it choose ``leave``.

    Args:
        parent: in whose window.
        text: the question, or what is the case.
        more: what it means.
        act: the words of the button, and what it does.
        leave: the same of the one by which nothing harmful happens.
        is_danger: what it does cannot simply be undone.
    """
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Lockstep", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(wrappable(text))
    box.setInformativeText(wrappable(more))
    box.setWindowModality(Qt.WindowModality.WindowModal)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    doing = QPushButton(plain_label(act[0]), box)
    doing.setProperty("role", "danger" if is_danger else "primary")
    leaving = QPushButton(plain_label(leave[0]), box)
    box.addButton(leaving, QMessageBox.ButtonRole.RejectRole)
    box.addButton(doing, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(leaving)
    box.setEscapeButton(leaving)

    def answered() -> None:
        does = act[1] if box.clickedButton() is doing else leave[1]
        if does is not None:
            does()

    once = Qt.ConnectionType.SingleShotConnection  # a second click may come after it is closed
    box.finished.connect(lambda _: answered(), once)
    lay_out(box)
    box.open()
    return box
