"""Names that are no valid Unicode: Qt takes them for others, which must not be touched in their stead."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QDesktopServices, QImage

from desktop.integration.qt_paths import path_of, url_of
from desktop.integration.showing import open_with_its_program
from desktop.models import acts
from desktop.models.carrying import Carried, Where, carry
from desktop.models.items import ItemsModel
from desktop.models.outcomes import Steps
from desktop.models.previews import Nothing, read_preview
from desktop.models.thumbnails import small_picture
from tests.fakes.daemon import item

STRANGE = os.fsdecode(b"x\xff.png")
TAKEN_FOR_IT = ("x\N{REPLACEMENT CHARACTER}.png", "x?.png", "x.png", "xÿ.png")


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """Beside those that it could be taken for, which are pictures."""
    made = tmp_path / STRANGE
    made.write_text("strange")
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    for name in TAKEN_FOR_IT:
        assert image.save(str(tmp_path / name))
    return made


def test_another_one_does_not_go_into_the_trash(strange: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(strange.parent))
    outcome = acts.put_into_trash([strange], Steps("delete", 1))
    assert not outcome.moved
    assert not outcome.left, "nobody is asked to delete it for good"
    assert "Rename it first" in outcome.problem
    assert set(os.listdir(strange.parent)) >= {STRANGE, *TAKEN_FOR_IT}


def test_another_one_is_not_shown(strange: Path) -> None:
    assert small_picture(strange, 160).isNull()
    assert isinstance(read_preview(strange, QSize(100, 100)), Nothing)


def test_another_one_is_not_opened(strange: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bytes] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toEncoded().data()))
    open_with_its_program(strange)
    assert opened == [f"file://{strange.parent}/x%FF.png".encode()]


def test_another_one_is_not_copied(strange: Path) -> None:
    mime = carry(Where("", strange.parent), [item(strange.name)]).mime()
    assert [path_of(url) for url in mime.urls()] == [strange]
    assert Carried.of(mime).files() == [strange]


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "..", ".", "", "a/.."])
def test_what_a_program_offers_as_of_the_folder_is_in_it(tmp_path: Path, path: str) -> None:
    carried = Carried(b"", json.dumps([str(tmp_path), path, "a/b", "..."]).encode())
    assert carried.paths_in(tmp_path) == ["a/b", "..."]


@pytest.mark.parametrize("name", [b"%41 #?&;.txt", "\u202ega\u2028".encode(), b"a\nb", b"\xed\xa0\x80", b"{x}%n"])
def test_a_path_comes_through_a_url_as_it_is(name: bytes) -> None:
    path = Path("/some/folder", os.fsdecode(name))
    mime = QMimeData()
    mime.setUrls([url_of(path)])
    assert path_of(mime.urls()[0]) == path


def test_a_name_that_was_only_looked_at_is_not_changed() -> None:
    model = ItemsModel()
    model.put([item(STRANGE), item("plain")], None)
    renamed: list[tuple[str, str]] = []
    model.renamed.connect(lambda path, name: renamed.append((path, name)))
    for row in range(2):
        index = model.index(row, 0)
        model.setData(index, index.data(Qt.ItemDataRole.EditRole))
    assert not renamed


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    assert small_picture(tmp_path / "pipe.png", 160).isNull()
    assert small_picture(tmp_path / "zero.png", 160).isNull()
