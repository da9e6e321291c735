"""How this device reaches its server: the adapters between a profile and the network, put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from server_api.contract.messages import NamespaceId
from sync_engine.adapters.api import Api
from sync_engine.adapters.clock import SystemClock
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.keychain import open_keychain
from sync_engine.adapters.remote import HttpAccount, HttpRemote
from sync_engine.adapters.session import Session
from sync_engine.adapters.store import HttpStore
from sync_engine.core.quantities import parse_speed
from sync_engine.engine.limits import Bandwidth
from sync_engine.ports import TransferCounts
from sync_engine.profile import Link, Profile


@dataclass(frozen=True)
class Connected:
    """One linked device's ways to its server."""

    account: HttpAccount
    remote: HttpRemote
    store: HttpStore
    counts: TransferCounts
    client: HttpClient
    up: Bandwidth
    down: Bandwidth

    def apply(self, profile: Profile) -> None:
        """Go by the profile's settings from now on. Raises: SetupError."""
        self.up.bytes_a_second = parse_speed(profile.preference("bandwidth.up"))
        self.down.bytes_a_second = parse_speed(profile.preference("bandwidth.down"))
        self.client.use_proxy(profile.preference("proxy"))


@contextmanager
def connect(profile: Profile, link: Link) -> Iterator[Connected]:
    """Nothing is sent before it is used. Raises: SetupError."""
    client = _client(profile, ca_file=link.ca_file, insecure_http=link.insecure_http)
    try:
        session = _session(profile, client, link.server)
        counts = TransferCounts()
        clock = SystemClock()
        up, down = Bandwidth(clock), Bandwidth(clock)
        store = HttpStore(client, link.server, counts, up.take, down.take)
        remote = HttpRemote(session, NamespaceId(link.namespace_id))
        connected = Connected(HttpAccount(session), remote, store, counts, client, up, down)
        connected.apply(profile)
        yield connected
    finally:
        client.close()


@contextmanager
def reach(
    profile: Profile, server: str, *, ca_file: str | None = None, insecure_http: bool = False
) -> Iterator[HttpAccount]:
    """A server that this profile may not be linked to yet. Raises: SetupError."""
    client = _client(profile, ca_file=ca_file, insecure_http=insecure_http)
    try:
        client.check_address(server)
        yield HttpAccount(_session(profile, client, server))
    finally:
        client.close()


def _client(profile: Profile, *, ca_file: str | None, insecure_http: bool) -> HttpClient:
    return HttpClient(ca_file=ca_file, proxy=profile.preference("proxy"), insecure_http=insecure_http)


def _session(profile: Profile, client: HttpClient, server: str) -> Session:
    lock_path = str(profile.home / "session.lock")
    return Session(Api(client, server), open_keychain(profile.home), lock_path, SystemClock())
