"""Sending mail: the port, the way over SMTP, and files in a directory for who has no mail server."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from server_api.domain.hosts import is_loopback_name

OUTBOX: Final = "outbox"

_TIMEOUT_S: Final = 20
_KEPT_FILES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One plain text to one address; ``mail_id`` is the same at each try."""

    mail_id: str
    recipient: str
    subject: str
    text: str


class MailError(Exception):
    """It was not taken. The message is for the operator, without secrets."""


class RefusedMailError(MailError):
    """It will not be taken at another time either."""


class Mailer(Protocol):
    """Sends mails."""

    def send(self, mail: Mail) -> None:
        """Returns once someone else answers for the mail. Raises: MailError."""


def open_mailer(url: str | None, *, sender: str | None, password: str | None, data: Path) -> Mailer:
    """The mailer of ``smtp://[USER@]HOST[:PORT]``, ``smtps://…``, or, without one, of files below ``data``.

    Raises: ValueError, with one line for the operator.
    """
    if url is None:
        return FileMailer(data / OUTBOX, sender or "lockstep@localhost")
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("write the mail server as smtp://USER@HOST:587 or smtps://USER@HOST")
    if parts.password is not None:
        raise ValueError("give the mail server's password by the environment, not in its address")
    user = unquote(parts.username) if parts.username else None
    if user is not None and password is None:
        raise ValueError("the mail server's password is missing: set LOCKSTEP_SERVER_MAIL_PASSWORD")
    if sender is None:
        raise ValueError("mails need a sender: give --mail-from")
    is_implicit = parts.scheme == "smtps"
    port = parts.port or (465 if is_implicit else 587)
    return SmtpMailer(parts.hostname, port, sender, user=user, password=password, is_implicit=is_implicit)


class SmtpMailer:
    """Over SMTP, encrypted: by TLS from the start or by STARTTLS, except to this computer itself."""

    def __init__(
        self, host: str, port: int, sender: str, *, user: str | None, password: str | None, is_implicit: bool
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._user = user
        self._password = password
        self._is_implicit = is_implicit

    def send(self, mail: Mail) -> None:
        message = compose(mail, self._sender)
        try:
            with self._connect() as server:
                if self._user is not None:
                    server.login(self._user, self._password or "")
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            code = error.smtp_code if isinstance(error, smtplib.SMTPDataError) else _worst(error)
            kind = RefusedMailError if code >= 500 else MailError
            raise kind(f"the mail server refused it ({code})") from error
        except smtplib.SMTPAuthenticationError as error:
            raise MailError(f"the mail server does not take user and password ({error.smtp_code})") from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(f"the mail server cannot be used: {type(error).__name__}") from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_implicit:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_S, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif not is_loopback_name(self._host):
                raise MailError("the mail server offers no encryption")
        except BaseException:
            server.close()
            raise
        return server


class FileMailer:
    """Each mail a file; the newest 500 stay."""

    def __init__(self, directory: Path, sender: str) -> None:
        self._directory = directory
        self._sender = sender

    def send(self, mail: Mail) -> None:
        whole = compose(mail, self._sender).as_bytes()
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            unfinished = self._directory / f".{mail.mail_id}"
            unfinished.touch(mode=0o600)
            with unfinished.open("wb") as file:
                file.write(whole)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._directory / f"{mail.mail_id}.eml")
            for old in sorted(self._directory.glob("*.eml"))[:-_KEPT_FILES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise MailError(f"the outbox cannot be written: {error.strerror or error}") from error


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message as it goes out. Raises: RefusedMailError, for an address that no mail can have."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(mail.mail_id, domain=sender.rpartition("@")[2].strip("<> ") or "localhost")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
    except (ValueError, IndexError, MessageError) as error:
        raise RefusedMailError("no mail can go to this address") from error
    return message


def _worst(error: smtplib.SMTPRecipientsRefused) -> int:
    return max(code for code, _ in error.recipients.values())
