from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from server_api.storage import mailer
from server_api.storage.mailer import FileMailer, Mail, MailError, RefusedMailError, SmtpMailer, open_mailer
from tests.fakes.smtp_server import smtp_server

TEXT = "Hello,\n\n“Ada’s phone” signed in.\n"
SENDER = "Lockstep <lockstep@example.org>"


def mail(number: int = 1, recipient: str = "ada@example.org") -> Mail:
    return Mail(mail_id=f"{number:05}", recipient=recipient, subject="A new device", text=TEXT)


def test_without_a_mail_server_mails_are_files_for_their_owner_alone(tmp_path: Path) -> None:
    open_mailer(None, sender=None, password=None, data=tmp_path).send(mail())
    [file] = (tmp_path / "outbox").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == ("ada@example.org", "A new device")
    assert message.get_content().replace("\r\n", "\n") == TEXT


def test_the_outbox_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "_KEPT_FILES", 3)
    sender = FileMailer(tmp_path / "outbox", SENDER)
    for number in range(6):
        sender.send(mail(number))
    assert sorted(file.stem for file in (tmp_path / "outbox").iterdir()) == ["00003", "00004", "00005"]


def test_an_outbox_that_cannot_be_written_is_a_mail_error(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(MailError):
        FileMailer(tmp_path / "outbox", SENDER).send(mail())


def test_a_mail_goes_over_smtp() -> None:
    with smtp_server() as server:
        url = f"smtp://127.0.0.1:{server.port}"
        open_mailer(url, sender=SENDER, password=None, data=Path("unused")).send(mail())
        message = message_from_bytes(server.taken[0].encode(), policy=default)
    assert (message["From"], message["To"]) == (SENDER, "ada@example.org")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 no such mailbox", RefusedMailError), ("451 try later", MailError)], ids=["550", "451"]
)
def test_a_refusal_is_for_good_or_for_now(answer: str, kind: type[MailError]) -> None:
    with smtp_server() as server:
        server.refusal = answer
        sender = open_mailer(f"smtp://127.0.0.1:{server.port}", sender=SENDER, password=None, data=Path("unused"))
        with pytest.raises(MailError) as refused:
            sender.send(mail())
    assert type(refused.value) is kind


def test_a_server_that_is_not_there_is_a_mail_error() -> None:
    with smtp_server() as server:
        port = server.port
    with pytest.raises(MailError):
        open_mailer(f"smtp://127.0.0.1:{port}", sender=SENDER, password=None, data=Path("unused")).send(mail())


def test_nothing_is_said_to_a_server_elsewhere_that_offers_no_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "is_loopback_name", lambda _: False)
    with smtp_server() as server:
        sender = SmtpMailer("127.0.0.1", server.port, SENDER, user="ada", password="secret", is_implicit=False)
        with pytest.raises(MailError, match="encryption"):
            sender.send(mail())
        assert set(server.said) <= {"EHLO", "HELO"}


@pytest.mark.parametrize("recipient", ["ada@example.org\nBcc: eve@example.org", "a@b\r\n\r\nhello", "@", "a b@c d@"])
def test_an_address_brings_no_header_along(tmp_path: Path, recipient: str) -> None:
    sender = FileMailer(tmp_path / "outbox", SENDER)
    try:
        sender.send(mail(recipient=recipient))
    except RefusedMailError:
        return
    message = message_from_bytes(next((tmp_path / "outbox").iterdir()).read_bytes(), policy=default)
    assert message["Bcc"] is None
    assert message.get_content().replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("http://mail", SENDER, "smtp://"),
        ("smtp://", SENDER, "smtp://"),
        ("smtp://ada:secret@mail", SENDER, "environment"),
        ("smtp://ada@mail", SENDER, "LOCKSTEP_SERVER_MAIL_PASSWORD"),
        ("smtp://mail", None, "--mail-from"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(url: str, sender: str | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        open_mailer(url, sender=sender, password=None, data=Path("unused"))
