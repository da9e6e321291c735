"""Share links in SQL."""

from __future__ import annotations

from blake3 import blake3
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from server_api.contract.messages import NamespaceId, NodeId
from server_api.storage.tables import account, membership, share


class ShareRow(Struct, frozen=True, kw_only=True):
    """One link. Times are milliseconds."""

    share_id: bytes
    namespace_id: NamespaceId
    node_id: NodeId
    account_id: bytes
    token: str
    password_hash: str | None
    created_at: int
    expires_at: int | None
    download_limit: int | None
    downloads: int = 0
    title: str = ""
    note: str = ""
    is_suspended: bool = False


_COLUMNS = [share.c[name] for name in ShareRow.__struct_fields__]


def insert_share(connection: Connection, row: ShareRow) -> None:
    connection.execute(insert(share).values(**asdict(row), token_hash=_hash(row.token)))


def find_share(connection: Connection, token: str) -> ShareRow | None:
    """The link with this token, whose owner may still read what it leads to."""
    is_members = and_(membership.c.namespace_id == share.c.namespace_id, membership.c.account_id == share.c.account_id)
    found = connection.execute(
        select(*_COLUMNS)
        .join(membership, is_members)
        .join(account, account.c.account_id == share.c.account_id)
        .where(share.c.token_hash == _hash(token), account.c.is_disabled.is_(False))
    ).one_or_none()
    return None if found is None else _row(found)


def list_shares(connection: Connection, account_id: bytes) -> list[ShareRow]:
    """Newest first."""
    mine = (
        select(*_COLUMNS).where(share.c.account_id == account_id).order_by(share.c.created_at.desc(), share.c.share_id)
    )
    return [_row(found) for found in connection.execute(mine)]


def count_shares(connection: Connection, account_id: bytes) -> int:
    return connection.execute(select(func.count()).where(share.c.account_id == account_id)).scalar_one()


def delete_share(connection: Connection, account_id: bytes, share_id: bytes) -> bool:
    """Whether there was one."""
    mine = and_(share.c.share_id == share_id, share.c.account_id == account_id)
    return connection.execute(delete(share).where(mine)).rowcount > 0


def count_download(connection: Connection, share_id: bytes) -> bool:
    """One more; false, and not counted, if there were as many as there may be. Exact, however many come at once."""
    has_left = or_(share.c.download_limit.is_(None), share.c.downloads < share.c.download_limit)
    counted = update(share).where(share.c.share_id == share_id, has_left).values(downloads=share.c.downloads + 1)
    return connection.execute(counted).rowcount > 0


def resume_shares(connection: Connection) -> int:
    """Those that are suspended are not any more; how many those were."""
    return connection.execute(update(share).where(share.c.is_suspended).values(is_suspended=False)).rowcount


def _hash(token: str) -> bytes:
    return blake3(token.encode()).digest()


def _row(found: Row[*tuple[object, ...]]) -> ShareRow:
    return ShareRow(**found._mapping)  # noqa: SLF001 - its public name
