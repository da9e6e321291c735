"""How things are said: sizes, times, paths and counts, as people read them, in the language of the window."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from sync_engine.core.showing import showable

CONTEXT: Final = "lockstep"
_LONGEST_WORD: Final = 48
_TOO_LONG: Final = re.compile(r"\S{49,}")
_UNITS: Final = ("kB", "MB", "GB", "TB", "PB")


def tr(text: str) -> str:
    """In the language of the window. ``text`` is a literal: translations are collected from the source."""
    return QCoreApplication.translate(CONTEXT, text)


def tr_n(one: str, many: str, count: int) -> str:
    """The same with a count, where ``%n`` stands in both texts; ``many`` is what is translated."""
    said = QCoreApplication.translate(CONTEXT, many, None, count)
    untranslated = many.replace("%n", str(count))
    said = one.replace("%n", str(count)) if count == 1 and said == untranslated else said
    return said.replace(str(count), QLocale().toString(count)) if count >= 1_000 else said


def show_size(size: int) -> str:
    """With one decimal, in powers of 1,000: ``3.1 MB``."""
    if size < 1_000:
        return tr_n("%n byte", "%n bytes", size)
    number, unit = float(size), ""
    for unit in _UNITS:  # noqa: B007
        number /= 1_000
        if number < 999.95:
            break
    return f"{QLocale().toString(number, 'f', 1)} {unit}"


def show_time(at_ms: int | None, now: QDateTime | None = None) -> str:
    """As people say it: ``10:42`` today, ``yesterday``, ``Monday``, ``3 May``, ``3 May 2024``."""
    at = _moment(at_ms)
    if not at.isValid():
        return ""
    now = now or QDateTime.currentDateTime()
    locale = QLocale()
    days = at.date().daysTo(now.date())
    if days == 0:
        return locale.toString(at.time(), QLocale.FormatType.ShortFormat)
    if days == 1:
        return tr("yesterday")
    if 1 < days < 7:
        return locale.dayName(at.date().dayOfWeek())
    if at.date().year() == now.date().year():
        return locale.toString(at.date(), tr("d MMM"))
    return locale.toString(at.date(), tr("d MMM yyyy"))


def show_later(at_ms: int, now: QDateTime | None = None) -> str:
    """A moment to come: ``8:00`` today, ``tomorrow, 8:00``, ``Monday, 8:00``, ``3 May, 8:00``."""
    at, now = _moment(at_ms), now or QDateTime.currentDateTime()
    locale = QLocale()
    time = locale.toString(at.time(), QLocale.FormatType.ShortFormat)
    days = now.date().daysTo(at.date())
    if days <= 0:
        return time
    if days == 1:
        return tr("tomorrow, {time}").format(time=time)
    day = locale.dayName(at.date().dayOfWeek()) if days < 7 else locale.toString(at.date(), tr("d MMM"))
    return tr("{day}, {time}").format(day=day, time=time)


def usual_sizes() -> list[str]:
    """The longest that ``show_size`` says of what people have, for how wide they are."""
    return [show_size(999), *(show_size(888_800 * 1_000**power) for power in range(3))]


def usual_times() -> list[str]:
    """The longest that ``show_time`` says, for how wide they are."""
    now = QDateTime.currentDateTime()
    days = [*range(1, 7), *range(365, 730, 15)]
    return [show_time(now.addDays(-ago).toMSecsSinceEpoch(), now) for ago in days]


def exact_time(at_ms: int | None) -> str:
    """For a tooltip."""
    at = _moment(at_ms)
    return QLocale().toString(at, QLocale.FormatType.LongFormat) if at.isValid() else ""


def show_name(name: str) -> str:
    """A file's name or path, with nothing in it that could mislead. Shown as plain text only."""
    return showable(name)


def short_name(name: str, longest: int) -> str:
    """The same in so many characters at most, for a menu or a button: its beginning and its end tell it apart."""
    return _cut(show_name(name), longest)


def wrappable(text: str) -> str:
    """The same without the middle of what is too long for a line and has no space: a file's name, a path."""
    return _TOO_LONG.sub(lambda found: _cut(found[0], _LONGEST_WORD), text)


def capital(said: str) -> str:
    """As a sentence begins."""
    return said[:1].upper() + said[1:]


def plain_tip(text: str) -> str:
    """For a tooltip, which Qt takes for markup if it looks like some."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>"


def plain_label(text: str) -> str:
    """For a menu entry or a button, where ``&`` marks a key."""
    return text.replace("&", "&&")


def _moment(at_ms: int | None) -> QDateTime:
    """In local time; not a valid one for none, or for what no calendar has."""
    if at_ms is None or not 0 <= at_ms < 2**53:
        return QDateTime()
    return QDateTime.fromMSecsSinceEpoch(at_ms)


def _cut(shown: str, longest: int) -> str:
    end = longest // 3
    return shown if len(shown) <= longest else f"{shown[: longest - end - 1]}…{shown[-end:]}"
