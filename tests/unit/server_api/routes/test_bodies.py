from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from typing import Any

import msgspec
import pytest
import zstandard

from server_api.contract import messages
from server_api.contract.accounts import Register
from server_api.contract.messages import MAX_BODY_BYTES, MSGPACK, Problem, ServerInfo
from tests.fixtures.servers import PASSWORD, Api

JSON = "application/json"
MESSAGE = Register(email="eve@example.org", password=PASSWORD)


def post(api: Api, data: bytes, content_type: str = JSON, encoding: str | None = None, **headers: str) -> Any:
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return api.client.post("/v1/accounts", data=data, content_type=content_type, headers=headers)


def problem(response: Any) -> Problem:
    assert response.content_type == messages.PROBLEM_JSON
    return msgspec.json.decode(response.data, type=Problem)


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        (JSON, msgspec.json.encode(MESSAGE)),
        (MSGPACK, msgspec.msgpack.encode(MESSAGE)),
        ("application/json; charset=utf-8", msgspec.json.encode(MESSAGE)),
    ],
)
@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        (None, bytes),
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
    ],
)
def test_a_body_is_read_in_both_formats_and_all_encodings(
    api: Api, content_type: str, data: bytes, encoding: str | None, compress: Any
) -> None:
    assert post(api, compress(data), content_type, encoding).status_code == 201


def test_a_zstd_body_without_its_size_is_read(api: Api) -> None:
    compressor = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    data = compressor.compress(msgspec.json.encode(MESSAGE)) + compressor.flush()
    assert post(api, data, JSON, "zstd").status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_refused_without_unpacking_it(api: Api, encoding: str) -> None:
    bomb = _gzip_bomb() if encoding == "gzip" else _zstd_bomb()
    assert len(bomb) < 2 * 1024 * 1024
    tracemalloc.start()
    response = post(api, bomb, JSON, encoding)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code == 413
    assert problem(response).code == "body-too-large"
    assert peak < 3 * MAX_BODY_BYTES


def _gzip_bomb() -> bytes:
    compressor = zlib.compressobj(9, wbits=31)
    zeros = bytes(1024 * 1024)
    return b"".join(compressor.compress(zeros) for _ in range(400)) + compressor.flush()


def _zstd_bomb() -> bytes:
    zeros = bytes(1024 * 1024)
    out = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(out, closefd=False) as writer:
        for _ in range(400):
            writer.write(zeros)
    return out.getvalue()


def test_a_zstd_body_with_a_huge_window_is_refused(api: Api) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    compressor = zstandard.ZstdCompressor(
        compression_params=parameters,
    ).compressobj()
    data = compressor.compress(bytes(1024)) + compressor.flush()
    assert problem(post(api, data, JSON, "zstd")).code == "invalid-body"


def test_a_body_that_says_it_is_too_large_is_refused_unread(api: Api) -> None:
    response = api.client.post(
        "/v1/accounts", data=b"{}", content_type=JSON, environ_overrides={"CONTENT_LENGTH": str(2**40)}
    )
    assert response.status_code == 413
    assert problem(response).code == "body-too-large"


def test_a_body_that_does_not_say_its_size_is_cut_off(api: Api) -> None:
    response = api.client.post(
        "/v1/accounts",
        input_stream=io.BytesIO(b" " * (MAX_BODY_BYTES + 1)),
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("data", "content_type", "encoding", "code"),
    [
        (b"{}", "text/plain", None, "unsupported-media"),
        (b"{}", "", None, "unsupported-media"),
        (b"{}", JSON, "br", "unsupported-media"),
        (b"{}", JSON, "gzip, gzip", "unsupported-media"),
        (b"", JSON, None, "invalid-body"),
        (b"{}", JSON, None, "invalid-body"),
        (b"[1,2", JSON, None, "invalid-body"),
        (b"\xff\xfe", JSON, None, "invalid-body"),
        (b'{"email":"\\ud800@b.c","password":"12345678"}', JSON, None, "invalid-body"),
        (b"[" * 100_000, JSON, None, "invalid-body"),
        (b"\x91" * 100_000, MSGPACK, None, "invalid-body"),
        (b"\xc1", MSGPACK, None, "invalid-body"),
        (b"\xdf\xff\xff\xff\xff", MSGPACK, None, "invalid-body"),
        (b"\xdd\xff\xff\xff\xff", MSGPACK, None, "invalid-body"),
        (b'{"email":"a@b.c","password":"12345678","role":"admin"}', JSON, None, "invalid-body"),
        (b'{"email":1,"password":"12345678"}', JSON, None, "invalid-body"),
        (b"not gzip", JSON, "gzip", "invalid-body"),
        (gzip.compress(b"{}", mtime=0)[:-9], JSON, "gzip", "invalid-body"),
        (gzip.compress(b"{}", mtime=0) + b"more", JSON, "gzip", "invalid-body"),
        (b"not zstd", JSON, "zstd", "invalid-body"),
        (zstandard.ZstdCompressor().compress(b"{}" * 99)[:-2], JSON, "zstd", "invalid-body"),
    ],
)
def test_a_bad_body_is_a_problem_with_the_right_code(
    api: Api, data: bytes, content_type: str, encoding: str | None, code: str
) -> None:
    response = post(api, data, content_type, encoding)
    assert problem(response).code == code
    assert response.status_code in {400, 415}


def test_the_first_thing_that_is_wrong_is_told(api: Api) -> None:
    assert "password" in problem(post(api, b'{"email":"a@b.c"}')).detail


def test_an_answer_is_json_unless_msgpack_is_asked_for(api: Api) -> None:
    plain = api.client.get("/v1/server")
    assert plain.content_type == JSON
    assert json.loads(plain.data)["product"] == "lockstep"
    packed = api.client.get("/v1/server", headers={"Accept": MSGPACK})
    assert packed.content_type == MSGPACK
    assert msgspec.msgpack.decode(packed.data, type=ServerInfo).product == "lockstep"


def test_a_large_answer_is_compressed_for_who_takes_zstd(api: Api) -> None:
    for number in range(12):
        api.sign_in(device=f"Device {number}")
    device = api.sign_in()
    plain = device.send("GET", "/v1/devices")
    packed = device.send("GET", "/v1/devices", headers={"Accept-Encoding": "gzip, zstd"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompress(packed.data) == plain.data


def test_a_problem_is_json_even_for_who_speaks_msgpack(api: Api) -> None:
    response = api.client.get("/v1/account", headers={"Accept": MSGPACK})
    assert problem(response).code == "not-signed-in"
