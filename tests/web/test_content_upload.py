"""Uploads from the browser: what appears, under which names, and what happens when something goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Dialog, Page, Request, Route

from server_api.contract.messages import Missing, MissingChunks
from sync_engine.core.chunking import Cutting
from tests.fixtures.servers import RunningServer, run_server_command
from tests.fixtures.shared import await_that
from tests.fixtures.wired_device import WiredDevice
from tests.web.conftest import Complaints
from tests.web.content import Contents, random_bytes, text_of
from tests.web.people import OtherDevice, Person

STORE = "**/v1/store/**"


@pytest.fixture
def sent(app: Page) -> list[Request]:
    """The requests by which this browser sends packs."""
    found: list[Request] = []
    app.on("request", lambda request: found.append(request) if request.method == "PUT" else None)
    return found


def dialogs(page: Page) -> list[str]:
    """What the browser asks the person, who says yes."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def became(told: list[dict[str, Any]]) -> dict[str, str]:
    """Where each file is now, or the code of why it is nowhere."""
    return {file["path"]: file["code"] or file["result"]["path"] for file in told}


def test_files_and_folders_arrive_on_a_device_as_they_are(contents: Contents, engine: WiredDevice) -> None:
    files = {
        "Photos/Lisbon/one.jpg": random_bytes(2_000_000, 1),
        "Photos/two.jpg": random_bytes(70_000, 2),
        "empty": b"",
        "日本語 \u202etxt": b"a name of any script",
        "copy.jpg": random_bytes(2_000_000, 1),
    }
    told = contents.upload(files, folders=["Photos", "Photos/Lisbon", "Photos/Nothing"])
    assert became(told) == {path: path for path in files}
    engine.sync()
    assert {path: data for path, data in engine.disk.tree().items() if data is not None} == files
    assert "Photos/Nothing" in engine.disk.tree()


def is_verified(device: OtherDevice, data: bytes) -> bool:
    """Whether every device of the account may rely on it; until then only its sender may."""
    pieces = iter([data])
    chunks: list[bytes] = [chunk.hash for chunk in Cutting(lambda _: next(pieces, b""))]
    path = f"/v1/namespaces/{UUID(bytes=device.namespace_id)}/chunks/missing"
    return not device.post(path, MissingChunks(chunks=chunks), Missing).indices


def test_what_a_device_has_sent_is_not_sent_again_and_the_other_way_round(
    contents: Contents, engine: WiredDevice, device: OtherDevice, sent: list[Request]
) -> None:
    theirs, ours = random_bytes(2_500_000, 3), random_bytes(2_500_000, 4)
    engine.disk.write("from the device", theirs)
    engine.sync()
    await_that(lambda: is_verified(device, theirs), "the server to have looked at it")
    contents.upload({"the same": theirs, "one byte more": b"x" + theirs})
    assert sum(len(request.post_data_buffer or b"") for request in sent) < 1_700_000
    contents.upload({"from the browser": ours})
    engine.sync()
    await_that(lambda: is_verified(device, ours), "the server to have looked at it")
    before = engine.store.counts.uploaded_bytes
    engine.disk.write("ours again", ours)
    engine.sync()
    assert engine.store.counts.uploaded_bytes == before


def test_a_taken_name_is_numbered_unless_the_person_replaces_what_has_it(
    contents: Contents, device: OtherDevice
) -> None:
    device.file("Folder/a.txt", b"first")
    device.folder("b")
    into_folder = {"a.txt": b"second", "b": b"a file", "Folder/a.txt": b"third"}
    told = became(contents.upload(into_folder))
    assert told == {"a.txt": "a.txt", "b": "b (2)", "Folder/a.txt": "Folder/a (2).txt"}
    first = device.entry("Folder/a.txt")
    told = became(contents.upload({"Folder/a.txt": b"fourth", "b": b"other"}, replaces=True))
    assert told == {"Folder/a.txt": "Folder/a.txt", "b": "b (3)"}
    replaced = device.entry("Folder/a.txt")
    assert (replaced.node_id, replaced.size) == (first.node_id, 6)
    assert replaced.revision_id != first.revision_id


def test_it_goes_into_the_folder_that_was_chosen(contents: Contents, device: OtherDevice) -> None:
    folder_id = device.folder("Inbox/Deep")
    into = {"node_id": text_of(folder_id), "path": "Inbox/Deep"}
    told = contents.upload({"new/file": b"here"}, into=into)
    assert became(told) == {"new/file": "Inbox/Deep/new/file"}
    assert device.entry("Inbox/Deep/new/file").size == 4


