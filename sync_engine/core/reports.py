"""What the engine tells of itself: to command line, tray and windows. Fields follow the command-line contract."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, field

State = Literal["in-step", "syncing", "paused", "offline", "attention", "signed-out"]
Outcome = Literal["settled", "partial", "held", "offline", "signed-out"]

STOPPED: Final = "stopped"
"""The reason of what does not move because the person stopped it: it waits for their word, or for another content."""


class Moved(Struct):
    """Files and content bytes that went one way, and the requests to the object store that took."""

    files: int = 0
    bytes: int = 0
    requests: int = 0


class PathProblem(Struct, frozen=True):
    path: str
    reason: str
    """A stable code; faces turn it into a sentence."""
    detail: str = ""


class HeldDeletions(Struct, frozen=True):
    deletions: int
    """Files."""
    where: Literal["local", "remote"]
    """Where they were deleted."""
    places: int = 0
    """How many they are when what lies below another is not counted."""
    paths: list[str] = []
    """A hundred of those places at most, if not all were asked for; sorted."""


class SyncReport(Struct):
    """What one ``sync`` did. ``state`` is ``settled`` only when both sides are in step and the server has committed."""

    state: Outcome = "settled"
    uploaded: Moved = field(default_factory=Moved)
    downloaded: Moved = field(default_factory=Moved)
    operations: dict[str, int] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    problems: list[PathProblem] = field(default_factory=list)
    held: HeldDeletions | None = None
    seconds: float = 0.0


class Transfer(Struct, frozen=True):
    path: str
    direction: Literal["up", "down"]
    done_bytes: int
    size_bytes: int


class Progress(Struct):
    """Cheap to take, many times a second. Totals grow as more work is found."""

    phase: Literal["scanning", "comparing", "transferring", "settling", "waiting"] = "waiting"
    files_done: int = 0
    files_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0


class EngineState(Struct):
    state: State = "syncing"
    pending: int = 0
    """Nodes that are not in step yet."""
    problems: int = 0
    conflicts: int = 0
    held: int = 0
    reason: str = ""
    """The code of what stops everything (``root-missing``, ``unreachable``), else empty."""
    warning: str = ""
    """The code of what stops nothing and yet should not be (``watch-limit``), else empty."""
    used_bytes: int = 0
    """Of the account, as the server said last."""
    quota_bytes: int | None = None
    transfers: list[Transfer] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    paused_until: int | None = None
    """When a pause ends by itself, in milliseconds since the epoch."""
    files: int = 0
    """On the server, as far as this device knows."""
    changes: int = 0
    """Grows with each change of what is known: a face that shows a folder looks again then."""
    stopped: int = 0
    """Of the problems: transfers that the person stopped."""


class PathStatus(Struct):
    path: str
    state: Literal[
        "in-step", "pending", "uploading", "downloading", "conflict", "problem", "ignored", "excluded", "unknown"
    ]
    reason: str = ""
    """A stable code, where there is something to say."""
    detail: str = ""
    on_server_since: int | None = None
    verified_at: int | None = None
    devices: list[str] = field(default_factory=list)


class Exclusion(Struct, frozen=True):
    """Something that the person does not want on this device."""

    path: str
    """Where the server has it."""
    kind: Literal["file", "folder", "symlink", "unknown"]
    """Unknown until the device has read of it in the change feed."""
    state: Literal["excluded", "leaving"]
    """Leaving: something of it is still on the disk, for it is not on the server yet or cannot be synced."""


class Choice(Struct, frozen=True):
    """What became of a person's wish to exclude something, or not to any more."""

    outcome: Literal["done", "already", "part", "not-on-server", "unknown"]
    """Already: it was like that. Part: it goes with the exclusion at ``path``."""
    path: str = ""


Keep = Literal["mine", "theirs", "both"]
"""Of a conflict: the copy in the place of the original, the original alone, or the copy under a name of its own."""


class Resolution(Struct, frozen=True):
    """What became of a person's wish to resolve a conflict. Unless it is ``done``, nothing was changed; where several
    copies were to go, ``changed`` tells of the first that had to stay."""

    outcome: Literal["done", "unknown", "no-conflict", "several", "no-original", "not-in-step", "changed"]
    path: str
    """The file that it is about: of the original when done."""
    copies: list[str] = []
    """Done: those that are resolved. Several: from which to choose."""
    kept_as: list[str] = []
    """For ``both``: where they are now."""
