"""Pictures of the window with files in it, and of its side panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLineEdit, QMessageBox, QWidget

from desktop.models.outcomes import Steps
from desktop.views.compare import CompareDialog
from desktop.views.panel import Panel
from desktop.views.share_dialog import ShareDialog
from desktop.views.window import MainWindow
from sync_engine.core.reports import Progress, Transfer
from tests.fakes.daemon import item
from tests.screenshots import answers
from tests.screenshots.frozen import HOUR, MINUTE, NOW
from tests.screenshots.stage import Stage, go_on, take, take_dialog, take_menu
from tests.screenshots.world import CHAPTER, LISBON, PICTURE

MB: Final = 1_000_000
_MOVING: Final = [
    Transfer("Garden plan.svg", "up", 40_000, 86_200),
    Transfer("Recording of the lecture.mp3", "down", 30 * MB, 48_300_000),
    Transfer(f"{LISBON}/IMG_2046.jpg", "up", 1_400_000, 3_100_000),
]


def window_list(stage: Stage) -> QPixmap:
    window = stage.window()
    moving(stage)
    window.files.chosen.choose(["Packing list.txt"])
    stage.settle()
    return take(window)


def window_gallery(stage: Stage) -> QPixmap:
    return take(stage.window(LISBON, gallery=True))


def window_panel(stage: Stage) -> QPixmap:
    return take(_chosen(stage, PICTURE))


def window_search(stage: Stage) -> QPixmap:
    window = stage.window()
    field = next(each for each in window.findChildren(QLineEdit) if each.property("role") == "search")
    field.setFocus()
    field.setText("tide")
    field.returnPressed.emit()
    stage.settle()
    return take(window)


def window_nothing_found(stage: Stage) -> QPixmap:
    window = stage.window()
    field = next(each for each in window.findChildren(QLineEdit) if each.property("role") == "search")
    field.setText("Nessie")
    field.returnPressed.emit()
    stage.settle()
    return take(window)


def window_empty_folder(stage: Stage) -> QPixmap:
    (stage.folder / "Photos/Scans").mkdir()
    return take(stage.window("Photos/Scans"))


def window_menu(stage: Stage) -> QPixmap:
    menu = stage.window().menu()
    return take_menu(menu)


def file_menu(stage: Stage) -> QPixmap:
    window = stage.window(LISBON)
    window.files.chosen.choose(["IMG_2052.jpg"])
    stage.settle()
    return take_menu(window.files.acting.menu(is_on_item=True))


def folder_menu(stage: Stage) -> QPixmap:
    return take_menu(stage.window(LISBON).files.acting.menu(is_on_item=False))


def window_first_day(stage: Stage) -> QPixmap:
    """Nothing is in the folder yet."""
    stage.daemon.folders = {"": []}
    stage.tell(files=0, used_bytes=0)
    return take(stage.window(panel=True))


def window_small(stage: Stage) -> QPixmap:
    """As small as it gets."""
    window = stage.window(panel=True)
    window.resize(640, 420)
    stage.settle()
    return take(window)


def window_deleting(stage: Stage) -> QPixmap:
    """Many files are on their way into the trash."""
    window = stage.window(LISBON)
    window.files.acting.doing.progressed.emit(Steps("delete", 1_204, 471))
    stage.settle()
    return take(window)


def panel_versions(stage: Stage) -> QPixmap:
    return take(_panel(stage, CHAPTER, 0))


def panel_sharing(stage: Stage) -> QPixmap:
    return take(_panel(stage, PICTURE, 1))


def panel_details(stage: Stage) -> QPixmap:
    return take(_panel(stage, PICTURE, 2))


def panel_many(stage: Stage) -> QPixmap:
    window = stage.window(LISBON, panel=True)
    window.files.chosen.choose([f"IMG_{number}.jpg" for number in range(2041, 2047)])
    stage.settle()
    return take(window)


def compare_text(stage: Stage) -> QPixmap:
    window = _chosen(stage, CHAPTER)
    dialog = CompareDialog(
        stage.session, CHAPTER, item("Chapter 3 – Tides.md", size=620), answers.versions(CHAPTER)[1], window
    )
    stage.show(dialog)
    return take(dialog)


def compare_pictures(stage: Stage) -> QPixmap:
    window = _chosen(stage, PICTURE)
    shown = item("IMG_2052.jpg", size=808_000)
    dialog = CompareDialog(stage.session, PICTURE, shown, answers.versions(PICTURE)[1], window)
    stage.show(dialog)
    return take(dialog)


def share_file(stage: Stage) -> QPixmap:
    window = _chosen(stage, CHAPTER)
    dialog = ShareDialog(stage.session, CHAPTER, "file", window)
    stage.show(dialog)
    return take(dialog)


def share_folder(stage: Stage) -> QPixmap:
    window = stage.window()
    dialog = ShareDialog(stage.session, LISBON, "folder", window)
    stage.show(dialog)
    dialog.form.upload.setChecked(True)
    dialog.form.has_password.setChecked(True)
    dialog.form.make_password.click()
    dialog.form.password.setText("quiet-harbour-41-lamp")
    stage.settle()
    return take(dialog)


def share_made(stage: Stage) -> QPixmap:
    window = _chosen(stage, CHAPTER)
    dialog = ShareDialog(stage.session, CHAPTER, "file", window)
    stage.show(dialog)
    dialog.make.click()
    stage.until(dialog.made.isVisible)
    stage.settle()
    return take(dialog)


def question_delete(stage: Stage) -> QPixmap:
    alps = stage.folder / "Photos/2025 Alps"
    alps.mkdir()
    for number in range(412):
        (alps / f"{number}.jpg").touch()
    window = stage.window("Photos")
    window.files.chosen.choose(["2025 Alps"])
    stage.settle()
    window.files.acting.actions.by_name["delete"].trigger()
    stage.settle()
    return take_dialog(window, _question(window))


def toast(stage: Stage) -> QPixmap:
    window = _chosen(stage, PICTURE)
    window.files.acting.actions.by_name["link"].trigger()
    stage.settle()
    return take(window)


def banner_offline(stage: Stage) -> QPixmap:
    return _with_banner(stage, state="offline", pending=3)


def banner_paused(stage: Stage) -> QPixmap:
    return _with_banner(stage, state="paused", pending=3, paused_until=NOW + 21 * HOUR + 15 * MINUTE)


def banner_signed_out(stage: Stage) -> QPixmap:
    return _with_banner(stage, state="signed-out")


def banner_held(stage: Stage) -> QPixmap:
    return _with_banner(stage, state="attention", held=412)


def banner_problems(stage: Stage) -> QPixmap:
    return _with_banner(stage, state="attention", problems=3, conflicts=2)


def banner_folder_missing(stage: Stage) -> QPixmap:
    return _with_banner(stage, state="attention", reason="root-missing", problems=1)


def not_running(stage: Stage) -> QPixmap:
    window = stage.window()
    stage.daemon.close()
    stage.until(lambda: stage.session.state is None)
    stage.settle()
    return take(window)


def _with_banner(stage: Stage, **state: object) -> QPixmap:
    window = stage.window()
    stage.tell(**state)
    stage.settle()
    return take(window)


def _chosen(stage: Stage, path: str) -> MainWindow:
    folder, _, name = path.rpartition("/")
    window = stage.window(folder, panel=True)
    window.files.chosen.choose([name])
    stage.settle()
    return window


def _panel(stage: Stage, path: str, tab: int) -> QWidget:
    window = _chosen(stage, path)
    panel: Panel = window._panel
    panel.tabs.setCurrentIndex(tab)
    window.resize(1_120, 780)
    stage.settle()
    return panel


def _question(window: MainWindow) -> QMessageBox:
    (found,) = window.findChildren(QMessageBox)
    return found


def moving(stage: Stage) -> None:
    """Some files move, at 4.1 MB/s."""
    fields = {"state": "syncing", "pending": 12, "conflicts": 2, "problems": 3}
    stage.tell(transfers=_MOVING, progress=Progress("transferring", 1, 12, 10 * MB, 96 * MB), **fields)
    stage.settle()
    go_on(2)
    later = [Transfer(each.path, each.direction, each.done_bytes * 5 // 4, each.size_bytes) for each in _MOVING]
    stage.tell(transfers=later, progress=Progress("transferring", 1, 12, 18_200_000, 96 * MB), **fields)
    stage.settle()


SCENES: Final[dict[str, Callable[[Stage], QPixmap]]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        window_list, window_gallery, window_panel, window_search, window_nothing_found, window_empty_folder,
        window_first_day, window_small, window_deleting, window_menu, file_menu, folder_menu,
        panel_versions, panel_sharing, panel_details, panel_many, compare_text, compare_pictures,
        share_file, share_folder, share_made, question_delete, toast,
        banner_offline, banner_paused, banner_signed_out, banner_held, banner_problems, banner_folder_missing,
        not_running,
    )
}  # fmt: skip
