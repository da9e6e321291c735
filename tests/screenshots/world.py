"""Ada's files: what the pictures show. All of it is invented."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sync_engine.control.messages import Item
from tests.fakes.daemon import FakeDaemon, item
from tests.screenshots import photographs
from tests.screenshots.frozen import DAY, HOUR, MINUTE, NOW

ADA: Final = "ada@example.org"
LAPTOP, PHONE, STUDIO = "Laptop", "Phone", "Studio computer"
LISBON: Final = "Photos/2026 Lisbon"
PICTURE: Final = f"{LISBON}/IMG_2052.jpg"
CHAPTER: Final = "Thesis/Chapter 3 – Tides.md"
COPY: Final = "Thesis/Chapter 3 – Tides (Studio computer's conflicted copy 2026-11-11).md"
POSTER: Final = "Posters/Concert.png"
POSTER_COPY: Final = "Posters/Concert (Phone's conflicted copy 2026-11-10).png"
LONG: Final = "Rental contract of the flat in Rua das Flores, signed, with all annexes and the inventory (final 3).pdf"

_BEFORE: Final = """# Chapter 3: Tides

The tide gauge at Cascais has been read since 1882, and its
record is the longest of the peninsula.

## 3.1 What was measured

Hourly heights, in centimetres above the zero of the gauge.
Gaps of less than three hours were filled linearly.

## 3.2 The spectrum

The spectrum shows the lines M2, S2 and N2 as expected.
The seasonal term Sa is weak.
"""
_AFTER: Final = """# Chapter 3: Tides

The tide gauge at Cascais has been read since 1882, and its
record is the longest of the Iberian peninsula.

## 3.1 What was measured

Hourly heights, in centimetres above the zero of the gauge.
Gaps of less than six hours were filled by a spline.
Longer gaps were left open.

## 3.2 The spectrum

The spectrum shows the lines M2, S2 and N2 as expected.
The seasonal term Sa is twice what Pugh (1987) gives.
"""


def fill(daemon: FakeDaemon, folder: Path) -> None:
    """``folder``: where the files are that can be looked into."""
    daemon.folders = {
        "": [
            item("Photos", "folder"),
            item("Thesis", "folder", state="conflict"),
            item("Posters", "folder", state="conflict"),
            item("Band – demo tapes", "folder", state="pending"),
            item("صور العائلة", "folder"),
            item("Old computer", "folder", state="excluded", is_here=False),
            _file("Packing list.txt", 1_420, 20 * MINUTE),
            _file("Garden plan.svg", 86_200, 3 * HOUR, state="uploading"),
            _file("Recording of the lecture.mp3", 48_300_000, DAY, state="downloading", is_here=False),
            _file(LONG, 2_840_000, 5 * DAY),
            _file("rechnung Zürich.pdf", 182_000, 9 * DAY, state="problem", is_on_server=False),
            _file("תוכנית הטיול.docx", 312_000, 26 * DAY),
            _file("Budget 2027.ods", 64_300, 48 * DAY),
            _file("Holiday video.mp4", 1_940_000_000, 120 * DAY, is_here=False, state="excluded"),
            _file("Ebooks.zip", 214_000_000, 400 * DAY),
            _file("desk.iso", 640_000_000, 410 * DAY, state="ignored", is_on_server=False),
        ],
        "Photos": [item("2025 Alps", "folder"), item("2026 Lisbon", "folder"), item("Scans", "folder")],
        "Photos/2025 Alps": [],
        "Photos/Scans": [],
        "Thesis": [
            item("Figures", "folder"),
            _file("Chapter 1 – Introduction.md", 9_200, 30 * DAY),
            _file("Chapter 2 – The record.md", 21_400, 12 * DAY),
            _file("Chapter 3 – Tides.md", 620, 40 * MINUTE, state="conflict"),
            _file(COPY.rpartition("/")[2], 590, DAY, state="conflict"),
            _file("References.bib", 48_100, 2 * DAY),
            _file("tides.py", 3_300, 4 * DAY),
        ],
        "Thesis/Figures": [],
        "Posters": [
            _file("Concert.png", 240_000, 2 * DAY, state="conflict"),
            _file(POSTER_COPY.rpartition("/")[2], 238_000, 2 * DAY, state="conflict"),
        ],
        "Band – demo tapes": [],
        "صور العائلة": [],
    }
    _take_photographs(daemon, folder)
    for path, text in ((CHAPTER, _AFTER), (COPY, _BEFORE), ("Packing list.txt", "Tent\nStove\nTwo ropes\n")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    photographs.save(folder / POSTER, 8)
    photographs.save(folder / POSTER_COPY, 5)
    for path, ago_ms in ((CHAPTER, 40 * MINUTE), (COPY, DAY), (POSTER, 25 * HOUR), (POSTER_COPY, 2 * DAY)):
        os.utime(folder / path, ((NOW - ago_ms) / 1_000,) * 2)
    (folder / "earlier.md").write_text(_BEFORE, encoding="utf-8")
    photographs.save(folder / "earlier.jpg", 11)


def _take_photographs(daemon: FakeDaemon, folder: Path) -> None:
    shown = []
    for number in range(2041, 2059):
        name = f"IMG_{number}.jpg"
        size = photographs.save(folder / LISBON / name, number, is_upright=number % 7 == 5)
        shown.append(_file(name, size * 31, 4 * DAY + number * MINUTE, state=_state(number)))
    shown += [
        item("Tickets", "folder"),
        _file("The whole group in front of the Torre de Belém, just before the rain.jpg", 4_100_000, 4 * DAY),
        _file("Notes for the album.txt", 900, 3 * DAY),
        _file("Tram 28.mp4", 88_000_000, 4 * DAY),
    ]
    photographs.save(folder / LISBON / shown[-3].name, 7)
    daemon.folders[LISBON] = shown
    daemon.folders[f"{LISBON}/Tickets"] = []


def _state(number: int) -> str:
    return {2046: "uploading", 2051: "pending"}.get(number, "in-step")


def _file(name: str, size: int, ago_ms: int, **fields: Any) -> Item:
    return item(name, size=size, changed_at=NOW - ago_ms, **fields)
