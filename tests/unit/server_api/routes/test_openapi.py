from __future__ import annotations

import re

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
    assert paths["/v1/account"]["get"]["security"] == [{"device": []}]
    assert paths["/v1/server"]["get"]["security"] == []
    assert "401" in paths["/v1/account"]["get"]["responses"]
