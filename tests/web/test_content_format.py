"""What the browser makes of bytes is what devices make of them: cuts, packs, chunks; and names."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import google_crc32c
import pytest
import zstandard
from blake3 import blake3
from playwright.sync_api import Page

from server_api.contract.messages import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, NamespaceId
from server_api.contract.names import refuse_reason
from server_api.domain.packs import check_pack
from sync_engine.core.chunking import Cutting
from tests.web.content import random_bytes, text_of

NAMESPACE = NamespaceId(bytes(range(16)))


@pytest.fixture
def blank(new_page: Callable[..., Page]) -> Page:
    """A page that may run what else runs in workers, which have a policy of their own."""
    page = new_page(bypass_csp=True)
    page.goto("/sign-in")
    page.evaluate(
        """() => {
            const picker = Object.assign(document.createElement("input"), { type: "file", id: "picker" });
            document.body.append(picker);
            window.bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            window.textOf = async (blob) => new Promise((resolve) => {
                const reader = new FileReader();
                reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
                reader.readAsDataURL(blob);
            });
        }"""
    )
    return page


CONTENTS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"x",
    "just one smallest chunk": lambda: random_bytes(MIN_CHUNK_BYTES, 1),
    "a byte more": lambda: random_bytes(MIN_CHUNK_BYTES + 1, 1),
    "less than the average": lambda: random_bytes(800_001, 1),
    "random": lambda: random_bytes(12_000_001, 7),
    "zeros, which have no cut": lambda: bytes(2 * MAX_CHUNK_BYTES + 77),
    "one largest chunk of zeros": lambda: bytes(MAX_CHUNK_BYTES),
    "an odd one": lambda: bytes(MAX_CHUNK_BYTES - 1),
    "what repeats": lambda: random_bytes(700_001, 3) * 9,
    "text": lambda: "\n".join(f"line {n} of a log, {n * n % 9973}" for n in range(150_000)).encode(),
}


def test_the_browser_cuts_where_devices_cut(blank: Page, tmp_path: Path) -> None:
    for what, make in CONTENTS.items():
        data = make()
        file = tmp_path / "file"
        file.write_bytes(data)
        blank.set_input_files("#picker", file)
        told = blank.evaluate(
            """async () => {
                const { cut } = await import("/web/content/cutting.js");
                const { hashers } = await import("/web/content/hashing.js");
                const { base64Of } = await import("/web/content/encoding.js");
                const { blake3 } = await hashers();
                const chunks = [];
                for await (const data of cut(document.getElementById("picker").files[0])) {
                    chunks.push([data.length, base64Of(blake3(data))]);
                }
                return chunks;
            }"""
        )
        pieces = iter([data])
        cutting = Cutting(partial(_read, pieces))
        assert told == [[len(chunk.data), text_of(chunk.hash)] for chunk in cutting], what


def _read(pieces: Iterator[bytes], _: int) -> bytes:
    return next(pieces, b"")


def test_a_pack_of_the_browser_is_one_of_devices(blank: Page) -> None:
    chunks = [b"first", random_bytes(300_000, 1), b"last"]
    told = blank.evaluate(
        """async ([namespace, chunks]) => {
            const { PackBuilder } = await import("/web/content/packing.js");
            const { hashers } = await import("/web/content/hashing.js");
            const builder = new PackBuilder(bytesOf(namespace));
            for (const data of chunks.map(bytesOf)) builder.add((await hashers()).blake3(data), data);
            const pack = await builder.finish({ withMd5: true });
            return [await textOf(pack.body), pack.size, Array.from(pack.crc32c), Array.from(pack.md5)];
        }""",
        [text_of(NAMESPACE), [text_of(chunk) for chunk in chunks]],
    )
    pack = b64decode(told[0])
    index = check_pack(pack, NAMESPACE)
    assert [entry.hash for entry in index] == [blake3(chunk).digest() for chunk in chunks]
    assert told[1] == len(pack)
    assert bytes(told[2]) == google_crc32c.value(pack).to_bytes(4, "big")
    assert bytes(told[3]) == hashlib.md5(pack, usedforsecurity=False).digest()


def unpack(page: Page, stored: bytes, codec: int, plain_size: int, hash_: bytes) -> Any:
    """How many plain bytes they are, which have that hash; or the code of what is wrong with them."""
    place = {"hash": text_of(hash_), "codec": codec, "plainSize": plain_size}
    return page.evaluate(
        """async ([stored, place]) => {
            const { unpack } = await import("/web/content/packing.js");
            return unpack(bytesOf(stored), place).then((plain) => plain.length, ({ code }) => code);
        }""",
        [text_of(stored), place],
    )


def test_what_devices_compressed_is_read(blank: Page) -> None:
    text = CONTENTS["text"]()
    plains = [text[:MAX_CHUNK_BYTES], random_bytes(70_001, 1) * 9, b"a" * 1_000_000, b"short and short and short"]
    plains += ["".join(map(chr, range(32, 5_000))).encode() * 20]
    for level in (1, 9):
        compressor = zstandard.ZstdCompressor(level=level, write_checksum=False)
        for plain in plains if level == 1 else plains[1:]:
            assert unpack(blank, compressor.compress(plain), 1, len(plain), blake3(plain).digest()) == len(plain)


def test_stored_bytes_that_are_not_the_chunk_are_refused(blank: Page) -> None:
    plain = b"what it should be " * 1_000
    name = blake3(plain).digest()
    good = zstandard.ZstdCompressor().compress(plain)
    bomb = zstandard.ZstdCompressor().compress(bytes(600 * 1024 * 1024))
    assert unpack(blank, plain, 0, len(plain), name) == len(plain)
    for stored, codec in [
        (plain[:-1] + b"x", 0),
        (plain + b"x", 0),
        (good[:-4], 1),
        (good[:20] + b"\0\0\0" + good[23:], 1),
        (plain, 1),
        (b"", 1),
        (bomb, 1),
    ]:
        assert unpack(blank, stored, codec, len(plain), name) == "damaged"
    assert unpack(blank, good, 1, len(plain), name) == len(plain), "the decoder still works"


NAMES = [
    "report.docx", "", ".", "..", "...", "a/b", "nul\0byte", "x" * 255, "x" * 256, "ü" * 127, "ü" * 128,
    "u\u0308" * 85, "u\u0308" * 86, "\u0344" * 120, ".lockstep", ".LockStep", ".lockstep.", ".lockstep ",
    ".lockstep:stream", ".lock\u200dstep", "\uff0elockstep", "lockst~1", "LOCKST~12", "lockst~x", "日本",
    "a\u202eb", "😀", "new\nline", ".ｌｏｃｋｓｔｅｐ", ".lock\u017ftep",
]  # fmt: skip


def test_names_are_refused_as_the_server_refuses_them(blank: Page) -> None:
    for at_root in (True, False):
        told = blank.evaluate(
            """async ([names, atRoot]) => {
                const { refusal } = await import("/web/content/names.js");
                return names.map((name) => refusal(name, { atRoot }));
            }""",
            [NAMES, at_root],
        )
        wanted = [refuse_reason(name, at_root=at_root) is not None for name in NAMES]
        assert [said is not None for said in told] == wanted
        assert all(re.fullmatch(r"It.*\.", said) for said in told if said)
    lone = """async () => {
        const { refusal } = await import("/web/content/names.js");
        return refusal("half \\ud800", { atRoot: false });
    }"""
    assert blank.evaluate(lone) == "Its name is not valid text. Give it another one."


def test_numbered_names_stay_within_the_limit(blank: Page) -> None:
    told = blank.evaluate(
        """async (names) => {
            const { numbered } = await import("/web/content/names.js");
            return names.map((name) => { const all = numbered(name); return [all.next().value, all.next().value]; });
        }""",
        ["a.txt", "no extension", ".hidden", "ü" * 127 + ".jpeg", "x." + "y" * 200],
    )
    assert told[:3] == [
        ["a (2).txt", "a (3).txt"],
        ["no extension (2)", "no extension (3)"],
        [".hidden (2)", ".hidden (3)"],
    ]
    assert all(refuse_reason(name, at_root=True) is None for names in told for name in names)
    assert told[3][0].endswith("ü (2).jpeg")
