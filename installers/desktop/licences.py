"""The licences of what the bundle holds of others."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

_EXTRAS: Final = ("server", "desktop")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_TEXTS: Final = re.compile(r"(^|/)(LICEN[CS]E|COPYING|NOTICE|COPYRIGHT)[^/]*$", re.IGNORECASE)


def licences() -> str:
    """Of each distribution that Lockstep needs here, its licence and the texts that it comes with."""
    parts = ["Lockstep comes with these works of others.\n"]
    for found in sorted(needed(), key=lambda one: one.name.lower()):
        told = next((found.metadata[key] for key in ("License-Expression", "License") if key in found.metadata), "")
        heading = f"{found.name} {found.version}: {told.splitlines()[0] if told else 'see below'}"
        texts = [file.read_text("utf-8") for file in found.files or [] if _TEXTS.search(str(file))]
        parts.append("\n\n".join([f"{'=' * 100}\n{heading}", *texts]))
    return "\n\n".join(parts) + "\n"


def needed() -> list[Distribution]:
    """What is installed of that which Lockstep, with server and desktop, asks for, directly or not."""
    found: dict[str, Distribution] = {}
    waiting = _requirements(distribution("lockstep-sync"), _EXTRAS)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # of another system, or of an extra
            continue
        waiting += _requirements(found[name], ())
    return list(found.values())


def _requirements(of: Distribution, extras: tuple[str, ...]) -> list[str]:
    names = []
    for requirement in of.requires or []:
        wanted_for = re.search(r"extra *== *['\"]([\w-]+)['\"]", requirement)
        name = _NAME.match(requirement)
        if name is not None and (wanted_for is None or wanted_for[1] in extras):
            names.append(name[0])
    return names
