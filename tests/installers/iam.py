"""What IAM would decide: by the policies of one who asks, for an action on a resource.

Denied unless a statement allows it, and denied whatever others say if one denies it ("Policy evaluation logic" in IAM's
user guide; identity policies alone). A condition of a kind that is not known here is an error.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3
import cfnlint

_ACTIONS: Final = Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json"


def policies_of(role: str) -> list[dict[str, Any]]:
    """The statements of a role's own policies, as IAM tells them."""
    iam = boto3.client("iam")
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    statements: list[dict[str, Any]] = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if isinstance(document, str):  # moto tells one that came by a template as Python writes it
            document = ast.literal_eval(document)
        statements += document["Statement"]
    return statements


def is_allowed(statements: Iterable[Mapping[str, Any]], action: str, resource: str, **context: str) -> bool:
    """``context``: condition keys with ``_`` for ``:``, such as ``s3_prefix``."""
    return action.lower() in _allowed(statements, [action.lower()], resource, context)


def reach(statements: Iterable[Mapping[str, Any]], resource: str) -> set[str]:
    """Of every action that there is, those that are allowed on the resource."""
    return _allowed(statements, all_actions(), resource, {})


def _allowed(
    statements: Iterable[Mapping[str, Any]], actions: Iterable[str], resource: str, context: Mapping[str, str]
) -> set[str]:
    effects: dict[str, set[str]] = {"Allow": set(), "Deny": set()}
    for each in statements:
        if _is_about(each, resource, context):
            said = re.compile("|".join(_pattern(action.lower()) for action in _listed(each["Action"])))
            effects[each["Effect"]] |= {action for action in actions if said.fullmatch(action)}
    return effects["Allow"] - effects["Deny"]


@cache
def all_actions() -> list[str]:
    """Every action of every service, in lower case, as of AWS's service authorization reference."""
    services: dict[str, Any] = json.loads(_ACTIONS.read_text())
    return sorted(f"{service}:{action}" for service, found in services.items() for action in found["Actions"])


def _is_about(statement: Mapping[str, Any], resource: str, context: Mapping[str, str]) -> bool:
    assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}, statement
    return any(_matches(each, resource) for each in _listed(statement["Resource"])) and all(
        _holds(kind, said, context) for kind, said in statement.get("Condition", {}).items()
    )


def _holds(kind: str, said: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    assert kind in {"StringEquals", "StringLike"}, f"{kind} is not known here"
    compare = _matches if kind == "StringLike" else str.__eq__
    known = {name.replace("_", ":"): value for name, value in context.items()}
    return all(
        key in known and any(compare(each, known[key]) for each in _listed(value)) for key, value in said.items()
    )


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(_pattern(pattern), text) is not None


def _pattern(said: str) -> str:
    return re.escape(said).replace(r"\*", ".*").replace(r"\?", ".")


def _listed(said: Any) -> list[str]:
    return said if isinstance(said, list) else [said]
