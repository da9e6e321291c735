"""Mails that wait, and the codes of their links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def _binary(length: int) -> sa.types.TypeEngine[bytes]:
    return sa.BINARY(length).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")


ID = _binary(16)
HASH = _binary(32)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("mail_id", BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False, comment="what the text needs; no secret"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mail_id", name="pk_mail"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("ix_mail_due_at", "mail", ["due_at"], unique=False)
    op.create_table(
        "mailed_code",
        sa.Column("code_hash", HASH, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="where it was sent"),
        sa.Column("expires_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_mailed_code_account_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_mailed_code"),
    )
    op.create_index("ix_mailed_code_account_id", "mailed_code", ["account_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
