"""The second factor and its recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def _binary(length: int) -> sa.types.TypeEngine[bytes]:
    return sa.BINARY(length).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")


ID = _binary(16)
HASH = _binary(32)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="of TOTP; in no snapshot, answer or log"),
        sa.Column("is_on", sa.Boolean(), nullable=False, comment="a code of it was confirmed"),
        sa.Column("last_step", BIG, nullable=False, comment="of the latest code that was used: none works twice"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_second_factor_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", HASH, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_recovery_code_account_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
