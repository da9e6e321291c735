from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from server_api.app import create_app
from server_api.services import accounts, mails
from server_api.services.server import Server
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.fixtures.servers import PASSWORD, make_server

EMAIL = "ada@example.org"
NEW = "another one 1"


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, mailer: FakeMailer) -> Iterator[Server]:
    made = make_server(tmp_path / "server", clock=clock, public_url="http://localhost")
    made.mailer = mailer
    accounts.add_account(made, EMAIL, PASSWORD)
    yield made
    made.database.close()


@pytest.fixture
def browser(server: Server) -> FlaskClient:
    client = create_app(server).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def link(server: Server, browser: FlaskClient, mailer: FakeMailer) -> str:
    assert "Look into your mail" in browser.post("/reset", data={"email": EMAIL}).get_data(as_text=True)
    while mails.send_due(server):
        pass
    found = re.search(r"http://localhost(/reset/[\w-]+)", mailer.sent[0].text)
    assert found is not None
    return found[1]


def signs_in(browser: FlaskClient, password: str) -> bool:
    body = {"email": EMAIL, "password": password, "device_name": "Laptop"}
    return browser.post("/v1/sessions", json=body).status_code == 201


def test_a_password_is_set_in_plain_forms(browser: FlaskClient, link: str) -> None:
    assert 'name="email"' in browser.get("/reset").get_data(as_text=True)
    for _ in range(2):
        assert 'name="password"' in browser.get(link).get_data(as_text=True)
    done = browser.post(link, data={"password": NEW, "again": NEW})
    assert "Your password is changed" in done.get_data(as_text=True)
    assert signs_in(browser, NEW)
    assert not signs_in(browser, PASSWORD)
    again = browser.post(link, data={"password": NEW, "again": NEW})
    assert again.status_code == 403
    assert "used already" in again.get_data(as_text=True)


def test_an_unknown_address_is_answered_the_same(browser: FlaskClient, link: str, mailer: FakeMailer) -> None:
    known = browser.post("/reset", data={"email": EMAIL})
    unknown = browser.post("/reset", data={"email": "nobody@example.org"})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [("short", "short", "at least 8"), (NEW, "another", "differ"), ("x" * 2000, "x" * 2000, "at most 1024")],
    ids=["short", "different", "long"],
)
def test_what_is_no_password_shows_the_form_again(
    browser: FlaskClient, link: str, password: str, again: str, said: str
) -> None:
    page = browser.post(link, data={"password": password, "again": again}).get_data(as_text=True)
    assert said in page
    assert 'name="password"' in page
    assert browser.post(link, data={"password": NEW, "again": NEW}).status_code == 200


def test_what_is_no_address_shows_the_form_again(browser: FlaskClient) -> None:
    assert "not an email address" in browser.post("/reset", data={"email": "ada"}).get_data(as_text=True)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_on_another_site_is_refused(browser: FlaskClient, link: str, headers: dict[str, str]) -> None:
    data = {"password": NEW, "again": NEW}
    assert browser.post(link, data=data, headers=headers).status_code == 403
    assert browser.post("/reset", data={"email": EMAIL}, headers=headers).status_code == 403
    assert signs_in(browser, PASSWORD)


def test_the_pages_allow_no_scripts_and_are_not_kept(browser: FlaskClient, link: str) -> None:
    for path in ("/reset", link, "/confirm/x"):
        page = browser.get(path)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["Cache-Control"] == "no-store"
        assert "<script" not in page.get_data(as_text=True)
        assert "Set-Cookie" not in page.headers


def test_without_a_public_url_the_form_says_so(browser: FlaskClient, tmp_path: Path) -> None:
    other = make_server(tmp_path / "other")
    page = create_app(other).test_client().get("/reset", headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert "--public-url" in page.get_data(as_text=True)
    other.database.close()


@pytest.mark.parametrize(
    ("config", "is_offered"),
    [
        ({"public_url": "http://localhost", "mail_url": "smtp://localhost", "mail_from": "a@example.org"}, True),
        ({"public_url": "http://localhost"}, False),
        ({"mail_url": "smtp://localhost", "mail_from": "a@example.org"}, False),
    ],
    ids=["links by mail", "no mail", "no address"],
)
def test_a_new_password_is_offered_where_mails_reach_people(
    tmp_path: Path, config: dict[str, Any], is_offered: bool
) -> None:
    other = make_server(tmp_path / "other", **config)
    browser = create_app(other).test_client()
    for path in ("/", "/sign-in"):
        assert ('href="/reset"' in browser.get(path).text) == is_offered
    assert ('href="/reset"' in browser.post("/sign-in", data={"email": "x"}).text) == is_offered
    other.database.close()


def test_another_address_is_confirmed_with_a_button(server: Server, browser: FlaskClient, mailer: FakeMailer) -> None:
    body = {"email": EMAIL, "password": PASSWORD, "device_name": "Laptop"}
    token = browser.post("/v1/sessions", json=body).get_json()["access_token"]
    change = {"password": PASSWORD, "new_email": "lovelace@example.org"}
    asked = browser.post("/v1/account/email", json=change, headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 202
    while mails.send_due(server):
        pass
    found = re.search(r"http://localhost(/confirm/[\w-]+)", mailer.sent[0].text)
    assert found is not None
    assert "Confirm" in browser.get(found[1]).get_data(as_text=True)
    assert "lovelace@example.org" in browser.post(found[1]).get_data(as_text=True)
    assert browser.post(found[1]).status_code == 403


def test_a_password_is_set_through_the_api(browser: FlaskClient, link: str) -> None:
    assert browser.post("/v1/password-resets", json={"email": "nobody@example.org"}).status_code == 202
    use = {"code": link.rpartition("/")[2], "new_password": NEW}
    assert browser.post("/v1/password-resets/use", json=use).status_code == 204
    assert browser.post("/v1/password-resets/use", json=use).get_json()["code"] == "url-invalid"
    assert signs_in(browser, NEW)
