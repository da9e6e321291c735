"""Packs that the store was told only old versions use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


ID = sa.BINARY(16).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "old_pack",
        sa.Column("pack_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("pack_id", name="pk_old_pack"),
        comment="packs that the store was told only old versions use",
    )
