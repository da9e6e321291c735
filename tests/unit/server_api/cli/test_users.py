"""The operator's commands about accounts and their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server_api.workers.serving import last_address, open_listener, remember_address
from tests.fixtures.servers import PASSWORD
from tests.unit.server_api.cli.calling import EMAIL, run, sign_in

pytestmark = pytest.mark.embedded  # what the commands do where they are told a directory only


def test_an_added_account_can_sign_in_with_the_password_that_was_printed(data: Path) -> None:
    result = run(data, "user", "add", EMAIL)
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first == f"added {EMAIL}"
    assert sign_in(data, second.removeprefix("password: "))


def test_a_given_password_is_not_printed(data: Path) -> None:
    result = run(data, "user", "add", EMAIL, "--admin", "--quota", "10GiB", "--password-stdin", text_in=f"{PASSWORD}\n")
    assert result.stdout == f"added {EMAIL}\n"
    assert sign_in(data, PASSWORD)
    [listed] = json.loads(run(data, "user", "list", "--json").stdout)
    assert listed == {
        "email": EMAIL,
        "role": "admin",
        "disabled": False,
        "used": 0,
        "quota": 10 * 1024**3,
        "delete_at": None,
    }


def test_the_list_is_for_people_without_json(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--quota", "5G")
    line = run(data, "user", "list").stdout
    assert EMAIL in line
    assert "of 5.0 GB" in line


def test_the_same_account_twice_is_refused_in_one_line(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    result = run(data, "user", "add", EMAIL)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "lockstep server: There is an account with this email address already.\n"


def test_a_weak_password_is_refused_in_one_line(data: Path) -> None:
    result = run(data, "user", "add", EMAIL, "--password-stdin", text_in="short\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_a_disabled_account_comes_back_with_another_password(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD)
    assert run(data, "user", "disable", EMAIL).exit_code == 0
    assert not sign_in(data, PASSWORD)
    printed = run(data, "user", "password", EMAIL).stdout.splitlines()[-1]
    assert not sign_in(data, PASSWORD)
    assert sign_in(data, printed.removeprefix("password: "))


def test_a_link_is_an_address_that_can_be_opened(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    never_ran = run(data, "user", "link", EMAIL)
    assert never_ran.stdout.startswith("/sign-in/")
    assert "--public-url" in never_ran.stderr
    with open_listener("127.0.0.1", 0) as listener:
        remember_address(data, listener)
        runs = run(data, "user", "link", EMAIL)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert runs.stdout.startswith(f"{address}/sign-in/")
    assert runs.stderr == ""
    stopped = run(data, "user", "link", EMAIL)
    assert stopped.stdout.startswith(f"{address}/sign-in/")
    assert "start it" in stopped.stderr
    public = run(data, "user", "link", EMAIL, "--public-url", "https://files.example/")
    assert public.stdout.startswith("https://files.example/sign-in/")
    assert public.stderr == ""


@pytest.mark.parametrize(("host", "said"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])  # noqa: S104
def test_the_address_of_all_interfaces_is_this_computer(tmp_path: Path, host: str, said: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    (tmp_path / "address").write_text(f"http://{shown}:9\n")
    assert last_address(tmp_path) == (f"http://{said}:9", False)


@pytest.mark.parametrize("text", ["", "nonsense", "http://", "http://127.0.0.1:x", "\xff"])
def test_an_address_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "address").write_text(text, "latin-1")
    assert last_address(tmp_path) is None


def test_invitations_are_listed_withdrawn_and_sent(data: Path) -> None:
    code = run(data, "user", "invite", EMAIL).stdout.strip()
    assert run(data, "user", "invite", "--send").exit_code == 2
    assert run(data, "user", "invite", "eve@example.org", "--send").exit_code == 1, "it needs --public-url"
    sent = run(data, "user", "invite", "eve@example.org", "--send", "--public-url", "https://files.example.org")
    assert sent.exit_code == 0
    listed = json.loads(run(data, "user", "invitations", "--json").stdout)
    assert [(each["email"], each["id"] is None) for each in listed] == [(EMAIL, False), ("eve@example.org", True)]
    shown = run(data, "user", "invitations").stdout
    assert EMAIL in shown
    assert code not in shown
    assert run(data, "user", "uninvite", listed[0]["id"]).exit_code == 0
    assert run(data, "user", "uninvite", "eve@example.org").exit_code == 0
    assert run(data, "user", "uninvite", EMAIL).exit_code == 1
    assert "no invitations" in run(data, "user", "invitations").stdout


def test_an_account_is_exported(data: Path, tmp_path: Path) -> None:
    run(data, "user", "add", EMAIL)
    target = tmp_path / "export"
    assert run(data, "user", "export", EMAIL, str(target)).stdout == "0 files, 0 bytes\n"
    assert list(target.iterdir()) == []
    told = json.loads(run(data, "user", "export", EMAIL, str(target), "--all-versions", "--json").stdout)
    assert told == {"files": 0, "size": 0, "failed": []}
    (target / "mine").touch()
    refused = run(data, "user", "export", EMAIL, str(target))
    assert (refused.exit_code, "not empty" in refused.stderr) == (1, True)
    assert run(data, "user", "export", "nobody@example.org", str(target)).exit_code == 1


def test_what_goes_for_good_is_told_and_taken_back(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    assert "goes for good at" in run(data, "user", "delete", EMAIL).stdout
    assert "deleting" in run(data, "user", "list").stdout
    assert run(data, "user", "delete", EMAIL, "--cancel").exit_code == 0
    assert run(data, "user", "delete", EMAIL, "--cancel").exit_code == 1
    assert run(data, "user", "purge", EMAIL, "nothing").exit_code == 1
    assert run(data, "user", "purge", EMAIL, "nothing", "--cancel").exit_code == 1


def test_an_invitation_is_one_code_on_one_line(data: Path) -> None:
    for arguments in (["user", "invite"], ["user", "invite", EMAIL]):
        assert len(run(data, *arguments).stdout.strip()) >= 20


def test_an_unknown_account_is_one_line_and_code_1(data: Path) -> None:
    for name in ("disable", "link", "password"):
        result = run(data, "user", name, "nobody@example.org")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "lockstep server: There is no account with this email address.\n"


def test_the_operator_reads_what_was_recorded(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD)
    sign_in(data, "not this one")
    sign_in(data, PASSWORD)
    rows = json.loads(run(data, "audit", "--json").stdout)
    assert [row["action"] for row in rows] == ["account-added", "sign-in-refused", "signed-in"]
    assert (rows[-1]["account"], rows[-1]["device"]) == (EMAIL, "Laptop")
    assert len(json.loads(run(data, "audit", "--json", "--limit", "1").stdout)) == 1
    lines = run(data, "audit").stdout.splitlines()
    assert len(lines) == 3
    assert "sign-in-refused" in lines[1]
    assert PASSWORD not in "".join(lines)


def test_quota_role_and_whether_it_is_enabled_are_changed(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD)
    assert run(data, "user", "quota", EMAIL, "10GiB").exit_code == 0
    assert run(data, "user", "role", EMAIL, "admin").exit_code == 0
    run(data, "user", "disable", EMAIL)
    assert not sign_in(data, PASSWORD)
    assert run(data, "user", "enable", EMAIL).exit_code == 0
    assert sign_in(data, PASSWORD)
    [listed] = json.loads(run(data, "user", "list", "--json").stdout)
    assert (listed["role"], listed["disabled"], listed["quota"]) == ("admin", False, 10 * 1024**3)
    run(data, "user", "quota", EMAIL, "0")
    [listed] = json.loads(run(data, "user", "list", "--json").stdout)
    assert listed["quota"] is None
    recorded = [row["action"] for row in json.loads(run(data, "audit", "--json").stdout)]
    assert {"quota-set", "role-set", "account-enabled"} <= set(recorded)


@pytest.mark.parametrize("words", [("quota", EMAIL, "1"), ("role", EMAIL, "admin"), ("enable", EMAIL)])
def test_what_is_changed_of_nobody_is_refused_in_one_line(data: Path, words: tuple[str, ...]) -> None:
    result = run(data, "user", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_a_rule_for_old_versions_is_taken_or_refused_with_a_reason(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    assert run(data, "user", "retention", EMAIL, "1d:all 30d:1d").stdout == f"{EMAIL}: 1d:all 30d:1d\n"
    assert run(data, "user", "retention", EMAIL).stdout == f"{EMAIL}: forever:all\n"
    for rule in ("1h:all", "30d:1d 7d:all", "nonsense", "7d:1d 30d:all", "", "forever:all 1d:all", "1d:0m"):
        refused = run(data, "user", "retention", EMAIL, rule)
        assert refused.exit_code == 2, rule
    assert run(data, "gc", "--retention", "1d").exit_code == 2
    assert run(data, "gc", "--grace", "soon").exit_code == 2
