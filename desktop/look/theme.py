"""The look of the whole application: palette, style sheet and font, light or dark."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop.look.measures import high, wide
from desktop.look.tokens import BODY_PX, DARK, LIGHT, blend

Choice: TypeAlias = Literal["system", "light", "dark"]
_HERE: Final = Path(__file__).parent
_ROLES: Final = {
    "surface": (QPalette.ColorRole.Window, QPalette.ColorRole.Base),
    "surface-2": (QPalette.ColorRole.AlternateBase, QPalette.ColorRole.Button, QPalette.ColorRole.ToolTipBase),
    "line": (QPalette.ColorRole.Mid, QPalette.ColorRole.Midlight, QPalette.ColorRole.Light),
    "text": (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.ToolTipText,
        QPalette.ColorRole.HighlightedText,
    ),
    "text-2": (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Dark),
    "accent": (QPalette.ColorRole.Accent, QPalette.ColorRole.Link, QPalette.ColorRole.LinkVisited),
    "on-accent": (QPalette.ColorRole.BrightText,),
    "chosen": (QPalette.ColorRole.Highlight,),
}


class _Theme(QObject):
    """Stands at the application, and follows the system's colours as long as that is chosen."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice | None = None
        self._shown: tuple[bool, int] | None = None
        self.text_px = 0
        """0: nothing is shown yet."""
        app.styleHints().colorSchemeChanged.connect(self._show)

    def choose(self, choice: Choice) -> None:
        self._choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
        self._app.styleHints().setColorScheme(schemes[choice])  # for what the system draws
        self._show()

    def _show(self) -> None:
        app, choice = self._app, self._choice
        is_system_dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        is_dark = choice == "dark" or (choice == "system" and is_system_dark)
        size = _body_px(app)
        if self._shown == (is_dark, size):
            return
        self._shown = is_dark, size
        self.text_px = size
        tokens = DARK if is_dark else LIGHT
        app.setFont(_font(size))
        app.setPalette(_palette(tokens))
        app.setStyleSheet(_sheet(tokens, size))


def apply(app: QApplication, choice: Choice) -> None:
    """Dress the application; call it again when another choice is made."""
    theme = app.findChild(_Theme)
    if theme is None:
        app.setStyle("Fusion")
        theme = _Theme(app)
    theme.choose(choice)


def is_text_size_old(app: QApplication) -> bool:
    """Whether text in the whole system has another size than the windows were made for: rows and widths follow it."""
    theme = app.findChild(_Theme)
    return theme is not None and theme.text_px not in (0, _body_px(app))


def is_dark() -> bool:
    """Whether what is shown now is dark."""
    return QApplication.palette().window().color().lightness() < 128


def colour(token: str) -> QColor:
    """As it is shown now."""
    return QColor((DARK if is_dark() else LIGHT)[token])


def set_role(widget: QWidget, role: str) -> None:
    """Give it a role that the style sheet knows, also when it is already shown."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _body_px(app: QApplication) -> int:
    screen = app.primaryScreen()
    # Who has larger text in the whole system has it here; a Mac counts 72 dots an inch.
    return max(BODY_PX, round(BODY_PX * screen.logicalDotsPerInch() / 96))


def _font(size_px: int) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(size_px)
    font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that columns of numbers stand
    return font


def _palette(tokens: dict[str, str]) -> QPalette:
    palette = QPalette()
    for token, roles in _ROLES.items():
        for role in roles:
            palette.setColor(role, QColor(tokens[token]))
    faint = QColor(blend(tokens["text-2"], tokens["surface"], 0.6))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def _sheet(tokens: dict[str, str], size_px: int) -> str:
    words = {name.replace("-", "_"): colour for name, colour in tokens.items()}
    words |= {
        "faint": blend(tokens["text-2"], tokens["surface"], 0.6),
        "accent_hover": blend(tokens["accent"], tokens["text"], 0.88),
        "bad_hover": blend(tokens["bad"], tokens["text"], 0.88),
        "warn_soft": blend(tokens["warn"], tokens["surface"], 0.12),
        "edge": blend(tokens["text-2"], tokens["surface"], 0.5),
        "thumb": blend(tokens["text-2"], tokens["surface"], 0.4),
        "heading": f"{round(size_px * 1.25)}px",
        "title": f"{round(size_px * 1.5)}px",
        **{f"high_{px}": f"{high(px, size_px)}px" for px in (18, 20, 26, 31, 32)},
        "icon": f"{wide(16)}px",
        "parts": (_HERE / "parts").as_posix(),
        "scheme": "dark" if tokens is DARK else "light",
    }
    return Template((_HERE / "style.qss").read_text(encoding="utf-8")).substitute(words)
