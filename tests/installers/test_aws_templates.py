"""The templates by themselves: their form, and what no emulator acts."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from server_api.cli import server as command
from server_api.metrics import BACKLOG_SECONDS
from server_api.storage.s3_address import parse_s3_address
from tests.fixtures.aws import REGION
from tests.installers.aws_account import TEMPLATES, Deployed
from tests.installers.cloudformation import Template
from tests.installers.conftest import CDN_SECRET, MAIL_SECRET

MOST_USER_DATA = 16 * 1024  # bytes; EC2 takes no more


def test_cfn_lint_finds_nothing() -> None:
    files = [str(file) for file in sorted(TEMPLATES.glob("*.yaml"))]
    assert len(files) == 9
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--include-checks", "I", "--", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_replica_is_private_versioned_and_frees_what_was_deleted() -> None:
    replica = Template(
        TEMPLATES / "replica.yaml",
        {"BucketName": "company-lockstep-replica"},
        region="eu-west-1",
        stack="replica",
        refer=lambda resource, attribute: f"{attribute or 'id'}-of-{resource}",
    )
    bucket = replica.properties("Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": "30"}
    assert "Prefix" not in rule
    assert "ExpirationInDays" not in rule
    assert (replica.attribute("Bucket", "DeletionPolicy"), replica.outputs()["BucketArn"]) == (
        "Retain",
        "Arn-of-Bucket",
    )


def test_contents_and_database_outlive_the_stack(full: Deployed) -> None:
    assert full.parts["storage"].attribute("Bucket", "DeletionPolicy") == "Retain"
    assert full.parts["database"].attribute("Database", "DeletionPolicy") == "Snapshot"


# --- CloudFront ------------------------------------------------------------------------------------------------------


def test_cloudfront_gives_out_nothing_without_a_signature(full: Deployed) -> None:
    cdn = full.parts["cdn"]
    (distribution,) = cdn.of_type("AWS::CloudFront::Distribution").values()
    configuration = distribution["DistributionConfig"]
    assert "CacheBehaviors" not in configuration
    behaviour = configuration["DefaultCacheBehavior"]
    assert behaviour["TrustedKeyGroups"] == ["id-of-KeyGroup"]
    assert (behaviour["ViewerProtocolPolicy"], behaviour["AllowedMethods"]) == ("https-only", ["GET", "HEAD"])
    assert cdn.properties("KeyGroup")["KeyGroupConfig"]["Items"] == ["id-of-Key"]
    (origin,) = configuration["Origins"]
    assert origin["OriginAccessControlId"] == "Id-of-OriginAccess"
    access = cdn.properties("OriginAccess")["OriginAccessControlConfig"]
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")


def test_it_hands_on_what_the_server_signs_into_an_address(full: Deployed) -> None:
    (caching,) = full.parts["cdn"].of_type("AWS::CloudFront::CachePolicy").values()
    handed_on = caching["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"]
    assert set(handed_on["QueryStrings"]) == {
        "response-content-type",
        "response-content-disposition",
        "response-content-encoding",
    }


# --- what a server is started with -----------------------------------------------------------------------------------


def user_data(deployed: Deployed) -> str:
    data = deployed.parts["service"].properties("Template")["LaunchTemplateData"]["UserData"]
    return base64.b64decode(data).decode()


def settings(deployed: Deployed) -> dict[str, str]:
    (text,) = re.findall(r"cat > /etc/lockstep/server.env <<'END'\n(.*?)\nEND\n", user_data(deployed), re.DOTALL)
    return dict(line.split("=", 1) for line in text.splitlines() if line)


def test_a_machine_s_script_is_sound_and_small_enough(full: Deployed) -> None:
    script = user_data(full)
    assert len(script.encode()) < MOST_USER_DATA
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    unresolved = set(re.findall(r"\$\{[^}]*\}", script))
    assert unresolved == {"${aws:AutoScalingGroupName}"}, "which the CloudWatch agent fills in"


def test_the_server_understands_every_setting(full: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    said = settings(full)
    address = parse_s3_address(said["LOCKSTEP_SERVER_STORE"])
    assert (address.bucket, address.prefix, address.region) == ("company-lockstep", "lockstep/", REGION)
    assert (address.tiering, address.notices) == ("on", "on")
    database = make_url(said["LOCKSTEP_SERVER_DATABASE"])
    secret = full.outputs["DatabasePart"]["SecretArn"]
    assert database.query["credentials"] == f"secretsmanager:{secret}"
    assert (database.username, database.password, database.query["ssl_ca"]) == (None, None, "/etc/lockstep/rds.pem")
    assert said["LOCKSTEP_SERVER_CDN_KEY"] == f"secretsmanager:{CDN_SECRET}"
    assert said["LOCKSTEP_SERVER_MAIL_PASSWORD"] == f"secretsmanager:{MAIL_SECRET}"
    known = {str(parameter.envvar) for parameter in command.params if parameter.envvar}
    assert said.keys() - known == {"AWS_REGION", "LOCKSTEP_SERVER_MAIL_PASSWORD"}
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    understood = command.make_context("lockstep server", []).params
    assert understood["trusted_proxies"] == (ip_network("10.20.0.0/24"), ip_network("10.20.1.0/24"))
    assert understood["cdn_url"] == "https://DomainName-of-Distribution/lockstep"
    assert (understood["host"], understood["registration"], understood["metrics"]) == (
        "0.0.0.0",  # noqa: S104 - the load balancer alone reaches it
        "invite",
        ("127.0.0.1", 9187),
    )


def test_no_setting_holds_a_secret(full: Deployed) -> None:
    for name, value in settings(full).items():
        assert "PASSWORD" not in name or value.startswith("secretsmanager:")
    assert "AWS_SECRET_ACCESS_KEY" not in user_data(full)


# --- what is watched -------------------------------------------------------------------------------------------------


def agent(deployed: Deployed) -> dict[str, Any]:
    (text,) = re.findall(r"cat > /etc/lockstep/cloudwatch.json <<'END'\n(.*?)\nEND\n", user_data(deployed), re.DOTALL)
    found: dict[str, Any] = json.loads(text)
    return found


def test_alarms_watch_processor_errors_latency_disk_and_queues(full: Deployed) -> None:
    alarms = full.parts["observability"].of_type("AWS::CloudWatch::Alarm")
    watched = {(each["Namespace"], each["MetricName"]) for each in alarms.values()}
    assert watched >= {
        ("AWS/EC2", "CPUUtilization"),
        ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
        ("AWS/ApplicationELB", "TargetResponseTime"),
        ("AWS/RDS", "FreeStorageSpace"),
        ("Lockstep", "disk_used_percent"),
        ("Lockstep", BACKLOG_SECONDS.name),
    }
    topic = full.outputs["NoticesPart"]["TopicArn"]
    assert all(each["AlarmActions"] == [topic] for each in alarms.values())


def test_latency_is_that_of_requests_that_do_not_wait(full: Deployed) -> None:
    latency = full.parts["observability"].properties("Latency")
    assert {"Name": "TargetGroup", "Value": "TargetGroupFullName-of-Requests"} in latency["Dimensions"]


def test_the_agent_sends_the_figures_that_alarms_watch_with_their_dimensions(full: Deployed) -> None:
    said = agent(full)
    assert said["metrics"]["namespace"] == "Lockstep"
    assert said["metrics"]["aggregation_dimensions"] == [["AutoScalingGroupName"]]
    assert "disk" in said["metrics"]["metrics_collected"]
    prometheus = said["logs"]["metrics_collected"]["prometheus"]
    sent = prometheus["emf_processor"]["metric_declaration"]
    (queues,) = [each for each in sent if re.fullmatch(each["metric_selectors"][0], BACKLOG_SECONDS.name)]
    assert queues["dimensions"] == [["ClusterName", "queue"]]
    for name in ("PackQueue", "MailQueue"):
        dimensions = {
            each["Name"]: each["Value"] for each in full.parts["observability"].properties(name)["Dimensions"]
        }
        assert set(dimensions) == {"ClusterName", "queue"}
        assert dimensions["ClusterName"] == prometheus["cluster_name"]


@pytest.mark.parametrize("name", ["server.log", "metrics"])
def test_the_agent_writes_into_log_groups_that_there_are(full: Deployed, name: str) -> None:
    logs = agent(full)["logs"]
    if name == "metrics":
        assert logs["metrics_collected"]["prometheus"]["log_group_name"] == full.id_of("service", "MetricsLog")
    else:
        (file,) = logs["logs_collected"]["files"]["collect_list"]
        assert (file["file_path"], file["log_group_name"]) == (
            "/var/log/lockstep/server.log",
            full.id_of("service", "ServerLog"),
        )
        assert f"StandardError=append:{file['file_path']}\n" in user_data(full)
