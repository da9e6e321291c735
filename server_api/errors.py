"""Every refusal the API speaks: one class a code, drawn from one root.

A service raises one of these; the application turns it into a problem document (RFC 9457). What a client may decide by
is ``code``; ``title`` says it to a person; ``detail`` says what this request had of it, never with internals.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from server_api.contract.messages import ErrorCode


class StartError(Exception):
    """The server cannot start as it was told to; the message is one line for the operator.

    Attributes:
        exit_code: of the command that it ends.
    """

    exit_code: ClassVar[int] = 1


class NoServerError(StartError):
    """What was named as a server's place holds none."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"There is no server at {place}: name the right place with --data (or --database), "
            "or make one there: `lockstep server` and `lockstep server user add` do"
        )


class StoreAddressError(StartError):
    """The store's address is not understood."""

    exit_code = 2


class StoreUnreachableError(StartError):
    """The store does not answer."""

    exit_code = 3


class StoreForbiddenError(StartError):
    """The store does not let the server do what it has to."""

    exit_code = 4


class ApiError(Exception):
    """A request is refused.

    Attributes:
        status: of the answer.
        code: what a client may decide by.
        title: the same for every occurrence.
        detail: what is particular to this one.
        retry_after_s: when asking again makes sense; ``None`` if it does not, or at once.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL
    title: ClassVar[str] = "Something went wrong on the server."

    def __init__(self, detail: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after_s = retry_after_s


class InternalError(ApiError):
    """A mistake of the server's own; its log has the rest."""


class InvalidBodyError(ApiError):
    """The body or a parameter is not what the contract says."""

    status = HTTPStatus.BAD_REQUEST
    code = ErrorCode.INVALID_BODY
    title = "The request is not as the contract wants it."


class BodyTooLargeError(ApiError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = ErrorCode.BODY_TOO_LARGE
    title = "The request is larger than the server takes."


class UnsupportedMediaError(ApiError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = ErrorCode.UNSUPPORTED_MEDIA
    title = "The server does not read this type or encoding of body."


class NotFoundError(ApiError):
    """It is not there, or not for this caller to know about."""

    status = HTTPStatus.NOT_FOUND
    code = ErrorCode.NOT_FOUND
    title = "There is nothing here."


class LinkOverError(ApiError):
    """A share link that leads to nothing any more, whatever the reason."""

    status = HTTPStatus.GONE
    code = ErrorCode.LINK_OVER
    title = "This link is over. Ask whoever sent it to you for a new one."


class LinkPausedError(ApiError):
    """A share link that leads to nothing for the time being."""

    status = HTTPStatus.FORBIDDEN
    code = ErrorCode.LINK_PAUSED
    title = "This link is paused. Ask whoever sent it to you, or try again later."


class MethodNotAllowedError(ApiError):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = ErrorCode.METHOD_NOT_ALLOWED
    title = "This address does not take that method."


class NotSignedInError(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = ErrorCode.NOT_SIGNED_IN
    title = "The access token is missing, unknown or expired."


class SessionEndedError(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = ErrorCode.SESSION_ENDED
    title = "This device is signed out. Sign in again."


class WipeRequestedError(SessionEndedError):
    code = ErrorCode.WIPE_REQUESTED
    title = "This device is signed out, and its owner wants what it synced removed from it."


class WipeUnderWayError(ApiError):
    status = HTTPStatus.CONFLICT
    code = ErrorCode.WIPE_UNDER_WAY
    title = "This device is to be wiped, or is being wiped."


class WrongCredentialsError(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = ErrorCode.WRONG_CREDENTIALS
    title = "The email address or the password is wrong."


class PasswordNeededError(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = ErrorCode.PASSWORD_NEEDED
    title = "This needs the password again."


class SecondFactorNeededError(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = ErrorCode.SECOND_FACTOR_NEEDED
    title = "This account needs a code of its second factor as well."


class WrongSecondFactorError(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = ErrorCode.WRONG_SECOND_FACTOR
    title = "The code is wrong, or it was used already."


class ForbiddenError(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = ErrorCode.FORBIDDEN
    title = "You may not do this here."


class RegistrationClosedError(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = ErrorCode.REGISTRATION_CLOSED
    title = "This server takes no new accounts. Ask its operator for one."


class InvitationNeededError(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = ErrorCode.INVITATION_NEEDED
    title = "This server takes new accounts by invitation only. Ask its operator for a code."


class AccountExistsError(ApiError):
    status = HTTPStatus.CONFLICT
    code = ErrorCode.ACCOUNT_EXISTS
    title = "There is an account with this email address already."


class WeakPasswordError(ApiError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = ErrorCode.WEAK_PASSWORD
    title = "This password is too easy to guess."


class UnknownCursorError(ApiError):
    status = HTTPStatus.CONFLICT
    code = ErrorCode.UNKNOWN_CURSOR
    title = "The server does not know this position in its history. List everything again and merge."


class SupersededError(ApiError):
    status = HTTPStatus.CONFLICT
    code = ErrorCode.SUPERSEDED
    title = "A later batch of this device came first."


class OperationReusedError(ApiError):
    status = HTTPStatus.CONFLICT
    code = ErrorCode.OPERATION_REUSED
    title = "An operation's id came back with another body."


class QuotaExceededError(ApiError):
    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = ErrorCode.QUOTA_EXCEEDED
    title = "The account's storage is full."


class NoRoomError(ApiError):
    """What somebody sends to another's account does not fit there; how full that is, is not told."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = ErrorCode.QUOTA_EXCEEDED
    title = "There is no room for this."


class StoreFullError(ApiError):
    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = ErrorCode.STORE_FULL
    title = "The server's storage is full. Tell its operator."


class PackRefusedError(ApiError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = ErrorCode.PACK_REFUSED
    title = "The pack is not what was declared."


class UrlInvalidError(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = ErrorCode.URL_INVALID
    title = "This address is not, or no longer, valid."


class AlreadyStoredError(ApiError):
    status = HTTPStatus.PRECONDITION_FAILED
    code = ErrorCode.ALREADY_STORED
    title = "There is an object of this name already; it is never replaced."


class RateLimitedError(ApiError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = ErrorCode.RATE_LIMITED
    title = "Too many attempts. Wait a little."


class UpdateNeededError(ApiError):
    status = HTTPStatus.UPGRADE_REQUIRED
    code = ErrorCode.UPDATE_NEEDED
    title = "This Lockstep and the server's are too far apart. Update Lockstep."


class UnavailableError(ApiError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = ErrorCode.UNAVAILABLE
    title = "The server cannot do this just now."
