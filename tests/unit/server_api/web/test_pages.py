from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server_api.app import create_app
from server_api.services import accounts
from server_api.services.server import Server
from server_api.web.pages import describe_browser
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import PASSWORD

EMAIL = "ada@example.org"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def browser(server: Server) -> FlaskClient:
    accounts.add_account(server, EMAIL, PASSWORD, quota_bytes=10_000_000)
    client = create_app(server).test_client()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


@pytest.fixture
def link(server: Server, browser: FlaskClient) -> str:
    return f"/sign-in/{accounts.make_sign_in_link(server, EMAIL)}"


@pytest.fixture
def signed_in(browser: FlaskClient, link: str) -> FlaskClient:
    assert browser.post(link).status_code == 303
    return browser


def test_opening_the_link_consumes_nothing(browser: FlaskClient, link: str) -> None:
    for _ in range(3):
        page = browser.get(link)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
    assert browser.post(link).status_code == 303


def test_the_button_signs_the_browser_in(browser: FlaskClient, link: str) -> None:
    response = browser.post(link)
    assert response.headers["Location"] == "/"
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    page = browser.get("/").get_data(as_text=True)
    assert EMAIL in page
    assert "Firefox on Linux" in page
    assert "0 bytes of 10.0 MB in use" in page


def test_over_https_the_cookie_stays_there(browser: FlaskClient, link: str) -> None:
    response = browser.post(link, base_url="https://localhost")
    assert "Secure" in response.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in response.headers


def test_a_used_link_says_so_on_a_page(browser: FlaskClient, link: str) -> None:
    browser.post(link)
    for page in (browser.post(link), browser.get(link)):
        assert page.status_code == 401
        assert page.content_type.startswith("text/html")
        text = page.get_data(as_text=True)
        assert "used already" in text
        assert f"signed in as {EMAIL}" in text
        assert "<button" not in text
    browser.delete_cookie("lockstep_session")
    text = browser.get(link).get_data(as_text=True)
    assert EMAIL not in text
    assert "lockstep server user link" in text


def test_a_link_that_nobody_made_is_told_like_one_that_was_used(browser: FlaskClient) -> None:
    pages = [browser.get("/sign-in/made-up"), browser.post("/sign-in/made-up")]
    assert [page.status_code for page in pages] == [401, 401]
    assert all("works no more" in page.get_data(as_text=True) for page in pages)


def test_guessed_links_are_limited(browser: FlaskClient) -> None:
    statuses = [browser.post(f"/sign-in/guess{number}").status_code for number in range(25)]
    statuses += [browser.get(f"/sign-in/guess{number}").status_code for number in range(25)]
    assert statuses == [401] * 50
    assert browser.post("/sign-in/guess").status_code == 429
    assert browser.get("/sign-in/guess").status_code == 429


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://[localhost"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_send_the_forms(browser: FlaskClient, link: str, headers: dict[str, str]) -> None:
    assert browser.post(link, headers=headers).status_code == 403
    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert (
        browser.post(link, headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}).status_code == 303
    )


def test_signing_out_ends_the_session_for_good(signed_in: FlaskClient) -> None:
    cookie = signed_in.get_cookie("lockstep_session")
    assert cookie is not None
    assert "You are signed out" in signed_in.post("/sign-out").get_data(as_text=True)
    signed_in.set_cookie("lockstep_session", cookie.value)
    assert "Not signed in" in signed_in.get("/").get_data(as_text=True)


def test_the_session_ends_after_half_a_day(signed_in: FlaskClient, clock: FakeClock) -> None:
    clock.advance(12 * 3600 + 1)
    assert "Not signed in" in signed_in.get("/").get_data(as_text=True)


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_cookie_is_no_sign_in(browser: FlaskClient, cookie: str) -> None:
    browser.set_cookie("lockstep_session", cookie)
    assert "Not signed in" in browser.get("/").get_data(as_text=True)


def test_the_pages_need_no_scripts_and_no_inline_styles(signed_in: FlaskClient, link: str) -> None:
    for path in ("/", link, "/nothing"):
        response = signed_in.get(path, headers={"Accept": "text/html"})
        page = response.get_data(as_text=True)
        assert "<script" not in page
        assert "style=" not in page
        assert " on" not in [part[:3] for part in page.split('"')]
        assert "script" not in response.headers["Content-Security-Policy"].replace("default-src", "")


def test_the_style_sheet_is_served(browser: FlaskClient) -> None:
    with browser.get("/web/lockstep.css") as response:
        assert response.status_code == 200
        assert response.mimetype == "text/css"


def test_an_unknown_folder_is_a_page_that_says_so(signed_in: FlaskClient) -> None:
    response = signed_in.get("/?path=nothing/here", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "<h1>There is nothing here.</h1>" in response.get_data(as_text=True)


def test_the_command_for_another_device_is_safe_to_paste(server: Server, browser: FlaskClient) -> None:
    accounts.add_account(server, "$(reboot)@example.org", PASSWORD)
    browser.post(f"/sign-in/{accounts.make_sign_in_link(server, '$(reboot)@example.org')}")
    assert "--email &#39;$(reboot)@example.org&#39;" in browser.get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("", "Web browser"),
        ("curl/8", "Web browser"),
    ],
)
def test_a_browser_is_called_what_a_person_calls_it(agent: str, name: str) -> None:
    assert describe_browser(agent) == name
