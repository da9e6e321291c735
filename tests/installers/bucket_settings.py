"""A bucket's settings as CloudFormation has them, said to the S3 API, which has other names for the same."""

from __future__ import annotations

from typing import Any

import boto3


def apply_settings(properties: dict[str, Any]) -> None:
    """Everything but the encryption, which moto takes from a template itself."""
    s3: Any = boto3.client("s3")
    bucket = properties["BucketName"]
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"]
    )
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=properties["OwnershipControls"])
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=properties["VersioningConfiguration"])
    rules = [lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    if "CorsConfiguration" in properties:
        cors = [_renamed(rule, {"MaxAge": "MaxAgeSeconds"}) for rule in properties["CorsConfiguration"]["CorsRules"]]
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": cors})
    if "NotificationConfiguration" in properties:
        wanted = [_notification(each) for each in properties["NotificationConfiguration"]["LambdaConfigurations"]]
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": wanted}
        )
    if "ReplicationConfiguration" in properties:
        replication = properties["ReplicationConfiguration"]
        rules = [_renamed(rule, {"Id": "ID"}) for rule in replication["Rules"]]
        s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": replication["Role"], "Rules": rules})


def lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    prefix, tags = rule.get("Prefix", ""), rule.get("TagFilters", [])
    said: dict[str, Any] = {"ID": rule["Id"], "Status": rule["Status"]}
    said["Filter"] = {"And": {"Prefix": prefix, "Tags": tags}} if tags else {"Prefix": prefix}
    if "Transitions" in rule:
        said["Transitions"] = [
            {"Days": int(each["TransitionInDays"]), "StorageClass": each["StorageClass"]}
            for each in rule["Transitions"]
        ]
    if "ExpirationInDays" in rule:
        said["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "ExpiredObjectDeleteMarker" in rule:
        said["Expiration"] = {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}
    if "NoncurrentVersionExpiration" in rule:
        days = int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        said["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "AbortIncompleteMultipartUpload" in rule:
        said["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    known = {
        "Id", "Status", "Prefix", "TagFilters", "Transitions", "ExpirationInDays", "ExpiredObjectDeleteMarker",
        "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload",
    }  # fmt: skip
    assert rule.keys() <= known, "a rule says something that is not taken over here"
    return said


def _notification(said: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"LambdaFunctionArn": said["Function"], "Events": [said["Event"]]}
    if "Filter" in said:
        told["Filter"] = {"Key": {"FilterRules": said["Filter"]["S3Key"]["Rules"]}}
    return told


def _renamed(said: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in said.items()}
