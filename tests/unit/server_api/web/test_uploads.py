"""Links through which others add files."""

from __future__ import annotations

import io
import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from server_api.app import create_app
from server_api.contract.history import HistoryRequest, ListRequest
from server_api.contract.messages import MAX_BODY_BYTES
from server_api.contract.shares import CreateShare, Share
from server_api.errors import UnavailableError
from server_api.routes.slots import Slots
from server_api.services.accounts import used_bytes
from server_api.services.collection import collect
from server_api.services.history import read_history
from server_api.services.listing import list_entries
from server_api.services.packs import drop_expired
from server_api.services.reading import Reader
from server_api.services.server import Server
from server_api.storage.metered_store import MeteredStore
from server_api.storage.stores import ObjectStore
from server_api.storage.tables import account, pack
from server_api.storage.versions import read_version_ids
from server_api.web import uploads
from tests.fakes.clock import FakeClock
from tests.fixtures.sharing import Owner, get, path_of


def send(visitor: FlaskClient, share: Share, *files: tuple[str, bytes], **options: Any) -> TestResponse:
    return raw(visitor, share, b"".join(part(name, whole) for name, whole in files) + b"--x--\r\n", **options)


def contents(owner: Owner, folder: str = "inbox") -> dict[str, bytes]:
    """What the owner's devices find in the folder."""
    server, namespace_id = owner.log.server, owner.log.namespace_id
    entries = list_entries(server, namespace_id, ListRequest(path=folder)).entries
    with server.database.read() as connection:
        versions = read_version_ids(connection, namespace_id, [entry.revision_id for entry in entries])
    reader = Reader(server, namespace_id)
    read = {entry.path.removeprefix(f"{folder}/"): reader.read(versions[entry.revision_id]) for entry in entries}
    return {name: b"".join(map(bytes, pieces)) for name, pieces in read.items()}


def raw(visitor: FlaskClient, share: Share, body: bytes, length: int | None = None, **options: Any) -> TestResponse:
    return visitor.post(
        path_of(share) + "/upload",
        input_stream=io.BytesIO(body),
        content_length=len(body) if length is None else length,
        content_type="multipart/form-data; boundary=x",
        buffered=True,
        **options,
    )


