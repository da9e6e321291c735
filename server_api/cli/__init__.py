"""``lockstep server``: runs the API, and the operator's commands."""

from server_api.cli import backups, upkeep, users
from server_api.cli.serving import server

__all__ = ["backups", "server", "upkeep", "users"]
