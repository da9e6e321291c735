"""Content in the browser, as a page would use it: the modules of static/content on a page of the application."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from server_api.contract.history import Entry

_BEGIN = """async () => {
    window.m = await import("/web/content/index.js");
    const { namespaces } = await (await fetch("/v1/namespaces")).json();
    window.content = new m.Content({ namespaceId: namespaces[0].namespace_id });
    window.bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const picker = document.createElement("input");
    Object.assign(picker, { type: "file", id: "picker", multiple: true, hidden: true });
    document.documentElement.append(picker); // not into what the application draws anew
    window.told = (transfer) => transfer.files.map(({ path, state, done, error, result }) => ({
        path, state, done, result, code: error?.code, message: error?.message }));
    window.sources = (files) => files.map(([path, text, type = ""]) => ({
        path, file: new File([bytesOf(text)], path.split("/").at(-1), { type, lastModified: 1750000000123 }) }));
}"""
_UPLOAD = """async ([files, options]) => {
    window.transfer = content.upload({ files: sources(files), ...options });
    return told(await transfer.done);
}"""
_PICKED = """async (options) => {
    const { files } = await m.gather(document.getElementById("picker"));
    window.transfer = content.upload({ files, ...options });
    return told(await transfer.done);
}"""
_DOWNLOAD = """async ([entry, into]) => {
    const folder = await navigator.storage.getDirectory();
    const to = await folder.getFileHandle(into, { create: true });
    const download = content.download(entry, { to });
    const error = await download.done.then(() => null, (reason) => reason);
    const { size } = await to.getFile();
    const { doneBytes: done, files: [{ state }] } = download;
    return { size, done, state, code: error?.code, message: error?.message };
}"""


class Contents:
    """Attributes: page: any of a person who is signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(_BEGIN)

    def upload(self, files: Mapping[str, bytes], **options: Any) -> list[dict[str, Any]]:
        """What became of each file."""
        told: list[dict[str, Any]] = self.run(
            _UPLOAD, [[[path, text_of(data)] for path, data in files.items()], options]
        )
        return told

    def begin(self, files: Mapping[str, bytes], **options: Any) -> None:
        """The same, without waiting; ``end`` tells what became of them."""
        sources = [[path, text_of(data)] for path, data in files.items()]
        self.run(
            "([files, options]) => { window.transfer = content.upload({ files: sources(files), ...options }) }",
            [sources, options],
        )

    def end(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.run("async () => told(await transfer.done)")
        return told

    def upload_files(self, paths: Sequence[Path], **options: Any) -> list[dict[str, Any]]:
        """As a person picks them, however large they are."""
        self.page.set_input_files("#picker", list(paths))
        told: list[dict[str, Any]] = self.run(_PICKED, options)
        return told

    def download(self, entry: Entry, into: str = "saved") -> dict[str, Any]:
        """Into a file of the browser's own; how it ended, and what size that file has then."""
        told: dict[str, Any] = self.run(_DOWNLOAD, [told_in_json(entry), into])
        return told

    def read(self, entry: Entry, most_bytes: int) -> bytes:
        read = "async ([entry, most]) => Array.from(await content.read(entry, most))"
        return bytes(self.run(read, [told_in_json(entry), most_bytes]))

    def write(self, entry: Entry, text: str) -> dict[str, Any]:
        """The entry as it is then, or ``{"code": …}``."""
        write = "([entry, text]) => content.write(entry, text).catch(({ code, message }) => ({ code, message }))"
        written: dict[str, Any] = self.run(write, [told_in_json(entry), text])
        return written

    def run(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)


def random_bytes(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


def text_of(data: bytes) -> str:
    return b64encode(data).decode()


def told_in_json(entry: Entry) -> dict[str, Any]:
    """As the API tells it to a page."""
    return {
        "node_id": text_of(entry.node_id),
        "revision_id": text_of(entry.revision_id),
        "content_hash": text_of(entry.content_hash) if entry.content_hash else None,
        "path": entry.path,
        **({"size": entry.size} if entry.size else {}),
    }
