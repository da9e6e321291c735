"""A mailer that keeps what it is given."""

from __future__ import annotations

from server_api.storage.mailer import Mail, MailError


class FakeMailer:
    """Attributes:
    sent: in order.
    failure: raised in place of sending, if there is one.
    """

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.failure: MailError | None = None

    def send(self, mail: Mail) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(mail)
