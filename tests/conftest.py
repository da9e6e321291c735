"""Fixtures for all tests."""

from __future__ import annotations

from tests.fixtures.content import content
from tests.fixtures.s3 import s3_credentials, s3_server

__all__ = ["content", "s3_credentials", "s3_server"]
