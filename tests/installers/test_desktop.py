"""What people install, as far as it shows without building it; ``try_in_chroot.sh`` shows the rest."""

from __future__ import annotations

import ast
import importlib.util
import os
import plistlib
import re
import shutil
import struct
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from click.testing import CliRunner

import dev
from desktop.integration.autostart import DesktopEntry
from installers.desktop import bundling, contents, debian, licences, manual, others, tarball, tree
from server_api.contract.version import VERSION
from sync_engine.cli.commands import lockstep

pytestmark = pytest.mark.deployment

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "installers/desktop"
FILES = {f"{place}/{Path(source).name}" for source, place in contents.data_files()}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Stands in for one that takes minutes to make."""
    made = tmp_path / "bundle"
    (made / "_internal/PySide6").mkdir(parents=True)
    (made / "_internal/PySide6/QtCore.abi3.so").write_bytes(b"library")
    for name in ("lockstep", "lockstep-thumbnail"):
        (made / name).write_text('#!/bin/sh\necho "$0 $*" >> "$HOME/called.txt"\n')
        (made / name).chmod(0o755)
    (made / bundling.LICENCES).write_text("licences")
    return made


# --- the bundle ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        "server_api/storage/migrations/env.py",
        "server_api/storage/migrations/versions/0001_first_schema.py",
        "server_api/storage/migrations/script.py.mako",
        "server_api/web/templates/web/base.html",
        "server_api/web/static/vendor/pdf.worker.min.mjs",
        "desktop/look/style.qss",
        "desktop/look/icons/lockstep.svg",
        "desktop/languages/lockstep_de.qm",
        "desktop/integration/lockstep_file_manager.py",
        "desktop/integration/emblems/emblem-lockstep-in-step.svg",
    ],
)
def test_what_is_read_and_not_imported_is_in_the_bundle(file: str) -> None:
    assert file in FILES
    assert (ROOT / file).is_file()


def test_every_file_of_the_packages_but_python_is_in_the_bundle() -> None:
    told = subprocess.run(
        ["git", "ls-files", *contents.PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert {name for name in told if name and Path(name).suffix not in {".py", ".ts", ".typed"}} <= FILES


def test_no_data_is_python_that_is_imported() -> None:
    python = {file for file in FILES if file.endswith(".py")}
    assert {file for file in python if "migrations" not in file} == {"desktop/integration/lockstep_file_manager.py"}
    assert not [file for file in FILES if "__pycache__" in file]


@pytest.mark.parametrize(
    ("place", "origin", "kind", "is_in"),
    [
        ("libQt6Widgets.so.6", "/venv/PySide6/Qt/lib/libQt6Widgets.so.6", "BINARY", True),
        ("libQt6Quick.so.6", "/venv/PySide6/Qt/lib/libQt6Quick.so.6", "BINARY", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/venv/libqxcb.so", "BINARY", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", "/venv/libqwayland.so", "BINARY", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", "/venv/libqeglfs.so", "BINARY", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "/venv/libqgtk3.so", "BINARY", False),
        ("PySide6/Qt/translations/qtbase_fi.qm", "/venv/qtbase_fi.qm", "DATA", False),
        ("PySide6/Qt/translations/qtbase_de.qm", "/venv/qtbase_de.qm", "DATA", True),
        ("libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "BINARY", False),
        ("libX11.so.6", "/lib/x86_64-linux-gnu/libX11.so.6", "BINARY", False),
        ("libssl.so.3", "/lib/x86_64-linux-gnu/libssl.so.3", "BINARY", True),
        ("libxcb-9065bb12.so.1.1.0", "/venv/pillow.libs/libxcb-9065bb12.so.1.1.0", "BINARY", True),
        ("lib-dynload/_json.so", "/usr/lib/python3.12/lib-dynload/_json.so", "EXTENSION", True),
        ("botocore/data/s3/2006-03-01/service-2.json.gz", "/venv/service-2.json.gz", "DATA", True),
        ("botocore/data/endpoints.json", "/venv/endpoints.json", "DATA", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", "/venv/service-2.json.gz", "DATA", False),
    ],
)
def test_what_a_desktop_has_of_its_own_and_what_nobody_uses_is_left_out(
    place: str, origin: str, kind: str, is_in: bool
) -> None:
    assert contents.is_wanted(place, origin, kind) is is_in


def test_the_recipe_is_python_and_names_what_exists() -> None:
    recipe = (HERE / "lockstep.spec").read_text("utf-8")
    ast.parse(recipe)
    for name in re.findall(r'SPECPATH \+ "/(\w+\.py)"', recipe):
        assert (HERE / name).is_file()
    assert (ROOT / "server_api/workers/shrinking.py").is_file()


def test_what_is_loaded_by_name_is_there() -> None:
    assert [name for name in contents.LOADED_BY_NAME if importlib.util.find_spec(name) is None] == []


def test_the_tools_are_pinned_by_hashes_to_what_the_project_asks_for() -> None:
    pinned = dev.BUNDLER.read_text("utf-8")
    blocks = dev.lock_blocks(pinned)[1:]
    assert all(re.match(r"\S+==\S+ .*--hash=sha256:", block, re.DOTALL) for block in blocks)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["bundle"]
    assert [dev.distribution(block) for block in blocks if "pyinstaller==" in block] == ["pyinstaller"]
    assert [name.split(">")[0] for name in wanted] == ["pyinstaller"]


def test_the_licences_of_others_go_with_their_works() -> None:
    names = {one.name.lower().replace("_", "-") for one in licences.needed()}
    assert names >= {"pyside6-essentials", "flask", "werkzeug", "jeepney", "click", "cryptography"}
    assert not names & {"pytest", "mypy", "hypothesis", "pyinstaller"}
    told = licences.licences()
    assert f"{'=' * 100}\nflask {distribution('flask').version}" in told.replace("Flask", "flask")
    assert "Redistribution and use in source and binary forms" in told


SURROUNDINGS = """
import os, runpy, sys
runpy.run_path(sys.argv[1])
print(os.environ.get("LD_LIBRARY_PATH"), "LD_LIBRARY_PATH_ORIG" in os.environ)
"""


@pytest.mark.parametrize(("before", "after"), [({}, "None False"), ({"LD_LIBRARY_PATH_ORIG": "/own"}, "/own False")])
def test_other_programs_get_none_of_the_bundled_libraries(before: dict[str, str], after: str) -> None:
    environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": "/nowhere", **before}
    command = [sys.executable, "-c", SURROUNDINGS, str(HERE / "surroundings.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == after


REPLACED = """
import os, runpy, sys, types
program = sys.argv[2]
importers = types.ModuleType("pyimod02_importers")
importers.pyz_archive = types.SimpleNamespace(_filename=program)
sys.modules["pyimod02_importers"] = importers
runpy.run_path(sys.argv[1])
os.rename(program + ".new", program)
print(open(importers.pyz_archive._filename).read())
"""


def test_a_program_that_runs_keeps_its_modules_when_a_newer_one_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "lockstep").write_text("its own")
    (tmp_path / "lockstep.new").write_text("the newer")
    command = [sys.executable, "-c", REPLACED, str(HERE / "surroundings.py"), str(tmp_path / "lockstep")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "its own"


# --- manual and completions ------------------------------------------------------------------------------------------


def test_each_command_has_a_page() -> None:
    pages = manual.manual_pages()
    assert {"lockstep.1", "lockstep-share.1", "lockstep-desktop-integrate.1", "lockstep-server-user-add.1"} <= set(
        pages
    )
    listed = CliRunner().invoke(lockstep, ["--help"]).output
    for name in re.findall(r"^  ([a-z-]+) ", listed.partition("Commands:")[2], re.MULTILINE):
        assert f"lockstep-{name}.1" in pages


@pytest.mark.parametrize("name", ["lockstep", "lockstep-share", "lockstep-hold-apply"])
def test_a_page_tells_what_the_command_tells(name: str) -> None:
    page = manual.manual_pages()[f"{name}.1"]
    helped = CliRunner().invoke(lockstep, [*name.split("-")[1:], "--help"]).output
    for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", helped):
        assert option.replace("-", "\\-") in page
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"):
        assert f".SH {section}\n" in page
    assert f"Lockstep {VERSION}" in page


def test_nothing_in_a_page_is_taken_for_a_command_of_roffs() -> None:
    for page in manual.manual_pages().values():
        for line in page.splitlines():
            assert not line.startswith("'")
            if line.startswith("."):
                assert re.match(r"\.(TH|SH|PP|TP|BR|B|nf|fi)\b", line), line


@pytest.mark.parametrize("shell", list(manual.COMPLETIONS))
def test_each_shell_can_have_its_words_completed(shell: str) -> None:
    script = manual.completion(shell)
    assert f"_LOCKSTEP_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n"], input=script, text=True, check=True)


def test_fish_completes_a_path_below_the_home() -> None:
    assert "complete --do-complete \"'' $metadata[2]\"" in manual.completion("fish")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("lockstep sha", ["plain,share", "plain,shares"]),
        ("lockstep --home ~/.lo", ["file,~/.lo"]),
        ("lockstep share ~/Lock", ["file,~/Lock"]),
        ("lockstep restore a.txt --to b", ["file,b"]),
        ("lockstep link https://a --folder ~/Lock", ["file,~/Lock"]),
        ("lockstep desktop versions ~/Lock", ["file,~/Lock"]),
        ("lockstep server --data /sr", ["file,/sr"]),
        ("lockstep config set bandwidth.", ["plain,bandwidth.up", "plain,bandwidth.down"]),
    ],
)
def test_words_are_completed_by_the_program_itself(words: str, offered: list[str]) -> None:
    at = str(words.count(" "))
    environment = {**os.environ, "_LOCKSTEP_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": at}
    command = [sys.executable, "-m", "sync_engine.cli.main"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == offered


# --- Debian ----------------------------------------------------------------------------------------------------------


def test_the_entry_of_the_menu_is_valid() -> None:
    subprocess.run(["desktop-file-validate", str(HERE / "lockstep.desktop")], check=True)


def test_a_package_holds_all_that_systems_look_for(bundle: Path, tmp_path: Path) -> None:
    made = debian.make_deb(bundle, tmp_path)
    listed = subprocess.run(["dpkg-deb", "--contents", str(made)], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 5) for line in listed.splitlines() if " -> " not in line]
    files = {line[5]: line[0] for line in lines}
    assert files["./usr/lib/lockstep/lockstep"] == files["./usr/lib/lockstep/lockstep-thumbnail"] == "-rwxr-xr-x"
    assert files["./usr/lib/lockstep/_internal/PySide6/QtCore.abi3.so"] == "-rw-r--r--"
    assert "./usr/bin/lockstep -> ../lib/lockstep/lockstep" in listed
    assert {
        f"./usr/{name}"
        for name in (
            "lib/lockstep/installed-by-package",
            "share/applications/lockstep.desktop",
            "share/bash-completion/completions/lockstep",
            "share/doc/lockstep/THIRD-PARTY.txt",
            "share/doc/lockstep/changelog.gz",
            "share/doc/lockstep/copyright",
            "share/fish/vendor_completions.d/lockstep.fish",
            "share/icons/hicolor/48x48/apps/lockstep.png",
            "share/icons/hicolor/scalable/apps/lockstep.svg",
            "share/icons/hicolor/scalable/emblems/emblem-lockstep-in-step.svg",
            "share/man/man1/lockstep.1.gz",
            "share/nautilus-python/extensions/lockstep_file_manager.py",
            "share/zsh/vendor-completions/_lockstep",
        )
    } <= set(files)
    assert all("root/root" in line for line in listed.splitlines())
    assert not [name for name in files if name.startswith("./etc")], "nothing starts by itself"
    fields = subprocess.run(["dpkg-deb", "--field", str(made)], capture_output=True, text=True, check=True).stdout
    assert f"Version: {VERSION}\n" in fields
    assert "libegl1" in fields
    assert "python3," not in fields


def test_icons_are_drawn_in_their_size(bundle: Path, tmp_path: Path) -> None:
    tree.lay_out(bundle, tmp_path / "usr")
    for size in (16, 256):
        picture = (tmp_path / f"usr/share/icons/hicolor/{size}x{size}/apps/lockstep.png").read_bytes()
        assert struct.unpack(">II", picture[16:24]) == (size, size)


# --- a person's home -------------------------------------------------------------------------------------------------


def test_the_tarball_installs_into_a_home_and_leaves_nothing(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "ho me"
    theirs = home / ".local/share/applications/other.desktop"
    theirs.parent.mkdir(parents=True)
    theirs.touch()
    before = sorted(home.rglob("*"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    made = tarball.make_tarball(bundle, tmp_path)
    subprocess.run(["tar", "-xf", str(made), "-C", str(tmp_path)], check=True)
    install = str(tmp_path / f"lockstep-{VERSION}/install.sh")
    for _ in range(2):
        subprocess.run([install], env=environment, check=True, capture_output=True)
    prefix = home / ".local"
    assert (prefix / "bin/lockstep").resolve() == prefix / "lib/lockstep/lockstep"
    entry = prefix / "share/applications/lockstep.desktop"
    assert f'Exec="{prefix}/lib/lockstep/lockstep" desktop\n' in entry.read_text()
    subprocess.run(["desktop-file-validate", str(entry)], check=True)
    at_login = home / ".config/autostart"
    for profile, program in (("ours", prefix / "lib/lockstep/lockstep"), ("other", Path("/usr/lib/lockstep/lockstep"))):
        DesktopEntry(at_login, home / profile).turn_on([str(program), "--home", str(home / profile), "desktop"])
    subprocess.run([str(prefix / "lib/lockstep/uninstall.sh")], env=environment, check=True, capture_output=True)
    assert [DesktopEntry(at_login, home / profile).is_on() for profile in ("ours", "other")] == [False, True]
    shutil.rmtree(at_login.parent)
    called = home / "called.txt"
    assert [line.split()[-1] for line in called.read_text().splitlines()] == ["stop", "remove"]
    called.unlink()
    assert sorted(home.rglob("*")) == before


# --- Windows and macOS -----------------------------------------------------------------------------------------------


def test_the_installer_for_windows_compiles(bundle: Path, tmp_path: Path) -> None:
    for name in ("lockstep.exe", "lockstep-desktop.exe"):
        (bundle / name).write_bytes(b"MZ")
    made = others.make_windows(bundle, tmp_path)
    assert made.read_bytes()[:2] == b"MZ"


def test_a_bundle_of_another_system_is_none_for_windows(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not made on Windows"):
        others.make_windows(bundle, tmp_path)


def test_what_windows_starts_at_login_is_what_the_preferences_change() -> None:
    from desktop.integration import autostart

    script = (HERE / "windows/lockstep.nsi").read_text("utf-8")
    assert f'!define RUN "{autostart._RUN_KEY}"' in script
    assert f'WriteRegStr HKCU "${{RUN}}" "{autostart.ENTRY}"' in script
    assert f'DeleteRegValue HKCU "${{RUN}}" "{autostart.ENTRY}"' in script


def test_the_launch_agent_is_the_one_that_the_preferences_write(tmp_path: Path) -> None:
    from desktop.integration.autostart import LaunchAgent
    from sync_engine.control.address import default_home

    ours = plistlib.loads((HERE / "macos/org.lockstep.desktop.plist").read_bytes())
    LaunchAgent(tmp_path, default_home()).turn_on(ours["ProgramArguments"])
    assert plistlib.loads((tmp_path / "org.lockstep.desktop.plist").read_bytes()) == ours
    assert plistlib.loads((HERE / "macos/entitlements.plist").read_bytes())


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh", "macos/make_dmg.sh", "try_in_chroot.sh"])
def test_scripts_can_be_read_by_their_shells(script: str) -> None:
    path = HERE / script
    shell = path.read_text("utf-8").splitlines()[0].removeprefix("#!")
    subprocess.run([shell, "-n", str(path)], check=True)
    assert os.access(path, os.X_OK)
