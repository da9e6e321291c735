"""The wire contract: every message that crosses between a device and the server.

Devices speak ``application/msgpack`` with raw-byte ids and hashes; people and browsers speak
``application/json``, where msgspec writes the same bytes as base64. Both carry these types. Bodies may
be compressed (``Content-Encoding: zstd`` or ``gzip``).

The package ``server_api.contract`` is the one thing a client takes from the server. It imports neither Flask nor
SQLAlchemy.

Ids are 16 bytes, hashes 32 (BLAKE3 of plain bytes), times are integers: ``*_ns`` nanoseconds and ``*_at``
milliseconds since the Unix epoch, sizes are bytes. Requests refuse unknown fields; answers may grow.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated, Final, NewType, TypeAlias

from msgspec import Meta, Struct, field

PROTOCOL: Final = 1
"""The protocol version this code speaks. A server serves the two before its own as well."""

PROTOCOL_HEADER: Final = "Lockstep-Protocol"
BROWSER_HEADER: Final = "Lockstep-Browser"
"""Set to ``1`` by the web application on each request that changes something: a browser that is signed in by its cookie
is heard only with this header, which no form and no other site can send, and from the server's own pages."""
MSGPACK: Final = "application/msgpack"
JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"

# --- limits: the server refuses what is beyond them, the client never sends it -------------------

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
"""Of a request or answer after decompression, pack uploads aside."""
MAX_BATCH_OPERATIONS: Final = 10_000
MAX_NAME_BYTES: Final = 255
"""Of a name in UTF-8."""
MAX_DEPTH: Final = 512
"""Folders between a node and its root."""
MAX_LINK_BYTES: Final = 4_095
MAX_CHUNKS_A_REQUEST: Final = 50_000
MAX_CHUNKS_A_FILE: Final = 500_000
MAX_PACKS_A_REQUEST: Final = 64
MAX_MANIFESTS_A_REQUEST: Final = 1_000
MAX_DAMAGED_CHUNKS: Final = 16
MAX_CHUNK_BYTES: Final = 4 * 1024 * 1024
MIN_CHUNK_BYTES: Final = 256 * 1024
"""A file of at most this size is one chunk whose hash is the file's hash."""
MAX_PACK_BYTES: Final = 32 * 1024 * 1024
PAGE_CHANGES: Final = 10_000
MAX_VERSIONS: Final = 10_000
"""In one page."""
MAX_WAIT_S: Final = 55

NamespaceId = NewType("NamespaceId", bytes)
NodeId = NewType("NodeId", bytes)
RevisionId = NewType("RevisionId", bytes)
OperationId = NewType("OperationId", bytes)
DeviceId = NewType("DeviceId", bytes)
PackId = NewType("PackId", bytes)
ContentHash = NewType("ContentHash", bytes)
"""BLAKE3 of a file's plain bytes."""
ChunkHash = NewType("ChunkHash", bytes)

ROOT: Final = NodeId(bytes(16))
"""The parent of a namespace's topmost nodes. It is no node itself: it cannot be moved or deleted."""

Id16: TypeAlias = Annotated[bytes, Meta(min_length=16, max_length=16)]
Hash32: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]
Size: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
TimeNs: TypeAlias = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
TimeMs: TypeAlias = Annotated[int, Meta(ge=0, le=253_370_764_800_000)]
"""Up to the year 9999, which every calendar knows."""
Seq: TypeAlias = Annotated[int, Meta(ge=0, le=2**62)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_BYTES)]
ToldName: TypeAlias = Annotated[str, Meta(max_length=1_024)]
"""A name in an answer, which is hostile until it was looked at."""
ToldLink: TypeAlias = Annotated[str, Meta(max_length=MAX_LINK_BYTES)]
Email: TypeAlias = Annotated[str, Meta(min_length=3, max_length=254)]
Password: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1024)]
DeviceName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+(?![\s\S])")]
"""Without control characters, which not every database takes."""
RefreshToken: TypeAlias = Annotated[str, Meta(min_length=16, max_length=256)]


class Kind(IntEnum):
    """What a node is; it never changes."""

    FILE = 1
    FOLDER = 2
    SYMLINK = 3


class Codec(IntEnum):
    """How a chunk's bytes lie in its pack."""

    RAW = 0
    ZSTD = 1


