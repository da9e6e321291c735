from __future__ import annotations

import mimetypes
from pathlib import Path

import pyotp
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server_api.app import create_app
from server_api.config import Registration
from server_api.contract.accounts import ConfirmFactor, EnrolledFactor, PasswordAgain, RecoveryCodes
from server_api.contract.messages import SignedRequest
from server_api.services import accounts
from server_api.services.server import Server
from server_api.web.entry import describe_browser
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import PASSWORD, Api, close_server, make_server

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


def turn_second_factor_on(server: Server, clock: FakeClock) -> str:
    """A code that was not used yet."""
    device = Api(server).sign_in(EMAIL)
    enrolled = device.call("POST", "/v1/account/second-factor/enrol", EnrolledFactor, PasswordAgain(password=PASSWORD))
    totp = pyotp.TOTP(enrolled.secret)
    code = totp.at(clock.now_ms() // 1000)
    device.call("POST", "/v1/account/second-factor/confirm", RecoveryCodes, ConfirmFactor(code=code))
    clock.advance(60)
    return totp.at(clock.now_ms() // 1000)


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
    assert EMAIL in browser.get("/").get_data(as_text=True)
    devices = browser.get("/v1/devices").get_json()["devices"]
    assert [(each["name"], each["kind"], each["is_current"]) for each in devices] == [
        ("Firefox on Linux", "browser", True)
    ]


def test_over_https_the_cookie_stays_there(browser: FlaskClient, link: str) -> None:
    response = browser.post(link, base_url="https://localhost")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lockstep_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert EMAIL in browser.get("/", base_url="https://localhost").get_data(as_text=True)
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
    assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers=headers).status_code == 403
    assert browser.post("/register", data=NEW, headers=headers).status_code == 403
    assert (
        browser.post(link, headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}).status_code == 303
    )


def test_signing_out_ends_the_session_for_good(signed_in: FlaskClient) -> None:
    cookie = signed_in.get_cookie("lockstep_session")
    assert cookie is not None
    assert "You are signed out" in signed_in.post("/sign-out").get_data(as_text=True)
    signed_in.set_cookie("lockstep_session", cookie.value)
    assert "<h2>Sign in</h2>" in signed_in.get("/").get_data(as_text=True)


def test_the_session_ends_after_half_a_day(signed_in: FlaskClient, clock: FakeClock) -> None:
    clock.advance(12 * 3600 + 1)
    assert "<h2>Sign in</h2>" in signed_in.get("/").get_data(as_text=True)


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_cookie_is_no_sign_in(browser: FlaskClient, cookie: str) -> None:
    browser.set_cookie("lockstep_session", cookie)
    assert "<h2>Sign in</h2>" in browser.get("/").get_data(as_text=True)


def scripts(policy: str) -> str:
    """What a content policy says of scripts."""
    return next((each for each in policy.split("; ") if each.startswith("script-src")), "none")


def test_pages_that_a_link_leads_to_need_no_scripts(browser: FlaskClient, link: str) -> None:
    for path in (link, "/sign-in/used", "/nothing"):
        response = browser.get(path, headers={"Accept": "text/html"})
        assert "<script" not in response.text
        assert scripts(response.headers["Content-Security-Policy"]) == "none"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_no_page_has_anything_inline(signed_in: FlaskClient, link: str) -> None:
    for path in ("/", "/sign-in", "/register", link, "/nothing"):
        page = signed_in.get(path, headers={"Accept": "text/html"}).text
        assert "style=" not in page
        assert "<style" not in page
        assert " on" not in [part[:3] for part in page.split('"')]
        assert all("src=" in script for script in page.split("<script")[1:])


def test_the_application_runs_its_own_modules_alone(signed_in: FlaskClient) -> None:
    for path in ("/", "/sign-in", "/register", "/web/app.js"):
        with signed_in.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert scripts(policy) == "script-src 'self' 'wasm-unsafe-eval'"
            assert policy.startswith("default-src 'none'")
            assert "frame-ancestors 'none'" in policy


