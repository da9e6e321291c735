"""Shared files as one object each; links that are pinned, for looking only, paused, withdrawn, or for uploads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

ID = sa.BINARY(16).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "published",
        sa.Column("published_id", ID, nullable=False, comment="128 random bits: its key in the store"),
        sa.Column("share_id", ID, nullable=False),
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=True, comment="NULL: it is to be deleted"),
        sa.Column("size", BIG, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="wanted, building, ready or doomed"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=False, comment="about when it was last asked for"),
        sa.Column("lease_until", BIG, nullable=False, comment="until when the process that builds it is believed"),
        sa.Column("upload", sa.String(1024), nullable=False, comment="what the store calls the unfinished object"),
        sa.PrimaryKeyConstraint("published_id", name="pk_published"),
        sa.UniqueConstraint("share_id", "version_id", name="uq_published_share_id_version_id"),
        comment="shared files that lie in the store as one object, or are to",
    )
    op.create_index("ix_published_state_created_at", "published", ["state", "created_at"])
    op.create_index("ix_published_namespace_id", "published", ["namespace_id"])
    no = sa.false()
    for column in (
        sa.Column("version_id", ID, nullable=True, comment="the version it is pinned to; NULL: the newest"),
        sa.Column("is_view_only", sa.Boolean(), nullable=False, server_default=no, comment="looked at, not saved"),
        sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=no, comment="by who made it"),
        sa.Column("withdrawn_at", BIG, nullable=True, comment="only what says that it is over is left"),
        sa.Column("is_upload", sa.Boolean(), nullable=False, server_default=no, comment="visitors add files"),
        sa.Column("max_file_bytes", BIG, nullable=True, comment="of an upload; NULL: no limit"),
        sa.Column("max_bytes", BIG, nullable=True, comment="of all uploads; NULL: no limit"),
        sa.Column("uploaded_bytes", BIG, nullable=False, server_default="0"),
    ):
        op.add_column("share", column)
