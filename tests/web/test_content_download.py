"""Downloads in the browser: what is saved is what was stored, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard
from playwright.sync_api import Route

from server_api.contract.history import Entry
from tests.fixtures.wired_device import WiredDevice
from tests.web.conftest import Complaints
from tests.web.content import Contents, random_bytes, told_in_json
from tests.web.people import OtherDevice

STORE = "**/v1/store/**"
LOCATE = "**/chunks/locate"


def saved(contents: Contents, entry: Entry, *, by: str) -> bytes:
    """What the browser's own download is, in the end. ``by``: what the browser can do."""
    begin = """([entry, by]) => {
        if (by !== "picker") delete window.showSaveFilePicker;
        window.download = content.download(entry);
    }"""
    with contents.page.expect_download() as download:
        contents.run(begin, [told_in_json(entry), by])
        contents.run("() => download.done.then(() => null)")
    assert download.value.suggested_filename == entry.path.rpartition("/")[2]
    return Path(download.value.path()).read_bytes()


def test_what_a_device_sent_is_saved_as_it_is(contents: Contents, engine: WiredDevice, device: OtherDevice) -> None:
    files = {
        "small.txt": b"compressed, compressed, compressed " * 100,
        "empty": b"",
        "ünï 'quoted' 日本.bin": random_bytes(9_000_000, 1) + b"and text " * 100_000,
        "zeros": bytes(13_000_000),
    }
    for path, data in files.items():
        engine.disk.write(path, data)
    engine.sync()
    for path, data in files.items():
        assert saved(contents, device.entry(path), by="service worker") == data, path
        told = contents.download(device.entry(path))
        assert (told["state"], told["size"], told["done"]) == ("done", len(data), len(data))


def test_a_download_is_paused_and_goes_on_or_is_cancelled(
    contents: Contents, engine: WiredDevice, device: OtherDevice
) -> None:
    data = random_bytes(12_000_000, 9)
    engine.disk.write("large", data)
    engine.sync()
    begin = """async ([entry, into]) => {
        const folder = await navigator.storage.getDirectory();
        window.to = await folder.getFileHandle(into, { create: true });
        window.download = content.download(entry, { to });
        await new Promise((resolve) => (download.onprogress = resolve));
        download.pause();
    }"""
    entry = told_in_json(device.entry("large"))
    contents.run(begin, [entry, "first"])
    assert 0 < contents.run("() => download.doneBytes") < len(data)
    contents.run("() => { download.resume(); return download.done.then(() => null); }")
    assert contents.run("() => to.getFile().then(({ size }) => size)") == len(data)
    contents.run(begin, [entry, "second"])
    contents.run("() => download.cancel()")
    assert contents.run("() => download.done.catch(({ code }) => code)") == "cancelled"
    assert contents.run("() => to.getFile().then(({ size }) => size)") == 0


def test_a_preview_reads_no_more_than_it_shows(contents: Contents, engine: WiredDevice, device: OtherDevice) -> None:
    data = random_bytes(9_000_000, 2)
    engine.disk.write("large", data)
    engine.sync()
    received: list[int] = []
    contents.page.on(
        "requestfinished",
        lambda request: received.append(request.sizes()["responseBodySize"]) if "/v1/store/" in request.url else None,
    )
    assert contents.read(device.entry("large"), 1_000) == data[:1_000]
    assert contents.read(device.entry("large"), 0) == b""
    contents.page.wait_for_timeout(0)
    assert sum(received) < 5_000_000


def test_an_older_version_is_read(contents: Contents, device: OtherDevice) -> None:
    device.file("f", b"first")
    first = device.entry("f")
    device.write("f", b"second")
    assert contents.read(first, 100) == b"first"
    assert contents.read(device.entry("f"), 100) == b"second"


def flipped(data: bytes) -> bytes:
    return data[:50] + bytes([data[50] ^ 1]) + data[51:]


