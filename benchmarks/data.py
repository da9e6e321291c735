"""What is synced in the benchmarks: the same bytes at every run, made from a fixed seed."""

from __future__ import annotations

import keyword
import os
import random
from pathlib import Path
from typing import Final

from blake3 import blake3

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

_SEED: Final = b"lockstep benchmarks 1"
_WORDS: Final = keyword.kwlist
_LONG_AGO: Final = 1_700_000_000


def small_files(directory: Path, files: int = 10_000, folders: int = 200) -> int:
    """Files of 1-16 KiB, every other one like source text, the rest incompressible; returns their bytes."""
    chance = random.Random(_SEED)
    text = _text(chance, 4 * MIB)
    total = 0
    for number in range(files):
        folder = directory / f"part-{number % folders // 20:02}" / f"folder-{number % folders:03}"
        if number < folders:
            folder.mkdir(parents=True)
        size = chance.randint(KIB, 16 * KIB)
        if number % 2:
            content, suffix = chance.randbytes(size), "bin"
        else:
            start = chance.randrange(len(text) - size)
            content, suffix = (f"# file {number}\n".encode() + text[start : start + size])[:size], "py"
        _write(folder / f"file-{number:05}.{suffix}", content)
        total += size
    return total


def many_files(directory: Path, files: int = 100_000, folders: int = 500) -> int:
    """Tiny files, for what grows with their number; returns their bytes."""
    chance = random.Random(_SEED + b" many")
    total = 0
    for number in range(files):
        folder = directory / f"folder-{number % folders:03}"
        if number < folders:
            folder.mkdir(parents=True)
        size = chance.randint(64, KIB)
        _write(folder / f"note-{number:06}.txt", chance.randbytes(size))
        total += size
    return total


def large_file(path: Path, size: int = GIB, seed: bytes = b"") -> None:
    """One incompressible file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = blake3(_SEED + seed)
    with path.open("wb") as file:
        for offset in range(0, size, MIB):
            file.write(stream.digest(length=min(MIB, size - offset), seek=offset))
    os.utime(path, (_LONG_AGO, _LONG_AGO))


def change_one_byte(path: Path) -> None:
    """In the middle, in place."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def insert_one_byte(path: Path) -> None:
    """At the start, as an editor saves: into a new file that takes the place of the old one."""
    changed = path.with_name(f"{path.name}.new")
    with path.open("rb") as old, changed.open("wb") as new:
        new.write(b"!")
        while block := old.read(4 * MIB):
            new.write(block)
    changed.replace(path)


def _text(chance: random.Random, size: int) -> bytes:
    lines: list[str] = []
    length = 0
    while length < size:
        line = " " * 4 * chance.randint(0, 4) + " ".join(chance.choices(_WORDS, k=chance.randint(2, 12)))
        lines.append(line)
        length += len(line) + 1
    return "\n".join(lines).encode()[:size]


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    os.utime(path, (_LONG_AGO, _LONG_AGO))
