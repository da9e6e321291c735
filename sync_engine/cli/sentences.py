"""What people read for each code: what happened, and what to do. A test demands one for every code there is."""

from __future__ import annotations

from typing import Final

from sync_engine.core.showing import showable

SENTENCES: Final[dict[str, str]] = {
    # the engine
    "internal": "Something went wrong inside Lockstep. Nothing was lost; look into the log, and try again.",
    "remote": "The server could not do this. Try again in a while.",
    "unreachable": "The server cannot be reached. Check address and network; changes wait here until it answers.",
    "unreadable-answer": "The server's answer could not be read. Check the address, and what lies between, such as a "
    "proxy or a page to sign in to a network; changes wait here until it can.",
    "certificate": "The server's certificate is not trusted here. If it has an authority of its own, link with "
    "`--ca-file PEM`, else tell who runs it; changes wait here.",
    "proxy-refused": "The proxy wants a name and a password, or others. Set them: `lockstep config set proxy "
    "http://NAME:PASSWORD@HOST:PORT`.",
    "rate-limited": "The server asks for a pause. Wait a moment and try again.",
    "signed-out": "This device is signed out. Run `lockstep link` to sign in again; files stay as they are.",
    "wipe-requested": "This device is signed out, and the account's owner wants what it synced removed from it. "
    "`lockstep sync` does that now; until then it can be taken back on another device.",
    "refused": "The server refused this. Look into the log for its reason; nothing was lost.",
    "unknown-cursor": "The server was restored or replaced. Everything is compared again; nothing is deleted.",
    "superseded": "A newer request of this device was there first. Run `lockstep sync` again.",
    "update-needed": "This Lockstep and the server's are too far apart. Update the older one.",
    "url-expired": "A transfer took too long and its permission ran out. It is tried again by itself.",
    "object-gone": "The server lacks part of this file. It comes once a device that has the file sends it again: "
    "run `lockstep sync --full` there.",
    "corrupt-transfer": "Bytes arrived damaged and were thrown away. They are fetched again by itself.",
    "disk": "A file could not be read or written. It is tried again by itself.",
    "changed": "A file changed while it was being synced. It is looked at again by itself.",
    "occupied": "Something that is not synced has this name here. Rename it, and the other comes.",
    "vanished": "A file went away while it was being synced. It is looked at again by itself.",
    "not-permitted": "Lockstep may not read or write this. Change its permissions; it is tried again by itself.",
    "locked": "Another program holds this file. Close it there; it is tried again by itself.",
    "disk-full": "The disk is full. Free some space; everything else goes on, and this is tried again by itself.",
    "not-holdable": "This file system cannot hold this name or kind of file. Rename it where it was made.",
    "disk-fault": "The disk reported an error. Check the disk; nothing was deleted.",
    "root": "The synced folder cannot be used. Check that it is there and can be read; nothing was deleted.",
    "root-missing": "The synced folder is not there. Mount or move it back; nothing was deleted.",
    "root-foreign": "The folder does not carry this device's mark. Mount the right one, or link again if its .lockstep "
    "was removed; nothing was deleted.",
    "root-busy": "Another Lockstep works on this folder. Stop it first.",
    "root-unreadable": "The synced folder cannot be read. Check its permissions and its disk; nothing was deleted.",
    "journal": "The journal cannot be used. Check the disk and the permissions of the profile; the files are safe.",
    "journal-newer": "The journal was made by a newer Lockstep. Update Lockstep, or choose another --home.",
    "journal-damaged": "The journal is damaged. It is set aside and made anew by comparing; nothing is deleted.",
    "journal-full": "The disk that holds the profile is full. Free some space; nothing was lost.",
    "setup": "The settings make no sense. `lockstep doctor` tells what is wrong.",
    "damaged-settings": "The settings of this profile are damaged. Link again, with --take-over.",
    "not-linked": "This device is not linked yet. Run `lockstep link URL --email E --folder DIR` first.",
    "folder-taken": "The folder belongs to another profile. Unlink it there first, or choose another folder.",
    "folder-overlaps": "Lockstep's own data and the synced folder must be apart. Choose another place.",
    "folder-inside": "The folder lies inside one that is kept in step already. Choose another folder.",
    "folder-unusable": "The folder cannot be made, read or written. Choose another folder.",
    "unencrypted": "The server would be spoken to without encryption. Use https, or allow it with --insecure-http.",
    "wrong-usage": "What was asked for makes no sense. `lockstep --help` tells what there is.",
    # what stops nothing
    "watch-limit": "This system lets too few folders be watched, so changes are looked for every 30 seconds. "
    "Raise fs.inotify.max_user_watches.",
    "unwatched": "The folder cannot be watched, so changes are looked for every 30 seconds. The log tells why.",
    # what is left although nothing more is to come
    "paused": "This device is paused. `lockstep resume`, then sync again.",
    "stopped": "You stopped this transfer, and both sides stay as they are. It goes on once the file changes, or when "
    "you have it tried again: in the window, or by `lockstep sync`.",
    "standstill": "Some changes wait for others that do not come. Nothing was lost; `lockstep sync` tries them again, "
    "and the log tells which they are.",
    # what cannot be synced here
    "case-twin": "Another file here differs only in case, and this disk does not tell them apart. Rename one of them.",
    "name-occupied": "Something that is not synced has this name here. Rename it, and the other comes.",
    "name-twin": "Another file here has a name that looks the same. Rename one of them.",
    "excluded-name": "Something excluded from this device has this name. Rename this one; what is excluded comes back "
    "with `lockstep exclude remove`.",
    "reserved-name": "This system reserves this name. Rename it on another device.",
    "invalid-name": "This system cannot hold this name. Rename it on another device.",
    "name-too-long": "This name is too long. Shorten it where it was made.",
    "hostile-name": "The server sent a name that no device may hold. It is left alone; tell who runs the server.",
    "refused-name": "This name is too long, has damaged characters in it or is reserved for Lockstep. Rename it.",
    "unknown-parent": "Its folder did not come along from the server. It is looked up again by itself.",
    "invalid-utf8": "This name has damaged characters in it. Rename it.",
    "special-file": "Sockets, pipes, devices and other mounts are not synced. Move it out, or leave it: "
    "nothing waits for it.",
    "invalid-link": "The target of this link is too long or has damaged characters in it, so it is not synced. "
    "Make it anew.",
    "private-name": "This name is reserved for Lockstep. Rename it.",
    # why a path is not synced, or cannot be told of
    "ignored-pattern": "A pattern in .lockstepignore keeps this from being synced. `lockstep ignore list` shows all.",
    "ignored-name": "Programs make files of such a name for themselves, so they are not synced. Rename it to have it "
    "synced.",
    "ignored-own": "Lockstep keeps here what it needs itself, so this is not synced. Leave it as it is.",
    "not-here": "There is no such file or folder, here or on the server. Check the name; `lockstep ls` shows what "
    "there is.",
    # the server's refusals of one item
    "stale": "Others changed this first. It is compared again by itself.",
    "name_taken": "Something else has this name on the server. It is compared again by itself.",
    "parent_deleted": "Its folder was deleted on the server. It is compared again by itself.",
    "cycle": "Folders would contain one another. It is compared again by itself.",
    "missing": "The server lacks part of the content. It is sent again by itself.",
    "blocked": "It waits for another change that was refused. It is compared again by itself.",
    "forbidden": "You may not change this. Ask its owner for the right to; your change stays on this device.",
    "quota": "There is no room left on the server. Delete something there or ask for more; it goes on by itself then.",
    "invalid": "The server does not take this name or kind of file. Rename it.",
    # the server's answers
    "invalid-body": "The server did not understand. Update Lockstep.",
    "body-too-large": "That is more than the server takes at once. Update Lockstep; nothing was lost.",
    "unsupported-media": "The server did not understand. Update Lockstep.",
    "not-found": "There is no such thing on the server. Check the name; `lockstep ls` shows what there is.",
    "link-over": "This share link is over. Ask whoever sent it for a new one.",
    "link-paused": "This share link is paused. Ask whoever sent it.",
    "method-not-allowed": "The server does not know this request. Check the address.",
    "not-signed-in": "This device is signed out. Run `lockstep link` again to sign in.",
    "session-ended": "This device was signed out or revoked. Run `lockstep link` to sign in again; files stay.",
    "wipe-under-way": "This device is to be wiped, or has begun with it. Until it has, `lockstep devices wipe --cancel "
    "ID` on another device takes that back.",
    "wrong-credentials": "The password is wrong. Try again.",
    "wrong-sign-in": "Email or password is wrong. Try again.",
    "password-needed": "This needs your password again. Give it, and try again.",
    "second-factor-needed": "This account needs a code of its second factor as well. Add --totp CODE.",
    "wrong-second-factor": "The code is wrong or was used already. Wait for the next one, or use a recovery code.",
    "registration-closed": "This server takes no new accounts. Ask who runs it.",
    "invitation-needed": "This server takes new accounts by invitation. Ask for a code, and add --invite CODE.",
    "account-exists": "There is an account with this address already. Leave out --create-account to sign in.",
    "weak-password": "This password is too easy to guess. Choose one of 8 characters or more, not the address.",
    "operation-reused": "The server saw this change before, with other contents. Run `lockstep sync` again.",
    "quota-exceeded": "There is no room left on the server. Delete something there or ask for more; it goes on then.",
    "store-full": "The server's disk is full. Tell who runs it; changes wait here until there is room.",
    "pack-refused": "The server did not take what was sent. It is sent again by itself.",
    "url-invalid": "A permission to transfer did not hold. It is asked for again by itself.",
    "already-stored": "The server has this already. It goes on by itself.",
    "insecure-store": "The server wants files to go over a connection that is not encrypted. Tell who runs it.",
    "store-refused": "The server's store refused a transfer. Tell who runs it; changes wait here until it answers.",
    "endless-feed": "The server's list of changes has no end. Tell who runs it; it is tried again by itself.",
    "unavailable": "The server is busy or being restarted. It is tried again by itself.",
}


_WITH_DETAIL: Final = {"disk-full", "ignored-pattern", "update-needed"}
"""Of these people want to know more: how much, or which."""


def sentence(code: str, detail: str = "") -> str:
    """What to tell people. An unknown code, from a newer server or daemon, is told by its detail."""
    said = SENTENCES.get(code)
    if said and detail and code in _WITH_DETAIL:
        return f"{said} ({showable(detail)})"
    return said or showable(detail) or SENTENCES["internal"]
