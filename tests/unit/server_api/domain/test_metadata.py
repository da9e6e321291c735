"""Metadata files: whole or refused; and which snapshots are kept."""

from __future__ import annotations

import io
import random

import pytest

from server_api.domain.metadata import (
    LOG_COLUMNS,
    SNAPSHOT,
    SNAPSHOT_COLUMNS,
    Header,
    MetadataError,
    MetadataReader,
    MetadataWriter,
    superseded,
)
from server_api.storage.tables import metadata

HEADER = Header(format=SNAPSHOT, created_at=5, epoch=b"e" * 16, columns={"account": ("account_id", "email")})
ROWS = [(bytes([n % 256]) * 16, f"{n}@example.org") for n in range(5_000)]
DAY_MS = 24 * 3600 * 1000


def written() -> bytes:
    file = io.BytesIO()
    writer = MetadataWriter(file, HEADER)
    writer.write("account", ROWS)
    writer.write("device", [])
    writer.write("account", ROWS[:1])
    writer.finish()
    return file.getvalue()


def read(data: bytes) -> list[list[object]]:
    reader = MetadataReader(io.BytesIO(data), SNAPSHOT)
    assert reader.header == HEADER
    return [row for _, rows in reader.batches() for row in rows]


def test_rows_come_back_in_order() -> None:
    assert read(written()) == [list(row) for row in [*ROWS, ROWS[0]]]


def is_refused_or_whole(data: bytes) -> bool:
    """The last bytes of the frame carry nothing: all rows may have been read and checked before them."""
    try:
        return read(data) == [list(row) for row in [*ROWS, ROWS[0]]]
    except MetadataError:
        return True


def test_a_file_cut_anywhere_is_never_taken_for_another() -> None:
    data = written()
    for length in [0, 1, 10, *random.Random(5).sample(range(len(data)), 50), len(data) - 1]:
        assert is_refused_or_whole(data[:length])
    with pytest.raises(MetadataError):
        read(data[: len(data) - 40])


def test_a_damaged_file_is_never_taken_for_another() -> None:
    data = written()
    for position in random.Random(6).sample(range(len(data)), 100):
        damaged = bytearray(data)
        damaged[position] ^= 0x10
        assert is_refused_or_whole(bytes(damaged))


def test_a_file_without_its_end_is_refused() -> None:
    file = io.BytesIO()
    writer = MetadataWriter(file, HEADER)
    writer.write("account", ROWS)
    writer._frame.flush(1)
    with pytest.raises(MetadataError):
        read(file.getvalue())


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(MetadataError, match="kind"):
        MetadataReader(io.BytesIO(written()), "lockstep-log")


def test_every_column_is_kept_or_left_out_on_purpose() -> None:
    """A new column that belongs into the files is not forgotten, and a secret is not taken along."""
    left_out = {
        "account": {"password_hash", "delete_at"},  # who wants to go for good says so again
        "chunk": {"condemned_at"},  # a rebuilt server begins anew to collect
        "namespace": {"seq", "last_at", "live_nodes"},  # follow from the logs
        "pack": {"declared", "expires_at", "checked_at"},
        "revision": {"namespace_id"},  # in the header
    }
    for name, columns in (SNAPSHOT_COLUMNS | LOG_COLUMNS).items():
        if name != "head":
            all_columns = {column.name for column in metadata.tables[name].columns}
            assert all_columns - set(columns) == left_out.get(name, set()), name
    never = {"refresh_token", "session", "invitation", "sign_in_link", "server_state"}
    never |= {
        "second_factor",
        "recovery_code",
        "mail",
        "mailed_code",
        "attempt",
        "known_address",
        "wipe",
        "purge",
        "purge_node",
        "share",  # its token is a secret
        "published",  # made again when somebody asks for it
        "position",  # devices tell theirs again
    }
    from_files = {"node", "placement", "orphan", "old_pack"}  # orphans: those of the store, once they are seen again
    local = {"audit"}
    assert metadata.tables.keys() == ((SNAPSHOT_COLUMNS | LOG_COLUMNS).keys() - {"head"} | never | from_files | local)


def test_the_newest_seven_and_one_a_day_are_kept() -> None:
    hourly = [day * DAY_MS + hour * 3600 * 1000 for day in range(3) for hour in range(24)]
    gone = set(superseded(hourly))
    kept = [at for at in hourly if at not in gone]
    assert kept == [hourly[23], hourly[47], *hourly[-7:]]
    assert superseded(kept) == []
    assert superseded([]) == []
