"""What people are notified of: whatever waits for a person, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from msgspec import Struct

from desktop.sentences import sentence
from desktop.words import short_name, show_name, show_time, tr, tr_n
from server_api.contract.devices import Device
from server_api.contract.shares import Share
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, HeldDeletions, PathProblem

Kind = Literal["conflicts", "held", "problems", "account", "links", "devices"]

KINDS: Final[dict[Kind, Callable[[], str]]] = {
    "conflicts": lambda: tr("A file was changed in two places"),
    "held": lambda: tr("Many deletions wait for a decision"),
    "problems": lambda: tr("Something cannot be synced without me"),
    "account": lambda: tr("This device is signed out"),
    "links": lambda: tr("Visitors added files by one of my links"),
    "devices": lambda: tr("A device has not been heard of for a week"),
}
"""What a person can switch off, as the preferences say it."""

SILENT_AFTER_MS: Final = 7 * 24 * 3_600_000
"""A device that was not heard of for so long may have changes that nobody has."""
_LONGEST_NAME: Final = 64
SEVERAL: Final = 3
"""So many of a kind are told one by one at most."""
_REMEMBERED_MS: Final = 24 * 3_600_000
"""A problem that goes and comes again within this time is the same one."""
_PASSING: Final = {
    "blocked", "changed", "corrupt-transfer", "cycle", "disk", "ignored-name", "ignored-own", "ignored-pattern",
    "missing", "name_taken", "pack-refused", "parent_deleted", "special-file", "stale", "stopped", "unavailable",
    "unknown-parent", "unreachable", "url-expired", "vanished",
}  # fmt: skip
"""Problems of which nobody need be told: they are tried again, nothing waits for them, or the person wants it so."""


class Act(Struct, frozen=True):
    """A button. ``does``: a verb, and what it is about, with a colon between."""

    does: str
    words: str


class Event(Struct, frozen=True):
    kind: Kind
    key: str
    """The same for the same event, whenever it is looked at."""
    title: str
    text: str
    """May hold names: shown as plain text only."""
    acts: list[Act]
    """The first is also what a click on the notification does."""


class Seen(Struct, frozen=True):
    """What there is now; what was not asked for yet is empty."""

    state: EngineState
    conflicts: list[control.Conflict] = []
    held: HeldDeletions | None = None
    problems: list[PathProblem] = []
    shares: list[Share] = []
    devices: list[Device] = []


def events_of(seen: Seen, now_ms: int) -> list[Event]:
    """All that waits for a person now."""
    found = [*_stopped(seen.state), *map(_conflict, seen.conflicts)]
    if seen.held is not None:
        found.append(_held(seen.held))
    found += [_problem(problem) for problem in seen.problems if problem.reason not in _PASSING]
    found += [_visited(share) for share in seen.shares if share.upload and share.downloads]
    found += [_silent(device) for device in seen.devices if is_silent(device, now_ms)]
    return found


class Memory:
    """Which events were told of. ``told``: by key, when it was there last; it can be kept as it is."""

    def __init__(self, told: dict[str, int] | None = None) -> None:
        self.told = dict(told or {})

    def new(self, events: Iterable[Event]) -> list[Event]:
        return [event for event in events if event.key not in self.told]

    def keep(self, told: Iterable[Event], events: Iterable[Event], now_ms: int, *, is_settled: bool) -> None:
        """Remember those that were ``told`` now, and forget what is over.

        ``events`` are all that there are. If ``is_settled``, nothing is being looked at, so that what is not among them
        is over; else it may only not be known again yet.
        """
        here = {event.key for event in events}
        for key in [*(event.key for event in told), *(key for key in self.told if key in here)]:
            self.told[key] = now_ms
        if is_settled:
            for key in [key for key in self.told if key not in here]:
                lasts_ms = 0 if key.startswith(("conflict:", "held:")) else _REMEMBERED_MS
                if now_ms - self.told[key] >= lasts_ms:
                    del self.told[key]


def gathered(events: list[Event]) -> list[Event]:
    """Few enough to show: many of a kind are one."""
    shown = []
    for kind in KINDS:
        some = [event for event in events if event.kind == kind]
        shown += some if len(some) <= SEVERAL else [_together(kind, some)]
    return shown


def is_settled(state: EngineState) -> bool:
    return state.state in {"in-step", "attention"} and not state.reason and state.progress.phase == "waiting"


def _together(kind: Kind, events: list[Event]) -> Event:
    count = len(events)
    match kind:
        case "conflicts":
            title = tr_n("%n file was changed in two places", "%n files were changed in two places", count)
            text = tr("Both versions of each are kept. Choose which to go on with.")
            acts = [Act("page:conflicts", tr("Compare them"))]
        case "problems":
            title = tr_n("%n item cannot be synced", "%n items cannot be synced", count)
            text = tr("Everything else goes on. Lockstep shows what to do about each.")
            acts = [Act("page:problems", tr("See what to do"))]
        case "devices":
            title = tr_n("%n device is silent", "%n devices are silent", count)
            text = tr("They have not been heard of for a week.")
            acts = events[0].acts
        case _:
            title, text, acts = events[0].title, events[0].text, events[0].acts
    return Event(kind, f"several:{kind}", title, text, acts)


def _stopped(state: EngineState) -> list[Event]:
    if state.state == "signed-out":
        if state.reason == "update-needed":
            return [_blocked(state.reason)]
        title, text = tr("This device is signed out"), tr("Files stay as they are. Sign in to go on syncing.")
        return [Event("account", "signed-out", title, text, [Act("page:account", tr("Sign in"))])]
    found = [_blocked(state.reason)] if state.state == "attention" and state.reason else []
    if state.warning:
        acts = [Act("window", tr("Open Lockstep"))]
        found.append(Event("problems", f"warning:{state.warning}", tr("A hint"), sentence(state.warning), acts))
    return found


def _blocked(reason: str) -> Event:
    acts = [Act("window", tr("Open Lockstep"))]
    return Event("problems", f"stopped:{reason}", tr("Syncing has stopped"), sentence(reason), acts)


def _conflict(conflict: control.Conflict) -> Event:
    name = _name(conflict.original or conflict.path)
    if conflict.device:
        text = tr("It was changed here and on {device}. Both versions are kept.")
        text = text.format(device=show_name(conflict.device))
    else:
        text = tr("It was changed in two places at once. Both versions are kept.")
    title = tr("Two versions of {name}").format(name=name)
    return Event("conflicts", f"conflict:{conflict.path}", title, text, [Act("page:conflicts", tr("Compare them"))])


def _held(held: HeldDeletions) -> Event:
    if held.where == "local":
        title = tr_n("%n file was deleted here", "%n files were deleted here", held.deletions)
        text = tr("Nothing is deleted anywhere else until you decide.")
    else:
        title = tr_n("%n file was deleted elsewhere", "%n files were deleted elsewhere", held.deletions)
        text = tr("Nothing is deleted on this device until you decide.")
    acts = [Act("page:held", tr("Decide…")), Act("restore", tr("Bring them back"))]
    return Event("held", f"held:{held.where}", title, text, acts)


def _problem(problem: PathProblem) -> Event:
    title = tr("{name} cannot be synced").format(name=_name(problem.path)) if problem.path else tr("A problem")
    text = sentence(problem.reason, problem.detail)
    key = f"problem:{problem.reason}:{problem.path}"
    return Event("problems", key, title, text, [Act("page:problems", tr("See what to do"))])


def _visited(share: Share) -> Event:
    count = tr_n("%n file has come by your link", "%n files have come by your link", share.downloads)
    path = share.path or ""
    text = tr("They are in {name}.").format(name=_name(path) or tr("your folder"))
    acts = [Act(f"path:{path}", tr("Show them"))]
    return Event("links", f"came:{share.share_id.hex()}:{share.downloads}", count, text, acts)


def is_silent(device: Device, now_ms: int) -> bool:
    is_in_use = device.kind == "device" and device.revoked_at is None and not device.is_current
    return is_in_use and now_ms - device.last_seen_at >= SILENT_AFTER_MS


def _silent(device: Device) -> Event:
    title = tr("{device} is silent").format(device=show_name(device.name))
    text = tr("It was heard of last on {time}. What was changed there since is not here.")
    text = text.format(time=show_time(device.last_seen_at))
    key = f"silent:{device.device_id.hex()}:{device.last_seen_at}"
    return Event("devices", key, title, text, [Act("page:devices", tr("See the devices"))])


def _name(path: str) -> str:
    return short_name(path.rpartition("/")[2], _LONGEST_NAME)