def test_what_others_do_meanwhile_is_never_replaced(contents: Contents, device: OtherDevice) -> None:
    device.file("seen.txt", b"seen")

    def meanwhile(route: Route) -> None:
        device.write("seen.txt", b"changed meanwhile")
        device.file("new.txt", b"made meanwhile")
        device.file("Shots/x", b"so was this folder")
        route.continue_()

    contents.page.context.route(STORE, meanwhile, times=1)
    told = contents.upload({"seen.txt": b"mine", "new.txt": b"mine", "Shots/x": b"mine"}, replaces=True)
    assert became(told) == {"seen.txt": "seen (2).txt", "new.txt": "new (2).txt", "Shots/x": "Shots/x (2)"}
    assert device.entry("seen.txt").size == len("changed meanwhile")


def test_names_that_cannot_be_are_told_and_the_others_go_on(contents: Contents, device: OtherDevice) -> None:
    told = contents.upload({".lockstep/root": b"1", "a/../b": b"2", "x" * 300: b"3", "good": b"4", "f/.lockstep": b"5"})
    assert [file["state"] for file in told] == ["failed", "failed", "failed", "done", "done"]
    assert told[0]["message"] == "Its name is reserved for Lockstep itself. Give it another one."
    assert device.paths() == {"good", "f", "f/.lockstep"}


def test_a_pack_that_did_not_arrive_is_sent_again_from_the_start(
    contents: Contents, device: OtherDevice, complaints: Complaints
) -> None:
    complaints.expect("Failed to load resource|net::ERR")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    troubles: dict[str, Callable[[Route], object]] = {
        "busy": lambda route: route.fulfill(status=503),
        "the address is too old": lambda route: route.fulfill(status=403),
        "no connection": lambda route: route.abort(),
        "the answer is lost": lose_the_answer,
    }
    for seed, (name, trouble) in enumerate(troubles.items()):
        contents.page.context.route(STORE, trouble, times=2 if seed == 2 else 1)
        assert became(contents.upload({name: random_bytes(200_000, seed)})) == {name: name}
        assert device.entry(name).size == 200_000


def test_a_store_that_never_takes_anything_is_told(
    contents: Contents, device: OtherDevice, complaints: Complaints
) -> None:
    complaints.expect("Failed to load resource|net::ERR")
    contents.page.context.route(STORE, lambda route: route.abort())
    told = contents.upload({"a": b"1", "b": b"2"})
    assert became(told) == {"a": "store-unreachable", "b": "store-unreachable"}
    assert "lockstep server check" in told[0]["message"]
    assert device.paths() == set()


def test_who_has_no_room_left_is_told_and_what_fits_appears(
    contents: Contents, device: OtherDevice, person: Person, site: RunningServer, complaints: Complaints
) -> None:
    complaints.expect("status of 507")
    contents.upload({"before": b"fits"})
    assert run_server_command(site.data, "user", "quota", person.email, "1KB").returncode == 0
    told = contents.upload({"empty": b"", "large": random_bytes(300_000, 10)})
    assert became(told) == {"empty": "empty", "large": "quota-exceeded"}
    assert told[1]["message"].startswith("Your storage is full.")
    assert device.paths() == {"before", "empty"}


