"""Content in a browser: a file of 1 GiB up and down in a real Chromium, with a real S3 server."""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.data import GIB, large_file
from benchmarks.measuring import Failed, await_that, peak_bytes, tree
from benchmarks.relay import Relay, relay
from benchmarks.reporting import Figure, at_most, mib, told
from benchmarks.setting import Setting
from benchmarks.subjects import ACCOUNT, PASSWORD, Device, Server
from tests.fixtures.s3 import ACCESS_KEY, SECRET_KEY, shared_server

_NAME: Final = "large.bin"
_TURNS: Final = 10
_RULE: Final = {
    "AllowedOrigins": ["*"],
    "AllowedMethods": ["GET", "PUT"],
    "AllowedHeaders": ["content-md5", "if-none-match", "x-amz-checksum-crc32c", "range"],
}
_BEGIN: Final = """async () => {
    window.m = await import("/web/content/index.js");
    const { namespaces } = await (await fetch("/v1/namespaces")).json();
    window.content = new m.Content({ namespaceId: namespaces[0].namespace_id });
    const picker = Object.assign(document.createElement("input"), { type: "file", id: "picker", hidden: true });
    document.documentElement.append(picker);
    delete window.showSaveFilePicker;
}"""
_UPLOAD: Final = """async () => {
    const { files } = await m.gather(document.getElementById("picker"));
    const { files: [{ state, error, result, size }] } = await content.upload({ files }).done;
    if (state !== "done") throw new Error(`${error.code} ${error.detail}`);
    return { ...result, size };
}"""
_SEND: Final = (
    """(name) => content.upload({ files: [{ path: name, file: new File([name], name) }] }).done.then(() => null)"""
)
_WATCH: Final = """async (name) => {
    const ask = async (path, body) => {
        const headers = { "Content-Type": "application/json", "Lockstep-Browser": "1" };
        return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
    };
    const { namespaces: [{ namespace_id, seq }], epoch } = await (await fetch("/v1/namespaces")).json();
    const waiting = ask("/v1/wait", { epoch, namespaces: { [namespace_id]: seq }, timeout_s: 50 });
    window.seen = waiting.then(() => Date.now());
}"""
_DOWNLOAD: Final = "(entry) => content.download(entry).done.then(() => null)"


def web_transfer(setting: Setting) -> list[Figure]:
    """A file of 1 GiB up and down in Chromium, straight to an S3 server, and what the API sees of it."""
    if shutil.which("chromium") is None or shutil.which("radosgw") is None:
        raise Failed("needs chromium and radosgw")
    file = setting.work / _NAME
    large_file(file, setting.large_bytes)
    place = setting.work / "s3"
    place.mkdir()
    with shared_server(place, memory_bytes=4 * GIB) as s3, relay(s3.endpoint_url) as to_store:
        bucket = s3.new_bucket()
        s3.client().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [_RULE]})
        store = f"s3://{bucket}?region=us-east-1&endpoint_url={to_store.url}&public_endpoint_url={s3.endpoint_url}"
        keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        server = Server(setting.work, store=store, credentials=keys)
        try:
            device = Device(setting.work, server)
            with relay(server.url) as to_api, _page_of(to_api.url) as page:
                return [*_there_and_back(setting, file, page, to_api, to_store), *_beside_a_device(page, device)]
        finally:
            server.stop()


def _there_and_back(setting: Setting, file: Path, page: Page, to_api: Relay, to_store: Relay) -> list[Figure]:
    size = mib(setting.large_bytes)
    page.set_input_files("#picker", file)
    before, started = to_api.bytes, time.perf_counter()
    entry = page.evaluate(_UPLOAD)
    up_s, up_bytes, up_peak = time.perf_counter() - started, to_api.bytes - before, _renderers_peak_bytes()
    await_that(lambda: to_store.bytes > setting.large_bytes, "the server to verify it", within_s=300, every_s=0.5)
    verified = to_store.bytes
    before, started = to_api.bytes, time.perf_counter()
    with page.expect_download(timeout=900_000) as download:
        page.evaluate(_DOWNLOAD, entry)
    saved = Path(download.value.path())
    down_s, down_bytes, down_peak = time.perf_counter() - started, to_api.bytes - before, _renderers_peak_bytes()
    if _digest(saved) != _digest(file):
        raise Failed("what was downloaded is not what was uploaded")
    shares = [100 * moved / setting.large_bytes for moved in (up_bytes, down_bytes)]
    return [
        at_most(f"{size} up in a browser: of it through the API", shares[0], 1, "%", detail=f"{up_s:.0f} s"),
        told("the same: peak memory of the page and its worker", mib(up_peak)),
        told("the same: read back from the store by the server, to verify", mib(verified)),
        at_most("the same file down: of it through the API", shares[1], 1, "%", detail=f"{down_s:.0f} s"),
        told("the same: peak memory, of both ways", mib(down_peak)),
    ]


def _beside_a_device(page: Page, device: Device) -> list[Figure]:
    """From the commit in the browser to the file on a device, and from a saved file to what the page knows."""
    there, back = [], []
    with device.daemon():
        for n in range(_TURNS):
            target = device.folder / f"from the browser {n}"
            page.evaluate(_SEND, target.name)
            there.append(await_that(target.exists, "the file on the device", within_s=60))
        for n in range(_TURNS):
            name = f"from the device {n}"
            page.evaluate(_WATCH, name)
            saved_at = time.time()
            (device.folder / name).write_text(name)
            back.append(page.evaluate("() => seen") / 1000 - saved_at)
    turns = f"median of {_TURNS}; worst "
    return [
        at_most(
            "a file of the browser's, from its commit until a device has it",
            statistics.median(there), 1, "s", detail=f"{turns}{max(there):.2f} s",
        ),
        at_most(
            "a file saved on a device, until the page knows",
            statistics.median(back), 1, "s", detail=f"{turns}{max(back):.2f} s",
        ),
    ]  # fmt: skip


@contextmanager
def _page_of(address: str) -> Iterator[Page]:
    """Of the application, signed in."""
    with sync_playwright() as playwright:
        is_sandboxed = os.geteuid() != 0  # as root Chromium cannot
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=is_sandboxed)
        page = browser.new_page()
        if not page.request.post(f"{address}/sign-in", form={"email": ACCOUNT, "password": PASSWORD}).ok:
            raise Failed("the browser could not sign in")
        page.goto(address)
        page.evaluate(_BEGIN)
        yield page
        browser.close()


def _renderers_peak_bytes() -> int:
    """The largest resident size that a process with a page or a worker of ours has had."""
    children = tree(os.getpid())
    commands = ((pid, Path(f"/proc/{pid}/cmdline")) for pid in children)
    return max((peak_bytes(pid) for pid, file in commands if "--type=renderer" in _text(file)), default=0)


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
