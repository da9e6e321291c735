from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.background import Background


class _Mortal:
    """It tells in which thread it went."""

    def __init__(self, went: list[threading.Thread]) -> None:
        self.went = went

    def __del__(self) -> None:
        self.went.append(threading.current_thread())

    def fail(self) -> None:
        raise OSError("this one fails")

    def take(self, _: object) -> None:
        pass


class _Cycle(_Mortal):
    """Only the collector finds it."""

    def __init__(self, went: list[threading.Thread]) -> None:
        super().__init__(went)
        self.me = self


@pytest.fixture
def _usual_thresholds() -> Iterator[None]:
    """Whatever the tests before have left."""
    was = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*was)


@pytest.mark.usefixtures("_usual_thresholds")
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


def test_what_an_errand_held_goes_in_the_gui_thread_whatever_comes_of_it(qtbot: QtBot) -> None:
    background, owner = Background(), QObject()
    went: list[threading.Thread] = []

    def run(mortal: _Mortal, *, fails: bool) -> None:
        background.run(mortal.fail if fails else threading.get_ident, mortal.take, mortal.take, owner=owner)

    for number in range(300):
        run(_Mortal(went), fails=number % 3 == 0)
    qtbot.waitUntil(lambda: len(went) == 300)
    background.close()
    assert set(went) == {threading.main_thread()}


def test_what_is_under_way_at_the_end_is_waited_for_a_moment(qtbot: QtBot) -> None:
    background, owner = Background(), QObject()
    may_end = threading.Event()
    heard: list[object] = []
    went: list[threading.Thread] = []
    mortal = _Mortal(went)
    background.run(lambda kept=mortal: may_end.wait(60) and kept, heard.append, owner=owner)  # type: ignore[misc]
    del mortal
    background.close()  # it does not end in time
    may_end.set()
    qtbot.wait(20)
    assert heard == []
    assert went == []


def test_the_window_waits_briefly_for_what_computes_beside_it(qapp: object) -> None:
    usual = sys.getswitchinterval()
    background = Background()
    assert sys.getswitchinterval() <= 0.0002
    background.close()
    assert sys.getswitchinterval() == usual
