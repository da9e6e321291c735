"""The account's devices, as people know them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from desktop.words import capital, show_name, show_time, tr
from server_api.contract.devices import Device


class Row(Struct, frozen=True):
    """One device that may still ask the server something."""

    device_id: bytes
    name: str
    """Safe to show."""
    seen: str
    seen_at: int
    icon: str
    is_this: bool


def rows(devices: Iterable[Device]) -> list[Row]:
    """This one first, then those that were there last."""
    listed = [device for device in devices if device.revoked_at is None]
    listed.sort(key=lambda device: (not device.is_current, -device.last_seen_at))
    return [_row(device) for device in listed]


def _row(device: Device) -> Row:
    name = show_name(device.name)
    if device.kind == "browser":
        name = tr("{name} (browser)").format(name=name)
    seen = tr("This device") if device.is_current else capital(show_time(device.last_seen_at))
    icon = "device" if device.kind != "browser" else "link"
    return Row(device.device_id, name, seen, device.last_seen_at, icon, device.is_current)
