"""Whether folder and journal are of one time: a token that both carry, and that is another every hour.

Either may be replaced by an old copy of itself, from a backup or a snapshot, or by something new and empty. What the
journal says was agreed is then not what became of this folder: what is missing here was perhaps never here, and would
be taken for deleted. So journal and folder have to know each other's last token before a single absence is believed.
"""

from __future__ import annotations

import logging

from sync_engine.errors import DiskError
from sync_engine.ports import FileSystem, Ids, Journal

_SETTING = "pairing"

_log = logging.getLogger(__name__)


class Pairing:
    """Thread: the control thread's."""

    def __init__(self, filesystem: FileSystem, journal: Journal, ids: Ids) -> None:
        self._filesystem = filesystem
        self._journal = journal
        self._ids = ids

    def holds(self) -> bool:
        """Whether the journal knows the folder's token, or has agreed on nothing yet. Raises: RootError."""
        known = (self._journal.setting(_SETTING) or "").split()
        return self._filesystem.pairing() in known or self._journal.cursor() is None

    def renew(self) -> None:
        """Another token for both, from the moment on that copies made earlier are not to be believed.

        The journal has it first, beside the one that the folder has: whichever of them the folder carries after a
        crash is known. A folder that takes no new one keeps the old one, which is no less true.

        Raises: RootError.
        """
        token = self._ids.new_id().hex()
        self._know(self._filesystem.pairing(), token)
        try:
            self._filesystem.pair(token)
        except DiskError as error:
            _log.warning("the folder takes no new token: %s: %s", error.code, error)
        else:
            self._know(token)

    def _know(self, *tokens: str) -> None:
        with self._journal.transaction(durable=True):
            self._journal.set_setting(_SETTING, " ".join(tokens))