class ErrorCode(StrEnum):
    """The stable code of a problem document: what a client may decide by."""

    INVALID_BODY = "invalid-body"
    BODY_TOO_LARGE = "body-too-large"
    UNSUPPORTED_MEDIA = "unsupported-media"
    NOT_FOUND = "not-found"
    LINK_OVER = "link-over"
    """A share link that expired, was used up or withdrawn, or leads to what was deleted."""
    LINK_PAUSED = "link-paused"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_SIGNED_IN = "not-signed-in"
    """The access token is missing, unknown or expired: refresh and try again."""
    SESSION_ENDED = "session-ended"
    """The device was revoked, its session ended or its account disabled: sign in again."""
    WIPE_REQUESTED = "wipe-requested"
    """The session ended, and the owner wants the device to remove what it synced: see ``BeginWipe``."""
    WIPE_UNDER_WAY = "wipe-under-way"
    """The device is to be wiped, or is being wiped: nobody signs in there meanwhile."""
    WRONG_CREDENTIALS = "wrong-credentials"
    PASSWORD_NEEDED = "password-needed"
    SECOND_FACTOR_NEEDED = "second-factor-needed"
    """The password is right; the sign-in needs a code as well."""
    WRONG_SECOND_FACTOR = "wrong-second-factor"
    FORBIDDEN = "forbidden"
    REGISTRATION_CLOSED = "registration-closed"
    INVITATION_NEEDED = "invitation-needed"
    ACCOUNT_EXISTS = "account-exists"
    WEAK_PASSWORD = "weak-password"
    UNKNOWN_CURSOR = "unknown-cursor"
    """The epoch or revision is not this server's: list everything again and merge."""
    SUPERSEDED = "superseded"
    """A commit with a higher number was seen from this device: the request came too late."""
    OPERATION_REUSED = "operation-reused"
    """An operation id came back with another body."""
    QUOTA_EXCEEDED = "quota-exceeded"
    STORE_FULL = "store-full"
    PACK_REFUSED = "pack-refused"
    URL_INVALID = "url-invalid"
    """A directory-store URL whose signature, expiry, size or checksum does not hold."""
    ALREADY_STORED = "already-stored"
    RATE_LIMITED = "rate-limited"
    UPDATE_NEEDED = "update-needed"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class Problem(Struct, kw_only=True):
    """A problem document (RFC 9457)."""

    status: int
    code: str
    title: str
    detail: str = ""
    request_id: str = ""
    retry_after_s: int | None = None


