"""The server's tables, one schema for SQLite, PostgreSQL and MySQL/MariaDB.

``revision`` is the heart: append-only, one row per change of one node. ``node`` holds, per node, which revision is its
latest and what the constraints need; it is written in the same transaction. Times are milliseconds since the epoch.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BINARY,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class _Bytes(LargeBinary):
    """SQLite's driver takes and gives ``bytes`` as they are: wrapping each costs more than storing it."""

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


class _LongBlob(LargeBinary):
    """MySQL's, without its dialect: those of all databases take a while to load, and a server has one."""


@compiles(_LongBlob, "mysql", "mariadb")
def _longblob(*_: object, **__: object) -> str:
    return "LONGBLOB"


def _binary(length: int) -> TypeEngine[bytes]:
    return BINARY(length).with_variant(LargeBinary(), "postgresql").with_variant(_Bytes(), "sqlite")


ID: Final = _binary(16)
HASH: Final = _binary(32)
BIG: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for INTEGER, which is 64 bits wide there."""
BLOB: Final = LargeBinary().with_variant(_LongBlob(), "mysql", "mariadb").with_variant(_Bytes(), "sqlite")

server_state = Table(
    "server_state",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    comment="epoch, signing secrets",
)

account = Table(
    "account",
    metadata,
    Column("account_id", ID, primary_key=True),
    Column("email", String(254), nullable=False, unique=True, comment="lower case"),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False, comment="admin or member"),
    Column("is_disabled", Boolean, nullable=False, default=False),
    Column("quota_bytes", BIG, comment="NULL: no limit"),
    Column("created_at", BIG, nullable=False),
    Column("delete_at", BIG, index=True, comment="when it goes for good; NULL: it stays"),
)

device = Table(
    "device",
    metadata,
    Column("device_id", ID, primary_key=True),
    Column("account_id", ID, ForeignKey("account.account_id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("kind", String(16), nullable=False, default="device", comment="device or browser"),
    Column("created_at", BIG, nullable=False),
    Column("last_seen_at", BIG, nullable=False),
    Column("revoked_at", BIG),
)

refresh_token = Table(
    "refresh_token",
    metadata,
    Column("token_hash", HASH, primary_key=True, comment="SHA-256 of the opaque token"),
    Column("device_id", ID, ForeignKey("device.device_id"), nullable=False, index=True),
    Column(
        "session_id", ID, nullable=False, index=True, comment="the family: one sign-in and all that was rotated from it"
    ),
    Column("parent_hash", HASH, comment="the token this one replaced"),
    Column("created_at", BIG, nullable=False),
    Column("expires_at", BIG, nullable=False),
    Column("used_at", BIG, comment="when it was exchanged for a successor"),
)

session = Table(
    "session",
    metadata,
    Column("session_id", ID, primary_key=True),
    Column("device_id", ID, ForeignKey("device.device_id"), nullable=False, index=True),
    Column("created_at", BIG, nullable=False),
    Column("ended_at", BIG),
    comment="a family of refresh tokens; access tokens name it, so that ending it ends them",
)

wipe = Table(
    "wipe",
    metadata,
    Column("device_id", ID, ForeignKey("device.device_id"), primary_key=True),
    Column("requested_at", BIG, nullable=False),
    Column("begun_at", BIG, comment="when the device was given the order; from then on it cannot be taken back"),
    Column("ended_at", BIG),
    Column("removed", BIG, nullable=False, default=0),
    Column("kept", BIG, nullable=False, default=0),
    comment="devices that are to remove what they synced, and what became of it",
)

invitation = Table(
    "invitation",
    metadata,
    Column("code_hash", HASH, primary_key=True),
    Column("email", String(254), comment="NULL: for anyone who holds it"),
    Column("created_at", BIG, nullable=False),
    Column("expires_at", BIG, nullable=False),
    Column("used_at", BIG),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("code_hash", HASH, primary_key=True),
    Column("account_id", ID, ForeignKey("account.account_id"), nullable=False),
    Column("expires_at", BIG, nullable=False),
    Column("used_at", BIG),
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("account_id", ID, ForeignKey("account.account_id"), primary_key=True),
    Column("secret", LargeBinary, nullable=False, comment="of TOTP; in no snapshot, answer or log"),
    Column("is_on", Boolean, nullable=False, default=False, comment="a code of it was confirmed"),
    Column("last_step", BIG, nullable=False, default=0, comment="of the latest code that was used: none works twice"),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("code_hash", HASH, primary_key=True),
    Column("account_id", ID, ForeignKey("account.account_id"), nullable=False, index=True),
)

mail = Table(
    "mail",
    metadata,
    Column("mail_id", BIG, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("account_id", ID),
    Column("detail", Text, nullable=False, default="", comment="what the text needs; no secret"),
    Column("created_at", BIG, nullable=False),
    Column("due_at", BIG, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
)

mailed_code = Table(
    "mailed_code",
    metadata,
    Column("code_hash", HASH, primary_key=True),
    Column("account_id", ID, ForeignKey("account.account_id"), nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("email", String(254), nullable=False, comment="where it was sent"),
    Column("expires_at", BIG, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("key_hash", HASH, primary_key=True, comment="of the limit and whom it counts"),
    Column("full_at", BIG, nullable=False, index=True, comment="when all tries are back; from then on it says nothing"),
)

known_address = Table(
    "known_address",
    metadata,
    Column("account_id", ID, ForeignKey("account.account_id"), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("last_at", BIG, nullable=False),
    comment="where an account signed in: strangers' wrong passwords do not hold it up there",
)

audit = Table(
    "audit",
    metadata,
    Column("audit_id", BIG, primary_key=True, autoincrement=True),
    Column("at", BIG, nullable=False),
    Column("account_id", ID, index=True),
    Column("device_id", ID),
    Column("action", String(64), nullable=False),
    Column("detail", Text, nullable=False, default=""),
)

namespace = Table(
    "namespace",
    metadata,
    Column("namespace_id", ID, primary_key=True),
    Column("owner_id", ID, ForeignKey("account.account_id"), nullable=False, index=True),
    Column("seq", BIG, nullable=False, default=0, comment="of the latest revision; its row is the namespace's lock"),
    Column("last_at", BIG, nullable=False, default=0, comment="commit times never decrease"),
    Column("live_nodes", BIG, nullable=False, default=0, comment="at most so many: counted anew near the limit"),
    Column("created_at", BIG, nullable=False),
    Column("retention", String(200), comment="how long old versions are kept; NULL: as the server says"),
)

membership = Table(
    "membership",
    metadata,
    Column("namespace_id", ID, ForeignKey("namespace.namespace_id"), primary_key=True),
    Column("account_id", ID, ForeignKey("account.account_id"), primary_key=True, index=True),
    Column("role", String(16), nullable=False, comment="owner, editor or viewer"),
)

purge = Table(
    "purge",
    metadata,
    Column("purge_id", ID, primary_key=True),
    Column("namespace_id", ID, ForeignKey("namespace.namespace_id"), nullable=False),
    Column("path_key", HASH, nullable=False, comment="BLAKE3 of the path in NFC"),
    Column("path", Text, nullable=False),
    Column("account_id", ID, nullable=False, comment="who is told when it is done"),
    Column("device_id", ID, comment="NULL: the operator's wish"),
    Column("seq", BIG, nullable=False, comment="what changed later stays"),
    Column("requested_at", BIG, nullable=False),
    Column("due_at", BIG, nullable=False, index=True),
    Column("files", BIG, nullable=False),
    Column("versions", BIG, nullable=False),
    Column("size", BIG, nullable=False),
    UniqueConstraint("namespace_id", "path_key"),
    comment="paths that are to go for good, with their history",
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
)

purge_node = Table(
    "purge_node",
    metadata,
    Column("purge_id", ID, ForeignKey("purge.purge_id"), primary_key=True),
    Column("node_id", ID, primary_key=True),
    Column("is_top", Boolean, nullable=False, comment="at the path itself, not below"),
)

share = Table(
    "share",
    metadata,
    Column("share_id", ID, primary_key=True),
    Column("namespace_id", ID, ForeignKey("namespace.namespace_id"), nullable=False, index=True),
    Column("node_id", ID, nullable=False),
    Column("account_id", ID, ForeignKey("account.account_id"), nullable=False, index=True, comment="who made it"),
    Column("token", String(22), nullable=False, comment="128 random bits: whoever has it is let in"),
    Column("token_hash", HASH, nullable=False, unique=True, comment="BLAKE3 of the token: what it is found by"),
    Column("password_hash", String(255), comment="NULL: none is asked for"),
    Column("created_at", BIG, nullable=False),
    Column("expires_at", BIG, comment="NULL: never"),
    Column("download_limit", BIG, comment="NULL: none"),
    Column("downloads", BIG, nullable=False, default=0),
    Column("title", String(200), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("is_suspended", Boolean, nullable=False, default=False, comment="until an admin confirms"),
    Column("version_id", ID, comment="the version it is pinned to; NULL: the newest"),
    Column("is_view_only", Boolean, nullable=False, default=False, comment="looked at, not saved"),
    Column("is_paused", Boolean, nullable=False, default=False, comment="by who made it"),
    Column("withdrawn_at", BIG, comment="only what says that it is over is left"),
    Column("is_upload", Boolean, nullable=False, default=False, comment="visitors add files"),
    Column("max_file_bytes", BIG, comment="of an upload; NULL: no limit"),
    Column("max_bytes", BIG, comment="of all uploads; NULL: no limit"),
    Column("uploaded_bytes", BIG, nullable=False, default=0),
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
    comment="links that let others download a file or a folder",
)

published = Table(
    "published",
    metadata,
    Column("published_id", ID, primary_key=True, comment="128 random bits: its key in the store"),
    Column("share_id", ID, nullable=False),
    Column("namespace_id", ID, nullable=False, index=True),
    Column("node_id", ID, nullable=False),
    Column("version_id", ID, comment="NULL: it is to be deleted"),
    Column("size", BIG, nullable=False),
    Column("state", String(16), nullable=False, comment="wanted, building, ready or doomed"),
    Column("created_at", BIG, nullable=False),
    Column("used_at", BIG, nullable=False, comment="about when it was last asked for"),
    Column("lease_until", BIG, nullable=False, default=0, comment="until when the process that builds it is believed"),
    Column("upload", String(1024), nullable=False, default="", comment="what the store calls the unfinished object"),
    UniqueConstraint("share_id", "version_id"),
    Index(None, "state", "created_at"),
    comment="shared files that lie in the store as one object, or are to",
)

commit_number = Table(
    "commit_number",
    metadata,
    Column("namespace_id", ID, primary_key=True),
    Column("device_id", ID, primary_key=True),
    Column("number", BIG, nullable=False),
)

position = Table(
    "position",
    metadata,
    Column("namespace_id", ID, primary_key=True),
    Column("device_id", ID, ForeignKey("device.device_id"), primary_key=True, index=True),
    Column("number", BIG, nullable=False, comment="of the device's telling: a lower one comes late"),
    Column("seq", BIG, nullable=False, comment="it has all files of then"),
    Column("lacks", BLOB, comment="but for these nodes and what is below them, 16 bytes each; NULL: for too many"),
    Column("told_at", BIG, nullable=False),
    comment="what devices said they have",
)

revision = Table(
    "revision",
    metadata,
    Column("namespace_id", ID, primary_key=True),
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("revision_id", ID, nullable=False, comment="8 bytes seq, 8 random: found by its seq, then compared"),
    Column("node_id", ID, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("parent_id", ID, nullable=False),
    Column("name", String(255), nullable=False),
    Column("is_deleted", Boolean, nullable=False),
    Column("version_id", ID, comment="the revision that brought this content; NULL unless a file"),
    Column("content_hash", HASH),
    Column("size", BIG, nullable=False, default=0),
    Column("mtime_ns", BIG, nullable=False, default=0),
    Column("manifest", BLOB, comment="the chunk hashes, 32 bytes each; only where version_id = revision_id"),
    Column("executable", Boolean, nullable=False, default=False),
    Column("link_target", Text),
    Column("device_id", ID),
    Column("operation_id", ID, nullable=False),
    Column(
        "operation_digest",
        HASH,
        nullable=False,
        comment="of the operation's body: the same id with another is an error",
    ),
    Column("is_approved", Boolean, nullable=False, default=False),
    Column("committed_at", BIG, nullable=False),
    UniqueConstraint("namespace_id", "operation_id"),
    Index(None, "namespace_id", "node_id", "seq"),
    Index(None, "namespace_id", "parent_id", "seq"),
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
)

node = Table(
    "node",
    metadata,
    Column("namespace_id", ID, primary_key=True),
    Column("node_id", ID, primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("parent_id", ID, nullable=False),
    Column("live_name_key", HASH, comment="BLAKE3 of the name in NFC; NULL when deleted"),
    Column("seq", BIG, nullable=False, comment="of its latest revision"),
    Column("revision_id", ID, nullable=False),
    Column("subtree_seq", BIG, nullable=False, comment="for folders: the highest seq of anything below or of itself"),
    UniqueConstraint("namespace_id", "parent_id", "live_name_key"),
    Index(None, "namespace_id", "seq"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("namespace_id", ID, primary_key=True),
    Column("chunk_hash", HASH, primary_key=True),
    Column("pack_id", ID, ForeignKey("pack.pack_id"), nullable=False, index=True),
    Column("offset", BIG, nullable=False),
    Column("stored_size", Integer, nullable=False),
    Column("plain_size", Integer, nullable=False),
    Column("codec", SmallInteger, nullable=False),
    Column("key_id", Integer, nullable=False, default=0),
    Column("condemned_at", BIG, comment="since when collection wants to free it; NULL: live"),
)

pack = Table(
    "pack",
    metadata,
    Column("pack_id", ID, primary_key=True),
    Column("namespace_id", ID, ForeignKey("namespace.namespace_id"), nullable=False),
    Column("device_id", ID, comment="the device that sent it; its chunks are there for others once verified"),
    Column("state", String(16), nullable=False, comment="registered, sealed, verified or refused"),
    Column("size", BIG, nullable=False),
    Column("crc32c", _binary(4), nullable=False),
    Column("md5", ID, nullable=False),
    Column("declared", BLOB, comment="its index and trailer as declared; NULL once sealed"),
    Column("created_at", BIG, nullable=False),
    Column("expires_at", BIG, nullable=False, comment="of its reservation; once refused of its row"),
    Column("checked_at", BIG, comment="when all of it was last read back and found whole; NULL: never"),
    Index(None, "state", "expires_at"),
    Index(None, "namespace_id", "state", "size"),
    Index(None, "device_id", "state"),
)

placement = Table(
    "placement",
    metadata,
    Column("pack_id", ID, ForeignKey("pack.pack_id"), primary_key=True),
    Column("store", String(32), primary_key=True),
    Column("object_key", String(255), nullable=False),
    comment="where a pack lies: one row a store",
)

old_pack = Table(
    "old_pack",
    metadata,
    Column("pack_id", ID, primary_key=True),
    comment="packs that the store was told only old versions use",
)

orphan = Table(
    "orphan",
    metadata,
    Column("object_key", String(255), primary_key=True),
    Column("seen_at", BIG, nullable=False, comment="when collection first found the object without a row"),
)
