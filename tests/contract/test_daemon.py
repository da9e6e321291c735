"""What every daemon answers a window, real or fake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.adapters.journal.journal import open_journal
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonFailed
from sync_engine.control.messages import AskServer, FindItems, Item, Items, ListFolder
from sync_engine.core.agreement import as_synced
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature
from sync_engine.core.reports import EngineState
from sync_engine.profile import Profile, Settings
from tests.fakes.daemon import FakeDaemon, item
from tests.fixtures.answering import answering_daemon
from tests.unit.sync_engine.cli.linked import link_to

DOCS = NodeId(b"D" * 16)
MTIME_MS = 1_790_000_000_000
TOP = [
    item("Docs", "folder", state="pending"),
    item("there.txt", size=7, state="pending", is_here=False),
]
IN_DOCS = [item("a.txt", size=5), item("Über bad\udcff.txt", size=5, state="pending", is_on_server=False)]


@pytest.fixture(params=["fake", "real"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    profile = Profile.open(tmp_path / "profile")
    (tmp_path / "Synced").mkdir()
    profile.write_settings(Settings(link_to(tmp_path / "Synced", namespace_id=b"n" * 16)))
    with fake(profile) if request.param == "fake" else real(profile):
        yield profile.home


@contextmanager
def fake(profile: Profile) -> Iterator[None]:
    daemon = FakeDaemon(profile.home, EngineState(files=2))
    link = profile.link()
    daemon.profile = control.ProfileNow(
        link.server, link.email, link.device_name, link.device_id, link.folder, str(profile.home), link.runs_server
    )
    daemon.folders = {"": TOP, "Docs": IN_DOCS}
    with closing(daemon):
        yield


@contextmanager
def real(profile: Profile) -> Iterator[None]:
    folder = Path(profile.link().folder)
    prepare_root(str(folder), profile.link().journal_id)
    with closing(open_journal(profile.journal_path, b"n" * 16)) as journal, journal.transaction():
        docs = remote(DOCS, "Docs", Kind.FOLDER)
        a = remote(NodeId(b"a" * 16), "a.txt", parent=DOCS, size=5)
        journal.put_remote([docs, a, remote(NodeId(b"t" * 16), "there.txt")])
        journal.put_synced([as_synced(docs), as_synced(a)])
        journal.put_local([local(docs), local(a)])
        journal.put_local([local(remote(NodeId(b"u" * 16), "Über bad\udcff.txt", parent=DOCS, size=5))])
    with answering_daemon(profile):
        yield


def remote(
    node_id: NodeId, name: str, kind: Kind = Kind.FILE, parent: NodeId = ROOT, size: int = 7
) -> RemoteNode:  # fmt: skip
    content = bytes(node_id) * 2 if kind is Kind.FILE else None
    return RemoteNode(node_id, parent, name, kind, RevisionId(node_id), 1, content, size, MTIME_MS * 10**6)  # type: ignore[arg-type]


def local(node: RemoteNode) -> LocalNode:
    signature = Signature(1, node.node_id[0], None, node.size, node.mtime_ns, node.mtime_ns)
    return LocalNode(node.node_id, node.parent_id, node.name, node.kind, signature, node.content)


@pytest.fixture
def client(home: Path) -> Iterator[ControlClient]:
    made = ControlClient.connect(home)
    assert made is not None
    with made:
        yield made


def listed(client: ControlClient, path: str) -> list[Item]:
    answers = list(client.stream(ListFolder(path), 10.0))
    assert all(isinstance(each, Items) for each in answers)
    found = [each for part in answers if isinstance(part, Items) for each in part.items]
    return sorted(found, key=lambda each: each.name)


def test_folders_are_listed(client: ControlClient) -> None:
    assert listed(client, "") == TOP
    assert listed(client, "Docs") == IN_DOCS


def test_of_no_folder_it_is_said(client: ControlClient) -> None:
    for path in ("nowhere", "Docs/a.txt", "there.txt"):
        with pytest.raises(DaemonFailed) as failed:
            listed(client, path)
        assert failed.value.code == "not-found"
    assert listed(client, "Docs") == IN_DOCS  # and the connection goes on


@pytest.mark.parametrize(
    ("text", "paths"),
    [("uber", ["Docs/Über bad\udcff.txt"]), ("TXT", ["Docs/a.txt", "Docs/Über bad\udcff.txt", "there.txt"]), ("", [])],
)
def test_names_are_found(client: ControlClient, text: str, paths: list[str]) -> None:
    found = client.ask(FindItems(text))
    assert isinstance(found, Items)
    assert sorted(each.name for each in found.items) == sorted(paths)
    assert not found.is_cut


def test_what_is_more_than_asked_for_is_cut(client: ControlClient) -> None:
    found = client.ask(FindItems("txt", limit=2))
    assert isinstance(found, Items)
    assert (len(found.items), found.is_cut) == (2, True)


def test_the_profile_is_told(client: ControlClient, home: Path) -> None:
    link = Profile(home).link()
    told = client.ask(control.GetProfile())
    assert told == control.ProfileNow(
        link.server, link.email, link.device_name, link.device_id, link.folder, str(home), runs_server=False
    )


def test_a_question_that_is_none_is_refused(client: ControlClient) -> None:
    with pytest.raises(DaemonFailed) as failed:
        client.ask(AskServer("sessions"))
    assert failed.value.code == "wrong-usage"


def test_the_state_comes_at_once_and_tells_of_files(client: ControlClient) -> None:
    told = client.ask(control.GetStatus())
    assert isinstance(told, control.Status)
    assert told.state.files == 2
