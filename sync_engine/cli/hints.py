"""Hints: commands in backticks that a person can paste, also who works with ``--home``."""

from __future__ import annotations

import re
import shlex
from typing import Final

import click

from sync_engine.core.showing import showable

_COMMAND: Final = re.compile(r"`lockstep (?!--home |server\b|[^`]*` (?:on another device|there))")
"""But those of operators, and those for another device."""

_NOT_IN_QUOTES: Final = set('"$`\\!')


def say(text: str, *, err: bool = False) -> None:
    """A line for people, its commands made ``pastable``."""
    context = click.get_current_context(silent=True)
    given = (context.find_root().obj or {}).get("home_given") if context is not None else None
    click.echo(pastable(text, given), err=err)


def quoted(word: str) -> str:
    """One word of a command in a hint, whatever it is: a path, mostly."""
    shown = showable(word)
    if "'" in shown and not _NOT_IN_QUOTES & set(shown):  # a conflicted copy, say
        return f'"{shown}"'
    return shlex.quote(shown)


def pastable(text: str, home: str | None) -> str:
    """The text, each `lockstep …` in it with the ``--home`` that this command was given; ``None`` if it was not.

    A home that the environment names holds for what is pasted there, too.
    """
    return text if home is None else _COMMAND.sub(lambda _: f"`lockstep --home {shlex.quote(home)} ", text)
