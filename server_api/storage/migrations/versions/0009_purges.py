"""What is to go for good: paths of a namespace, and accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def _binary(length: int) -> sa.types.TypeEngine[bytes]:
    return sa.BINARY(length).with_variant(postgresql.BYTEA(), "postgresql").with_variant(sa.LargeBinary(), "sqlite")


ID = _binary(16)
HASH = _binary(32)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "purge",
        sa.Column("purge_id", ID, nullable=False),
        sa.Column("namespace_id", ID, nullable=False),
        sa.Column("path_key", HASH, nullable=False, comment="BLAKE3 of the path in NFC"),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("account_id", ID, nullable=False, comment="who is told when it is done"),
        sa.Column("device_id", ID, nullable=True, comment="NULL: the operator's wish"),
        sa.Column("seq", BIG, nullable=False, comment="what changed later stays"),
        sa.Column("requested_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("files", BIG, nullable=False),
        sa.Column("versions", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespace.namespace_id"], name="fk_purge_namespace_id"),
        sa.PrimaryKeyConstraint("purge_id", name="pk_purge"),
        sa.UniqueConstraint("namespace_id", "path_key", name="uq_purge_namespace_id_path_key"),
        comment="paths that are to go for good, with their history",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("ix_purge_due_at", "purge", ["due_at"], unique=False)
    op.create_table(
        "purge_node",
        sa.Column("purge_id", ID, nullable=False),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("is_top", sa.Boolean(), nullable=False, comment="at the path itself, not below"),
        sa.ForeignKeyConstraint(["purge_id"], ["purge.purge_id"], name="fk_purge_node_purge_id"),
        sa.PrimaryKeyConstraint("purge_id", "node_id", name="pk_purge_node"),
    )
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("delete_at", BIG, nullable=True, comment="when it goes for good; NULL: it stays"))
        batch.create_index("ix_account_delete_at", ["delete_at"], unique=False)
