"""Who the web pages are tried with: a person with an account, and a device of theirs that works beside the browser."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import requests
from blake3 import blake3

from server_api.contract.accounts import Account, Register
from server_api.contract.devices import Session, SignIn
from server_api.contract.history import Details, DetailsRequest, Entry, Listing, ListRequest
from server_api.contract.messages import (
    MSGPACK,
    ROOT,
    Applied,
    ChangeNode,
    Changes,
    CommitRequest,
    CommitResponse,
    Content,
    CreateNode,
    DeleteNode,
    Kind,
    Namespaces,
    Operation,
    Place,
    RegisteredPacks,
    RegisterPacks,
    SealedPacks,
    SealPacks,
)
from server_api.contract.positions import PositionTold, TellPosition
from tests.fixtures.content import declare, pack_of
from tests.fixtures.servers import PASSWORD

T = TypeVar("T")

_MTIME_NS = 1_750_000_000_000_000_000


class OtherDevice:
    """A device of the account: speaks msgpack over real sockets."""

    def __init__(self, url: str, email: str, name: str = "Laptop", authority: Path | None = None) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False  # what it names would count more than this
        self._http.verify = str(authority) if authority else True
        self._http.headers["Accept"] = MSGPACK
        signed_in = self.post("/v1/sessions", SignIn(email=email, password=PASSWORD, device_name=name), Session)
        self._http.headers["Authorization"] = f"Bearer {signed_in.access_token}"
        self.device_id = signed_in.device_id
        self._epoch = signed_in.epoch
        self.namespace_id = signed_in.account.personal_namespace
        self._number = 0
        self._folders: dict[str, bytes] = {"": ROOT}

    def close(self) -> None:
        self._http.close()

    def post(self, path: str, message: msgspec.Struct, answer: type[T], *, method: str = "POST") -> T:
        body, headers = msgspec.msgpack.encode(message), {"Content-Type": MSGPACK}
        response = self._http.request(method, self._url + path, data=body, headers=headers, timeout=60)
        assert response.ok, response.text
        return msgspec.msgpack.decode(response.content, type=answer)

    def folder(self, path: str) -> bytes:
        """Makes a folder, and those above it; its id."""
        if path not in self._folders:
            above, _, name = path.rpartition("/")
            self._folders[path] = self._create(above, name, Kind.FOLDER)
        return self._folders[path]

    def file(self, path: str, data: bytes = b"", mtime_ns: int = _MTIME_NS) -> bytes:
        """Sends a file of one chunk; its id."""
        above, _, name = path.rpartition("/")
        return self._create(above, name, Kind.FILE, self._offer(data, mtime_ns))

    def many(self, folder: str, names: list[str]) -> None:
        """Empty files, as many as you like."""
        content = self._offer(b"", _MTIME_NS)
        operations = [self._creation(folder, name, Kind.FILE, content) for name in names]
        for start in range(0, len(operations), 5_000):
            self.commit(*operations[start : start + 5_000])

    def write(self, path: str, data: bytes) -> None:
        """Another version of a file."""
        entry = self.entry(path)
        content = self._offer(data, _MTIME_NS + 1)
        self.commit(_change(entry, content=content))

    def move(self, path: str, to: str) -> None:
        above, _, name = to.rpartition("/")
        self.commit(_change(self.entry(path), place=Place(parent_id=self.folder(above), name=name)))

    def delete(self, path: str) -> None:
        entry = self.entry(path)
        seq = self._seq()
        gone = DeleteNode(
            operation_id=secrets.token_bytes(16), node_id=entry.node_id, base=entry.revision_id, seen_seq=seq
        )
        self.commit(gone)

    def entries(self, path: str = "", *, recursive: bool = True) -> list[Entry]:
        """What the server has below a path."""
        asked = ListRequest(path=path, recursive=recursive)
        return self.post(f"{self._namespace}/list", asked, Listing).entries

    def paths(self) -> set[str]:
        return {entry.path for entry in self.entries()}

    def entry(self, path: str) -> Entry:
        above, _, _ = path.rpartition("/")
        return next(entry for entry in self.entries(above, recursive=False) if entry.path == path)

    def changes(self, since: Changes | None = None) -> Changes:
        """The change feed since then, or all that there is."""
        cursor: dict[str, str] = {}
        if since is not None:
            assert since.revision_id is not None
            cursor = {"seq": str(since.seq), "epoch": since.epoch.hex(), "revision": since.revision_id.hex()}
        answer = self._http.get(f"{self._url}{self._namespace}/changes", params=cursor, timeout=60)
        assert answer.ok, answer.text
        return msgspec.msgpack.decode(answer.content, type=Changes)

    def tell_position(self, number: int) -> None:
        """It has all that is there now."""
        known = self.changes()
        assert known.revision_id is not None
        position = TellPosition(number=number, epoch=known.epoch, revision_id=known.revision_id, without=[])
        assert self.post(f"{self._namespace}/position", position, PositionTold, method="PUT").is_kept

    def keepers(self, path: str) -> set[str]:
        """Names of the devices that are said to have a file."""
        details = self.post(f"{self._namespace}/details", DetailsRequest(path=path), Details)
        return {keeper.name for keeper in details.kept_by or ()}

    def commit(self, *operations: Operation) -> list[Applied]:
        self._number += 1
        asked = CommitRequest(epoch=self._epoch, number=self._number, operations=list(operations))
        answered = self.post(f"{self._namespace}/commits", asked, CommitResponse)
        applied = [result for result in answered.results if isinstance(result, Applied)]
        assert len(applied) == len(operations), answered.results
        return applied

    @property
    def _namespace(self) -> str:
        return f"/v1/namespaces/{UUID(bytes=self.namespace_id)}"

    def _seq(self) -> int:
        answer = self._http.get(f"{self._url}/v1/namespaces", timeout=60)
        return msgspec.msgpack.decode(answer.content, type=Namespaces).namespaces[0].seq

    def _create(self, folder: str, name: str, kind: Kind, content: Content | None = None) -> bytes:
        made = self._creation(folder, name, kind, content)
        self.commit(made)
        return made.node_id

    def _creation(self, folder: str, name: str, kind: Kind, content: Content | None) -> CreateNode:
        return CreateNode(
            operation_id=secrets.token_bytes(16),
            node_id=secrets.token_bytes(16),
            kind=kind,
            place=Place(parent_id=self.folder(folder), name=name),
            content=content,
        )

    def _offer(self, data: bytes, mtime_ns: int) -> Content:
        chunk = blake3(data).digest()
        if data:
            body, index = pack_of(self.namespace_id, [data])
            asked = RegisterPacks(packs=[declare(body, index)])
            pack = self.post(f"{self._namespace}/packs", asked, RegisteredPacks).packs[0]
            sent = requests.put(self._url + pack.put.url, data=body, headers=pack.put.headers, timeout=60)
            assert sent.status_code == 201, sent.text
            self.post(f"{self._namespace}/packs/seal", SealPacks(packs=[pack.pack_id]), SealedPacks)
        return Content(hash=chunk, size=len(data), mtime_ns=mtime_ns, chunks=[chunk] if data else [])


def _change(entry: Entry, **fields: Any) -> ChangeNode:
    return ChangeNode(operation_id=secrets.token_bytes(16), node_id=entry.node_id, base=entry.revision_id, **fields)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, whose password is everybody's."""

    url: str
    email: str

    @classmethod
    def registered(cls, url: str) -> Person:
        email = f"{secrets.token_hex(4)}@example.org"
        body = msgspec.json.encode(Register(email=email, password=PASSWORD))
        answer = requests.post(
            f"{url}/v1/accounts", data=body, headers={"Content-Type": "application/json"}, timeout=60
        )
        assert msgspec.json.decode(answer.content, type=Account).email == email
        return cls(url, email)

    def device(self, name: str = "Laptop") -> OtherDevice:
        return OtherDevice(self.url, self.email, name)
