"""Collection on a real S3 service, in buckets of several kinds."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_api.services.collection import collect
from server_api.services.collection_report import Collected
from server_api.services.packs import verify_sealed
from server_api.services.retention import set_retention
from server_api.storage.stores import incoming_key, pack_key
from tests.fakes.clock import FakeClock
from tests.fakes.lax_s3 import LaxS3, lax_s3
from tests.fixtures.content import open_content
from tests.fixtures.libraries import Library
from tests.fixtures.s3 import S3Server

pytestmark = [pytest.mark.s3, pytest.mark.timeout(400)]
DAY_S = 24 * 3600


@pytest.fixture
def service(s3_server: S3Server, s3_credentials: None) -> Iterator[LaxS3]:
    with lax_s3(s3_server) as service:
        yield service


def some() -> bytes:
    return secrets.token_bytes(3_000)


def a_day(library: Library, clock: FakeClock) -> Collected:
    clock.advance(DAY_S + 600)
    while verify_sealed(library.server):
        pass
    return collect(library.server)


@pytest.mark.scenario("S189")
@pytest.mark.parametrize("kind", ["plain", "versioned"])
def test_what_nothing_needs_goes_from_a_bucket_and_the_rest_stays(service: LaxS3, tmp_path: Path, kind: str) -> None:
    """Also where the service forbids deletions for some days."""
    bucket = service.new_bucket()
    if kind == "versioned":
        service.client().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    content = open_content(tmp_path, store_url=service.store_url(bucket, "lockstep"))
    store = content.server.store
    assert store.holds_bindings == (kind == "plain")
    library = Library(content.server, content.caller())
    set_retention(content.server, library.namespace_id, "1d:all")
    for number in range(17):
        library.save(f"file {number}", some())
    library.save("file 1", some())
    library.upload([some(), some()])
    for key in (
        pack_key(library.namespace_id, secrets.token_bytes(16)),
        incoming_key(library.namespace_id, secrets.token_bytes(16)),
        f"published/{secrets.token_hex(16)}",
    ):
        store.put(key, io.BytesIO(b"nobody's"))

    def left() -> int:
        return sum(1 for area in ("packs/", "incoming/", "published/") for _ in store.list(area))

    service.refuses["DeleteObject"] = (403, "AccessDenied")
    reports = [a_day(library, content.clock) for _ in range(3)]
    assert reports[-1].failures
    assert left() >= 19
    assert library.check_living() == 17
    service.forgive()
    reports = [a_day(library, content.clock) for _ in range(4)]
    assert reports[-1].failures == []
    assert left() == 1, "one pack of all that is used"
    assert library.check_living() == 17
    content.server.database.close()
