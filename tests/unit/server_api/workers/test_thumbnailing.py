"""Thumbnails from the wish to the answer: made by a process of its own, shown to members, gone with their content."""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from server_api.contract.history import ThumbnailsRequest, ThumbnailState
from server_api.contract.messages import DeviceId, NamespaceId, RevisionId
from server_api.errors import NotFoundError
from server_api.services import thumbnails
from server_api.services.packs import verify_sealed
from server_api.services.server import Caller, Server
from server_api.services.thumbnails import Cache, is_thumbnail, read_thumbnail, sweep, want_thumbnails
from server_api.storage.tables import revision
from server_api.workers import thumbnailing
from server_api.workers.thumbnailing import make_thumbnails
from tests.fixtures.content import Content
from tests.fixtures.libraries import Library
from tests.fixtures.servers import Api
from tests.fixtures.shared import await_that

READY, MAKING, NONE, LATER = (ThumbnailState(word) for word in ("ready", "making", "none", "later"))


def picture(colour: str = "red") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(data, "PNG")
    return data.getvalue()


def states(library: Library, *revisions: bytes) -> list[ThumbnailState]:
    return want_thumbnails(library.server, library.namespace_id, [RevisionId(id_) for id_ in revisions])


def make_all(server: Server) -> None:
    while verify_sealed(server):
        pass
    await_that(lambda: not make_thumbnails(server), "the thumbnails to be made")


def cache_of(server: Server) -> Cache:
    return Cache(server.config.data)


def left_over(server: Server) -> list[Path]:
    return [*cache_of(server).work.iterdir(), *(wish.file for wish in cache_of(server).wishes())]


def test_a_picture_that_is_wanted_is_made_and_shown(library: Library) -> None:
    shown = library.save("photo.PNG", picture())
    assert states(library, shown) == [MAKING]
    with pytest.raises(NotFoundError):
        read_thumbnail(library.server, library.namespace_id, shown)
    make_all(library.server)
    assert states(library, shown) == [READY]
    version_id, data = read_thumbnail(library.server, library.namespace_id, shown)
    assert version_id == shown
    assert Image.open(io.BytesIO(data)).size == (256, 171)
    assert left_over(library.server) == []


def test_what_is_no_picture_is_tried_once_at_most(library: Library, content: Content) -> None:
    text, false, true = (
        library.save("a.txt", picture()),
        library.save("b.png", b"<svg/>"),
        library.save("c.gif", b"GIF"),
    )
    assert states(library, text, false, true, bytes(16)) == [NONE, MAKING, MAKING, NONE]
    make_all(library.server)
    assert states(library, false, true) == [NONE, NONE]
    assert left_over(library.server) == []
    content.clock.advance(time.time() - content.clock.now_ms() / 1000 + 8 * 24 * 3600)
    sweep(library.server)
    assert states(library, false) == [MAKING], "after a week it is tried again"


def test_another_namespace_s_pictures_are_as_good_as_none(library: Library, content: Content) -> None:
    shown = library.save("photo.png", picture())
    assert states(library, shown) == [MAKING]
    make_all(library.server)
    other = Library(content.server, content.caller("eve@example.org"))
    assert states(other, shown) == [NONE]
    with pytest.raises(NotFoundError):
        read_thumbnail(other.server, other.namespace_id, shown)
    with pytest.raises(NotFoundError):
        read_thumbnail(library.server, library.namespace_id, RevisionId(shown[:8] + bytes(8)))


def test_what_is_not_kept_any_more_is_not_shown_and_thrown_away(library: Library) -> None:
    shown, other = library.save("photo.png", picture()), library.save("other.png", picture("blue"))
    states(library, shown, other)
    make_all(library.server)
    with library.server.database.write() as work:
        gone = revision.update().where(revision.c.revision_id == shown).values(manifest=None)
        work.connection.execute(gone)
    with pytest.raises(NotFoundError):
        read_thumbnail(library.server, library.namespace_id, shown)
    assert states(library, shown, other) == [NONE, READY]
    assert sweep(library.server) == 1
    assert [file.name for *_, file in cache_of(library.server).entries()] == [f"{other.hex()}.webp"]


