"""Every code that a person can meet, from wherever it comes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sync_engine
from server_api.contract.messages import ErrorCode, Refusal
from sync_engine.adapters import store
from sync_engine.core import constraints, exclusion, platform_names
from sync_engine.core.reports import STOPPED
from sync_engine.engine import intake
from sync_engine.engine.loop import WARNINGS
from sync_engine.errors import EngineError

_TOLD_BY_CONSTANT = (constraints, exclusion, platform_names, intake, store)
_CODE_IS_ARGUMENT = {"Problem": 1, "PathProblem": 1, "Refused": 1, "Issue": 3, "PathStatus": 2}
_NO_CODE = {intake.OUT_OF_PLACE}


def all_codes() -> set[str]:
    codes = {kind.code for kind in _all_kinds(EngineError) if kind.__module__.startswith("sync_engine.")}
    codes |= {code.value for code in ErrorCode} | {reason.value for reason in Refusal}
    return codes | {*_constants()} | {*_literals()} | WARNINGS | {STOPPED}


def _all_kinds(kind: type[EngineError]) -> Iterator[type[EngineError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _all_kinds(child)


def _constants() -> Iterator[str]:
    for module in _TOLD_BY_CONSTANT:
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_") and isinstance(value, str) and value not in _NO_CODE:
                yield value


def _literals() -> Iterator[str]:
    """Codes that the source writes where it tells of something."""
    for path in Path(sync_engine.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = _CODE_IS_ARGUMENT.get(node.func.id)
            if place is None or len(node.args) <= place:
                continue
            match node.args[place]:
                case ast.Constant(value=str() as code):
                    yield code
