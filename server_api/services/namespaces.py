"""The namespaces of an account."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from server_api.contract.messages import Namespace, Namespaces
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch
from server_api.storage.feed import read_commit_number, read_revision_id
from server_api.storage.tables import account, membership, namespace

_MEMBERSHIPS: Final = (
    select(namespace.c.namespace_id, membership.c.role, account.c.email, namespace.c.seq)
    .join(membership, membership.c.namespace_id == namespace.c.namespace_id)
    .join(account, account.c.account_id == namespace.c.owner_id)
    .order_by(namespace.c.created_at, namespace.c.namespace_id)
)


def list_namespaces(server: Server, caller: Caller) -> Namespaces:
    """Those the caller is a member of, oldest first."""
    with server.database.read() as connection:
        found = connection.execute(_MEMBERSHIPS.where(membership.c.account_id == caller.account_id)).all()
        return Namespaces(
            namespaces=[
                Namespace(
                    namespace_id=namespace_id,
                    role=role,
                    owner=owner,
                    seq=seq,
                    revision_id=read_revision_id(connection, namespace_id, seq) if seq else None,
                    commit_number=read_commit_number(connection, namespace_id, caller.device_id),
                )
                for namespace_id, role, owner, seq in found
            ],
            epoch=read_epoch(connection),
        )
