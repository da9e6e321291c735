"""What is known of one file or folder; above all whether it is safe."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final, Literal

from msgspec import Struct
from PySide6.QtCore import QLocale, QObject

from desktop.daemon import Failure
from desktop.models.following import Following
from desktop.models.previews import kind_in_words
from desktop.models.versions import moment
from desktop.sentences import sentence
from desktop.session import Session
from desktop.words import capital, exact_time, show_name, show_size, show_time, tr, tr_n
from server_api.contract.history import Details, DetailsRequest
from server_api.contract.positions import Keeper
from sync_engine.control import messages as control
from sync_engine.control.messages import Item
from sync_engine.control.questions import DETAILS
from sync_engine.core.reports import PathStatus

Level = Literal["good", "warn", "bad", "secondary"]
"""The role of the label that says it; the last says neither."""
_NOT_THERE: Final = "not-found"


class Safety(Struct, frozen=True):
    """Whether a file would outlive this device."""

    level: Level
    headline: str
    sentences: list[str] = []


class Fact(Struct, frozen=True):
    name: str
    value: str
    tip: str = ""
    is_path: bool = False


class Known(Following):
    """What server and daemon know of the item that is chosen.

    Attributes:
        item: as the list has it.
        details: the server's; ``None`` while it was not told, or if nothing is there.
        status: the daemon's, with the reason of a problem.
        is_missing: the server has nothing at this path.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent)
        self.item: Item | None = None
        self.details: Details | None = None
        self.status: PathStatus | None = None
        self.is_missing = False

    def follow(self, path: str, item: Item) -> None:
        if path != self.path:
            self.details, self.status, self.is_missing = None, None, False
        self.begin(path)
        self.item = item
        ask = self.session.daemon
        if item.is_on_server:
            request = DetailsRequest(path=path)
            ask.ask_server(DETAILS, request, self.of_now(self._take), self.of_now(self._miss), owner=self)
        else:  # its name may be one that no server can have
            self.is_asking, self.is_missing, self.details = False, True, None
        ask.ask(control.GetPathStatus(path), self.of_now(self._take_status), lambda _: None, owner=self)

    @property
    def safety(self) -> Safety:
        if self.item is None:
            return Safety("secondary", "")
        if self.is_asking:
            return Safety("secondary", tr("Asking the server…"))
        return judge(self.item, self.details, self.status, self.failure)

    def _take(self, details: Details) -> None:
        self.is_asking, self.is_missing = False, False
        self.details = details
        self.changed.emit()

    def _miss(self, failure: Failure) -> None:
        self.details = None
        self.is_missing = failure.code == _NOT_THERE
        self.fail(failure)

    def _take_status(self, answer: object) -> None:
        if isinstance(answer, control.PathAnswer):
            self.status = answer.status
            self.changed.emit()


def judge(item: Item, details: Details | None, status: PathStatus | None, failure: Failure | None) -> Safety:
    """Safe is only what is in step, on the server, and was read back there and found whole."""
    waiting = _waiting(item, status)
    if waiting is not None:
        if details is not None and details.on_server_since is not None:
            since = moment(details.on_server_since, in_sentence=True)
            earlier = tr("The server has the version of {when}.").format(when=since)
            return Safety(waiting.level, waiting.headline, [*waiting.sentences, earlier])
        return waiting
    if details is None:
        if failure is not None and failure.code != _NOT_THERE:
            why = sentence(failure.code, failure.detail)
            return Safety("secondary", tr("Cannot be told now"), [why])
        return Safety("warn", tr("Not on the server"), [tr("The server has nothing of this name at this moment.")])
    if item.kind != "file":
        return Safety("good", tr("On the server"), _of_no_file(item))
    return _of_file(item, details)


def _waiting(item: Item, status: PathStatus | None) -> Safety | None:
    """What keeps it from being in step."""
    is_told = status is not None and status.reason and status.state != "unknown"
    reason = sentence(status.reason, status.detail) if status is not None and is_told else ""
    only_here = tr("Until then, what changed last is on this device only.")
    match item.state:
        case "pending" if item.kind == "folder":
            return Safety("warn", tr("Not all of it yet"), [tr("Something in this folder still waits to be synced.")])
        case "pending":
            said = reason or tr("It waits for its turn.")
            return Safety("warn", tr("Not safe yet"), [said, only_here] if item.is_here else [said])
        case "uploading":
            return Safety("warn", tr("Not safe yet"), [tr("It is on its way to the server."), only_here])
        case "problem":
            said = reason or tr("It cannot be synced. Problems tells why, and what to do.")
            return Safety("bad", tr("Not safe"), [said, only_here] if item.is_here else [said])
        case "ignored":
            return Safety("warn", tr("On this device only"), [tr("It is ignored: Lockstep does not sync it.")])
        case "conflict":
            said = tr("It was changed in two places at once. Both are kept; choose which one stays in Conflicts.")
            return Safety("warn", tr("Kept twice"), [said])
    if not item.is_on_server:
        return Safety("warn", tr("On this device only"), [tr("The server does not have it yet.")])
    return None


