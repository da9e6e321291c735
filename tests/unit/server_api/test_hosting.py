"""What is there for service managers and proxies: credentials in files, dated backups, objects that the proxy sends."""

from __future__ import annotations

import io
import os
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server_api.app import create_app
from server_api.building import build_server
from server_api.cli import server as command
from server_api.config import ServerConfig
from server_api.errors import StartError
from server_api.services.backup import open_backup, write_dated_backup
from tests.fakes.clock import FakeClock
from tests.fixtures.servers import close_server, make_server, running_server

pytestmark = pytest.mark.embedded  # the directory store, and commands that are told a directory only

KEY = f"packs/{'a' * 32}/bb/{'c' * 32}"
BODY = b"what the proxy sends"


def run(*arguments: str, **environment: str) -> Result:
    variables = {"LOCKSTEP_SERVER_DATABASE": None, "CREDENTIALS_DIRECTORY": None, **environment}
    return CliRunner().invoke(command, arguments, env=variables, prog_name="lockstep server")


def test_the_databases_address_may_come_as_a_credential(tmp_path: Path) -> None:
    (tmp_path / "lockstep.database").write_text(f"sqlite:///{tmp_path}/credential.sqlite\n")
    place = {"CREDENTIALS_DIRECTORY": str(tmp_path), "LOCKSTEP_SERVER_DATA": str(tmp_path / "data")}
    assert run("migrate", **place).exit_code == 0
    assert (tmp_path / "credential.sqlite").exists()
    assert run("migrate", **place, LOCKSTEP_SERVER_DATABASE=f"sqlite:///{tmp_path}/variable.sqlite").exit_code == 0
    assert (tmp_path / "variable.sqlite").exists()  # which counts more
    assert run("--database", f"sqlite:///{tmp_path}/option.sqlite", "migrate", **place).exit_code == 0
    assert (tmp_path / "option.sqlite").exists()


def test_a_credential_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "lockstep.database").write_bytes(b"\xff")
    result = run("check", CREDENTIALS_DIRECTORY=str(tmp_path), LOCKSTEP_SERVER_DATA=str(tmp_path / "data"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the credential lockstep.database" in result.stderr


def test_the_mail_servers_password_may_come_as_a_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = ServerConfig(
        data=tmp_path / "data",
        database_url=f"sqlite:///{tmp_path}/data/lockstep.sqlite",
        store_url=f"dir:{tmp_path}/data/objects",
        mail_url="smtp://lockstep@mail.example.org:587",
        mail_from="lockstep@example.org",
    )
    monkeypatch.delenv("LOCKSTEP_SERVER_MAIL_PASSWORD", raising=False)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(StartError, match="password is missing"):
        build_server(config)
    (tmp_path / "lockstep.mail-password").write_text("open sesame\n")
    build_server(config).database.close()


def test_of_dated_backups_the_newest_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    clock = FakeClock()
    server = make_server(tmp_path / "server", clock=clock)
    folder = tmp_path / "backups"
    folder.mkdir()
    others = {"lockstep-before-the-move.backup", "lockstep-2020-01-01T00-00-00Z.backup.txt"}
    for name in others:
        (folder / name).touch()
    written = []
    for _ in range(4):
        clock.advance(86_400)
        written.append(Path(write_dated_backup(server, folder, keep=2).file))
    server.database.close()
    assert {path.name for path in folder.iterdir()} == others | {path.name for path in written[-2:]}
    assert len({path.name for path in written}) == 4
    with written[-1].open("rb") as file:
        open_backup(file)


def test_a_backup_into_a_directory_keeps_all_unless_told_otherwise(tmp_path: Path) -> None:
    place = {"LOCKSTEP_SERVER_DATA": str(tmp_path / "data")}
    assert run("migrate", **place).exit_code == 0
    old = tmp_path / "lockstep-2020-01-01T00-00-00Z.backup"
    old.touch()
    assert run("backup", str(tmp_path), **place).exit_code == 0
    assert (old.exists(), len(list(tmp_path.glob("*.backup")))) == (True, 2)
    assert run("backup", str(tmp_path), "--keep", "1", **place).exit_code == 0
    assert (old.exists(), len(list(tmp_path.glob("*.backup")))) == (False, 1)
    assert run("backup", str(tmp_path / "one.backup"), "--keep", "1", **place).exit_code == 2


def test_the_proxy_is_told_what_to_send(tmp_path: Path) -> None:
    server = make_server(tmp_path, store_url=f"dir:{tmp_path / 'objects'}", accel_redirect="/objects/")
    server.store.check()
    server.store.put(KEY, io.BytesIO(BODY))
    client = create_app(server).test_client()
    url = server.store.presign_get(KEY, expires_in_s=60, content_type="image/png", filename="a.png").url
    for method in ("GET", "HEAD"):
        answer = client.open(url, method=method, headers={"Range": "bytes=3-"})
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["X-Accel-Redirect"] == f"/objects/{KEY}"
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"] == "attachment; filename=a.png"
    forged = client.get(url + "0")
    assert (forged.status_code, forged.headers.get("X-Accel-Redirect")) == (403, None)
    server.store.delete(KEY)
    gone = client.get(url)
    assert (gone.status_code, gone.headers.get("X-Accel-Redirect")) == (404, None)
    close_server(server)


@pytest.mark.parametrize("prefix", ["objects", "/objects", "objects/", "/", "/objects/../", "/a b/", "/a/\n"])
def test_a_prefix_of_the_proxys_has_a_slash_at_both_ends(prefix: str, tmp_path: Path) -> None:
    result = run("--accel-redirect", prefix, "check", LOCKSTEP_SERVER_DATA=str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(("root", "file", "folder"), [(0o700, 0o600, 0o700), (0o750, 0o640, 0o750)])
def test_the_group_reads_what_the_stores_directory_lets_it(tmp_path: Path, root: int, file: int, folder: int) -> None:
    server = make_server(tmp_path, store_url=f"dir:{tmp_path / 'objects'}")
    server.store.check()
    (tmp_path / "objects").chmod(root)
    before = os.umask(0o077)
    try:
        server.store.put(KEY, io.BytesIO(BODY))
    finally:
        os.umask(before)
    server.database.close()
    stored = tmp_path / "objects" / KEY
    assert stat.S_IMODE(stored.stat().st_mode) == file
    assert {stat.S_IMODE(above.stat().st_mode) for above in list(stored.parents)[:3]} == {folder}
    assert stat.S_IMODE((tmp_path / "objects" / ".unfinished").stat().st_mode) == 0o700


def test_the_service_manager_is_told_when_the_server_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with running_server(tmp_path / "server") as running:
            assert b"READY=1" in manager.recv(1_000).splitlines()
            assert running.end() == 0
