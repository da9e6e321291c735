"""Looks at a bucket before a server uses it: whether it can, and what its operator should know.

What makes the bucket useless or dangerous is a StartError; the rest are remarks, each a sentence with advice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from botocore.exceptions import BotoCoreError, ClientError

from server_api.domain.hosts import is_loopback_name
from server_api.errors import StartError
from server_api.storage.s3_address import S3Address
from server_api.storage.s3_faults import DENIED, code_of, explained
from server_api.storage.s3_probe import ask
from server_api.storage.stores import TIER_TAG, Remark

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_NEEDED: Final = ("packs/", "meta/")
"""What nothing but the server itself may delete."""
_ARCHIVES: Final = {"GLACIER", "DEEP_ARCHIVE"}
_LARGEST_SKEW_S: Final = 240
_NOTED_SKEW_S: Final = 30
_SENT_BY_BROWSERS: Final = {"content-md5", "if-none-match", "x-amz-checksum-crc32c"}
"""With an upload, beside what every page may send."""
_BODY: Final = b"lockstep looks whether it can use this bucket"


class BucketCheck:
    """One look at one bucket. ``keys`` are those that it may have made, with the prefix."""

    def __init__(self, client: S3Client, address: S3Address, *, public_url: str | None, url_of: Callable[[str], str]):
        """``url_of`` gives a key's address without any signature; ``public_url`` is where browsers come from."""
        self._client = client
        self._address = address
        self._endpoint = client.meta.endpoint_url
        self._public_url = public_url
        self._url_of = url_of
        self.keys: list[str] = []

    def run(self) -> list[Remark]:
        """Raises: StartError."""
        return [*self._rights(), *self._strangers(), *self._versions_and_rules(), *self._devices(), *self._browsers()]

    # --- what it must be able to do --------------------------------------------------------------------------------

    def _rights(self) -> Iterator[Remark]:
        bucket, client = self._address.bucket, self._client
        with self._explained("list", "s3:ListBucket"):
            found = client.list_objects_v2(Bucket=bucket, Prefix=f"{self._address.prefix}probe/", MaxKeys=1)
        headers = found["ResponseMetadata"]["HTTPHeaders"]
        yield from _skew(headers.get("date"))
        self._check_region(headers.get("x-amz-bucket-region"))
        key, unused = self._new_key(), self._new_key()
        with self._explained("write", f"s3:PutObject on {self._address.prefix}*"):
            client.put_object(Bucket=bucket, Key=key, Body=_BODY, ContentLength=len(_BODY))
        with self._explained("read", f"s3:GetObject on {self._address.prefix}*"):
            part = client.get_object(Bucket=bucket, Key=key, Range="bytes=9-13")
            if part["Body"].read() != _BODY[9:14]:
                raise StartError("the store does not give back ranges of what was written. Use another service")
        try:
            client.head_object(Bucket=bucket, Key=unused)
        except ClientError as error:
            if code_of(error) in DENIED:
                raise StartError(
                    f"the store does not tell what is missing from what is forbidden: give the credentials "
                    f"s3:ListBucket on bucket {bucket} without a condition; docs/s3.md has the whole policy"
                ) from error
        if self._address.tiering == "on":
            with self._explained("tag", f"s3:PutObjectTagging on {self._address.prefix}*"):
                tags = [{"Key": TIER_TAG[0], "Value": TIER_TAG[1]}]
                client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tags})  # type: ignore[typeddict-item]
        try:
            client.delete_object(Bucket=bucket, Key=unused)
        except (ClientError, BotoCoreError):
            yield Remark(
                "no-delete",
                "the server may not delete in the bucket: nothing is ever freed there. Give the credentials "
                f"s3:DeleteObject on {self._address.prefix}*, unless that is what you want",
            )
        try:
            begun = client.create_multipart_upload(Bucket=bucket, Key=unused)
            client.abort_multipart_upload(Bucket=bucket, Key=unused, UploadId=begun["UploadId"])
        except (ClientError, BotoCoreError):
            yield Remark(
                "no-parts",
                "the server may not begin or give up an upload in parts: larger shared files go through the server, or "
                "parts of them are left in the bucket. Give the credentials "
                f"s3:AbortMultipartUpload on {self._address.prefix}*",
            )

    def _check_region(self, told: str | None) -> None:
        """boto3 follows where it is led, but what it signs for devices is for one region. Raises: StartError."""
        signed_for = "us-east-1" if self._client.meta.region_name == "aws-global" else self._client.meta.region_name
        if told not in {None, signed_for}:
            raise StartError(f"bucket {self._address.bucket} is in another region: write region={told} in --store")

    def _strangers(self) -> Iterator[Remark]:
        """Nobody without credentials may do anything. Raises: StartError."""
        yield from ()
        key, new = self.keys[0], self._new_key()
        listing = self._url_of("").rstrip("/")
        with self._explained("be reached", "no right at all"):
            if ask("GET", self._url_of(key)).ok or self._is_listed(listing):
                raise StartError(
                    f"everybody can read bucket {self._address.bucket}: block public access to it (on Amazon S3: "
                    "Block all public access), then start again"
                )
            if ask("PUT", self._url_of(new), data=_BODY).ok:
                raise StartError(
                    f"everybody can write into bucket {self._address.bucket}: block public access, then start again"
                )

    def _is_listed(self, listing: str) -> bool:
        answer = ask("GET", listing, params={"list-type": "2", "max-keys": "1"})
        return answer.ok and b"ListBucketResult" in answer.content[:1_000]

    # --- what its operator should know -----------------------------------------------------------------------------

    def _versions_and_rules(self) -> Iterator[Remark]:
        bucket, client = self._address.bucket, self._client
        unseen = []
        versioning = rules = None
        try:
            versioning = client.get_bucket_versioning(Bucket=bucket).get("Status", "Off")
        except (ClientError, BotoCoreError):
            unseen.append("s3:GetBucketVersioning")
        try:
            rules = _rules(client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"])
        except ClientError as error:
            if code_of(error) in {"NoSuchLifecycleConfiguration", "404"}:
                rules = []
            else:
                unseen.append("s3:GetLifecycleConfiguration")
        except BotoCoreError:
            unseen.append("s3:GetLifecycleConfiguration")
        if unseen:
            yield Remark(
                "not-seen",
                "whether the bucket keeps old versions of objects, or deletes any by itself, could not be looked at: "
                f"the service does not offer it, or the credentials lack {' and '.join(unseen)}",
            )
        for rule in rules or ():
            yield from self._rule(rule)
        cleans_up = any(rule.frees_old_versions for rule in rules or ())
        if versioning == "Enabled" and not cleans_up:
            yield Remark(
                "versioning",
                "the bucket keeps old versions of objects, so what the server deletes goes on costing. Give it a "
                "lifecycle rule that expires noncurrent versions after some days",
            )
        if self._address.tiering == "on" and rules is not None and not any(rule.is_for_tier for rule in rules):
            yield Remark(
                "no-tier-rule",
                f"packs that only old versions use are tagged {TIER_TAG[0]}={TIER_TAG[1]}, and no lifecycle rule of "
                "the bucket moves what is tagged so; docs/s3.md has one",
            )

    def _rule(self, rule: _Rule) -> Iterator[Remark]:
        """Raises: StartError."""
        touched = [area for area in _NEEDED if rule.touches(self._address.prefix + area)]
        if touched and rule.deletes:
            raise StartError(
                f"the bucket's lifecycle rule {rule.name} deletes what lies below "
                f"{self._address.prefix}{touched[0]}: people's files would go. Remove it, or limit it to another prefix"
            )
        if touched and rule.classes & _ARCHIVES:
            yield Remark(
                "archive",
                f"the bucket's lifecycle rule {rule.name} moves objects to {', '.join(sorted(rule.classes))}, from "
                "where nothing can be read at once: devices could not download. Use GLACIER_IR or STANDARD_IA",
            )

    def _devices(self) -> Iterator[Remark]:
        """Whether those that reach the server by its public address take the bucket's: they refuse what is not."""
        if self._public_url is None or is_loopback_name(urlsplit(self._public_url).hostname or ""):
            return
        parts = urlsplit(self._url_of(""))
        is_here = is_loopback_name(parts.hostname or "")
        if is_here or (parts.scheme == "http" and self._public_url.startswith("https:")):
            yield Remark(
                "not-for-devices",
                f"devices are sent to {parts.scheme}://{parts.netloc} for contents, and refuse it, since "
                f"{'it means their own computer' if is_here else 'it is not encrypted'}. Say with public_endpoint_url "
                "in --store by which https:// address they reach the service",
            )

    def _browsers(self) -> Iterator[Remark]:
        """Setting the rule would need a right over the bucket itself, which is the operator's to keep."""
        if self._public_url is None:
            return
        parts = urlsplit(self._public_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        wanted = {"upload to": ("PUT", _SENT_BY_BROWSERS), "download from": ("GET", {"range"})}
        refused = [what for what, (method, headers) in wanted.items() if not self._lets_in(origin, method, headers)]
        if refused:
            yield Remark(
                "no-cors",
                f"browsers at {origin} may not {' or '.join(refused)} the bucket, so the web pages cannot. Devices do "
                f"not mind. Give the bucket a CORS rule that lets {origin} GET and PUT; docs/s3.md has it, and the "
                "command that sets it",
            )

    def _lets_in(self, origin: str, method: str, headers: set[str]) -> bool:
        """Whether a page from there may make such a request: asked as a browser asks."""
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ",".join(sorted(headers)),
        }
        try:
            answer = ask("OPTIONS", self._url_of(self.keys[0]), headers=asked)
        except requests.RequestException:
            return False
        allowed = answer.headers.get("Access-Control-Allow-Headers", "").lower()
        told = {header.strip() for header in allowed.split(",")}
        is_origin = answer.headers.get("Access-Control-Allow-Origin") in {origin, "*"}
        return answer.ok and is_origin and ("*" in told or headers <= told)

    # --- means -----------------------------------------------------------------------------------------------------

    def _explained(self, doing: str, right: str) -> Any:
        return explained(self._address, self._endpoint, doing, right)

    def _new_key(self) -> str:
        key = f"{self._address.prefix}probe/{secrets.token_hex(16)}"
        self.keys.append(key)
        return key


class _Rule:
    """One lifecycle rule that is switched on, as far as it matters here."""

    def __init__(self, rule: dict[str, Any]) -> None:
        chosen = rule.get("Filter") or {}
        chosen = chosen.get("And") or chosen
        tags = [*chosen.get("Tags", ()), *([chosen["Tag"]] if "Tag" in chosen else [])]
        self.name: str = rule.get("ID") or "without a name"
        self._prefix: str = chosen.get("Prefix") or rule.get("Prefix") or ""
        self._tags = {(tag["Key"], tag["Value"]) for tag in tags}
        expiration = rule.get("Expiration") or {}
        self.deletes = "Days" in expiration or "Date" in expiration
        self.frees_old_versions = "NoncurrentVersionExpiration" in rule
        self.classes = {each.get("StorageClass", "") for each in rule.get("Transitions", ())}
        self.is_for_tier = TIER_TAG in self._tags and bool(self.classes)

    def touches(self, area: str) -> bool:
        """Whether it may say something of an object of ours there; we give no other tag."""
        return self._tags <= {TIER_TAG} and (area.startswith(self._prefix) or self._prefix.startswith(area))


def _rules(rules: Any) -> list[_Rule]:
    return [_Rule(rule) for rule in rules if rule.get("Status") == "Enabled"]


def _skew(date: str | None) -> Iterator[Remark]:
    """Raises: StartError."""
    try:
        told = parsedate_to_datetime(date or "")
    except ValueError:
        return
    skew_s = int((datetime.now(UTC) - told).total_seconds())
    sentence = (
        f"this computer's clock and the store's are {abs(skew_s)} seconds apart, and addresses that are signed for "
        "minutes depend on it. Set the clock, best by NTP"
    )
    if abs(skew_s) > _LARGEST_SKEW_S:
        raise StartError(sentence)
    if abs(skew_s) > _NOTED_SKEW_S:
        yield Remark("clock", sentence)
