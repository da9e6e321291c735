"""Roles on AWS: each can do what it is for, and nothing else of all that there is."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.installers.aws_account import BUCKET, Deployed
from tests.installers.conftest import CDN_SECRET, KEY, MAIL_SECRET, REPLICA, REPLICA_KEY
from tests.installers.iam import all_actions, is_allowed, policies_of, reach

ROOT = Path(__file__).parents[2]
HERE = f"arn:aws:s3:::{BUCKET}"
OURS = f"{HERE}/lockstep/packs/00"
RIGHTS: dict[str, dict[str, str]] = {
    "list_objects_v2": {"s3:ListBucket": HERE},
    "head_object": {"s3:GetObject": OURS, "s3:ListBucket": HERE},  # else what is missing looks forbidden
    "get_object": {"s3:GetObject": OURS},
    "put_object": {"s3:PutObject": OURS},
    "copy_object": {"s3:GetObject": OURS, "s3:PutObject": OURS},
    "create_multipart_upload": {"s3:PutObject": OURS},
    "upload_part": {"s3:PutObject": OURS},
    "complete_multipart_upload": {"s3:PutObject": OURS},
    "abort_multipart_upload": {"s3:AbortMultipartUpload": OURS},
    "delete_object": {"s3:DeleteObject": OURS},
    "put_object_tagging": {"s3:PutObjectTagging": OURS},
    "get_bucket_versioning": {"s3:GetBucketVersioning": HERE},
    "get_bucket_lifecycle_configuration": {"s3:GetLifecycleConfiguration": HERE},
}
"""By operation, the action that S3 wants for it, and on what ("Required permissions for Amazon S3 API operations")."""


def operations_of_the_server() -> set[str]:
    """Every S3 operation that the server's code names."""
    client = boto3.client("s3")
    known = set(client.meta.method_to_api_mapping)
    named: set[str] = set()
    for file in (ROOT / "server_api/storage").glob("s3_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                named.add(node.attr)
            elif isinstance(node, ast.Constant):
                named.add(str(node.value))
    return named & known


def server(deployed: Deployed) -> list[dict[str, Any]]:
    return policies_of(deployed.id_of("service", "ServerRole"))


def test_the_server_may_do_every_call_to_s3_that_it_makes(full: Deployed) -> None:
    operations = operations_of_the_server()
    assert operations == RIGHTS.keys()
    rights = server(full)
    for operation in operations:
        for action, resource in RIGHTS[operation].items():
            assert is_allowed(rights, action, resource), (operation, action)


def test_its_rights_over_the_bucket_are_those_of_the_page(full: Deployed) -> None:
    """Which were tried on a real service: that they are enough, and that each is needed."""
    page = (ROOT / "docs/s3.md").read_text()
    (text,) = [each for each in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if '"Version"' in each]
    documented = json.loads(text.replace("BUCKET", BUCKET).replace("PREFIX", "lockstep"))["Statement"]
    documented[1]["Action"].append("s3:PutObjectTagging")
    ours = [each for each in server(full) if each.get("Sid") in {"LockstepBucket", "LockstepObjects"}]
    assert ours == documented


ANYWHERE = {
    "ec2:describetags",
    "ssm:updateinstanceinformation",
    "ssmmessages:createcontrolchannel",
    "ssmmessages:createdatachannel",
    "ssmmessages:opencontrolchannel",
    "ssmmessages:opendatachannel",
}
"""Such as know no resource: an operator's session on the machine, and which group the machine is in."""


def test_the_server_may_do_nothing_else(full: Deployed) -> None:
    assert len(all_actions()) > 10_000
    rights = server(full)
    bucket = {"s3:listbucket", "s3:getbucketversioning", "s3:getlifecycleconfiguration"}
    objects = {"s3:getobject", "s3:putobject", "s3:deleteobject", "s3:abortmultipartupload", "s3:putobjecttagging"}
    log = {"logs:createlogstream", "logs:describelogstreams", "logs:putlogevents"}
    secret = {"secretsmanager:getsecretvalue"}
    other_secret = CDN_SECRET.replace("cdn", "other")
    expected = {
        "*": set(),
        HERE: bucket,
        OURS: objects,
        f"{HERE}/other/secret": set(),
        f"{HERE}/lockstep-2/packs/00": set(),
        "arn:aws:s3:::another-bucket": set(),
        "arn:aws:s3:::another-bucket/lockstep/packs/00": set(),
        REPLICA: set(),
        f"{REPLICA}/lockstep/packs/00": set(),
        "arn:aws:s3:::company-artifacts/wheels/lockstep.whl": {"s3:getobject"},
        "arn:aws:s3:::company-artifacts/other": set(),
        KEY: {"kms:decrypt", "kms:generatedatakey"},
        REPLICA_KEY: set(),
        str(full.outputs["DatabasePart"]["SecretArn"]): secret,
        CDN_SECRET: secret,
        MAIL_SECRET: secret,
        other_secret: set(),
        full.parts["service"].value({"Fn::GetAtt": ["ServerLog", "Arn"]}): log,
        "arn:aws:logs:eu-central-1:123456789012:log-group:/other": set(),
        str(full.outputs["NoticesPart"]["TopicArn"]): set(),
    }  # fmt: skip
    for resource, actions in expected.items():
        assert reach(rights, resource) == actions | ANYWHERE, resource


def test_figures_go_into_its_own_namespace_and_wheels_are_listed_below_theirs(full: Deployed) -> None:
    rights = server(full)
    assert is_allowed(rights, "cloudwatch:PutMetricData", "*", cloudwatch_namespace="Lockstep")
    assert not is_allowed(rights, "cloudwatch:PutMetricData", "*", cloudwatch_namespace="AWS/RDS")
    artifacts = "arn:aws:s3:::company-artifacts"
    assert is_allowed(rights, "s3:ListBucket", artifacts, s3_prefix="wheels/")
    assert not is_allowed(rights, "s3:ListBucket", artifacts, s3_prefix="")


@pytest.mark.parametrize(
    ("function", "may"),
    [
        ("BucketNotices", {f"{HERE}/lockstep/notices/00": {"s3:getobject"}, KEY: {"kms:decrypt"}, "*": set()}),
        ("InstanceNotices", {f"{HERE}/lockstep/notices/00": set(), KEY: set(), "*": set()}),
    ],
)
def test_each_function_may_tell_and_read_what_it_tells(full: Deployed, function: str, may: dict[str, set[str]]) -> None:
    rights = policies_of(full.id_of("notices", f"{function}Role"))
    everywhere = {"ec2:describetags"} if function == "InstanceNotices" else set()
    log = full.parts["notices"].value({"Fn::GetAtt": [f"{function}Log", "Arn"]})
    expected = may | {
        str(full.outputs["NoticesPart"]["TopicArn"]): {"sns:publish"},
        log: {"logs:createlogstream", "logs:putlogevents"},
        OURS: set(),
        HERE: set(),
    }
    for resource, actions in expected.items():
        assert reach(rights, resource) == actions | everywhere, resource


def test_replication_reads_here_and_writes_there(full: Deployed) -> None:
    rights = policies_of(full.id_of("storage", "ReplicationRole"))
    there = f"{REPLICA}/lockstep/packs/00"
    expected = {
        HERE: {"s3:getreplicationconfiguration", "s3:listbucket"},
        OURS: {"s3:getobjectversionforreplication", "s3:getobjectversionacl", "s3:getobjectversiontagging"},
        there: {"s3:replicateobject", "s3:replicatedelete", "s3:replicatetags"},
        KEY: {"kms:decrypt"},
        REPLICA_KEY: {"kms:encrypt"},
        REPLICA: set(),
        "*": set(),
    }
    for resource, actions in expected.items():
        assert reach(rights, resource) == actions, resource


def test_services_alone_may_take_the_roles_on(full: Deployed) -> None:
    roles = boto3.client("iam").list_roles()["Roles"]
    trusted = {}
    for role in roles:
        document: Any = role["AssumeRolePolicyDocument"]
        (statement,) = document["Statement"]
        trusted[role["RoleName"].split("-")[2]] = statement["Principal"]
    assert trusted == {
        "ServerRole": {"Service": "ec2.amazonaws.com"},
        "BucketNoticesRole": {"Service": "lambda.amazonaws.com"},
        "InstanceNoticesRole": {"Service": "lambda.amazonaws.com"},
        "ReplicationRole": {"Service": "s3.amazonaws.com"},
    }
    assert boto3.client("iam").list_users()["Users"] == []
