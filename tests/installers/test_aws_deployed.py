"""A deployment with everything that is optional: what is read back of it is what docs/aws.md says.

What moto takes and does not tell again is looked at in the template itself, as it is with these parameters.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from server_api.storage.s3_address import parse_s3_address
from server_api.storage.s3_check import BucketCheck
from server_api.storage.stores import TIER_TAG
from tests.installers.aws_account import BUCKET, ORIGIN, Deployed
from tests.installers.conftest import KEY, REPLICA, REPLICA_KEY


@pytest.fixture
def s3(full: Deployed) -> Any:
    return boto3.client("s3")


# --- the bucket ------------------------------------------------------------------------------------------------------


def test_packs_of_old_versions_move_by_the_server_s_tag_and_leftovers_go(s3: Any) -> None:
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]}
    assert all(rule["Status"] == "Enabled" for rule in rules.values())
    moving = rules.pop("lockstep-old-versions")
    tag = {"Key": TIER_TAG[0], "Value": TIER_TAG[1]}
    assert moving["Filter"] == {"And": {"Prefix": "lockstep/packs/", "Tags": [tag]}}
    assert moving["Transitions"] == [
        {"Days": 75, "StorageClass": "STANDARD_IA"},
        {"Days": 365, "StorageClass": "GLACIER_IR"},
    ]
    deleted = rules.pop("lockstep-deleted")
    assert deleted["Filter"] == {"Prefix": ""}
    assert deleted["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert deleted["Expiration"] == {"ExpiredObjectDeleteMarker": True}
    assert deleted["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}
    expiring = {rule["Filter"]["Prefix"]: rule["Expiration"] for rule in rules.values()}
    assert expiring == {
        "lockstep/published/": {"Days": 7},
        "lockstep/incoming/": {"Days": 7},
        "lockstep/probe/": {"Days": 1},
        "lockstep/notices/": {"Days": 1},
    }


def test_a_server_that_looks_at_the_bucket_finds_nothing_to_remark(s3: Any) -> None:
    address = parse_s3_address(f"s3://{BUCKET}/lockstep?tiering=on&notices=on")
    check = BucketCheck(s3, address, public_url=None, url_of=lambda key: key)
    assert list(check._versions_and_rules()) == []


def test_nothing_is_public_and_all_is_encrypted_and_versioned(full: Deployed, s3: Any) -> None:
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert (len(block), all(block.values())) == (4, True)
    (owner,) = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
    assert owner["ObjectOwnership"] == "BucketOwnerEnforced"
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    (said,) = full.parts["storage"].properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert said["BucketKeyEnabled"] is True, "else each object costs a request to KMS"
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


def test_browsers_may_send_and_fetch_from_the_pages_address_alone(s3: Any) -> None:
    (rule,) = s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    assert (rule["AllowedOrigins"], sorted(rule["AllowedMethods"])) == ([ORIGIN], ["GET", "PUT"])
    assert set(rule["AllowedHeaders"]) >= {"content-md5", "if-none-match", "x-amz-checksum-crc32c", "range"}


def test_its_policy_wants_tls_and_lets_cloudfront_read_published_objects(s3: Any) -> None:
    tls, cloudfront = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (tls["Effect"], tls["Principal"], tls["Condition"]) == (
        "Deny", "*", {"Bool": {"aws:SecureTransport": "false"}}
    )  # fmt: skip
    assert (cloudfront["Principal"], cloudfront["Action"], cloudfront["Resource"]) == (
        {"Service": "cloudfront.amazonaws.com"}, "s3:GetObject", f"arn:aws:s3:::{BUCKET}/lockstep/published/*"
    )  # fmt: skip
    source = cloudfront["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source == "arn:aws:cloudfront::123456789012:distribution/*", "of this account alone"


def test_packs_and_snapshots_are_replicated_with_their_deletions(full: Deployed, s3: Any) -> None:
    found = s3.get_bucket_replication(Bucket=BUCKET)["ReplicationConfiguration"]
    assert found["Role"] == full.parts["storage"].value({"Fn::GetAtt": ["ReplicationRole", "Arn"]})
    assert {(rule["Status"], rule["Destination"]["Bucket"]) for rule in found["Rules"]} == {("Enabled", REPLICA)}
    said = full.parts["storage"].properties("Bucket")["ReplicationConfiguration"]["Rules"]
    assert [rule["Filter"]["Prefix"] for rule in said] == ["lockstep/packs/", "lockstep/meta/"]
    for rule in said:
        assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
        target = rule["Destination"]
        assert (target["Bucket"], target["EncryptionConfiguration"]) == (REPLICA, {"ReplicaKmsKeyID": REPLICA_KEY})
        assert target["Metrics"] == {"Status": "Enabled"}, "without them S3 tells of no failure"
        assert rule["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}


def test_s3_tells_the_function_of_notices_and_of_failed_replication(full: Deployed, s3: Any) -> None:
    told = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    function = boto3.client("lambda").get_function(FunctionName=full.id_of("notices", "BucketNotices"))["Configuration"]
    assert {each["LambdaFunctionArn"] for each in told} == {function["FunctionArn"]}
    filters = {each["Events"][0]: each.get("Filter", {}).get("Key", {}).get("FilterRules") for each in told}
    assert filters == {
        "s3:ObjectCreated:*": [{"Name": "prefix", "Value": "lockstep/notices/"}],
        "s3:Replication:OperationFailedReplication": None,
    }
    policy = json.loads(boto3.client("lambda").get_policy(FunctionName=function["FunctionName"])["Policy"])
    (allowed,) = policy["Statement"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "s3.amazonaws.com"}, "lambda:InvokeFunction")


# --- who is told -----------------------------------------------------------------------------------------------------


def test_a_person_is_told_by_email(full: Deployed) -> None:
    (topic,) = full.parts["notices"].of_type("AWS::SNS::Topic").values()
    assert topic["Subscription"] == [{"Protocol": "email", "Endpoint": "operators@example.org"}]
    (subscription,) = boto3.client("sns").list_subscriptions()["Subscriptions"]
    assert (subscription["Protocol"], subscription["TopicArn"]) == ("email", full.outputs["NoticesPart"]["TopicArn"])


def test_machines_that_start_and_stop_go_to_their_function(full: Deployed) -> None:
    events = boto3.client("events")
    (rule,) = events.list_rules()["Rules"]
    assert json.loads(rule["EventPattern"]) == {
        "source": ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        "detail": {"state": ["running", "stopped", "terminated"]},
    }
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    function = boto3.client("lambda").get_function(FunctionName=full.id_of("notices", "InstanceNotices"))
    configuration = function["Configuration"]
    assert target["Arn"] == configuration["FunctionArn"]
    assert configuration["Handler"] == "instance_notices.handler"
    group = full.parts["service"].properties("Group")["AutoScalingGroupName"]
    assert group.startswith(configuration["Environment"]["Variables"]["GROUP_PREFIX"])


def test_logs_are_kept_as_long_as_was_said(full: Deployed) -> None:
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    assert {each["logGroupName"]: int(each["retentionInDays"]) for each in groups} == {
        "/lockstep/lockstep/server": 90,
        "/lockstep/lockstep/metrics": 7,
        "/lockstep/lockstep/bucket-notices": 90,
        "/lockstep/lockstep/instance-notices": 90,
    }


# --- the database ----------------------------------------------------------------------------------------------------


def test_the_database_is_encrypted_backed_up_not_public_and_its_password_nobody_s(full: Deployed) -> None:
    (database,) = boto3.client("rds").describe_db_instances()["DBInstances"]
    assert {
        name: database[name]
        for name in ("Engine", "StorageEncrypted", "PubliclyAccessible", "BackupRetentionPeriod", "DeletionProtection")
    } == {
        "Engine": "mysql",
        "StorageEncrypted": True,
        "PubliclyAccessible": False,
        "BackupRetentionPeriod": 14,
        "DeletionProtection": True,
    }
    assert database["MultiAZ"] is True
    assert database["MasterUserSecret"]["SecretArn"] == full.outputs["DatabasePart"]["SecretArn"]
    (group,) = database["VpcSecurityGroups"]
    assert group["VpcSecurityGroupId"] == full.outputs["NetworkPart"]["DatabaseGroup"]
    said = full.parts["database"].properties("Settings")
    assert (said["Family"], said["Parameters"]["collation_server"]) == ("mysql8.4", "utf8mb4_bin")
    assert said["Parameters"]["require_secure_transport"] == "ON"


# --- network and machines --------------------------------------------------------------------------------------------


def test_the_load_balancer_alone_is_reached_from_outside(full: Deployed) -> None:
    groups = boto3.client("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [full.vpc]}])
    network = full.outputs["NetworkPart"]
    names = {
        network["BalancerGroup"]: "balancer",
        network["ServerGroup"]: "server",
        network["DatabaseGroup"]: "database",
    }
    entries = {
        (names[group["GroupId"]], rule["FromPort"], *(names[pair["GroupId"]] for pair in rule["UserIdGroupPairs"]),
         *(each["CidrIp"] for each in rule["IpRanges"]))
        for group in groups["SecurityGroups"] if group["GroupId"] in names
        for rule in group["IpPermissions"]
    }  # fmt: skip
    assert entries == {
        ("balancer", 443, "0.0.0.0/0"),
        ("balancer", 80, "0.0.0.0/0"),
        ("server", 8700, "balancer"),
        ("database", 5432, "server"),
        ("database", 3306, "server"),
    }


def test_servers_are_in_private_subnets_of_two_zones_and_reach_s3_without_leaving(full: Deployed) -> None:
    ec2 = boto3.client("ec2")
    network = full.outputs["NetworkPart"]
    private = network["PrivateSubnets"].split(",")
    zones = {each["AvailabilityZone"] for each in ec2.describe_subnets(SubnetIds=private)["Subnets"]}
    assert len(zones) == 2
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert (endpoint["VpcEndpointType"], endpoint["ServiceName"]) == ("Gateway", "com.amazonaws.eu-central-1.s3")
    ways = full.parts["network"].of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    assert {way["RouteTableId"] for way in ways if way["SubnetId"] in private} == set(endpoint["RouteTableIds"])
    tables = ec2.describe_route_tables(RouteTableIds=endpoint["RouteTableIds"])["RouteTables"]
    assert len({route["NatGatewayId"] for table in tables for route in table["Routes"] if "NatGatewayId" in route}) == 2
    (group,) = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert set(group["VPCZoneIdentifier"].split(",")) == set(private)
    assert (group["MinSize"], group["MaxSize"], group["HealthCheckType"]) == (2, 4, "EC2")


def test_machines_speak_imdsv2_alone_and_have_an_encrypted_disk_and_no_key(full: Deployed) -> None:
    (version,) = boto3.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=full.id_of("service", "Template")
    )["LaunchTemplateVersions"]
    data = version["LaunchTemplateData"]
    assert data["MetadataOptions"] == {
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 1,
        "HttpEndpoint": "enabled",
    }
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert "KeyName" not in data


def test_the_load_balancer_waits_for_long_polls_and_asks_whether_servers_are_ready(full: Deployed) -> None:
    elb = boto3.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    arn = balancer["LoadBalancerArn"]
    said = full.parts["service"].properties("Balancer")["LoadBalancerAttributes"]
    attributes = {each["Key"]: each["Value"] for each in said}
    assert int(attributes["idle_timeout.timeout_seconds"]) > 60
    groups = elb.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
    assert {(each["HealthCheckPath"], each["Port"], each["Matcher"]["HttpCode"]) for each in groups} == {
        ("/ready", 8700, "200")
    }
    listeners = {each["Port"]: each for each in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]}
    assert listeners[80]["DefaultActions"][0]["RedirectConfig"]["Protocol"] == "HTTPS"
    assert (listeners[443]["Protocol"], len(listeners[443]["Certificates"])) == ("HTTPS", 1)
    rules = elb.describe_rules(ListenerArn=listeners[443]["ListenerArn"])["Rules"]
    (waiting,) = [rule for rule in rules if rule["Conditions"]]
    assert waiting["Conditions"][0]["PathPatternConfig"]["Values"] == ["/v1/wait"]
    assert waiting["Actions"][0]["TargetGroupArn"] == full.id_of("service", "Waiting")


def test_the_name_leads_to_the_load_balancer(full: Deployed) -> None:
    route53 = boto3.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    (record,) = [each for each in records if each["Name"].rstrip(".") == "files.example.org"]
    (balancer,) = boto3.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert record["Type"] == "A"
    assert record["AliasTarget"]["DNSName"].rstrip(".").lower() == balancer["DNSName"].lower()


def test_the_dashboard_shows_every_alarm(full: Deployed) -> None:
    body = json.loads(boto3.client("cloudwatch").get_dashboard(DashboardName="lockstep")["DashboardBody"])
    (shown,) = [each["properties"]["alarms"] for each in body["widgets"] if each["type"] == "alarm"]
    alarms = full.parts["observability"].of_type("AWS::CloudWatch::Alarm")
    assert set(shown) == {f"Arn-of-{name}" for name in alarms}
