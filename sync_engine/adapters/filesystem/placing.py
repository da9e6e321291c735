"""How an object comes to its place: never over another one, and looking like the one it takes the place of."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import Final

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem.files import StagedFile, mode_with_executable
from sync_engine.adapters.filesystem.walk import Folder

# What follows content: the person's own attributes, access lists, SELinux labels. Capabilities and integrity signatures
# are statements about the old bytes.
_KEPT_ATTRIBUTES: Final = ("user.", "system.posix_acl_access", "security.selinux")


def rename_without_replacing(from_fd: int, name: str, to_fd: int, to_name: str) -> None:
    """Raises: OSError (EEXIST if something is there)."""
    try:
        syscalls.rename(from_fd, name, to_fd, to_name, syscalls.RENAME_NOREPLACE)
        return
    except OSError as error:
        if not syscalls.is_unsupported(error):
            raise
    try:  # a second name can only be made where there is none
        os.link(name, to_name, src_dir_fd=from_fd, dst_dir_fd=to_fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
            raise
    else:
        os.unlink(name, dir_fd=from_fd)
        return
    # A folder, or a file system without links: what remains is to look first.
    with contextlib.suppress(FileNotFoundError):
        os.stat(to_name, dir_fd=to_fd, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(name, to_name, src_dir_fd=from_fd, dst_dir_fd=to_fd)


def keep_attributes(old: syscalls.Stat, folder: Folder, name: str, new: syscalls.Stat, staged: StagedFile) -> None:
    """Give the new file the old one's owner, mode and attributes, as far as this account and file system let it.

    Raises: OSError.
    """
    staging_fd = staged.root.staging_fd
    if not stat.S_ISREG(old.mode):
        return
    if (old.uid, old.gid) != (new.uid, new.gid):
        with contextlib.suppress(PermissionError):
            os.chown(staged.name, old.uid, old.gid, dir_fd=staging_fd, follow_symlinks=False)
    # Neither set-user-id nor sticky bits: they were given to the old bytes.
    mode = mode_with_executable(old.mode & 0o777, is_executable=staged.is_executable)
    if bool(old.mode & 0o100) == staged.is_executable:
        mode = old.mode & 0o777
    if staged.root.keeps_executable and mode != stat.S_IMODE(new.mode):
        os.chmod(staged.name, mode, dir_fd=staging_fd)
    # By /proc, because there is no call that takes a folder and a name.
    source, target = f"/proc/self/fd/{folder.fd}/{name}", f"/proc/self/fd/{staging_fd}/{staged.name}"
    with contextlib.suppress(OSError):
        for attribute in os.listxattr(source, follow_symlinks=False):
            if attribute.startswith(_KEPT_ATTRIBUTES):
                with contextlib.suppress(OSError):
                    os.setxattr(target, attribute, os.getxattr(source, attribute, follow_symlinks=False))