def test_wrong_bytes_are_never_saved(contents: Contents, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("net::ERR|Failed to load")
    device.file("f", random_bytes(100_000, 3))
    spoils: list[Callable[[bytes], bytes]] = [
        flipped,
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda _: bytes(100_000),
        lambda _: b"",
    ]
    for spoil in spoils:

        def answer(route: Route, *, spoil: Callable[[bytes], bytes] = spoil) -> None:
            fetched = route.fetch()
            headers = {name: value for name, value in fetched.headers.items() if name != "content-length"}
            route.fulfill(status=206, headers=headers, body=spoil(fetched.body()))

        contents.page.context.route(STORE, answer)
        told = contents.download(device.entry("f"))
        contents.page.context.unroute(STORE)
        assert (told["code"], told["state"], told["size"]) == ("damaged", "failed", 0)
        assert "nothing was saved" in told["message"]


def test_the_server_hears_of_what_arrived_damaged(contents: Contents, device: OtherDevice) -> None:
    device.file("f", random_bytes(100_000, 4))

    def answer(route: Route) -> None:
        fetched = route.fetch()
        route.fulfill(response=fetched, body=flipped(fetched.body()))

    contents.page.context.route(STORE, answer)
    with contents.page.expect_request("**/chunks/damaged"):
        assert contents.download(device.entry("f"))["code"] == "damaged"


def test_what_arrives_wrong_once_is_asked_for_again(contents: Contents, device: OtherDevice) -> None:
    device.file("f", random_bytes(100_000, 5))

    def answer(route: Route) -> None:
        fetched = route.fetch()
        route.fulfill(response=fetched, body=flipped(fetched.body()))

    contents.page.context.route(STORE, answer, times=1)
    assert contents.download(device.entry("f"))["state"] == "done"


def _with(index: int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(located: dict[str, Any]) -> None:
        place = located["chunks"][0]
        place += [0] * (index + 1 - len(place))
        place[index] = value

    return change


def _elsewhere(url: str, **headers: str) -> Callable[[dict[str, Any]], None]:
    def change(located: dict[str, Any]) -> None:
        located["packs"][0] |= {"url": url, "headers": headers}

    return change


HOSTILE: dict[str, Callable[[dict[str, Any]], None]] = {
    "a chunk of 4 GiB": _with(4, 2**32),
    "a negative size": _with(3, -1),
    "a size that is no number": _with(3, "9" * 20),
    "an offset beyond any pack": _with(2, 2**40),
    "a pack that is not told": _with(1, 7),
    "a codec that nobody knows": _with(5, 9),
    "a key that nobody has": _with(6, 1),
    "another chunk": _with(0, "A" * 43 + "="),
    "an address of no store": _elsewhere("file:///etc/passwd"),
    "an address that is a script": _elsewhere("javascript:alert(1)"),
}


def test_impossible_places_are_not_gone_to(contents: Contents, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("net::ERR|Failed to load")
    device.file("f", random_bytes(50_000, 6))
    to_store: list[str] = []
    contents.page.on("request", lambda request: to_store.append(request.url) if "/v1/store/" in request.url else None)
    for what, spoil in HOSTILE.items():

        def answer(route: Route, *, spoil: Callable[[dict[str, Any]], None] = spoil) -> None:
            located = json.loads(route.fetch().body())
            spoil(located)
            route.fulfill(status=200, content_type="application/json", body=json.dumps(located))

        contents.page.context.route(LOCATE, answer)
        told = contents.download(device.entry("f"))
        contents.page.context.unroute(LOCATE)
        assert told["code"] in {"bad-answer", "gone"}, what
        assert (told["size"], to_store) == (0, []), what


def test_a_chunk_that_unfolds_to_more_than_was_told_is_refused(
    contents: Contents, device: OtherDevice, complaints: Complaints
) -> None:
    device.file("f", random_bytes(50_000, 7))
    bomb = zstandard.ZstdCompressor().compress(bytes(400 * 1024 * 1024))

    def place(route: Route) -> None:
        fetched = route.fetch()
        located = json.loads(fetched.body())
        located["chunks"][0][3] = len(bomb)
        located["chunks"][0][5] = 1
        route.fulfill(status=200, content_type="application/json", body=json.dumps(located))

    contents.page.context.route(LOCATE, place)
    contents.page.context.route(STORE, lambda route: route.fulfill(status=206, body=bomb))
    told = contents.download(device.entry("f"))
    assert (told["code"], told["size"]) == ("damaged", 0)


def test_a_manifest_of_another_file_is_refused(contents: Contents, device: OtherDevice) -> None:
    device.file("f", b"asked for")
    device.file("g", b"another!!")
    asked, other = device.entry("f"), device.entry("g")

    def answer(route: Route) -> None:
        body = json.dumps({"revisions": [told_in_json(other)["revision_id"]]})
        route.continue_(post_data=body)

    contents.page.context.route("**/manifests", answer)
    told = contents.download(asked)
    assert (told["code"], told["size"]) == ("bad-answer", 0)


def test_a_download_that_fails_in_the_middle_leaves_nothing(
    contents: Contents, engine: WiredDevice, device: OtherDevice, complaints: Complaints
) -> None:
    complaints.expect("net::ERR|Failed to load|the download failed")
    engine.disk.write("large", random_bytes(20_000_000, 8))
    engine.sync()
    seen: list[str] = []

    def answer(route: Route) -> None:
        seen.append(route.request.url)
        if len(seen) > 1:
            route.fulfill(status=400)
        else:
            route.continue_()

    contents.page.context.route(STORE, answer)
    begin = """(entry) => {
        delete window.showSaveFilePicker;
        window.download = content.download(entry);
        return download.done.catch(({ code }) => code);
    }"""
    with contents.page.expect_download() as download:
        code = contents.run(begin, told_in_json(device.entry("large")))
    assert code == "store-refused"
    assert download.value.failure() is not None
