"""The engine's ports: everything it needs of the world. Adapters implement them, fakes stand in for them in tests.

Thread: the journal belongs to the control thread. The file system, the remote and the store are called from workers and
from the control thread and must allow that. Errors are those of ``sync_engine.errors``, no others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from server_api.contract import messages
from server_api.contract.positions import PositionTold, TellPosition
from sync_engine.core.model import (
    ContentHash,
    Cursor,
    Found,
    LocalNode,
    NodeId,
    RemoteNode,
    RevisionId,
    Signature,
    SyncedNode,
)
from sync_engine.core.platform_names import Naming

# --- clock and ids ---------------------------------------------------------------------------------


class Clock(Protocol):
    def now_ns(self) -> int:
        """Wall time, nanoseconds since the epoch: for people and for comparing with file times, never for deciding."""

    def monotonic(self) -> float:
        """Seconds that never go back."""


class Ids(Protocol):
    def new_id(self) -> bytes:
        """A UUIDv7, 16 bytes: sorts by its time of making."""


# --- the folder on disk --------------------------------------------------------------------------------
# Paths are relative to the root, separated by "/", "" being the root; names as ``Found.name``.


class OpenFile(Protocol):
    """A file opened for reading, through which its identity holds even if its name moves."""

    def read(self, size: int) -> bytes:
        """The next bytes; fewer than ``size`` only at the end, empty after it. Raises: DiskError."""

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes from anywhere, leaving the place of ``read`` alone. Raises: DiskError."""

    def size(self) -> int:
        """Bytes, now."""

    def is_as(self, signature: Signature) -> bool:
        """Whether this is the file of that signature, and untouched since (fstat). Its time of birth does not count:
        nobody can open one file and find another's inode and ctime in it."""

    def close(self) -> None: ...


class Staged(Protocol):
    """A file under way in ``.lockstep/staging``, in the same file system as its place."""

    def write(self, data: bytes | memoryview) -> None: ...

    def finish(self, mtime_ns: int | None, *, executable: bool) -> None:
        """Close it with its final times and mode. Not durable before ``FileSystem.sync``."""

    def discard(self) -> None:
        """Remove it; harmless twice and after it was put in place."""


class Displaced(Struct, frozen=True):
    """What an exchange took out, if it was not what was expected: a fresh edit that must live on."""

    kept_at: str
    """Path inside ``.lockstep``: bring it back with ``FileSystem.move``."""
    found: Found


class Disturbed(Struct, frozen=True):
    """Something out of its place that must live on: written to after it went to the trash, or left aside by a crash and
    its place taken. It becomes a conflicted copy."""

    path: str
    """Where it was; "" if nobody knows any more."""
    kept_at: str
    """Path inside ``.lockstep``: bring it back with ``FileSystem.move``."""
    found: Found


class FileSystem(Protocol):
    """The synced folder, walked from one open root without following links; nothing outside can be reached."""

    naming: Naming
    has_stable_inodes: bool
    """Whether a number means one object for as long as that lives."""
    keeps_executable: bool

    def check_root(self) -> None:
        """Raises: RootError unless the root is there, readable, locked by us and carries this journal's marker."""

    def pairing(self) -> str:
        """What ``pair`` left at this root last; "" if nothing. Raises: RootError."""

    def pair(self, token: str) -> None:
        """Have the root carry this token, durably. Raises: DiskError, RootError."""

    def free_bytes(self) -> int:
        """Room that the folder's disk has now for what is to come, beyond a small reserve that is left to everybody
        else who works on it. Raises: DiskError."""

    def list_folder(self, path: str) -> list[Found]:
        """All of it or an error, never a part. ``.lockstep`` is left out. Raises: DiskError."""

    def look(self, path: str) -> Found | None:
        """One object as lstat sees it now; ``None`` only if it is certainly absent. Raises: DiskError."""

    def open_file(self, path: str) -> OpenFile: ...

    def stage(self) -> Staged: ...

    def make_folder(self, path: str) -> Found:
        """Raises: Occupied (also by a folder)."""

    def make_symlink(self, path: str, target: str, replaces: Signature | None = None) -> tuple[Found, Displaced | None]:
        """Exchanges as ``put_in_place`` does. Raises: as that; NotHoldable where there are no links."""

    def put_in_place(self, staged: Staged, path: str, replaces: Signature | None) -> tuple[Found, Displaced | None]:
        """Exchange atomically; what is replaced goes to the trash, its mode, owner and attributes stay on the new one.

        Raises: Occupied (``replaces`` is ``None`` and something is there), Vanished, and nothing has happened then.
        """

    def move(self, path: str, to: str) -> Found:
        """Rename, never replacing. Raises: Occupied, Vanished."""

    def park(self, path: str) -> str:
        """Move aside into staging; returns the path to ``move`` it back from. Raises: Vanished."""

    def trash(self, path: str, expects: Signature | None) -> None:
        """To ``.lockstep/trash``. Files and symlinks must match ``expects``; a folder must hold nothing but junk.

        Raises: Changed (nothing has happened), Vanished.
        """

    def set_executable(self, path: str, executable: bool, expects: Signature) -> Found:  # noqa: FBT001 - a state, no switch
        """Raises: Changed."""

    def sync(self) -> None:
        """Everything done so far survives a power cut."""

    def clean_up(self, now_ns: int) -> None:
        """At start, before any scan: what a crash left in staging goes, what was parked returns to its place, and trash
        older than 30 days goes."""

    def recheck_trash(self, now_ns: int) -> list[Disturbed]:
        """A second look at what was displaced or deleted more than 10 s ago: a program may have held it open. What was
        written to since is told once. So is what ``clean_up`` found and could not bring back."""


