"""Icons take the colour of the text beside them, and are sharp on every screen."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication

from desktop.look import theme
from desktop.look.icons import icon, names
from desktop.look.tokens import DARK, LIGHT

NAMED = set(
    re.findall(
        r"\S+",
        """
        in-step waiting moving paused attention offline ignored file folder image text pdf audio video link archive
        back forward up search list grid close more add rename move trash restore rewind share copy open save settings
        pause resume refresh download upload eye lock clock people device shield history warning info check
        chevron-right quit
        """,
    )
)
STATES = ["in-step", "waiting", "moving", "paused", "attention", "offline", "ignored"]


def _image(shown: QIcon, side: int = 20) -> QImage:
    return shown.pixmap(QSize(side, side)).toImage()


def _strongest(image: QImage) -> QColor:
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


def _shape(image: QImage) -> frozenset[tuple[int, int]]:
    return frozenset(
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() > 100
    )


def test_every_name_is_there() -> None:
    assert names() >= NAMED


@pytest.mark.parametrize("name", sorted(NAMED))
def test_an_icon_shows_something(qapp: QApplication, name: str) -> None:
    assert len(_shape(_image(icon(name)))) > 5


def test_it_follows_the_theme(qapp: QApplication) -> None:
    kept = icon("folder")
    for choice, tokens in (("dark", DARK), ("light", LIGHT)):
        theme.apply(qapp, choice)  # type: ignore[arg-type]
        assert _strongest(_image(kept)).name() == tokens["text"]
        assert _strongest(_image(icon("folder", "accent"))).name() == tokens["accent"]


def test_on_a_dense_screen_it_has_more_pixels(qapp: QApplication) -> None:
    pixmap = icon("folder").pixmap(QSize(16, 16), 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (32, 2.0)
    assert len(_shape(pixmap.toImage())) > 2 * len(_shape(_image(icon("folder"), 16)))


def test_states_are_told_apart_by_their_shapes(qapp: QApplication) -> None:
    shapes = [_shape(_image(icon(name))) for name in STATES]
    for at, one in enumerate(shapes):
        for other in shapes[at + 1 :]:
            assert len(one ^ other) > 0.12 * len(one | other)