def part(name: str, whole: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n' % (name.encode(), whole)


class Telling(MeteredStore):
    """A store to whose notices somebody listens."""

    has_notices = True

    def __init__(self, inner: ObjectStore, *, fails: bool = False) -> None:
        super().__init__(inner)
        self._fails = fails

    def put(self, key: str, source: BinaryIO) -> None:
        if self._fails and key.startswith("notices/"):
            raise UnavailableError
        super().put(key, source)


@pytest.fixture
def inbox(owner: Owner) -> Owner:
    owner.log.folder("inbox")
    return owner


@pytest.mark.every_database
@pytest.mark.scenario("S166")
def test_visitors_add_files_overwrite_nothing_and_see_nothing(inbox: Owner, visitor: FlaskClient) -> None:
    inbox.put("inbox/report.pdf", b"the owner's")
    share = inbox.share("inbox", upload=True, note="your <b>holiday</b> photos")
    page = get(visitor, share)
    assert (page.status_code, "report" in page.text, "inbox" in page.text, "<b>" in page.text) == (
        200, False, False, False
    )  # fmt: skip
    assert 'enctype="multipart/form-data"' in page.text
    large = bytes(range(256)) * 60_000
    files = [("report.pdf", b"a stranger's"), ("report.pdf", b"another"), ("empty", b""), ("large.bin", large)]
    sent = send(visitor, share, *files)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{path_of(share)}?received=4")
    thanks = visitor.get(sent.headers["Location"]).text
    assert "4 files were received" in thanks
    assert "report" not in thanks
    assert contents(inbox) == {
        "report.pdf": b"the owner's",
        "report (2).pdf": b"a stranger's",
        "report (3).pdf": b"another",
        "empty": b"",
        "large.bin": large,
    }
    for rest in ("/download", "/download?path=report.pdf", "/zip", "/view?path=report.pdf", "/download?path=large.bin"):
        assert get(visitor, share, rest).status_code == 404
    assert "report" not in get(visitor, share, "?path=report.pdf").text
    (listed,) = inbox.shares()
    assert (listed.upload, listed.downloads, listed.uploaded_bytes) == (True, 4, len(large) + 19)


def test_a_form_may_be_larger_than_any_other_request(inbox: Owner, visitor: FlaskClient) -> None:
    share = inbox.share("inbox", upload=True)
    large = random.Random(1).randbytes(MAX_BODY_BYTES + 1)
    assert send(visitor, share, ("large.bin", large)).status_code == 303
    assert contents(inbox) == {"large.bin": large}


@pytest.mark.scenario("S166")
def test_the_owner_is_told_which_link_brought_a_file_in(inbox: Owner, visitor: FlaskClient) -> None:
    share = inbox.share("inbox", upload=True, title="Lisbon photos")
    assert send(visitor, share, ("a.jpg", b"1")).status_code == 303
    (version,) = read_history(inbox.log.server, inbox.log.namespace_id, HistoryRequest(path="inbox/a.jpg")).versions
    assert version.device == "Link: Lisbon photos"
    devices = inbox.api.send("GET", "/v1/devices").data
    assert b"Lisbon" not in devices


@pytest.mark.scenario("S166")
def test_who_sends_what_is_there_already_cannot_tell(inbox: Owner, visitor: FlaskClient, server: Server) -> None:
    secret = b"the owner's secret " * 5_000
    inbox.put("secret", secret[: 64 * 1024], secret[64 * 1024 :])
    share = inbox.share("inbox", upload=True)

    def stored(whole: bytes) -> int:
        before = sum(found.size for found in server.store.list("packs/"))
        assert send(visitor, share, ("a", whole)).status_code == 303
        return sum(found.size for found in server.store.list("packs/")) - before

    first = stored(b"somebody's own file" * 5_000)
    assert stored(b"somebody's own file" * 5_000) == first, "it is sent and stored again"
    assert set(contents(inbox).values()) == {b"somebody's own file" * 5_000}


@pytest.mark.parametrize(
    ("fields", "files", "status"),
    [
        ({"max_file_bytes": 10}, [10], 303),
        ({"max_file_bytes": 10}, [5, 11], 413),
        ({"max_bytes": 20}, [10, 10], 303),
        ({"max_bytes": 20}, [10, 11], 413),
        ({"limit": 2}, [1, 1], 303),
        ({"limit": 2}, [1, 1, 1], 413),
    ],
)
@pytest.mark.scenario("S166")
def test_what_the_owner_allows_bounds_it_and_too_much_leaves_nothing(
    inbox: Owner, visitor: FlaskClient, server: Server, fields: dict[str, int], files: list[int], status: int
) -> None:
    share = inbox.share("inbox", upload=True, **fields)
    response = send(visitor, share, *((str(n), b"x" * size) for n, size in enumerate(files)))
    assert response.status_code == status, response.text
    assert len(contents(inbox)) == (len(files) if status == 303 else 0)
    if status != 303:
        while drop_expired(server):
            pass
        assert list(server.store.list("packs/")) == []


@pytest.mark.every_database
@pytest.mark.scenario("S166")
def test_limits_are_exact_however_many_send_at_once(
    inbox: Owner, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_UPLOADS", Slots(20, "Many.", most_each=20))
    share = inbox.share("inbox", upload=True, limit=3, max_bytes=1_000)
    app = create_app(server)  # Python 3.11 cannot compile its routes in several threads at once

    def come(number: int) -> int:
        return send(app.test_client(), share, ("same name", bytes([number]) * 10)).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(come, range(6))) == [303] * 3 + [410] * 3
    assert sorted(contents(inbox)) == ["same name", "same name (2)", "same name (3)"]
    assert get(create_app(server).test_client(), share).status_code == 410


@pytest.mark.every_database
def test_a_full_account_takes_nothing_and_does_not_say_how_full_it_is(
    inbox: Owner, visitor: FlaskClient, server: Server
) -> None:
    share = inbox.share("inbox", upload=True)
    with server.database.write() as work:
        work.connection.execute(update(account).values(quota_bytes=5_000))
    assert send(visitor, share, ("small", b"s")).status_code == 303
    refused = send(visitor, share, ("large", random.Random(1).randbytes(10_000)))
    assert (refused.status_code, "5,000" in refused.text, "5.0" in refused.text) == (507, False, False)
    assert list(contents(inbox)) == ["small"]
    with server.database.read() as connection:
        assert used_bytes(connection, inbox.log.account_id) < 1_000


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\eve\\\\x.txt", "x.txt"),
        ("..", "file"),
        (".lockstepignore", "_lockstepignore"),
        (".lockstep", "_lockstep"),
        ("CON.txt", "_CON.txt"),
        ("desktop.ini", "_desktop.ini"),
        ("a\u202etxt.exe", "a_txt.exe"),
        ("<script>.html", "_script_.html"),
        ("name. ", "name"),
        ("n" * 400 + ".txt", "n" * 235 + ".txt"),
        ("\u00fc" * 200, "\u00fc" * 119),
        ("\u65e5\u672c.jpg", "\u65e5\u672c.jpg"),
        ("   ", "file"),
    ],
)
def test_names_become_such_as_every_device_can_hold(inbox: Owner, visitor: FlaskClient, sent: str, kept: str) -> None:
    share = inbox.share("inbox", upload=True)
    assert raw(visitor, share, part(sent, b"1") + b"--x--\r\n").status_code == 303
    assert list(contents(inbox)) == [kept]


