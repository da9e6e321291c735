"""Limits that all processes share, and the addresses that an account is known at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def _binary(length: int) -> sa.types.TypeEngine[bytes]:
    return sa.BINARY(length).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")


ID = _binary(16)
HASH = _binary(32)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("key_hash", HASH, nullable=False, comment="of the limit and whom it counts"),
        sa.Column("full_at", BIG, nullable=False, comment="when all tries are back; from then on it says nothing"),
        sa.PrimaryKeyConstraint("key_hash", name="pk_attempt"),
    )
    op.create_index("ix_attempt_full_at", "attempt", ["full_at"], unique=False)
    op.create_table(
        "known_address",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("last_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_known_address_account_id"),
        sa.PrimaryKeyConstraint("account_id", "address", name="pk_known_address"),
        comment="where an account signed in: strangers' wrong passwords do not hold it up there",
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
