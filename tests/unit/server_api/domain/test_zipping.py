"""Zip archives: what programs read of them, the names in them, and what they cost."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from server_api.domain.zipping import Entry, FolderNames, zipped


def test_of_what_was_sent_nothing_is_kept_in_memory() -> None:
    def entries(count: int) -> Iterator[Entry]:
        for number in range(count):
            yield Entry(f"folder/a file with a name of some length {number}.txt", 0, False, [b"x"])

    def grown(count: int) -> int:
        with TemporaryFile() as directory:
            tracemalloc.start()
            try:
                for _ in zipped(entries(count), directory):
                    pass
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert grown(20_000) < grown(200) + 100_000


@pytest.mark.parametrize("others", [0, 70_000])
def test_what_is_large_in_every_way_is_read(tmp_path: Path, others: int) -> None:
    """More entries than 16 bits can count, and more bytes than 32 bits."""
    large = [bytes(64 * 2**20)] * 65 if not others else [b"x"]
    path = tmp_path / "large.zip"
    entries = [
        Entry("large", 0, False, large),
        *(Entry(f"{n}", 0, False, []) for n in range(others)),
        Entry("e", 0, False, [b"end"]),
    ]
    with path.open("wb") as file, TemporaryFile() as directory:
        for piece in zipped(entries, directory):
            if piece.count(0) == len(piece) > 2**20:
                file.seek(len(piece), io.SEEK_CUR)
            else:
                file.write(piece)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        assert (len(infos), archive.read("e")) == (others + 2, b"end")
        assert infos[0].file_size == sum(map(len, large))


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["a.txt", "A.TXT", "a (2).txt"], ["a.txt", "A (2).TXT", "a (2) (2).txt"]),
        (["a?", "a*", "a|"], ["a_", "a_ (2)", "a_ (3)"]),
        (["CON", "nul.txt", ".gitignore", "trailing. ", "..."], ["_CON", "_nul.txt", ".gitignore", "trailing", "_"]),
        (["\u061cx\u202ey", "\u2028", "\x85"], ["_x_y", "_", "_ (2)"]),
    ],
)
def test_names_in_a_folder_fall_together_nowhere(names: list[str], kept: list[str]) -> None:
    folder = FolderNames()
    assert [folder.take(name) for name in names] == kept


def test_many_names_that_fall_together_are_numbered_soon() -> None:
    folder = FolderNames()
    names = ["".join(c.upper() if n >> i & 1 else c for i, c in enumerate("abcdefghijklmn")) for n in range(2**14)]
    began = time.process_time()
    assert len({folder.take(name).casefold() for name in names}) == len(names)
    assert time.process_time() - began < 5
