"""Fixtures for all tests."""

from __future__ import annotations

import functools
import signal

import botocore.session
import pytest
from hypothesis import settings

from tests.fixtures import backends, stack
from tests.fixtures.aws import aws
from tests.fixtures.backends import backend, backend_of_the_run, chosen_backend, lent_databases
from tests.fixtures.content import content
from tests.fixtures.databases import mariadb, postgresql
from tests.fixtures.disk import folder_on_disk
from tests.fixtures.log import log, log_server, own_log
from tests.fixtures.meeting import meeting
from tests.fixtures.s3 import s3_credentials, s3_server

__all__ = [
    "aws",
    "backend",
    "backend_of_the_run",
    "chosen_backend",
    "content",
    "folder_on_disk",
    "lent_databases",
    "log",
    "log_server",
    "mariadb",
    "meeting",
    "own_log",
    "postgresql",
    "s3_credentials",
    "s3_server",
]

# A shell that starts a command with "&" has it ignore Ctrl-C, and so would every process that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure, and the same tree passes or fails the same way twice. To explore, run with
# --hypothesis-profile=explore.
settings.register_profile("lockstep", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("lockstep")

# What boto3 knows of S3 is megabytes of JSON, which each store would read again: most of what opening one costs.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


def pytest_addoption(parser: pytest.Parser) -> None:
    backends.add_option(parser)
    stack.add_options(parser)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    backends.on_each_database(metafunc)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    backends.choose_for_backend(config, items)
