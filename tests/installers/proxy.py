"""nginx in front of a server, with the site that is installed: only ports and places are the test's own."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.ports import free_port
from tests.fixtures.shared import await_that

INSTALLERS = Path(__file__).parents[2] / "installers" / "server"
NAME = "localhost"


@dataclass(frozen=True)
class Proxy:
    """A running nginx. ``url`` has no slash at its end; ``authority`` is the PEM file that clients have to trust."""

    url: str
    authority: Path
    errors: Path


@dataclass(frozen=True)
class Certificate:
    authority: Path
    certificate: Path
    key: Path


def make_certificate(directory: Path) -> Certificate:
    """For ``NAME``, by an authority of its own, as the installer makes it."""
    authority, authority_key = directory / "authority.pem", directory / "authority.key"
    certificate, key, request, details = (directory / f"server.{end}" for end in ("pem", "key", "csr", "cnf"))
    details.write_text(f"subjectAltName=DNS:{NAME}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")
    for arguments in (
        ("req", "-x509", *new, "-subj", "/CN=A test's authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
         "-keyout", authority_key, "-out", authority),
        ("req", *new, "-subj", f"/CN={NAME}", "-keyout", key, "-out", request),
        ("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial",
         "-extfile", details, "-out", certificate),
    ):  # fmt: skip
        subprocess.run(("openssl", *map(str, arguments)), check=True, capture_output=True, timeout=60)
    return Certificate(authority, certificate, key)


def configuration(directory: Path, certificate: Certificate, *, server_port: int, objects: Path) -> tuple[Path, int]:
    """nginx.conf in this directory, and the port on which it takes TLS."""
    port = free_port()
    site = (INSTALLERS / "nginx" / "lockstep.conf").read_text()
    for installed, here in {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "127.0.0.1:8700": f"127.0.0.1:{server_port}",
        "/etc/ssl/files.example.org.pem": str(certificate.certificate),
        "/etc/ssl/files.example.org.key": str(certificate.key),
        "/var/log/nginx/lockstep.error.log": str(directory / "error.log"),
        "/var/lib/lockstep/objects/": f"{objects}/",
        "/etc/nginx/snippets/lockstep.conf": str(INSTALLERS / "nginx" / "lockstep-snippet.conf"),
    }.items():
        assert installed in site, installed
        site = site.replace(installed, here)
    (directory / "site.conf").write_text(site.replace("files.example.org", NAME))
    kept = "".join(
        f"    {kind}_temp_path {directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = directory / "nginx.conf"
    conf.write_text(
        "user root;\ndaemon off;\nworker_processes 1;\n"
        f"pid {directory}/nginx.pid;\nerror_log {directory}/error.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{\n    access_log off;\n{kept}    include {directory}/site.conf;\n}}\n"
    )
    return conf, port


@contextlib.contextmanager
def proxy(directory: Path, *, server_port: int, objects: Path) -> Iterator[Proxy]:
    """Ended when the block ends."""
    directory.mkdir()
    certificate = make_certificate(directory)
    conf, port = configuration(directory, certificate, server_port=server_port, objects=objects)
    errors = directory / "error.log"
    command = ("nginx", "-e", str(errors), "-c", str(conf))
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            await_that(lambda: (directory / "nginx.pid").exists() or process.poll() is not None, "nginx to start")
            assert process.poll() is None, errors.read_text()
            yield Proxy(f"https://{NAME}:{port}", certificate.authority, errors)
        finally:
            process.terminate()
