"""What the server does beside answering: a process of its own runs each lane of jobs again and again.

Every job can be killed at any moment and run by two processes at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from server_api.errors import StoreFullError, UnavailableError
from server_api.metrics import JOB_FAILURES
from server_api.services.backlog import measure_backlog
from server_api.services.collection import collect_if_due
from server_api.services.deletion import delete_due
from server_api.services.figures import note_figures
from server_api.services.mails import send_due
from server_api.services.packs import drop_expired, verify_sealed
from server_api.services.publishing import publish_due
from server_api.services.purging import purge_due
from server_api.services.server import Server
from server_api.services.snapshot import write_snapshot_if_due
from server_api.workers.thumbnailing import make_thumbnails

_LOG: Final = logging.getLogger(__name__)

POLL_S: Final = 0.5
"""A pack is verified about this long after it was sealed."""
_RETRY_S: Final = 10.0

Job: TypeAlias = Callable[[Server], bool]
"""Does a bounded piece of what is due; whether there is more."""

_WORDS: Final[tuple[Job, ...]] = (send_due, measure_backlog, note_figures)
_CONTENT: Final[tuple[Job, ...]] = (
    verify_sealed,
    drop_expired,
    make_thumbnails,
    purge_due,
    delete_due,
    publish_due,
    collect_if_due,
    write_snapshot_if_due,
)


def run_due_jobs(server: Server, jobs: Sequence[Job] = (*_WORDS, *_CONTENT)) -> float:
    """Does what is due, a bounded piece of it; the seconds after which to call again.

    Each job by itself: one that fails is logged and tried again later, and the others go on.
    """
    is_more = has_failed = False
    for job in jobs:
        try:
            is_more |= job(server)
        except (UnavailableError, StoreFullError) as error:
            _LOG.warning("a job has to wait", extra={"job": job.__name__, "detail": str(error)})
            JOB_FAILURES.add(job=job.__name__)
            has_failed = True
        except Exception:  # noqa: BLE001  (one broken job must not end the others)
            _LOG.exception("a job failed", extra={"job": job.__name__})
            JOB_FAILURES.add(job=job.__name__)
            has_failed = True
    if has_failed:
        return _RETRY_S
    return 0.0 if is_more else POLL_S


LANES: Final = (partial(run_due_jobs, jobs=_WORDS), partial(run_due_jobs, jobs=_CONTENT))
"""Run side by side: no mail and no figure waits for a bucket that answers nobody."""
