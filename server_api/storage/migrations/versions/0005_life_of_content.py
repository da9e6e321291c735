"""Retention, and the marks of collection."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    retention = sa.Column(
        "retention",
        sa.String(length=200),
        nullable=True,
        comment="how long old versions are kept; NULL: as the server says",
    )
    condemned_at = sa.Column(
        "condemned_at", BIG, nullable=True, comment="since when collection wants to free it; NULL: live"
    )
    op.add_column("namespace", retention)
    op.add_column("chunk", condemned_at)
    op.create_table(
        "orphan",
        sa.Column("object_key", sa.String(length=255), nullable=False),
        sa.Column("seen_at", BIG, nullable=False, comment="when collection first found the object without a row"),
        sa.PrimaryKeyConstraint("object_key", name="pk_orphan"),
    )
