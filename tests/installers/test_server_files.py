"""What a server is installed with is what the programs that read it take, and says what is true."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import tempfile
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
import yaml

from dev import distribution, lock_blocks
from server_api.cli import server
from server_api.contract.version import VERSION
from tests.fixtures.nginx import INSTALLERS, configuration, make_certificate

pytestmark = pytest.mark.deployment

ROOT = INSTALLERS.parents[1]
UNITS = INSTALLERS / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


def run(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=120, check=False, env=os.environ | environment
    )


def variables() -> set[str]:
    """What the server reads of its environment."""
    options = [option.envvar for option in server.params if isinstance(option, click.Option)]
    return {name for name in options if isinstance(name, str)} | {"LOCKSTEP_SERVER_MAIL_PASSWORD"}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A root directory in which the units are, and what they start."""
    shutil.copytree(UNITS, tmp_path / "etc" / "systemd" / "system", ignore=shutil.ignore_patterns("user"))
    for program in ("opt/lockstep/bin/lockstep", "bin/kill"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    return tmp_path


def verify(root: Path, unit: str) -> str:
    """What systemd has to say of it. It exits with 0 whatever it finds."""
    done = run("systemd-analyze", "verify", "--recursive-errors=no", f"--root={root}", unit)
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.iterdir() if path.is_file()))
def test_systemd_takes_the_unit(installed: Path, unit: str) -> None:
    assert verify(installed, unit) == ""
    broken = installed / "etc" / "systemd" / "system" / unit
    broken.write_text(re.sub("^Description=", "Descripton=", broken.read_text(), flags=re.MULTILINE))
    assert "Descripton" in verify(installed, unit)


@pytest.mark.parametrize("unit", SERVICES)
def test_what_a_service_may_do_is_little(installed: Path, unit: str) -> None:
    rated = run("systemd-analyze", "security", "--no-pager", "--offline=true", f"--root={installed}", unit)
    found = re.search(rf"Overall exposure level for {re.escape(unit)}: ([\d.]+)", rated.stdout)
    assert found is not None, rated.stderr
    assert float(found[1]) <= 1.4


def test_systemd_takes_the_unit_of_a_device() -> None:
    with tempfile.TemporaryDirectory() as runtime:  # short enough for the addresses of sockets in it
        done = run("systemd-analyze", "verify", "--user", UNITS / "user" / "lockstep.service", XDG_RUNTIME_DIR=runtime)
    assert (done.stdout, done.stderr) == ("", "")


def test_nginx_takes_the_site_without_a_warning(tmp_path: Path) -> None:
    conf, _ = configuration(tmp_path, make_certificate(tmp_path), server_port=8700, objects=tmp_path)
    done = run("nginx", "-t", "-q", "-e", tmp_path / "error.log", "-c", conf)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")


def test_the_scripts_have_no_finding() -> None:
    done = run(
        "shellcheck", *(INSTALLERS / name for name in ("install.sh", "lockstep-server", "container/make-secrets.sh"))
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_settings_are_the_servers_and_none_is_left_out() -> None:
    text = (INSTALLERS / "server.env").read_text()
    named = set(re.findall(r"^#?(LOCKSTEP_SERVER_[A-Z_]+)=", text, flags=re.MULTILINE))
    by_units = {"LOCKSTEP_SERVER_LOG_FORMAT", "LOCKSTEP_SERVER_SERVE_WITH", "LOCKSTEP_SERVER_MAIL_PASSWORD"}
    assert named == variables() - by_units


@pytest.mark.parametrize("place", ["container", "kubernetes"])
def test_containers_are_told_nothing_that_the_server_does_not_know(place: str) -> None:
    for file in (INSTALLERS / place).rglob("*"):
        if file.is_file():
            assert set(re.findall(r"LOCKSTEP_SERVER_[A-Z_]+", file.read_text())) <= variables(), file


def imported(package: Path) -> set[str]:
    """The names at the top of what its modules import when they run."""
    found: set[str] = set()
    for module in package.rglob("*.py"):
        tree = ast.parse(module.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
    return found


def test_what_a_server_imports_is_in_its_lock() -> None:
    distributions = packages_distributions()
    pinned = {distribution(block) for block in lock_blocks((INSTALLERS / "requirements.lock").read_text())[1:]}
    names = imported(ROOT / "server_api") | imported(ROOT / "sync_engine")
    others = {name for name in names if name in distributions} - {"server_api", "sync_engine"}
    missing = {name for name in others if not {each.lower().replace("_", "-") for each in distributions[name]} & pinned}
    assert {"requests", "gevent", "botocore"} <= others
    assert missing == set()


def test_the_servers_lock_pins_what_the_whole_lock_pins() -> None:
    def pins(lock: Path) -> dict[str, frozenset[str]]:
        blocks = lock_blocks(lock.read_text())[1:]
        return {distribution(block): frozenset(re.findall(r"^\S+|sha256:\w+", block)) for block in blocks}

    everything, servers = pins(ROOT / "requirements.lock"), pins(INSTALLERS / "requirements.lock")
    assert servers.items() <= everything.items()
    assert {"gunicorn", "hatchling", "psycopg-binary"} <= servers.keys()
    assert not {"pyside6-essentials", "pytest", "uv"} & servers.keys()


def test_nginx_takes_the_containers_site(tmp_path: Path) -> None:
    """As far as a version can tell that is older than the image's: it has no `http2 on` and resolves no upstreams."""
    certificate = make_certificate(tmp_path)
    site = (INSTALLERS / "container" / "nginx.conf.template").read_text()
    for said, here in {
        "    http2 on;\n": "",
        "server:8700 resolve;": "127.0.0.1:8700;",
        "s3:8333 resolve;": "127.0.0.1:8333;",
        "/etc/nginx/tls/server.pem": str(certificate.certificate),
        "/etc/nginx/tls/server.key": str(certificate.key),
        "/etc/nginx/snippets/lockstep.conf": str(INSTALLERS / "nginx" / "lockstep-snippet.conf"),
        "${LOCKSTEP_NAME}": "files.example.org",
        "${LOCKSTEP_S3_NAME}": "s3.example.org",
    }.items():
        assert said in site, said
        site = site.replace(said, here)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{ }}\nhttp {{\n{site}}}\n")
    done = run("nginx", "-t", "-q", "-e", tmp_path / "error.log", "-c", tmp_path / "nginx.conf")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")


def test_the_containers_files_can_be_read() -> None:
    compose = yaml.safe_load((INSTALLERS / "container" / "compose.yaml").read_text())
    named = {secret for service in compose["services"].values() for secret in service.get("secrets", ())}
    assert named == compose["secrets"].keys()
    kustomization = yaml.safe_load((INSTALLERS / "kubernetes" / "kustomization.yaml").read_text())
    files = {path.name for path in (INSTALLERS / "kubernetes").glob("*.yaml")}
    assert set(kustomization["resources"]) == files - {"kustomization.yaml", "secret.example.yaml"}
    assert kustomization["images"][0]["newTag"] == VERSION
    for name in files:
        assert yaml.safe_load((INSTALLERS / "kubernetes" / name).read_text())["kind"]
    script = (INSTALLERS / "container" / "make-secrets.sh").read_text()
    assert set(re.findall(r">secrets/(\S+)", script)) == {
        Path(each["file"]).name for each in compose["secrets"].values()
    }
