import pytest

from sync_engine.core.platform_names import Platform, unholdable, unsendable

EVERYWHERE: list[Platform] = ["linux", "macos", "windows"]


@pytest.mark.parametrize("platform", EVERYWHERE)
@pytest.mark.parametrize(
    "name", ["a.txt", "Ünïcode", "confi.g", "console", "com10", "a b", ".hidden", "~$a.docx", "x~", "日本"]
)
def test_common_names_are_holdable_everywhere(name: str, platform: Platform) -> None:
    assert unholdable(name, platform, at_root=True) is None


@pytest.mark.parametrize("platform", EVERYWHERE)
@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "nul\0byte", ".lockstep", ".LockStep", ".lock\u200bstep"])
def test_hostile_names_are_holdable_nowhere(name: str, platform: Platform) -> None:
    assert unholdable(name, platform, at_root=True) == "hostile-name"


def test_the_private_folders_name_is_common_below_the_root() -> None:
    assert unholdable(".lockstep", "linux", at_root=False) is None


@pytest.mark.parametrize("platform", EVERYWHERE)
def test_bytes_that_are_no_text_are_holdable_nowhere(platform: Platform) -> None:
    assert unholdable("broken\udcff", platform, at_root=False) == "invalid-name"


@pytest.mark.scenario("S93")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a:b", "invalid-name"),
        ("file.txt:stream", "invalid-name"),
        ("what?", "invalid-name"),
        ("back\\slash", "invalid-name"),
        ("dot.", "invalid-name"),
        ("space ", "invalid-name"),
        ("bell\x07", "invalid-name"),
        ("CON", "reserved-name"),
        ("con.txt", "reserved-name"),
        ("nul .txt", "reserved-name"),
        ("com1", "reserved-name"),
        ("LPT³.log", "reserved-name"),
        ("CONOUT$", "reserved-name"),
        ("PROGRA~1", "reserved-name"),
        ("a~2.txt", "reserved-name"),
        ("x" * 256, "name-too-long"),
    ],
)
def test_what_windows_cannot_hold(name: str, code: str) -> None:
    assert unholdable(name, "windows", at_root=False) == code
    assert unholdable(name, "linux", at_root=False) == (code if code == "name-too-long" else None)


def test_length_is_counted_as_the_file_system_does() -> None:
    assert unholdable("é" * 127, "linux", at_root=False) is None
    assert unholdable("é" * 128, "linux", at_root=False) == "name-too-long"
    assert unholdable("é" * 255, "windows", at_root=False) is None
    assert unholdable("𝔘" * 128, "windows", at_root=False) == "name-too-long"


@pytest.mark.parametrize(
    ("name", "at_root", "code"),
    [
        ("broken\udcff", False, "invalid-utf8"),
        (".LOCKSTEP", True, "private-name"),
        (".LOCKSTEP", False, None),
        ("\u0344" * 127, False, "name-too-long"),
        ("a:b", True, None),
    ],
)
def test_a_name_of_this_disk_that_goes_nowhere_else_is_told_for_what_it_is(
    name: str, *, at_root: bool, code: str | None
) -> None:
    assert unsendable(name, at_root=at_root) == code
