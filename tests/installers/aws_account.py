"""An AWS account acted by moto, with the templates deployed in it as far as moto acts what is in them.

moto says of every stack that it is complete, and leaves out what it does not know. So here each part goes there alone,
with its functions worked out (``cloudformation``), and without the kinds of resources that moto has no model of: those
are ``left_out``. What it has of a bucket or a database by their own API alone is said there (``bucket_settings``,
``database_settings``).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from moto.cloudformation.parsing import get_model_map

from tests.fixtures.aws import REGION
from tests.installers.bucket_settings import apply_settings
from tests.installers.cloudformation import Template, reference
from tests.installers.database_settings import KINDS, make_database

TEMPLATES: Final = Path(__file__).parents[2] / "installers/aws"
NAME: Final = "lockstep"
BUCKET: Final = "company-lockstep"
ORIGIN: Final = "https://files.example.org"
_PACKAGES: Final = "packages"
_UNTOLD: Final = {"CanonicalHostedZoneID", "LoadBalancerFullName", "TargetGroupFullName"}
"""Attributes that moto does not know, and of whose stacks it then tells no output at all."""


@dataclass
class Deployed:
    """The root stack and its parts, by the names of their templates.

    Attributes:
        parts: with all that there is to be known of each.
        outputs: of each.
        left_out: kinds of resources that moto does not act.
    """

    parts: dict[str, Template] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    @property
    def vpc(self) -> str:
        return str(self.outputs["NetworkPart"]["VpcId"])

    def id_of(self, part: str, resource: str) -> str:
        """What AWS calls it."""
        return str(self.parts[part].value({"Ref": resource}))


def deploy(**said: str) -> Deployed:
    """All of it, into the account of the test, with these parameters of the root template and usual ones."""
    _upload_functions()
    zone = boto3.client("route53").create_hosted_zone(Name="example.org", CallerReference="once")["HostedZone"]["Id"]
    usual = {
        "DomainName": ORIGIN.removeprefix("https://"),
        "HostedZoneId": zone.rpartition("/")[2],
        "BucketName": BUCKET,
        "Email": "operators@example.org",
    }
    deployed = Deployed()

    def output_of(part: str, attribute: str) -> Any:
        return deployed.outputs[part][attribute.removeprefix("Outputs.")]

    root = Template(TEMPLATES / "lockstep.yaml", usual | said, region=REGION, stack=NAME, refer=output_of)
    waiting = list(root.types)
    while waiting:
        name = waiting.pop(0)
        try:
            properties = root.properties(name)
        except KeyError:  # it needs what a part says that comes later
            waiting.append(name)
            continue
        _deploy_part(deployed, name, TEMPLATES / properties["TemplateURL"], properties["Parameters"])
    deployed.parts["root"] = root
    deployed.outputs["root"] = root.outputs()
    return deployed


def _deploy_part(deployed: Deployed, name: str, file: Path, said: Mapping[str, Any]) -> None:
    stack = f"{NAME}-{file.stem}"
    acted_kinds = get_model_map().keys() - KINDS

    def unknown(resource: str, attribute: str) -> Any:
        if template.types[resource] == "AWS::CertificateManager::Certificate":
            return _certificate(template.properties(resource)["DomainName"])
        if template.types[resource] not in acted_kinds or attribute in _UNTOLD:
            return f"{attribute or 'id'}-of-{resource}"
        return reference(resource, attribute)

    template = Template(file, said, region=REGION, stack=stack, refer=unknown)
    acted = {each: kind for each, kind in template.types.items() if kind in acted_kinds}
    deployed.left_out |= set(template.types.values()) - acted_kinds - KINDS
    resources = {each: {"Type": kind, "Properties": _for_moto(template, each)} for each, kind in acted.items()}
    asked = _references(template.outputs(), resources)
    body = {"Resources": resources, "Outputs": {f"o{n}": {"Value": reference(*each)} for n, each in enumerate(asked)}}
    client = boto3.client("cloudformation")
    client.create_stack(StackName=stack, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"])
    (made,) = client.describe_stacks(StackName=stack)["Stacks"]
    told = {each["OutputKey"]: each["OutputValue"] for each in made.get("Outputs", ())}
    known = {each: told[f"o{n}"] for n, each in enumerate(asked)}
    if KINDS & set(template.types.values()):
        known |= make_database(template)

    def known_now(resource: str, attribute: str) -> Any:
        return known.get((resource, attribute), f"{attribute or 'id'}-of-{resource}")

    whole = Template(file, said, region=REGION, stack=stack, refer=known_now)
    deployed.parts[file.stem] = whole
    deployed.outputs[name] = whole.outputs()
    for properties in whole.of_type("AWS::S3::Bucket").values():
        apply_settings(properties)
    for properties in whole.of_type("AWS::S3::BucketPolicy").values():
        policy = json.dumps(properties["PolicyDocument"])
        boto3.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)


def _certificate(name: str) -> str:
    """The load balancer wants one that is there."""
    client = boto3.client("acm")
    return str(client.request_certificate(DomainName=name, IdempotencyToken="once")["CertificateArn"])


def _for_moto(template: Template, name: str) -> dict[str, Any]:
    properties = template.properties(name)
    if template.types[name] == "AWS::Lambda::Function":  # as `aws cloudformation package` has it
        properties["Code"] = {"S3Bucket": _PACKAGES, "S3Key": f"{properties['Code']}.zip"}
    return properties


def _references(*said: Any) -> list[tuple[str, str]]:
    """All that is referred to, and every resource itself."""
    (outputs, resources) = said
    found = {(name, "") for name in resources}

    def look(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                look(each)
        elif isinstance(value, dict):
            if value.keys() == {"Fn::GetAtt"}:
                found.add((value["Fn::GetAtt"][0], value["Fn::GetAtt"][1]))
            for each in value.values():
                look(each)

    look(outputs)
    look(resources)
    return sorted(found)


def _upload_functions() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=_PACKAGES, CreateBucketConfiguration={"LocationConstraint": REGION})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as functions:
        for file in sorted((TEMPLATES / "functions").glob("*.py")):
            functions.write(file, file.name)
    s3.put_object(Bucket=_PACKAGES, Key="functions.zip", Body=archive.getvalue())
