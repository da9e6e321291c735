"""When people are notified, and when not; that the system shows it is shown on a real screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.models import choices
from desktop.models.events import Act
from desktop.models.updates import Newest
from desktop.notifications import Notifications
from desktop.session import Session
from server_api.contract.devices import Device, Devices
from server_api.contract.shares import Shares
from sync_engine.control import messages as control
from sync_engine.control.questions import DEVICES, SHARES
from sync_engine.core.reports import EngineState, HeldDeletions
from sync_engine.errors import Refused
from tests.fakes.daemon import FakeDaemon
from tests.fakes.sharing import made_share


class Shown(QObject):
    """What shows notifications, and what it was told to."""

    acted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, list[Act]]] = []
        self.is_quiet = False
        self.asked_quiet = 0

    def show(self, title: str, text: str, acts: list[Act]) -> None:
        self.told.append((title if title != "Lockstep" else text, acts))

    def ask_whether_quiet(self, then: Callable[[bool], None]) -> None:
        self.asked_quiet += 1
        then(self.is_quiet)

    def close(self) -> None:
        pass

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.told]


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def notifications(session: Session, daemon: FakeDaemon, shown: Shown, qtbot: QtBot) -> Notifications:
    daemon.answers[control.GetConflicts] = control.Conflicts([])
    daemon.answers[control.GetHeld] = control.HeldNow(None)
    daemon.answers[control.GetProblems] = control.Problems([])
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[]))
    daemon.answer_server(DEVICES, lambda *_: Devices(devices=[]))
    made = Notifications(session, shows=shown)
    session.start()
    qtbot.waitUntil(lambda: session.is_there)
    return made


def _have_conflicts(daemon: FakeDaemon, *names: str) -> None:
    found = [control.Conflict(f"{name} (conflict)", name, "Phone") for name in names]
    daemon.answers[control.GetConflicts] = control.Conflicts(found)
    daemon.set_state(EngineState(state="in-step", conflicts=len(found)))


def test_a_conflict_is_told_once_however_often_the_state_changes(
    notifications: Notifications, daemon: FakeDaemon, shown: Shown, qtbot: QtBot
) -> None:
    _have_conflicts(daemon, "a.txt")
    qtbot.waitUntil(lambda: bool(shown.told))
    daemon.touch()
    _have_conflicts(daemon, "a.txt", "b.txt")
    qtbot.waitUntil(lambda: len(shown.told) > 1)
    assert shown.titles == ["Two versions of a.txt", "Two versions of b.txt"]


def test_nothing_is_told_again_after_a_restart(
    notifications: Notifications, daemon: FakeDaemon, shown: Shown, qtbot: QtBot, tmp_path: Path
) -> None:
    _have_conflicts(daemon, "a.txt")
    qtbot.waitUntil(lambda: bool(shown.told))
    again, later = Session(tmp_path), Shown()
    Notifications(again, shows=later)
    again.start()
    qtbot.waitUntil(lambda: again.is_there)
    _have_conflicts(daemon, "a.txt", "b.txt")
    qtbot.waitUntil(lambda: bool(later.told))
    again.close()
    assert later.titles == ["Two versions of b.txt"]


def test_a_kind_that_is_switched_off_is_not_told_also_not_later(
    notifications: Notifications, daemon: FakeDaemon, session: Session, shown: Shown, qtbot: QtBot
) -> None:
    choices.choose_told(session.choices, "conflicts", wanted=False)
    _have_conflicts(daemon, "a.txt")
    qtbot.waitUntil(lambda: "conflict:" in str(session.choices.value("notifications/told")))
    choices.choose_told(session.choices, "conflicts", wanted=True)
    _have_conflicts(daemon, "a.txt", "b.txt")
    qtbot.waitUntil(lambda: bool(shown.told))
    assert shown.titles == ["Two versions of b.txt"]


def test_who_wants_quiet_is_told_when_that_is_over(
    notifications: Notifications, daemon: FakeDaemon, shown: Shown, qtbot: QtBot
) -> None:
    shown.is_quiet = True
    _have_conflicts(daemon, "a.txt")
    qtbot.waitUntil(lambda: shown.asked_quiet > 0)
    assert shown.told == []
    shown.is_quiet = False
    daemon.touch()
    qtbot.waitUntil(lambda: shown.titles == ["Two versions of a.txt"])


def test_held_deletions_are_brought_back_by_their_button(
    notifications: Notifications, daemon: FakeDaemon, shown: Shown, qtbot: QtBot
) -> None:
    daemon.answers[control.GetHeld] = control.HeldNow(HeldDeletions(412, "local"))
    daemon.set_state(EngineState(state="attention", held=412))
    qtbot.waitUntil(lambda: shown.titles == ["412 files were deleted here"])
    shown.acted.emit(shown.told[0][1][1].does)
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.RestoreHeld)))


@pytest.mark.parametrize(
    ("does", "signal", "told"),
    [
        ("page:held", "wants_page", ["held"]),
        ("path:docs/a:b", "wants_path", ["docs/a:b"]),
        ("window", "wants_window", []),
        ("nobody:knows", "wants_window", []),
    ],
)
def test_a_button_leads_to_its_place(
    notifications: Notifications, shown: Shown, qtbot: QtBot, does: str, signal: str, told: list[str]
) -> None:
    with qtbot.waitSignal(getattr(notifications, signal)) as came:
        shown.acted.emit(does)
    assert came.args == told


def test_the_server_is_asked_for_files_of_visitors_and_silent_devices(
    notifications: Notifications, daemon: FakeDaemon, shown: Shown, qtbot: QtBot
) -> None:
    phone = Device(device_id=bytes(16), name="Phone", created_at=0, last_seen_at=0, is_current=False)
    daemon.answer_server(DEVICES, lambda *_: Devices(devices=[phone]))
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[made_share(upload=True, downloads=3)]))
    notifications._later.timeout.emit()
    qtbot.waitUntil(lambda: shown.titles == ["3 files have come by your link", "Phone is silent"])


def test_what_is_said_in_passing_is_shown_where_no_window_says_it(
    notifications: Notifications, session: Session, shown: Shown, qtbot: QtBot
) -> None:
    session.say("Link copied.")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    session.say("Seen in the window.")
    assert shown.titles == ["Link copied."]


def _refuse(_: object) -> None:
    raise Refused("no", "internal", 500)


def test_an_answer_that_does_not_come_makes_nothing_new_of_what_was_told(
    notifications: Notifications, daemon: FakeDaemon, shown: Shown, qtbot: QtBot
) -> None:
    _have_conflicts(daemon, "a.txt")
    qtbot.waitUntil(lambda: len(shown.told) == 1)
    asked = len(daemon.asked_for(control.GetConflicts))
    daemon.answers[control.GetConflicts] = _refuse
    daemon.set_state(EngineState(state="syncing", conflicts=0))
    daemon.set_state(EngineState(state="in-step", conflicts=0))
    qtbot.waitUntil(lambda: len(daemon.asked_for(control.GetConflicts)) > asked)
    _have_conflicts(daemon, "a.txt")
    _have_conflicts(daemon, "a.txt", "b.txt")
    qtbot.waitUntil(lambda: len(shown.told) == 2)
    assert shown.titles == ["Two versions of a.txt", "Two versions of b.txt"]


def test_a_newer_version_is_told_once_and_not_while_the_person_wants_quiet(
    notifications: Notifications, shown: Shown
) -> None:
    shown.is_quiet = True
    notifications.tell_newest(Newest("99.0"))
    assert shown.titles == []
    shown.is_quiet = False
    notifications.tell_newest(Newest("99.0"))
    notifications.tell_newest(Newest("99.0"))
    assert shown.titles == ["Lockstep 99.0 is out"]
    assert [act.does for act in shown.told[0][1]] == ["page:about"]
