"""Fixtures for all tests."""

from __future__ import annotations

from hypothesis import settings

from tests.fixtures.content import content
from tests.fixtures.log import log, log_server, own_log
from tests.fixtures.s3 import s3_credentials, s3_server

__all__ = ["content", "log", "log_server", "own_log", "s3_credentials", "s3_server"]

settings.register_profile("lockstep", deadline=None)  # a busy machine is no failure
settings.load_profile("lockstep")
