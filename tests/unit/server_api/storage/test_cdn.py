"""Addresses that CloudFront takes, checked as it checks them: with the public key, over the policy it rebuilds."""

from __future__ import annotations

from base64 import b64decode
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server_api.cli import server as command
from server_api.config import CdnConfig
from server_api.errors import StartError
from server_api.storage.cdn import Cdn, load_key
from server_api.storage.secret_texts import SecretError
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import close_server, make_server

URL = "https://d111111abcdef8.cloudfront.net/lockstep"
KEY = "published/00112233445566778899aabbccddeeff"


@cache
def signing_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def pem() -> bytes:
    return signing_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


@pytest.fixture
def pem_file(tmp_path: Path) -> Path:
    file = tmp_path / "cdn.pem"
    file.write_bytes(pem())
    return file


def check_as_cloudfront_does(url: str) -> int:
    """When it expires. Raises: InvalidSignature.

    By the developer guide: what is signed is the address without the three parameters, in a policy without spaces.
    """
    asked, _, signed = url.partition("&Expires=")
    fields = parse_qs(f"Expires={signed}", strict_parsing=True)
    assert list(fields) == ["Expires", "Signature", "Key-Pair-Id"]
    (expires,), (signature,) = fields["Expires"], fields["Signature"]
    until = f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}'
    policy = f'{{"Statement":[{{"Resource":"{asked}","Condition":{until}}}]}}'
    given = b64decode(signature.replace("-", "+").replace("_", "=").replace("~", "/"), validate=True)
    signing_key().public_key().verify(given, policy.encode(), PKCS1v15(), SHA1())  # noqa: S303 - CloudFront's choice
    return int(expires)


def sign(clock: FakeClock, name: str = 'Größe 50% "x".pdf') -> str:
    cdn = Cdn(URL, "K2JCJMDEHXQW5F", signing_key(), clock)
    return cdn.sign(KEY, expires_in_s=300, content_type="application/pdf", filename=name).url


def test_cloudfront_accepts_what_is_signed_until_it_expires(clock: FakeClock) -> None:
    url = sign(clock)
    assert check_as_cloudfront_does(url) == clock.now_ms() // 1000 + 300
    assert urlsplit(url).path == f"/lockstep/{KEY}"
    asked = parse_qs(urlsplit(url).query)
    assert asked["response-content-type"] == ["application/pdf"]
    assert asked["response-content-disposition"][0].startswith("attachment; filename=")
    assert asked["Key-Pair-Id"] == ["K2JCJMDEHXQW5F"]


@pytest.mark.parametrize(
    ("part", "other"), [(KEY, KEY.replace("00", "01")), ("application%2Fpdf", "text%2Fhtml"), ("Expires=", "Expires=9")]
)
def test_whatever_is_altered_breaks_the_signature(clock: FakeClock, part: str, other: str) -> None:
    url = sign(clock)
    assert part in url
    with pytest.raises(InvalidSignature):
        check_as_cloudfront_does(url.replace(part, other))


def test_the_key_comes_from_a_file_or_from_secrets_manager(aws: None, pem_file: Path) -> None:
    boto3.client("secretsmanager").create_secret(Name="lockstep/cdn", SecretString=pem().decode())
    numbers = signing_key().private_numbers()
    assert load_key(str(pem_file)).private_numbers() == numbers
    assert load_key("secretsmanager:lockstep/cdn").private_numbers() == numbers
    with pytest.raises(SecretError, match="lockstep/other"):
        load_key("secretsmanager:lockstep/other")


@pytest.fixture
def wrong_keys(tmp_path: Path) -> dict[str, Path]:
    elliptic = generate_ec_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    contents = {"is no private key": b"not a key", "is no RSA key": elliptic}
    files = {said: tmp_path / f"{number}.pem" for number, said in enumerate(contents)}
    for said, whole in contents.items():
        files[said].write_bytes(whole)
    return files | {"No such file": tmp_path / "missing.pem"}


def test_a_key_that_cannot_sign_is_told_at_the_start(wrong_keys: dict[str, Path], tmp_path: Path) -> None:
    for said, file in wrong_keys.items():
        cdn = CdnConfig(url=URL, key_id="K1", key=str(file))
        with pytest.raises(StartError, match=said):
            make_server(tmp_path / "server", cdn=cdn)


def test_a_server_with_a_content_network_signs_for_it(pem_file: Path, tmp_path: Path) -> None:
    server = make_server(tmp_path / "server", cdn=CdnConfig(url=URL, key_id="K1", key=str(pem_file)))
    assert server.cdn is not None
    check_as_cloudfront_does(server.cdn.sign(KEY, expires_in_s=60, content_type="image/png", filename="x.png").url)
    close_server(server)


@pytest.mark.parametrize(
    "options",
    [
        ["--cdn-url", URL],
        ["--cdn-url", URL, "--cdn-key", "x.pem"],
        ["--cdn-key-id", "K1"],
        ["--cdn-url", "http://plain.example.org", "--cdn-key", "x.pem", "--cdn-key-id", "K1"],
    ],
)
def test_half_a_content_network_is_refused(options: list[str]) -> None:
    result = CliRunner().invoke(command, options)
    assert (result.exit_code, "cdn" in result.output or "cloudfront" in result.output) == (2, True)
