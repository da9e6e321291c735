"""The two ways to look at items: a list with columns, and a gallery of tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.look.icons import icon
from desktop.look.theme import colour
from desktop.look.tokens import ROW_PX, TILE_PX
from desktop.models import item_words
from desktop.models.items import CHANGED, FOLDER, ITEM, NAME, PATHS, SIZE, STATE, ItemsModel
from desktop.models.thumbnails import Thumbnails
from desktop.words import show_name, tr
from sync_engine.control.messages import Item

_Index = QModelIndex | QPersistentModelIndex
_WIDTHS: Final = {FOLDER: 200, CHANGED: 130, SIZE: 100, STATE: 160}
_BESIDE_STATE: Final = 52
"""Its icon, and space."""
_ROOM: Final = {CHANGED: 560, SIZE: 440}
"""How wide the list has to be for a column."""
_PICTURE: Final = QSize(TILE_PX - 16, 100)
_TILE: Final = QSize(TILE_PX, TILE_PX)


class ItemsTable(QTableView):
    """Rows with columns; the row that has the keyboard is marked as a whole.

    Signals:
        dropped: on a folder, or beside all rows: the data, the row's index, and whether it is to be moved.
        wants_up: the person wants to go to the folder above.
    """

    dropped = Signal(object, QModelIndex, bool)
    wants_up = Signal()

    def __init__(self, model: ItemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.setModel(model)
        _prepare(self)
        self.setItemDelegate(_RowDelegate(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.entered.connect(lambda index: self._hover(index.row()))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self._prepare_header()

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        # Its own choice of nothing: else each painting asks whether every row is chosen.
        header.setSelectionModel(QItemSelectionModel(self.model(), header))
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(NAME, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(64)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        # In other languages, or with larger text, the words of states are longer.
        widest = max(self.fontMetrics().horizontalAdvance(word) for word in item_words.state_words())
        self.setColumnWidth(STATE, max(_WIDTHS[STATE], widest + _BESIDE_STATE))
        self.setColumnHidden(FOLDER, True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column, least in _ROOM.items():
            self.setColumnHidden(column, self.width() < least)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.wants_up.emit()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()  # there is one thing in a row
        else:
            _press(self, event, super().keyPressEvent)

    def keyboardSearch(self, search: str) -> None:
        _search(self, search)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _is_welcome(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # it scrolls, and shows where it would fall
        _judge_drag(self, event)

    def dropEvent(self, event: QDropEvent) -> None:
        index, is_move = _take_drop(self, event)
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()
        self.dropped.emit(event.mimeData(), index, is_move)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()


class Gallery(QListView):
    """Tiles, with small pictures of what is a picture.

    Signals:
        dropped: on a folder, or beside all rows: the data, the row's index, and whether it is to be moved.
        wants_up: the person wants to go to the folder above.
    """

    dropped = Signal(object, QModelIndex, bool)
    wants_up = Signal()

    def __init__(self, model: ItemsModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_TileDelegate(thumbnails, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(2_000)
        self.setUniformItemSizes(True)
        self.setGridSize(_TILE + QSize(8, 8))
        self.setSelectionRectVisible(True)
        self.setViewportMargins(12, 8, 0, 0)
        self.setMouseTracking(True)
        _prepare(self)
        thumbnails.made.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(thumbnails.forget_wishes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.wants_up.emit()
        else:
            _press(self, event, super().keyPressEvent)

    def keyboardSearch(self, search: str) -> None:
        _search(self, search)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _is_welcome(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # it scrolls, and shows where it would fall
        _judge_drag(self, event)

    def dropEvent(self, event: QDropEvent) -> None:
        index, is_move = _take_drop(self, event)
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()
        self.dropped.emit(event.mimeData(), index, is_move)


class _NameDelegate(QStyledItemDelegate):
    """Edits a name in its place."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setProperty("role", "inline")
        editor.setAccessibleName(tr("New name"))
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QLineEdit) and not editor.isModified():
            item: Item = index.data(ITEM)
            editor.setText(item.name)
            dot = item.name.rfind(".") if item.kind == "file" else -1
            end = dot if dot > 0 else len(item.name)
            QTimer.singleShot(0, editor, lambda: editor.setSelection(0, end))  # the view chooses all of it just now
            editor.setModified(True)  # what is typed stays when the row is drawn anew

    def setModelData(self, editor: QWidget, model: Any, index: _Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())


