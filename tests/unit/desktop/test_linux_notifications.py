"""What is told to the notification server; that it arrives is shown on a real screen."""

from __future__ import annotations

import pytest

from desktop.linux_notifications import body_of


@pytest.mark.parametrize(
    ("abilities", "body"),
    [({"body-markup", "actions"}, "&lt;b&gt;Tom &amp; Ada&lt;/b&gt;"), ({"actions"}, "\u2039b>Tom & Ada\u2039/b>")],
)
def test_a_name_is_never_markup(abilities: set[str], body: str) -> None:
    assert body_of("<b>Tom & Ada</b>", abilities) == body
