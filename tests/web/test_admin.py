"""What admins of a server see and do, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page, expect

from server_api.contract.admin import PackStates, StoreUse
from server_api.services.figures import Figures, Noted
from server_api.services.state import write_note
from tests.fixtures import backends
from tests.fixtures.servers import PASSWORD, RunningServer, run_server_command
from tests.web.conftest import Complaints
from tests.web.people import Person
from tests.web.test_files import toast
from tests.web.test_places import go

FORTY_DAYS = [
    Noted(f"2026-{10 + n // 30}-{n % 30 + 1:02}", changes=n * n, stored=n * 10**9, accounts=7, devices=n % 5)
    for n in range(40)
]


@pytest.fixture
def admin(person: Person, site: RunningServer, sign_in: Callable[[Page], Page], page: Page) -> Page:
    """The page of the server's figures and accounts, as an admin has it."""
    assert run_server_command(site.data, "user", "role", person.email, "admin").returncode == 0
    figures = Figures(
        at=1_795_000_000_000,
        stored=[StoreUse(store="directory", tier="standard", packs=12, size=39 * 10**9)],
        packs=[PackStates(state="verified", packs=12, size=39 * 10**9)],
        chunks=4_321,
        days=FORTY_DAYS,
    )
    with backends.current().database(site.data) as database, database.write() as work:
        write_note(work.connection, "figures", msgspec.msgpack.encode(figures))
    sign_in(page)
    go(page, "Server")
    return page


def choose(page: Page, person: Person, item: str) -> None:
    page.get_by_role("button", name=f"Change {person.email}").click()
    page.get_by_role("menuitem", name=item).click()


def confirm(page: Page) -> None:
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_figures_are_shown_as_bars_and_as_a_table(admin: Page, accessible: Callable[[Page], None]) -> None:
    changes = admin.get_by_role("figure").filter(has_text="Changes a day")
    expect(changes).to_contain_text("77")  # 39 times 39, less 38 times 38
    expect(changes.locator("rect")).to_have_count(40)
    changes.get_by_text("As a table").click()
    expect(changes.get_by_role("row").nth(1)).to_contain_text("77")
    expect(admin.get_by_role("figure").filter(has_text="Stored")).to_contain_text("39.0 GB")
    expect(admin.get_by_role("row").filter(has_text="read back and right")).to_contain_text("12")
    expect(admin.get_by_text("4,321 different pieces")).to_be_visible()
    expect(admin.get_by_text("Everything was never read back from the store yet")).to_be_visible()
    accessible(admin)


def test_an_account_gets_a_quota_another_role_and_is_disabled(
    admin: Page, site: RunningServer, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    complaints.expect("status of 40[13]")
    other = Person.registered(site.url)
    admin.reload()
    line = admin.get_by_role("listitem").filter(has_text=other.email)
    choose(admin, other, "Set the quota")
    admin.get_by_label("At most, in GB").fill("2.5")
    confirm(admin)
    expect(line).to_contain_text("0 bytes of 2.5 GB")
    choose(admin, other, "Make an admin")
    admin.get_by_label("Your password").fill("wrong")
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("alert")).to_have_text("The password is wrong.")
    confirm(admin)
    expect(toast(admin).last).to_have_text(f"{other.email} is an admin.")
    choose(admin, other, "Disable")
    confirm(admin)
    expect(line).to_contain_text("disabled")
    refused = new_page()
    answer = refused.request.post("/sign-in", form={"email": other.email, "password": PASSWORD})
    assert answer.status == 403 or "disabled" in answer.text()
    choose(admin, other, "Enable")
    confirm(admin)
    expect(line).not_to_contain_text("disabled")


def test_nobody_disables_or_demotes_itself_and_members_have_no_such_page(
    admin: Page, person: Person, site: RunningServer, new_page: Callable[..., Page]
) -> None:
    admin.get_by_role("button", name=f"Change {person.email}").click()
    expect(admin.get_by_role("menuitem")).to_have_text(["Set the quota …"])
    member = new_page()
    assert member.request.post("/sign-in", form={"email": Person.registered(site.url).email, "password": PASSWORD}).ok
    member.goto("/#/server")
    expect(member.get_by_role("heading", name="All files").or_(member.get_by_text("All files")).first).to_be_visible()
    expect(member.get_by_role("link", name="Server", exact=True)).to_have_count(0)
