"""The API asked for all that its OpenAPI document allows, and for much that it does not."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from server_api.app import create_app
from server_api.contract.messages import ROOT
from server_api.routes.openapi import describe_api
from server_api.services import passwords
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import Api, make_server

CASES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 4}
"""Of each kind for each operation: so many that all of them take well under a minute."""
KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", quick)
        patch.setattr(passwords, "_NOBODY", quick.hash("nobody's"))
        server = make_server(tmp_path_factory.mktemp("api"), clock=FakeClock())
        server.store.check()
        api = Api(server, client=create_app(server).test_client())
        api.register()
        yield api.sign_in()
        server.database.close()


_SCHEMAS = "#/components/schemas/"
_ASKED = "Asked"


def with_known_ids(document: Any, ada: Api) -> Any:
    """The document, in which ids and hashes of requests are a few that the server knows or that come again.

    Others lead nowhere: a random epoch, say, is refused before anything else is looked at. What answers have stays.
    """
    schemas = document["components"]["schemas"]
    schemas |= {f"{_ASKED}{name}": _asked(schema, ada) for name, schema in schemas.items()}
    for operations in document["paths"].values():
        for operation in operations.values():
            for part in operation.keys() & {"requestBody", "parameters"}:
                operation[part] = _asked(operation[part], ada)
    return document


def _asked(schema: Any, ada: Api) -> Any:
    assert ada.session is not None
    if isinstance(schema, list):
        return [_asked(each, ada) for each in schema]
    if isinstance(schema, str):
        return schema.replace(_SCHEMAS, f"{_SCHEMAS}{_ASKED}")
    if not isinstance(schema, dict):
        return schema
    if schema.get("name") == "namespace_id":
        return schema | {"schema": {"enum": [str(UUID(bytes=ada.session.account.personal_namespace))]}}
    lengths = {
        24: [ROOT, *(bytes([number]) * 16 for number in range(1, 4))],
        44: [bytes([number]) * 32 for number in range(3)],
        8: [bytes(4), b"abcd"],
    }
    if schema.get("contentEncoding") == "base64" and schema.get("minLength") in lengths:
        return {"enum": [b64encode(each).decode() for each in lengths[schema["minLength"]]]}
    known = {name: _asked(each, ada) for name, each in schema.items()}
    if schema.keys() >= {"epoch", "number", "operations"}:  # what a commit begins with
        known["epoch"] = {"enum": [b64encode(ada.session.epoch).decode()]}
        known |= {"number": {"enum": [1]}, "seen_revision": {"enum": [None]}}
    return known


def answers(operation: Any, mode: GenerationMode, device: Api, checks: list[Any]) -> tuple[set[int], str]:
    """The statuses that came, and what was wrong. The device is of this operation alone: some end its session."""
    statuses: set[int] = set()

    @settings(
        max_examples=CASES[mode],
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        headers = {"Authorization": f"Bearer {device.token}", "Accept": "application/json"}
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=checks, headers=headers)

    try:
        ask()
    except FailureGroup as error:
        return statuses, "\n".join(str(each) for each in error.exceptions)
    return statuses, ""


@pytest.mark.embedded
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", CASES, ids=lambda mode: mode.value)
def test_whatever_is_asked_the_answer_is_one_that_the_document_tells_of(ada: Api, mode: GenerationMode) -> None:
    load_all_checks()
    checks = CHECKS.get_by_names(list(KEPT))
    app = ada.client.application
    app.extensions["lockstep-openapi"] = msgspec.json.encode(with_known_ids(describe_api(app), ada))
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", app)
    statuses: dict[str, set[int]] = {}
    failures: dict[str, str] = {}
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # there is nothing to be wrong about
        statuses[operation.label], failure = answers(operation, mode, ada.sign_in(device="Phone"), checks)
        if failure:
            failures[operation.label] = failure
    assert not failures, "\n\n".join(f"{label}: {failure}" for label, failure in failures.items())
    if mode is GenerationMode.POSITIVE:
        documented = {
            f"{method.upper()} {path}" for path, methods in describe_api(app)["paths"].items() for method in methods
        }
        assert documented - statuses.keys() == {"GET /v1/openapi.json"}, "the document itself is where this comes from"
        commits = statuses["POST /v1/namespaces/{namespace_id}/commits"]
        assert 200 in commits, f"the cases do not come past the first checks: {commits}"
    else:
        assert {400, 415} & set().union(*statuses.values())