def test_the_cache_has_a_bound_and_what_was_asked_for_last_stays(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = library.save("1.png", picture("red")), library.save("2.png", picture("blue"))
    states(library, first, second)
    make_all(library.server)
    cache = cache_of(library.server)
    os.utime(cache.made(library.namespace_id, first), (2e9, 2e9))
    os.utime(cache.made(library.namespace_id, second), (1e9, 1e9))
    monkeypatch.setattr(thumbnails, "MAX_CACHE_BYTES", 6_000)
    assert sweep(library.server) == 1
    assert states(library, first, second) == [READY, MAKING]


def test_nobody_s_wishes_fill_the_queue(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = [library.save(f"{i}.png", picture() + bytes([i])) for i in range(3)]
    monkeypatch.setattr(thumbnails, "_WANTED_OF_ONE", 2)
    assert sorted(states(library, *shown)) == [LATER, MAKING, MAKING]
    assert sorted(states(library, *shown)) == [LATER, MAKING, MAKING], "those that wait keep their places"
    make_all(library.server)
    assert sorted(states(library, *shown)) == [MAKING, READY, READY]


def test_a_process_that_takes_too_long_is_killed(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(thumbnailing, "_program", lambda: [sys.executable, "-I", str(endless)])
    monkeypatch.setattr(thumbnailing, "_WALL_S", 0.1)
    shown = library.save("photo.png", picture())
    states(library, shown)
    make_all(library.server)
    assert states(library, shown) == [NONE]
    assert left_over(library.server) == []


def test_where_nothing_can_be_made_nothing_is_called_no_picture(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import nothing_of_that_name")
    monkeypatch.setattr(thumbnailing, "_program", lambda: [sys.executable, "-I", str(broken)])
    shown = library.save("photo.png", picture())
    states(library, shown)
    make_all(library.server)
    assert states(library, shown) == [MAKING]


@pytest.mark.parametrize("steps", range(4))
def test_after_a_kill_in_the_middle_it_is_made_all_the_same(
    library: Library, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    shown = library.save("photo.png", picture())
    while verify_sealed(library.server):
        pass
    states(library, shown)
    for _ in range(steps):
        make_thumbnails(library.server)
    library.server.thumbnailing = None  # whatever it was doing ends here
    wish = next(iter(cache_of(library.server).wishes()), None)
    if wish is not None:
        leftover = cache_of(library.server).work / "x.picture"
        leftover.parent.mkdir(exist_ok=True)
        leftover.write_bytes(b"half of it")
        os.utime(leftover, (1, 1))
    library.server.thumbnails_swept_until = 0.0
    make_all(library.server)
    assert states(library, shown) == [READY]
    assert left_over(library.server) == []


@pytest.mark.parametrize("torn", [b"", b"RIFF", b"<html>", b"RIFF\xff\0\0\0WEBPVP8 "])
def test_a_torn_file_is_not_served(library: Library, torn: bytes) -> None:
    shown = library.save("photo.png", picture())
    place = cache_of(library.server).made(library.namespace_id, shown)
    place.parent.mkdir(parents=True)
    place.write_bytes(torn)
    assert not is_thumbnail(torn)
    with pytest.raises(NotFoundError):
        read_thumbnail(library.server, library.namespace_id, shown)
    assert states(library, shown) == [MAKING]


def test_over_the_wire_it_is_a_picture_and_nothing_else(server: Server) -> None:
    api = Api(server)
    api.register()
    device = api.sign_in()
    assert device.session is not None
    namespace_id = NamespaceId(device.session.account.personal_namespace)
    path = f"/v1/namespaces/{UUID(bytes=namespace_id)}/thumbnails"
    missing = device.send("GET", f"{path}/{'0' * 32}")
    assert missing.status_code == 404
    for wrong in ("x", "00", "0" * 34, "..%2f..%2fserver.lock"):
        assert device.send("GET", f"{path}/{wrong}").status_code == 404
    assert device.send("POST", path, ThumbnailsRequest(revisions=[bytes(16)] * 200)).status_code == 200
    too_many = {"revisions": ["AAAAAAAAAAAAAAAAAAAAAA=="] * 201}
    assert (
        device.client.post(path, json=too_many, headers={"Authorization": f"Bearer {device.token}"}).status_code == 400
    )


def test_its_answer_has_one_type_and_may_be_kept_by_the_browser_alone(server: Server) -> None:
    api = Api(server)
    api.register()
    device = api.sign_in()
    assert device.session is not None
    caller = Caller(
        account_id=device.session.account.account_id,
        device_id=DeviceId(device.session.device_id),
        session_id=bytes(16),
        email="",
        role="member",
    )
    server.store.check()
    library = Library(server, caller)
    shown = library.save("photo.png", picture())
    states(library, shown)
    make_all(server)
    path = f"/v1/namespaces/{UUID(bytes=library.namespace_id)}/thumbnails/{shown.hex()}"
    answer = device.send("GET", path)
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"].startswith("private")
    assert device.send("GET", path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    api.register("eve@example.org")
    assert api.sign_in("eve@example.org").send("GET", path).status_code == 404
    assert api.send("GET", path).status_code == 401
