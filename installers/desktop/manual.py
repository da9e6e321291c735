"""Manual pages and completions for shells, from what the commands say of themselves."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Final

import click
from click.shell_completion import get_completion_class

from server_api.contract.version import VERSION
from sync_engine.cli.commands import lockstep

NAME: Final = "lockstep"
COMPLETIONS: Final = {
    "bash": "bash-completion/completions/lockstep",
    "zsh": "zsh/vendor-completions/_lockstep",
    "fish": "fish/vendor_completions.d/lockstep.fish",
}
"""Where each shell looks, below ``share``."""
_FISH_PATHS: Final = "complete --do-complete \"'' $metadata[2]\""
"""As fish completes them for a command that it does not know: its function for paths makes nothing of a ``~``."""
_EXAMPLE: Final = re.compile(r"^Examples?:\s*", re.MULTILINE)
_EXIT_CODES: Final = (
    ("0", "It is done."),
    ("1", "It is done in part, or something needs a person."),
    ("2", "The command line was not understood."),
    ("3", "The server cannot be reached."),
    ("4", "The device is not signed in."),
    ("5", "Deletions are held until somebody confirms them."),
    ("130", "It was interrupted."),
)


def manual_pages() -> dict[str, str]:
    """Of ``lockstep`` and each of its commands: the file's name, such as ``lockstep-share.1``, and its text."""
    return {f"{'-'.join(names)}.1": _page(names, context) for names, context in _commands()}


def completion(shell: str) -> str:
    """The script that has ``lockstep`` itself complete its words in ``bash``, ``zsh`` or ``fish``."""
    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(lockstep, {}, NAME, f"_{NAME.upper()}_COMPLETE")
    script = str(made.source_template % made.source_vars())  # without a look at which bash is here
    return script.replace("__fish_complete_path $metadata[2]", _FISH_PATHS)


def write_manual(share: Path) -> None:
    """Below ``share``, as systems look for them."""
    pages = share / "man/man1"
    pages.mkdir(parents=True)
    for name, text in manual_pages().items():
        (pages / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    for shell, place in COMPLETIONS.items():
        (share / place).parent.mkdir(parents=True, exist_ok=True)
        (share / place).write_text(completion(shell), "utf-8")


def _commands() -> Iterator[tuple[list[str], click.Context]]:
    waiting = [([NAME], click.Context(lockstep, info_name=NAME, **lockstep.context_settings))]
    while waiting:
        names, context = waiting.pop(0)
        yield names, context
        if isinstance(context.command, click.Group):
            for name in context.command.list_commands(context):
                command = context.command.get_command(context, name)
                if command is not None and not command.hidden:
                    waiting.append(([*names, name], click.Context(command, parent=context, info_name=name)))


def _page(names: list[str], context: click.Context) -> str:
    command = context.command
    told, _, examples = _parted(cleandoc(command.help or ""))
    first, _, rest = told.partition("\n\n")
    title = "-".join(names).upper()
    lines = [
        f'.TH "{title}" "1" "" "Lockstep {VERSION}" "Lockstep"',
        ".SH NAME",
        f"{_plain('-'.join(names))} \\- {_plain(_sentence(command.get_short_help_str(200)))}",
        ".SH SYNOPSIS",
        f".B {_plain(' '.join(names))}",
        _plain(" ".join(command.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        *_paragraphs(f"{first}\n\n{rest}".strip()),
    ]
    options = [record for one in command.get_params(context) if (record := one.get_help_record(context)) is not None]
    lines += _list("OPTIONS", options)
    if isinstance(command, click.Group):
        lines += _list("COMMANDS", _own_commands(command, context))
    if examples:
        lines += [".SH EXAMPLES", ".nf", *map(_plain, filter(None, examples.splitlines())), ".fi"]
    if len(names) == 1:
        lines += _list("EXIT STATUS", _EXIT_CODES)
        lines += _list("ENVIRONMENT", [("LOCKSTEP_HOME", "The profile, as --home names it.")])
    lines += [".SH SEE ALSO", ", ".join(f".BR {_plain(one)} (1)" for one in _related(names))]
    return "\n".join(lines) + "\n"


def _parted(text: str) -> tuple[str, str, str]:
    """What it says; the word "Example"; and the examples, one a line."""
    found = _EXAMPLE.search(text)
    if found is None:
        return text, "", ""
    examples = _EXAMPLE.sub("", text[found.start() :])
    return text[: found.start()].strip(), found[0], "\n".join(line.strip() for line in examples.splitlines())


def _own_commands(group: click.Group, context: click.Context) -> list[tuple[str, str]]:
    found = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return [(name, one.get_short_help_str(200)) for name, one in found if one is not None and not one.hidden]


def _related(names: list[str]) -> list[str]:
    return ["-".join(names[:-1])] if len(names) > 1 else [f"{NAME}-up", f"{NAME}-link", f"{NAME}-desktop"]


def _list(title: str, entries: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[str]:
    lines = [f".SH {title}"] if entries else []
    for name, told in entries:
        lines += [".TP", f".B {_plain(name)}", _plain(told) or "\\&"]
    return lines


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
        literal = paragraph.startswith("\b")
        said = [_plain(line) for line in paragraph.replace("\b", "").splitlines() if line.strip()]
        lines += [*([".PP"] if number else []), *([".nf", *said, ".fi"] if literal else said)]
    return lines


def _sentence(text: str) -> str:
    return text.rstrip(".")


def _plain(text: str) -> str:
    """With nothing in it that roff would take for its own."""
    escaped = text.strip().replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
