"""Links that let others download, with a real server and whatever store it has."""

from __future__ import annotations

import http.client
import io
import ssl
import zipfile
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest

from tests.end_to_end.devices import Device
from tests.fixtures.shared import await_that
from tests.fixtures.stack import CommonServer

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


Visit = Callable[..., tuple[int, http.client.HTTPMessage, bytes]]


@pytest.fixture
def visit(common_server: CommonServer) -> Visit:
    """``visit(url, rest="", method="GET", *, body=None, **headers)``: as a stranger's browser that follows nothing."""
    return partial(_visit, common_server.authority)


def _visit(
    authority: Path | None, url: str, rest: str = "", method: str = "GET", **headers: Any
) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    body = headers.pop("body", None)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    if parts.scheme == "https":
        trusting = ssl.create_default_context(cafile=authority)
        connection = http.client.HTTPSConnection(parts.netloc, timeout=60, context=trusting)
    try:
        connection.request(
            method,
            parts.path + rest + (f"?{parts.query}" if parts.query else ""),
            body,
            {name.replace("_", "-"): v for name, v in headers.items()},
        )
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.scenario("S165")
def test_a_file_is_shared_moved_changed_and_taken_back(device: Make, visit: Visit) -> None:
    a = device("A")
    whole = bytes(range(256)) * 20_000
    (a.folder / "film.bin").write_bytes(whole)
    a.sync()
    made = a.run("share", "film.bin", "--expires", "7d", "--limit", "3", "--json").json
    assert made["limit"] == 3
    status, headers, page = visit(made["url"])
    assert (status, b"film.bin" in page) == (HTTPStatus.OK, True)
    status, headers, data = visit(made["url"], "/download")
    assert (status, data == whole) == (HTTPStatus.OK, True)
    assert headers["Content-Length"] == str(len(whole))
    ticket = headers["Set-Cookie"].partition(";")[0]
    status, headers, data = visit(made["url"], "/download", Range="bytes=3000000-", Cookie=ticket)
    if status == HTTPStatus.FOUND:  # a worker was quick
        status, headers, data = visit(urljoin(made["url"], headers["Location"]), Range="bytes=3000000-")
    assert (status, data == whole[3_000_000:]) == (HTTPStatus.PARTIAL_CONTENT, True)

    def is_sent_away() -> bool:
        return visit(made["url"], "/download", Range="bytes=1-", Cookie=ticket)[0] == HTTPStatus.FOUND

    await_that(is_sent_away, "the file to be published")
    _, headers, _ = visit(made["url"], "/download", Range="bytes=1-", Cookie=ticket)
    signed = urljoin(made["url"], headers["Location"])
    status, headers, data = visit(signed)
    assert (status, data == whole) == (HTTPStatus.OK, True)
    assert headers["Content-Disposition"] == "attachment; filename=film.bin"
    (a.folder / "film.bin").rename(a.folder / "renamed.bin")
    a.sync()
    a.write("renamed.bin", "a shorter cut")
    a.sync()
    assert visit(made["url"], "/download")[2] == b"a shorter cut"
    (listed,) = a.run("shares", "--json").json
    assert (listed["id"], listed["path"], listed["downloads"]) == (made["id"], "renamed.bin", 2)
    assert "2 downloads of 3" in a.run("shares").out
    assert a.run("edit-share", made["id"], "--pause").code == 0
    assert visit(made["url"], "/download")[0] == HTTPStatus.FORBIDDEN
    changed = a.run("edit-share", made["id"], "--resume", "--limit", "0", "--title", "The film", "--json").json
    assert (changed["state"], changed["limit"], changed["title"]) == ("active", None, "The film")
    assert b"The film" in visit(made["url"])[2]
    await_that(lambda: visit(signed)[0] in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}, "what was overwritten to go")
    assert a.run("unshare", made["id"]).code == 0
    assert visit(made["url"], "/download")[0] == HTTPStatus.GONE
    assert a.run("unshare", made["id"]).code == 1


