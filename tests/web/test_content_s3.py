"""Content in the browser with a bucket on an address of its own: bytes go there, and the server hardly sees any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request

from tests.fixtures.s3 import S3Server, set_credentials
from tests.fixtures.servers import PASSWORD, RunningServer, running_server
from tests.web.conftest import Complaints
from tests.web.content import Contents, random_bytes
from tests.web.people import Person

pytestmark = pytest.mark.s3

SIZE = 24 * 1024 * 1024
METHODS = ["GET", "PUT"]
HEADERS = ["content-md5", "if-none-match", "x-amz-checksum-crc32c", "range"]


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server) -> str:
    return s3_server.new_bucket()


@pytest.fixture(scope="module")
def bucket_site(s3_server: S3Server, bucket: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose store is that bucket."""
    with pytest.MonkeyPatch.context() as patch:
        set_credentials(patch)
        with running_server(tmp_path_factory.mktemp("site"), "--store", s3_server.store_url(bucket)) as running:
            yield running


@pytest.fixture
def contents(bucket_site: RunningServer, new_page: Callable[..., Page]) -> Contents:
    page = new_page()
    person = Person.registered(bucket_site.url)
    assert page.request.post(f"{bucket_site.url}/sign-in", form={"email": person.email, "password": PASSWORD}).ok
    page.goto(bucket_site.url)
    return Contents(page)


def set_rule(server: S3Server, bucket: str, origin: str) -> None:
    rule = {"AllowedOrigins": [origin], "AllowedMethods": METHODS, "AllowedHeaders": HEADERS}
    server.client().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def traffic(request: Request) -> int:
    sizes = request.sizes()
    heads = sizes["requestHeadersSize"] + sizes["responseHeadersSize"]
    return heads + sizes["requestBodySize"] + sizes["responseBodySize"]


def test_a_large_file_goes_straight_to_the_bucket_and_back(
    contents: Contents, s3_server: S3Server, bucket: str, bucket_site: RunningServer, tmp_path: Path
) -> None:
    set_rule(s3_server, bucket, bucket_site.url)
    file = tmp_path / "large.bin"
    file.write_bytes(random_bytes(SIZE, 1))
    to_server: list[Request] = []
    to_store: list[Request] = []

    def listen(request: Request) -> None:
        if request.url.startswith(s3_server.endpoint_url):
            to_store.append(request)
        elif "/v1/" in request.url:
            to_server.append(request)

    contents.page.on("requestfinished", listen)
    (told,) = contents.upload_files([file])
    assert told["state"] == "done", told
    entry = {**told["result"], "size": SIZE}
    save = """(entry) => {
        delete window.showSaveFilePicker;
        window.download = content.download(entry);
        return download.done.then(() => null);
    }"""
    with contents.page.expect_download() as download:
        contents.run(save, entry)
    assert Path(download.value.path()).read_bytes() == file.read_bytes()
    # What Chromium tells of a request leaves the body out that it sends; so the bucket is asked for that.
    stored = s3_server.client().list_objects_v2(Bucket=bucket, Prefix="packs/")["Contents"]
    assert sum(found["Size"] for found in stored) > SIZE
    assert sum(traffic(request) for request in to_store) > SIZE
    assert {request.method for request in to_server} <= {"GET", "POST"}
    assert sum(traffic(request) for request in to_server) < 2 * SIZE / 100


def test_a_bucket_that_lets_no_page_in_is_told(
    contents: Contents, s3_server: S3Server, bucket: str, complaints: Complaints
) -> None:
    complaints.expect("CORS|net::ERR")
    set_rule(s3_server, bucket, "https://elsewhere.example.org")
    (told,) = contents.upload({"file": b"content"})
    assert told["code"] == "store-unreachable"
    assert "lockstep server check" in told["message"]
