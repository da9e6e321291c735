from __future__ import annotations

import json
import os
import shlex
import stat
from configparser import ConfigParser
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

import pytest

from desktop import cli
from desktop.integration import file_managers, thunar
from desktop.integration.file_managers import FILE_MANAGERS, Done, Where, integrate, remove, tell_those_for_all

COMMAND = ["/opt/Lock step/lockstep", "--home", "/home/ada/pro$file %f"]
SOCKET = Path("/run/control.sock")
THEIRS = """<?xml version="1.0" encoding="UTF-8"?>
<actions>
<action>
\t<icon>utilities-terminal</icon>
\t<name>Open Terminal Here</name>
\t<unique-id>1367573190-1</unique-id>
\t<command>exo-open --working-directory %f --launch TerminalEmulator</command>
\t<patterns>*</patterns>
\t<directories/>
</action>
</actions>
"""


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    monkeypatch.setattr(thunar, "default_of", lambda: None)
    return Where(tmp_path / "data", tmp_path / "config")


def _integrate(where: Where, *names: str) -> list[Done]:
    return integrate(list(names) or list(FILE_MANAGERS), COMMAND, SOCKET, where)


def _files(where: Where) -> dict[str, bytes]:
    top = where.data.parent
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def _actions(place: Path) -> ET.Element:
    return ET.fromstring(place.read_text())  # noqa: S314 - our own


def test_all_is_taken_away_again_to_the_last_folder(where: Where) -> None:
    (where.data / "nemo-python/extensions").mkdir(parents=True)
    (where.data / "nemo-python/extensions/theirs.py").write_text("theirs")
    (where.config / "Thunar").mkdir(parents=True)
    thunar.place_of(where.config).write_text(THEIRS)
    before, folders = _files(where), sorted(where.data.rglob("*"))
    assert all(not done.is_failure for done in _integrate(where))
    assert len(_files(where)) > 10
    assert {done.name for done in remove(None, where)} == set(FILE_MANAGERS)
    assert (_files(where), sorted(where.data.rglob("*"))) == (before, folders)
    assert remove(None, where) == []


def test_the_commands_know_all_of_them() -> None:
    assert tuple(FILE_MANAGERS) == cli.MANAGERS


def test_the_entries_have_an_icon(where: Where) -> None:
    _integrate(where, "pcmanfm")
    assert (where.data / "icons/hicolor/scalable/apps/lockstep.svg").read_bytes().startswith(b"<svg")


def test_once_more_changes_nothing(where: Where) -> None:
    _integrate(where)
    before = _files(where)
    _integrate(where)
    assert _files(where) == before


def test_only_the_named_ones_are_added_and_removed(where: Where) -> None:
    _integrate(where, "nemo", "dolphin")
    assert not (where.data / "nautilus-python").exists()
    assert [done.name for done in remove(["nemo"], where)] == ["nemo"]
    assert (where.data / "kio/servicemenus/lockstep-show.desktop").exists()


def test_the_extension_knows_each_profile_once(where: Where) -> None:
    _integrate(where, "nemo")
    integrate(["nemo"], ["other"], Path("/other.sock"), where)
    _integrate(where, "nemo")
    known = json.loads((where.data / "lockstep/file-managers.json").read_bytes())
    assert [one["socket"] for one in known["profiles"]] == ["/other.sock", str(SOCKET)]
    assert known["words"]["copy-link"] == "Copy share link"


def test_two_profiles_that_come_at_once_are_both_known(where: Where) -> None:
    coming = Thread(target=integrate, args=[["nemo"], ["other"], Path("/other.sock"), where])
    with file_managers._alone(where):
        coming.start()
        coming.join(0.1)  # it would be done by then if it did not wait
        file_managers._know_profiles(where, [{"command": COMMAND, "socket": str(SOCKET)}])
    coming.join()
    known = json.loads((where.data / "lockstep/file-managers.json").read_bytes())
    assert [one["socket"] for one in known["profiles"]] == [str(SOCKET), "/other.sock"]


def _command_of(entry: str) -> list[str]:
    """As the desktop entry specification reads it."""
    unescaped = entry.replace("\\\\", "\\")
    return [word.replace("%%", "%") for word in shlex.split(unescaped.replace("\\$", "$"))]


def test_dolphin_gets_entries_that_it_trusts_and_that_call_the_profile(where: Where) -> None:
    _integrate(where, "dolphin")
    found = {}
    for place in (where.data / "kio/servicemenus").iterdir():
        assert place.stat().st_mode & stat.S_IXUSR
        entry = ConfigParser(interpolation=None, strict=True)
        entry.read(place)
        main = entry["Desktop Entry"]
        assert (main["X-KDE-Priority"], main["X-KDE-RequiredNumberOfUrls"]) == ("TopLevel", "1")
        act = entry[f"Desktop Action {main['Actions'].rstrip(';')}"]
        found[act["Name"]] = (main["MimeType"], _command_of(act["Exec"]))
    assert found == {
        "Copy share link": ("all/all;", [*COMMAND, "desktop", "copy-link", "%f"]),
        "Versions": ("all/allfiles;", [*COMMAND, "desktop", "versions", "%f"]),  # folders have none
        "Show in Lockstep": ("all/all;", [*COMMAND, "desktop", "--show", "%f"]),
    }


