"""The one object that every service gets first, and the one that says who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import Connection

from server_api.config import ServerConfig
from server_api.contract.messages import DeviceId
from server_api.domain.clock import Clock, Ids
from server_api.services.hub import Hub
from server_api.services.limits import RateLimiter
from server_api.services.listening import Listener
from server_api.services.readiness import Readiness
from server_api.storage.cdn import Cdn
from server_api.storage.database import Database
from server_api.storage.mailer import Mailer
from server_api.storage.offload import Offload, run_here
from server_api.storage.stores import ObjectStore

NamespaceRole = Literal["viewer", "editor", "owner"]
RANKS: Final[dict[str, int]] = {"viewer": 1, "editor": 2, "owner": 3}


@dataclass(slots=True, kw_only=True)
class Server:
    """Everything a service needs; made once by ``build_server``."""

    config: ServerConfig
    database: Database
    store: ObjectStore
    mailer: Mailer
    clock: Clock
    ids: Ids
    secrets: dict[str, bytes] = field(repr=False)
    """By use: see ``services.state``."""
    database_now_ms: Callable[[Connection], int]
    """The time that ages of content are told by: the database's own, one for all processes."""
    cdn: Cdn | None = None
    """What gives out published objects, if it is not the store itself."""
    collecting: Iterator[None] | None = None
    """What is left of the collection that this process has begun."""
    collect_not_before: float = 0.0
    """By the monotonic clock: another process was collecting."""
    thumbnailing: Iterator[bool] | None = None
    """What is left of the thumbnails that this process has begun with."""
    thumbnails_swept_until: float = 0.0
    """By the monotonic clock."""
    figures_due: float = 0.0
    """When ``services.figures`` counts again, by the monotonic clock."""
    backlog_due: float = 0.0
    """When ``services.backlog`` looks again, by the monotonic clock."""
    publishing: Iterator[None] | None = None
    """What is left of the shared file that this process publishes."""
    published_look_at: float = 0.0
    """When this process looks again which published files are not needed, by the monotonic clock."""
    published_seen: dict[bytes, int] = field(default_factory=dict)
    """By published file, the seq of the namespace at which this process looked whether it is still what is shared."""
    hub: Hub = field(default_factory=Hub)
    offload: Offload = run_here
    limiter: RateLimiter = field(init=False)
    listener: Listener = field(init=False)
    readiness: Readiness = field(init=False)

    def __post_init__(self) -> None:
        self.listener = Listener(self.database, self.hub)
        self.limiter = RateLimiter(self.database, self.clock)
        self.readiness = Readiness(self.database, self.store, self.hub, self.clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: an account, through one of its devices, in one session."""

    account_id: bytes
    device_id: DeviceId
    session_id: bytes
    email: str
    role: str
    """``admin`` or ``member``, of the server."""
    device_kind: str = "device"
    """``device`` or ``browser``."""
