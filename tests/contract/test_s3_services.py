"""S3 services of all kinds, sound and lesser ones: what a server finds out at its start, and what it says of it."""

from __future__ import annotations

import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from server_api.errors import AlreadyStoredError, StartError, StoreForbiddenError, StoreUnreachableError
from server_api.storage.s3_address import parse_s3_address
from server_api.storage.s3_store import S3Store
from server_api.storage.stores import BINARY, ObjectStore
from tests.contract.test_object_store import BODY, Place, new_key, send
from tests.fakes.lax_s3 import LaxS3, lax_s3
from tests.fixtures.nginx import make_certificate
from tests.fixtures.s3 import S3Server

pytestmark = [pytest.mark.s3, pytest.mark.timeout(400)]
PREFIX = "lockstep"


@pytest.fixture(scope="module")
def lax(s3_server: S3Server) -> Iterator[LaxS3]:
    with lax_s3(s3_server) as service:
        yield service


@pytest.fixture
def service(lax: LaxS3, s3_credentials: None) -> Iterator[LaxS3]:
    """A service that behaves, until a test says otherwise."""
    yield lax
    lax.forgive()


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server) -> str:
    return s3_server.new_bucket()


def open_s3(url: str, public_url: str | None = None) -> S3Store:
    return S3Store(parse_s3_address(url), public_url=public_url)


def checked(service: S3Server, bucket: str, **options: str) -> tuple[S3Store, list[str]]:
    """The store, and the codes of what was remarked."""
    store = open_s3(service.store_url(bucket, PREFIX, **options))
    return store, [remark.code for remark in store.check()]


def place_of(store: ObjectStore) -> Place:
    return Place(store, send, lambda: None)


# --- what addresses are held to --------------------------------------------------------------------------------------


def test_a_sound_service_is_sent_to_directly(service: LaxS3, bucket: str) -> None:
    store, remarks = checked(service, bucket)
    assert store.holds_bindings
    assert remarks == []


@pytest.mark.parametrize("ignored", ["once", "body", "body size", "once body size"])
def test_a_service_that_ignores_what_is_signed_is_found_out(service: LaxS3, bucket: str, ignored: str) -> None:
    service.ignores = set(ignored.split())
    store = open_s3(service.store_url(bucket, PREFIX))
    (remark,) = store.check()
    assert not store.holds_bindings
    assert remark.code == "incoming"
    said = {"once": "it replaces", "body": "it stores a body that was altered", "size": "a body of another size"}
    assert {gap for gap, words in said.items() if words in remark.text} == service.ignores
    place = place_of(store)
    assert place.put(place.presign(new_key()), BODY) == 200
    with pytest.raises(StartError, match="uploads=direct"):
        checked(service, bucket, uploads="direct")


def test_a_service_that_knows_no_conditions_is_sent_none(service: LaxS3, bucket: str) -> None:
    service.unknown = {"if-none-match", "x-amz-checksum-crc32c"}
    store, remarks = checked(service, bucket)
    assert (store.holds_bindings, remarks) == (False, ["incoming"])
    place, key = place_of(store), new_key()
    signed = place.presign(key)
    assert "If-None-Match" not in signed.headers
    assert place.put(signed, BODY) == 200
    assert store.read_range(key, 0, len(BODY)) == BODY
    own = new_key()
    store.put(own, io.BytesIO(b"the server's own"))
    assert store.read_range(own, 0, 100) == b"the server's own"


def test_an_object_is_put_whose_answer_was_lost(service: LaxS3, bucket: str) -> None:
    """The request is sent again, and the service says then that the object is there."""
    store, key = open_s3(service.store_url(bucket, PREFIX)), new_key()
    service.loses = {"PutObject"}
    store.put(key, io.BytesIO(BODY))
    assert service.operations().count("PutObject") == 2
    assert store.read_range(key, 0, len(BODY) + 1) == BODY


@pytest.mark.parametrize("other", [b"x" * len(BODY), BODY + b"x", BODY[:-1]])
def test_what_another_put_there_is_not_taken_for_ones_own(service: LaxS3, bucket: str, other: bytes) -> None:
    store, key = open_s3(service.store_url(bucket, PREFIX)), new_key()
    store.put(key, io.BytesIO(other))
    service.loses = {"PutObject"}
    with pytest.raises(AlreadyStoredError):
        store.put(key, io.BytesIO(BODY))
    with pytest.raises(AlreadyStoredError):
        store.put(key, io.BytesIO(other))
    assert store.read_range(key, 0, len(BODY) + 9) == other


