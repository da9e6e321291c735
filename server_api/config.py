"""What an operator decides about a server, once, at its start."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from server_api.errors import StartError

KEEP_ALL: Final = "forever:all"
"""The rule by which no content of an old version is ever freed."""


class Registration(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    """Anyone who reaches the server over loopback; elsewhere it means ``invite``."""
    INVITE = "invite"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a server takes beyond the contract's own limits. Durations in seconds, sizes in bytes."""

    access_token_s: int = 15 * 60
    refresh_token_s: int = 90 * 24 * 3600
    sign_in_link_s: int = 3600
    invitation_s: int = 7 * 24 * 3600
    web_session_s: int = 12 * 3600
    put_url_s: int = 15 * 60
    get_url_s: int = 5 * 60
    nodes_a_namespace: int = 5_000_000
    devices_an_account: int = 200
    collect_every_s: int = 6 * 3600
    grace_s: int = 24 * 3600
    """How long what nothing refers to is kept: a chunk, then its pack; an object that the database does not know."""
    hold_s: int = 7 * 24 * 3600
    """How long nothing is collected after the server was restored: until devices have told what they have."""
    pending_bytes: int = 16 * 1024**3
    """Registered and not yet sealed, for one account."""
    upload_bytes: int = 10 * 1024**3
    """At once through an upload link, whatever its owner allows."""
    publish_from_bytes: int = 64 * 1024
    """Shared files from this size on are published: smaller ones are sent sooner than a redirect is followed."""
    published_most: int = 1_000
    published_bytes: int = 50 * 1024**3
    """Of all objects that are published; one takes up half of it at most."""
    published_s: int = 3 * 24 * 3600
    """How old a published object becomes; a lifecycle rule of the bucket must take longer."""
    published_idle_s: int = 24 * 3600
    """How long one stays that nobody asks for."""
    free_disk_fraction: float = 0.05
    """Of the disk under a directory store: stays free."""
    default_quota_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CdnConfig:
    """A content network before the store, and what signs its addresses.

    Attributes:
        url: what stands before an object's key, without a slash at its end: host, and prefix if there is one.
        key_id: what the network calls the public key.
        key: the private one: a PEM file, or ``secretsmanager:NAME``.
    """

    url: str
    key_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """How one server runs.

    Attributes:
        data: the server's own directory; nothing else lives there.
        database_url: ``sqlite:///…``, ``postgresql+psycopg://…`` or ``mysql+pymysql://…``; see ``storage.database``.
        store_url: ``dir:PATH`` or ``s3://BUCKET[/PREFIX]?…``.
        trusted_proxies: networks whose X-Forwarded-* counts.
        accel_redirect: the proxy's own address of a directory store's objects, such as ``/objects/``, with which it is
            told to send them (X-Accel-Redirect). ``None``: the server sends them.
        public_url: the address in mails and invitations; ``None``: paths only.
        mail_url: ``smtp://[USER@]HOST[:PORT]`` or ``smtps://…``; ``None``: mails are files in ``data/outbox``.
        mail_from: who mails come from.
        cdn: the content network that gives out published objects; ``None``: the store itself does.
        retention: how long contents of old versions are kept where a namespace has no rule of its own; see
            ``domain.retention``.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8700
    database_url: str
    store_url: str
    registration: Registration = Registration.OPEN
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    accel_redirect: str | None = None
    public_url: str | None = None
    mail_url: str | None = None
    mail_from: str | None = None
    cdn: CdnConfig | None = None
    retention: str = KEEP_ALL
    limits: Limits = field(default_factory=Limits)


def secret(variable: str, credential: str) -> str | None:
    """What nobody else may know: from this variable, or else from a file that the server was handed.

    ``$CREDENTIALS_DIRECTORY`` holds such files, each of the credential's name: systemd's LoadCredential= puts them
    there, and a container has its secrets mounted there. Raises: StartError.
    """
    if value := os.environ.get(variable):
        return value
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        return None
    try:
        return Path(directory, credential).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise StartError(f"the credential {credential} in {directory} cannot be read: {error}") from error
