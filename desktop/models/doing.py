"""Does what people want done to their files, beside the window, and can undo it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final, TypeVar

from msgspec import Struct
from PySide6.QtCore import QLocale, QObject, QTimer, Signal

from desktop.agreed import Agreement
from desktop.models import acts, keeping, removing
from desktop.models.outcomes import ActError, Copying, Moved, Outcome, Steps
from desktop.session import Session
from desktop.words import show_name, tr, tr_n

T = TypeVar("T")

MANY: Final = 20
"""Of more files, nobody sees all names at once: somebody is asked before they are deleted."""
COUNTED: Final = 1_000_000
"""So far."""
KEPT: Final = 50
_LOOK_EACH_MS: Final = 150


Ask = Callable[[int, bool, Callable[[], None]], None]
"""How many files; whether the trash does not take them; and what deletes them."""


class _Undo(Struct, frozen=True, eq=False):
    undone: str
    """What is said then."""
    work: Callable[[Steps], None]
    count: int = 1
    agreement: Agreement | None = None
    """To what is undone."""


class Doing(QObject):
    """Made and used in the GUI thread.

    Signals:
        done: something is not as it was; the places of what came, to be selected where they are shown.
        progressed: the newest ``Copying`` or ``Steps`` that goes on, ``None`` when none does.
    """

    done = Signal(list)
    progressed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._undos: deque[_Undo] = deque(maxlen=KEPT)
        self._under_way: list[Copying | Steps] = []
        self._shown: Copying | Steps | None = None
        self._timer = QTimer(self, interval=_LOOK_EACH_MS)
        self._timer.timeout.connect(self._show_newest)
        session.closing.connect(self._stop_all)

    # --- what can be done ---------------------------------------------------------------------------------------

    def rename(self, path: Path, name: str) -> None:
        at_root = path.parent == self._session.folder

        def then(moved: Moved) -> None:
            undone = tr("“{name}” has its old name again.").format(name=show_name(moved.source.name))
            self._undos.append(_Undo(undone, partial(acts.move_back, [moved])))
            self.done.emit([moved.target])

        self._run(lambda: acts.rename(path, name, at_root=at_root), then)

    def make_folder(self, folder: Path) -> None:
        name = tr("New folder")

        def then(made: Path) -> None:
            self._undos.append(_Undo(tr("The new folder is gone again."), lambda _: _remove_folder(made)))
            self.done.emit([made])

        self._run(lambda: acts.make_folder(folder, name), then)

    def move(self, paths: list[Path], folder: Path) -> None:
        def then(outcome: Outcome) -> None:
            said = tr_n("Moved %n item to “{name}”.", "Moved %n items to “{name}”.", len(outcome.moved))
            undo = _Undo(tr("Moved back."), partial(acts.move_back, outcome.moved), len(outcome.moved))
            self._tell(outcome, said.format(name=show_name(folder.name)), undo)

        self._run(lambda: acts.move_into(paths, folder), then)

    def copy(self, sources: list[Path], folder: Path) -> None:
        """From anywhere; one copy goes on at a time."""
        if any(isinstance(each, Copying) for each in self._under_way):
            self._session.say(tr("Other files are still being copied. Wait for them, or stop that."))
            return
        copying = Copying(Event())

        def then(outcome: Outcome) -> None:
            made = [each.target for each in outcome.moved]
            said = tr_n("Added %n item.", "Added %n items.", len(made))
            self._tell(outcome, said, _Undo(tr("Put into the trash."), partial(_into_trash, made), len(made)))

        self._run_telling(copying, lambda: acts.copy_into(sources, folder, copying), then)

    def stop(self) -> None:
        """What ``progressed`` told of last; something newer may have begun since."""
        if self._shown is not None:
            self._shown.stop.set()

    def _show_newest(self) -> None:
        self._shown = self._under_way[-1]
        self.progressed.emit(self._shown)

    def _stop_all(self) -> None:
        for each in self._under_way:
            each.stop.set()

    def delete(self, paths: list[Path], ask: Ask) -> None:
        """Into the system's trash. ``ask`` is called if they are many, and again if the trash does not take some."""
        folder = self._session.folder

        def count() -> tuple[list[Path], int, frozenset[str]]:
            top = acts.topmost(paths)
            places = frozenset(str(path).removeprefix(f"{folder}/") for path in top)
            return top, acts.count_files(top, COUNTED), places

        def counted(found: tuple[list[Path], int, frozenset[str]]) -> None:
            top, files, places = found
            if files <= MANY:
                delete(top)
            else:
                ask(files, False, lambda: delete(top, self._session.agreed.expect(files, places)))

        def delete(top: list[Path], agreement: Agreement | None = None) -> None:
            steps = Steps("delete", len(top))
            self._run_telling(steps, lambda: acts.put_into_trash(top, steps), partial(then, steps.all, agreement))

        def then(of: int, agreement: Agreement | None, outcome: Outcome) -> None:
            said = _deleted_text(len(outcome.moved), of)
            if of == len(outcome.moved) == 1:
                said = tr("Deleted “{name}”.").format(name=show_name(outcome.moved[0].source.name))
            if len(outcome.moved) < of:
                self._session.agreed.forget(agreement)
            undo = _Undo(tr("Brought back."), partial(acts.move_back, outcome.moved), len(outcome.moved), agreement)
            self._tell(outcome, said, undo, selects=False)
            if outcome.left:
                ask(len(outcome.left), True, lambda: delete_for_good(outcome.left))

        def delete_for_good(left: list[Path]) -> None:
            steps = Steps("delete", 0)
            self._run_telling(steps, lambda: removing.delete_for_good(left, steps), partial(gone, steps))

        def gone(steps: Steps, outcome: Outcome) -> None:
            self._session.say(_gone_text(steps, outcome))
            self.done.emit([])

        self._session.background.run(count, counted, self._complain, owner=self)

    def keep_away(self, path: str) -> None:
        """Not on this device any more; the server has it still."""
        keeping.keep_away(self._session, path, self._tell_done, owner=self)

    def keep_here(self, path: str) -> None:
        keeping.keep_here(self._session, path, self._tell_done, owner=self)

    def tell_away(self, places: list[Path]) -> None:
        """That nothing was done with these, which are on the server alone."""
        self._tell_away(acts.away_text(places), places)

    def _tell_away(self, text: str, places: list[Path]) -> None:
        """With a way to have it here, if it is one thing of the tree."""
        top = self._session.folder
        if top is None or len(places) != 1 or top not in places[0].parents:
            self._session.say(text)
            return
        path = places[0].relative_to(top).as_posix()
        self._session.say(text, tr("Keep it here"), lambda: self.keep_here(path))

    # --- and undone ---------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        return bool(self._undos)

    def undo(self) -> None:
        """The last of what was done."""
        if self._undos:
            self._take_back(self._undos[-1])

    def _take_back(self, undo: _Undo) -> None:
        """Once, whether it was the last or not."""
        if undo not in self._undos:
            return
        self._undos.remove(undo)
        self._session.agreed.take_back(undo.agreement)

        def then(_: None) -> None:
            self._session.say(undo.undone)
            self.done.emit([])

        steps = Steps("bring-back", undo.count)
        self._run_telling(steps, lambda: undo.work(steps), then)

    def _tell(self, outcome: Outcome, said: str, undo: _Undo, *, selects: bool = True) -> None:
        if outcome.moved:
            self._undos.append(undo)
            self._session.say(outcome.problem or said, tr("Undo"), lambda: self._take_back(undo))
        elif outcome.problem:
            self._tell_away(outcome.problem, outcome.away)
        self.done.emit([each.target for each in outcome.moved] if selects else [])

    def _tell_done(self) -> None:
        self.done.emit([])

    def _run(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._session.background.run(work, then, self._complain, owner=self)

    def _run_telling(self, told: Copying | Steps, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """What may take long enough to be watched."""

        def end() -> None:
            self._under_way.remove(told)
            self._session.acts -= 1
            if not self._under_way:
                self._timer.stop()
                self.progressed.emit(None)

        def ended(made: T) -> None:
            end()
            then(made)

        def failed(error: Exception) -> None:
            end()
            self._complain(error)

        self._under_way.append(told)
        self._session.acts += 1
        self._timer.start()
        self._session.background.run(work, ended, failed, owner=self)

    def _complain(self, error: Exception) -> None:
        text = tr("That did not work: {reason}").format(reason=show_name(str(error)))
        self._session.say(str(error) if isinstance(error, ActError) else text)
        self.done.emit([])


def _deleted_text(done: int, of: int) -> str:
    if done == of:
        return tr_n("Deleted %n item.", "Deleted %n items.", of)
    said = tr_n(
        "Deleted {done} of %n item. The rest is still there.",
        "Deleted {done} of %n items. The rest is still there.",
        of,
    )
    return said.format(done=QLocale().toString(done))


def _gone_text(steps: Steps, outcome: Outcome) -> str:
    """Without the trash."""
    if not outcome.problem and not steps.stop.is_set():  # though something may have gone by itself meanwhile
        return tr("Deleted. What the server had is in “Deleted”.")
    said = _deleted_text(outcome.deleted, steps.all)
    return said if not outcome.problem else outcome.problem if steps.all == 1 else f"{outcome.problem} {said}"


def _into_trash(paths: list[Path], steps: Steps) -> None:
    outcome = acts.put_into_trash(paths, steps)
    if outcome.problem:
        raise ActError(outcome.problem)
    if outcome.left:
        raise ActError(tr("The trash does not take all of it. The rest stays."))


def _remove_folder(path: Path) -> None:
    try:
        path.rmdir()
    except OSError as error:
        raise ActError(acts.not_empty(path.name)) from error
