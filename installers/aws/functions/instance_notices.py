"""Tells by SNS that a server's machine started or stopped. EventBridge invokes it with EC2's changes of state.

The account may have other machines: which are ours their auto-scaling group tells, which AWS names in a tag.
"""

from __future__ import annotations

import os
from typing import Any

import boto3

_GROUP_TAG = "aws:autoscaling:groupName"
_MEANING = {"running": "has started", "stopped": "has stopped", "terminated": "is gone"}


def handler(event: dict[str, Any], _context: object) -> int:
    """One message, if it is about a machine of ours; how many."""
    detail = event["detail"]
    instance, state = detail["instance-id"], detail["state"]
    if state not in _MEANING or not _is_ours(instance):
        return 0
    boto3.client("sns").publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=f"Lockstep: a server {_MEANING[state]}",
        Message=f"{instance} in {event['region']} {_MEANING[state]}, {event['time']}.\n"
        "The auto-scaling group starts another one where one is missing.",
    )
    return 1


def _is_ours(instance: str) -> bool:
    """EC2 remembers the tags of a machine that is gone for an hour or so."""
    wanted = [{"Name": "resource-id", "Values": [instance]}, {"Name": "key", "Values": [_GROUP_TAG]}]
    tags = boto3.client("ec2").describe_tags(Filters=wanted)["Tags"]
    return any(tag["Value"].startswith(os.environ["GROUP_PREFIX"]) for tag in tags)
