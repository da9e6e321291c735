import pytest

from server_api.contract.names import comparable, refuse_reason
from sync_engine.core.conflicts import conflicted_name, free_name, kept_name, original_name
from sync_engine.core.platform_names import unholdable

DAY = "2026-11-05"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("thesis.docx", "thesis (laptop's conflicted copy 2026-11-05).docx"),
        ("backup.tar.gz", "backup (laptop's conflicted copy 2026-11-05).tar.gz"),
        ("backup.TAR.zst", "backup (laptop's conflicted copy 2026-11-05).TAR.zst"),
        ("Makefile", "Makefile (laptop's conflicted copy 2026-11-05)"),
        (".bashrc", ".bashrc (laptop's conflicted copy 2026-11-05)"),
        (".config.yml", ".config (laptop's conflicted copy 2026-11-05).yml"),
        ("Mr. Smith", "Mr. Smith (laptop's conflicted copy 2026-11-05)"),
        ("v1.0.2", "v1.0 (laptop's conflicted copy 2026-11-05).2"),
        ("trailing.", "trailing. (laptop's conflicted copy 2026-11-05)"),
        (" ", "  (laptop's conflicted copy 2026-11-05)"),
        ("Invoice .pdf", "Invoice  (laptop's conflicted copy 2026-11-05).pdf"),
    ],
)
def test_a_copy_keeps_its_extension(name: str, expected: str) -> None:
    assert conflicted_name(name, "laptop", DAY) == expected


def test_from_the_second_on_copies_are_numbered() -> None:
    assert conflicted_name("a.txt", "laptop", DAY, 2) == "a (laptop's conflicted copy 2026-11-05 2).txt"
    taken = {conflicted_name("a.txt", "laptop", DAY, number) for number in (1, 2, 3)}
    assert free_name("a.txt", "laptop", DAY, taken.__contains__) == "a (laptop's conflicted copy 2026-11-05 4).txt"


def test_a_copy_of_a_copy_does_not_grow() -> None:
    first = conflicted_name("a.txt", "desktop", "2025-01-01", 7)
    assert conflicted_name(first, "laptop", DAY) == "a (laptop's conflicted copy 2026-11-05).txt"


@pytest.mark.scenario("S99")
@pytest.mark.parametrize(
    "name", ["x" * 255, "é" * 127 + ".jpeg", "𝔘" * 63, "\u0958" * 85, "e\u0301" * 85, "x" * 240 + ".tar.gz"]
)
def test_a_copys_name_fits_and_is_cut_at_a_character(name: str) -> None:
    copy = conflicted_name(name, "laptop", DAY, 12)
    assert len(copy.encode()) <= 255
    assert len(comparable(copy).encode()) <= 255
    assert refuse_reason(copy, at_root=True) is None
    assert "laptop's conflicted copy 2026-11-05 12" in copy


@pytest.mark.parametrize("device", ["", "../..", 'a/b\\c:d*?"<>|', "\u202egnp", "tab\there", "x" * 300, "(((", "  "])
def test_no_device_name_spoils_a_copys_name(device: str) -> None:
    copy = conflicted_name("a.txt", device, DAY)
    assert unholdable(copy, "windows", at_root=True) is None
    assert len(copy) < 100
    assert copy.endswith(f"'s conflicted copy {DAY}).txt")


@pytest.mark.parametrize(
    "name", ["report.docx", "archive.tar.gz", ".profile", "no extension", "a (b).txt", "a .txt", "a\n", " "]
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_conflicted_copy_tells_the_name_of_its_original(name: str, number: int) -> None:
    copy = conflicted_name(name, "laptop", "2026-11-05", number)
    assert original_name(copy) == name
    assert original_name(name) is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "report (B's version 2026-11-05).docx"), (2, "report (B's version 2026-11-05 2).docx")],
)
def test_a_copy_that_is_kept_has_a_name_that_is_no_conflict(number: int, expected: str) -> None:
    copy = conflicted_name("report.docx", "B", "2026-11-05", 3)
    assert kept_name(copy, number) == expected
    assert original_name(expected) is None