class Watcher(Protocol):
    """Tells which paths may have changed; the truth is what ``FileSystem`` then sees."""

    def start(self, on_dirty: Callable[[Sequence[Dirty]], None]) -> None:
        """``on_dirty`` is called in the watcher's thread and must only hand over."""

    def drain(self) -> None:
        """Returns when every event of before this call was handed over."""

    def stop(self) -> None: ...


class Dirty(Struct, frozen=True):
    path: str
    """A path whose object may have changed, appeared or gone."""
    everything: bool = False
    """All below the path must be scanned as well: the whole root if it is "", else a folder that may have been filled
    before it was watched."""
    closed: bool = False
    """A program closed this file after writing: it need not wait for quiet."""
    reason: str = ""
    """Why everything is to be looked at: ``watch-limit`` and ``unwatched`` as long as not every folder is watched,
    which people are told; others are for the log."""


# --- the server and the store ----------------------------------------------------------------------------


class Usage(Struct, frozen=True):
    """What an account stores on the server, and may store."""

    used_bytes: int = 0
    quota_bytes: int | None = None
    """``None``: no limit."""


class Remote(Protocol):
    """The API, signed in as this device. Each call answers, or raises a ``RemoteError``; nothing is tried again inside
    but once, after a token was refreshed."""

    def commit(self, request: messages.CommitRequest) -> messages.CommitResponse: ...

    def changes(self, cursor: Cursor) -> messages.Changes:
        """One page. Raises: UnknownCursor."""

    def wait(self, cursor: Cursor, timeout_s: int) -> bool:
        """Whether the namespace is past the cursor; blocks up to the timeout. Raises: UnknownCursor."""

    def missing(self, chunks: Sequence[bytes]) -> messages.Missing: ...

    def register_packs(self, packs: Sequence[messages.DeclaredPack]) -> list[messages.RegisteredPack]: ...

    def seal_packs(self, packs: Sequence[bytes]) -> messages.SealedPacks: ...

    def manifests(self, revisions: Sequence[bytes]) -> messages.FoundManifests: ...

    def locate(self, chunks: Sequence[bytes]) -> messages.Located: ...

    def report_damaged(self, chunks: Sequence[bytes]) -> None:
        """These keep arriving with other bytes than their names say: have the server look at some of them."""

    def usage(self) -> Usage:
        """Of this device's account."""

    def tell_position(self, position: TellPosition) -> PositionTold:
        """What this device has; see there."""

    def interrupt(self) -> None:
        """From any thread: calls under way end at once with ``Unreachable``; later ones go as usual."""


class Store(Protocol):
    """The object store, through signed requests alone. ``Store`` counts: see ``TransferCounts``."""

    def put(self, request: messages.SignedRequest, body: Iterable[bytes | memoryview], size: int) -> None:
        """Send the parts as one body, from the start, once. A repeated PUT whose object is there already is success.

        Raises: UrlExpired, RateLimited, Unreachable, Refused.
        """

    def get(self, request: messages.SignedRequest, start: int, size: int) -> Iterator[bytes]:
        """Those bytes of the object, in pieces of at most 1 MiB; raises ``CorruptTransfer`` when fewer or more come.

        Raises: UrlExpired, ObjectGone, RateLimited, Unreachable.
        """

    def until(self, stop: threading.Event) -> AbstractContextManager[None]:
        """In the block, nothing that this thread does with store or server begins once ``stop`` is set: ``Unreachable``
        instead."""

    def interrupt(self, stop: threading.Event | None = None) -> None:
        """From any thread: transfers under way end at once with ``Unreachable``; later ones go as usual.

        ``stop``, which is set: only what threads do ``until`` this, calls to the server included.
        """


