from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from server_api.routes.request_ids import begin_request, end_request
from server_api.workers.logs import configure_logs

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiJhYiJ9.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, raises = root.handlers[:], root.level, logging.raiseExceptions
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.raiseExceptions = raises


def test_a_record_is_one_json_document_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    logging.getLogger("lockstep.access").info("request", extra={"path": "/v1/server", "status": 200, "account": None})
    record = json.loads(capsys.readouterr().err)
    assert (record["event"], record["path"], record["status"], record["level"]) == (
        "request",
        "/v1/server",
        200,
        "info",
    )
    assert "account" not in record
    assert record["timestamp"].endswith("Z")


@pytest.mark.parametrize("style", ["json", "human"])
def test_no_secret_is_written(capsys: pytest.CaptureFixture[str], style: str) -> None:
    configure_logs(style)  # type: ignore[arg-type]
    log = logging.getLogger("lockstep.test")
    log.warning("seen %s at %s", JWT, "/sign-in/abcdefg")
    log.warning("fields", extra={"password": "hunter2", "refresh_token": "plain", "where": "/x?signature=abcdefg"})
    try:
        raise ValueError(f"broken by {JWT} and /sign-in/abcdefg")
    except ValueError:
        log.exception("failed")
    written = capsys.readouterr().err
    assert "ValueError" in written
    for secret in (JWT, "abcdefg", "hunter2", "plain"):
        assert secret not in written


def test_an_exception_shows_no_local_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("human")
    hidden = "a value nobody should read" + "!"
    try:
        raise ValueError(len(hidden))
    except ValueError:
        logging.getLogger("lockstep.test").exception("failed")
    assert hidden not in capsys.readouterr().err


def test_libraries_speak_only_of_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    logging.getLogger("botocore.auth").info("CanonicalRequest")
    logging.getLogger("alembic.runtime.migration").info("Running upgrade")
    assert capsys.readouterr().err == ""


def test_what_is_logged_for_a_request_carries_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    log = logging.getLogger("lockstep.test")
    made = begin_request()
    log.warning("the store does not answer")
    end_request()
    log.warning("nobody asked")
    during, after = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert during["request_id"] == made
    assert "request_id" not in after
