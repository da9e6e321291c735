"""What the bundle holds beside what PyInstaller finds by following imports, and what of that it leaves out."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("sync_engine", "server_api", "desktop")

LOADED_BY_NAME: Final = (
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.mysql.pymysql",
    "psycopg_binary",
    "pyfastcdc.cy.constants",
    "gunicorn.glogging",
    "gunicorn.workers.ggevent",
    "waitress.server",
    "logging.config",  # of what is called by migrations alone
)
"""Modules; beside the keychains, which are all there is of ``keyring.backends``."""
METADATA: Final = ("lockstep-sync", "keyring")
"""Distributions that are asked for their entry points."""
NOT_NEEDED: Final = (
    "tkinter",
    "_pytest",
    "pytest",
    "hypothesis",
    "IPython",
    "matplotlib",
    "mypy",
    "numpy",
    "pip",
    "pydoc",
    "readline",
    "setuptools",
    "pkg_resources",
    "PIL.ImageTk",
    "PIL._avif",
    "desktop.languages.sources",
    "desktop.views.__main__",
    "gevent.tests",
    "charset_normalizer",
    "yaml",
    "zstandard._cffi",
    "zstandard.backend_cffi",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtPdf",
    "PySide6.QtOpenGL",
    "PySide6.QtTest",
)

_NO_DATA: Final = {".py", ".pyc", ".ts", ".typed"}
_READ_AS_TEXT: Final = ("server_api/storage/migrations/", "desktop/integration/lockstep_file_manager.py")
"""Python that is not imported but read: alembic runs the first, file managers the other."""
_SERVICES: Final = {"s3", "sts", "sso", "sso-oidc", "signin", "cloudfront", "secretsmanager"}
"""Of all that botocore knows to speak to."""
_BROUGHT_ALONG: Final = (
    "libbz2.",
    "libcrypto.",
    "libffi.",
    "liblzma.",
    "libpython3",
    "libsqlite3.",
    "libssl.",
    "libuuid.",
    "libz.",
)
"""Of the libraries of the system that the bundle is built on, those that Python needs, and that differ from one
system to the next. All others belong to the desktop's own drivers and settings: a second set beside them breaks it."""
_LEFT_OUT_OF_QT: Final = (
    "qml/",
    "libQt6Quick",
    "libQt6Qml",
    "libQt6Pdf",
    "libQt6VirtualKeyboard",
    "libQt6EglFS",
    "libQt6EglFs",
    "libQt6OpenGL.",
    "libQt6Test",
    "plugins/egldeviceintegrations/",
    "plugins/platforms/libqeglfs",
    "plugins/platforms/libqlinuxfb",
    "plugins/platforms/libqminimalegl",
    "plugins/platforms/libqvkkhrdisplay",
    "plugins/platforms/libqvnc",
    "plugins/platforminputcontexts/libqtvirtualkeyboard",
    "plugins/platformthemes/libqgtk3",
    "plugins/imageformats/libqpdf",
    "plugins/generic/",
    "plugins/networkinformation/",
    "plugins/wayland-graphics-integration-client/",
)


def data_files() -> list[tuple[str, str]]:
    """Each with the folder of the bundle that it goes to."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            inside = path.relative_to(ROOT).as_posix()
            is_data = path.suffix not in _NO_DATA or inside.startswith(_READ_AS_TEXT)
            if path.is_file() and is_data and "__pycache__" not in path.parts:
                found.append((str(path), str(Path(inside).parent)))
    return found


def is_wanted(place: str, origin: str, kind: str) -> bool:
    """Whether a file that PyInstaller found goes into the bundle.

    Args:
        place: in the bundle, such as ``PySide6/Qt/lib/libQt6Core.so.6``.
        origin: where it is here.
        kind: ``BINARY`` for a library, ``EXTENSION`` for a module of Python's.
    """
    path = PurePosixPath(place.replace("\\", "/"))
    if path.parts[:2] == ("botocore", "data"):
        return len(path.parts) == 3 or path.parts[2] in _SERVICES
    is_of_system = kind == "BINARY" and origin.startswith(("/lib", "/usr/lib"))
    if is_of_system and not path.name.startswith(_BROUGHT_ALONG):
        return False
    inside = str(path).removeprefix("PySide6/Qt/").removeprefix("lib/")
    if inside.startswith("translations/"):
        return path.name in _translations()
    return not inside.startswith(_LEFT_OUT_OF_QT)


def _translations() -> set[str]:
    """Of Qt's own dialogs, in the languages that Lockstep speaks."""
    ours = (path.stem.partition("_")[2] for path in (ROOT / "desktop/languages").glob("lockstep_*.qm"))
    return {f"qtbase_{language}.qm" for language in ours}
