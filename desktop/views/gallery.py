"""Items as a gallery of tiles, with small pictures of what is a picture.

Where each tile is follows from its number alone: nothing is asked of tiles that are not in sight.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from desktop.look.icons import icon
from desktop.look.measures import high, wide
from desktop.look.theme import colour
from desktop.look.tokens import TILE_PX
from desktop.models import item_words
from desktop.models.indexes import Index
from desktop.models.items import ITEM, NAME, ItemsModel
from desktop.models.thumbnails import Thumbnails
from desktop.views.item_view import ItemView, NameDelegate
from desktop.words import show_name, tr
from sync_engine.control.messages import Item

_PICTURE_PX: Final = 100
"""Height of a picture. Tiles and what is in them grow with the text."""
_GAP: Final = 8
_EDGE: Final = 12


class Gallery(ItemView, QAbstractItemView):
    """Rows of tiles, as many beside one another as there is room for."""

    def __init__(self, model: ItemsModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        side = wide(TILE_PX)
        self._tile, self._step = QSize(side, side), side + _GAP
        self.setItemDelegate(_TileDelegate(thumbnails, self._tile, self))
        self.prepare()
        self.verticalScrollBar().setSingleStep(self._step // 3)
        thumbnails.made.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(thumbnails.forget_wishes)
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._fit)

    # --- where tiles are ----------------------------------------------------------------------------------------

    def _columns(self) -> int:
        return max((self.viewport().width() - _EDGE) // self._step, 1)

    def _rect(self, number: int) -> QRect:
        """In the viewport."""
        line, column = divmod(number, self._columns())
        return QRect(QPoint(_EDGE + column * self._step, _GAP + line * self._step - self.verticalOffset()), self._tile)

    def _numbers(self, place: QRect) -> list[range]:
        """Of the tiles that have a part in it, a range for each line."""
        columns, count = self._columns(), self.model().rowCount()
        top, bottom = place.top() + self.verticalOffset() - _GAP, place.bottom() + self.verticalOffset() - _GAP
        first = max((place.left() - _EDGE + _GAP) // self._step, 0)
        last = min((place.right() - _EDGE) // self._step, columns - 1)
        lines = range(max((top + _GAP) // self._step, 0), bottom // self._step + 1)
        found = [range(line * columns + first, min(line * columns + last + 1, count)) for line in lines]
        return [numbers for numbers in found if numbers]

    def visualRect(self, index: Index) -> QRect:
        return self._rect(index.row()) if index.isValid() and index.column() == NAME else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        for numbers in self._numbers(QRect(point, QSize(1, 1))):
            return self.model().index(numbers[0], NAME)
        return QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        rect, bar, height = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        if rect.top() < 0 or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + rect.top() - _GAP)
        elif rect.bottom() > height:
            bar.setValue(bar.value() + rect.bottom() - height + _GAP)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return index.column() != NAME

    def _fit(self) -> None:
        lines = -(-self.model().rowCount() // self._columns())
        height = self.viewport().height()
        self.verticalScrollBar().setRange(0, max(_GAP + lines * self._step - height, 0))
        self.verticalScrollBar().setPageStep(height)
        self.viewport().update()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- what is chosen -----------------------------------------------------------------------------------------

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Screen readers are not told of tiles by Qt: the view itself says which one has the keyboard."""
        super().currentChanged(current, previous)
        self.setAccessibleName(current.data(Qt.ItemDataRole.AccessibleTextRole) or tr("Files"))

    def setSelection(self, rect: QRect, flags: QItemSelectionModel.SelectionFlag) -> None:
        chosen = QItemSelection()
        for numbers in self._numbers(rect.normalized()):
            chosen.select(self.model().index(numbers[0], NAME), self.model().index(numbers[-1], NAME))
        self.selectionModel().select(chosen, flags)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        moves, columns, count = QAbstractItemView.CursorAction, self._columns(), self.model().rowCount()
        page = max(self.viewport().height() // self._step, 1) * columns
        at = self.currentIndex().row() if self.currentIndex().isValid() else -1
        wanted = {
            moves.MoveLeft: at - 1,
            moves.MovePrevious: at - 1,
            moves.MoveRight: at + 1,
            moves.MoveNext: at + 1,
            moves.MoveUp: at - columns if at >= columns else at,
            moves.MoveDown: at + columns if at + columns < count else at,
            moves.MovePageUp: at - page,
            moves.MovePageDown: at + page,
            moves.MoveHome: 0,
            moves.MoveEnd: count - 1,
        }[action]
        return self.model().index(min(max(wanted, 0), count - 1), NAME) if count else QModelIndex()

    # --- events -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        hovered = self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) if self.underMouse() else None
        chosen, states = self.selectionModel(), QStyle.StateFlag
        for numbers in self._numbers(event.rect()):
            for number in numbers:
                index = self.model().index(number, NAME)
                option.rect = self._rect(number)
                option.state = states.State_Enabled
                if chosen.isSelected(index):
                    option.state |= states.State_Selected
                if index in (hovered, self.aimed_at):
                    option.state |= states.State_MouseOver
                if index == self.aimed_at or (index == self.currentIndex() and self.hasFocus()):
                    option.state |= states.State_HasFocus
                self.itemDelegate().paint(painter, option, index)
        painter.end()


class _TileDelegate(NameDelegate):
    def __init__(self, thumbnails: Thumbnails, tile: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._tile, self._picture = tile, QSize(tile.width() - 16, wide(_PICTURE_PX))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self._tile

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Item = index.data(ITEM)
        tile = QRect(option.rect.topLeft(), self._tile)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            _rounded(painter, tile, option.palette.color(QPalette.ColorRole.Highlight))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            _rounded(painter, tile, colour("surface-2"))
        picture = QRect(tile.left() + 8, tile.top() + 8, self._picture.width(), self._picture.height())
        self._paint_picture(painter, picture, item, index)
        self._paint_words(painter, tile, picture, item, option.fontMetrics)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 6, 6)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        left, top = option.rect.left() + 2, option.rect.top() + self._picture.height() + 14
        editor.setGeometry(left, top, self._tile.width() - 4, high(28))

    def _paint_picture(self, painter: QPainter, place: QRect, item: Item, index: Index) -> None:
        made = None
        model = index.model()
        path = model.disk_path(item) if isinstance(model, ItemsModel) and item_words.is_picture(item) else None
        ratio = painter.device().devicePixelRatioF()
        if path is not None:
            made = self._thumbnails.find(path, round(self._picture.width() * ratio), item.changed_at)
        if made is None:
            tone = "accent" if item.kind == "folder" and item.is_here else "text-2"
            middle = QRect(0, 0, 48, 48)
            middle.moveCenter(place.center())
            icon(item_words.kind_icon(item), tone).paint(painter, middle)
            return
        size = made.size() / ratio
        if size.height() > self._picture.height():
            size.scale(self._picture, Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(place.topLeft(), size)
        shown.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(shown, 4, 4)
        painter.setClipPath(outline)
        painter.drawPixmap(shown, made)
        painter.setClipping(False)

    def _paint_words(self, painter: QPainter, tile: QRect, picture: QRect, item: Item, metrics: QFontMetrics) -> None:
        line = QRect(tile.left() + 8, picture.bottom() + 6, tile.width() - 16, metrics.height() + 2)
        has_sign = item.state != "in-step"
        room = line.width() - (20 if has_sign else 0)
        name = metrics.elidedText(show_name(item.name.rpartition("/")[2]), Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(colour("text" if item.is_here else "text-2"))
        width = min(metrics.horizontalAdvance(name), room) + (20 if has_sign else 0)
        start = line.left() + (line.width() - width) // 2
        if has_sign:
            name_icon, tone = item_words.state_icon(item)
            icon(name_icon, tone).paint(painter, QRect(start, line.top(), 16, line.height()))
            start += 20
        painter.drawText(
            QRect(start, line.top(), room, line.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            name,
        )
        if not item.is_here or item.kind == "folder":
            under = tr("Not on this device") if not item.is_here else ""
        else:
            under = item_words.size_text(item)
        painter.setPen(colour("text-2"))
        below = line.translated(0, line.height())
        painter.drawText(
            below, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(under, Qt.TextElideMode.ElideRight, below.width())
        )


def _rounded(painter: QPainter, place: QRect, ink: QColor) -> None:
    painter.setBrush(ink)
    painter.drawRoundedRect(place, 6, 6)
