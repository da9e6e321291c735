"""What stands above everything, because somebody has to know it or to decide."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from desktop.models.status_line import paused
from desktop.sentences import sentence
from desktop.words import tr, tr_n
from sync_engine.core.reports import EngineState

Act: TypeAlias = Literal["", "show-held", "sign-in", "try-now", "resume", "start", "show-problems", "show-transfers"]


class Banner(Struct, frozen=True):
    icon: str
    text: str
    button: str = ""
    act: Act = ""


def banner(state: EngineState | None, *, was_there: bool) -> Banner | None:
    """``was_there``: a daemon has answered before; without that it may only be starting."""
    if state is None:
        if not was_there:
            return None
        return Banner(
            "paused", tr("Lockstep is not running, so nothing is kept in step."), tr("Start Lockstep"), "start"
        )
    if state.held:
        text = tr_n(
            "%n file was deleted in one go. Nothing has been deleted anywhere else yet.",
            "%n files were deleted in one go. Nothing has been deleted anywhere else yet.",
            state.held,
        )
        return Banner("attention", text, tr("Look at the deletions"), "show-held")
    match state.state:
        case "signed-out":
            return Banner(
                "lock",
                tr("This device was signed out. Your files stay here; changes wait until you sign in again."),
                tr("Sign in again"),
                "sign-in",
            )
        case "paused":
            text = tr("Paused. Changes wait here until you resume.")
            if state.paused_until is not None:
                text = tr("{paused}. Changes wait here until then.").format(paused=paused(state.paused_until))
            return Banner("paused", text, tr("Resume"), "resume")
        case "offline":
            return Banner(
                "offline",
                tr("The server cannot be reached. Changes wait here until it answers."),
                tr("Try now"),
                "try-now",
            )
        case "attention":
            return _attention(state)
    if state.warning == "watch-limit":
        return Banner("info", sentence(state.warning))
    return None


def _attention(state: EngineState) -> Banner:
    if state.reason:
        return Banner("attention", sentence(state.reason), tr("Try again"), "try-now")
    if state.problems == state.stopped > 0:
        text = tr_n("%n file waits because you stopped it.", "%n files wait because you stopped them.", state.stopped)
        return Banner("waiting", text, tr("Show transfers"), "show-transfers")
    if state.problems:
        text = tr_n("%n file cannot be synced.", "%n files cannot be synced.", state.problems)
        return Banner("attention", text, tr("Show what is wrong"), "show-problems")
    return Banner("attention", tr("Something needs you."), tr("Show what is wrong"), "show-problems")
