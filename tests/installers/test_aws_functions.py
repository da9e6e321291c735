"""The functions, invoked with events as AWS sends them; who subscribed to the topic is told, or is not."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.fixtures.aws import REGION
from tests.installers.aws_account import BUCKET, TEMPLATES
from tests.installers.cloudformation import ACCOUNT

Handler = Callable[[dict[str, Any], object], int]
Told = Callable[[], list[tuple[str, str]]]
EVENTS = Path(__file__).parent / "events"


def event(name: str, **changed: str) -> dict[str, Any]:
    """As in AWS's documentation, with some values of ours."""
    text = (EVENTS / f"{name}.json").read_text()
    for old, new in changed.items():
        text = text.replace(f"{{{old}}}", new)
    found: dict[str, Any] = json.loads(text)
    return found


def handler(name: str) -> Handler:
    spec = importlib.util.spec_from_file_location(name, TEMPLATES / f"functions/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Handler = module.handler
    return found


@pytest.fixture
def told(aws: None, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Subject and text of what came since it was last asked."""
    topic = boto3.client("sns").create_topic(Name="lockstep")["TopicArn"]
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="who-is-told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("TOPIC_ARN", topic)
    monkeypatch.setenv("GROUP_PREFIX", "lockstep")

    def receive() -> list[tuple[str, str]]:
        found = []
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            found.append((body["Subject"], body["Message"]))
        return found

    return receive


# --- what happens in the bucket --------------------------------------------------------------------------------------


@pytest.fixture
def bucket(told: Told) -> Handler:
    where: Any = {"LocationConstraint": REGION}
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return handler("bucket_notices")


def notice(key: str, **said: Any) -> dict[str, Any]:
    """An event that tells of a notice, which is there."""
    whole = {"kind": "share-upload", "account": "ada@example.org", "link": "Photos", "files": 1, "bytes": 12} | said
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(whole).encode())
    return event("s3-object-created", bucket=BUCKET, key=key.replace(" ", "+"))


def test_files_that_came_through_a_link_are_told(bucket: Handler, told: Told) -> None:
    assert bucket(notice("lockstep/notices/0011", files=3, bytes=5_242_880), None) == 1
    subject, text = (
        "Lockstep: files came through a link",
        "3 files, 5,242,880 bytes, for ada@example.org through the link: Photos",
    )
    assert told() == [(subject, text)]


def test_a_link_without_a_title_and_a_key_that_is_quoted(bucket: Handler, told: Told) -> None:
    assert bucket(notice("a company/notices/0011", link=""), None) == 1
    ((_, text),) = told()
    assert text == "1 file, 12 bytes, for ada@example.org through the link: without a title"


def test_other_notices_are_for_others(bucket: Handler, told: Told) -> None:
    assert bucket(notice("lockstep/notices/0011", kind="something-new"), None) == 0
    assert told() == []


def test_an_object_that_was_not_replicated_is_told_with_the_reason(bucket: Handler, told: Told) -> None:
    assert bucket(event("s3-replication-failed", bucket=BUCKET, key="lockstep/packs/00/11"), None) == 1
    ((subject, text),) = told()
    assert subject == "Lockstep: an object was not replicated"
    assert text.startswith(
        f"lockstep/packs/00/11 in {BUCKET} was not copied to the other region: AssumeRoleNotPermitted\n"
    )


def test_s3_s_own_test_event_tells_nobody(bucket: Handler, told: Told) -> None:
    assert bucket(event("s3-test", bucket=BUCKET), None) == 0
    assert told() == []


def test_a_notice_that_is_gone_fails_so_that_it_is_tried_again(bucket: Handler, told: Told) -> None:
    with pytest.raises(boto3.client("s3").exceptions.NoSuchKey):
        bucket(event("s3-object-created", bucket=BUCKET, key="lockstep/notices/9999"), None)


# --- machines that start and stop ------------------------------------------------------------------------------------


@pytest.fixture
def machine(told: Told) -> str:
    """One of the auto-scaling group's; AWS alone may write such a tag."""
    (made,) = boto3.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "other"}]}],
    )["Instances"]
    return str(made["InstanceId"])


def of_group(machine: str, group: str) -> None:
    from moto.ec2.models import ec2_backends

    ec2_backends[ACCOUNT][REGION].create_tags([machine], {"aws:autoscaling:groupName": group})


@pytest.mark.parametrize(
    ("state", "said"), [("running", "has started"), ("stopped", "has stopped"), ("terminated", "is gone")]
)
def test_a_server_that_starts_or_stops_is_told(told: Told, machine: str, state: str, said: str) -> None:
    of_group(machine, "lockstep-servers")
    assert handler("instance_notices")(event("ec2-state-change", instance=machine, state=state), None) == 1
    ((subject, text),) = told()
    assert subject == f"Lockstep: a server {said}"
    assert text.startswith(f"{machine} in us-east-1 {said}, 2015-11-11T21:29:54Z.")


def test_other_machines_and_states_between_are_nobody_s_business(told: Told, machine: str) -> None:
    tell = handler("instance_notices")
    assert tell(event("ec2-state-change", instance=machine, state="running"), None) == 0
    of_group(machine, "another-group")
    assert tell(event("ec2-state-change", instance=machine, state="running"), None) == 0
    of_group(machine, "lockstep-servers")
    assert tell(event("ec2-state-change", instance=machine, state="shutting-down"), None) == 0
    assert told() == []
