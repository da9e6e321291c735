"""Fixtures for all tests."""

from __future__ import annotations

from hypothesis import settings

from tests.fixtures.content import content
from tests.fixtures.log import log, log_server, own_log
from tests.fixtures.s3 import s3_credentials, s3_server

__all__ = ["content", "log", "log_server", "own_log", "s3_credentials", "s3_server"]

# A busy machine is no failure, and the same tree passes or fails the same way twice. To explore, run with
# --hypothesis-profile=explore.
settings.register_profile("lockstep", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("lockstep")
