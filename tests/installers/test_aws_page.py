"""docs/aws.md says what is so, and docs/tried.md what AWS was not there for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.installers.aws_account import TEMPLATES, Deployed

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "aws.md"
SAID_TO_S3_ITSELF = {"AWS::S3::BucketPolicy"}


def test_its_costs_are_those_that_the_script_computes() -> None:
    script = [sys.executable, str(TEMPLATES / "costs.py")]
    tables = subprocess.run(script, capture_output=True, text=True, check=True).stdout.strip().split("\n\n")
    assert len(tables) == 3
    for table in tables:
        assert table in PAGE.read_text()


def test_it_names_every_part_and_what_the_emulator_leaves_out(full: Deployed) -> None:
    assert {file.name for file in TEMPLATES.glob("*.yaml")} <= set(re.findall(r"`([a-z]+\.yaml)`", PAGE.read_text()))
    left_out = re.findall(r"`(AWS::[A-Za-z0-9:]+)`", (DOCS / "tried.md").read_text())
    assert set(left_out) == full.left_out - SAID_TO_S3_ITSELF


def test_the_parameters_that_it_says_are_there_with_those_defaults(full: Deployed) -> None:
    text = PAGE.read_text()
    root = full.parts["root"]
    known = set(root.parameters)
    of_others = {"EnvironmentFile"}
    assert set(re.findall(r"\b([A-Z][A-Za-z]+)=", text)) - of_others <= known
    for names, defaults in re.findall(r"^\| (`[A-Z][^|(]*) \(([^)]*)\)", text, re.MULTILINE):
        for name, default in zip(re.findall(r"`(\w+)`", names), defaults.split(", "), strict=True):
            assert root.default(name) == default.strip("`").replace("none", ""), name
