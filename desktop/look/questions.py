"""How questions are laid out, whoever asks them."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QGridLayout, QLabel, QMessageBox

from desktop.look.measures import wide

_NARROWEST: Final = 360


def lay_out(box: QMessageBox) -> None:
    """As our windows are, once all is in it: Qt would leave room for a picture."""
    grid = box.layout()
    assert isinstance(grid, QGridLayout)
    spacers = [at for at in range(grid.count()) if grid.itemAt(at).spacerItem() is not None]  # type: ignore[union-attr]
    for at in reversed(spacers):
        grid.takeAt(at)
    grid.setContentsMargins(24, 24, 24, 16)
    grid.setHorizontalSpacing(0)
    grid.setVerticalSpacing(12)
    told = box.findChild(QLabel, "qt_msgbox_label")
    assert isinstance(told, QLabel)
    column = grid.getItemPosition(grid.indexOf(told))[1]  # type: ignore[index]
    grid.setColumnStretch(column, 1)  # else the place of the picture takes its share where buttons are wider than words
    grid.setColumnMinimumWidth(column, wide(_NARROWEST))  # a label's own would let Qt cut what is longer
