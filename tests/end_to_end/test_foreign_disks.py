"""A device whose folder lies on another file system than one expects, by the real command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.devices import Device
from tests.fixtures.mounts import available_kinds, fresh_folder

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]
Make = Callable[[str], Device]
PLAIN = "plain"


@pytest.mark.scenario("S58")
@pytest.mark.scenario("S94")
@pytest.mark.parametrize("kind", available_kinds() or [PLAIN])
def test_a_folder_on_it_is_kept_in_step_and_what_it_cannot_hold_is_told(
    kind: str, device: Make, tmp_path: Path
) -> None:
    desktop = device("desktop")
    folder = fresh_folder(kind) if kind != PLAIN else tmp_path / "stick"
    stick = desktop.another("stick", folder)
    stick.folder.mkdir(exist_ok=True)
    assert stick.link().code == 0
    is_exfat, tells_case = kind == "exfat", kind == PLAIN
    desktop.write("Fotos/IMG_1.JPG", "one")
    desktop.write("readme", "small")
    desktop.write("README", "large")
    desktop.write("a:b", "not for every disk")
    desktop.sync()
    report = stick.sync(expect=0 if tells_case else 1)
    reasons = sorted(problem["reason"] for problem in report["problems"])
    assert reasons == sorted(["case-twin"] * (not tells_case) + ["invalid-name"] * is_exfat)
    assert (stick.folder / "Fotos/IMG_1.JPG").read_text() == "one"
    (stick.folder / "Fotos/IMG_1.JPG").write_text("edited on the stick")
    (stick.folder / "fresh").write_text("fresh")
    again = stick.sync(expect=0 if tells_case else 1)
    assert again["operations"] == {"create": 1, "update": 1}
    before = desktop.tree().keys()
    desktop.sync()
    assert desktop.tree().keys() == before | {"fresh"}
    assert (desktop.folder / "Fotos/IMG_1.JPG").read_text() == "edited on the stick"
    (desktop.folder / "README").unlink()
    (desktop.folder / "readme").unlink()
    (desktop.folder / "a:b").unlink()
    (desktop.folder / "Fotos").rename(desktop.folder / "FOTOS")
    desktop.sync()
    assert stick.sync()["problems"] == []
    assert {path.lower() for path in stick.tree()} == {path.lower() for path in desktop.tree()}
    assert stick.sync()["operations"] == {}
    assert desktop.sync()["operations"] == {}
    assert ("FOTOS" in stick.tree()) is (kind != "ntfs")
