"""The way through the first run: which page comes next, and what is said where something did not work out."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final

from msgspec import Struct

from desktop.commands import Ended, Found, Linked, Wanted
from desktop.models.server_address import Checked, is_unprotected
from desktop.sentences import sentence
from desktop.words import show_name, show_size, tr, tr_n

SHORTEST_PASSWORD: Final = 8


class Step(Enum):
    WELCOME = "welcome"
    SERVER = "server"
    ACCOUNT = "account"
    FOLDER = "folder"
    CONNECTING = "connecting"
    CODE = "code"
    CHOOSING = "choosing"
    FINISHED = "finished"


class Given(Struct):
    """What the person has said so far. Going back keeps all of it."""

    is_own: bool = True
    """The server is to be this computer's own."""
    address: str = ""
    """Tidied."""
    knows_unprotected: bool = False
    ca_file: str = ""
    is_new_account: bool = False
    email: str = ""
    password: str = ""
    invite: str = ""
    code: str = ""
    folder: str = ""
    takes_over: bool = False
    is_again: bool = False
    """The device was linked before, and its session has ended: nothing but who it is has to be said."""

    @classmethod
    def again(cls, known: Linked) -> Given:
        """Of a profile that is linked already."""
        return cls(
            is_own=False,
            address=known.server,
            knows_unprotected=known.insecure_http,
            ca_file=known.ca_file or "",
            email=known.email,
            folder=known.folder,
            is_again=True,
        )

    def wanted(self) -> Wanted:
        return Wanted(
            server=self.address,
            email=self.email,
            password=self.password,
            folder=self.folder,
            create_account=self.is_new_account,
            totp=self.code,
            invite=self.invite if self.is_new_account else "",
            insecure_http=self.knows_unprotected and is_unprotected(self.address),
            ca_file=self.ca_file,
            take_over=self.takes_over,
        )


def default_folder() -> str:
    return str(Path.home() / "Lockstep")


def next_step(step: Step, given: Given) -> Step:
    """What comes after a page that the person has filled in."""
    if step is Step.WELCOME and given.is_own:
        return Step.FOLDER
    if given.is_again:
        return Step.CONNECTING
    order = (Step.WELCOME, Step.SERVER, Step.ACCOUNT, Step.FOLDER, Step.CONNECTING)
    return order[order.index(step) + 1] if step in order[:-1] else Step.CONNECTING


def step_before(step: Step, given: Given) -> Step | None:
    """Where the way back leads; ``None`` if there is none."""
    if given.is_again:
        return Step.ACCOUNT if step in {Step.CONNECTING, Step.CODE} else None
    match step:
        case Step.SERVER:
            return Step.WELCOME
        case Step.ACCOUNT:
            return Step.SERVER
        case Step.FOLDER:
            return Step.WELCOME if given.is_own else Step.ACCOUNT
        case Step.CONNECTING | Step.CODE | Step.CHOOSING:
            return Step.FOLDER
        case _:
            return None


_PLACES: Final[dict[str, Step]] = {
    "second-factor-needed": Step.CODE,
    "wrong-second-factor": Step.CODE,
    "wrong-sign-in": Step.ACCOUNT,
    "account-exists": Step.ACCOUNT,
    "weak-password": Step.ACCOUNT,
    "invitation-needed": Step.ACCOUNT,
    "registration-closed": Step.ACCOUNT,
    "invalid-body": Step.ACCOUNT,
    "unreachable": Step.SERVER,
    "unreadable-answer": Step.SERVER,
    "unencrypted": Step.SERVER,
    "certificate": Step.SERVER,
    "folder-taken": Step.FOLDER,
    "folder-overlaps": Step.FOLDER,
    "folder-inside": Step.FOLDER,
    "folder-unusable": Step.FOLDER,
}


def place_of(ended: Ended, given: Given) -> Step:
    """The page where the person can do something about it."""
    place = _PLACES.get(ended.code, Step.CONNECTING)
    if given.is_own:
        return Step.FOLDER if place is Step.FOLDER else Step.CONNECTING
    return place if not given.is_again or place in {Step.ACCOUNT, Step.CODE} else Step.CONNECTING


_REMEDIES: Final[dict[str, Callable[[], str]]] = {
    "second-factor-needed": lambda: "",
    "registration-closed": lambda: tr("This server takes no new accounts. Ask whoever runs it, or sign in."),
    "invalid-body": lambda: tr("This is not an email address. Check what you typed."),
    "unreachable": lambda: tr("Nothing answers at this address. Check it, and your network."),
    "unreadable-answer": lambda: tr("No Lockstep server answers at this address. Check it."),
    "no-lockstep": lambda: tr("Something answers at this address, but it is no Lockstep server. Check the address."),
    "certificate": lambda: tr("This server’s certificate is not trusted here. If it has its own authority, choose it."),
    "unencrypted": lambda: tr("Others on the way could read what is sent to this address."),
    "stopped": lambda: tr("Stopped. Nothing was changed."),
}


def remedy(code: str, detail: str = "") -> str:
    """What happened and what to do."""
    said = _REMEDIES.get(code)
    return said() if said is not None else sentence(code, detail)


def told_of_server(checked: Checked) -> str:
    """For the line below the address."""
    if checked.code:
        return remedy(checked.code, checked.detail)
    if checked.registration == "invite":
        return tr("A Lockstep server. New accounts need an invitation.")
    if checked.registration == "closed":
        return tr("A Lockstep server. It takes no new accounts.")
    return tr("A Lockstep server.")


def told_of_folder(found: Found, given: Given) -> str:
    """What will happen to the folder."""
    if found.code:
        return remedy(found.code, found.detail)
    if not found.files:
        made = tr("The folder is empty.") if found.exists else tr("The folder is made.")
        if given.is_own:
            return tr("{made} What you put into it is kept, with all its versions.").format(made=made)
        return tr("{made} The files of your account come into it.").format(made=made)
    return tr_n(
        "%n file ({size}) in it is added to your account; nothing is deleted.",
        "%n files ({size}) in it are added to your account; nothing is deleted.",
        found.files,
    ).format(size=show_size(found.bytes))


def missing_of_account(given: Given, registration: str) -> str:
    """What is still to be said about the account, "" if nothing."""
    if "@" not in given.email.strip("@ "):
        return tr("Enter the email address of the account.")
    if not given.password:
        return tr("Enter the password.")
    if given.is_new_account and len(given.password) < SHORTEST_PASSWORD:
        return tr_n(
            "%n more character at least.", "%n more characters at least.", SHORTEST_PASSWORD - len(given.password)
        )
    if given.is_new_account and registration == "invite" and not given.invite:
        return tr("Enter the code of the invitation.")
    return ""


def told_at_the_end(given: Given) -> str:
    folder = show_name(given.folder)
    if given.is_own:
        return tr("Everything in {folder} is kept on this computer, with all its versions.").format(folder=folder)
    return tr("{folder} is kept in step with your account.").format(folder=folder)
