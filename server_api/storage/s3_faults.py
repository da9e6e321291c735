"""What boto3 raises, in the server's own errors: here alone.

``translated`` is for a server at work; ``explain`` for one that starts, whose operator needs to know what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import requests
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from server_api.errors import (
    AlreadyStoredError,
    ApiError,
    StartError,
    StoreForbiddenError,
    StoreUnreachableError,
    UnavailableError,
)
from server_api.storage.s3_address import S3Address
from server_api.storage.stores import ObjectMissingError

_LOG: Final = logging.getLogger(__name__)

MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})
DENIED: Final = frozenset({"403", "AccessDenied", "Forbidden", "AllAccessDisabled"})
NOT_OFFERED: Final = frozenset({"501", "NotImplemented", "405", "MethodNotAllowed"})
_EXISTS: Final = frozenset({"412", "PreconditionFailed"})
_BEYOND_END: Final = frozenset({"416", "InvalidRange"})
_UNKNOWN_KEYS: Final = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "InvalidClientTokenId"}
)
_ELSEWHERE: Final = frozenset(
    {"301", "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
)
_SKEWED: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
_MORE: Final = "docs/s3.md has the whole policy"


class BeyondEndError(Exception):
    """The range begins after the object's end."""


class NotOfferedError(UnavailableError):
    """The service does not know this kind of request."""


def code_of(error: ClientError) -> str:
    """Some services answer without the part that holds it."""
    code = error.response.get("Error", {}).get("Code", "")
    return str(code or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))


@contextmanager
def translated() -> Iterator[None]:
    """Raises: ObjectMissingError, AlreadyStoredError, BeyondEndError, NotOfferedError, UnavailableError."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in MISSING:
            raise ObjectMissingError from error
        if code in _EXISTS:
            raise AlreadyStoredError from error
        if code in _BEYOND_END:
            raise BeyondEndError from error
        if code in NOT_OFFERED:
            raise NotOfferedError from error
        _LOG.warning("the store refuses a request", extra={"code": code, "operation": error.operation_name})
        raise UnavailableError("The store refuses the server.") from error
    except (BotoCoreError, OSError) as error:
        _LOG.warning("the store does not answer", extra={"kind": type(error).__name__})
        raise UnavailableError("The store does not answer.", retry_after_s=5) from error


def was_repeated(error: ApiError) -> bool:
    """Whether what was ``translated`` is the answer to a request that boto3 had sent before."""
    answer = error.__cause__.response if isinstance(error.__cause__, ClientError) else {}
    return bool(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0))


@contextmanager
def explained(address: S3Address, endpoint: str, doing: str, right: str) -> Iterator[None]:
    """What goes wrong inside is told as ``explain`` does. Raises: StartError."""
    try:
        yield
    except (ClientError, BotoCoreError, OSError) as error:
        raise explain(error, address, endpoint, doing, right) from error


def explain(error: Exception, address: S3Address, endpoint: str, doing: str, right: str) -> StartError:
    """One line for the operator: what is wrong, and what to do.

    Args:
        error: of boto3 or the system.
        address: the store's.
        endpoint: the service's.
        doing: what was tried, such as "list".
        right: what that needs, such as ``s3:ListBucket``.
    """
    if isinstance(error, ClientError):
        return _refused(error, address, endpoint, doing, right)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, ProfileNotFound)):
        return StoreForbiddenError(
            f"there are no credentials for the store ({error}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
            "AWS_PROFILE, or give this machine a role"
        )
    if isinstance(error, (CredentialRetrievalError, SSOError, TokenRetrievalError)):
        return StoreForbiddenError(
            f"the credentials for the store cannot be fetched ({error}). Sign in again, or look at the role"
        )
    if isinstance(error, (SSLError, requests.exceptions.SSLError)):
        return StoreUnreachableError(
            f"the certificate of the store at {endpoint} is not trusted ({error}). If it is your own, name its "
            "authority's file in AWS_CA_BUNDLE"
        )
    if isinstance(error, (EndpointConnectionError, HTTPClientError, OSError)):
        return StoreUnreachableError(
            f"the store at {endpoint} cannot be reached ({type(error).__name__}). Check endpoint_url in --store, the "
            "network and the proxy"
        )
    return StartError(f"the store cannot be used: {error}. Check --store and the configuration of boto3")


def _refused(error: ClientError, address: S3Address, endpoint: str, doing: str, right: str) -> StartError:
    code = code_of(error)
    bucket = address.bucket
    if code == "NoSuchBucket" or code in MISSING:
        return StartError(
            f"there is no bucket {bucket} at {endpoint}. Create it, or correct its name or endpoint_url in --store"
        )
    if code in _SKEWED:
        return StartError("the store says that this computer's clock is wrong. Set it, best by NTP")
    if code in _UNKNOWN_KEYS:
        return StoreForbiddenError(
            f"the store does not accept the credentials ({code}). Check the key and its secret, whether they have "
            "expired, and that they belong to the service at " + endpoint
        )
    if code in DENIED:
        return StoreForbiddenError(
            f"the credentials may not {doing} in bucket {bucket}. Check that they are right and have {right}; {_MORE}"
        )
    if code in _ELSEWHERE:
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        region = error.response.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region")
        where = f"write region={region}" if region else "name its region with region="
        return StartError(f"bucket {bucket} is in another region: {where} in --store")
    if code in NOT_OFFERED:
        return StartError(f"the service at {endpoint} cannot {doing} ({code}): it does not do what S3 does")
    if code in {"503", "SlowDown", "500", "InternalError", "ServiceUnavailable", "502", "504"}:
        return StoreUnreachableError(f"the store at {endpoint} does not work just now ({code}). Try again later")
    return StartError(f"the store at {endpoint} refuses to {doing} in bucket {bucket}: {code or 'no reason given'}")