class _Request(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(Struct, kw_only=True, frozen=True):
    pass


# --- the server, accounts, devices -----------------------------------------------------------------


class ServerInfo(_Answer, kw_only=True, frozen=True):
    """``GET /v1/server``, no sign-in needed."""

    product: str
    version: str
    protocol: int
    oldest_protocol: int
    registration: str
    time_at: TimeMs


class Register(_Request, kw_only=True, frozen=True):
    """``POST /v1/accounts``. 201 with an ``Account``."""

    email: Email
    password: Password
    invite: str | None = None


class Account(_Answer, kw_only=True, frozen=True):
    account_id: Id16
    email: str
    role: str
    quota_bytes: int | None
    """``None``: no limit."""
    used_bytes: int
    personal_namespace: Id16
    delete_at: TimeMs | None = None
    """When it goes for good; ``None``: it stays."""


class SignIn(_Request, kw_only=True, frozen=True):
    """``POST /v1/sessions``: a device signs in. Naming the ``device_id`` it had keeps it that device."""

    email: Email
    password: Password
    device_name: DeviceName
    device_id: Id16 | None = None
    totp: Annotated[str, Meta(max_length=64)] | None = None
    """A code of the second factor, or a recovery code; asked for by ``second-factor-needed``."""


class Session(_Answer, kw_only=True, frozen=True):
    """Tokens for one device. ``expires_in_s`` is for the access token, from now."""

    device_id: Id16
    account: Account
    access_token: str
    expires_in_s: int
    refresh_token: str
    epoch: Id16
    wipe_check: bytes = b""
    """SHA-256 of the proof that a wipe order of this server brings. A device keeps what it was told when it signed in:
    whoever only pretends to be the server later cannot make it remove anything."""


class Refresh(_Request, kw_only=True, frozen=True):
    """``POST /v1/sessions/refresh``. The old refresh token works until the new one is first used."""

    refresh_token: RefreshToken


class Wipe(_Answer, kw_only=True, frozen=True):
    """What became of the wish that a device removes what it synced. Times: milliseconds."""

    requested_at: TimeMs
    begun_at: TimeMs | None = None
    """From then on it cannot be taken back."""
    ended_at: TimeMs | None = None
    removed: int = 0
    """Files and symlinks that went."""
    kept: int = 0
    """Those that stayed, for the server does not have them like that."""


class RequestWipe(_Request, kw_only=True, frozen=True):
    """``POST /v1/devices/<uuid>/wipe`` and ``…/wipe/cancel``."""

    password: Password | None = None


class BeginWipe(_Request, kw_only=True, frozen=True):
    """``POST /v1/wipe/begin``: from the device that was told ``wipe-requested``, before it removes anything."""

    refresh_token: RefreshToken


class WipeOrder(_Answer, kw_only=True, frozen=True):
    proof: bytes
    """Its SHA-256 is the ``wipe_check`` that the device was given when it signed in; else it does nothing."""


class EndWipe(_Request, kw_only=True, frozen=True):
    """``POST /v1/wipe/end``: it is done; the token is good for nothing any more."""

    refresh_token: RefreshToken
    removed: Annotated[int, Meta(ge=0, le=2**53)]
    kept: Annotated[int, Meta(ge=0, le=2**53)]


class Device(_Answer, kw_only=True, frozen=True):
    device_id: bytes
    name: str
    created_at: TimeMs
    last_seen_at: TimeMs
    is_current: bool
    revoked_at: TimeMs | None = None
    """When it was signed out, from another device or by itself."""
    kind: str = "device"
    """``device`` or ``browser``."""
    wipe: Wipe | None = None


class Devices(_Answer, kw_only=True, frozen=True):
    """``GET /v1/devices``."""

    devices: list[Device]


class RevokeDevice(_Request, kw_only=True, frozen=True):
    """``POST /v1/devices/<uuid>/revoke``. Revoking another device needs the password."""

    password: Password | None = None


class Namespace(_Answer, kw_only=True, frozen=True):
    namespace_id: bytes
    role: str
    owner: str
    seq: int
    revision_id: bytes | None = None
    """Of the revision with that seq; ``None`` at seq 0. With seq and epoch this is a cursor: a reader that keeps no
    tree, as a page in a browser, follows the feed from here."""
    commit_number: int = 0
    """The highest that the server has seen from this device here."""


class Namespaces(_Answer, kw_only=True, frozen=True):
    """``GET /v1/namespaces``."""

    namespaces: list[Namespace]
    epoch: bytes


# --- commits -----------------------------------------------------------------------------------------


class Content(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A version of a file, as a device offers it: its chunks in order are its manifest."""

    hash: Hash32
    size: Size
    mtime_ns: TimeNs
    chunks: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_FILE)]
    """Empty for an empty file."""


class Place(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    parent_id: Id16
    name: Name


class _Operation(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    operation_id: Id16
    node_id: Id16
    needs: list[Id16] = []
    """Operations of this batch without which this one is ``blocked``. Creating below a folder that the batch
    creates needs no entry: a refused parent blocks its children by itself."""
    group: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    """Operations of one group are applied all or none; names are checked at the group's end."""
    approved: bool = False
    """A person approved this deletion where it was made; other devices do not hold it again."""


class CreateNode(_Operation, tag="create", kw_only=True, frozen=True):
    """A node that the server has not seen. ``content`` for files, ``link_target`` for symlinks."""

    kind: Kind
    place: Place
    content: Content | None = None
    executable: bool = False
    link_target: Annotated[str, Meta(max_length=MAX_LINK_BYTES)] | None = None


class ChangeNode(_Operation, tag="change", kw_only=True, frozen=True):
    """Move, rename, write or chmod; what is ``None`` stays as it is."""

    base: Id16
    """The node's latest revision as the device knows it; refused as ``stale`` if there is a newer one."""
    place: Place | None = None
    content: Content | None = None
    executable: bool | None = None
    revive: bool = False
    """Allows the base to be a file's or symlink's deletion: the edit outlives it. Needs ``place``."""


class DeleteNode(_Operation, tag="delete", kw_only=True, frozen=True):
    """One node and, for a folder, all below it."""

    base: Id16
    seen_seq: Seq
    """How far the device has read: a folder with anything newer below it is not deleted (``stale``)."""


Operation: TypeAlias = CreateNode | ChangeNode | DeleteNode


class CommitRequest(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/commits``: a batch in one transaction."""

    epoch: Id16
    number: Annotated[int, Meta(ge=1, le=2**62)]
    """Rises with each new batch of this device in this namespace. Equal: a retry; lower: ``superseded``."""
    operations: Annotated[list[Operation], Meta(min_length=1, max_length=MAX_BATCH_OPERATIONS)]
    seen_revision: Id16 | None = None
    """The revision at the device's cursor. If this server does not have it, it was restored: nothing of the batch is
    applied (``unknown-cursor``). ``None``: the device has seen nothing yet."""


class Refusal(StrEnum):
    """Why an operation was not applied. The device reads the feed and plans again."""

    STALE = "stale"
    NAME_TAKEN = "name_taken"
    PARENT_DELETED = "parent_deleted"
    CYCLE = "cycle"
    MISSING = "missing"
    BLOCKED = "blocked"
    FORBIDDEN = "forbidden"
    QUOTA = "quota"
    INVALID = "invalid"
    """The operation can never be applied as it is: a name or kind that the server does not take."""


class Applied(Struct, tag="applied", frozen=True, array_like=True):
    seq: Seq
    revision_id: Id16


class Refused(Struct, tag="refused", frozen=True, array_like=True):
    reason: Refusal
    missing: list[Hash32] = []
    """For ``missing``: the chunks the namespace lacks."""
    detail: str = ""


class CommitResponse(_Answer, kw_only=True, frozen=True):
    """One result per operation, in their order."""

    results: Annotated[list[Applied | Refused], Meta(max_length=MAX_BATCH_OPERATIONS)]
    previous_seq: Seq
    """The namespace's seq before this batch. If it is the device's cursor, the applied results are all that is new."""
    seq: Seq


# --- the change feed ---------------------------------------------------------------------------------


class Change(Struct, frozen=True, gc=False, omit_defaults=True):
    """The latest state of one node."""

    node_id: Id16
    seq: Seq
    revision_id: Id16
    kind: Kind
    parent_id: Id16
    name: ToldName
    committed_at: TimeMs
    deleted: bool = False
    content_hash: Hash32 | None = None
    size: int = 0
    mtime_ns: int = 0
    executable: bool = False
    link_target: ToldLink | None = None
    device_id: Id16 | None = None
    operation_id: Id16 | None = None
    approved: bool = False


class Changes(_Answer, kw_only=True, frozen=True):
    """``GET /v1/namespaces/<uuid>/changes?epoch=HEX&seq=N&revision=HEX``: the page after a cursor.

    Ordered by seq. With seq 0 the whole tree, without what is deleted. Only when ``complete`` do the pages
    gathered so far make up a state. ``unknown-cursor`` (409) if epoch or revision is not this server's.
    """

    epoch: Id16
    seq: Seq
    """The cursor to continue from."""
    revision_id: Id16 | None
    """Of the revision with that seq; ``None`` at seq 0."""
    complete: bool
    changes: Annotated[list[Change], Meta(max_length=PAGE_CHANGES)]
    commit_number: Seq
    """The highest commit number the server has seen from this device here; a journal that is behind is an old copy."""


class Wait(_Request, kw_only=True, frozen=True):
    """``POST /v1/wait``: answers when one of the namespaces is past its seq, or when the time is up; ``unknown-cursor``
    (409) if the epoch is not this server's, or it has not come to one of the seqs."""

    epoch: Id16
    namespaces: Annotated[dict[Id16, Seq], Meta(max_length=1000)]
    timeout_s: Annotated[int, Meta(ge=0, le=MAX_WAIT_S)] = 50


class Waited(_Answer, kw_only=True, frozen=True):
    moved: Annotated[dict[bytes, int], Meta(max_length=1000)]
    """Namespace to its seq now; empty when the time was up."""


# --- content ------------------------------------------------------------------------------------------


class MissingChunks(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/chunks/missing``. Answers 200 with ``Missing``."""

    chunks: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_REQUEST)]


class Missing(_Answer, kw_only=True, frozen=True):
    indices: Annotated[list[int], Meta(max_length=MAX_CHUNKS_A_REQUEST)]
    """Into the request's list: those that this device has to send."""
    md5: bool = True
    """Whether packs are to be declared with their MD5, since the store verifies that and no CRC32C."""


class PackedChunk(Struct, frozen=True, gc=False, array_like=True):
    """One entry of a pack's index."""

    hash: Hash32
    offset: Annotated[int, Meta(ge=0, le=MAX_PACK_BYTES)]
    """Of its first stored byte in the pack."""
    stored_size: Annotated[int, Meta(ge=0, le=MAX_CHUNK_BYTES + 65_536)]
    plain_size: Annotated[int, Meta(ge=0, le=MAX_CHUNK_BYTES)]
    codec: Codec
    key_id: Annotated[int, Meta(ge=0, le=0)] = 0


class DeclaredPack(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, Meta(ge=1, le=MAX_PACK_BYTES)]
    """Of the whole object."""
    crc32c: Annotated[bytes, Meta(min_length=4, max_length=4)]
    """Big endian, of the whole object."""
    md5: Annotated[bytes, Meta(min_length=16, max_length=16)] | None = None
    """Needed where ``Missing.md5`` says so."""
    chunks: Annotated[list[PackedChunk], Meta(min_length=1, max_length=100_000)]


class RegisterPacks(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/packs``: reserves quota and signs one PUT a pack.

    A pack that the device declares again before it is sealed is the same pack, with another signature.
    """

    packs: Annotated[list[DeclaredPack], Meta(min_length=1, max_length=MAX_PACKS_A_REQUEST)]


class SignedRequest(Struct, kw_only=True, frozen=True):
    """A request that anyone who holds it may make until it expires. A relative URL goes to the linked server."""

    url: str
    headers: dict[str, str] = {}
    expires_in_s: int


class RegisteredPack(Struct, kw_only=True, frozen=True):
    pack_id: Id16
    put: SignedRequest


class RegisteredPacks(_Answer, kw_only=True, frozen=True):
    packs: Annotated[list[RegisteredPack], Meta(max_length=MAX_PACKS_A_REQUEST)]


class SealPacks(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/packs/seal``: the bytes are up; from now on commits may name the chunks.

    Idempotent. The server compares the object with what was declared.
    """

    packs: Annotated[list[Id16], Meta(min_length=1, max_length=MAX_PACKS_A_REQUEST)]


class SealedPacks(_Answer, kw_only=True, frozen=True):
    sealed: Annotated[list[Id16], Meta(max_length=MAX_PACKS_A_REQUEST)]
    refused: Annotated[list[Id16], Meta(max_length=MAX_PACKS_A_REQUEST)]
    """Not there, not as declared, or unknown: send their chunks again."""


class Manifests(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/manifests``: the chunks of versions, by revision."""

    revisions: Annotated[list[Id16], Meta(min_length=1, max_length=MAX_MANIFESTS_A_REQUEST)]


class Manifest(Struct, frozen=True, gc=False):
    revision_id: Id16
    hash: Hash32
    size: int
    chunks: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_FILE)]


class FoundManifests(_Answer, kw_only=True, frozen=True):
    """May stop early to stay within the body's limit: ask again for those not in it. Unknown ones are in ``gone``."""

    manifests: Annotated[list[Manifest], Meta(max_length=MAX_MANIFESTS_A_REQUEST)]
    gone: Annotated[list[Id16], Meta(max_length=MAX_MANIFESTS_A_REQUEST)]


class LocateChunks(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/chunks/locate``. Answers 200 with ``Located``."""

    chunks: Annotated[list[Hash32], Meta(min_length=1, max_length=MAX_CHUNKS_A_REQUEST)]


class ChunkLocation(Struct, frozen=True, gc=False, array_like=True):
    hash: Hash32
    pack: int
    """Index into ``Located.packs``."""
    offset: int
    stored_size: int
    plain_size: int
    codec: Codec
    key_id: int = 0


class DamagedChunks(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/chunks/damaged``: what kept arriving with other bytes than its name says.

    The server looks at them. Those that are so in the store are missing from now on, until a device sends them again.
    Answers 200 with ``Missing``: indices of those that are missing now.
    """

    chunks: Annotated[list[Hash32], Meta(min_length=1, max_length=MAX_DAMAGED_CHUNKS)]


class Located(_Answer, kw_only=True, frozen=True):
    packs: Annotated[list[SignedRequest], Meta(max_length=MAX_CHUNKS_A_REQUEST)]
    """Each a GET of the whole pack; devices add Range."""
    chunks: Annotated[list[ChunkLocation], Meta(max_length=MAX_CHUNKS_A_REQUEST)]
    gone: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_REQUEST)]


# --- listing and history --------------------------------------------------------------------------------


class Entry(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A node in a listing."""

    node_id: bytes
    revision_id: bytes
    path: str
    """From the namespace's root, separated by ``/``."""
    kind: Kind
    size: int = 0
    mtime_ns: int = 0
    seq: int
    committed_at: TimeMs
    executable: bool = False
    content_hash: bytes | None = None
    link_target: str | None = None
    deleted_at: TimeMs | None = None


class ListRequest(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/list``: what is below a path. ``not-found`` (404) if the path is not there."""

    path: str = ""
    recursive: bool = False
    deleted: bool = False
    """Instead of the living: what was deleted below the path and can be restored."""
    after: str | None = None
    """The last path of the page before."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_CHANGES)] = PAGE_CHANGES


class Listing(_Answer, kw_only=True, frozen=True):
    entries: list[Entry]
    """Ordered by path, compared component by component."""
    complete: bool
    folder_id: bytes | None = None
    """Of the living folder that the path leads to; the root's is 16 zero bytes."""


class HistoryRequest(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/history``: every content that ever lay at a path, newest first."""

    path: str
    of_file: bool = False
    """Instead: every content that the file which is there now ever had, whatever it was called and wherever it was."""
    after: Id16 | None = None
    """The last version of the page before."""
    limit: Annotated[int, Meta(ge=1, le=MAX_VERSIONS)] = MAX_VERSIONS


class VersionEntry(Struct, frozen=True, kw_only=True):
    revision_id: bytes
    node_id: bytes
    content_hash: bytes
    size: int
    mtime_ns: int
    device: str
    created_at: TimeMs
    seq: int
    is_current: bool
    expired: bool = False
    """Its content is not kept any more."""


class History(_Answer, kw_only=True, frozen=True):
    versions: list[VersionEntry]
    complete: bool = True


class RestoreRequest(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/restore``: bring back a version, or a deleted file or folder, whole.

    With a folder comes all that was ever deleted below it, at each path what was there last, unless something is there
    now; of a folder that is there, this is all. A restored version becomes the newest version of the node that is at
    the path now. ``to`` puts it elsewhere, as a new node. Missing parents are made. A taken name is numbered.
    """

    path: str
    revision_id: Id16 | None = None
    to: str | None = None


class RewindRequest(_Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/rewind``: a folder becomes as it was; "" is all of the namespace.

    What was in it then regains its place and content; what has moved elsewhere since comes back as a copy; what has
    moved in goes home, or stays if home is gone or its name is taken; what was made since is deleted. To which moment
    is said by one of ``to_at``, ``ago_ms`` (by the server's clock) and ``to_seq``.
    """

    path: str
    to_at: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    ago_ms: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    to_seq: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    dry_run: bool = False
    """Only tell what would be done."""


class RewindChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a rewind does to one node."""

    what: str
    """As ``Rewound`` counts it: ``restored``, ``changed``, ``moved``, ``copied``, ``deleted`` or ``returned``."""
    kind: Kind
    path: str
    """Where it is afterwards, from the folder that is rewound; of a deleted one, where it was."""
    was_path: str | None = None
    """Before, if that is elsewhere."""
    size: int = 0


class Rewound(_Answer, kw_only=True, frozen=True):
    """What was done, in nodes. Of paths there are a thousand at most."""

    to_seq: int
    """The moment: the last revision before it."""
    to_at: TimeMs
    """When that was committed."""
    undo_seq: int
    undo_at: TimeMs
    """Rewinding to these takes it back."""
    restored: int = 0
    changed: int = 0
    """Of these the content is another."""
    moved: int = 0
    copied: int = 0
    deleted: int = 0
    returned: int = 0
    changes: list[RewindChange] = field(default_factory=list)
    """In a dry run: each of them."""
    stayed: list[str] = field(default_factory=list)
    """Paths of what moved in and could not go home."""
    expired: list[str] = field(default_factory=list)
    """Paths, then, of files whose contents of then are gone. They are as they were now, or are missing."""


class Restored(_Answer, kw_only=True, frozen=True):
    path: str
    revisions: int
    files: int = 0
    expired: int = 0
    """Files that were deleted below by themselves, and of which the content is gone."""
