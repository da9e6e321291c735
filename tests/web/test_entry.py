"""Getting in and out, in a real browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from server_api.contract.accounts import ConfirmFactor, EnrolledFactor, PasswordAgain, RecoveryCodes
from tests.fixtures.servers import PASSWORD, RunningServer, run_server_command
from tests.web.conftest import ELSEWHERE, Complaints
from tests.web.people import OtherDevice, Person


def enter(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_person_signs_in_by_password_and_out_again(page: Page, person: Person, complaints: Complaints) -> None:
    page.goto("/")
    enter(page, person.email)
    expect(page.locator("body.app")).to_have_attribute("data-email", person.email)
    page.goto("about:blank")  # else it notices, and goes to where one signs in by itself
    page.request.post("/sign-out")
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_told_and_what_was_typed_stays(page: Page, person: Person, complaints: Complaints) -> None:
    complaints.expect("status of 401")
    page.goto("/")
    enter(page, person.email, "wrong")
    expect(page.get_by_role("alert")).to_have_text("The email address or the password is wrong.")
    expect(page.get_by_label("Email address")).to_have_value(person.email)


def test_the_code_of_a_second_factor_is_asked_for_when_it_is_needed(
    page: Page, person: Person, device: OtherDevice, complaints: Complaints
) -> None:
    complaints.expect("status of 401")
    asked = PasswordAgain(password=PASSWORD)
    totp = pyotp.TOTP(device.post("/v1/account/second-factor/enrol", asked, EnrolledFactor).secret)
    confirmed = ConfirmFactor(code=totp.now())
    codes = device.post("/v1/account/second-factor/confirm", confirmed, RecoveryCodes).codes
    page.goto("/")
    enter(page, person.email)
    code = page.get_by_label("Code from your authenticator")
    code.fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The code is wrong, or it was used already.")
    code.fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("body.app")).to_have_attribute("data-email", person.email)


def test_a_new_account_is_made_and_signed_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    email = f"{secrets.token_hex(4)}@example.org"
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("body.app")).to_have_attribute("data-email", email)


def test_a_one_time_link_signs_in(page: Page, person: Person, site: RunningServer) -> None:
    link = run_server_command(site.data, "user", "link", person.email).stdout.strip()
    page.goto(urlsplit(link).path)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("body.app")).to_have_attribute("data-email", person.email)


@pytest.mark.parametrize("host", ["127.0.0.1", ELSEWHERE])
def test_forms_work_without_scripts_and_over_plain_http(
    new_page: Callable[..., Page], site: RunningServer, person: Person, host: str, complaints: Complaints
) -> None:
    complaints.expect("Cross-Origin-Opener-Policy header has been ignored")
    page = new_page(java_script_enabled=False)
    page.goto(f"http://{host}:{urlsplit(site.url).port}/")
    enter(page, person.email)
    expect(page.locator("body.app")).to_have_attribute("data-email", person.email)


def test_the_pages_by_which_one_gets_in_are_accessible(
    page: Page, accessible: Callable[[Page], None], complaints: Complaints
) -> None:
    complaints.expect("status of 401")
    for path in ("/", "/register", "/sign-in/used"):
        page.goto(path)
        accessible(page)
