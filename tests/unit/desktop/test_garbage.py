from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.background import Background


class _Cycle:
    """What only the collector finds; it tells in which thread it went."""

    def __init__(self, went: list[threading.Thread]) -> None:
        self.me = self
        self.went = went

    def __del__(self) -> None:
        self.went.append(threading.current_thread())


def test_garbage_goes_in_the_gui_thread_alone_and_it_does_go(qtbot: QtBot) -> None:
    background, owner = Background(), QObject()
    went: list[threading.Thread] = []
    done: list[list[object]] = []

    def litter() -> list[object]:
        kept = [_Cycle(went) for _ in range(20)]
        del kept
        return [[] for _ in range(20_000)]

    for _ in range(4):
        background.run(litter, done.append, owner=owner)
    qtbot.waitUntil(lambda: len(done) == 4)
    assert went == []
    qtbot.waitUntil(lambda: bool(went))
    background.close()
    assert set(went) == {threading.main_thread()}
