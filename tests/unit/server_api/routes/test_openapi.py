from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from uuid import UUID

from server_api.app import create_app
from server_api.services.server import Server
from tests.fixtures.servers import Api


def test_every_route_of_the_api_is_documented(server: Server) -> None:
    app = create_app(server)
    undocumented = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and "documentation" not in app.view_functions[rule.endpoint].__dict__
    ]
    assert undocumented == []


def test_the_document_has_every_route_and_method(server: Server) -> None:
    app = create_app(server)
    paths = app.test_client().get("/v1/openapi.json").get_json()["paths"]
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v1/"):
            path = re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule)
            assert {method.lower() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}} <= set(paths[path])


def test_every_reference_in_the_document_leads_somewhere(api: Api) -> None:
    response = api.client.get("/v1/openapi.json")
    document = response.get_json()
    schemas = document["components"]["schemas"]
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', response.get_data(as_text=True)))
    assert used <= set(schemas)
    assert document["openapi"].startswith("3.1")


def test_operations_have_names_of_their_own_and_say_what_they_do(api: Api) -> None:
    document = api.client.get("/v1/openapi.json").get_json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for operation in operations)


def test_what_needs_a_device_says_so(api: Api) -> None:
    paths = api.client.get("/v1/openapi.json").get_json()["paths"]
    assert paths["/v1/account"]["get"]["security"] == [{"device": []}, {"browser": []}]
    assert paths["/v1/server"]["get"]["security"] == []
    assert "401" in paths["/v1/account"]["get"]["responses"]


def test_every_number_that_a_request_may_bring_has_its_bounds(api: Api) -> None:
    document = api.client.get("/v1/openapi.json").get_json()
    schemas, unbounded, seen = document["components"]["schemas"], set[str](), set[str]()

    def walk(found: Any, where: str) -> None:
        if isinstance(found, list):
            for each in found:
                walk(each, where)
        elif isinstance(found, dict):
            if found.get("type") == "integer" and not {"minimum", "maximum"} <= found.keys():
                unbounded.add(where)
            name = str(found.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                walk(schemas[name], name)
            for key, each in found.items():
                walk(each, f"{where}.{key}")

    for path, methods in document["paths"].items():
        for operation in methods.values():
            walk(operation.get("requestBody"), path)
    assert unbounded == set(), "JSON brings numbers of any size"
    assert "CommitRequest" in seen


def test_a_number_that_msgpack_cannot_hold_is_refused(api: Api) -> None:
    device = api.sign_in()
    assert device.session is not None
    namespace = UUID(bytes=device.session.account.personal_namespace)
    some = b64encode(bytes(16)).decode()
    operation = {"type": "delete", "operation_id": some, "node_id": some, "base": some, "seen_seq": 0, "group": 2**64}
    body = {"epoch": b64encode(device.session.epoch).decode(), "number": 1, "operations": [operation]}
    headers = {"Authorization": f"Bearer {device.token}"}
    answered = api.client.post(f"/v1/namespaces/{namespace}/commits", json=body, headers=headers)
    assert (answered.status_code, answered.get_json()["code"]) == (400, "invalid-body")
    assert "group" in answered.get_json()["detail"]