@pytest.mark.parametrize(
    ("body", "length"),
    [
        (part("a", b"whole") + part("b", b"half")[:-4], None),
        (part("a", b"whole"), None),
        (part("a", b"whole") + part("b", b"half"), 10_000),
        (part("a", b"x" * 3_000_000)[:-20], None),
        (b"", None),
        (b"nonsense", None),
        (b"--x\r\n", None),
        (b"--x\r\nNo-Disposition: at all\r\n\r\nx\r\n--x--", None),
        (b"--x\r\n" + b"H: x\r\n" * 200_000, None),
        (b"--x\r\nContent-Disposition: form-data; name=\xff; filename=\xff\r\n\r\nx\r\n--x", None),
    ],
    ids=range(10),
)  # fmt: skip
@pytest.mark.scenario("S166")
def test_what_ends_early_or_is_no_form_leaves_nothing(
    inbox: Owner, visitor: FlaskClient, server: Server, body: bytes, length: int | None
) -> None:
    share = inbox.share("inbox", upload=True)
    assert raw(visitor, share, body, length).status_code == 400
    assert contents(inbox) == {}
    while drop_expired(server):
        pass
    assert list(server.store.list("packs/")) == []
    assert inbox.shares()[0].downloads == 0


def test_a_form_without_a_file_adds_nothing(inbox: Owner, visitor: FlaskClient) -> None:
    share = inbox.share("inbox", upload=True)
    assert raw(visitor, share, part("", b"") + b"--x--\r\n").headers["Location"] == path_of(share)
    field = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file\r\n--x--\r\n'
    assert raw(visitor, share, field).status_code == 303
    assert contents(inbox) == {}


