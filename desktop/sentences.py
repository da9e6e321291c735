"""What people read for each code: what happened, and what to do. A test demands one for every code there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from desktop.words import show_name, tr

SENTENCES: Final[dict[str, Callable[[], str]]] = {
    # the application
    "no-daemon": lambda: tr("Lockstep is not running in the background. Start it again from the tray or the menu."),
    "internal": lambda: tr("Something went wrong inside Lockstep. Nothing was lost; try again."),
    # the engine
    "remote": lambda: tr("The server could not do this. Try again in a while."),
    "unreachable": lambda: tr(
        "The server cannot be reached. Changed files wait here until it answers; check the network, and try again."
    ),
    "unreadable-answer": lambda: tr(
        "The answer could not be read. Something lies between, such as a proxy or a page to sign in to a network;"
        " changes wait here until it can."
    ),
    "certificate": lambda: tr(
        "The server’s certificate is not trusted here any more. Tell who runs it; changes wait here until it is."
    ),
    "proxy-refused": lambda: tr(
        "The proxy wants a name and a password, or others. Set them in the preferences, under network."
    ),
    "rate-limited": lambda: tr("The server asks for a pause. Wait a moment and try again."),
    "signed-out": lambda: tr("This device is signed out. Sign in again; files stay as they are."),
    "wipe-requested": lambda: tr(
        "This device is signed out, and the account’s owner wants what it synced removed from it. That happens "
        "now; until it has, it can be taken back on another device."
    ),
    "refused": lambda: tr("The server refused this. Nothing was lost; the log tells its reason."),
    "unknown-cursor": lambda: tr(
        "The server was restored or replaced. Everything is compared again; nothing is deleted."
    ),
    "superseded": lambda: tr("A newer request of this device was there first. Try again."),
    "update-needed": lambda: tr("This Lockstep and the server’s are too far apart. Update the older one."),
    "url-expired": lambda: tr("A transfer took too long and its permission ran out. It is tried again by itself."),
    "object-gone": lambda: tr(
        "The server lacks part of this file. It comes once a device that has the file sends it again; have "
        "Lockstep look at all files there."
    ),
    "corrupt-transfer": lambda: tr("Bytes arrived damaged and were thrown away. They are fetched again by itself."),
    "disk": lambda: tr("A file could not be read or written. It is tried again by itself."),
    "changed": lambda: tr("It was changed meanwhile, and stays as it is. Look at it, then try again."),
    "occupied": lambda: tr("Something that is not synced has this name here. Rename it, and the other comes."),
    "vanished": lambda: tr("A file went away while it was being synced. It is looked at again by itself."),
    "not-permitted": lambda: tr(
        "Lockstep may not read or write this. Change its permissions; it is tried again by itself."
    ),
    "locked": lambda: tr("Another program holds this file. Close it there; it is tried again by itself."),
    "disk-full": lambda: tr(
        "The disk is full. Free some space; everything else goes on, and this is tried again by itself."
    ),
    "not-holdable": lambda: tr("This file system cannot hold this name or kind of file. Rename it where it was made."),
    "disk-fault": lambda: tr("The disk reported an error. Check the disk; nothing was deleted."),
    "root": lambda: tr(
        "The synced folder cannot be used. Check that it is there and can be read; nothing was deleted."
    ),
    "root-missing": lambda: tr("The synced folder is not there. Mount or move it back; nothing was deleted."),
    "root-foreign": lambda: tr(
        "The folder does not carry this device’s mark. Mount the right one, or set this device up again; nothing "
        "was deleted."
    ),
    "root-busy": lambda: tr("Another Lockstep works on this folder. Stop it first."),
    "root-unreadable": lambda: tr(
        "The synced folder cannot be read. Check its permissions and its disk; nothing was deleted."
    ),
    "journal": lambda: tr(
        "Lockstep’s records cannot be used. Check the disk and the permissions of the profile; the files are safe."
    ),
    "journal-newer": lambda: tr(
        "Lockstep’s records were made by a newer Lockstep. Update Lockstep; the files are safe."
    ),
    "journal-damaged": lambda: tr(
        "Lockstep’s records are damaged. They are set aside and made anew by comparing; nothing is deleted."
    ),
    "journal-full": lambda: tr("The disk that holds Lockstep’s records is full. Free some space; nothing was lost."),
    "setup": lambda: tr("The settings make no sense. Look through the preferences."),
    "damaged-settings": lambda: tr("The settings of this device are damaged. Set it up again; files stay as they are."),
    "not-linked": lambda: tr("This device is not set up yet. Sign in first."),
    "wrong-usage": lambda: tr("That cannot be done this way. Change it and try again."),
    # what stops nothing
    "watch-limit": lambda: tr(
        "This system lets too few folders be watched, so changes are looked for every 30 seconds. Raise the limit"
        " fs.inotify.max_user_watches."
    ),
    "unwatched": lambda: tr(
        "The folder cannot be watched, so changes are looked for every 30 seconds. The log tells why."
    ),
    # what is left although nothing more is to come
    "paused": lambda: tr("This device is paused. Resume it to go on."),
    "stopped": lambda: tr(
        "You stopped it, so both sides stay as they are. It goes on when you retry it, or when the file changes."
    ),
    "standstill": lambda: tr("Some changes wait for others that do not come. Nothing was lost; try them again."),
    # what cannot be synced here
    "case-twin": lambda: tr(
        "Another file here differs only in case, and this disk does not tell them apart. Rename one of them."
    ),
    "name-occupied": lambda: tr("Something that is not synced has this name here. Rename it, and the other comes."),
    "name-twin": lambda: tr("Another file here has a name that looks the same. Rename one of them."),
    "excluded-name": lambda: tr(
        "Something that is not kept on this device has this name. Rename this one, or keep the other here again."
    ),
    "reserved-name": lambda: tr("This system reserves this name. Rename it on another device."),
    "invalid-name": lambda: tr("This system cannot hold this name. Rename it on another device."),
    "name-too-long": lambda: tr("This name is too long. Shorten it where it was made."),
    "hostile-name": lambda: tr(
        "The server sent a name that no device may hold. It is left alone; tell who runs the server."
    ),
    "refused-name": lambda: tr(
        "This name is too long, has damaged characters in it or is reserved for Lockstep. Rename it."
    ),
    "unknown-parent": lambda: tr("Its folder did not come along from the server. It is looked up again by itself."),
    "invalid-utf8": lambda: tr("This name has damaged characters in it. Rename it."),
    "special-file": lambda: tr(
        "Sockets, pipes, devices and other mounts are not synced. Move it out, or leave it: nothing waits for it."
    ),
    "invalid-link": lambda: tr(
        "The target of this link is too long or has damaged characters in it, so it is not synced. Make it anew."
    ),
    "private-name": lambda: tr("This name is reserved for Lockstep. Rename it."),
    # why a path is not synced, or cannot be told of
    "ignored-pattern": lambda: tr(
        "A pattern keeps this from being synced. The preferences show all, under ignored files."
    ),
    "ignored-name": lambda: tr(
        "Programs make files of such a name for themselves, so they are not synced. Rename it to have it synced."
    ),
    "ignored-own": lambda: tr("Lockstep keeps here what it needs itself, so this is not synced. Leave it as it is."),
    "not-here": lambda: tr(
        "There is no such file or folder, here or on the server. It may have been moved or deleted; look there."
    ),
    # the server's refusals of one item
    "stale": lambda: tr("Others changed this first. It is compared again by itself."),
    "name_taken": lambda: tr("Something else has this name on the server. It is compared again by itself."),
    "parent_deleted": lambda: tr("Its folder was deleted on the server. It is compared again by itself."),
    "cycle": lambda: tr("Folders would contain one another. It is compared again by itself."),
    "missing": lambda: tr("The server lacks part of the content. It is sent again by itself."),
    "blocked": lambda: tr("It waits for another change that was refused. It is compared again by itself."),
    "forbidden": lambda: tr(
        "You may not change this. Ask its owner for the right to; your change stays on this device."
    ),
    "quota": lambda: tr(
        "There is no room left on the server. Delete something there or ask for more; it goes on by itself then."
    ),
    "invalid": lambda: tr("The server does not take this name or kind of file. Rename it."),
    # the server's answers
    "invalid-body": lambda: tr("The server did not understand. Update Lockstep."),
    "body-too-large": lambda: tr("That is more than the server takes at once. Update Lockstep; nothing was lost."),
    "unsupported-media": lambda: tr("The server did not understand. Update Lockstep."),
    "not-found": lambda: tr(
        "There is no such thing on the server any more. It may have been moved or deleted; look there."
    ),
    "link-over": lambda: tr("This share link is over. Ask whoever sent it for a new one."),
    "link-paused": lambda: tr("This share link is paused. Ask whoever sent it."),
    "method-not-allowed": lambda: tr("The server does not know this request. Check the address."),
    "not-signed-in": lambda: tr("This device is signed out. Sign in again."),
    "session-ended": lambda: tr("This device was signed out or removed from the account. Sign in again; files stay."),
    "wipe-under-way": lambda: tr(
        "This device is to be wiped, or has begun with it. Until it has, another device can take that back."
    ),
    "wrong-credentials": lambda: tr("The password is wrong. Try again."),
    "wrong-sign-in": lambda: tr("Email or password is wrong. Try again."),
    "password-needed": lambda: tr("This needs your password again. Give it, and try again."),
    "second-factor-needed": lambda: tr("This account needs a code as well. Take it from the app that makes its codes."),
    "wrong-second-factor": lambda: tr(
        "The code is wrong or was used already. Wait for the next one, or use a recovery code."
    ),
    "registration-closed": lambda: tr("This server takes no new accounts. Ask who runs it."),
    "invitation-needed": lambda: tr("This server takes new accounts by invitation. Ask for a code, and enter it."),
    "account-exists": lambda: tr("There is an account with this address already. Sign in to it instead."),
    "weak-password": lambda: tr(
        "This password is too easy to guess. Choose one of 8 characters or more, not the address."
    ),
    "operation-reused": lambda: tr("The server saw this change before, with other contents. Try again."),
    "quota-exceeded": lambda: tr(
        "There is no room left on the server. Delete something there or ask for more; it goes on then."
    ),
    "store-full": lambda: tr("The server’s disk is full. Tell who runs it; changes wait here until there is room."),
    "pack-refused": lambda: tr("The server did not take what was sent. It is sent again by itself."),
    "url-invalid": lambda: tr("A permission to transfer did not hold. It is asked for again by itself."),
    "already-stored": lambda: tr("The server has this already. It goes on by itself."),
    "insecure-store": lambda: tr(
        "The server wants files to go over a connection that is not encrypted. Tell who runs it."
    ),
    "store-refused": lambda: tr(
        "The server’s store refused a transfer. Tell who runs it; changes wait here until it answers."
    ),
    "endless-feed": lambda: tr(
        "The server’s list of changes has no end. Tell who runs it; it is tried again by itself."
    ),
    # a device that is linked
    "folder-taken": lambda: tr(
        "This folder belongs to another Lockstep profile on this computer. Unlink it there, or choose another one."
    ),
    "folder-overlaps": lambda: tr("Lockstep keeps its own data there. Choose a folder apart from it."),
    "folder-inside": lambda: tr("This folder lies inside one that is kept in step already. Choose another one."),
    "folder-unusable": lambda: tr("This folder cannot be made, read or written. Choose another one."),
    "unencrypted": lambda: tr("Others on the way could read what is sent to this address. Use one with https."),
    "unavailable": lambda: tr(
        "The server is busy or being restarted. Changed files wait here until it is back; try again in a moment."
    ),
}

_WITH_DETAIL: Final = {"disk-full", "ignored-pattern", "update-needed", "wrong-usage"}
"""Of these people want to know more: how much, or which."""


def sentence(code: str, detail: str = "") -> str:
    """An unknown code, from a newer daemon or server, is told by its detail."""
    made = SENTENCES.get(code)
    if made is None:
        return show_name(detail) or SENTENCES["internal"]()
    return f"{made()} ({show_name(detail)})" if detail and code in _WITH_DETAIL else made()
