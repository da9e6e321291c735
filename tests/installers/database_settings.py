"""The database as CloudFormation has it, said to the RDS API: moto's model of the template has half of it."""

from __future__ import annotations

from typing import Any, Final

import boto3

from tests.installers.cloudformation import Template

KINDS: Final = {"AWS::RDS::DBInstance", "AWS::RDS::DBParameterGroup", "AWS::RDS::DBSubnetGroup"}
_IDENTIFIER: Final = "lockstep-database"


def make_database(template: Template) -> dict[tuple[str, str], Any]:
    """What is to be known of it, by resource and attribute."""
    rds: Any = boto3.client("rds")
    groups = template.properties("SubnetGroup")
    rds.create_db_subnet_group(DBSubnetGroupName="subnets", **groups)
    settings = template.properties("Settings")
    rds.create_db_parameter_group(
        DBParameterGroupName="settings",
        DBParameterGroupFamily=settings["Family"],
        Description=settings["Description"],
    )
    wanted = [
        {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for name, value in settings["Parameters"].items()
    ]
    rds.modify_db_parameter_group(DBParameterGroupName="settings", Parameters=wanted)
    said = template.properties("Database")
    said |= {
        "DBInstanceIdentifier": _IDENTIFIER,
        "DBSubnetGroupName": "subnets",
        "DBParameterGroupName": "settings",
        "VpcSecurityGroupIds": said.pop("VPCSecurityGroups"),
        "MultiAZ": said["MultiAZ"] == "true",
    }
    for name in ("AllocatedStorage", "MaxAllocatedStorage", "BackupRetentionPeriod"):
        said[name] = int(said[name])
    made = rds.create_db_instance(**said)["DBInstance"]
    return {
        ("Database", ""): _IDENTIFIER,
        ("Database", "Endpoint.Address"): made["Endpoint"]["Address"],
        ("Database", "Endpoint.Port"): made["Endpoint"]["Port"],
        ("Database", "MasterUserSecret.SecretArn"): made["MasterUserSecret"]["SecretArn"],
    }
