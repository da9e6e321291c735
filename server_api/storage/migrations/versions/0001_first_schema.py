"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0001"
down_revision = None


def _binary(length: int) -> sa.types.TypeEngine[bytes]:
    return sa.BINARY(length).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")


ID = _binary(16)
HASH = _binary(32)
CRC = _binary(4)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="lower case"),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False, comment="admin or member"),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("quota_bytes", BIG, nullable=True, comment="NULL: no limit"),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
    )
    op.create_table(
        "audit",
        sa.Column("audit_id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("device_id", ID, nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit"),
    )
    op.create_index("ix_audit_account_id", "audit", ["account_id"], unique=False)
    op.create_table(
        "commit_number",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.PrimaryKeyConstraint("namespace_id", "device_id", name="pk_commit_number"),
    )
    op.create_table(
        "invitation",
        sa.Column("code_hash", HASH, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True, comment="NULL: for anyone who holds it"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name="pk_invitation"),
    )
    op.create_table(
        "node",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("parent_id", ID, nullable=False),
        sa.Column("live_name_key", HASH, nullable=True, comment="BLAKE3 of the name in NFC; NULL when deleted"),
        sa.Column("seq", BIG, nullable=False, comment="of its latest revision"),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column(
            "subtree_seq", BIG, nullable=False, comment="for folders: the highest seq of anything below or of itself"
        ),
        sa.PrimaryKeyConstraint("namespace_id", "node_id", name="pk_node"),
        sa.UniqueConstraint(
            "namespace_id", "parent_id", "live_name_key", name="uq_node_namespace_id_parent_id_live_name_key"
        ),
    )
    op.create_index("ix_node_namespace_id_seq", "node", ["namespace_id", "seq"], unique=False)
    op.create_table(
        "revision",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("revision_id", ID, nullable=False, comment="8 bytes seq, 8 random: found by its seq, then compared"),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("parent_id", ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column(
            "version_id", ID, nullable=True, comment="the revision that brought this content; NULL unless a file"
        ),
        sa.Column("content_hash", HASH, nullable=True),
        sa.Column("size", BIG, nullable=False),
        sa.Column("mtime_ns", BIG, nullable=False),
        sa.Column(
            "manifest",
            BLOB,
            nullable=True,
            comment="the chunk hashes, 32 bytes each; only where version_id = revision_id",
        ),
        sa.Column("executable", sa.Boolean(), nullable=False),
        sa.Column("link_target", sa.Text(), nullable=True),
        sa.Column("device_id", ID, nullable=True),
        sa.Column("operation_id", ID, nullable=False),
        sa.Column(
            "operation_digest",
            HASH,
            nullable=False,
            comment="of the operation's body: the same id with another is an error",
        ),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("committed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("namespace_id", "seq", name="pk_revision"),
        sa.UniqueConstraint("namespace_id", "operation_id", name="uq_revision_namespace_id_operation_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(
        "ix_revision_namespace_id_node_id_seq", "revision", ["namespace_id", "node_id", "seq"], unique=False
    )
    op.create_index(
        "ix_revision_namespace_id_parent_id_seq", "revision", ["namespace_id", "parent_id", "seq"], unique=False
    )
    op.create_table(
        "server_state",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_server_state"),
        comment="epoch, signing secrets",
    )
    op.create_table(
        "device",
        sa.Column("device_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="device or browser"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("last_seen_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_device_account_id"),
        sa.PrimaryKeyConstraint("device_id", name="pk_device"),
    )
    op.create_index("ix_device_account_id", "device", ["account_id"], unique=False)
    op.create_table(
        "namespace",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("seq", BIG, nullable=False, comment="of the latest revision; its row is the namespace's lock"),
        sa.Column("last_at", BIG, nullable=False, comment="commit times never decrease"),
        sa.Column("live_nodes", BIG, nullable=False, comment="at most so many: counted anew near the limit"),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["account.account_id"], name="fk_namespace_owner_id"),
        sa.PrimaryKeyConstraint("namespace_id", name="pk_namespace"),
    )
    op.create_index("ix_namespace_owner_id", "namespace", ["owner_id"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("code_hash", HASH, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_sign_in_link_account_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_sign_in_link"),
    )
    op.create_table(
        "membership",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False, comment="owner, editor or viewer"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_membership_account_id"),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespace.namespace_id"], name="fk_membership_namespace_id"),
        sa.PrimaryKeyConstraint("namespace_id", "account_id", name="pk_membership"),
    )
    op.create_index("ix_membership_account_id", "membership", ["account_id"], unique=False)
    op.create_table(
        "pack",
        sa.Column("pack_id", ID, nullable=False),
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column(
            "device_id",
            ID,
            nullable=True,
            comment="the device that sent it; its chunks are there for others once verified",
        ),
        sa.Column("state", sa.String(length=16), nullable=False, comment="registered, sealed, verified or refused"),
        sa.Column("size", BIG, nullable=False),
        sa.Column("crc32c", CRC, nullable=False),
        sa.Column("md5", ID, nullable=False),
        sa.Column("declared", BLOB, nullable=True, comment="its index and trailer as declared; NULL once sealed"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False, comment="of its reservation; once refused of its row"),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespace.namespace_id"], name="fk_pack_namespace_id"),
        sa.PrimaryKeyConstraint("pack_id", name="pk_pack"),
    )
    op.create_index("ix_pack_namespace_id", "pack", ["namespace_id"], unique=False)
    op.create_index("ix_pack_state_expires_at", "pack", ["state", "expires_at"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", HASH, nullable=False, comment="SHA-256 of the opaque token"),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False, comment="the family: one sign-in and all that was rotated from it"),
        sa.Column("parent_hash", HASH, nullable=True, comment="the token this one replaced"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True, comment="when it was exchanged for a successor"),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name="fk_refresh_token_device_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_refresh_token"),
    )
    op.create_index("ix_refresh_token_device_id", "refresh_token", ["device_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name="fk_session_device_id"),
        sa.PrimaryKeyConstraint("session_id", name="pk_session"),
        comment="a family of refresh tokens; access tokens name it, so that ending it ends them",
    )
    op.create_index("ix_session_device_id", "session", ["device_id"], unique=False)
    op.create_table(
        "chunk",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("chunk_hash", HASH, nullable=False),
        sa.Column("pack_id", ID, nullable=False),
        sa.Column("offset", BIG, nullable=False),
        sa.Column("stored_size", sa.Integer(), nullable=False),
        sa.Column("plain_size", sa.Integer(), nullable=False),
        sa.Column("codec", sa.SmallInteger(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.pack_id"], name="fk_chunk_pack_id"),
        sa.PrimaryKeyConstraint("namespace_id", "chunk_hash", name="pk_chunk"),
    )
    op.create_index("ix_chunk_pack_id", "chunk", ["pack_id"], unique=False)
    op.create_table(
        "placement",
        sa.Column("pack_id", ID, nullable=False),
        sa.Column("store", sa.String(length=32), nullable=False),
        sa.Column("object_key", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.pack_id"], name="fk_placement_pack_id"),
        sa.PrimaryKeyConstraint("pack_id", "store", name="pk_placement"),
        comment="where a pack lies: one row a store",
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
