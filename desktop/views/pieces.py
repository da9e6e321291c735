"""Small parts of which pages are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from PySide6.QtCore import QAbstractItemModel, QEvent, QItemSelectionModel, QObject, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QTextCharFormat
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QCalendarWidget,
    QDateTimeEdit,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop.look.icons import IconLabel, icon
from desktop.look.measures import high, wide, widest
from desktop.look.tokens import ROW_PX
from desktop.models.indexes import Index
from desktop.words import plain_label, plain_tip, wrappable

D = TypeVar("D", bound=QDateTimeEdit)
S = TypeVar("S", bound=QAbstractSpinBox)
_ICON: Final = 32
_BESIDE_TEXT: Final = 28
_SHARE: Final = 140
"""Pixels that a column which takes what is left needs."""


class _Search(QLineEdit):
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(hint.width(), widest([self.placeholderText()], self.font()) + 64), hint.height())


class _Wrapping(QLabel):
    """Wraps between words only; what is too long for that is whole in the tooltip."""

    def setText(self, text: str) -> None:
        shown = wrappable(text)
        super().setText(shown)
        self.setToolTip("" if shown == text else plain_tip(text))


def label(text: str = "", role: str = "", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """Plain text, whatever is in it."""
    made = _Wrapping(parent) if wraps else QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wraps)
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, does: Callable[[], object], role: str = "", parent: QWidget | None = None) -> QPushButton:
    made = QPushButton(plain_label(text), parent)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    made.clicked.connect(lambda _: does())
    return made


def padded(made: S) -> S:
    """A number to type in. Where a style sheet draws its arrows, Qt lets the text begin at the very edge."""
    made.lineEdit().setTextMargins(9, 0, 0, 0)
    return made


def with_calendar(made: D) -> D:
    """A day to type in, or to choose from a calendar that drops from it."""
    made.setCalendarPopup(True)
    calendar = made.calendarWidget()
    calendar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    calendar.setContentsMargins(1, 1, 1, 1)
    calendar.setMinimumSize(wide(280), 8 * high(26))
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())  # Qt's own red says no more than that it is a weekend
    for sign, name in (("back", "qt_calendar_prevmonth"), ("forward", "qt_calendar_nextmonth")):
        turn = calendar.findChild(QToolButton, name)
        assert isinstance(turn, QToolButton)
        turn.setIcon(icon(sign))  # Qt's own are black on every ground
    return made


def tool(name: str, words: str, does: Callable[[], object], *, keys: str = "") -> QToolButton:
    """A button that is an icon; ``words`` say what it does, and ``keys`` do the same."""
    made = QToolButton()
    made.setIcon(icon(name))
    made.setToolTip(plain_tip(f"{words} ({keys})" if keys else words))
    made.setAccessibleName(words)
    made.clicked.connect(lambda _: does())
    return made


def advance(bar: QProgressBar, done: int, size: int) -> None:
    """So much of it is there; as long as ``size`` is 0, nobody knows how much."""
    bar.setRange(0, 1_000 if size else 0)
    bar.setValue(done * 1_000 // size if size else 0)


def search_field(words: str) -> QLineEdit:
    """In which what is looked for is typed; ``words``, which say what, can be read as a whole if there is room."""
    made = _Search(clearButtonEnabled=True, placeholderText=words)
    made.setAccessibleName(words)
    made.addAction(icon("search", "text-2"), QLineEdit.ActionPosition.LeadingPosition)
    return made


def clear(layout: QLayout) -> None:
    """Take out all widgets, for good."""
    while (taken := layout.takeAt(0)) is not None:
        if (widget := taken.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def row(*parts: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Beside one another; a number is a stretch."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QWidget):
            made.addWidget(part)
        else:
            made.addStretch(part)
    return made


def card(role: str = "card") -> tuple[QFrame, QVBoxLayout]:
    """A frame, and the layout of what is in it."""
    frame = QFrame()
    frame.setProperty("role", role)
    frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 12, 16, 12)
    inside.setSpacing(8)
    return frame, inside


def table(
    model: QAbstractItemModel,
    name: str,
    widths: Sequence[int],
    dispensable: Sequence[int] = (),
    usual: Mapping[int, Iterable[str]] | None = None,
) -> QTableView:
    """Rows of which one sees whole ones. It asks nothing of rows that are not in sight, as a tree view does.

    Args:
        model: what is shown.
        name: for whom it is read out to.
        widths: of the columns, in pixels beside text of the usual size; 0 takes a share of what is left.
        dispensable: the columns that go when there is little room, the first of them first.
        usual: of a column with a width, what is to be read there as a whole.
    """
    view = QTableView(showGrid=False, cornerButtonEnabled=False)
    view.setModel(model)
    view.setItemDelegate(WholeRows(view))
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setTabKeyNavigation(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(high(ROW_PX))
    header = view.horizontalHeader()
    header.setSectionsClickable(False)
    header.setSelectionModel(QItemSelectionModel(model, header))  # else each painting asks whether every row is chosen
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setMinimumSectionSize(64)
    words = usual or {}
    widths = [width and column_width(header, at, width, words.get(at, ())) for at, width in enumerate(widths)]
    for column, width in enumerate(widths):
        if width:
            view.setColumnWidth(column, width)
        else:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
    if dispensable:
        keep_room(view, widths, dispensable)
    return view


def column_width(header: QHeaderView, column: int, width: int, words: Iterable[str] = ()) -> int:
    """``width`` beside text of the usual size, or more: neither its title nor any of these words is cut."""
    needed = widest(words, header.font()) + _BESIDE_TEXT if words else 0
    return max(wide(width), header.sectionSizeHint(column), needed)


class WholeRows(QStyledItemDelegate):
    """Marks the row that has the keyboard, and not one cell of it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        here = QStyleOptionViewItem(option)
        here.state &= ~QStyle.StateFlag.State_HasFocus
        view = option.widget
        if isinstance(view, QAbstractItemView) and view.hasFocus():
            current = view.currentIndex()
            if current.row() == index.row() and current.parent() == index.parent():
                here.state |= QStyle.StateFlag.State_HasFocus
        super().paint(painter, here, index)


