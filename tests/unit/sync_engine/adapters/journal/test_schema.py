"""The journal's file: newer, damaged, older, full, and left behind by a crash."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sync_engine.adapters.journal import schema
from sync_engine.adapters.journal.database import Database
from sync_engine.adapters.journal.journal import open_journal
from sync_engine.adapters.journal.schema import set_aside
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, Signature
from sync_engine.errors import JournalDamaged, JournalError, JournalFull, JournalNewer

NAMESPACE = b"n" * 16


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def nodes(count: int, start: int = 0) -> list[LocalNode]:
    return [
        LocalNode(
            NodeId(number.to_bytes(16, "big")), ROOT, f"file {number}", Kind.FILE, Signature(1, number, 0, 1, 2, 3)
        )
        for number in range(start + 1, start + count + 1)
    ]


def filled(path: Path, count: int = 500) -> None:
    journal = open_journal(path, NAMESPACE)
    journal.put_local(nodes(count))
    journal.set_setting("kept", "yes")
    journal.close()


def test_what_was_put_is_there_after_reopening_and_is_nobody_elses_to_read(path: Path) -> None:
    filled(path)
    assert path.stat().st_mode & 0o777 == 0o600
    journal = open_journal(path, NAMESPACE)
    assert journal.counts()["local"] == 500
    assert journal.setting("kept") == "yes"
    journal.close()
    assert [entry.name for entry in path.parent.iterdir()] == ["journal.db"]


def test_namespaces_in_one_file_know_nothing_of_each_other(path: Path) -> None:
    filled(path, 3)
    other = open_journal(path, b"o" * 16)
    assert other.counts()["local"] == 0
    assert other.setting("kept") is None
    other.put_local(nodes(1))
    other.drop_local(node.node_id for node in nodes(3))
    other.next_commit_number()
    other.close()
    journal = open_journal(path, NAMESPACE)
    assert journal.counts()["local"] == 3
    assert journal.commit_number() == 0
    journal.close()


def test_names_are_compared_anew_when_the_folder_comes_to_another_kind_of_disk(path: Path) -> None:
    filled(path, 3)
    for ignores_case, found in ((True, 1), (False, 0)):
        journal = open_journal(path, NAMESPACE, ignores_case=ignores_case)
        assert len(journal.local_named([(ROOT, "FILE 2")])) == found
        assert len(journal.local_named([(ROOT, "file 2")])) == 1
        journal.close()


def test_a_newer_journal_is_refused_and_left_alone(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version=99")
        raw.commit()
    before = path.read_bytes()
    with pytest.raises(JournalNewer):
        open_journal(path, NAMESPACE)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be taken for one" * 100, b"SQLite format 3\0"]
)
def test_what_is_no_database_is_damaged_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalDamaged):
        open_journal(path, NAMESPACE)
    assert path.read_bytes() == content


def test_another_programs_database_is_no_journal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE x (y)")
        raw.commit()
    with pytest.raises(JournalDamaged):
        open_journal(path, NAMESPACE)


@pytest.mark.parametrize("loss", ["DROP TABLE exclusion", "ALTER TABLE synced DROP COLUMN link_target"])
def test_a_journal_that_lacks_something_is_damaged(path: Path, loss: str) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(loss)
        connection.commit()
    with pytest.raises(JournalDamaged, match="lacks"):
        open_journal(path, NAMESPACE)


def test_a_journal_cut_short_is_damaged(path: Path) -> None:
    filled(path, 5_000)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(JournalDamaged):
        open_journal(path, NAMESPACE)


def test_an_overwritten_page_is_damage(path: Path) -> None:
    filled(path, 5_000)
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xa5" * 4096)
    with pytest.raises(JournalDamaged):
        open_journal(path, NAMESPACE)


def test_damage_met_at_work_is_told_as_such(path: Path) -> None:
    filled(path, 5_000)
    journal = open_journal(path, NAMESPACE)
    journal._database.rows("PRAGMA cache_size=10")
    journal._database.rows("PRAGMA shrink_memory")
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(4096 * page)
            file.write(b"\xa5" * 4096)
    with pytest.raises(JournalDamaged):
        journal.local(node.node_id for node in nodes(5_000))
    journal.close()


def test_a_damaged_journal_is_set_aside_whole_and_a_new_one_takes_its_place(path: Path) -> None:
    for _ in range(2):
        path.write_bytes(b"damaged" * 1000)
        Path(f"{path}-wal").write_bytes(b"log")
        aside = set_aside(path, 1_763_700_000_000_000_000)
        assert aside.read_bytes() == b"damaged" * 1000
        assert Path(f"{aside}-wal").read_bytes() == b"log"
        journal = open_journal(path, NAMESPACE)
        assert journal.counts()["local"] == 0
        journal.close()
        path.unlink()
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix == ".db")
    assert names == ["journal.damaged-20251121-044000-2.db", "journal.damaged-20251121-044000.db"]


def test_an_older_journal_is_copied_before_it_is_migrated(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)

    def add_a_column(database: Database) -> None:
        database.run("ALTER TABLE setting ADD COLUMN note TEXT")

    monkeypatch.setattr(schema, "SCHEMA", 2)
    monkeypatch.setitem(schema.MIGRATIONS, 1, add_a_column)
    journal = open_journal(path, NAMESPACE)
    assert journal.setting("kept") == "yes"
    journal.close()
    monkeypatch.undo()
    with pytest.raises(JournalNewer):
        open_journal(path, NAMESPACE)
    before = open_journal(path.with_name("journal.before-2.db"), NAMESPACE)
    assert before.counts()["local"] == 500
    before.close()


def test_a_migration_that_fails_leaves_the_journal_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)

    def break_down(database: Database) -> None:
        database.run("DELETE FROM setting")
        database.run("no SQL")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA", 2)
        patch.setitem(schema.MIGRATIONS, 1, break_down)
        with pytest.raises(JournalError):
            open_journal(path, NAMESPACE)
    journal = open_journal(path, NAMESPACE)
    assert journal.setting("kept") == "yes"
    journal.close()


def test_a_folder_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="No such file"):
        open_journal(tmp_path / "missing" / "journal.db", NAMESPACE)


# --- no space ------------------------------------------------------------------------------------------------------


def test_a_full_journal_undoes_the_transaction_and_works_again_with_space(path: Path) -> None:
    filled(path)
    journal = open_journal(path, NAMESPACE)
    ((pages,),) = journal._database.rows("PRAGMA page_count")
    journal._database.rows(f"PRAGMA max_page_count={pages + 20}")
    with pytest.raises(JournalFull), journal.transaction(durable=True):
        journal.put_local(nodes(20_000, start=500))
    assert journal.counts()["local"] == 500
    with journal.transaction():
        journal.set_setting("kept", "still")
    journal._database.rows(f"PRAGMA max_page_count={pages + 20_000}")
    journal.put_local(nodes(20_000, start=500))
    assert journal.counts()["local"] == 20_500
    journal.close()


def test_writes_after_the_disk_filled_up_do_not_slip_through_by_themselves(path: Path) -> None:
    journal = open_journal(path, NAMESPACE)
    ((pages,),) = journal._database.rows("PRAGMA page_count")
    journal._database.rows(f"PRAGMA max_page_count={pages + 20}")

    def go_on_regardless() -> None:
        with journal.transaction():
            with pytest.raises(JournalFull):
                journal.put_local(nodes(20_000))
            journal.set_setting("slipped", "through")

    with pytest.raises(JournalError):
        go_on_regardless()
    assert journal.setting("slipped") is None
    journal.close()


def test_a_profile_that_is_not_there_is_not_a_full_disk(path: Path) -> None:
    with pytest.raises(JournalError) as told:
        open_journal(path.parent / "nowhere" / "journal.db", NAMESPACE)
    assert not isinstance(told.value, JournalFull)


def test_a_limit_of_the_system_counts_as_full(path: Path) -> None:
    filled(path)
    journal = open_journal(path, NAMESPACE)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    # The probe that tells a full disk from a broken one writes 64 KiB.
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024, hard))
    try:
        with pytest.raises(JournalFull):
            journal.put_local(nodes(20_000, start=500))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert journal.counts()["local"] == 500
    journal.put_local(nodes(20_000, start=500))
    journal.close()
    journal = open_journal(path, NAMESPACE)
    assert journal.counts()["local"] == 20_500
    journal.close()


# --- a crash -------------------------------------------------------------------------------------------------------

_CRASHING = """
import os, signal, sys
from pathlib import Path
from sync_engine.adapters.journal.journal import open_journal
from tests.unit.sync_engine.adapters.journal.test_schema import NAMESPACE, nodes

