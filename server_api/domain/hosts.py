"""Hosts as addresses and names in URLs and headers write them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address


def address_of(text: str) -> Address | None:
    """An address, in brackets or without; ``None`` for what is none."""
    text = text.strip().strip("[]")
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_loopback_name(host: str) -> bool:
    """Whether a host, by address or name, is this computer itself."""
    address = address_of(host)
    return address.is_loopback if address is not None else host == "localhost"
