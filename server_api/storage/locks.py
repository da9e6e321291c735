"""Rows that are locked before others are touched, so that no transactions wait for each other in a circle.

Who needs several takes them in one order: the namespace (``revisions.lock_namespace``, ``packs.lock_owner``), then the
account, then the device, then what hangs on them. Inserting a row locks those that it refers to as well, for sharing:
of two that have done so, each waits for the other as soon as they want that row for themselves. So who is going to
change a row, or to keep others from it, locks it before anything is inserted that refers to it.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from server_api.storage.tables import account, device


def lock_account(connection: Connection, account_id: bytes) -> None:
    """Nobody else changes the account, or adds anything to it, until the transaction ends."""
    connection.execute(select(account.c.account_id).where(account.c.account_id == account_id).with_for_update())


def lock_device(connection: Connection, device_id: bytes) -> None:
    """Nobody else changes the device, exchanges its tokens or tells its position until the transaction ends."""
    connection.execute(select(device.c.device_id).where(device.c.device_id == device_id).with_for_update())
