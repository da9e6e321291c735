"""What a device has announced, what a namespace's packs take and a session's tokens are found without a walk."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("ix_pack_namespace_id_state_size", "pack", ["namespace_id", "state", "size"])
    op.create_index("ix_pack_device_id_state", "pack", ["device_id", "state"])
    op.drop_index("ix_pack_namespace_id", "pack")
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])
