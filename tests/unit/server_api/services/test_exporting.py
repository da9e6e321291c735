"""An account as plain files: all of it, each whole or not there, and nothing outside the directory."""

from __future__ import annotations

import io
import os
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from sqlalchemy import update

from server_api.contract.messages import ROOT, Applied, CreateNode, Kind, Place
from server_api.contract.names import name_key
from server_api.errors import StartError, UnavailableError
from server_api.services.exporting import Exported, export_account
from server_api.services.packs import verify_sealed
from server_api.storage import tables
from server_api.storage.versions import read_manifests
from tests.fixtures.libraries import LONG, Library


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "export"


def export(library: Library, target: Path, **options: Any) -> Exported:
    while verify_sealed(library.server):
        pass
    return export_account(library.server, library.namespace_id, target, **options)


def tree(target: Path) -> dict[str, bytes | str | None]:
    found: dict[str, bytes | str | None] = {}
    for path in sorted(target.rglob("*")):
        name = str(path.relative_to(target))
        found[name] = os.readlink(path) if path.is_symlink() else None if path.is_dir() else path.read_bytes()
    return found


def make(library: Library, kind: Kind, name: str, **fields: Any) -> bytes:
    node_id = library.new_id()
    place = Place(parent_id=fields.pop("parent_id", ROOT), name=name)
    operation = CreateNode(operation_id=library.new_id(), node_id=node_id, kind=kind, place=place, **fields)
    assert isinstance(library.commit(operation), Applied)
    return node_id


def rename(library: Library, node_id: bytes, name: str) -> None:
    """As no commit can: a database that somebody else has written."""
    with library.server.database.write() as work:
        work.connection.execute(update(tables.revision).where(tables.revision.c.node_id == node_id).values(name=name))
        work.connection.execute(
            update(tables.node).where(tables.node.c.node_id == node_id).values(live_name_key=name_key(name))
        )


def test_all_files_are_there_whole_with_their_times_and_links(library: Library, target: Path) -> None:
    first, second = secrets.token_bytes(LONG), secrets.token_bytes(LONG)
    library.save("large", first, second)
    library.save("small", b"small")
    library.save("empty")
    make(library, Kind.FOLDER, "folder")
    make(library, Kind.SYMLINK, "link", link_target="/etc/passwd")
    seen: list[int] = []
    done = export(library, target, progress=lambda now: seen.append(now.files))
    assert tree(target) == {
        "large": first + second, "small": b"small", "empty": b"", "folder": None, "link": "/etc/passwd",
    }  # fmt: skip
    assert (done.files, done.size, done.failed, seen) == (3, 2 * LONG + 5, [], [1, 2, 3])
    assert (target / "small").stat().st_mtime_ns == 1
    assert target.stat().st_mode & 0o077 == 0


def test_all_versions_come_with_what_was_deleted(library: Library, target: Path) -> None:
    library.save("a.txt", b"1")
    library.save("a.txt", b"2")
    library.save("gone", b"3")
    library.delete("gone")
    done = export(library, target, all_versions=True)
    found = {name: data for name, data in tree(target).items() if data is not None}
    versions = sorted(name for name in found if name.startswith("versions/"))
    assert [found.pop(name) for name in versions] == [b"1", b"2", b"3"]
    assert found == {"files/a.txt": b"2", "deleted/gone": b"3"}
    assert all(re.fullmatch(r"versions/(a\.txt|gone)/20\d\d-\d\d-\d\d \d\d\.\d\d\.\d\d .+", name) for name in versions)
    assert [name.endswith(".txt") for name in versions] == [True, True, False]
    assert (done.files, done.failed) == (5, [])


