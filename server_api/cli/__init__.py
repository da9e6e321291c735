"""``lockstep server``: runs the API, and the operator's commands."""

from server_api.cli import backups, invitations, leaving, upkeep, users
from server_api.cli.serving import server

__all__ = ["backups", "invitations", "leaving", "server", "upkeep", "users"]
