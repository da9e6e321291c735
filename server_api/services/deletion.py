"""Deleting an account: a day after somebody wished for it, all that it has on the server goes, a piece at a time.

First nobody is let in any more, then its namespaces lose their rows and their packs are freed, as the collector frees
them. Once the store has forgotten the last object, namespaces and account go. Each step may be cut off and done again,
by any process, and none of it is taken back once the time has come. What was recorded of the account stays, under a
number that is nobody's name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Table, delete, exists, select, update

from server_api.contract.accounts import AccountDeletion
from server_api.contract.messages import NamespaceId
from server_api.errors import NotFoundError
from server_api.services import audit, mails
from server_api.services.accounts import end_sessions, used_bytes
from server_api.services.purging import WAIT_MS, Wisher
from server_api.services.server import Server
from server_api.services.snapshot import LOGS
from server_api.storage.contention import retried
from server_api.storage.database import UnitOfWork
from server_api.storage.nodes import count_living
from server_api.storage.packs import GONE, PackState
from server_api.storage.published import doom_of_namespace, has_published
from server_api.storage.revisions import lock_namespace
from server_api.storage.tables import (
    account,
    chunk,
    commit_number,
    device,
    known_address,
    mail,
    mailed_code,
    membership,
    namespace,
    node,
    pack,
    position,
    purge,
    purge_node,
    recovery_code,
    refresh_token,
    revision,
    second_factor,
    session,
    share,
    sign_in_link,
    wipe,
)

_ROWS_AT_ONCE: Final = 2_000
_AT_ONCE: Final = 100
_OF_DEVICES: Final = (refresh_token, session, wipe, position)
_OF_ACCOUNTS: Final = (
    share, device, second_factor, recovery_code, mailed_code, known_address, sign_in_link, membership, mail, account,
)  # fmt: skip


@retried
def request_deletion(server: Server, wisher: Wisher) -> AccountDeletion:
    """What will go, a day from now. Asking again changes nothing: the first wish counts. Raises: NotFoundError."""
    with server.database.write() as work:
        connection = work.connection
        mine = account.c.account_id == wisher.account_id
        row = connection.execute(
            select(account.c.email, account.c.delete_at).where(mine).with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFoundError
        due_at = row.delete_at
        if due_at is None:
            due_at = server.database_now_ms(connection) + WAIT_MS
            connection.execute(update(account).where(mine).values(delete_at=due_at))
            _record(server, work, "deletion-requested", wisher)
            at = datetime.fromtimestamp(due_at / 1000, UTC).isoformat(" ", "minutes")
            mails.enqueue(server, work, mails.DELETION_REQUESTED, row.email, account_id=wisher.account_id, detail=at)
        return _describe(connection, wisher.account_id, due_at)


@retried
def cancel_deletion(server: Server, wisher: Wisher) -> None:
    """The account stays. Raises: NotFoundError, if nothing waits, or its time has come."""
    with server.database.write() as work:
        waiting = update(account).where(
            account.c.account_id == wisher.account_id,
            account.c.delete_at > server.database_now_ms(work.connection),
        )
        if work.connection.execute(waiting.values(delete_at=None)).rowcount != 1:
            raise NotFoundError("The account is not to be deleted, or it is too late.")
        _record(server, work, "deletion-cancelled", wisher)


def delete_due(server: Server) -> bool:
    """A piece of what is due; whether there is more that can be done now. Raises: UnavailableError."""
    with server.database.read() as connection:
        now_ms = server.database_now_ms(connection)
        due = select(account.c.account_id).where(account.c.delete_at <= now_ms).order_by(account.c.delete_at)
        accounts = list(connection.scalars(due.limit(_AT_ONCE)))
    return any(_delete_piece(server, account_id) for account_id in accounts)


def _delete_piece(server: Server, account_id: bytes) -> bool:
    """Whether there was something to do. There is not while the store still has packs."""
    with server.database.read() as connection:
        is_open = connection.scalar(
            select(account.c.account_id).where(account.c.account_id == account_id, account.c.is_disabled.is_(False))
        )
        owned = list(connection.scalars(select(namespace.c.namespace_id).where(namespace.c.owner_id == account_id)))
    if is_open is not None:
        _close(server, account_id)
        return True
    for namespace_id in owned:
        if _empty(server, NamespaceId(namespace_id)) or _drop_namespace(server, NamespaceId(namespace_id)):
            return True
    return not owned and _drop_account(server, account_id)


@retried
def _close(server: Server, account_id: bytes) -> None:
    """From now on nobody is let in."""
    with server.database.write() as work:
        work.connection.execute(update(account).where(account.c.account_id == account_id).values(is_disabled=True))
        end_sessions(server, work, account_id=account_id)
        owned = select(namespace.c.namespace_id).where(namespace.c.owner_id == account_id)
        for namespace_id in list(work.connection.scalars(owned)):
            doom_of_namespace(work.connection, namespace_id)
        work.connection.execute(delete(membership).where(membership.c.namespace_id.in_(owned)))


@retried
def _empty(server: Server, namespace_id: NamespaceId) -> bool:
    """Take some of what the namespace has; whether there was any."""
    with server.database.write() as work:
        connection = work.connection
        if lock_namespace(connection, namespace_id) is None:
            return False
        if _delete_rows(connection, chunk, "chunk_hash", namespace_id):
            return True
        if _free_packs(server, connection, namespace_id):
            return True
        if _delete_rows(connection, revision, "seq", namespace_id):
            if not _has(connection, revision, namespace_id):  # what has no log has no head
                here = namespace.c.namespace_id == namespace_id
                connection.execute(update(namespace).where(here).values(seq=0, live_nodes=0))
            return True
        return _delete_rows(connection, node, "node_id", namespace_id)


def _delete_rows(connection: Connection, table: Table, key: str, namespace_id: NamespaceId) -> bool:
    column, here = table.c[key], table.c.namespace_id == namespace_id
    some = list(connection.scalars(select(column).where(here).order_by(column).limit(_ROWS_AT_ONCE)))
    if some:
        connection.execute(delete(table).where(here, column <= some[-1]))
    return bool(some)


def _free_packs(server: Server, connection: Connection, namespace_id: NamespaceId) -> bool:
    """Their objects are deleted once no address of theirs can be in use."""
    limits = server.config.limits
    until_ms = server.database_now_ms(connection) + (limits.grace_s + limits.get_url_s) * 1000
    there = update(pack).where(pack.c.namespace_id == namespace_id, pack.c.state.not_in(GONE))
    freed = connection.execute(there.values(state=PackState.FREED.value, declared=None, expires_at=until_ms))
    return bool(freed.rowcount)


def _has(connection: Connection, table: Table, namespace_id: NamespaceId) -> bool:
    return bool(connection.scalar(select(exists().where(table.c.namespace_id == namespace_id))))


@retried
def _drop_namespace(server: Server, namespace_id: NamespaceId) -> bool:
    """The namespace itself, if nothing is left of it. Raises: UnavailableError."""
    with server.database.read() as connection:
        if _has(connection, pack, namespace_id) or has_published(connection, namespace_id):
            return False
    for stored in list(server.store.list(f"{LOGS}{namespace_id.hex()}/")):
        server.store.delete(stored.key)
    with server.database.write() as work:
        connection = work.connection
        lock_namespace(connection, namespace_id)
        if any(_has(connection, table, namespace_id) for table in (pack, chunk, revision, node)):
            return True  # a request that was under way
        of_purges = select(purge.c.purge_id).where(purge.c.namespace_id == namespace_id)
        connection.execute(delete(purge_node).where(purge_node.c.purge_id.in_(of_purges)))
        for table in (share, purge, commit_number, position, membership, namespace):
            connection.execute(delete(table).where(table.c.namespace_id == namespace_id))
    return True


@retried
def _drop_account(server: Server, account_id: bytes) -> bool:
    with server.database.write() as work:
        connection = work.connection
        mine = account.c.account_id == account_id
        email = connection.scalar(select(account.c.email).where(mine).with_for_update())
        if email is None:
            return False
        devices = select(device.c.device_id).where(device.c.account_id == account_id)
        for table in _OF_DEVICES:
            connection.execute(delete(table).where(table.c.device_id.in_(devices)))
        for table in _OF_ACCOUNTS:
            connection.execute(delete(table).where(table.c.account_id == account_id))
        audit.record(server, work, "account-deleted", account_id=account_id)
        mails.enqueue(server, work, mails.DELETED, email)
    return True


def _describe(connection: Connection, account_id: bytes, due_at: int) -> AccountDeletion:
    owned = connection.scalars(select(namespace.c.namespace_id).where(namespace.c.owner_id == account_id)).all()
    devices = connection.scalars(
        select(device.c.device_id).where(device.c.account_id == account_id, device.c.revoked_at.is_(None))
    ).all()
    return AccountDeletion(
        due_at=due_at,
        nodes=sum(count_living(connection, NamespaceId(id_)) for id_ in owned),
        size=used_bytes(connection, account_id),
        devices=len(devices),
    )


def _record(server: Server, work: UnitOfWork, action: str, wisher: Wisher) -> None:
    audit.record(server, work, action, account_id=wisher.account_id, device_id=wisher.device_id)
