"""How a link is told, and what a wish for one becomes."""

from __future__ import annotations

from msgspec import UNSET
from PySide6.QtCore import QDateTime

from desktop.models import links
from desktop.models.links import Wish, changes_nothing, facts
from server_api.contract.shares import CreateShare, EditShare
from tests.unit.desktop.examples import at, share

NOW = QDateTime.fromMSecsSinceEpoch(at(day=20, hour=12))


def test_a_link_is_told_in_words() -> None:
    assert facts(share(), NOW) == ["never expires", "0 downloads"]
    assert facts(share(expires_at=at(day=21, hour=9), limit=5, downloads=2, has_password=True), NOW) == [
        "until tomorrow",
        "2 of 5 downloads",
        "with a password",
    ]
    assert facts(share(state="paused", downloads=1, view_only=True, version_id=bytes(16)), NOW) == [
        "paused",
        "never expires",
        "1 download",
        "view only",
        "one version",
    ]
    assert facts(share(state="expired", expires_at=at(day=19)), NOW)[0] == "expired yesterday"
    upload = share(upload=True, downloads=3, max_bytes=2_000_000, uploaded_bytes=1_500_000)
    assert facts(upload, NOW) == ["others add files", "never expires", "3 files received", "1.5 MB of 2.0 MB"]


def test_what_a_link_leads_to_is_named_harmlessly() -> None:
    assert links.name_of(share(path="a/b\u202ec.txt")) == r"b\u{202e}c.txt"
    assert links.name_of(share(path=None, state="gone")) == "Deleted file"


def test_only_addresses_that_not_everybody_reaches_are_warned_of() -> None:
    assert links.reach_warning("anywhere") == ""
    assert "this computer only" in links.reach_warning("computer")
    assert "network only" in links.reach_warning("network")


def test_a_wish_leaves_out_what_does_not_go_together() -> None:
    wish = Wish(upload=True, pinned=True, view_only=True, max_bytes=5, title=" Party ")
    assert wish.to_create("Photos") == CreateShare(path="Photos", upload=True, max_bytes=5, title="Party")
    wish = Wish(view_only=True, max_bytes=5)
    assert wish.to_create("a.txt") == CreateShare(path="a.txt", view_only=True)


def test_an_edit_holds_only_what_is_to_be_different() -> None:
    was = share(expires_at=at(day=30), has_password=True, limit=5, title="Party", note="Hello")
    same = Wish(expires_at=UNSET, password=UNSET, limit=5, title="Party", note="Hello")
    assert changes_nothing(same.to_edit(was))
    assert Wish(expires_at=None, password=None, limit=None, title="", note="Hello").to_edit(was) == EditShare(
        expires_at=None, password=None, limit=None, title=""
    )
    assert changes_nothing(Wish().to_edit(share()))


def test_a_wish_that_makes_no_sense_says_why() -> None:
    assert Wish(expires_at=at(day=19)).why_not(at(day=20))
    assert Wish(password="").why_not()
    assert not Wish(expires_at=at(day=21), password="secret").why_not(at(day=20))


def test_made_passwords_differ_and_can_be_read_out() -> None:
    made = {links.make_password() for _ in range(20)}
    assert len(made) == 20
    assert all(len(each) == 14 and not set(each) & set("0o1l") for each in made)