def test_pcmanfm_gets_an_action_for_each_entry(where: Where) -> None:
    _integrate(where, "pcmanfm")
    entry = ConfigParser(interpolation=None, strict=False)
    entry.read(where.data / "file-manager/actions/lockstep-show.desktop")
    assert _command_of(entry["X-Action-Profile one"]["Exec"]) == [*COMMAND, "desktop", "--show", "%f"]


def test_thunar_s_actions_of_the_person_stay_as_they_are(where: Where) -> None:
    place = thunar.place_of(where.config)
    place.parent.mkdir(parents=True)
    place.write_text(THEIRS)
    _integrate(where, "thunar")
    assert place.read_text().startswith(THEIRS.removesuffix("</actions>\n"))
    names = [action.findtext("name") for action in _actions(place)]
    assert names == ["Open Terminal Here", "Copy share link", "Versions", "Show in Lockstep"]
    command = _actions(place)[1].findtext("command") or ""
    assert shlex.split(command) == [*COMMAND, "desktop", "copy-link", "%f"]


def test_who_has_no_actions_in_thunar_keeps_those_that_the_system_gives(
    where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thunar, "default_of", lambda: THEIRS)
    _integrate(where, "thunar")
    assert len(_actions(thunar.place_of(where.config))) == 4
    remove(None, where)
    assert not thunar.place_of(where.config).exists()


@pytest.mark.parametrize("text", ["", "<actions>", "<other></other>", "<actions/>"])
def test_a_file_of_thunar_that_is_none_is_left_alone_and_told(where: Where, text: str) -> None:
    place = thunar.place_of(where.config)
    place.parent.mkdir(parents=True)
    place.write_text(text)
    (done,) = _integrate(where, "thunar")
    assert done.is_failure
    assert place.read_text() == text


def test_a_link_to_the_person_s_file_stays_one(where: Where, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.xml"
    kept.write_text(THEIRS)
    place = thunar.place_of(where.config)
    place.parent.mkdir(parents=True)
    place.symlink_to(kept)
    _integrate(where, "thunar")
    assert place.is_symlink()
    assert "lockstep-show" in kept.read_text()


def test_the_usual_places_follow_the_environment() -> None:
    assert Where.usual({"HOME": "/home/ada"}) == Where(Path("/home/ada/.local/share"), Path("/home/ada/.config"))
    given = {"HOME": "/home/ada", "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "not/absolute"}
    assert Where.usual(given) == Where(Path("/data"), Path("/home/ada/.config"))


def test_without_names_those_that_are_installed_are_chosen(
    where: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/nemo").touch(0o755)
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path / "bin"))
    assert [done.name for done in integrate(None, COMMAND, SOCKET, where)] == ["nemo"]


# --- installed for everybody -----------------------------------------------------------------------------------------


@pytest.fixture
def for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package has put the extension into Nemo."""
    monkeypatch.setattr(file_managers, "_FOR_ALL", tmp_path / "usr")
    extension = tmp_path / "usr/nemo-python/extensions/lockstep_file_manager.py"
    extension.parent.mkdir(parents=True)
    extension.touch()
    return extension


def _known(where: Where) -> list[str]:
    place = where.data / "lockstep/file-managers.json"
    return [one["socket"] for one in json.loads(place.read_bytes())["profiles"]] if place.exists() else []


def test_an_extension_for_everybody_learns_of_each_profile(where: Where, for_all: Path) -> None:
    for socket in (SOCKET, Path("/other.sock"), SOCKET):
        tell_those_for_all(COMMAND, socket, where)
    assert _known(where) == ["/other.sock", str(SOCKET)]


def test_where_no_package_brought_it_nothing_is_written(where: Where, for_all: Path) -> None:
    for_all.unlink()
    tell_those_for_all(COMMAND, SOCKET, where)
    assert not where.data.exists()


def test_who_took_it_away_does_not_get_it_again_until_it_is_wanted(where: Where, for_all: Path) -> None:
    tell_those_for_all(COMMAND, SOCKET, where)
    assert remove(None, where) == [Done("nemo", "removed")]
    assert remove(None, where) == []
    tell_those_for_all(COMMAND, SOCKET, where)
    assert _known(where) == []
    _integrate(where, "nemo")
    assert _known(where) == [str(SOCKET)]


def test_the_person_gets_no_second_copy_of_it(where: Where, for_all: Path) -> None:
    _integrate(where, "nemo", "caja")
    assert not (where.data / "nemo-python").exists()
    assert (where.data / "caja-python/extensions/lockstep_file_manager.py").exists()
