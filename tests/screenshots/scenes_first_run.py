"""Pictures of the first run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QPixmap

from desktop.commands import Ended, Found
from desktop.models import server_address
from desktop.models.first_run import Step
from desktop.models.server_address import Checked
from desktop.views.first_run import FirstRun
from tests.fakes.commands import FakeCommands
from tests.screenshots.stage import Stage, take
from tests.screenshots.world import ADA

_ADDRESS: Final = "https://files.example.org"
_FOLDER: Final = "/home/ada/Lockstep"


def first_run_welcome(stage: Stage) -> QPixmap:
    return take(_begun(stage))


def first_run_server(stage: Stage) -> QPixmap:
    return take(_at_server(_begun(stage), stage))


def first_run_server_unreachable(stage: Stage) -> QPixmap:
    window = _begun(stage)
    _at_server(window, stage, "files.example.com")
    return take(window)


def first_run_account(stage: Stage) -> QPixmap:
    return take(_at_account(stage))


def first_run_account_wrong(stage: Stage) -> QPixmap:
    window = _at_folder(stage)
    _commands(window).links = [Ended("wrong-sign-in")]
    window.go_on()
    stage.until(lambda: window.step is not Step.FOLDER)
    stage.settle()
    return take(window)


def first_run_folder(stage: Stage) -> QPixmap:
    return take(_at_folder(stage))


def first_run_connecting(stage: Stage) -> QPixmap:
    window = _at_folder(stage)
    _commands(window).holds = True
    window.go_on()
    stage.settle()
    return take(window)


def first_run_code(stage: Stage) -> QPixmap:
    window = _at_folder(stage)
    _commands(window).links = [Ended("second-factor-needed")]
    window.go_on()
    stage.until(lambda: window.step is not Step.FOLDER)
    stage.settle()
    return take(window)


def first_run_choosing(stage: Stage) -> QPixmap:
    return take(_at_choosing(stage))


def first_run_finished(stage: Stage) -> QPixmap:
    window = _at_choosing(stage)
    window.go_on()
    stage.until(lambda: window.step is Step.FINISHED)
    stage.settle()
    return take(window)


def _check(address: str, ca_file: str = "") -> Checked:
    del ca_file
    return Checked(address, registration="open") if address == _ADDRESS else Checked(address, "unreachable")


def _commands(window: FirstRun) -> FakeCommands:
    assert isinstance(window._commands, FakeCommands)
    return window._commands


def _begun(stage: Stage) -> FirstRun:
    commands = FakeCommands(stage.home)
    commands.found[_FOLDER] = Found(files=38, bytes=412_000_000, exists=True)
    server_address.check = _check
    return stage.show(FirstRun(stage.session, commands))


def _at_server(window: FirstRun, stage: Stage, address: str = "files.example.org") -> FirstRun:
    window.pages[Step.WELCOME].server.click()  # type: ignore[attr-defined]
    window.go_on()
    window.server.address.setText(address)
    window.server.look()
    stage.settle()
    return window


def _at_account(stage: Stage) -> FirstRun:
    window = _at_server(_begun(stage), stage)
    window.go_on()
    window.account.email.setText(ADA)
    window.account.password.setText("correct horse battery")
    window.account.ready_changed.emit()
    stage.settle()
    return window


def _at_folder(stage: Stage) -> FirstRun:
    window = _at_account(stage)
    window.go_on()
    window.folder.folder.setText(_FOLDER)
    window.folder.look()
    stage.settle()
    return window


def _at_choosing(stage: Stage) -> FirstRun:
    window = _at_folder(stage)
    window.go_on()
    stage.until(lambda: window.step is Step.CHOOSING)
    stage.settle()
    return window


SCENES: Final[dict[str, Callable[[Stage], QPixmap]]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        first_run_welcome, first_run_server, first_run_server_unreachable, first_run_account, first_run_account_wrong,
        first_run_folder, first_run_connecting, first_run_code, first_run_choosing, first_run_finished,
    )
}  # fmt: skip
