"""The wire contract: what all messages between device and server have in common, and those of which syncing is made.

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

from msgspec import Meta, Struct

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


class Request(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The body of a request."""


class Answer(Struct, kw_only=True, frozen=True):
    """The body of an answer."""


# --- what a device asks first -------------------------------------------------------------------------


class ServerInfo(Answer, kw_only=True, frozen=True):
    """``GET /v1/server``, no sign-in needed."""

    product: str
    version: str
    protocol: int
    oldest_protocol: int
    registration: str
    time_at: TimeMs


class Namespace(Answer, kw_only=True, frozen=True):
    namespace_id: bytes
    role: str
    owner: str
    seq: int
    revision_id: bytes | None = None
    """Of the revision with that seq; ``None`` at seq 0. With seq and epoch this is a cursor: a reader that keeps no
    tree, as a page in a browser, follows the feed from here."""
    commit_number: int = 0
    """The highest that the server has seen from this device here."""


class Namespaces(Answer, kw_only=True, frozen=True):
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


class CommitRequest(Request, kw_only=True, frozen=True):
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


class CommitResponse(Answer, kw_only=True, frozen=True):
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


class Changes(Answer, kw_only=True, frozen=True):
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


class Wait(Request, kw_only=True, frozen=True):
    """``POST /v1/wait``: answers when one of the namespaces is past its seq, or when the time is up; ``unknown-cursor``
    (409) if the epoch is not this server's, or it has not come to one of the seqs."""

    epoch: Id16
    namespaces: Annotated[dict[Id16, Seq], Meta(max_length=1000)]
    timeout_s: Annotated[int, Meta(ge=0, le=MAX_WAIT_S)] = 50


class Waited(Answer, kw_only=True, frozen=True):
    moved: Annotated[dict[bytes, int], Meta(max_length=1000)]
    """Namespace to its seq now; empty when the time was up."""


# --- content ------------------------------------------------------------------------------------------


class MissingChunks(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/chunks/missing``. Answers 200 with ``Missing``."""

    chunks: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_REQUEST)]


class Missing(Answer, kw_only=True, frozen=True):
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


class RegisterPacks(Request, kw_only=True, frozen=True):
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


class RegisteredPacks(Answer, kw_only=True, frozen=True):
    packs: Annotated[list[RegisteredPack], Meta(max_length=MAX_PACKS_A_REQUEST)]


class SealPacks(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/packs/seal``: the bytes are up; from now on commits may name the chunks.

    Idempotent. The server compares the object with what was declared.
    """

    packs: Annotated[list[Id16], Meta(min_length=1, max_length=MAX_PACKS_A_REQUEST)]


class SealedPacks(Answer, kw_only=True, frozen=True):
    sealed: Annotated[list[Id16], Meta(max_length=MAX_PACKS_A_REQUEST)]
    refused: Annotated[list[Id16], Meta(max_length=MAX_PACKS_A_REQUEST)]
    """Not there, not as declared, or unknown: send their chunks again."""


class Manifests(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/manifests``: the chunks of versions, by revision."""

    revisions: Annotated[list[Id16], Meta(min_length=1, max_length=MAX_MANIFESTS_A_REQUEST)]


class Manifest(Struct, frozen=True, gc=False):
    revision_id: Id16
    hash: Hash32
    size: int
    chunks: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_FILE)]


class FoundManifests(Answer, kw_only=True, frozen=True):
    """May stop early to stay within the body's limit: ask again for those not in it. Unknown ones are in ``gone``."""

    manifests: Annotated[list[Manifest], Meta(max_length=MAX_MANIFESTS_A_REQUEST)]
    gone: Annotated[list[Id16], Meta(max_length=MAX_MANIFESTS_A_REQUEST)]


class LocateChunks(Request, kw_only=True, frozen=True):
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


class DamagedChunks(Request, kw_only=True, frozen=True):
    """``POST /v1/namespaces/<uuid>/chunks/damaged``: what kept arriving with other bytes than its name says.

    The server looks at them. Those that are so in the store are missing from now on, until a device sends them again.
    Answers 200 with ``Missing``: indices of those that are missing now.
    """

    chunks: Annotated[list[Hash32], Meta(min_length=1, max_length=MAX_DAMAGED_CHUNKS)]


class Located(Answer, kw_only=True, frozen=True):
    packs: Annotated[list[SignedRequest], Meta(max_length=MAX_CHUNKS_A_REQUEST)]
    """Each a GET of the whole pack; devices add Range."""
    chunks: Annotated[list[ChunkLocation], Meta(max_length=MAX_CHUNKS_A_REQUEST)]
    gone: Annotated[list[Hash32], Meta(max_length=MAX_CHUNKS_A_REQUEST)]
