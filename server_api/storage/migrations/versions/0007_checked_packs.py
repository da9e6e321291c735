"""When a pack was last read back and found whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    checked_at = sa.Column(
        "checked_at", BIG, nullable=True, comment="when all of it was last read back and found whole; NULL: never"
    )
    op.add_column("pack", checked_at)
