"""Links that let others download."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

ID = sa.BINARY(16).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")
HASH = sa.BINARY(32).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "share",
        sa.Column("share_id", ID, nullable=False),
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False, comment="who made it"),
        sa.Column("token", sa.String(22), nullable=False, comment="128 random bits: whoever has it is let in"),
        sa.Column("token_hash", HASH, nullable=False, comment="BLAKE3 of the token: what it is found by"),
        sa.Column("password_hash", sa.String(255), nullable=True, comment="NULL: none is asked for"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=True, comment="NULL: never"),
        sa.Column("download_limit", BIG, nullable=True, comment="NULL: none"),
        sa.Column("downloads", BIG, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False, comment="until an admin confirms"),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespace.namespace_id"], name="fk_share_namespace_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_share_account_id"),
        sa.PrimaryKeyConstraint("share_id", name="pk_share"),
        sa.UniqueConstraint("token_hash", name="uq_share_token_hash"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        comment="links that let others download a file or a folder",
    )
    op.create_index("ix_share_namespace_id", "share", ["namespace_id"])
    op.create_index("ix_share_account_id", "share", ["account_id"])
