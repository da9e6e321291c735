"""What is installed with each part is all that it imports: `pip install 'lockstep-sync[server]'` is enough."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SERVER = Path(__file__).parents[2] / "server_api"
LOAD_ALL = """
import importlib, pkgutil, sys
package, *missing = sys.argv[1:]
sys.modules.update(dict.fromkeys(missing))
for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
    if not module.name.startswith(("server_api.storage.migrations.", "desktop.languages.sources")):
        importlib.import_module(module.name)
"""


def installed_with(name: str, extras: set[str], seen: set[tuple[str, str]]) -> None:
    """All distributions that come along, each with each of its extras that is wanted."""
    for extra in {"", *extras}:
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            wanted = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # for another system
            continue
        for each in wanted:
            if each.marker is None or each.marker.evaluate({"extra": extra}):
                installed_with(canonicalize_name(each.name), each.extras, seen)


def imported() -> set[str]:
    names: set[str] = set()
    for file in SERVER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    ours = {"server_api", "types_boto3_s3", "_typeshed"}  # the latter two only for the type checker
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - ours


def test_the_server_imports_nothing_that_is_not_installed_with_it() -> None:
    seen: set[tuple[str, str]] = set()
    installed_with("lockstep-sync", {"server"}, seen)
    there = {name for name, _ in seen}
    known = packages_distributions()
    missing = {name for name in imported() if not there & {canonicalize_name(each) for each in known.get(name, ())}}
    assert missing == set()


@pytest.mark.parametrize(
    ("package", "extras"),
    [
        ("sync_engine", set()),
        ("server_api", {"server"}),
        pytest.param("desktop", {"desktop"}, marks=pytest.mark.screen),
    ],
)
def test_a_part_can_be_loaded_with_nothing_else(package: str, extras: set[str]) -> None:
    """What others import in turn counts as well: some ask for it by an extra alone."""
    seen: set[tuple[str, str]] = set()
    installed_with("lockstep-sync", extras, seen)
    there = {name for name, _ in seen}
    known = packages_distributions().items()
    others = [name for name, from_ in known if not there & {canonicalize_name(each) for each in from_}]
    command = [sys.executable, "-c", LOAD_ALL, package, *others]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
