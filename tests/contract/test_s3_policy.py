"""The policy in docs/s3.md: enough for a server, none of it too much, for a user and for a role that is assumed.

On Ceph, which holds users and roles to such policies, but users neither to rights about tags nor, for what they wrote
themselves, to ``s3:GetObject``.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from server_api.errors import StartError
from server_api.storage.s3_address import parse_s3_address
from server_api.storage.s3_store import S3Store
from tests.contract.test_object_store import BODY, Place, new_key, send
from tests.fixtures.s3 import ACCESS_KEY, REGION, SECRET_KEY, S3Server

pytestmark = [pytest.mark.s3, pytest.mark.timeout(400)]
PAGE = Path(__file__).parents[2] / "docs/s3.md"
PREFIX = "lockstep"
KEY, SECRET = secrets.token_hex(8), "operatorsecret"
USER = f"operator-{KEY}"
"""One for each process of tests, for they share the service."""


def policy(bucket: str, *, without: str = "", tiering: bool = False) -> dict[str, Any]:
    """As the page has it, for this bucket."""
    (found,) = [text for text in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL) if '"Version"' in text]
    document: dict[str, Any] = json.loads(found.replace("BUCKET", bucket).replace("PREFIX", PREFIX))
    if tiering:
        document["Statement"][1]["Action"].append("s3:PutObjectTagging")
    for statement in document["Statement"]:
        statement["Action"] = [action for action in statement["Action"] if action != without]
    return document


RIGHTS = [action for statement in policy("x")["Statement"] for action in statement["Action"]]
HELD = [right for right in RIGHTS if right != "s3:GetObject"]
"""Ceph lets a user read what it wrote itself, whatever its policy says."""


@pytest.fixture(scope="session")
def operator(s3_server: S3Server) -> Callable[[dict[str, Any]], None]:
    """A user who owns nothing; gives it a policy."""
    user = ("user", "create", f"--uid={USER}", "--display-name=o", f"--access-key={KEY}", f"--secret-key={SECRET}")
    subprocess.run([*s3_server.admin, *user], check=True, capture_output=True)
    iam = boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION).client(
        "iam", endpoint_url=s3_server.endpoint_url
    )

    def allow(document: dict[str, Any]) -> None:
        iam.put_user_policy(UserName=USER, PolicyName="lockstep", PolicyDocument=json.dumps(document))

    return allow


@pytest.fixture
def bucket(s3_server: S3Server) -> str:
    return s3_server.new_bucket()


@pytest.fixture
def as_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def as_role(s3_server: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A profile whose role boto3 assumes by itself; the role has the policy, and its user nothing."""
    role = f"store-{secrets.token_hex(4)}"
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam:::user/{USER}"]},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }
    document = json.dumps(policy(bucket, tiering=True))
    made = ("role", "create", f"--role-name={role}", f"--assume-role-policy-doc={json.dumps(trust)}")
    given = ("role-policy", "put", f"--role-name={role}", "--policy-name=lockstep", f"--policy-doc={document}")
    for command in (made, given):
        subprocess.run([*s3_server.admin, *command], check=True, capture_output=True)
    file = tmp_path / "config"
    file.write_text(
        f"[profile person]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
        f"[profile lockstep]\nrole_arn = arn:aws:iam:::role/{role}\nsource_profile = person\nregion = {REGION}\n"
    )
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "lockstep")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", s3_server.endpoint_url)


def use_everything(server: S3Server, bucket: str, **options: str) -> None:
    """What a server and its devices do with a store."""
    store = S3Store(parse_s3_address(server.store_url(bucket, PREFIX, **options)))
    assert [remark.code for remark in store.check() if remark.code != "no-tier-rule"] == []
    place, key, copied = Place(store, send, lambda: None), new_key(), new_key()
    assert place.put(place.presign(key), BODY) == 200
    assert place.get(store.presign_get(key, expires_in_s=60)).body == BODY
    store.copy(key, copied)
    if options.get("tiering"):
        store.set_tier(copied, is_old=True)
    store.put(f"meta/snapshots/{secrets.randbelow(10**16):016}", io.BytesIO(b"x"))
    assert {found.key for found in store.list("packs/")} == {key, copied}
    for each in (key, copied):
        store.delete(each)
        assert store.head(each) is None


