"""A wipe: the account's owner wants what this device synced removed from it, because it was lost.

Only what is as it was when it was synced goes, for the server has that; whatever else lies in the folder stays, is
counted and told. The device's session had ended before it was told, so nothing of this can reach the server as a
deletion. What is done is written down before each step, so that a wipe that is interrupted goes on at the next start,
and nothing else is done before.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import shutil
from contextlib import closing
from time import sleep
from typing import Final

import msgspec

from server_api.contract.messages import Kind
from sync_engine.adapters.clock import SystemClock
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.trash import LOOK_AGAIN_NS
from sync_engine.adapters.journal.journal import open_journal
from sync_engine.adapters.remote import HttpAccount
from sync_engine.composition import take_root
from sync_engine.connecting import connect
from sync_engine.core.agreement import is_unchanged
from sync_engine.core.ignore import is_litter
from sync_engine.engine.removing import remove_synced
from sync_engine.errors import DiskError, JournalError, RootError, SignedOut
from sync_engine.profile import Link, Profile, Wiping

_log = logging.getLogger(__name__)

_LEFT_BEHIND: Final = ("journal*", "excluded.json", "signed-out", "settings.damaged")
"""Of the profile, beside settings and tokens: what tells what the folder held."""


def carry_out_wipe(profile: Profile) -> Wiping:
    """Begin, or go on with, what the server wants, to its end. This profile is no device any more then.

    Raises: SignedOut, if nothing is wanted (any more), or it is not this account's server that asks; RootError if the
    folder is not there or in use, RemoteError if the server could not be told: both are tried again later.
    """
    link = profile.link()
    with connect(profile, link) as connected:
        wiping = profile.settings().wiping
        if wiping is None or wiping.removed is None:
            with closing(SyncedFolder(link.folder, link.journal_id)) as filesystem:
                try:
                    take_root(filesystem)
                except RootError:
                    if done := _done_meanwhile(profile):
                        return done
                    raise
                wiping = wiping or _begin(profile, link, connected.account)
                wiping = _remove(profile, link, filesystem, wiping)
        connected.account.end_wipe(removed=wiping.removed or 0, kept=wiping.kept)
    _forget(profile)
    return wiping


def _done_meanwhile(profile: Profile) -> Wiping | None:
    """By a daemon of this profile, that had the folder first."""
    settings = profile.settings()
    return settings.wiping if settings.link is None else None


def _begin(profile: Profile, link: Link, account: HttpAccount) -> Wiping:
    """Raises: SignedOut."""
    check = hashlib.sha256(account.begin_wipe().proof).digest()
    if not hmac.compare_digest(check, link.wipe_check):
        raise SignedOut("something that is not this account's server asks for a wipe")
    _log.warning("the account's owner has this device wiped")
    return _remember(profile, Wiping(at_ms=SystemClock().now_ns() // 1_000_000))


def _remove(profile: Profile, link: Link, filesystem: SyncedFolder, wiping: Wiping) -> Wiping:
    gone = 0
    filesystem.clean_up(SystemClock().now_ns())
    try:
        with closing(
            open_journal(profile.journal_path, link.namespace_id, ignores_case=not filesystem.naming.tells_case)
        ) as journal:
            gone = remove_synced(filesystem, journal, lambda local, _, synced: is_unchanged(local, synced)).gone
    except JournalError as error:
        _log.warning("the journal cannot be read, so all files stay: %s", error)
    if gone:
        sleep(LOOK_AGAIN_NS / 1e9)  # a program may hold one of them open, and write to it
    disturbed = filesystem.empty_trash()
    kept = _count_files(filesystem) + len(disturbed)
    wiping = _remember(profile, msgspec.structs.replace(wiping, removed=gone, kept=kept))
    filesystem.abandon()
    return wiping


def _count_files(filesystem: SyncedFolder) -> int:
    """What people would miss, of all that is in the folder now."""
    count = 0
    folders = [""]
    while folders:
        path = folders.pop()
        try:
            found = filesystem.list_folder(path)
        except DiskError:
            count += 1
            continue
        for each in found:
            if each.kind is Kind.FOLDER:
                folders.append(f"{path}/{each.name}" if path else each.name)
            elif not is_litter(each.name):
                count += 1
    return count


def _remember(profile: Profile, wiping: Wiping) -> Wiping:
    """Durable when it returns."""
    with profile.change_settings() as settings:
        settings.wiping = wiping
    return wiping


def _forget(profile: Profile) -> None:
    """What is left is the settings, which say that it was wiped, and the way a person had set things."""
    for pattern in _LEFT_BEHIND:
        for path in profile.home.glob(pattern):
            path.unlink(missing_ok=True)
    shutil.rmtree(profile.log_directory, ignore_errors=True)
    shutil.rmtree(profile.views_directory, ignore_errors=True)
    with profile.change_settings() as settings:
        settings.link = None
