"""Whether a file is safe is never told too well."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.daemon import Failure
from desktop.models.details import Known, facts, judge
from desktop.session import Session
from sync_engine.control.messages import GetPathStatus, PathAnswer
from sync_engine.control.questions import DETAILS
from sync_engine.core.reports import PathStatus
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.examples import details


def test_what_is_in_step_and_was_read_back_is_safe() -> None:
    safety = judge(item("a.jpg"), details(), None, None)
    assert (safety.level, safety.headline) == ("good", "Safe")
    said = " ".join(safety.sentences)
    assert "On the server since" in said
    assert "read back" in said
    assert "on this device too" in said
    assert "Also on Phone (as of " in said
    assert "Desktop" not in said, "that is this device"


def test_only_devices_that_said_so_have_a_file() -> None:
    none = " ".join(judge(item("a.jpg"), details(kept_by=[]), None, None).sentences)
    assert "No other device has said that it has it" in none
    of_an_older_server = " ".join(judge(item("a.jpg"), details(kept_by=None), None, None).sentences)
    assert "Phone" not in of_an_older_server
    assert "No other device" not in of_an_older_server


def test_what_other_devices_have_is_told_of_what_is_not_here() -> None:
    away = item("a.jpg", state="excluded", is_here=False)
    said = " ".join(judge(away, details(), None, None).sentences)
    assert "On Phone (as of " in said
    told = {fact.name: fact.value for fact in facts("a.jpg", away, details(), None)}
    assert told["On"].startswith("Phone (as of ")
    assert told["Written by"] == "Phone"


@pytest.mark.parametrize("state", ["pending", "uploading", "problem", "ignored", "conflict"])
def test_what_is_not_in_step_is_never_called_safe(state: str) -> None:
    for known in (details(), None):
        safety = judge(item("a.jpg", state=state), known, None, None)
        assert safety.level in {"warn", "bad"}
        assert safety.headline != "Safe"
        assert safety.sentences


def test_what_was_not_read_back_yet_is_not_called_safe() -> None:
    safety = judge(item("a.jpg"), details(verified_at=None), None, None)
    assert safety.level != "good"
    assert "not checked yet" in safety.headline


def test_what_the_server_has_not_is_not_called_safe() -> None:
    assert judge(item("a.jpg", is_on_server=False), None, None, None).level == "warn"
    assert judge(item("a.jpg"), None, None, Failure("not-found")).headline == "Not on the server"


def test_where_nobody_answers_nothing_is_claimed() -> None:
    safety = judge(item("a.jpg"), None, None, Failure("unreachable"))
    assert (safety.level, safety.headline) == ("secondary", "Cannot be told now")


def test_the_reason_of_a_problem_is_told() -> None:
    status = PathStatus("a.jpg", "problem", "unheard-of", "The name is too long.")
    assert judge(item("a.jpg", state="problem"), details(), status, None).sentences[0] == "The name is too long."


def test_a_file_that_the_daemon_does_not_know_yet_has_no_reason_to_tell() -> None:
    status = PathStatus("a.jpg", "unknown", "not-found")
    said = judge(item("a.jpg", state="pending", is_on_server=False), None, status, None).sentences
    assert said[0] == "It waits for its turn."


def test_what_is_not_on_this_device_says_so() -> None:
    safety = judge(item("a.jpg", state="excluded", is_here=False), details(), None, None)
    assert safety.level == "good"
    assert any("not on this device, as you chose" in each for each in safety.sentences)


def test_server_and_daemon_are_asked(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    daemon.answer_server(DETAILS, lambda *_: details())
    daemon.answers[GetPathStatus] = lambda request: PathAnswer(PathStatus(request.path, "in-step"))
    known = Known(session, session)
    known.follow("a.jpg", item("a.jpg"))
    assert known.safety.headline == "Asking the server…"
    qtbot.waitUntil(lambda: known.details is not None and known.status is not None)
    assert known.safety.headline == "Safe"


def test_names_in_facts_are_harmless() -> None:
    found = facts("a\u202eb/c.jpg", item("c.jpg", size=10), details(), "/home/a\u202eb/c.jpg")
    assert all("\u202e" not in fact.value for fact in found)
    assert [fact.value for fact in found if fact.name == "Kind"] == ["JPG picture"]