def is_forbidden(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == 403)
    return False


def refused(server: S3Server, bucket: str) -> None:
    """What those keys must not be good for."""
    client: Any = boto3.session.Session().client(
        "s3", endpoint_url=server.endpoint_url, region_name=REGION, config=Config(s3={"addressing_style": "path"})
    )
    owner = server.client()
    owner.put_object(Bucket=bucket, Key="other/secret", Body=b"not Lockstep's")
    other = server.new_bucket()
    owner.put_object(Bucket=other, Key=f"{PREFIX}/packs/x", Body=b"another bucket's")
    attempts: dict[str, Callable[[], Any]] = {
        "read beside the prefix": lambda: client.get_object(Bucket=bucket, Key="other/secret"),
        "write beside the prefix": lambda: client.put_object(Bucket=bucket, Key="other/new", Body=b"x"),
        "write a longer prefix": lambda: client.put_object(Bucket=bucket, Key=f"{PREFIX}-2/new", Body=b"x"),
        "delete beside the prefix": lambda: client.delete_object(Bucket=bucket, Key="other/secret"),
        "read another bucket": lambda: client.get_object(Bucket=other, Key=f"{PREFIX}/packs/x"),
        "list another bucket": lambda: client.list_objects_v2(Bucket=other),
        "delete the bucket": lambda: client.delete_bucket(Bucket=bucket),
        "open the bucket": lambda: client.put_bucket_acl(Bucket=bucket, ACL="public-read"),
        "change its policy": lambda: client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(bucket))),
        "change its rules": lambda: client.delete_bucket_lifecycle(Bucket=bucket),
        "change its versioning": lambda: client.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
        "change its cors": lambda: client.delete_bucket_cors(Bucket=bucket),
    }
    assert [what for what, attempt in attempts.items() if not is_forbidden(attempt)] == []
    assert owner.get_object(Bucket=bucket, Key="other/secret")["Body"].read() == b"not Lockstep's"


def test_it_is_enough_and_opens_nothing_else(
    s3_server: S3Server, operator: Callable[[dict[str, Any]], None], bucket: str, as_user: None
) -> None:
    operator(policy(bucket))
    use_everything(s3_server, bucket)
    refused(s3_server, bucket)


def test_a_role_that_is_assumed_will_do(
    s3_server: S3Server, operator: Callable[[dict[str, Any]], None], bucket: str, as_role: None
) -> None:
    operator(policy("no-bucket"))
    use_everything(s3_server, bucket, tiering="on")
    use_everything(s3_server, bucket, uploads="incoming")
    refused(s3_server, bucket)


@pytest.mark.parametrize("right", HELD)
def test_each_right_is_missed_and_named_where_it_is_missing(
    s3_server: S3Server, operator: Callable[[dict[str, Any]], None], bucket: str, as_user: None, right: str
) -> None:
    operator(policy(bucket, without=right))
    store = S3Store(parse_s3_address(s3_server.store_url(bucket, PREFIX)))
    try:
        told = [remark.text for remark in store.check()]
    except StartError as error:
        told = [str(error)]
    assert any(right in text for text in told), told


def test_a_condition_on_listing_is_told(
    s3_server: S3Server, operator: Callable[[dict[str, Any]], None], bucket: str, as_user: None
) -> None:
    document = policy(bucket)
    document["Statement"][0]["Condition"] = {"StringLike": {"s3:prefix": [f"{PREFIX}/*"]}}
    operator(document)
    with pytest.raises(StartError, match=r"s3:ListBucket on bucket .* without a condition"):
        S3Store(parse_s3_address(s3_server.store_url(bucket, PREFIX))).check()
