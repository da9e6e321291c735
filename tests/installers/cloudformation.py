"""Reads a CloudFormation template as CloudFormation does: parameters, conditions and functions become values.

What only AWS can tell, of a resource that it has made, comes from whoever asks. As long as nobody can, it stays a
reference, and so do functions over it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from cfnlint.decode import decode

ACCOUNT: Final = "123456789012"
_DROPPED: Final = object()
_IN_SUB: Final = re.compile(r"\$\{(!?)([^}]+)\}")

Refer = Callable[[str, str], Any]
"""What a resource is called, or what an attribute of it is; a reference, if it is not known yet."""


def reference(resource: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": resource}


class Template:
    """One template with what was said for its parameters."""

    def __init__(self, file: Path, said: Mapping[str, Any], *, region: str, stack: str, refer: Refer) -> None:
        template, problems = decode(str(file))
        assert not problems, problems
        assert template is not None
        self._template: dict[str, Any] = template
        self._refer = refer
        self._known = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": _DROPPED,
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::StackName": stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        unknown = said.keys() - self._template.get("Parameters", {}).keys()
        assert not unknown, f"{file.name} has no parameter {unknown}"
        for name, parameter in self._template.get("Parameters", {}).items():
            self._known[name] = self._taken(name, parameter, said.get(name, parameter.get("Default")))

    @staticmethod
    def _taken(name: str, parameter: Mapping[str, Any], value: Any) -> Any:
        assert value is not None, f"{name} has to be said"
        allowed = [str(each) for each in parameter.get("AllowedValues", [value])]
        assert isinstance(value, dict) or str(value) in allowed, f"{name} is one of {allowed}"
        if parameter["Type"].startswith("List<"):
            return value.split(",") if isinstance(value, str) else value
        return value if isinstance(value, dict) else str(value)

    @property
    def parameters(self) -> list[str]:
        return list(self._template.get("Parameters", ()))

    def default(self, name: str) -> str:
        """Of a parameter."""
        return str(self._template["Parameters"][name]["Default"])

    @property
    def types(self) -> dict[str, str]:
        """By name, of all resources that there are under these conditions."""
        return {name: resource["Type"] for name, resource in self._resources().items()}

    def properties(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.value(self._template["Resources"][name].get("Properties", {}))
        return found

    def attribute(self, name: str, attribute: str) -> Any:
        """Such as DeletionPolicy."""
        return self.value(self._template["Resources"][name].get(attribute))

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        return {name: self.properties(name) for name, found in self.types.items() if found == kind}

    def outputs(self) -> dict[str, Any]:
        found = self._template.get("Outputs", {}).items()
        return {name: self.value(output["Value"]) for name, output in found if self._is_there(output)}

    def _resources(self) -> dict[str, Any]:
        return {name: each for name, each in self._template["Resources"].items() if self._is_there(each)}

    def _is_there(self, part: Mapping[str, Any]) -> bool:
        return "Condition" not in part or self._holds(part["Condition"])

    # --- functions -----------------------------------------------------------------------------------------------

    def value(self, said: Any) -> Any:
        if isinstance(said, list):
            return [each for each in map(self.value, said) if each is not _DROPPED]
        if not isinstance(said, dict):
            return said
        if len(said) == 1:
            (name, argument) = next(iter(said.items()))
            if name in self._FUNCTIONS:
                return self._FUNCTIONS[name](self, argument)
        values = {name: self.value(each) for name, each in said.items()}
        return {name: each for name, each in values.items() if each is not _DROPPED}

    def _ref(self, name: str) -> Any:
        if name in self._known:
            return self._known[name]
        assert name in self._template["Resources"], f"there is nothing called {name}"
        return self._refer(name, "")

    def _get_att(self, said: Any) -> Any:
        resource, _, attribute = said.partition(".") if isinstance(said, str) else (said[0], "", said[1])
        return self._refer(resource, attribute)

    def _sub(self, said: Any) -> Any:
        text, given = (said, {}) if isinstance(said, str) else said
        pieces: list[Any] = []
        end = 0
        for found in _IN_SUB.finditer(text):
            pieces.append(text[end : found.start()])
            end = found.end()
            is_literal, name = found.groups()
            if is_literal:
                pieces.append(f"${{{name}}}")
            elif name in given:
                pieces.append(self.value(given[name]))
            else:
                pieces.append(self._get_att(name) if "." in name else self._ref(name))
        return self._joined("", [*pieces, text[end:]])

    def _join(self, said: Any) -> Any:
        return self._joined(said[0], self.value(said[1]))

    @staticmethod
    def _joined(between: str, pieces: list[Any]) -> Any:
        if any(isinstance(piece, dict) for piece in pieces):
            return {"Fn::Join": [between, pieces]}
        return between.join(str(piece) for piece in pieces)

    def _select(self, said: Any) -> Any:
        index, found = int(said[0]), self.value(said[1])
        return found[index] if isinstance(found, list) else {"Fn::Select": [index, found]}

    def _split(self, said: Any) -> Any:
        text = self.value(said[1])
        return text.split(said[0]) if isinstance(text, str) else {"Fn::Split": [said[0], text]}

    def _zones(self, said: Any) -> list[str]:
        region = self.value(said) or self._known["AWS::Region"]
        return [f"{region}{zone}" for zone in "abc"]

    def _base64(self, said: Any) -> Any:
        text = self.value(said)
        return base64.b64encode(text.encode()).decode() if isinstance(text, str) else {"Fn::Base64": text}

    def _if(self, said: Any) -> Any:
        condition, then, otherwise = said
        return self.value(then if self._holds(condition) else otherwise)

    def _holds(self, said: Any) -> bool:
        if isinstance(said, str):
            return self._holds(self._template["Conditions"][said])
        ((name, argument),) = said.items()
        if name == "Fn::Equals":
            one, other = map(self.value, argument)
            return str(one) == str(other)
        if name == "Fn::Not":
            return not self._holds(argument[0])
        assert name in {"Fn::And", "Fn::Or"}, name
        return {"Fn::And": all, "Fn::Or": any}[name](map(self._holds, argument))

    _FUNCTIONS: Final[dict[str, Callable[[Template, Any], Any]]] = {
        "Ref": _ref,
        "Fn::GetAtt": _get_att,
        "Fn::Sub": _sub,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::GetAZs": _zones,
        "Fn::Base64": _base64,
        "Fn::If": _if,
    }
