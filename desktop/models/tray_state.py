"""What the tray tells at a glance: one of five states, and a line that says what is going on."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from PySide6.QtCore import QDateTime, QTime

from desktop.models.status_line import paused
from desktop.sentences import sentence
from desktop.words import tr, tr_n
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState

Kind = Literal["in-step", "syncing", "paused", "attention", "offline"]

RECENT: Final = 5
_CAME: Final = {"create", "update", "create-here", "update-here", "conflict-here"}
_WENT: Final = {"delete", "move", "delete-here", "move-here"}
_MORNING: Final = QTime(8, 0)


class TrayState(Struct, frozen=True):
    kind: Kind
    line: str
    """Whole, without a full stop: the tooltip."""
    title: str = ""
    """First entry of the menu, whose other entries tell how many of what there is; "" where that is the whole line."""


def tray_state(state: EngineState | None, *, is_linked: bool = True) -> TrayState:
    """``None``: no daemon is there."""
    if not is_linked:
        return TrayState("offline", tr("Lockstep is not set up"))
    if state is None:
        return TrayState("offline", tr("Lockstep is not running in the background"))
    match state.state:
        case "signed-out":
            return TrayState("attention", tr("This device is signed out"))
        case "paused":
            return TrayState("paused", paused(state.paused_until))
        case "offline":
            return TrayState("offline", _with_rest(tr("Offline"), state.pending))
    if state.state == "attention" or state.conflicts:
        return TrayState("attention", _attention(state), "" if state.reason else tr("Needs you"))
    if state.state == "syncing":
        return TrayState("syncing", _syncing(state))
    return TrayState("in-step", tr("In step"))


def tomorrow_morning(now: QDateTime | None = None) -> int:
    """Tomorrow at 8:00 here, in milliseconds since the epoch."""
    today = (now or QDateTime.currentDateTime()).date()
    return QDateTime(today.addDays(1), _MORNING).toMSecsSinceEpoch()


def recent_paths(happened: control.Activities, count: int) -> list[str]:
    """Where something new came to last, newest first, of what did not go from there since. They may be folders."""
    found: list[str] = []
    over: set[str] = set()
    for line in happened.lines:
        if not line.path or line.path in over:
            continue
        if line.action in _CAME:
            found.append(line.path)
            if len(found) == count:
                break
        if line.action in _CAME | _WENT:
            over.add(line.path)
    return found


def _with_rest(said: str, pending: int) -> str:
    if not pending:
        return said
    return said + ", " + tr_n("%n change waits", "%n changes wait", pending)


def _attention(state: EngineState) -> str:
    if state.reason:
        return sentence(state.reason).rstrip(".")
    said = []
    if state.held:
        said.append(tr_n("%n deletion waits for your decision", "%n deletions wait for your decision", state.held))
    if state.conflicts:
        said.append(tr_n("%n conflict", "%n conflicts", state.conflicts))
    if state.problems:
        said.append(tr_n("%n problem", "%n problems", state.problems))
    return ", ".join(said) or tr("Needs you")


def _syncing(state: EngineState) -> str:
    progress = state.progress
    if not state.pending:
        return tr("Looking for changes")
    said = tr_n("Syncing %n file", "Syncing %n files", state.pending)
    if progress.phase == "transferring" and progress.bytes_total:
        percent = min(100 * progress.bytes_done // progress.bytes_total, 100)
        said += ", " + tr("{percent} %").format(percent=percent)
    return said
