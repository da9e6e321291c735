"""What the server and the daemon tell of Ada's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from server_api.contract import history
from server_api.contract.accounts import Account
from server_api.contract.devices import Device, Devices
from server_api.contract.history import Entry, History, VersionEntry, What
from server_api.contract.messages import Kind
from server_api.contract.positions import Keeper
from server_api.contract.restoring import Restored, RewindChange, Rewound
from server_api.contract.shares import Share, Shares
from sync_engine.control import messages as control
from sync_engine.control import questions
from sync_engine.core.reports import Choice, HeldDeletions, PathProblem
from sync_engine.ports import Activity
from tests.fakes.daemon import FakeDaemon
from tests.screenshots.frozen import DAY, HOUR, MINUTE, NOW
from tests.screenshots.world import ADA, CHAPTER, COPY, LAPTOP, LISBON, LONG, PHONE, POSTER, POSTER_COPY, STUDIO
from tests.unit.desktop import examples

_ID = bytes(16)
CONFLICTS = [control.Conflict(COPY, CHAPTER, STUDIO), control.Conflict(POSTER_COPY, POSTER, PHONE)]
PROBLEMS = [
    PathProblem("rechnung Zürich.pdf", "case-twin"),
    PathProblem("Band – demo tapes/Second take.wav", "locked"),
    PathProblem("Photos/Scans/Grandmother’s letters", "not-permitted"),
]
HELD = HeldDeletions(
    deletions=412,
    where="local",
    places=3,
    paths=["Photos/2025 Alps", "Photos/Scans", "Recipes/Bread.md"],
)


def answer(daemon: FakeDaemon, folder: Path) -> None:
    ways: list[tuple[questions.Question[Any, Any], Callable[[Any, bytes | None], Any]]] = [
        (questions.VERSIONS, lambda request, _: History(versions=versions(request.path))),
        (questions.DETAILS, lambda request, _: details(request.path)),
        (questions.SHARES, lambda *_: Shares(shares=shares())),
        (questions.SHARE, lambda request, _: share(9, request.path, has_password=bool(request.password))),
        (questions.DEVICES, lambda *_: devices()),
        (questions.DELETED, lambda *_: deleted()),
        (questions.ACTIVITY, lambda request, _: activity(request.path)),
        (questions.ACCOUNT, lambda *_: account()),
        (questions.REWIND, lambda *_: rewound()),
        (questions.RESTORE, lambda request, _: Restored(path=request.path, revisions=1, files=1)),
    ]
    for question, given in ways:
        daemon.answer_server(question, given)
    setting = control.Setting
    daemon.answers |= {
        control.GetConflicts: control.Conflicts(CONFLICTS),
        control.GetProblems: control.Problems(PROBLEMS),
        control.GetActivity: control.Activities(lines()),
        control.GetExclusions: control.Exclusions([]),
        control.GetFolderSizes: lambda request: control.FolderSizes(sizes(request.path)),
        control.Exclude: lambda request: control.Chosen(Choice("done", request.path)),
        control.GetIgnoreRules: control.IgnoreRules("*.iso\n*.tmp\nBuild/\n"),
        control.GetSettings: control.SettingsNow(
            {
                "bandwidth.up": setting("500k", "0", ""),
                "bandwidth.down": setting("0", "0", ""),
                "proxy": setting("system", "system", ""),
            }
        ),
        control.SaveContent: lambda request: [
            control.Saving(1, 2),
            control.Saved(str(folder / f"earlier.{request.path.rpartition('.')[2]}")),
        ],
    }


def sizes(path: str) -> dict[str, int]:
    if path:
        return {"2025 Alps": 31_200_000_000, "2026 Lisbon": 4_100_000_000, "Scans": 780_000_000}
    return {
        "Photos": 36_080_000_000,
        "Thesis": 212_000_000,
        "Posters": 94_000_000,
        "Band – demo tapes": 5_400_000_000,
        "صور العائلة": 8_900_000_000,
        "Old computer": 22_700_000_000,
    }


def versions(path: str) -> list[VersionEntry]:
    if path in {COPY, POSTER_COPY}:
        device = STUDIO if path == COPY else PHONE
        return [_version(9, DAY, device, 590, is_current=True)]
    whole = 808_000 if path.endswith(("jpg", "png")) else 620
    told = [
        (40 * MINUTE, LAPTOP),
        (26 * HOUR, LAPTOP),
        (3 * DAY + 5 * HOUR, PHONE),
        (9 * DAY, STUDIO),
        (34 * DAY, LAPTOP),
    ]
    return [
        _version(len(told) - at, ago, device, whole - at * whole // 40, is_current=at == 0, expired=at == 4)
        for at, (ago, device) in enumerate(told)
    ]


def _version(number: int, ago_ms: int, device: str, size: int, **fields: Any) -> VersionEntry:
    return examples.version(number, created_at=NOW - ago_ms, device=device, size=size, **fields)


def details(path: str) -> history.Details:
    return examples.details(
        path,
        entry=_entry(path, 4 * DAY, size=808_000),
        on_server_since=NOW - 4 * DAY,
        verified_at=NOW - 9 * HOUR,
        versions=5,
        stored=[history.StoredPart(store="main", tier="standard", size=790_000, packs=1)],
        devices=[
            history.Holder(device_id=b"p" * 16, name=PHONE, last_seen_at=NOW - 2 * HOUR),
            history.Holder(device_id=_ID, name=LAPTOP, last_seen_at=NOW),
        ],
        kept_by=[
            Keeper(device_id=_ID, name=LAPTOP, told_at=NOW, is_current=True),
            Keeper(device_id=b"p" * 16, name=PHONE, told_at=NOW - 2 * HOUR),
        ],
    )


def _entry(path: str, ago_ms: int, kind: Kind = Kind.FILE, size: int = 0, **fields: Any) -> Entry:
    usual: dict[str, Any] = {
        "node_id": _ID,
        "revision_id": _ID,
        "path": path,
        "kind": kind,
        "seq": 1,
        "committed_at": NOW - ago_ms,
        "size": size,
    }
    return Entry(**(usual | fields))


def shares() -> list[Share]:
    return [
        share(1, f"{LISBON}/IMG_2052.jpg", ago_ms=2 * HOUR, downloads=3),
        share(
            2, LISBON, Kind.FOLDER, ago_ms=DAY, title="Lisbon, all of us", expires_at=NOW + 12 * DAY, has_password=True
        ),
        share(3, LONG, ago_ms=5 * DAY, limit=2, downloads=2, state="used-up"),
        share(
            4,
            "Posters",
            Kind.FOLDER,
            ago_ms=8 * DAY,
            title="Send me your drafts",
            upload=True,
            uploaded_bytes=61_000_000,
        ),
        share(5, "صور العائلة", Kind.FOLDER, ago_ms=20 * DAY, downloads=41),
        share(6, CHAPTER, ago_ms=33 * DAY, state="paused", view_only=True),
        share(7, "Budget 2026.ods", ago_ms=90 * DAY, state="expired", expires_at=NOW - 60 * DAY),
    ]


def share(number: int, path: str, kind: Kind = Kind.FILE, ago_ms: int = 0, **fields: Any) -> Share:
    url = f"https://files.example.org/s/{'QkWm7sZ2fP4x'[number:]}{number}vT9b"
    return examples.share(number, path=path, kind=kind, url=url, created_at=NOW - ago_ms, **fields)


def devices() -> Devices:
    def device(name: str, ago_ms: int, *, is_current: bool = False) -> Device:
        return Device(
            device_id=name.encode().ljust(16)[:16],
            name=name,
            created_at=NOW - 300 * DAY,
            last_seen_at=NOW - ago_ms,
            is_current=is_current,
        )

    return Devices(
        devices=[
            device(LAPTOP, 0, is_current=True),
            device(PHONE, 2 * HOUR),
            device(STUDIO, DAY),
            device("Attic", 23 * DAY),
        ]
    )


def deleted() -> history.DeletedPage:
    told = [
        ("Thesis/Old outline.md", Kind.FILE, 8_400, HOUR, LAPTOP),
        ("Photos/2024 Garden", Kind.FOLDER, 0, 26 * HOUR, PHONE),
        ("Invitation – رسالة دعوة.docx", Kind.FILE, 214_000, 2 * DAY, LAPTOP),
        (
            "Posters/Concert, first sketch with the lettering that nobody liked in the end.png",
            Kind.FILE,
            4_100_000,
            3 * DAY,
            STUDIO,
        ),
        ("Recipes/Bread.md", Kind.FILE, 2_100, 12 * DAY, PHONE),
        ("Recording of the rehearsal.wav", Kind.FILE, 512_000_000, 40 * DAY, LAPTOP),
        ("Budget 2019.ods", Kind.FILE, 51_000, 420 * DAY, LAPTOP),
    ]
    entries = [
        history.DeletedEntry(
            entry=_entry(path, ago + DAY, kind, size, seq=100 - at, deleted_at=NOW - ago),
            device=device,
            person=ADA,
            expired=at == len(told) - 1,
        )
        for at, (path, kind, size, ago, device) in enumerate(told)
    ]
    return history.DeletedPage(entries=entries, before=1, complete=True)


def activity(path: str) -> history.ActivityPage:
    told: list[tuple[What, str, int, str, dict[str, Any]]] = [
        (What.EDITED, CHAPTER, 40 * MINUTE, LAPTOP, {}),
        (What.DELETED, "Thesis/Old outline.md", HOUR, LAPTOP, {}),
        (
            What.ADDED,
            f"{LISBON}/IMG_2058.jpg",
            2 * HOUR,
            PHONE,
            {"count": 18, "paths": [f"{LISBON}/IMG_2057.jpg"]},
        ),
        (What.RENAMED, "Packing list.txt", 3 * HOUR, LAPTOP, {"was_path": "List.txt"}),
        (What.EDITED, POSTER, 25 * HOUR, STUDIO, {}),
        (What.MOVED, f"{LISBON}/Tickets", 26 * HOUR, PHONE, {"was_path": "Tickets", "kind": Kind.FOLDER}),
        (What.DELETED, "Photos/2024 Garden", 27 * HOUR, PHONE, {"kind": Kind.FOLDER, "count": 212}),
        (
            What.RESTORED,
            f"{LISBON}/The whole group in front of the Torre de Belém, just before the rain.jpg",
            3 * DAY,
            LAPTOP,
            {},
        ),
        (What.ADDED, LONG, 5 * DAY, LAPTOP, {}),
        (What.ADDED, "צילומים.zip", 6 * DAY, STUDIO, {}),
    ]
    entries = [
        _entry_of(500 - at, where, at=NOW - ago, what=what, device=device, **fields)
        for at, (what, where, ago, device, fields) in enumerate(told)
        if where.startswith(path)
    ]
    return history.ActivityPage(entries=entries, before=1, complete=True)


def _entry_of(seq: int, path: str, **fields: Any) -> history.ActivityEntry:
    usual: dict[str, Any] = {"seq": seq, "path": path, "kind": Kind.FILE, "node_id": _ID, "revision_id": _ID}
    return history.ActivityEntry(**(usual | {"person": ADA} | fields))


def lines() -> list[Activity]:
    return [
        Activity(NOW - 40 * MINUTE, "update", CHAPTER),
        Activity(NOW - 2 * HOUR, "create-here", f"{LISBON}/IMG_2058.jpg"),
        Activity(NOW - 3 * HOUR, "create", "Packing list.txt"),
    ]


def account() -> Account:
    return Account(
        account_id=_ID,
        email=ADA,
        role="user",
        quota_bytes=100_000_000_000,
        used_bytes=84_200_000_000,
        personal_namespace=_ID,
    )


def rewound() -> Rewound:
    changes = [
        ("restored", Kind.FILE, "Old outline.md", 8_400),
        ("changed", Kind.FILE, "Chapter 3 – Tides.md", 590),
        ("changed", Kind.FILE, "References.bib", 47_000),
        ("deleted", Kind.FILE, "Figures/spectrum, new colours.svg", 120_000),
        ("moved", Kind.FILE, "tides.py", 3_300),
    ]
    return Rewound(
        to_seq=480,
        to_at=NOW - DAY,
        undo_seq=500,
        undo_at=NOW,
        restored=1,
        changed=2,
        moved=1,
        deleted=1,
        changes=[RewindChange(what=what, kind=kind, path=path, size=size) for what, kind, path, size in changes],
    )
