"""Secrets in memory."""

from __future__ import annotations


class FakeKeychain:
    """``ports.Keychain``. Attributes: secrets; writes, each value that was ever written."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = secrets
        self.writes: list[str] = []

    def read(self, name: str) -> str | None:
        return self.secrets.get(name)

    def write(self, name: str, secret: str) -> None:
        self.secrets[name] = secret
        self.writes.append(secret)

    def delete(self, name: str) -> None:
        self.secrets.pop(name, None)

    def description(self) -> str:
        return "memory"
