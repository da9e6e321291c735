"""What devices said they have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0013"
down_revision = "0012"

ID = sa.BINARY(16).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "position",
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("number", BIG, nullable=False, comment="of the device's telling: a lower one comes late"),
        sa.Column("seq", BIG, nullable=False, comment="it has all files of then"),
        sa.Column(
            "lacks",
            BLOB,
            nullable=True,
            comment="but for these nodes and what is below them, 16 bytes each; NULL: for too many",
        ),
        sa.Column("told_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name="fk_position_device_id"),
        sa.PrimaryKeyConstraint("namespace_id", "device_id", name="pk_position"),
        comment="what devices said they have",
    )
    op.create_index("ix_position_device_id", "position", ["device_id"])
