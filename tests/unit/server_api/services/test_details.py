"""What is known of one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.details import read_details
from server_api.services.packs import verify_sealed
from server_api.storage.tables import old_pack, pack
from tests.fixtures.content import Content, open_content
from tests.fixtures.libraries import Library
from tests.fixtures.log import Log


@pytest.fixture
def content(tmp_path: Path, backend: object) -> Iterator[Content]:
    made = open_content(tmp_path)
    yield made
    made.server.database.close()


def test_a_file_s_content_is_verified_once_all_of_it_was_read_back(content: Content) -> None:
    library = Library(content.server, content.caller())
    library.save("a", b"content")
    details = read_details(content.server, library.caller, library.namespace_id, "a")
    assert (details.entry.path, details.chunks, details.versions, details.verified_at) == ("a", 1, 1, None)
    while verify_sealed(content.server):
        pass
    details = read_details(content.server, library.caller, library.namespace_id, "a")
    assert details.verified_at is not None
    assert details.on_server_since is not None
    (part,) = details.stored
    assert (part.tier, part.packs, part.size) == ("standard", 1, 7)
    (holder,) = details.devices
    assert holder.device_id == library.caller.device_id


def test_it_says_which_part_the_store_keeps_as_old(content: Content) -> None:
    library = Library(content.server, content.caller())
    library.save("a", b"content")
    with content.server.database.write() as work:
        (pack_id,) = work.connection.scalars(pack.select().with_only_columns(pack.c.pack_id))
        work.connection.execute(old_pack.insert().values(pack_id=pack_id))
    (part,) = read_details(content.server, library.caller, library.namespace_id, "a").stored
    assert part.tier == "old"


def test_an_empty_file_lies_nowhere_and_is_whole(log: Log) -> None:
    log.file("empty", b"")
    details = read_details(log.server, log.laptop, log.namespace_id, "empty")
    assert (details.stored, details.chunks) == ([], 0)
    assert details.verified_at == details.on_server_since is not None


def test_what_is_not_in_the_store_is_not_verified(log: Log) -> None:
    log.write(log.file("a", b"1"), b"2")
    details = read_details(log.server, log.laptop, log.namespace_id, "a")
    assert (details.verified_at, details.stored, details.versions) == (None, [], 2)


def test_a_folder_has_an_entry_and_no_content(log: Log) -> None:
    log.folder("d")
    details = read_details(log.server, log.laptop, log.namespace_id, "d")
    assert (details.entry.path, details.on_server_since, details.devices, details.kept_by) == ("d", None, [], [])


def test_what_is_not_there_is_not_found(log: Log) -> None:
    log.delete(log.file("gone"))
    for path in ("nothing", "gone"):
        with pytest.raises(NotFoundError):
            read_details(log.server, log.laptop, log.namespace_id, path)
    with pytest.raises(InvalidBodyError):
        read_details(log.server, log.laptop, log.namespace_id, "")