def test_a_service_that_checks_no_signatures_is_refused(service: LaxS3, bucket: str) -> None:
    service.ignores = {"signature"}
    with pytest.raises(StartError, match="does not check signatures"):
        checked(service, bucket)


def test_an_operator_may_have_everything_copied(service: LaxS3, bucket: str) -> None:
    store, remarks = checked(service, bucket, uploads="incoming")
    assert (store.holds_bindings, remarks) == (False, [])


def test_nothing_that_an_uploader_adds_changes_how_it_is_read(service: LaxS3, bucket: str) -> None:
    """Headers that were not signed and that the service takes all the same."""
    place, key = place_of(checked(service, bucket)[0]), new_key()
    added = {"Content-Type": "text/html", "Content-Encoding": "gzip", "Content-Disposition": "inline"}
    assert place.put(place.presign(key), BODY, **added) == 200
    answer = place.get(place.store.presign_get(key, expires_in_s=60), Range=f"bytes=0-{len(BODY) - 1}")
    assert answer.body == BODY
    assert answer.headers["Content-Type"] == BINARY
    assert answer.headers.get("Content-Encoding", "identity") == "identity"
    copied = new_key()
    place.store.copy(key, copied)
    answer = place.get(place.store.presign_get(copied, expires_in_s=60))
    assert (answer.body, answer.headers["Content-Type"]) == (BODY, BINARY)


# --- addresses -------------------------------------------------------------------------------------------------------