def test_an_export_that_was_cut_off_goes_on_and_leaves_no_file_by_half(
    library: Library, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        library.save(name, secrets.token_bytes(LONG), secrets.token_bytes(LONG))
    read_range, reads = library.server.store.read_range, 0

    def cut(*arguments: Any) -> bytes:
        nonlocal reads
        reads += 1
        if reads > 3:
            raise UnavailableError
        return read_range(*arguments)

    while verify_sealed(library.server):
        pass
    monkeypatch.setattr(library.server.store, "read_range", cut)
    monkeypatch.setattr("server_api.services.reading._SMALL_BYTES", 0)
    with pytest.raises(UnavailableError):
        export(library, target)
    assert [name for name in tree(target) if not name.startswith(".lockstep")] == ["a"]
    monkeypatch.setattr(library.server.store, "read_range", read_range)
    with pytest.raises(StartError, match="another export"):
        export(library, target, all_versions=True)
    reads = 0
    monkeypatch.setattr(library.server.store, "read_range", lambda *a: cut(*a) if reads < 3 else read_range(*a))
    done = export(library, target)
    assert (done.files, done.failed) == (3, [])
    assert {name: blake3(data).digest() for name, data in tree(target).items() if isinstance(data, bytes)} == {
        name: blake3(b"".join(file.chunks)).digest() for name, file in library.files.items()
    }


def test_a_directory_that_holds_something_else_is_left_alone(library: Library, target: Path) -> None:
    target.mkdir()
    (target / "mine").write_bytes(b"mine")
    with pytest.raises(StartError, match="not empty"):
        export(library, target)
    (target / ".lockstep").mkdir()  # somebody's synced folder
    with pytest.raises(StartError, match="not empty"):
        export(library, target)
    (target / "file").write_bytes(b"")
    with pytest.raises(StartError, match="cannot be written"):
        export(library, target / "file")
    assert (target / "mine").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["..", ".", "../outside", "a/../../outside", "/etc/x", ".LOCKSTEP", "nul\0"])
def test_a_name_that_cannot_be_is_told_and_put_nowhere(
    name: str, library: Library, target: Path, tmp_path: Path
) -> None:
    if "\0" in name and "postgresql" in library.server.config.database_url:
        name = "..//"  # that database holds no NUL
    library.save("good", b"good")
    library.save("bad", b"bad")
    rename(library, library.files["bad"].node_id, name)
    before = set(tmp_path.iterdir())
    done = export(library, target)
    assert tree(target)["good"] == b"good"
    assert len(done.failed) == 1
    assert b"bad" not in tree(target).values()
    assert set(tmp_path.iterdir()) - before == {target}


def test_a_folder_that_is_a_link_by_now_is_not_followed(library: Library, target: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = make(library, Kind.FOLDER, "folder")
    make(library, Kind.FOLDER, "below", parent_id=folder)
    target.mkdir()
    (target / ".lockstep").mkdir()
    (target / ".lockstep" / "export").write_text(f"{library.namespace_id.hex()} files\n")
    (target / "folder").symlink_to(outside)
    done = export(library, target)
    assert [path for path, _ in done.failed] == ["folder", "folder/below"]
    assert list(outside.iterdir()) == []


def test_what_was_changed_there_meanwhile_is_not_replaced(library: Library, target: Path) -> None:
    library.save("a", b"as it is")
    target.mkdir()
    (target / ".lockstep").mkdir()
    (target / ".lockstep" / "export").write_text(f"{library.namespace_id.hex()} files\n")
    (target / "a").write_bytes(b"somebody's")
    done = export(library, target)
    assert [path for path, _ in done.failed] == ["a"]
    assert (target / "a").read_bytes() == b"somebody's"
    (target / "a").write_bytes(b"as it is")
    assert export(library, target).failed == []
    assert tree(target) == {"a": b"as it is"}


def test_a_content_that_is_gone_or_damaged_is_told_and_the_rest_goes_on(library: Library, target: Path) -> None:
    library.save("gone", b"gone")
    library.save("damaged", b"damaged")
    library.save("well", b"well")
    keys = {}
    with library.server.database.read() as connection:
        for name in ("gone", "damaged"):
            ((_, manifest),) = read_manifests(connection, library.namespace_id, [library.files[name].version_id])
            row = tables.chunk.select().where(tables.chunk.c.chunk_hash == manifest)
            keys[name] = library.key(connection.execute(row).one().pack_id)
    while verify_sealed(library.server):
        pass
    whole = library.server.store.read_range(keys["damaged"], 0, 10_000)
    library.server.store.delete(keys["gone"])
    library.server.store.delete(keys["damaged"])
    library.server.store.put(keys["damaged"], io.BytesIO(whole.replace(b"damaged", b"DAMAGED")))
    done = export(library, target)
    assert [path for path, _ in done.failed] == ["damaged", "gone"]
    assert {name: data for name, data in tree(target).items() if not name.startswith(".lockstep")} == {"well": b"well"}


def test_a_full_disk_ends_it_in_one_sentence(library: Library, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    library.save("a", b"a")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StartError, match="the disk is full"):
        export(library, target)
    monkeypatch.undo()
    assert export(library, target).files == 1
