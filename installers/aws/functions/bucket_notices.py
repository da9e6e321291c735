"""Tells by SNS of what happens in the bucket: files that came through links for uploads, and objects not replicated.

S3 invokes it with event notifications. A notice of the server is an object of its own, which is read for what it says.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

_MOST_BYTES = 10_000
_MOST_SUBJECT = 100  # what SNS takes


def handler(event: dict[str, Any], _context: object) -> int:
    """One message for each record that somebody wants to know of; how many. S3's test event has no records."""
    told = 0
    for record in event.get("Records", ()):
        message = _message(record)
        if message is not None:
            subject, text = message
            boto3.client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], Subject=subject[:_MOST_SUBJECT], Message=text)
            told += 1
    return told


def _message(record: dict[str, Any]) -> tuple[str, str] | None:
    name = str(record.get("eventName", "")).removeprefix("s3:")
    bucket = record["s3"]["bucket"]["name"]
    key = unquote_plus(record["s3"]["object"]["key"])
    if name.startswith("Replication:OperationFailedReplication"):
        why = record.get("replicationEventData", {}).get("failureReason", "not told")
        told = f"{key} in {bucket} was not copied to the other region: {why}"
        advice = "It stays in this region. Once the cause is mended, S3 Batch Replication copies it."
        return "Lockstep: an object was not replicated", f"{told}\n{advice}"
    if name.startswith("ObjectCreated:"):
        body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read(_MOST_BYTES)
        return _upload(json.loads(body))
    return None


def _upload(notice: dict[str, Any]) -> tuple[str, str] | None:
    """What visitors wrote themselves is not in a notice; titles are their owners'."""
    if notice.get("kind") != "share-upload":
        return None
    account, link = str(notice["account"]), str(notice["link"]) or "without a title"
    files, size = int(notice["files"]), int(notice["bytes"])
    return (
        "Lockstep: files came through a link",
        f"{files} {'file' if files == 1 else 'files'}, {size:,} bytes, for {account} through the link: {link}",
    )