def test_the_bucket_may_stand_in_front_of_the_host(
    s3_server: S3Server, bucket: str, s3_credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    host = f"{bucket}.localhost"

    def find(name: Any, *rest: Any, **options: Any) -> Any:
        return resolve("127.0.0.1" if name in {host, host.encode()} else name, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    port = urlsplit(s3_server.endpoint_url).port
    store = open_s3(f"s3://{bucket}?endpoint_url=http://localhost:{port}&region=us-east-1&addressing_style=virtual")
    assert [remark.code for remark in store.check()] == []
    place, key = place_of(store), new_key()
    signed = place.presign(key)
    assert urlsplit(signed.url).hostname == host
    assert urlsplit(signed.url).path == f"/{key}"
    assert place.put(signed, BODY) == 200
    assert place.get(store.presign_get(key, expires_in_s=60)).body == BODY


def test_devices_may_reach_the_service_by_another_address_than_the_server(service: LaxS3, bucket: str) -> None:
    store, _ = checked(service.real, bucket, public_endpoint_url=service.endpoint_url)
    place, key = place_of(store), new_key()
    service.seen.clear()
    assert place.put(place.presign(key), BODY) == 200
    assert place.get(store.presign_get(key, expires_in_s=60)).body == BODY
    assert store.read_range(key, 0, len(BODY)) == BODY
    assert service.operations() == ["PutObject", "GetObject"]


@pytest.mark.deployment
def test_a_service_may_have_an_authority_of_its_own(
    s3_server: S3Server, bucket: str, s3_credentials: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with lax_s3(s3_server, certificate) as service:
        with pytest.raises(StoreUnreachableError, match="AWS_CA_BUNDLE"):
            checked(service, bucket)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.authority))
        assert checked(service, bucket)[1] == []


@pytest.mark.parametrize(
    ("origin", "is_told"),
    [("https://files.example.org", True), ("http://localhost:8700", False), ("http://127.0.0.1:8700", False)],
)
def test_an_address_that_devices_elsewhere_refuse_is_remarked(
    service: LaxS3, bucket: str, origin: str, is_told: bool
) -> None:
    remarks = {remark.code: remark.text for remark in open_s3(service.store_url(bucket, PREFIX), origin).check()}
    assert ("not-for-devices" in remarks) is is_told
    if is_told:
        assert "public_endpoint_url" in remarks["not-for-devices"]


def test_a_region_that_is_not_the_buckets_is_told(service: LaxS3, bucket: str) -> None:
    """Requests of the server's are led to the right one, addresses of devices would not be."""
    service.region = "eu-central-1"
    assert "write region=eu-central-1" in str(refusal(service, bucket))
    assert checked(service, bucket, region="eu-central-1")[1] == []


# --- what stops a server ---------------------------------------------------------------------------------------------


def refusal(service: S3Server, bucket: str, **options: str) -> StartError:
    with pytest.raises(StartError) as caught:
        checked(service, bucket, **options)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_bucket_that_is_not_there(service: LaxS3) -> None:
    error = refusal(service, "no-such-bucket")
    assert "there is no bucket no-such-bucket" in str(error)
    assert error.exit_code == 1


def test_a_service_that_is_not_there(s3_credentials: None, bucket: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = S3Server(f"http://127.0.0.1:{closed.getsockname()[1]}", [])
        error = refusal(nobody, bucket)
    assert isinstance(error, StoreUnreachableError)
    assert nobody.endpoint_url in str(error)
    assert error.exit_code == 3


def test_credentials_that_are_missing(
    service: LaxS3, bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    error = refusal(service, bucket)
    assert isinstance(error, StoreForbiddenError)
    assert "AWS_ACCESS_KEY_ID" in str(error)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(StoreForbiddenError, match="nobody"):
        open_s3(service.store_url(bucket))


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"])
def test_credentials_that_the_service_does_not_know(service: LaxS3, bucket: str, code: str) -> None:
    service.refuses["ListObjects"] = (403, code)
    error = refusal(service, bucket)
    assert "does not accept the credentials" in str(error)
    assert error.exit_code == 4


def test_credentials_of_nobody(service: LaxS3, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    error = refusal(service, bucket)
    assert "Check that they are right and have s3:ListBucket" in str(error)
    assert error.exit_code == 4
    assert "wrong" not in str(error)


@pytest.mark.parametrize(
    ("operation", "right", "options"),
    [
        ("ListObjects", "s3:ListBucket", {}),
        ("PutObject", "s3:PutObject on lockstep/*", {}),
        ("GetObject", "s3:GetObject on lockstep/*", {}),
        ("PutTagging", "s3:PutObjectTagging on lockstep/*", {"tiering": "on"}),
    ],
)
def test_a_right_that_is_missing_is_named(
    service: LaxS3, bucket: str, operation: str, right: str, options: dict[str, str]
) -> None:
    service.refuses[operation] = (403, "AccessDenied")
    error = refusal(service, bucket, **options)
    assert right in str(error)
    assert error.exit_code == 4


def test_a_right_to_list_that_hides_what_is_missing(service: LaxS3, bucket: str) -> None:
    service.refuses["HeadObject"] = (403, "AccessDenied")
    assert "s3:ListBucket on bucket" in str(refusal(service, bucket))


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (400, "IllegalLocationConstraintException", "another region: name its region with region="),
        (403, "RequestTimeTooSkewed", "clock is wrong"),
        (503, "SlowDown", "does not work just now"),
        (501, "NotImplemented", "does not do what S3 does"),
        (418, "Teapot", "refuses to list in bucket"),
    ],
)
def test_other_refusals_come_with_advice(service: LaxS3, bucket: str, status: int, code: str, advice: str) -> None:
    service.refuses["ListObjects"] = (status, code)
    assert advice in str(refusal(service, bucket))


@pytest.mark.parametrize("off_s", [-3600, 3600])
def test_a_clock_that_is_far_off(service: LaxS3, bucket: str, off_s: int) -> None:
    service.clock_off_s = off_s
    assert "seconds apart" in str(refusal(service, bucket))


def test_a_bucket_that_everybody_can_read(service: LaxS3, bucket: str) -> None:
    service.is_public = True
    assert "block public access" in str(refusal(service, bucket))


def test_a_rule_that_would_delete_peoples_files(service: LaxS3) -> None:
    bucket = service.new_bucket()
    set_rules(service, bucket, {"ID": "tidy", "Filter": {"Prefix": PREFIX}, "Expiration": {"Days": 400}})
    assert "rule tidy deletes what lies below lockstep/packs/" in str(refusal(service, bucket))
    set_rules(service, bucket, {"ID": "tidy", "Filter": {"Prefix": "other/"}, "Expiration": {"Days": 400}})
    assert checked(service, bucket)[1] == []


# --- what an operator should know ----------------------------------------------------------------------------------


def set_rules(service: S3Server, bucket: str, *rules: dict[str, Any]) -> None:
    configuration = {"Rules": [{"Status": "Enabled"} | rule for rule in rules]}
    service.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=configuration)


@pytest.mark.parametrize("operation", ["PostParts", "DeleteParts"])
def test_a_service_without_uploads_in_parts_is_told_and_does(service: LaxS3, bucket: str, operation: str) -> None:
    service.refuses[operation] = (501, "NotImplemented")
    assert checked(service, bucket)[1] == ["no-parts"]


def test_a_server_that_may_not_delete_is_told_and_starts(service: LaxS3, bucket: str) -> None:
    service.refuses["DeleteObject"] = (403, "AccessDenied")
    assert checked(service, bucket)[1] == ["no-delete"]


def test_a_clock_that_is_a_little_off_is_remarked(service: LaxS3, bucket: str) -> None:
    service.clock_off_s = 100
    assert checked(service, bucket)[1] == ["clock"]


def test_what_cannot_be_looked_at_is_remarked(service: LaxS3, bucket: str) -> None:
    service.refuses |= {"GetVersioning": (403, "AccessDenied"), "GetLifecycle": (501, "NotImplemented")}
    store, remarks = checked(service, bucket)
    assert remarks == ["not-seen"]
    assert store.holds_bindings


def test_old_versions_of_objects_want_a_rule(service: LaxS3) -> None:
    """And Ceph replaces what is there in a bucket that keeps old versions, whatever was signed."""
    bucket = service.new_bucket()
    service.client().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert checked(service, bucket)[1] == ["versioning", "incoming"]
    rule = {"ID": "old", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 7}}
    set_rules(service, bucket, rule)
    assert checked(service, bucket)[1] == ["incoming"]


