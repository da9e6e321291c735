"""``lockstep server``: runs the API, and the operator's commands."""

from server_api.cli import backups, exports, invitations, leaving, upkeep, users
from server_api.cli.serving import server

__all__ = ["backups", "exports", "invitations", "leaving", "server", "upkeep", "users"]
