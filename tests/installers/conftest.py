"""The templates, deployed once for the tests of a module, which only read them back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.aws import aws_account
from tests.installers.aws_account import Deployed, deploy

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
REPLICA_KEY = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234"
CDN_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:lockstep/cdn-AbCdEf"
MAIL_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:lockstep/mail-AbCdEf"
REPLICA = "arn:aws:s3:::company-lockstep-replica"
OPTIONAL = {
    "KmsKeyArn": KEY,
    "ReplicaBucketArn": REPLICA,
    "ReplicaKmsKeyArn": REPLICA_KEY,
    "CdnPublicKey": "-----BEGIN PUBLIC KEY-----",
    "CdnKeySecretArn": CDN_SECRET,
    "MailUrl": "smtp://mailer@email-smtp.eu-central-1.amazonaws.com:587",
    "MailFrom": "lockstep@example.org",
    "MailSecretArn": MAIL_SECRET,
    "WheelsBucket": "company-artifacts",
    "Version": "1.2.3",
    "DatabaseEngine": "mysql",
    "InfrequentAfterDays": "75",
    "GlacierAfterDays": "365",
    "MinServers": "2",
    "NatGateways": "2",
}


@pytest.fixture(scope="module")
def full() -> Iterator[Deployed]:
    """With everything that is optional. A module has this or ``plain``, for there is one account at a time."""
    with aws_account():
        yield deploy(**OPTIONAL)


@pytest.fixture(scope="module")
def plain() -> Iterator[Deployed]:
    """With what has to be said, and nothing else."""
    with aws_account():
        yield deploy()
