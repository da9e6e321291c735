"""Pictures of the window's other pages, of rewinding, of the tray and of the preferences."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

import msgspec
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCheckBox, QMessageBox, QTableView

from desktop.app import App
from desktop.look import theme
from desktop.main import parts
from desktop.models import choices
from desktop.tray import Tray
from desktop.views.compare import CompareFilesDialog
from desktop.views.preferences import Preferences
from desktop.views.rewind_dialog import RewindDialog
from desktop.views.settings.bundle import BundleWindow
from desktop.views.settings.general import GeneralSection
from desktop.views.settings.selective import SelectiveSection
from desktop.views.window import MainWindow
from server_api.contract.devices import Devices
from server_api.contract.history import DeletedPage
from server_api.contract.shares import Shares
from sync_engine.control import messages as control
from sync_engine.control.questions import DELETED, DEVICES, SHARES
from sync_engine.core.reports import STOPPED, PathProblem
from tests.screenshots import answers
from tests.screenshots.scenes_files import moving
from tests.screenshots.stage import Stage, take, take_beside, take_dialog
from tests.screenshots.world import CHAPTER, COPY, LAPTOP, LISBON, STUDIO

_NEEDS: Final = {"state": "attention", "conflicts": 2, "problems": 3}


def shared(stage: Stage) -> QPixmap:
    window = stage.window(page="shared")
    _choose(window, 1)
    stage.settle()
    return take(window)


def shared_none(stage: Stage) -> QPixmap:
    stage.daemon.answer_server(SHARES, lambda *_: Shares(shares=[]))
    return take(stage.window(page="shared"))


def conflicts(stage: Stage) -> QPixmap:
    return take(_conflict(stage, 0))


def conflicts_pictures(stage: Stage) -> QPixmap:
    return take(_conflict(stage, 1))


def conflicts_none(stage: Stage) -> QPixmap:
    stage.daemon.answers[control.GetConflicts] = control.Conflicts([])
    return take(stage.window(page="conflicts"))


def conflict_compare(stage: Stage) -> QPixmap:
    window = stage.window(page="conflicts")
    return take(stage.show(CompareFilesDialog(stage.session, (CHAPTER, COPY), (LAPTOP, STUDIO), window)))


def deleted(stage: Stage) -> QPixmap:
    window = stage.window(page="deleted")
    _choose(window, 0)
    stage.settle()
    return take(window)


def deleted_none(stage: Stage) -> QPixmap:
    stage.daemon.answer_server(DELETED, lambda *_: DeletedPage(entries=[], before=1, complete=True))
    return take(stage.window(page="deleted"))


def activity(stage: Stage) -> QPixmap:
    return take(stage.window(page="activity"))


def transfers(stage: Stage) -> QPixmap:
    stopped = PathProblem(f"{LISBON}/From the tower, all evening.mov", STOPPED)
    stage.daemon.answers[control.GetProblems] = control.Problems([*answers.PROBLEMS, stopped])
    window = stage.window(page="transfers")
    moving(stage)
    return take(window)


def transfers_none(stage: Stage) -> QPixmap:
    stage.daemon.answers[control.GetProblems] = control.Problems([])
    return take(stage.window(page="transfers"))


def problems(stage: Stage) -> QPixmap:
    stage.tell(**_NEEDS)
    return take(stage.window(page="problems"))


def problems_held(stage: Stage) -> QPixmap:
    stage.daemon.answers[control.GetProblems] = control.Problems([])
    stage.daemon.answers[control.GetHeld] = control.HeldNow(answers.HELD)
    stage.tell(state="attention", held=412)
    return take(stage.window(page="problems"))


def problems_none(stage: Stage) -> QPixmap:
    stage.daemon.answers[control.GetProblems] = control.Problems([])
    stage.daemon.answer_server(DEVICES, lambda *_: Devices(devices=[]))
    return take(stage.window(page="problems"))


def rewind(stage: Stage) -> QPixmap:
    return take(_rewinding(stage))


def rewind_done(stage: Stage) -> QPixmap:
    dialog = _rewinding(stage)
    dialog._rewind.click()
    stage.settle()
    return take(dialog)


def tray_menu(stage: Stage) -> QPixmap:
    tray = _tray(stage)
    stage.tell(**_NEEDS)
    stage.settle()
    tray._look()
    stage.settle()
    picture = take_beside(tray.menu, tray._recent_menu)
    tray.close()
    return picture


def question_quit(stage: Stage) -> QPixmap:
    tray = _tray(stage)
    stage.tell(state="syncing", pending=12)
    stage.until(lambda: stage.session.state is not None and stage.session.state.pending)
    tray.ask_to_quit()
    stage.settle()
    question = tray._question
    assert isinstance(question, QMessageBox)
    picture = take(question)
    question.reject()
    tray.close()
    return picture


def question_restart(stage: Stage) -> QPixmap:
    """Files are still being copied."""
    qt = QApplication.instance()
    assert isinstance(qt, QApplication)
    window = stage.window(LISBON)
    choices.choose_theme(stage.session.choices, "dark" if theme.is_dark() else "light")
    choices.choose_language(stage.session.choices, QLocale().name().partition("_")[0])
    app = App(qt, stage.home, parts(stage.home))
    app.window, app.session.acts = window, 1
    app.restart()
    stage.settle()
    picture = take_dialog(window, next(each for each in window.findChildren(QMessageBox) if each.isVisible()))
    app.session.acts = 0
    app.close()
    return picture


def preferences_account(stage: Stage) -> QPixmap:
    return take(_preferences(stage, "account"))


def preferences_folder(stage: Stage) -> QPixmap:
    return take(_preferences(stage, "folder"))


def preferences_selective(stage: Stage) -> QPixmap:
    window = _preferences(stage, "selective")
    section = window.sections["selective"]
    assert isinstance(section, SelectiveSection)
    tree = section.tree
    old = next(tree.index(row, 0) for row in range(tree.rowCount()) if "Old" in tree.index(row, 0).data())
    tree.setData(old, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    stage.settle()
    return take(window)


def preferences_ignored(stage: Stage) -> QPixmap:
    for name in ("desk.iso", "Build/kernel.o", "notes.tmp"):
        (stage.folder / name).parent.mkdir(exist_ok=True)
        (stage.folder / name).write_text("x")
    return take(_preferences(stage, "ignored", in_the_world=True))


def preferences_network(stage: Stage) -> QPixmap:
    return take(_preferences(stage, "network"))


def preferences_general(stage: Stage) -> QPixmap:
    return take(_preferences(stage, "general"))


def preferences_language(stage: Stage) -> QPixmap:
    """Another one was chosen."""
    window = _preferences(stage, "general")
    section = window.sections["general"]
    assert isinstance(section, GeneralSection)
    section.language.setCurrentIndex(section.language.findData("de"))
    section.language.activated.emit(section.language.currentIndex())
    stage.settle()
    return take(window)


def preferences_about(stage: Stage) -> QPixmap:
    return take(_preferences(stage, "about"))


def support_bundle(stage: Stage) -> QPixmap:
    stage.start()
    os.environ["QT_QPA_PLATFORM"] = "wayland"  # Qt has read its own by now; the bundle shows what a person's would be
    os.environ.pop("QT_SCALE_FACTOR", None)
    made = BundleWindow(stage.session)
    stage.show(made)
    stage.until(made.save.isEnabled)
    made.names.setCurrentRow(0)
    stage.settle()
    return take(made)


def _conflict(stage: Stage, row: int) -> MainWindow:
    stage.tell(**_NEEDS)
    window = stage.window(page="conflicts")
    _choose(window, row)
    stage.settle()
    return window


def _choose(window: MainWindow, row: int) -> None:
    """In the list of the page that is shown."""
    page = window._pages[window._trail.here.page]
    view = next(each for each in page.findChildren(QAbstractItemView) if each.isVisible() and each.accessibleName())
    view.setFocus()
    view.setCurrentIndex(view.model().index(row, 0))


def _rewinding(stage: Stage) -> RewindDialog:
    window = stage.window()
    dialog = RewindDialog(stage.session, "Thesis", window)
    stage.show(dialog)
    moments = next(each for each in dialog.findChildren(QTableView) if each.model().rowCount())
    moments.setCurrentIndex(moments.model().index(1, 0))
    moments.setFocus()
    stage.settle()
    return dialog


def _tray(stage: Stage) -> Tray:
    stage.start()
    tray: Tray = parts(stage.home).tray(stage.session)
    stage.settle()
    return tray


def _preferences(stage: Stage, section: str, *, in_the_world: bool = False) -> Preferences:
    if not in_the_world:
        stage.daemon.profile = msgspec.structs.replace(stage.daemon.profile, folder="/home/ada/Lockstep")
    stage.start()
    made = Preferences(stage.session)
    made.show_section(section)
    stage.show(made)
    for box in made.sections["general"].findChildren(QCheckBox)[:1]:
        box.setChecked(True)
    return made


SCENES: Final[dict[str, Callable[[Stage], QPixmap]]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        shared, shared_none, conflicts, conflicts_pictures, conflicts_none, conflict_compare, deleted, deleted_none,
        activity, transfers, transfers_none, problems, problems_held, problems_none, rewind, rewind_done, tray_menu,
        question_quit, question_restart, preferences_account, preferences_folder, preferences_selective,
        preferences_ignored, preferences_network, preferences_general, preferences_language, preferences_about,
        support_bundle,
    )
}  # fmt: skip