def _of_file(item: Item, details: Details) -> Safety:
    since = details.on_server_since
    said = []
    if since is not None:
        said.append(tr("On the server since {when}.").format(when=moment(since, in_sentence=True)))
    if details.verified_at is not None:
        checked = tr("All of it was read back from the server’s store and found whole: {when}.")
        said.append(checked.format(when=moment(details.verified_at, in_sentence=True)))
    else:
        said.append(tr("Its content was not read back from the store yet; the server does that by itself."))
    said.append(_devices(item, details))
    if details.versions > 1:
        said.append(tr_n("%n version of it is known.", "%n versions of it are known.", details.versions))
    if details.verified_at is None or since is None:
        return Safety("secondary", tr("On the server, not checked yet"), said)
    return Safety("good", tr("Safe"), said)


def _devices(item: Item, details: Details) -> str:
    """Where its content is known to be."""
    if item.is_here:
        here = tr("It is on this device too.")
    elif item.state == "excluded":
        here = tr("It is not on this device, as you chose.")
    elif item.state == "downloading":
        here = tr("It is on its way to this device.")
    else:
        here = tr("It is not on this device.")
    return f"{here} {_elsewhere(item, details)}".strip()


def _elsewhere(item: Item, details: Details) -> str:
    if details.kept_by is None:
        return ""
    found = [_as_of(keeper, moment(keeper.told_at, in_sentence=True)) for keeper in _others(details)]
    if not found:
        return tr("No other device has said that it has it as it is now.")
    said = tr("Also on {devices}.") if item.is_here else tr("On {devices}.")
    return said.format(devices=QLocale().createSeparatedList(found))


def _others(details: Details) -> list[Keeper]:
    """Of this device the daemon knows better."""
    return [keeper for keeper in details.kept_by or () if not keeper.is_current]


def _as_of(keeper: Keeper, when: str) -> str:
    return tr("{device} (as of {when})").format(device=show_name(keeper.name), when=when)


def _of_no_file(item: Item) -> list[str]:
    if item.kind == "symlink":
        return [tr("The link is kept as a link; what it points to is synced only if it is in the folder too.")]
    if item.state == "excluded":
        return [tr("It is not on this device, as you chose.")]
    return [tr("Everything in this folder that is to be synced is in step.")]


def facts(path: str, item: Item, details: Details | None, disk_path: str | None) -> list[Fact]:
    """Kind, size, times and places, for people."""
    parent = str(PurePosixPath(path).parent)
    found = [Fact(tr("Kind"), kind_in_words(item))]
    if item.kind == "file":
        found.append(Fact(tr("Size"), show_size(item.size), tr_n("%n byte", "%n bytes", item.size)))
    if item.changed_at is not None:
        found.append(Fact(tr("Changed"), capital(show_time(item.changed_at)), exact_time(item.changed_at)))
    found.append(Fact(tr("In"), tr("All files") if parent == "." else show_name(parent), is_path=True))
    if details is not None and details.on_server_since is not None:
        since = details.on_server_since
        found.append(Fact(tr("On the server since"), capital(show_time(since)), exact_time(since)))
        checked = details.verified_at
        found.append(Fact(tr("Checked there"), capital(show_time(checked)) or tr("Not yet"), exact_time(checked)))
    if details is not None and details.stored:
        places = [_place(part.store, part.tier, part.size) for part in details.stored]
        found.append(Fact(tr("Stored"), ", ".join(places)))
    found += [
        Fact(
            tr("Also on") if item.is_here else tr("On"),
            _as_of(keeper, show_time(keeper.told_at)),
            tr("As of {when}").format(when=exact_time(keeper.told_at)),
        )
        for keeper in (_others(details) if details is not None else [])
    ]
    found += [
        Fact(tr("Written by"), show_name(holder.name), _last_seen(holder.last_seen_at))
        for holder in (details.devices if details is not None else [])
        if holder.name
    ]
    if item.is_here and disk_path is not None:
        found.append(Fact(tr("On this disk"), show_name(disk_path), is_path=True))
    return found


def _place(store: str, tier: str, size: int) -> str:
    said = tr("{size} in {store}") if tier == "standard" else tr("{size} in {store}, where old versions go")
    return said.format(size=show_size(size), store=show_name(store))


def _last_seen(at_ms: int) -> str:
    return tr("Last seen {when}").format(when=exact_time(at_ms))
