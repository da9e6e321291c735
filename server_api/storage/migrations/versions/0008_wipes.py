"""Devices that are to remove what they synced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

ID = sa.BINARY(16).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "wipe",
        sa.Column("device_id", ID, nullable=False),
        sa.Column("requested_at", BIG, nullable=False),
        sa.Column(
            "begun_at",
            BIG,
            nullable=True,
            comment="when the device was given the order; from then on it cannot be taken back",
        ),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("removed", BIG, nullable=False),
        sa.Column("kept", BIG, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name="fk_wipe_device_id"),
        sa.PrimaryKeyConstraint("device_id", name="pk_wipe"),
        comment="devices that are to remove what they synced, and what became of it",
    )