# --- workers -----------------------------------------------------------------------------------------------


Lane: TypeAlias = Literal["quick", "transfer", "waiting"]
"""Which threads run a job: neither a long transfer nor the wait for news stands in the way of quick work."""


class Workers(Protocol):
    """Runs jobs beside the control thread. A job never touches the journal; what it returns comes back as an event."""

    def submit(self, job: Callable[[], object], done: Callable[[object], None], lane: Lane = "quick") -> None:
        """``done(result or exception)`` is called *in the control thread*, from within ``collect``."""

    def collect(self, timeout_s: float | None) -> bool:
        """Deliver finished jobs' results and posted calls; wait up to the time for the first. False: nothing came."""

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: have the control thread make this call soon."""


# --- the journal ----------------------------------------------------------------------------------------------


class Activity(Struct, frozen=True):
    """One line of what happened, for people. ``at`` in milliseconds since the epoch."""

    at: int
    action: str
    path: str
    detail: str = ""


class Problem(Struct, frozen=True):
    path: str
    code: str
    detail: str = ""
    node_id: NodeId | None = None


class Outbox(Struct, frozen=True):
    """A commit that is about to be sent, or was sent and not answered yet."""

    request: messages.CommitRequest
    nodes: list[LocalNode | SyncedNode]
    """Per operation, the state that it was made from."""


class Trees(Protocol):
    """Reading the three trees in bulk. Ids that are in no tree are simply absent from the answer."""

    def local(self, ids: Iterable[NodeId]) -> dict[NodeId, LocalNode]: ...

    def remote(self, ids: Iterable[NodeId]) -> dict[NodeId, RemoteNode]:
        """Tombstones included."""

    def synced(self, ids: Iterable[NodeId]) -> dict[NodeId, SyncedNode]: ...

    def local_children(self, parents: Iterable[NodeId]) -> list[LocalNode]: ...

    def remote_children(self, parents: Iterable[NodeId]) -> list[RemoteNode]:
        """The living ones."""

    def synced_children(self, parents: Iterable[NodeId]) -> list[SyncedNode]: ...

    def local_named(self, places: Iterable[tuple[NodeId, str]]) -> list[LocalNode]:
        """Who is at these (parent, name) places; names compare by NFC and, where the disk does so, by case."""

    def remote_named(self, places: Iterable[tuple[NodeId, str]]) -> list[RemoteNode]:
        """The living ones; names compare by NFC, as on the server."""

    def local_inodes(self, inodes: Iterable[int]) -> list[LocalNode]:
        """All are of one file system, whose own number may be another after each start of the system."""

    def local_path(self, node_id: NodeId) -> str | None:
        """Relative path on this disk; "" for ROOT; ``None`` if the node or one above it is not here."""

    def remote_path(self, node_id: NodeId) -> str | None: ...

    def local_at(self, path: str) -> LocalNode | None:
        """By its exact names; where the disk does not tell case, by names that are equal there."""


class Journal(Trees, Protocol):
    """The device's memory. Writes happen inside ``transaction`` and are seen by reads at once."""

    def transaction(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """All or nothing; nested ones join the outer, and an error in one undoes all, even if it was caught in between.
        ``durable``: on disk before it returns (synchronous=FULL)."""

    def put_local(self, nodes: Iterable[LocalNode]) -> None: ...

    def drop_local(self, ids: Iterable[NodeId]) -> None:
        """These nodes only; whoever drops a folder drops what is below it, too."""

    def put_remote(self, nodes: Iterable[RemoteNode]) -> None: ...

    def drop_remote(self, ids: Iterable[NodeId]) -> None: ...

    def put_synced(self, nodes: Iterable[SyncedNode]) -> None: ...

    def agree(self, revisions: Mapping[NodeId, RevisionId]) -> set[NodeId]:
        """What the remote tree has of these living nodes is agreed; returns those that it has at these revisions. The
        others stay as they were."""

    def drop_synced(self, ids: Iterable[NodeId]) -> None: ...

    def put_contents(self, files: Iterable[Prepared]) -> None:
        """What was read is the content of these local files, but for those whose signature is another by now."""

    def rebind_local(self, node_id: NodeId, becomes: NodeId) -> None:
        """The local object goes on as another node; its children's parent follows.

        Raises: JournalError if there is a local object of that id.
        """

    def below_local(self, node_id: NodeId) -> list[NodeId]:
        """All descendants in the local tree, parents first."""

    def differing(self) -> set[NodeId]:
        """At start: nodes whose three trees do not agree, or whose content has to be read. What is excluded and not
        here is as it is to be; so is what was read when it was fresh (``recheck``), until it is looked at again."""

    def lacking(self, most: int) -> list[NodeId] | None:
        """Living files of the remote tree whose content the local tree does not have, but for what is excluded and what
        is below that. ``None`` if there are more than ``most``. Looks at all files."""

    def forget_contents(self) -> set[NodeId]:
        """Every local file has to be read again; returns them."""

    def conflicted_copies(self) -> list[str]:
        """Local paths of files that are conflicted copies by their names."""

    # the change feed
    def cursor(self) -> Cursor | None:
        """``None`` before the first complete listing."""

    def gather(self, changes: Sequence[messages.Change]) -> None:
        """Put a page aside; not seen by the trees."""

    def discard_gathered(self) -> None: ...

    def switch(self, cursor: Cursor, *, whole: bool) -> set[NodeId]:
        """Make what was gathered the remote tree's, with the cursor, in one transaction; returns the changed nodes.

        What lies below a deleted folder leaves the tree. Tombstones stay for nodes that the local or synced tree has.
        Changed are those of which the remote tree says something else than before.
        ``whole``: what was gathered is everything there is; all else leaves the tree.
        """

    def set_cursor(self, cursor: Cursor) -> None: ...

    # commits
    def next_commit_number(self) -> int:
        """Durably one more than ever before."""

    def commit_number(self) -> int: ...

    def set_commit_number(self, number: int) -> None: ...

    def put_outbox(self, outbox: Outbox) -> None: ...

    def outbox(self) -> Outbox | None: ...

    def clear_outbox(self) -> None: ...

    def begin_pack(self, pack_id: bytes) -> None:
        """A pack's bytes are about to go up."""

    def end_packs(self, pack_ids: Iterable[bytes]) -> None: ...

    def packs_under_way(self) -> list[bytes]: ...

    def start_over(self) -> None:
        """Forget what was agreed (synced tree, cursor, outbox): the next round merges and deletes nothing."""

    # for people
    def add_activity(self, lines: Iterable[Activity]) -> None: ...

    def activity(self, limit: int) -> list[Activity]: ...

    def put_problems(self, problems: Iterable[Problem]) -> None:
        """One a path; replaces."""

    def clear_problems(self, paths: Iterable[str]) -> None: ...

    def problems(self) -> list[Problem]: ...

    # what the person does not want here
    def excluded(self) -> dict[NodeId, str]:
        """The topmost nodes that are excluded from this device, with the paths that they had then."""

    def set_excluded(self, nodes: Mapping[NodeId, str]) -> None:
        """These from now on, and no others."""

    def setting(self, key: str) -> str | None: ...

    def set_setting(self, key: str, value: str | None) -> None: ...

    def changes(self) -> int:
        """Grows whenever something is written; cheap to ask."""

    def files(self) -> int:
        """Living ones of the remote tree."""

    def counts(self) -> dict[str, int]:
        """Rows per tree: ``local``, ``remote``, ``synced``; and ``tombstones``, which ``remote`` includes."""

    def close(self) -> None: ...


# --- secrets --------------------------------------------------------------------------------------------------


class Keychain(Protocol):
    """Where the tokens are; nothing else of the engine sees them."""

    def read(self, name: str) -> str | None: ...

    def write(self, name: str, secret: str) -> None:
        """Durable when it returns."""

    def delete(self, name: str) -> None: ...

    def description(self) -> str:
        """Where secrets lie, for `doctor`: the system's keyring, or a file of mode 0600."""


# --- transfers, as the control loop sees them ----------------------------------------------------------------------


class Prepared(Struct, frozen=True):
    """A local file that was read, and whose chunks the server now has (unless ``known``)."""

    node_id: NodeId
    signature: Signature
    content: ContentHash
    size: int
    chunks: list[bytes]
    recheck: bool
    """Read within 2 s of its last change."""


class TransferCounts(Struct):
    """Bytes and requests to and from the object store."""

    uploaded_bytes: int = 0
    upload_requests: int = 0
    downloaded_bytes: int = 0
    download_requests: int = 0