def test_who_sends_too_slowly_or_as_one_too_many_is_sent_away(
    inbox: Owner, visitor: FlaskClient, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = inbox.share("inbox", upload=True)

    class Trickle(io.BytesIO):
        def readinto(self, buffer: Any, /) -> int:
            clock.advance(50)
            return super().readinto(memoryview(buffer)[:1_000])

    slow = visitor.post(
        path_of(share) + "/upload",
        input_stream=Trickle(part("a", b"x" * 10_000) + b"--x--\r\n"),
        content_length=11_000,
        content_type="multipart/form-data; boundary=x",
    )
    assert (slow.status_code, "slowly" in slow.text) == (400, True)
    monkeypatch.setattr(uploads, "_UPLOADS", Slots(0, "Many send files just now.", most_each=1))
    assert send(visitor, share, ("a", b"1")).status_code == 503
    assert contents(inbox) == {}


def test_one_address_cannot_send_for_ever(inbox: Owner, visitor: FlaskClient) -> None:
    share = inbox.share("inbox", upload=True)
    answers = [raw(visitor, share, b"--x--\r\n").status_code for _ in range(62)]
    assert answers == [303] * 60 + [429] * 2


def test_a_program_is_told_how_many_came(inbox: Owner, visitor: FlaskClient) -> None:
    share = inbox.share("inbox", upload=True)
    answer = send(visitor, share, ("a", b"1"), ("b", b"2"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (201, {"received": 2})


@pytest.mark.scenario("S166")
def test_only_an_open_upload_link_takes_files(inbox: Owner, visitor: FlaskClient, server: Server) -> None:
    reading = inbox.share("inbox")
    locked = inbox.share("inbox", upload=True, password="open sesame")
    dead = inbox.share("inbox", upload=True)
    inbox.withdraw(dead)
    assert send(visitor, reading, ("a", b"1")).status_code == 404
    assert send(visitor, locked, ("a", b"1")).status_code == 404
    assert send(visitor, dead, ("a", b"1")).status_code == 410
    share = inbox.share("inbox", upload=True)
    evil = {"Origin": "https://evil.example"}
    assert send(visitor, share, ("a", b"1"), headers=evil).status_code == 403
    visitor.post(path_of(locked), data={"password": "open sesame"})
    assert send(visitor, locked, ("a", b"1")).status_code == 303
    inbox.log.delete(inbox.log.at("inbox"))
    assert send(visitor, share, ("b", b"1")).status_code == 410


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("a", {}),
        ("inbox", {"view_only": True}),
        ("inbox", {"pinned": True}),
        ("inbox", {"upload": False, "max_bytes": 1}),
    ],
)
def test_what_cannot_be_an_upload_link(inbox: Owner, path: str, fields: dict[str, Any]) -> None:
    inbox.put("a", b"1")
    response = inbox.api.send("POST", inbox.shares_path, CreateShare(path=path, **({"upload": True} | fields)))
    assert response.status_code == 400


def test_what_a_process_leaves_behind_that_dies_goes_with_its_registration(
    inbox: Owner, visitor: FlaskClient, server: Server, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = inbox.share("inbox", upload=True)
    with monkeypatch.context() as dying:
        for name in ("_add", "_give_up"):
            dying.setattr(f"server_api.services.receiving.{name}", _die)
        with pytest.raises(SystemExit):
            send(visitor, share, ("a", b"x" * 1_000))
    assert len(list(server.store.list("packs/"))) == 1
    collect(server)
    assert len(list(server.store.list("packs/"))) == 1, "it may yet be needed"
    clock.advance(25 * 3600)
    while drop_expired(server):
        pass
    assert list(server.store.list("packs/")) == []
    with server.database.read() as connection:
        assert connection.execute(select(pack)).all() == []


def _die(*_: object) -> None:
    raise SystemExit


def test_what_came_is_kept_by_collection(inbox: Owner, visitor: FlaskClient, server: Server, clock: FakeClock) -> None:
    share = inbox.share("inbox", upload=True)
    send(visitor, share, ("a", b"x" * 1_000))
    for _ in range(4):
        clock.advance(25 * 3600)
        collect(server)
    assert contents(inbox) == {"a": b"x" * 1_000}


def told(server: Server) -> list[dict[str, Any]]:
    return [json.loads(server.store.read_range(found.key, 0, 1_000)) for found in server.store.list("notices/")]


def test_each_upload_is_told_where_somebody_waits_for_it(inbox: Owner, visitor: FlaskClient, server: Server) -> None:
    share = inbox.share("inbox", upload=True, title="Photos of the trip")
    assert send(visitor, share, ("secret name.jpg", b"before")).status_code == 303
    assert told(server) == []
    server.store = Telling(server.store)
    assert send(visitor, share, ("a.jpg", b"one"), ("b.jpg", b"three")).status_code == 303
    notice = {
        "kind": "share-upload",
        "account": "ada@example.org",
        "link": "Photos of the trip",
        "files": 2,
        "bytes": 8,
    }
    assert told(server) == [notice]


def test_an_upload_is_there_even_if_it_cannot_be_told(inbox: Owner, visitor: FlaskClient, server: Server) -> None:
    share = inbox.share("inbox", upload=True)
    server.store = Telling(server.store, fails=True)
    assert send(visitor, share, ("a.jpg", b"one")).status_code == 303
    assert contents(inbox) == {"a.jpg": b"one"}