def test_a_folder_is_shared_with_a_password_and_comes_as_a_zip(device: Make, visit: Visit) -> None:
    a = device("A")
    for name in ("Lisbon/Tejo \u00e0 noite.txt", "Lisbon/Bel\u00e9m/tower.txt", "private.txt"):
        a.write(name, name)
    a.sync()
    run = a.run("share", "Lisbon", "--password-stdin", stdin="open sesame\n")
    url = run.out.strip()
    assert "shared, too" in run.err
    status, _, page = visit(url)
    assert (status, b"Lisbon" in page, b"password" in page) == (HTTPStatus.OK, False, True)
    assert visit(url, "/zip")[0] == HTTPStatus.NOT_FOUND
    form = urlencode({"password": "open sesame"})
    status, headers, _ = visit(url, method="POST", body=form, Content_Type="application/x-www-form-urlencoded")
    assert status == HTTPStatus.SEE_OTHER
    cookie = headers["Set-Cookie"].partition(";")[0]
    status, _, archive = visit(url, "/zip", Cookie=cookie)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        found = {name: opened.read(name).decode() for name in opened.namelist() if not name.endswith("/")}
    assert found == {name.removeprefix("Lisbon/"): name for name in (
        "Lisbon/Tejo \u00e0 noite.txt", "Lisbon/Bel\u00e9m/tower.txt"
    )}  # fmt: skip
    one = visit(url, "/download?path=" + quote("Bel\u00e9m/tower.txt"), Cookie=cookie)
    assert one[2].decode() == "Lisbon/Bel\u00e9m/tower.txt"
    assert visit(url, "/download?path=" + quote("../private.txt"), Cookie=cookie)[0] >= HTTPStatus.BAD_REQUEST


@pytest.mark.main_flow
@pytest.mark.scenario("S166")
def test_what_others_add_to_a_folder_lands_on_its_owners_devices(device: Make, visit: Visit) -> None:
    a = device("A")
    a.write("Inbox/report.txt", "my own")
    a.sync()
    run = a.run(
        "share", "Inbox", "--upload", "--limit", "3", "--max-file-size", "10MiB", "--json", "--title", "For Ada"
    )
    made = run.json
    assert (made["upload"], made["limit"], made["max_file_size"]) == (True, 3, 10 * 1024 * 1024)
    status, _, page = visit(made["url"])
    assert (status, b"report" in page, b"10.0 MiB" in page or b"MB a file" in page) == (HTTPStatus.OK, False, True)
    whole = bytes(range(256)) * 30_000
    parts = [("report.txt", b"a stranger's"), ("film.bin", whole)]
    form = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n' % (name.encode(), data)
        for name, data in parts
    )
    kind = "multipart/form-data; boundary=x"
    cut = visit(made["url"], "/upload", "POST", body=form, Content_Type=kind)
    assert cut[0] == HTTPStatus.BAD_REQUEST
    status, headers, _ = visit(made["url"], "/upload", "POST", body=form + b"--x--\r\n", Content_Type=kind)
    assert status == HTTPStatus.SEE_OTHER
    assert b"2 files were received" in visit(urljoin(made["url"], headers["Location"]))[2]
    a.sync()
    found = {path.name: path.read_bytes() for path in (a.folder / "Inbox").iterdir()}
    assert found == {"report.txt": b"my own", "report (2).txt": b"a stranger's", "film.bin": whole}
    assert visit(made["url"], "/download?path=report.txt")[0] == HTTPStatus.NOT_FOUND
    too_large = form.replace(whole, bytes(11 * 1024 * 1024)) + b"--x--\r\n"
    assert visit(made["url"], "/upload", "POST", body=too_large, Content_Type=kind)[0] >= HTTPStatus.BAD_REQUEST
    (listed,) = a.run("shares", "--json").json
    assert (listed["downloads"], listed["received_size"]) == (2, len(whole) + 12)
    assert "2 files received of 3" in a.run("shares").out
    assert "Link: For Ada" in a.run("versions", "Inbox/film.bin").out


def test_what_cannot_be_shared_is_told_in_a_line(device: Make) -> None:
    a = device("A")
    a.write("there.txt", "x")
    a.sync()
    for words, code in (
        (("share", "nowhere.txt"), 1),
        (("share", "."), 2),
        (("share", "there.txt", "--expires", "soon"), 2),
        (("share", "there.txt", "--expires", "0d"), 2),
        (("share", "there.txt", "--limit", "0"), 2),
        (("unshare", "nonsense"), 2),
        (("share", "there.txt", "--upload"), 2),
        (("share", "there.txt", "--max-size", "much"), 2),
        (("edit-share", "nonsense", "--pause"), 2),
        (("edit-share", "0" * 32), 2),
        (("edit-share", "0" * 32, "--pause"), 1),
        (("share", "there.txt", "--version", "nonsense"), 2),
    ):
        run = a.run(*words)
        assert (run.code, run.out) == (code, ""), run
        assert "Traceback" not in run.err
    assert a.run("shares").out == "There are no links. `lockstep share PATH` makes one.\n"
