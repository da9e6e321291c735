"""The local control protocol: what faces ask of a running daemon.

A client sends one request a frame and gets one or more answers; the last one is a ``Done`` or a ``Failed``. No answer
holds a token. Paths are relative to the folder, with ``/`` between names; "" is all of it. Times are milliseconds since
the epoch. ``framing`` tells how they travel.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from msgspec import Struct

from sync_engine.core.reports import (
    Choice,
    EngineState,
    Exclusion,
    HeldDeletions,
    Keep,
    PathProblem,
    PathStatus,
    Resolution,
    SyncReport,
)
from sync_engine.ports import Activity

PROTOCOL: Final = 2
MAX_FRAME_BYTES: Final = 16 * 1024 * 1024
MAX_ANSWER_BYTES: Final = 1024 * 1024 * 1024
"""What is listed may be long: a rewind's changes, or problems, one by one."""


class Hello(Struct, tag=True):
    """The first request: who is there. Answered by ``Welcome``."""

    protocol: int = PROTOCOL


class GetStatus(Struct, tag=True):
    """Answered by ``Status``; if ``watch``, by one at each change, and every few seconds."""

    watch: bool = False


class GetPathStatus(Struct, tag=True):
    """Answered by ``PathStatus``."""

    path: str


class Sync(Struct, tag=True):
    """Run until settled. Answered by ``Status`` now and then, and a ``Synced``."""

    full: bool = False


class Pause(Struct, tag=True):
    until: int | None = None
    """When it resumes by itself; ``None``: when it is told to."""


class Resume(Struct, tag=True):
    pass


class Stop(Struct, tag=True):
    """End the daemon. ``Done`` comes before it ends."""


class GetHeld(Struct, tag=True):
    """Answered by ``HeldNow``."""

    whole: bool = False
    """With all places, and not the first hundred alone."""


class ApplyHeld(Struct, tag=True):
    """Go through with what is held. Answered by ``HeldNow``: what that was, or nothing."""

    seen: HeldDeletions | None = None
    """What the person was shown: only if it is still just that. Else whatever is held."""


class RestoreHeld(Struct, tag=True):
    """Undo what is held. Answered by ``HeldNow``: what it was."""


class GetProblems(Struct, tag=True):
    """Answered by ``Problems``."""


class GetConflicts(Struct, tag=True):
    """Answered by ``Conflicts``."""


class GetActivity(Struct, tag=True):
    """Newest first. Answered by ``Activities``."""

    limit: int = 100


class Exclude(Struct, tag=True):
    """Answered by ``Chosen``. ``node_id``: what the server has at the path, for a daemon that does not know it yet."""

    path: str
    node_id: bytes | None = None


class Include(Struct, tag=True):
    """Not excluded any more. Answered by ``Chosen``."""

    path: str


class GetExclusions(Struct, tag=True):
    """Answered by ``Exclusions``."""


class Resolve(Struct, tag=True):
    """Resolve a conflict. Answered by ``Resolved``."""

    path: str
    keep: Keep


class Reload(Struct, tag=True):
    """Settings or ignore rules changed: read them again."""


class TryNow(Struct, tag=True):
    """Try at once what would be tried again later: the server, and what has a problem."""

    path: str | None = None
    """This one alone, and also if its transfer was stopped. ``None``: all that was not."""


class StopTransfer(Struct, tag=True):
    """Let one file be as it is, here and on the server, until somebody has it tried again or it changes on either side.
    ``stopped`` is the reason that is told of it then. Where nothing is to move, nothing happens."""

    path: str


class ListFolder(Struct, tag=True):
    """What is in a folder, here, on the server or both, in no order. Answered by ``Items``, as many as it takes; fails
    with ``not-found`` where there is no such folder."""

    path: str = ""


class FindItems(Struct, tag=True):
    """What has the text in its name, anywhere: neither case nor accents count. Answered by ``Items``, whose names are
    paths."""

    text: str
    limit: int = 1_000


class GetFolderSizes(Struct, tag=True):
    """Of the folders in a folder. Answered by ``FolderSizes``."""

    path: str = ""


class AskServer(Struct, tag=True):
    """A question to the server, as this device. ``questions`` knows them, and makes these. Answered by ``Answered``; it
    fails with the server's code where that refuses."""

    question: str
    """One of ``questions.QUESTIONS``, by its name."""
    subject: bytes | None = None
    """The id that the question is about, where it is about one."""
    body: bytes | None = None
    """The request: msgpack."""


class SaveContent(Struct, tag=True):
    """Write a version's content into a file. Answered by ``Saving`` now and then, and by ``Saved``.

    A call that hangs up ends it. What is not whole is removed.
    """

    path: str
    revision_id: bytes | None = None
    """The version; ``None``: what the server has there now."""
    target: str | None = None
    """Absolute; it is made, and nothing is ever replaced. ``None``: a file for looking at, kept in the profile for a
    while, that nobody may write to."""


