"""The server of a simulation: the real application with one account, whose devices are signed in from the start."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select, update

from server_api.app import create_app
from server_api.contract import messages
from server_api.contract.messages import DeviceId, NamespaceId
from server_api.services import refresh_tokens, sessions
from server_api.services.accounts import end_sessions
from server_api.services.packs import verify_sealed
from server_api.services.positions import read_keepers
from server_api.services.server import Server
from server_api.services.state import renew_epoch
from server_api.storage import tables
from server_api.storage.nodes import read_lineages
from sync_engine.core.model import ROOT, ContentHash, Kind, NodeId, RemoteNode, RevisionId
from tests.fakes.clock import SeededIds
from tests.fakes.device import FakeTime
from tests.fixtures.servers import Api, make_server
from tests.simulation.power import put_back, whole_database

DEVICES = ("Laptop", "Desktop", "Phone", "Tablet")


class ServerTime:
    """The devices' time, as the server asks for it. ``skew_s``: what its own clock is set to."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time
        self.skew_s = 0.0

    def now_ms(self) -> int:
        return self._time.now_ns() // 1_000_000 + int(self.skew_s * 1000)

    def monotonic(self) -> float:
        return self._time.monotonic()


@dataclass(frozen=True)
class Prepared:
    """A server's database, and who is signed in there."""

    database: bytes
    namespace_id: NamespaceId
    device_ids: dict[str, DeviceId]
    refresh_tokens: dict[str, str]


class Host:
    """The machine that the server runs on, and its operator.

    Attributes:
        server: as it runs now.
        clock: its own.
        starts: how often it was started.
    """

    def __init__(self, directory: Path, time: FakeTime, seed: int) -> None:
        self._directory = directory
        self._seed = seed
        self.clock = ServerTime(time)
        self.starts = 0
        directory.mkdir(parents=True)
        self._database.write_bytes(prepared().database)
        self.server = self._start()
        self._backup = prepared().database

    @property
    def _database(self) -> Path:
        return self._directory / "lockstep.sqlite"

    def _start(self) -> Server:
        self.starts += 1
        server = make_server(self._directory, clock=self.clock, ids=SeededIds(self._seed * 1000 + self.starts))
        server.store.check()
        return server

    def client(self) -> FlaskClient:
        return create_app(self.server).test_client(use_cookies=False)

    def close(self) -> None:
        self.server.database.close()

    def restart(self) -> None:
        self.close()
        self.server = self._start()

    def back_up(self) -> None:
        self._backup = whole_database(self._database)

    def restore(self, *, renews_epoch: bool) -> None:
        """The backup is put back: by the book, or as somebody does who copies a disk image and says nothing."""
        self.close()
        put_back(self._database, self._backup)
        self.server = self._start()
        if renews_epoch:
            with self.server.database.write() as work:
                renew_epoch(work.connection, self.server.ids)

    def verify(self) -> None:
        """The server's worker looks at what arrived."""
        verify_sealed(self.server)

    def revoke(self, device_id: DeviceId) -> None:
        with self.server.database.write() as work:
            end_sessions(self.server, work, device_id=device_id)
            revoked = update(tables.device).where(tables.device.c.device_id == device_id)
            work.connection.execute(revoked.values(revoked_at=self.server.clock.now_ms()))

    def sign_in(self, device_id: DeviceId) -> str:
        """A new refresh token for a device that is known: as by mail and password, but hashing one takes its time."""
        with self.server.database.write() as work:
            known = update(tables.device).where(tables.device.c.device_id == device_id)
            work.connection.execute(known.values(revoked_at=None))
            session_id = sessions._start(self.server, work, device_id)
            return refresh_tokens.issue(self.server, work, device_id, session_id, parent_hash=None)

    def living(self) -> dict[NodeId, RemoteNode]:
        """The tree, as it is in the database."""
        node, revision = tables.node, tables.revision
        latest = (revision.c.namespace_id == node.c.namespace_id) & (revision.c.seq == node.c.seq)
        with self.server.database.read() as connection:
            rows = connection.execute(select(revision).join(node, latest)).all()
        nodes = {
            NodeId(row.node_id): RemoteNode(
                NodeId(row.node_id), NodeId(row.parent_id), row.name, Kind(row.kind), RevisionId(row.revision_id),
                row.seq, ContentHash(row.content_hash) if row.content_hash else None, row.size, row.mtime_ns,
                row.executable, row.link_target, row.is_deleted,
            )
            for row in rows
        }  # fmt: skip
        return {node_id: node for node_id, node in nodes.items() if _lives(node_id, nodes)}

    def keepers(self, node: RemoteNode) -> set[DeviceId]:
        """The devices that are told to have this file."""
        namespace_id = prepared().namespace_id
        with self.server.database.read() as connection:
            lineage = read_lineages(connection, namespace_id, [node.node_id])
            found = read_keepers(connection, namespace_id, list(lineage.values()), DeviceId(b""))
        return {DeviceId(keeper.device_id) for keeper in found}

    def versions(self) -> dict[bytes, bytes]:
        """Every content that was ever committed, with the revision that brought it."""
        revision = tables.revision
        with self.server.database.read() as connection:
            rows = connection.execute(
                select(revision.c.revision_id, revision.c.content_hash).where(
                    revision.c.version_id == revision.c.revision_id
                )
            ).all()
        return {row.content_hash: row.revision_id for row in rows}


def _lives(node_id: NodeId, nodes: dict[NodeId, RemoteNode]) -> bool:
    while node_id != ROOT:
        node = nodes.get(node_id)
        if node is None or node.is_deleted:
            return False
        node_id = node.parent_id
    return True


@cache
def prepared() -> Prepared:
    """Made once: hashing a password takes as long as a short simulation."""
    directory = Path(tempfile.mkdtemp())
    try:
        server = make_server(directory, clock=ServerTime(FakeTime()), ids=SeededIds(0))
        api = Api(server, client=create_app(server).test_client(use_cookies=False))
        api.register()
        devices = {name: api.sign_in(device=name) for name in DEVICES}
        namespaces = devices[DEVICES[0]].call("GET", "/v1/namespaces", messages.Namespaces).namespaces
        signed_in = {name: device.session for name, device in devices.items() if device.session}
        server.database.close()
        return Prepared(
            whole_database(directory / "lockstep.sqlite"),
            NamespaceId(namespaces[0].namespace_id),
            {name: DeviceId(session.device_id) for name, session in signed_in.items()},
            {name: session.refresh_token for name, session in signed_in.items()},
        )
    finally:
        shutil.rmtree(directory)
