"""Links as a server would make them."""

from __future__ import annotations

from typing import Any

from server_api.contract.messages import Kind
from server_api.contract.shares import CreateShare, Share


def made_share(asked: CreateShare | None = None, **fields: Any) -> Share:
    """What answers the request; its address ends with the path."""
    path = asked.path if asked is not None else "Inbox"
    usual: dict[str, Any] = {
        "share_id": bytes(16), "namespace_id": bytes(16), "node_id": bytes(16), "path": path, "kind": Kind.FILE,
        "url": f"http://127.0.0.1:8700/s/{path}", "reach": "computer", "created_at": 0, "expires_at": None,
        "has_password": False, "limit": None, "downloads": 0, "title": "", "note": "", "state": "active",
    }  # fmt: skip
    return Share(**(usual | fields))
