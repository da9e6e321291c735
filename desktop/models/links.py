"""How a link is told, and what a person wishes of one."""

from __future__ import annotations

import secrets
import time
from pathlib import PurePosixPath
from typing import Any, Final

from msgspec import UNSET, Struct
from PySide6.QtCore import QDateTime

from desktop.words import capital, show_name, show_size, show_time, tr, tr_n
from server_api.contract.messages import Kind
from server_api.contract.shares import CreateShare, EditShare, Share

DAY_MS: Final = 24 * 3600 * 1000
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


def name_of(share: Share) -> str:
    """What it leads to, for people."""
    if share.path:
        return show_name(PurePosixPath(share.path).name)
    return show_name(share.title) or tr("Deleted file")


def is_over(share: Share) -> bool:
    """It leads to nothing, at least now."""
    return share.state != "active"


def state_in_words(share: Share) -> str:
    return {
        "active": tr("active"),
        "paused": tr("paused"),
        "expired": tr("expired"),
        "used-up": tr("used up"),
        "gone": tr("deleted"),
        "suspended": tr("stopped by the server"),
    }.get(share.state, show_name(share.state))


def until_in_words(share: Share, now: QDateTime | None = None) -> str:
    """How long it works."""
    if share.expires_at is None:
        return tr("never expires")
    now = now or QDateTime.currentDateTime()
    if share.state == "expired" or share.expires_at <= now.toMSecsSinceEpoch():
        return tr("expired {when}").format(when=show_time(share.expires_at, now))
    days = now.date().daysTo(QDateTime.fromMSecsSinceEpoch(share.expires_at).date())
    if days == 0:
        return tr("until today {time}").format(time=show_time(share.expires_at, now))
    if days == 1:
        return tr("until tomorrow")
    return tr("until {when}").format(when=show_time(share.expires_at, now))


def count_in_words(share: Share) -> str:
    """How often it was used, of how often it may be."""
    if share.limit is not None:
        of = tr("{count} of {limit} files") if share.upload else tr("{count} of {limit} downloads")
        return of.format(count=share.downloads, limit=share.limit)
    if share.upload:
        return tr_n("%n file received", "%n files received", share.downloads)
    return tr_n("%n download", "%n downloads", share.downloads)


def usual_counts() -> list[str]:
    """The longest of ``count_in_words`` that are usual, for how wide they are."""
    limited = [tr("{count} of {limit} files"), tr("{count} of {limit} downloads")]
    return [
        tr_n("%n file received", "%n files received", 88),
        tr_n("%n download", "%n downloads", 888),
        *(of.format(count=88, limit=88) for of in limited),
    ]


def facts(share: Share, now: QDateTime | None = None) -> list[str]:
    """What it allows, and how often it was used; first whether it works at all."""
    said = [state_in_words(share)] if is_over(share) and share.state != "expired" else []
    if share.upload:
        said.append(tr("others add files"))
    said += [until_in_words(share, now), count_in_words(share)]
    if share.upload and share.max_bytes is not None:
        came, most = show_size(share.uploaded_bytes), show_size(share.max_bytes)
        said.append(tr("{size} of {limit}").format(size=came, limit=most))
    if share.has_password:
        said.append(tr("with a password"))
    if share.view_only:
        said.append(tr("view only"))
    if share.version_id is not None:
        said.append(tr("one version"))
    return said


def facts_line(share: Share) -> str:
    return capital(" · ".join(facts(share)))


def reach_warning(reach: str) -> str:
    """Said beside a link whose address not everybody can open."""
    if reach == "computer":
        return tr("Works on this computer only. To share with others, the server needs an address that they can reach.")
    if reach == "network":
        return tr("Works in the server’s own network only. From elsewhere it cannot be opened.")
    return ""


def make_password() -> str:
    """Three groups of four: easy to read out, and 59 bits that nobody guesses."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


class Wish(Struct):
    """How a link is to be, as the dialog has it.

    Attributes:
        expires_at: ``None`` never; ``UNSET`` as it is.
        password: ``None`` none; ``UNSET`` as it is.
    """

    expires_at: Any = None
    password: Any = None
    limit: int | None = None
    title: str = ""
    note: str = ""
    pinned: bool = False
    version_id: bytes | None = None
    """The link shows this version."""
    view_only: bool = False
    upload: bool = False
    max_file_bytes: int | None = None
    max_bytes: int | None = None

    def to_create(self, path: str) -> CreateShare:
        """What does not go together is left out: an upload link shows nothing, and only that has sizes."""
        return CreateShare(
            path=path,
            expires_at=self.expires_at,
            password=self.password or None,
            limit=self.limit,
            title=self.title.strip(),
            note=self.note.strip(),
            pinned=self.pinned and not self.upload,
            version_id=self.version_id,
            view_only=self.view_only and not self.upload,
            upload=self.upload,
            max_file_bytes=self.max_file_bytes if self.upload else None,
            max_bytes=self.max_bytes if self.upload else None,
        )

    def to_edit(self, share: Share) -> EditShare:
        """Only what is to be different."""
        title, note = self.title.strip(), self.note.strip()
        return EditShare(
            expires_at=UNSET if self.expires_at == share.expires_at else self.expires_at,
            password=UNSET if self.password is None and not share.has_password else self.password,
            limit=UNSET if self.limit == share.limit else self.limit,
            title=UNSET if title == share.title else title,
            note=UNSET if note == share.note else note,
        )

    def why_not(self, now_ms: int | None = None) -> str:
        """What is wrong with it, or ""."""
        now_ms = int(time.time() * 1000) if now_ms is None else now_ms
        if isinstance(self.expires_at, int) and self.expires_at <= now_ms:
            return tr("That day is over. Choose a later one.")
        if self.password == "":
            return tr("Type a password, or choose to have none.")
        return ""


def changes_nothing(edit: EditShare) -> bool:
    return edit == EditShare()


def is_folder(share: Share) -> bool:
    return share.kind == Kind.FOLDER
