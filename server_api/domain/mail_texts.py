"""What mails say: short, plain text, and nothing in them that a sender of someone else's could have chosen."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import Final

from server_api.domain.showing import showable

_END: Final = "\n\nYour Lockstep server\n"


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body."""

    subject: str
    body: str


def password_reset(link: str, minutes: int) -> Text:
    return Text(
        "A new password for Lockstep",
        f"Hello,\n\nsomebody, hopefully you, asked for a new password. Choose one here:\n\n{link}\n\n"
        f"The link works once, within {minutes} minutes. If it was not you, there is nothing to do: "
        f"your password stays as it is.{_END}",
    )


def password_changed() -> Text:
    return Text(
        "Your Lockstep password was changed",
        "Hello,\n\nthe password of your account was changed, and the other devices were signed out. Their files stay."
        f"\n\nIf it was not you, ask for a new password at once.{_END}",
    )


def new_device(name: str, address: str) -> Text:
    return Text(
        "A new device in your Lockstep account",
        f"Hello,\n\n“{showable(name)}” signed in to your account, from the address {address}.\n\n"
        "If it was not you, change your password: that signs all other devices out.\n"
        f"  lockstep account password{_END}",
    )


def confirm_address(link: str, hours: int) -> Text:
    return Text(
        "Is this your address?",
        f"Hello,\n\nsomebody, hopefully you, wants a Lockstep account to have this address. Confirm it here:\n\n{link}"
        f"\n\nThe link works once, within {hours} hours. If it was not you, there is nothing to do.{_END}",
    )


def address_changed(new: str) -> Text:
    return Text(
        "Your Lockstep account has another address",
        f"Hello,\n\nfrom now on your account signs in as {showable(new)}, and mails go there.\n\n"
        f"If it was not you, tell the server's operator at once.{_END}",
    )


def wipe_requested(name: str, device_id: str) -> Text:
    return Text(
        "A Lockstep device is to be wiped",
        f"Hello,\n\n“{showable(name)}” is signed out, and removes what it synced when it is heard of next. Until then "
        f"that can be taken back, on another device:\n  lockstep devices wipe --cancel {showable(device_id)}\n\n"
        f"If it was not you, take it back, and change your password.{_END}",
    )


def wipe_ended(name: str, removed: str, kept: str) -> Text:
    stayed = f"\n\n{kept} stayed there: the server does not have them like that." if kept != "0" else ""
    return Text(
        "A Lockstep device was wiped",
        f"Hello,\n\n“{showable(name)}” has removed what it synced, {removed} files, and forgotten this account."
        f"{stayed}\n\nEverything that it had synced is still on the server.{_END}",
    )


def purge_requested(path: str, versions: str) -> Text:
    return Text(
        "Something of yours is to go for good",
        f"Hello,\n\nin 24 hours “{showable(path)}” goes for good, with its whole history: {versions} versions.\n\n"
        "Until then that can be taken back:\n  lockstep purge --cancel PATH\n\n"
        f"If it was not you, take it back, and change your password.{_END}",
    )


def purged(path: str, versions: str) -> Text:
    return Text(
        "Something of yours is gone for good",
        f"Hello,\n\n“{showable(path)}” is gone, with its history of {versions} versions, as was wished for yesterday. "
        f"What was changed there since stayed.{_END}",
    )


def deletion_requested(at: str) -> Text:
    return Text(
        "Your Lockstep account is to be deleted",
        f"Hello,\n\nyour account goes for good in 24 hours, at {at}, with all that it stores. Files on devices stay "
        "there.\n\nUntil then that can be taken back:\n  lockstep account delete --cancel\n\n"
        f"If it was not you, take it back, and change your password.{_END}",
    )


def account_deleted() -> Text:
    return Text(
        "Your Lockstep account is deleted",
        f"Hello,\n\nyour account is gone, with all that it stored, as was wished for. Files on devices stay.{_END}",
    )


def invitation(address: str, email: str, code: str, days: int) -> Text:
    command = f"lockstep link {address} --email {quote(showable(email))} --folder ~/Lockstep --create-account"
    return Text(
        "An invitation to a Lockstep server",
        f"Hello,\n\nyou may have an account on the Lockstep server {address}, which keeps a folder in step on all your "
        f"devices. Install Lockstep, then:\n\n  {command} --invite {code}\n\n"
        f"The code works once, within {days} days, for this address. If you do not want it, do nothing.{_END}",
    )
