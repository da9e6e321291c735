"""What waits to be done, told to whoever watches the server."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from server_api import metrics
from server_api.services.scrubbing import read_scrub_note
from server_api.services.server import Server
from server_api.storage.packs import PackState
from server_api.storage.tables import mail, pack

LOOK_EVERY_S: Final = 15.0


def measure_backlog(server: Server) -> bool:
    """A job: counts at most every fifteen seconds, and only where somebody may read it. There is never more to do."""
    now = server.clock.monotonic()
    if not metrics.is_on() or now < server.backlog_due:
        return False
    server.backlog_due = now + LOOK_EVERY_S
    with server.database.read() as connection:
        registered = select(func.sum(pack.c.size)).where(pack.c.state == PackState.REGISTERED.value)
        metrics.PENDING_BYTES.set(int(connection.scalar(registered) or 0))
        sealed = select(func.count()).select_from(pack).where(pack.c.state == PackState.SEALED.value)
        metrics.UNVERIFIED.set(connection.scalar(sealed) or 0)
        metrics.WAITING_MAILS.set(connection.scalar(select(func.count()).select_from(mail)) or 0)
        now_ms = server.database_now_ms(connection)
        first_pack = select(func.min(pack.c.created_at)).where(pack.c.state == PackState.SEALED.value)
        for queue, first in (("packs", first_pack), ("mails", select(func.min(mail.c.created_at)))):
            since_ms = connection.scalar(first)
            metrics.BACKLOG_SECONDS.set(max(0, now_ms - (since_ms or now_ms)) / 1000, queue=queue)
        scrubbed = read_scrub_note(connection)
        if scrubbed.ended_at is not None:
            metrics.SCRUBBED_AT.set(scrubbed.ended_at / 1000)
            metrics.BROKEN.set(scrubbed.broken)
    return False
