"""A device that is to remove what it synced: what goes, what stays, who may want it, and what a crash leaves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from blake3 import blake3

from server_api.contract.devices import BeginWipe, EndWipe, WipeOrder
from server_api.contract.messages import MSGPACK, PROBLEM_JSON, ErrorCode, Kind, Problem
from sync_engine import wiping
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.adapters.journal.journal import SqlJournal, open_journal
from sync_engine.adapters.keychain import open_keychain
from sync_engine.adapters.session import REFRESH_TOKEN
from sync_engine.composition import open_device, take_root
from sync_engine.core.model import ROOT, ContentHash, LocalNode, NodeId, RemoteNode, RevisionId, SyncedNode
from sync_engine.engine.loop import Rhythm
from sync_engine.errors import NotLinked, RootMissing, SignedOut, Unreachable, WipeRequested
from sync_engine.profile import Profile, Settings
from sync_engine.wiping import carry_out_wipe
from tests.fakes.web import Reply, Seen, Web, serve
from tests.unit.sync_engine.cli.linked import link_to

PROOF = b"p" * 32


class Server:
    """Wants the device wiped, until it was told that it is. ``end``: its answer then, if not the usual one."""

    def __init__(self, web: Web) -> None:
        self.wants = True
        self.proof = PROOF
        self.end: Reply | None = None
        self.reports: list[EndWipe] = []
        self.seen = web.seen
        web.answer = self._answer

    def _answer(self, seen: Seen) -> Reply:
        if seen.path == "/v1/wipe/begin" and self.wants:
            assert msgspec.msgpack.decode(seen.body, type=BeginWipe).refresh_token == "t" * 20
            order = WipeOrder(proof=self.proof)
            return Reply(200, {"Content-Type": MSGPACK}, msgspec.msgpack.encode(order))
        if seen.path == "/v1/wipe/end" and self.wants:
            if self.end is not None:
                return self.end
            self.wants = False
            self.reports.append(msgspec.msgpack.decode(seen.body, type=EndWipe))
            return Reply(204)
        code = ErrorCode.WIPE_REQUESTED if self.wants else ErrorCode.SESSION_ENDED
        problem = Problem(status=401, code=code.value, title="No.")
        return Reply(401, {"Content-Type": PROBLEM_JSON}, msgspec.json.encode(problem))


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def server(web: Web) -> Server:
    return Server(web)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    prepare_root(str(root), "j")
    return root


@pytest.fixture
def profile(tmp_path: Path, root: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    monkeypatch.setattr(wiping, "sleep", lambda _s: None)
    made = Profile.open(tmp_path / "home")
    open_keychain(made.home).write(REFRESH_TOKEN, "t" * 20)
    check = hashlib.sha256(PROOF).digest()
    made.write_settings(Settings(link=link_to(root, server=web.url, wipe_check=check)))
    return made


class Folder:
    """Files that this device has in step with the server."""

    def __init__(self, root: Path, profile: Profile) -> None:
        self.root = root
        self._profile = profile

    def synced(self, path: str, data: bytes = b"synced", *, recheck: bool = False, newer_there: bool = False) -> None:
        (self.root / path).write_bytes(data)
        files = SyncedFolder(str(self.root), "j")
        files.check_root()
        found = files.look(path)
        files.close()
        assert found is not None
        node_id, revision = NodeId(path.encode().ljust(16, b".")), RevisionId(b"r" * 16)
        content = ContentHash(blake3(data).digest())
        there = RemoteNode(node_id, ROOT, path, Kind.FILE, revision, 1, content)
        if newer_there:
            there = msgspec.structs.replace(there, revision_id=RevisionId(b"s" * 16), content=ContentHash(b"?" * 32))
        with self._journal() as journal, journal.transaction():
            journal.put_local([LocalNode(node_id, ROOT, path, Kind.FILE, found.signature, content, recheck=recheck)])
            journal.put_remote([there])
            journal.put_synced([SyncedNode(node_id, ROOT, path, Kind.FILE, revision, content)])

    def _journal(self) -> _Closing:
        return _Closing(open_journal(self._profile.journal_path, b"n" * 16, ignores_case=False))

    def names(self) -> list[str]:
        return sorted(os.listdir(self.root)) if self.root.exists() else []


class _Closing:
    def __init__(self, journal: SqlJournal) -> None:
        self._journal = journal

    def __enter__(self) -> SqlJournal:
        return self._journal

    def __exit__(self, *_: object) -> None:
        self._journal.close()


@pytest.fixture
def folder(root: Path, profile: Profile) -> Folder:
    return Folder(root, profile)


def is_forgotten(profile: Profile) -> bool:
    left = {path.name for path in profile.home.iterdir() if path.suffix != ".lock"} - {"settings.json", "tokens.json"}
    return not left and open_keychain(profile.home).read(REFRESH_TOKEN) is None


def test_what_is_synced_goes_for_good_and_the_profile_forgets(server: Server, folder: Folder, profile: Profile) -> None:
    folder.synced("a")
    folder.synced("b", newer_there=True)
    (profile.log_directory).mkdir()
    (profile.log_directory / "engine.log").write_text("a, b")
    (profile.views_directory / "x").mkdir(parents=True)
    (profile.views_directory / "x" / "a").write_text("what a holds")
    carry_out_wipe(profile)
    assert not folder.root.exists()
    assert [(report.removed, report.kept) for report in server.reports] == [(2, 0)]
    assert is_forgotten(profile)
    with pytest.raises(NotLinked, match="had this device wiped"):
        profile.link()


def test_what_the_server_does_not_have_like_that_stays_and_is_counted(
    server: Server, folder: Folder, profile: Profile
) -> None:
    for name in ("gone", "edited", "moved"):
        folder.synced(name)
    folder.synced("quickly", b"seen", recheck=True)
    times = (folder.root / "quickly").stat()
    with (folder.root / "quickly").open("r+b") as file:
        file.write(b"SAME")
    os.utime(folder.root / "quickly", ns=(times.st_atime_ns, times.st_mtime_ns))
    (folder.root / "edited").write_bytes(b"my only copy")
    (folder.root / "moved").rename(folder.root / "moved away")
    (folder.root / "new").mkdir()
    (folder.root / "new" / "note").write_bytes(b"never sent")
    done = carry_out_wipe(profile)
    assert folder.names() == ["edited", "moved away", "new", "quickly"]
    assert (folder.root / "new" / "note").read_bytes() == b"never sent"
    assert (done.removed, done.kept) == (1, 4)
    assert [(report.removed, report.kept) for report in server.reports] == [(1, 4)]
    assert is_forgotten(profile)


def test_what_a_program_wrote_to_meanwhile_stays(
    server: Server, folder: Folder, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.synced("open")
    folder.synced("shut")
    with (folder.root / "open").open("ab") as file:

        def write(_seconds: float) -> None:
            file.write(b", and more")
            file.flush()

        monkeypatch.setattr(wiping, "sleep", write)
        carry_out_wipe(profile)
    kept = [path for path in folder.root.glob(".lockstep/trash/*/*") if path.name != "index.jsonl"]
    assert [path.read_bytes() for path in kept] == [b"synced, and more"]
    assert [(report.removed, report.kept) for report in server.reports] == [(2, 1)]


def test_who_only_pretends_to_be_the_server_gets_nothing_removed(
    server: Server, folder: Folder, profile: Profile
) -> None:
    folder.synced("a")
    for proof in (b"", b"q" * 32, hashlib.sha256(PROOF).digest()):
        server.proof = proof
        with pytest.raises(SignedOut, match="not this account's server"):
            carry_out_wipe(profile)
    server.proof = PROOF
    settings = profile.settings()
    assert settings.link is not None
    settings.link = msgspec.structs.replace(settings.link, wipe_check=b"")  # linked before there was such a thing
    profile.write_settings(settings)
    with pytest.raises(SignedOut, match="not this account's server"):
        carry_out_wipe(profile)
    assert folder.names() == [".lockstep", "a"]
    assert not profile.is_wiping
    assert server.reports == []


def test_a_wish_that_was_taken_back_is_none(server: Server, folder: Folder, profile: Profile) -> None:
    folder.synced("a")
    server.wants = False
    with pytest.raises(SignedOut):
        carry_out_wipe(profile)
    assert folder.names() == [".lockstep", "a"]
    assert not profile.is_wiping


def test_without_the_folder_nothing_is_begun(server: Server, folder: Folder, profile: Profile) -> None:
    folder.root.joinpath(".lockstep").rename(folder.root / "elsewhere")
    folder.root.rename(folder.root.with_name("unmounted"))
    with pytest.raises(RootMissing):
        carry_out_wipe(profile)
    assert server.seen == []


class CrashError(BaseException):
    """As a kill: nothing catches it."""


@pytest.mark.parametrize("step", ["remove_synced", "_count_files", "_forget"])
def test_a_wipe_that_was_cut_off_goes_on_and_nothing_else_is_done_before(
    step: str, server: Server, folder: Folder, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise CrashError

    folder.synced("a")
    (folder.root / "new").write_bytes(b"never sent")
    with monkeypatch.context() as patched:
        patched.setattr(wiping, step, crash)
        with pytest.raises(CrashError):
            carry_out_wipe(profile)
    assert profile.is_wiping
    with pytest.raises(WipeRequested), open_device(profile, Rhythm(), watches=False):
        pass
    server.seen.clear()
    carry_out_wipe(profile)
    assert folder.names() == ["new"]
    assert len(server.reports) == 1
    assert "/v1/wipe/begin" not in [seen.path for seen in server.seen]
    assert is_forgotten(profile)


def test_a_server_that_could_not_be_told_is_told_later(server: Server, folder: Folder, profile: Profile) -> None:
    folder.synced("a")
    server.end = Reply(503, {}, b"")
    with pytest.raises(Unreachable):
        carry_out_wipe(profile)
    assert not folder.root.exists()
    assert profile.is_wiping
    server.end = None
    carry_out_wipe(profile)
    assert [(report.removed, report.kept) for report in server.reports] == [(1, 0)]
    assert is_forgotten(profile)


def test_a_journal_that_cannot_be_read_lets_everything_stay(server: Server, folder: Folder, profile: Profile) -> None:
    folder.synced("a")
    profile.journal_path.write_bytes(b"no journal at all" * 1000)
    carry_out_wipe(profile)
    assert folder.names() == ["a"]
    assert [(report.removed, report.kept) for report in server.reports] == [(0, 1)]


def test_a_wipe_that_another_process_carries_out_meanwhile_is_told_like_ones_own(
    server: Server, folder: Folder, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon has the folder: a sync waits for it, and finds no folder of this device any more."""
    folder.synced("a")

    def take_late(filesystem: SyncedFolder) -> None:
        monkeypatch.setattr(wiping, "take_root", take_root)
        carry_out_wipe(profile)
        take_root(filesystem)

    monkeypatch.setattr(wiping, "take_root", take_late)
    assert carry_out_wipe(profile).removed == 1
    assert [(report.removed, report.kept) for report in server.reports] == [(1, 0)]