class _RowDelegate(_NameDelegate):
    def __init__(self, table: ItemsTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver)
        if index.row() == self._table.hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        if self._table.hasFocus() and index.row() == self._table.currentIndex().row():
            option.state |= QStyle.StateFlag.State_HasFocus

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        style = self._table.style()
        text = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, self._table)
        editor.setGeometry(text.adjusted(-4, 3, -4, -3))


class _TileDelegate(_NameDelegate):
    def __init__(self, thumbnails: Thumbnails, gallery: Gallery) -> None:
        super().__init__(gallery)
        self._thumbnails = thumbnails
        self._gallery = gallery

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return _TILE

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        item: Item = index.data(ITEM)
        tile = QRect(option.rect.topLeft(), _TILE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            _rounded(painter, tile, option.palette.color(QPalette.ColorRole.Highlight))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            _rounded(painter, tile, colour("surface-2"))
        picture = QRect(tile.left() + 8, tile.top() + 8, _PICTURE.width(), _PICTURE.height())
        self._paint_picture(painter, picture, item, index)
        self._paint_words(painter, tile, picture, item, option.fontMetrics)
        if option.state & QStyle.StateFlag.State_HasFocus and self._gallery.hasFocus():
            painter.setPen(colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 6, 6)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index) -> None:
        corner = option.rect.topLeft()
        editor.setGeometry(corner.x() + 2, corner.y() + 8 + _PICTURE.height() + 6, TILE_PX - 4, 28)

    def _paint_picture(self, painter: QPainter, place: QRect, item: Item, index: _Index) -> None:
        made = None
        model = index.model()
        path = model.disk_path(item) if isinstance(model, ItemsModel) and item_words.is_picture(item) else None
        ratio = painter.device().devicePixelRatioF()
        if path is not None:
            made = self._thumbnails.find(path, round(_PICTURE.width() * ratio), item.changed_at)
        if made is None:
            tone = "accent" if item.kind == "folder" and item.is_here else "text-2"
            middle = QRect(0, 0, 48, 48)
            middle.moveCenter(place.center())
            icon(item_words.kind_icon(item), tone).paint(painter, middle)
            return
        size = made.size() / ratio
        if size.height() > _PICTURE.height():
            size.scale(_PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
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


def _press(view: QAbstractItemView, event: QKeyEvent, otherwise: Callable[[QKeyEvent], None]) -> None:
    """Enter opens on every system."""
    is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
    if is_enter and view.state() != QAbstractItemView.State.EditingState and view.currentIndex().isValid():
        view.activated.emit(view.currentIndex())
    else:
        otherwise(event)


def _is_welcome(event: QDropEvent) -> bool:
    return event.mimeData().hasFormat(PATHS) or event.mimeData().hasUrls()


def _is_folder(index: QModelIndex) -> bool:
    item = index.data(ITEM) if index.isValid() else None
    return isinstance(item, Item) and item.kind == "folder"


def _prepare(view: QAbstractItemView) -> None:
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
    view.setDefaultDropAction(Qt.DropAction.MoveAction)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAccessibleName(tr("Files"))


def _search(view: QAbstractItemView, text: str) -> None:
    """Qt would ask each row; the model knows."""
    model = view.model()
    if isinstance(model, ItemsModel) and text:
        row = model.row_beginning(text, view.currentIndex().row() + (len(text) == 1))
        if row is not None:
            view.setCurrentIndex(model.index(row, NAME))


def _judge_drag(view: QAbstractItemView, event: QDragMoveEvent) -> None:
    is_in_place = event.source() is view and not _is_folder(view.indexAt(event.position().toPoint()))
    if not _is_welcome(event) or is_in_place:
        event.ignore()
        return
    is_move = event.mimeData().hasFormat(PATHS)
    event.setDropAction(Qt.DropAction.MoveAction if is_move else Qt.DropAction.CopyAction)
    event.accept()


def _take_drop(view: QAbstractItemView, event: QDropEvent) -> tuple[QModelIndex, bool]:
    """The folder on which it fell, and whether it is to be moved."""
    index = view.indexAt(event.position().toPoint())
    event.setDropAction(Qt.DropAction.CopyAction)  # what is dragged from is not to remove anything
    event.accept()
    return index if _is_folder(index) else QModelIndex(), event.mimeData().hasFormat(PATHS)
