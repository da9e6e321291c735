"""A version as a file where a person wants it: whole, or not there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any, cast

import pytest

from server_api.contract.history import Details, DetailsRequest, Entry
from server_api.contract.messages import Kind
from sync_engine import saving
from sync_engine.control.messages import SaveContent, Saving
from sync_engine.errors import CorruptTransfer, DiskFull, NotHoldable, Occupied, Refused, Vanished, WrongUsage
from sync_engine.profile import Profile, Settings
from sync_engine.saving import VIEWS_KEPT, VIEWS_KEPT_S, Saver
from tests.fakes.engine_stage import EngineStage
from tests.unit.sync_engine.cli.linked import link_to

OLD = b"as it was" * 1_000
NEW = os.urandom(9_000_000)


class Stage:
    """A server that has ``Docs/a.txt`` in two versions, and a profile."""

    def __init__(self, directory: Path) -> None:
        stage = EngineStage()
        stage.disk.make("Docs")
        stage.disk.write("Docs/a.txt", OLD)
        stage.sync()
        self.old = self._revision(stage)
        stage.disk.write("Docs/a.txt", NEW)
        stage.sync()
        self.new = self._revision(stage)
        self.store, self.server = stage.store, stage.server
        self.profile = Profile.open(directory / "profile")
        (directory / "Synced/.lockstep").mkdir(parents=True)
        self.profile.write_settings(Settings(link_to(directory / "Synced")))
        self.told: list[Saving] = []
        self.saver = self.open()

    def open(self) -> Saver:
        remote = cast("Any", self.server)
        remote.call = self._call
        return Saver(self.profile, remote, self.store)

    def save(self, target: Path | str | None, revision_id: bytes | None = None, path: str = "Docs/a.txt") -> Path:
        wanted = SaveContent(path, revision_id, None if target is None else str(target))
        return Path(self.saver.save(wanted, self.told.append).path)

    def views(self) -> list[Path]:
        return sorted(self.profile.views_directory.glob("*"))

    def _call(self, method: str, path: str, answer: type[Any], body: Any) -> Details:
        assert isinstance(body, DetailsRequest)
        node = self.server.paths().get(body.path)
        if node is None:
            raise Refused("nothing is there", "not-found", 404)
        return Details(
            entry=Entry(
                node_id=node.node_id, revision_id=node.revision_id, path=body.path, kind=Kind(node.kind), seq=1,
                committed_at=1,
            )
        )  # fmt: skip

    @staticmethod
    def _revision(stage: EngineStage) -> bytes:
        return stage.server.paths()["Docs/a.txt"].revision_id


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def left_in(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_a_version_is_saved_as_it_was_and_the_present_one_without_asking_for_any(stage: Stage, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert stage.save(out / "old.txt", stage.old).read_bytes() == OLD
    assert stage.save(out / "new.txt").read_bytes() == NEW
    assert left_in(out) == ["new.txt", "old.txt"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((out / "old.txt").stat().st_mode) == 0o666 & ~umask


def test_nothing_is_ever_replaced(stage: Stage, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_text("mine")
    (out / "link").symlink_to("nowhere")
    for name in ("mine", "link"):
        with pytest.raises(Occupied):
            stage.save(out / name)
    assert (out / "mine").read_text() == "mine"
    assert left_in(out) == ["link", "mine"]


def test_what_it_takes_is_told_and_who_hangs_up_leaves_nothing(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "TELL_EVERY_S", 0.0)
    out = tmp_path / "out"
    out.mkdir()
    stage.save(out / "a")
    assert [told.size_bytes for told in stage.told] == [len(NEW)] * len(stage.told)
    done = [told.done_bytes for told in stage.told]
    assert done == sorted(done)
    assert done[-1] == len(NEW)
    assert len(done) > 1

    def hang_up(_: Saving) -> None:
        assert len(left_in(out)) == 2
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        stage.saver.save(SaveContent("Docs/a.txt", None, str(out / "b")), hang_up)
    assert left_in(out) == ["a"]


def test_what_is_not_whole_when_the_daemon_ends_goes(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "TELL_EVERY_S", 0.0)
    out = tmp_path / "out"
    out.mkdir()

    def end(_: Saving) -> None:
        stage.saver.close()
        assert left_in(out) == []
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        stage.saver.save(SaveContent("Docs/a.txt", None, str(out / "a")), end)


def test_a_damaged_content_a_full_disk_and_a_folder_that_is_not_there(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Vanished):
        stage.save(out / "no/a")
    with monkeypatch.context() as patch:

        def is_full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(saving, "_write", is_full)
        with pytest.raises(DiskFull) as full:
            stage.save(out / "a")
        assert full.value.code == "disk-full"
    for name in stage.store.objects:
        stage.store.objects[name] = bytes(len(stage.store.objects[name]))
    with pytest.raises(CorruptTransfer):
        stage.save(out / "a")
    assert left_in(out) == []


@pytest.mark.parametrize(
    "target",
    [
        "relative.txt",
        "{profile}/a.txt",
        "{profile}/logs/../a.txt",
        "{folder}/.lockstep/a.txt",
        "{out}/into/a.txt",
        "{out}/a\0.txt",
        "{out}/a\ud800.txt",
    ],
)
def test_its_own_places_are_refused(stage: Stage, tmp_path: Path, target: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "into").symlink_to(stage.profile.home)
    given = target.format(profile=stage.profile.home, folder=tmp_path / "Synced", out=out)
    with pytest.raises(WrongUsage):
        stage.save(given)


def test_beside_the_profile_and_in_the_folder_is_allowed(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "profile-2").mkdir()
    for folder in ("profile-2", "Synced"):
        assert stage.save(tmp_path / folder / "a").read_bytes() == NEW


def test_a_file_for_looking_at_is_nobodys_to_change(stage: Stage) -> None:
    shown, other = stage.save(None, stage.old), stage.save(None, stage.new)
    assert shown != other
    assert shown.name == other.name == "a.txt"
    assert shown.read_bytes() == OLD
    assert shown.parent.parent == stage.profile.views_directory
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (shown, shown.parent, shown.parent.parent)]
    assert modes == [0o400, 0o700, 0o700]


@pytest.mark.parametrize("path", ["Docs/..", "..", "Docs/", "Docs/a\0"])
def test_a_name_that_is_none_is_shown_nowhere(stage: Stage, path: str) -> None:
    with pytest.raises(NotHoldable):
        stage.save(None, stage.old, path)
    assert stage.views() == []


def test_what_is_no_file_has_no_content(stage: Stage, tmp_path: Path) -> None:
    for path in ("Docs", "nowhere", "bad\udcff"):
        with pytest.raises(Refused) as refused:
            stage.save(tmp_path / "a", path=path)
        assert refused.value.problem_code == "not-found"


def age(view: Path, seconds: float) -> None:
    then = view.stat().st_mtime - seconds
    os.utime(view, (then, then))


def test_old_ones_go_at_the_start_and_the_oldest_when_there_are_many(stage: Stage) -> None:
    first, second = stage.save(None).parent, stage.save(None).parent
    age(first, VIEWS_KEPT_S + 1)
    stage.saver = stage.open()
    assert stage.views() == [second]
    age(second, 60)
    for _ in range(VIEWS_KEPT + 1):
        stage.save(None, stage.old)
    assert len(stage.views()) == VIEWS_KEPT
    assert second not in stage.views()
