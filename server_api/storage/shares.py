"""Share links in SQL."""

from __future__ import annotations

from typing import Any, Final

from blake3 import blake3
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Column, ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from server_api.contract.messages import NamespaceId, NodeId, RevisionId
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
    version_id: RevisionId | None = None
    is_view_only: bool = False
    is_paused: bool = False
    withdrawn_at: int | None = None
    is_upload: bool = False
    max_file_bytes: int | None = None
    max_bytes: int | None = None
    uploaded_bytes: int = 0


_COLUMNS: Final = [share.c[name] for name in ShareRow.__struct_fields__]
OPEN: Final = share.c.withdrawn_at.is_(None)
"""Links that were not withdrawn."""


def share_columns() -> list[Column[Any]]:
    """What a ``ShareRow`` is made of."""
    return _COLUMNS


def insert_share(connection: Connection, row: ShareRow) -> None:
    connection.execute(insert(share).values(**asdict(row), token_hash=_hash(row.token)))


def find_share(connection: Connection, token: str) -> tuple[ShareRow, bool] | None:
    """The link with this token, and whether its owner may still do with what it leads to what it lets others do."""
    is_members = and_(membership.c.namespace_id == share.c.namespace_id, membership.c.account_id == share.c.account_id)
    found = connection.execute(
        select(*_COLUMNS, membership.c.role, account.c.is_disabled)
        .outerjoin(membership, is_members)
        .join(account, account.c.account_id == share.c.account_id)
        .where(share.c.token_hash == _hash(token))
    ).one_or_none()
    if found is None:
        return None
    values = dict(found._mapping)  # noqa: SLF001 - its public name
    role, is_disabled = values.pop("role"), values.pop("is_disabled")
    row = ShareRow(**values)
    return row, role is not None and not is_disabled and not (row.is_upload and role == "viewer")


def find_own_share(connection: Connection, account_id: bytes, share_id: bytes) -> ShareRow | None:
    found = connection.execute(select(*_COLUMNS).where(_own(account_id, share_id))).one_or_none()
    return None if found is None else _row(found)


def list_shares(connection: Connection, account_id: bytes) -> list[ShareRow]:
    """Newest first."""
    mine = (
        select(*_COLUMNS)
        .where(share.c.account_id == account_id, OPEN)
        .order_by(share.c.created_at.desc(), share.c.share_id)
    )
    return [_row(found) for found in connection.execute(mine)]


def count_shares(connection: Connection, account_id: bytes) -> int:
    return connection.execute(select(func.count()).where(share.c.account_id == account_id, OPEN)).scalar_one()


def withdraw(connection: Connection, account_id: bytes, share_id: bytes, now_ms: int) -> bool:
    """Whether there was one. What it said of itself is gone; that there was one stays, for who has its address."""
    gone = {"withdrawn_at": now_ms, "token": "", "password_hash": None, "title": "", "note": "", "version_id": None}
    return connection.execute(update(share).where(_own(account_id, share_id)).values(gone)).rowcount > 0


def forget_withdrawn(connection: Connection, before_ms: int) -> int:
    """Links that were withdrawn before that are as if they had never been; how many those were."""
    return connection.execute(delete(share).where(share.c.withdrawn_at < before_ms)).rowcount


def change_share(connection: Connection, account_id: bytes, share_id: bytes, **values: object) -> bool:
    """Whether there is one."""
    if not values:
        return find_own_share(connection, account_id, share_id) is not None
    connection.execute(update(share).where(_own(account_id, share_id)).values(values))
    return find_own_share(connection, account_id, share_id) is not None


def count_download(connection: Connection, share_id: bytes) -> bool:
    """One more; false, and not counted, if there were as many as there may be. Exact, however many come at once."""
    counted = update(share).where(share.c.share_id == share_id, _COUNTS).values(downloads=share.c.downloads + 1)
    return connection.execute(counted).rowcount > 0


def count_uploads(connection: Connection, share_id: bytes, files: int, size: int) -> bool:
    """So many files more, of so many bytes; false, and not counted, if that would be more than there may be."""
    fits = (
        or_(share.c.download_limit.is_(None), share.c.downloads + files <= share.c.download_limit),
        or_(share.c.max_bytes.is_(None), share.c.uploaded_bytes + size <= share.c.max_bytes),
        share.c.is_upload,
    )
    counted = update(share).where(share.c.share_id == share_id, _COUNTS, *fits)
    counted = counted.values(downloads=share.c.downloads + files, uploaded_bytes=share.c.uploaded_bytes + size)
    return connection.execute(counted).rowcount > 0


def pinned_versions(connection: Connection, namespace_id: NamespaceId, now_ms: int) -> dict[RevisionId, NodeId]:
    """The versions that links are pinned to which are not over, and the files that they are of."""
    lasting = or_(share.c.expires_at.is_(None), share.c.expires_at > now_ms)
    mine = and_(share.c.namespace_id == namespace_id, share.c.version_id.is_not(None))
    rows = connection.execute(select(share.c.version_id, share.c.node_id).where(mine, OPEN, lasting))
    return {row.version_id: row.node_id for row in rows}


def resume_shares(connection: Connection) -> int:
    """Those that are suspended are not any more; how many those were."""
    return connection.execute(update(share).where(share.c.is_suspended).values(is_suspended=False)).rowcount


_COUNTS: Final = and_(
    OPEN,
    share.c.is_paused.is_(False),
    share.c.is_suspended.is_(False),
    or_(share.c.download_limit.is_(None), share.c.downloads < share.c.download_limit),
)
"""That one more may be counted."""


def _own(account_id: bytes, share_id: bytes) -> ColumnElement[bool]:
    return and_(share.c.share_id == share_id, share.c.account_id == account_id, OPEN)


def _hash(token: str) -> bytes:
    return blake3(token.encode()).digest()


def _row(found: Row[*tuple[object, ...]]) -> ShareRow:
    return ShareRow(**found._mapping)  # noqa: SLF001 - its public name
