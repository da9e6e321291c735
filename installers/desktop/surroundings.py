"""Run by the bundled program before anything else: makes its surroundings those of an installed program."""

import os
import ssl
import sys

_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine
)


def give_back_library_path() -> None:
    """The bundle's libraries are for this process, and not for the file manager or the browser that it starts."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    # When it starts itself, that is a program of its own, which needs its libraries again.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


def find_certificates() -> None:
    """Those of this system: the bundled OpenSSL looks where the system that it was built on has them."""
    looked = ssl.get_default_verify_paths()
    file: str | None = looked.cafile
    folder: str | None = looked.capath  # they are None if they are not there
    if file is None and (folder is None or not os.listdir(folder)):  # noqa: PTH208 - pathlib would take longer to load
        found = next((path for path in _CERTIFICATES if os.path.exists(path)), None)  # noqa: PTH110 - the same
        if found is not None:
            os.environ["SSL_CERT_FILE"] = found


def keep_modules() -> None:
    """Go on with the modules of this program when a newer package takes its place: they are read from its file, each
    when it is first needed, at places that are others in the newer one."""
    archive = getattr(sys.modules.get("pyimod02_importers"), "pyz_archive", None)
    if archive is None:
        return
    kept = f"/proc/self/fd/{os.open(archive._filename, os.O_RDONLY)}"  # noqa: SLF001 - PyInstaller has no other way
    if os.path.exists(kept):  # noqa: PTH110 - pathlib would take longer to load
        archive._filename = kept  # noqa: SLF001 - the same


if os.name == "posix":
    give_back_library_path()
    find_certificates()
    keep_modules()