journal = open_journal(Path(sys.argv[1]), NAMESPACE)
journal.put_local(nodes(100))
with journal.transaction(durable=True):
    journal.next_commit_number()
with journal.transaction():
    journal.put_local(nodes(30_000, start=100))
    journal.set_setting("half", "done")
    if sys.argv[2] == "within":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moment", "count", "setting"), [("within", 100, None), ("after", 30_100, "done")])
def test_a_process_killed_in_a_transaction_leaves_all_or_nothing_of_it(
    path: Path, moment: str, count: int, setting: str | None
) -> None:
    killed = subprocess.run([sys.executable, "-c", _CRASHING, str(path), moment], check=False, timeout=90)
    assert killed.returncode == -signal.SIGKILL
    journal = open_journal(path, NAMESPACE)
    assert journal.counts()["local"] == count
    assert journal.setting("half") == setting
    assert journal.next_commit_number() == 2
    journal.close()


# --- durability ----------------------------------------------------------------------------------------------------


def test_durable_transactions_are_synced_also_within_others(path: Path) -> None:
    journal = open_journal(path, NAMESPACE)
    said: list[str] = []
    journal._database._driver.set_trace_callback(said.append)
    with journal.transaction():
        journal.set_setting("a", "1")
    assert "PRAGMA synchronous=FULL" not in said
    with journal.transaction(durable=True):
        journal.set_setting("a", "2")
    assert said.index("PRAGMA synchronous=FULL") < len(said) - 1 - said[::-1].index("COMMIT")
    said.clear()
    with journal.transaction():
        journal.next_commit_number()
    assert "PRAGMA synchronous=FULL" in said[said.index("COMMIT ") if "COMMIT " in said else said.index("COMMIT") :]
    assert said[-1].startswith("COMMIT")
    journal.close()