def test_archives_are_warned_of_and_tiers_want_a_rule(service: LaxS3) -> None:
    bucket = service.new_bucket()
    assert checked(service, bucket, tiering="on")[1] == ["no-tier-rule"]
    tag = {"Key": "lockstep-tier", "Value": "old"}
    chosen = {"And": {"Prefix": f"{PREFIX}/packs/", "Tags": [tag]}}
    rule = {"ID": "cool", "Filter": chosen, "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}
    set_rules(service, bucket, rule)
    assert checked(service, bucket, tiering="on")[1] == []
    rule["Transitions"] = [{"Days": 30, "StorageClass": "DEEP_ARCHIVE"}]
    set_rules(service, bucket, rule)
    assert checked(service, bucket, tiering="on")[1] == ["archive"]


def test_browsers_want_a_rule_of_their_own(service: LaxS3) -> None:
    bucket = service.new_bucket()
    url = service.store_url(bucket, PREFIX)

    def told(origin: str = "https://files.example.org") -> list[str]:
        return [remark.text for remark in open_s3(url, origin).check() if remark.code == "no-cors"]

    assert "may not upload to or download from the bucket" in told("https://files.example.org/")[0]
    rule = cors_rule()
    for without, refused in (("PUT", "upload to"), ("GET", "download from")):
        set_cors(service, bucket, rule | {"AllowedMethods": [m for m in rule["AllowedMethods"] if m != without]})
        assert f"may not {refused} the bucket" in told()[0]
    for without in ("content-md5", "if-none-match", "x-amz-checksum-crc32c", "range"):
        set_cors(service, bucket, rule | {"AllowedHeaders": [h for h in rule["AllowedHeaders"] if h != without]})
        assert len(told()) == 1, f"each header of the rule is needed: {without}"
    set_cors(service, bucket, rule)
    assert told() == []
    assert len(told("https://other.example.org")) == 1
    set_cors(service, bucket, rule | {"AllowedOrigins": ["*"], "AllowedHeaders": ["*"]})
    assert told("https://other.example.org") == []


def cors_rule() -> dict[str, Any]:
    """The one that docs/s3.md has."""
    page = (Path(__file__).parents[2] / "docs/s3.md").read_text()
    (found,) = [text for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if "CORSRules" in text]
    rule: dict[str, Any] = json.loads(found)["CORSRules"][0]
    return rule


def set_cors(service: LaxS3, bucket: str, rule: dict[str, Any]) -> None:
    service.client().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def test_a_look_leaves_nothing_behind(service: LaxS3) -> None:
    bucket = service.new_bucket()
    for ignored in (set(), {"body", "size", "once"}):
        service.ignores = ignored
        checked(service, bucket)
    assert service.client().list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_objects_can_be_said_to_be_of_old_versions_only(service: LaxS3, bucket: str) -> None:
    store, _ = checked(service, bucket)
    key = new_key()
    store.put(key, io.BytesIO(BODY))

    def tags() -> Any:
        return service.client().get_object_tagging(Bucket=bucket, Key=f"{PREFIX}/{key}")["TagSet"]

    store.set_tier(key, is_old=True)
    assert tags() == [{"Key": "lockstep-tier", "Value": "old"}]
    store.set_tier(key, is_old=False)
    assert tags() == []
