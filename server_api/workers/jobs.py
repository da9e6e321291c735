"""What the server does beside answering: a process of its own calls ``run_due_jobs`` again and again.

Every job can be killed at any moment and run by two processes at once.
"""

from __future__ import annotations

import logging
from typing import Final

from server_api.errors import UnavailableError
from server_api.services.packs import drop_expired, verify_sealed
from server_api.services.server import Server
from server_api.services.snapshot import write_snapshot_if_due

_LOG: Final = logging.getLogger(__name__)

POLL_S: Final = 0.5
"""A pack is verified about this long after it was sealed."""
_STORE_RETRY_S: Final = 10.0


def run_due_jobs(server: Server) -> float:
    """Does what is due, a bounded piece of it; the seconds after which to call again."""
    try:
        is_more = verify_sealed(server)
        is_more |= drop_expired(server)
        write_snapshot_if_due(server)
    except UnavailableError as error:
        _LOG.warning("the store is not available to the jobs", extra={"detail": error.detail})
        return _STORE_RETRY_S
    return 0.0 if is_more else POLL_S
