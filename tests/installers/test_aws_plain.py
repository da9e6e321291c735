"""A deployment with nothing but what has to be said: what is read back of it."""

from __future__ import annotations

import boto3

from tests.installers.aws_account import BUCKET, Deployed
from tests.installers.conftest import CDN_SECRET, KEY, MAIL_SECRET
from tests.installers.iam import policies_of, reach
from tests.installers.test_aws_rights import ANYWHERE


def test_what_is_not_used_gives_no_rights(plain: Deployed) -> None:
    rights = policies_of(plain.id_of("service", "ServerRole"))
    for resource in (KEY, CDN_SECRET, MAIL_SECRET, "arn:aws:s3:::company-artifacts/wheels/lockstep.whl"):
        assert reach(rights, resource) == ANYWHERE, resource


def test_packs_of_old_versions_move_after_30_and_60_days(plain: Deployed) -> None:
    rules = boto3.client("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    (moving,) = [rule for rule in rules if "Transitions" in rule]
    assert moving["Transitions"] == [
        {"Days": 30, "StorageClass": "STANDARD_IA"},
        {"Days": 60, "StorageClass": "GLACIER_IR"},
    ]


def test_without_a_key_s3_encrypts_with_its_own(plain: Deployed) -> None:
    found = boto3.client("s3").get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    assert found["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_the_database_is_postgresql_and_one_nat_gateway_serves_both_zones(plain: Deployed) -> None:
    (database,) = boto3.client("rds").describe_db_instances()["DBInstances"]
    assert (database["Engine"], database["EngineVersion"]) == ("postgres", "17")
    assert str(plain.outputs["DatabasePart"]["Url"]).startswith("postgresql+psycopg://")
    ways = boto3.client("ec2").describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [plain.vpc]}])["RouteTables"]
    nats = [route["NatGatewayId"] for table in ways for route in table["Routes"] if "NatGatewayId" in route]
    assert (len(nats), len(set(nats))) == (2, 1)


def test_there_is_no_content_network_and_no_replication(plain: Deployed) -> None:
    assert "cdn" not in plain.parts
    assert "AWS::CloudFront::Distribution" not in plain.left_out
    assert "ReplicationConfiguration" not in plain.parts["storage"].properties("Bucket")
