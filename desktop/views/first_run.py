"""The first run: from nothing to a folder that is kept in step, with a way back from each page."""

from __future__ import annotations

from copy import copy
from threading import Event
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.commands import STOPPED, Commands, Ended, linked_to, program
from desktop.daemon import NO_DAEMON, Failure
from desktop.integration.autostart import autostart
from desktop.look.measures import open_at
from desktop.models.first_run import Given, Step, next_step, place_of, remedy, step_before
from desktop.session import Session
from desktop.views.once import OnceButton
from desktop.views.pieces import row
from desktop.views.welcome.account import AccountPage
from desktop.views.welcome.connecting import CodePage, ConnectingPage
from desktop.views.welcome.finish import ChoosingPage, FinishedPage
from desktop.views.welcome.folder import FolderPage
from desktop.views.welcome.server import ServerPage
from desktop.views.welcome.start import StartPage
from desktop.views.welcome.step import StepPage
from desktop.words import tr

KNOWN_WITHIN_MS: Final = 20_000
"""So long it is waited for what the server has, before it is left to the preferences to choose from it."""


class FirstRun(QWidget):
    """A window. Esc does nothing in it, and closing it stops what is under way.

    Signals:
        done: the profile is linked, and its daemon runs.
        given_up: the window was closed before.
    """

    done = Signal()
    given_up = Signal()

    def __init__(self, session: Session, commands: Commands | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._session = session
        self._commands = commands or Commands(session.home)
        self._given = Given()
        self._linked: Given | None = None
        self._until = Event()
        self.step = Step.WELCOME
        self.server = ServerPage(session.background)
        self.account = AccountPage()
        self.folder = FolderPage(session.background, self._commands)
        self.connecting = ConnectingPage()
        self.code = CodePage()
        self.choosing = ChoosingPage(session)
        self.finished = FinishedPage()
        self.pages: dict[Step, StepPage] = {
            Step.WELCOME: StartPage(),
            Step.SERVER: self.server,
            Step.ACCOUNT: self.account,
            Step.FOLDER: self.folder,
            Step.CONNECTING: self.connecting,
            Step.CODE: self.code,
            Step.CHOOSING: self.choosing,
            Step.FINISHED: self.finished,
        }
        self._lay_out()
        self._known_within = QTimer(self, singleShot=True, interval=KNOWN_WITHIN_MS)
        self._known_within.timeout.connect(lambda: self._go(Step.FINISHED))
        self.connecting.stopped.connect(self._stop)
        self.connecting.tries_again.connect(self._connect)
        self.choosing.tree.loaded.connect(self._take_tree)
        self.choosing.tree.applied.connect(self._take_choice)
        session.state_changed.connect(self._look_at_tree)
        session.tree_changed.connect(self._look_at_tree)
        known = linked_to(session.home)
        if known is not None and not known.runs_server:
            self._given = Given.again(known)
            self.account.ask_again()
        self._go(Step.ACCOUNT if self._given.is_again else Step.WELCOME)

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("Lockstep"))
        open_at(self, 600, 460)
        self._stack = QStackedWidget()
        for page in self.pages.values():
            self._stack.addWidget(page)
            page.ready_changed.connect(self._show_buttons)
            page.wants_next.connect(self.go_on)
        self.back = QPushButton(tr("&Back"))
        self.back.clicked.connect(self.go_back)
        self.next = OnceButton()
        self.next.setProperty("role", "primary")
        self.next.setDefault(True)
        self.next.clicked.connect(self.go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 24)
        column.setSpacing(24)
        column.addWidget(self._stack, 1)
        column.addLayout(row(self.back, 1, self.next))

    # --- forth and back -----------------------------------------------------------------------------------------

    def go_on(self) -> None:
        page = self.pages[self.step]
        if not page.is_ready():
            return
        page.leave(self._given)
        match self.step:
            case Step.CHOOSING:
                self.next.setEnabled(False)
                self.choosing.tree.apply()
            case Step.FINISHED:
                self._finish()
            case _:
                step = next_step(self.step, self._given)
                if step is Step.ACCOUNT and self.server.found is not None:
                    self.account.take_registration(self.server.found.registration)
                if step is Step.CONNECTING:
                    self._connect()
                else:
                    self._go(step)

    def go_back(self) -> None:
        """To the page before; what was typed here is kept."""
        self.pages[self.step].leave(self._given)
        if (before := step_before(self.step, self._given)) is not None:
            self._go(before)

    def _go(self, step: Step) -> None:
        self._known_within.stop()
        self.step = step
        page = self.pages[step]
        self._stack.setCurrentWidget(page)
        page.enter(self._given)
        self._show_buttons()

    def _show_buttons(self) -> None:
        page = self.pages[self.step]
        words = page.next_words()
        self.next.setVisible(bool(words))
        self.next.setText(words)
        self.next.setEnabled(page.is_ready())
        is_busy = self.step is Step.CONNECTING and self.connecting.stop.isVisibleTo(self.connecting)
        self.back.setVisible(step_before(self.step, self._given) is not None and not is_busy)

    # --- what takes a while -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        """Link, unless that is done, and start; then see what there is to choose from."""
        given, commands = copy(self._given), self._commands
        self._until = until = Event()
        was_linked = self._linked
        self.connecting.work(tr("Starting the server of this computer…") if given.is_own else tr("Signing in…"))
        self._go(Step.CONNECTING)

        def work() -> Ended:
            if given.is_again:
                if not (stopped := commands.stop_daemon()).is_done:
                    return stopped
            elif was_linked is not None and (given.is_own or was_linked.wanted() != given.wanted()):
                for undo in (commands.stop_daemon, *([commands.unlink] if given.is_own else [])):
                    if not (undone := undo()).is_done:
                        return undone
            elif was_linked is not None:
                return Ended()
            return (
                commands.start_own_server(given.folder, until) if given.is_own else commands.link(given.wanted(), until)
            )

        self._session.background.run(work, self._take_link, self._break, owner=self)

    def _take_link(self, ended: Ended) -> None:
        if not ended.is_done:
            self._fail(ended)
            return
        self._given.is_new_account = False  # it is made
        self._given.code = ""
        self._linked = copy(self._given)
        if self._given.is_own:
            self._go(Step.FINISHED)
            return
        self.connecting.work(tr("Starting…"))
        self._session.background.run(self._commands.start_daemon, self._take_start, self._break, owner=self)

    def _take_start(self, ended: Ended) -> None:
        if ended.is_done and self._until.is_set():  # it was told to stop meanwhile
            ended = Ended(STOPPED)
        if not ended.is_done:
            self._fail(ended)
            return
        self._session.start()
        if self._given.is_again:
            self._go(Step.FINISHED)
            return
        self.connecting.work(tr("Looking what the server has…"))
        self.connecting.stop.setVisible(False)
        self._known_within.start()
        self._look_at_tree()

    def _look_at_tree(self) -> None:
        """The daemon knows more than before; is there anything to choose from?"""
        is_waiting = self.step is Step.CONNECTING and self._known_within.isActive()
        if is_waiting and self._session.state is not None:
            self.choosing.tree.load()

    def _take_tree(self) -> None:
        if self.step is not Step.CONNECTING or not self._known_within.isActive():
            return
        state = self._session.state
        is_settled = state is not None and state.state != "syncing"
        if not self.choosing.tree.is_empty():
            self._go(Step.CHOOSING)
        elif is_settled:
            self._go(Step.FINISHED)

    def _take_choice(self, failure: object) -> None:
        if self.step is Step.CHOOSING:
            if failure is None:
                self._go(Step.FINISHED)
            else:
                if isinstance(failure, Failure) and failure.code == NO_DAEMON:  # nothing else starts it here
                    self._session.background.run(self._commands.start_daemon, lambda _: None, owner=self)
                self.choosing.complain(tr("Some of this could not be done. Look at it again, and continue."))
                self._show_buttons()

    def _fail(self, ended: Ended) -> None:
        """Back to the page where the person can do something about it, with what to do."""
        place = place_of(ended, self._given)
        text = remedy(ended.code, ended.detail)
        if ended.code == STOPPED:
            self.go_back()
            return
        if place is Step.CONNECTING:
            self.connecting.complain(text)
            self._show_buttons()
            return
        self._go(place)
        if place is Step.ACCOUNT:
            self.account.complain_of(ended.code, text)
        elif place is not Step.FOLDER and text:
            self.pages[place].complain(text)

    def _break(self, error: Exception) -> None:
        self._fail(Ended("internal", str(error)))

    def _stop(self) -> None:
        self.connecting.stop.setEnabled(False)
        self._until.set()

    # --- the end ------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        starts = self.finished.starts_at_login.isChecked()
        home = self._session.home
        command = program(home, "desktop", "--in-tray")

        def set_autostart() -> None:
            way = autostart(home)
            if starts:
                way.turn_on(command)
            elif way.is_on():
                way.turn_off()

        self._session.background.run(set_autostart, lambda _: self.done.emit(), lambda _: self.done.emit(), owner=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.next.isVisible():
            self.next.click()  # not while it is disabled
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._until.set()
        self.folder.stop()
        super().closeEvent(event)
        if self.step is not Step.FINISHED:
            self.given_up.emit()