def keep_room(view: QTableView | QTreeView, widths: Sequence[int], dispensable: Sequence[int]) -> None:
    """Leave out columns when the view becomes too narrow for them; ``widths`` in pixels, 0 for what takes the rest."""
    _Room(view, widths, dispensable)


class _Room(QObject):
    def __init__(self, view: QTableView | QTreeView, widths: Sequence[int], dispensable: Sequence[int]) -> None:
        super().__init__(view)
        self._view, self._dispensable = view, dispensable
        self._needs = [width or wide(_SHARE) for width in widths]
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            room, needed = self._view.viewport().width(), sum(self._needs)
            for column in self._dispensable:
                is_hidden = needed > room
                needed -= self._needs[column] * is_hidden
                if self._view.isColumnHidden(column) != is_hidden:
                    self._view.setColumnHidden(column, is_hidden)
        return super().eventFilter(watched, event)


def look_further_at_the_end(view: QAbstractItemView, look_further: Callable[[], object]) -> None:
    """Ask for more rows as soon as less than a page of them is left below what is in sight."""
    bar = view.verticalScrollBar()

    def look() -> None:
        if bar.value() > bar.maximum() - bar.pageStep():
            look_further()

    bar.valueChanged.connect(lambda _: look())
    bar.rangeChanged.connect(lambda *_: look())


class EmptyPlace(QWidget):
    """Where nothing is to be shown: what would be here, and what to do.

    Signals:
        pressed: the button.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = IconLabel("info", _ICON)
        self._title, self._text = label(role="heading", wraps=True), label(role="secondary", wraps=True)
        self._button = button("", self.pressed.emit)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(32, 8, 32, 8)
        inside.setSpacing(8)
        inside.addStretch(2)
        inside.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(part)
        inside.addSpacing(8)
        inside.addLayout(row(1, self._button, 1))
        inside.addStretch(3)

    def tell(self, picture: str, title: str, text: str = "", button: str = "") -> None:
        self._picture.show_icon(picture)
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setText(plain_label(button))
        self._button.setVisible(bool(button))
