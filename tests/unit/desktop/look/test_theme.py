"""One look, on the desktop and on the web, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.look import theme
from desktop.look.tokens import DARK, LIGHT

WEB = Path(__file__).parents[4] / "server_api/web/static/lockstep.css"


def test_the_web_has_the_same_tokens() -> None:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6});", block))
        for block in re.findall(r":root \{(.*?)\}", WEB.read_text(), re.DOTALL)
    )
    assert light == LIGHT
    assert dark == DARK


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("token", ["text", "text-2", "accent", "good", "warn", "bad"])
@pytest.mark.parametrize("ground", ["surface", "surface-2"])
def test_words_can_be_read_on_every_ground(tokens: dict[str, str], token: str, ground: str) -> None:
    lighter, darker = sorted((_luminance(tokens[token]), _luminance(tokens[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_a_choice_dresses_what_is_shown(qapp: QApplication, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    for choice, tokens in (("dark", DARK), ("light", LIGHT)):
        theme.apply(qapp, choice)  # type: ignore[arg-type]
        assert widget.palette().color(QPalette.ColorRole.Window).name() == tokens["surface"]
        assert theme.colour("bad").name() == tokens["bad"]
        assert theme.is_dark() == (choice == "dark")


def test_a_role_given_late_is_seen(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    label = QLabel("Files")
    qtbot.addWidget(label)
    label.show()
    theme.set_role(label, "bad")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == LIGHT["bad"]
