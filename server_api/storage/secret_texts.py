"""Secrets that lie with AWS Secrets Manager, not in a setting: ``secretsmanager:NAME`` stands for the secret's text.

NAME is a name or an ARN, which says its region too. Credentials are found the way boto3 finds them.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import DecodeError, ValidationError

from server_api.contract.reading import from_json

SCHEME: Final = "secretsmanager:"


class SecretError(Exception):
    """The secret cannot be had; one line for the operator."""


def is_reference(text: str | None) -> bool:
    """Whether this is not the secret itself, but says where it lies."""
    return text is not None and text.startswith(SCHEME)


def read_secret(reference: str) -> str:
    """The secret's text, as it is now. Asks each time. Raises: SecretError."""
    import boto3  # noqa: PLC0415 - most servers need none of it here
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    name = reference.removeprefix(SCHEME)
    region = name.split(":")[3] if name.startswith("arn:") and name.count(":") >= 6 else None
    try:
        client = boto3.session.Session().client("secretsmanager", region_name=region)
        answer = client.get_secret_value(SecretId=name)
    except (BotoCoreError, ClientError) as error:
        raise SecretError(f"the secret {name} cannot be read from Secrets Manager: {error}") from error
    text = answer.get("SecretString")
    if not text:
        raise SecretError(f"the secret {name} holds no text")
    return str(text)


def read_sign_in(reference: str) -> dict[str, str]:
    """User and password of a secret as RDS keeps them: JSON with ``username`` and ``password``. Raises: SecretError."""
    name = reference.removeprefix(SCHEME)
    try:
        said = from_json(read_secret(reference), dict[str, Any])
        return {"user": str(said["username"]), "password": str(said["password"])}
    except (DecodeError, ValidationError, KeyError) as error:
        raise SecretError(f"the secret {name} is not JSON with username and password") from error