def test_an_upload_is_paused_and_goes_on(contents: Contents, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("net::ERR_ABORTED")
    contents.page.context.route(STORE, lambda _: None, times=1)
    with contents.page.expect_request(STORE):
        contents.begin({"file": random_bytes(300_000, 6)})
    with contents.page.expect_event("requestfailed"):
        contents.run("() => transfer.pause()")
    assert contents.run("() => [transfer.isPaused, transfer.doneFiles]") == [True, 0]
    assert device.paths() == set()
    contents.run("() => transfer.resume()")
    assert became(contents.end()) == {"file": "file"}


def test_what_is_cancelled_does_not_appear(contents: Contents, device: OtherDevice, complaints: Complaints) -> None:
    complaints.expect("net::ERR")
    contents.page.context.route(STORE, lambda route: None)
    with contents.page.expect_request(STORE):
        contents.begin({"file": random_bytes(300_000, 7)})
    cancelled = contents.run("() => { transfer.cancel(); return transfer.done.catch(({ code }) => code); }")
    assert cancelled == "cancelled"
    assert contents.run("() => told(transfer)[0].code") == "cancelled"
    assert device.paths() == set()


def test_who_closes_the_page_is_asked_and_nothing_is_there_by_half(contents: Contents, device: OtherDevice) -> None:
    page = contents.page
    page.context.route(STORE, lambda route: None)
    with page.expect_request(STORE):
        contents.begin({"folder/small": b"whole", "folder/large": random_bytes(300_000, 8)})
    page.mouse.click(5, 5)  # browsers ask nobody who never touched the page
    asked = dialogs(page)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    assert device.paths() == set()


def test_who_has_nothing_under_way_may_leave(contents: Contents) -> None:
    contents.upload({"file": b"there"})
    contents.page.mouse.click(5, 5)
    asked = dialogs(contents.page)
    with contents.page.expect_event("close"):
        contents.page.close(run_before_unload=True)
    assert asked == []


def test_progress_adds_up(contents: Contents) -> None:
    contents.begin({f"f{n}": random_bytes(100_000 * n, n) for n in range(8)})
    contents.run(
        """() => {
            window.steps = [];
            transfer.onprogress = () => steps.push([transfer.doneBytes, transfer.doneFiles]);
        }"""
    )
    contents.end()
    steps = contents.run("() => steps")
    assert all(0 <= done <= 2_800_000 for done, _ in steps)
    assert steps[-1] == [2_800_000, 8] == contents.run("() => [transfer.totalBytes, transfer.files.length]")


def test_a_file_is_written_anew_unless_it_was_changed_meanwhile(contents: Contents, device: OtherDevice) -> None:
    device.file("notes.txt", b"first")
    seen = device.entry("notes.txt")
    written = contents.write(seen, "second, with ümlauts")
    now = device.entry("notes.txt")
    assert (now.node_id, text_of(now.revision_id)) == (seen.node_id, written["revision_id"])
    assert contents.read(now, 1_000) == "second, with ümlauts".encode()
    device.write("notes.txt", b"another device's")
    refused = contents.write(now, "third")
    assert refused["code"] == "changed-meanwhile"
    assert "Nothing was overwritten" in refused["message"]
    assert contents.read(device.entry("notes.txt"), 1_000) == b"another device's"


def test_a_type_that_a_file_claims_is_nowhere_kept(
    contents: Contents, device: OtherDevice, sent: list[Request], person: Person
) -> None:
    contents.run(
        "(page) => content.upload({ files: sources([['x.png', page, 'text/html']]) }).done.then(() => null)",
        text_of(b"<script>alert(1)</script>"),
    )
    (put,) = sent
    assert "content-type" not in put.headers
    with contents.page.expect_response(STORE) as answer:
        assert contents.read(device.entry("x.png"), 100).startswith(b"<script>")
    assert answer.value.headers["content-type"] == "application/octet-stream"
    assert answer.value.headers["content-disposition"] == "attachment"
    assert answer.value.headers["content-security-policy"].startswith("sandbox")


def test_a_folder_is_picked_whole(contents: Contents, device: OtherDevice, tmp_path: Path) -> None:
    album = tmp_path / "Album"
    (album / "inner").mkdir(parents=True)
    (album / "one").write_bytes(b"1")
    (album / "inner/two").write_bytes(b"22")
    contents.run("() => document.getElementById('picker').webkitdirectory = true")
    assert became(contents.upload_files([album])) == {"Album/one": "Album/one", "Album/inner/two": "Album/inner/two"}
    assert {"Album", "Album/inner"} < device.paths()


def test_a_file_that_changed_after_it_was_chosen_is_told(
    contents: Contents, device: OtherDevice, tmp_path: Path
) -> None:
    files = [tmp_path / "changing", tmp_path / "still"]
    for file in files:
        file.write_bytes(random_bytes(50_000, 11))
    contents.page.set_input_files("#picker", files)
    contents.run("async () => { window.found = await m.gather(document.getElementById('picker')); }")
    files[0].write_bytes(b"other content")
    told = contents.run("async () => told(await content.upload(found).done)")
    assert became(told) == {"changing": "changed-on-disk", "still": "still"}
    assert device.paths() == {"still"}


def test_many_small_files_cost_a_handful_of_requests(contents: Contents, device: OtherDevice) -> None:
    seen: list[str] = []
    contents.page.on("request", lambda request: seen.append(request.url) if "/v1/" in request.url else None)
    told = contents.run(
        """async () => {
            const newFile = (_, n) => ({ path: `many/${n % 7}/${n}`, file: new File([`${n}`], "f") });
            const files = Array.from({ length: 1500 }, newFile);
            const upload = await content.upload({ files }).done;
            return upload.doneFiles;
        }"""
    )
    assert told == 1500
    assert len(device.paths()) == 1500 + 8
    assert len(seen) < 20


def test_a_folder_that_somebody_made_meanwhile_is_shared(contents: Contents, device: OtherDevice) -> None:
    """Or, if a file has its name, stands beside it."""
    made: dict[str, Callable[[], object]] = {
        "none": lambda: None,
        "folder": lambda: device.folder("folder/B"),
        "file": lambda: device.file("file", b"a file"),
    }
    for name, make in made.items():

        def meanwhile(route: Route, *, make: Callable[[], object] = make) -> None:
            make()
            route.continue_()

        contents.page.context.route("**/commits", meanwhile, times=1)
        told = became(contents.upload({f"{name}/B/c": b"1", f"{name}/d": b"2"}, folders=[name, f"{name}/B"]))
        top = "file (2)" if name == "file" else name
        assert told == {f"{name}/B/c": f"{top}/B/c", f"{name}/d": f"{top}/d"}
        assert {f"{top}/B/c", f"{top}/d"} <= device.paths()