class GetProfile(Struct, tag=True):
    """Answered by ``ProfileNow``."""


class GetSettings(Struct, tag=True):
    """Answered by ``SettingsNow``."""


class ChangeSettings(Struct, tag=True):
    """All of them or none, and go by them. Fails with ``wrong-usage``, and why. ``None``: back to the default."""

    values: dict[str, str | None]


class GetIgnoreRules(Struct, tag=True):
    """Answered by ``IgnoreRules``."""


class SetIgnoreRules(Struct, tag=True):
    """Write all of ``.lockstepignore``, if it is still as it was read, and go by it. Fails with ``changed`` if not."""

    text: str
    was: str


Request: TypeAlias = (
    Hello
    | GetStatus
    | GetPathStatus
    | Sync
    | Pause
    | Resume
    | Stop
    | GetHeld
    | ApplyHeld
    | RestoreHeld
    | GetProblems
    | GetConflicts
    | GetActivity
    | Exclude
    | Include
    | GetExclusions
    | Resolve
    | Reload
    | TryNow
    | StopTransfer
    | ListFolder
    | FindItems
    | GetFolderSizes
    | AskServer
    | SaveContent
    | GetProfile
    | GetSettings
    | ChangeSettings
    | GetIgnoreRules
    | SetIgnoreRules
)


class Welcome(Struct, tag=True):
    version: str
    protocol: int
    pid: int


class Status(Struct, tag=True):
    state: EngineState


class PathAnswer(Struct, tag=True):
    status: PathStatus


class Synced(Struct, tag=True):
    report: SyncReport


class HeldNow(Struct, tag=True):
    held: HeldDeletions | None


class Problems(Struct, tag=True):
    problems: list[PathProblem]


class Conflict(Struct, frozen=True):
    """Two contents of one file, both kept."""

    path: str
    """Of the conflicted copy."""
    original: str | None
    """Where the other one is; ``None`` if there is none any more."""
    device: str = ""
    """Which made the copy."""


class Conflicts(Struct, tag=True):
    conflicts: list[Conflict]


class Activities(Struct, tag=True):
    lines: list[Activity]


class Chosen(Struct, tag=True):
    choice: Choice


class Exclusions(Struct, tag=True):
    exclusions: list[Exclusion]


class Resolved(Struct, tag=True):
    resolution: Resolution


ItemState: TypeAlias = Literal[
    "in-step", "pending", "uploading", "downloading", "conflict", "problem", "excluded", "ignored"
]
"""Excluded: on the server, and not wanted on this device. Ignored: here, and not synced. Pending: for a folder also if
something below it is."""


class Item(Struct, frozen=True, array_like=True, gc=False):
    """A file or folder as a list shows it."""

    name: str
    """In the folder that was asked for."""
    kind: Literal["file", "folder", "symlink"]
    size: int
    """Bytes; of a folder 0."""
    changed_at: int | None
    """Of a file: when its content changed last."""
    state: ItemState
    is_here: bool
    """On this device's disk."""
    is_on_server: bool


class Items(Struct, tag=True):
    items: list[Item]
    is_cut: bool = False
    """There are more than were asked for."""


class FolderSizes(Struct, tag=True):
    sizes: dict[str, int]
    """Bytes of all that the server has below each folder, by its name."""


class Answered(Struct, tag=True):
    body: bytes
    """msgpack; of a question without an answer empty."""


class Saving(Struct, tag=True):
    done_bytes: int
    size_bytes: int


class Saved(Struct, tag=True):
    path: str
    """Absolute."""


class ProfileNow(Struct, tag=True):
    server: str
    email: str
    device_name: str
    device_id: bytes
    folder: str
    """Absolute."""
    home: str
    """The profile's directory."""
    runs_server: bool
    """The server is this computer's own."""


class Setting(Struct, frozen=True):
    value: str
    default: str
    meaning: str


class SettingsNow(Struct, tag=True):
    settings: dict[str, Setting]


class IgnoreRules(Struct, tag=True):
    text: str


class Done(Struct, tag=True):
    pass


class Failed(Struct, tag=True):
    """``code`` is an ``EngineError``'s; people's sentence goes by it."""

    code: str
    detail: str = ""


Answer: TypeAlias = (
    Welcome
    | Status
    | PathAnswer
    | Synced
    | HeldNow
    | Problems
    | Conflicts
    | Activities
    | Chosen
    | Exclusions
    | Resolved
    | Items
    | FolderSizes
    | Answered
    | Saving
    | Saved
    | ProfileNow
    | SettingsNow
    | IgnoreRules
    | Done
    | Failed
)
