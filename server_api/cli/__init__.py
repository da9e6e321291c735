"""``lockstep server``: runs the API, and the operator's commands."""

from server_api.cli import upkeep, users
from server_api.cli.serving import server

__all__ = ["server", "upkeep", "users"]
