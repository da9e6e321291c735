"""The local control protocol: what faces ask of a running daemon.

A client sends one request a frame and gets one or more answers; the last one is a ``Done`` or a ``Failed``. No answer
holds a token. Frames are a little-endian u32 length and that many bytes of msgpack.
"""

from __future__ import annotations

from typing import Final, TypeAlias

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

PROTOCOL: Final = 1
MAX_FRAME_BYTES: Final = 16 * 1024 * 1024


class Hello(Struct, tag=True):
    """The first request: who is there. Answered by ``Welcome``."""

    protocol: int = PROTOCOL


class GetStatus(Struct, tag=True):
    """Answered by ``Status``, by one at each change if ``watch``."""

    watch: bool = False


class GetPathStatus(Struct, tag=True):
    """Answered by ``PathStatus``."""

    path: str


class Sync(Struct, tag=True):
    """Run until settled. Answered by ``Status`` now and then, and a ``Synced``."""

    full: bool = False


class Pause(Struct, tag=True):
    pass


class Resume(Struct, tag=True):
    pass


class Stop(Struct, tag=True):
    """End the daemon. ``Done`` comes before it ends."""


class GetHeld(Struct, tag=True):
    """Answered by ``HeldNow``."""


class ApplyHeld(Struct, tag=True):
    """Go through with what is held. Answered by ``HeldNow``: what it was."""


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


class Conflicts(Struct, tag=True):
    paths: list[str]


class Activities(Struct, tag=True):
    lines: list[Activity]


class Chosen(Struct, tag=True):
    choice: Choice


class Exclusions(Struct, tag=True):
    exclusions: list[Exclusion]


class Resolved(Struct, tag=True):
    resolution: Resolution


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
    | Done
    | Failed
)