def test_modules_have_the_type_that_browsers_insist_on(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.get("/web/app.js").close()  # the machine's own table is read by now
    for suffix in (".js", ".mjs", ".wasm"):
        monkeypatch.setitem(mimetypes.types_map, suffix, "text/plain")
    for path, type_ in (("app.js", "javascript"), ("vendor/pdf.min.mjs", "javascript"), ("vendor/jbig2.wasm", "wasm")):
        with browser.get(f"/web/{path}") as response:
            assert response.content_type.partition(";")[0].endswith(f"/{type_}")
            assert response.headers["Cache-Control"] == "no-cache"
            etag = response.headers["ETag"]
        with browser.get(f"/web/{path}", headers={"If-None-Match": etag}) as response:
            assert response.status_code == 304
    assert browser.get("/web/nothing.mjs").mimetype != "text/javascript"


@pytest.mark.embedded
def test_the_application_speaks_to_this_server_alone(signed_in: FlaskClient) -> None:
    policy = signed_in.get("/").headers["Content-Security-Policy"]
    assert "; connect-src 'self'; " in policy


@pytest.mark.embedded
def test_the_application_speaks_to_the_bucket_that_contents_lie_in(
    server: Server, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = SignedRequest(url="https://bucket.s3.example:9000/packs/any?X-Amz-Signature=1", expires_in_s=60)
    monkeypatch.setattr(type(server.store), "presign_get", lambda *_, **__: signed)
    policy = browser.get("/").headers["Content-Security-Policy"]
    assert "; connect-src 'self' https://bucket.s3.example:9000; " in policy


# --- by password -----------------------------------------------------------------------------------------------------


def given(browser: FlaskClient, password: str = PASSWORD, **fields: str) -> TestResponse:
    return browser.post("/sign-in", data={"email": EMAIL, "password": password, **fields})


def test_email_and_password_sign_a_browser_in(browser: FlaskClient) -> None:
    assert given(browser).headers["Location"] == "/"
    assert f'data-email="{EMAIL}"' in browser.get("/").text


def test_a_wrong_password_shows_the_form_again_with_the_address(browser: FlaskClient) -> None:
    for email in (EMAIL, "nobody@example.org"):
        response = browser.post("/sign-in", data={"email": email, "password": "wrong"})
        assert response.status_code == 401
        assert "Set-Cookie" not in response.headers
        assert "The email address or the password is wrong." in response.text
        assert f'value="{email}"' in response.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": EMAIL},
        {"email": "x" * 300, "password": PASSWORD},
        {"email": EMAIL, "password": "x" * 2_000},
        {"email": EMAIL, "password": PASSWORD, "code": "1" * 100},
        {"email": "no address", "password": PASSWORD},
        {"email": '"><script>', "password": PASSWORD},
    ],
    ids=["nothing", "no password", "long address", "long password", "long code", "no address", "markup"],
)
@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_what_no_form_sends_is_refused(browser: FlaskClient, path: str, fields: dict[str, str]) -> None:
    if path == "/register" and "code" in fields:
        fields = {**fields, "email": "x@"}
    response = browser.post(path, data=fields)
    assert response.status_code == 400
    assert "<script>" not in response.text
    assert "Set-Cookie" not in response.headers


def test_guessed_passwords_are_limited(browser: FlaskClient) -> None:
    assert {given(browser, f"guess {number}").status_code for number in range(10)} == {401}
    refused = given(browser)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_a_script_is_told_as_the_api_tells_it(browser: FlaskClient) -> None:
    headers = {"Lockstep-Browser": "1", "Accept": "application/problem+json"}
    response = browser.post("/sign-in", data={"email": EMAIL, "password": "wrong"}, headers=headers)
    assert (response.status_code, response.content_type) == (401, "application/problem+json")
    assert response.get_json(force=True)["code"] == "wrong-credentials"


def test_a_second_factor_is_asked_for(server: Server, browser: FlaskClient, clock: FakeClock) -> None:
    code = turn_second_factor_on(server, clock)
    asked = given(browser)
    assert asked.status_code == 401
    assert 'id="code" hidden' not in asked.text
    assert given(browser, code="000000").status_code == 401
    assert "<h2>Sign in</h2>" in browser.get("/").text
    assert given(browser, code=code).status_code == 303
    assert EMAIL in browser.get("/").text


def test_who_signs_in_again_leaves_the_session_before(browser: FlaskClient) -> None:
    given(browser)
    given(browser)
    assert len(browser.get("/v1/devices").get_json()["devices"]) == 1


def test_browsers_that_never_signed_out_are_forgotten(server: Server, browser: FlaskClient, clock: FakeClock) -> None:
    for _ in range(3):
        given(create_app(server).test_client())
    given(browser)
    assert len(browser.get("/v1/devices").get_json()["devices"]) == 4
    clock.advance(12 * 3600 + 1)
    given(browser)
    assert len(browser.get("/v1/devices").get_json()["devices"]) == 1


# --- new accounts ----------------------------------------------------------------------------------------------------

NEW = {"email": "new@example.org", "password": PASSWORD}


def test_a_new_account_is_signed_in_at_once(browser: FlaskClient) -> None:
    assert browser.post("/register", data=NEW).status_code == 303
    assert "new@example.org" in browser.get("/").text


def test_the_form_says_what_is_wrong(browser: FlaskClient) -> None:
    taken = browser.post("/register", data={**NEW, "email": EMAIL})
    assert (taken.status_code, "There is an account with this email address already." in taken.text) == (409, True)
    weak = browser.post("/register", data={**NEW, "password": "short"})
    assert (weak.status_code, "at least 8 characters" in weak.text) == (422, True)


def test_from_elsewhere_an_account_needs_an_invitation(server: Server, browser: FlaskClient) -> None:
    browser.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert 'name="invite"' in browser.get("/register").text
    assert browser.post("/register", data=NEW).status_code == 403
    assert browser.post("/register", data={**NEW, "invite": "made up"}).status_code == 403
    code = accounts.make_invitation(server, None)
    assert f'value="{code}"' in browser.get(f"/register?invite={code}").text
    assert browser.post("/register", data={**NEW, "invite": code}).status_code == 303
    assert browser.post("/register", data={**NEW, "email": "x@example.org", "invite": code}).status_code == 403


def test_a_server_that_takes_no_accounts_says_so(tmp_path: Path) -> None:
    closed = make_server(tmp_path / "closed", registration=Registration.CLOSED)
    client = create_app(closed).test_client()
    for response in (client.get("/register"), client.post("/register", data=NEW)):
        assert response.status_code == 403
        assert "new accounts" in response.text
    close_server(closed)


def test_the_style_sheet_is_served(browser: FlaskClient) -> None:
    with browser.get("/web/lockstep.css") as response:
        assert response.status_code == 200
        assert response.mimetype == "text/css"


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
