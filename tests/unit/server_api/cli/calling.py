"""Calls the operator's commands, in this process."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from server_api.cli import server as command
from tests.fixtures.servers import Api, make_server

EMAIL = "ada@example.org"


def run(data: Path, *arguments: str, text_in: str | None = None, **environment: str) -> Result:
    """One command, its place told by the environment."""
    variables = {"LOCKSTEP_SERVER_DATA": str(data), **environment}
    return CliRunner().invoke(command, arguments, input=text_in, env=variables, prog_name="lockstep server")


def sign_in(data: Path, password: str, email: str = EMAIL) -> bool:
    opened = make_server(data)
    body = {"email": email, "password": password, "device_name": "Laptop"}
    response = Api(opened).client.post("/v1/sessions", json=body)
    opened.database.close()
    return response.status_code == 201
