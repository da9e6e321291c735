#!/usr/bin/env python3
"""Run, test and check Lockstep from a checkout, on any system with Python 3.11 or newer.

    python3 dev.py run    [OPTION ...]   start Lockstep: server, account and device (`lockstep up`)
    python3 dev.py test   [OPTION ...]   run the tests; options are pytest's
    python3 dev.py test --stack          run the end-to-end tests against the self-hosted stack
    python3 dev.py check                 lint, formatting, types and the direction of imports
    python3 dev.py bench  [OPTION ...]   measure, with other programs beside Lockstep
    python3 dev.py soak   [OPTION ...]   run the long random tests, as long as --minutes says
    python3 dev.py bundle [PRODUCT ...]  make what people install: a bundle, and of it deb, tarball, windows, macos
    python3 dev.py screenshots [NAME ...] make the pictures of the user guide from the application
    python3 dev.py lock   [OPTION ...]   resolve requirements.lock again; options are uv's, such as --upgrade

The first run makes .venv and installs into it exactly what requirements.lock names. Later runs find it as they left it.
Options may follow a `--`, which is dropped.
"""

# Nothing but the standard library; and nothing that Python 3.8 cannot parse, or an old Python would answer with a
# syntax error in place of the line that says what is wrong.

from __future__ import annotations

import collections
import contextlib
import ctypes
import enum
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

MINIMUM_PYTHON = (3, 11)

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
SERVER_LOCK = ROOT / "installers" / "server" / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
BUNDLER = ROOT / "installers" / "desktop" / "bundler.txt"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "made-by-dev.txt"

# What to look for, and the Debian package that has it: commands, libraries that the loader finds, and paths.
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# What shows windows without a screen, and what people have around them: a panel with a tray, messages, file managers.
SCREEN = {
    **QT_LIBRARIES,
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "trayer": "trayer",
    "dunst": "dunst",
    "xdotool": "xdotool",
    "xclip": "xclip",
    "import": "imagemagick",
    "dbus-run-session": "dbus-daemon",
    "dbus-launch": "dbus-x11",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "nemo": "nemo",
    "nautilus": "nautilus",
    "/usr/lib/*/nemo/extensions-3.0/libnemo-python.so": "nemo-python",
    "/usr/lib/*/nautilus/extensions-4/libnautilus-python.so": "python3-nautilus",
    "/usr/lib/*/gdk-pixbuf-2.0/*/loaders/libpixbufloader-svg.so": "librsvg2-common",  # for emblems
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core",
}
S3_SERVER = {
    "radosgw": "radosgw",
    "ceph-mon": "ceph-mon",
    "ceph-osd": "ceph-osd",
    "ceph-mgr": "ceph-mgr",
    "ceph": "ceph-common",
}
DATABASES = {
    "initdb": "postgresql",
    "mariadbd": "mariadb-server-core",
    "my_print_defaults": "mariadb-client-core",  # which mariadb-install-db calls, and its package does not ask for
}
GIT = {"git": "git"}
DEPLOYMENT = {
    "nginx": "nginx",
    "openssl": "openssl",
    "shellcheck": "shellcheck",
    "systemd-analyze": "systemd",
    "makensis": "nsis",
    "desktop-file-validate": "desktop-file-utils",
    "xz": "xz-utils",
}
BROWSER = {
    "chromium": "chromium",
    "libatomic.so.1": "libatomic1",  # which the Node.js that Playwright brings loads
}
FOREIGN_DISKS = {"lowntfs-3g": "ntfs-3g", "mount.exfat-fuse": "exfat-fuse", "mkfs.exfat": "exfatprogs"}
BUNDLING = {"objdump": "binutils"}
MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it gets a name of its own
MEMORY_FOR_TESTS = 4 * 2**30
"""Bytes that it must have free to hold the tests' files: they use less than one GiB at once."""

PASSED, FAILED, NOTHING_TO_RUN = 0, 1, 5  # what pytest's exit status means
# What else servers keep things in, after SQLite and a directory; and which tests then run once more.
DATABASE_LEVEL = ["tests/unit/server_api", "tests/property"]
OTHER_BACKENDS: dict[str, tuple[str, list[str]]] = {
    "postgresql+s3": ("(not end_to_end or main_flow)", []),
    "mariadb+directory": ("every_database", DATABASE_LEVEL),
}
WITHOUT_QT = [
    *("-p", "no:pytest-qt"),
    *("--ignore=tests/desktop", "--ignore=tests/unit/desktop", "--ignore=tests/installers/test_desktop.py"),
]
"""Options of pytest: Qt's plugin and these files fail as soon as they are read where Qt's libraries are not there."""
PEERS = {"restic": "restic", "rclone": "rclone"}


class StopError(Exception):
    """Ends the program: its text is what the person reads, below the output that led to it."""

    def __init__(self, text: str, output: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.output = list(output)


def say(line: str) -> None:
    """Tell the person what is going on; on standard error, so that the output stays the command's own."""
    print(f"dev.py: {line}", file=sys.stderr, flush=True)


# --------------------------------------------------------------------------------------------------- running programs


def show_output(error: StopError) -> None:
    """What the program that failed said itself, above the sentence about it."""
    for line in error.output:
        print(f"  | {line}", file=sys.stderr)


def run_quietly(command: Sequence[str], advice: str, *, progress: str = "") -> None:
    """Run a program whose output only matters if it fails.

    Args:
        command: the program and its arguments.
        advice: what the person can do about a failure.
        progress: a line of output that starts with this is shown as a sign of life on a terminal.

    Raises:
        StopError: it failed. Holds the advice and the last lines of output.
    """
    tail: collections.deque[str] = collections.deque(maxlen=15)
    unreachable = False
    lively = bool(progress) and sys.stderr.isatty()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail.append(line.rstrip())
            unreachable = unreachable or "Retrying (Retry(" in line  # pip's words for a network that does not answer
            if lively and line.startswith(progress):
                print(f"\r\033[K  {line[:70].rstrip()}", end="", file=sys.stderr, flush=True)
    if lively:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if process.returncode:
        if unreachable:
            advice = "The package index could not be reached: check the network and pip's settings, and run this again."
        raise StopError(f"`{Path(command[0]).name} {' '.join(command[1:4])} …` failed. {advice}", tail)


def run_in_foreground(command: Sequence[str | Path], **environment: str) -> int:
    """Run a program as if it had been called itself, with this in its environment, and return its exit status.

    Ctrl-C reaches the program too; it is given the time to clean up.
    """
    interrupted = False
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}) as process:
        while process.returncode is None:
            try:
                process.wait()
            except KeyboardInterrupt:
                interrupted = True
    return 130 if interrupted else process.returncode


# ---------------------------------------------------------------------------------------------------- system packages


class AptWay(enum.Enum):
    """How missing Debian packages can be had."""

    AT_ONCE = enum.auto()
    ASK = enum.auto()
    TELL = enum.auto()
    NO_APT = enum.auto()


def choose_apt_way(*, has_apt: bool, is_root: bool, has_sudo: bool, on_terminal: bool) -> AptWay:
    """Root installs; a person who may use sudo is asked; anybody else is told the line to run."""
    if not has_apt:
        return AptWay.NO_APT
    if is_root:
        return AptWay.AT_ONCE
    return AptWay.ASK if has_sudo and on_terminal else AptWay.TELL


def apt_way() -> AptWay:
    """The way that this machine and this person allow."""
    return choose_apt_way(
        has_apt=shutil.which("apt-get") is not None,
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        has_sudo=shutil.which("sudo") is not None,
        on_terminal=sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty(),
    )


def missing_packages(wanted: Mapping[str, str]) -> list[str]:
    """The packages of those commands, shared libraries and paths that are not there.

    Debian keeps some commands beside the path; a library is there if the loader finds it; a path may have a ``*``.
    """
    beside = [str(place) for place in Path("/usr/lib/postgresql").glob("*/bin")]
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", *beside])

    def is_missing(name: str) -> bool:
        if name.startswith("/"):
            return not any(Path("/").glob(name[1:]))
        if ".so." not in name:
            return shutil.which(name, path=path) is None
        try:
            ctypes.CDLL(name)
        except OSError:
            return True
        return False

    return [package for name, package in wanted.items() if is_missing(name)]


def missing_for_venv() -> list[str]:
    """Debian keeps the module that puts pip into a virtual environment in a package of its own."""
    if is_environment_made() or importlib.util.find_spec("ensurepip") is not None:
        return []
    return ["python{}.{}-venv".format(*sys.version_info[:2])]


def missing_for_desktop() -> list[str]:
    """Qt's libraries, where a window could be shown."""
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not sys.platform.startswith("linux") or not has_display:
        return []
    return missing_packages(QT_LIBRARIES)


def has_package_lists() -> bool:
    """A fresh Debian has none until `apt-get update`."""
    return any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def apt_install(packages: Sequence[str], prefix: Sequence[str]) -> None:
    """Install through apt; brings the package lists up to date if that is what it takes."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    advice = f"Install {' '.join(packages)} by hand, and run this again."

    def update() -> None:
        run_quietly([*apt, "update"], advice)

    def install() -> None:
        run_quietly([*apt, "install", "-y", "--no-install-recommends", *packages], advice)

    if not has_package_lists():
        update()
        install()
        return
    try:
        install()
    except StopError:
        say("apt could not install them from the package lists it has: fetching new lists …")
        update()
        install()


def obtain(packages: Sequence[str], purpose: str) -> str | None:
    """Install missing Debian packages if that is possible and welcome.

    Returns:
        ``None`` if nothing is missing any more, else the sentence that tells the person what to do.
    """
    if not packages:
        return None
    names = " ".join(packages)
    who, sudo = ("with", "sudo ") if shutil.which("sudo") else ("as root with", "")
    lists = "" if has_package_lists() else f"{sudo}apt-get update && "
    install = f"{lists}{sudo}apt-get install --no-install-recommends {names}"
    by_hand = f"Missing {purpose}: {names}. Install {who}:  {install}"
    way = apt_way()
    if way is AptWay.NO_APT:
        return f"Missing {purpose}: what Debian calls {names}. Install it with this system's package manager."
    if way is AptWay.TELL:
        return by_hand
    say(f"missing {purpose}: {names}")
    if way is AptWay.ASK and not agrees("Install now, with sudo?"):
        return by_hand
    say("installing through apt …")
    try:
        apt_install(packages, ["sudo"] if way is AptWay.ASK else [])
    except StopError as error:
        show_output(error)
        return str(error)
    return None


def agrees(question: str) -> bool:
    """Ask a person at a terminal; an empty line is a yes, the end of input is not."""
    print(f"{question} [Y/n] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().lower() in {"\n", "y\n", "yes\n"}


# ------------------------------------------------------------------------------------------------ virtual environment


def lock_blocks(text: str) -> list[str]:
    """The requirements in a lock: each a line that begins with a name, and the indented lines that follow it."""
    return re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)


def distribution(block: str) -> str:
    """The name that a requirement begins with; of the comment before the first, nothing that matters."""
    return block.split("==", 1)[0]


def fingerprint(*parts: str) -> str:
    """A short name for these texts together."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def wanted_stamp(requirements: str) -> tuple[str, str]:
    """What the environment and the project inside it should have been made from.

    A virtual environment holds absolute paths and one Python's libraries, so both count.
    """
    environment = fingerprint(requirements, str(VENV), sys.platform, repr(sys.version_info[:2]))
    return environment, fingerprint(PROJECT.read_text("utf-8"))


def read_stamp() -> tuple[str, str]:
    """What the environment and the project in it were made from; empty for what was never finished."""
    try:
        lines = STAMP.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return "", ""
    if not PYTHON.exists():  # it is a link to one that was uninstalled
        return "", ""
    environment, project, *_ = [*lines, "", ""]
    return environment, project


def is_environment_made() -> bool:
    """Whether .venv holds what the lock says; the project in it may be out of date."""
    return read_stamp()[0] == wanted_stamp(LOCK.read_text("utf-8"))[0]


def ensure_environment() -> None:
    """Leave with a .venv that holds what the lock says, and the project; without a single program run if it does."""
    requirements = LOCK.read_text("utf-8")
    wanted = wanted_stamp(requirements)
    if read_stamp() == wanted:
        return
    with only_one_at_a_time():
        environment, project = read_stamp()  # another run may have made it meanwhile
        if environment != wanted[0]:
            make_environment(requirements)
            STAMP.write_text(wanted[0] + "\n", "utf-8")
            project = ""
        if project != wanted[1]:
            install_project()
            STAMP.write_text("\n".join(wanted) + "\n", "utf-8")


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two runs must not make one .venv; the system drops the lock of a process that dies."""
    with (ROOT / ".venv.lock").open("w") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there only

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_environment(requirements: str) -> None:
    """Make .venv from nothing: what an interrupted or older run left cannot be trusted."""
    missing = obtain(missing_for_venv(), "to make a virtual environment")
    if missing:
        raise StopError(missing)
    if VENV.exists():
        say(".venv is unfinished or out of date: making it anew")
        shutil.rmtree(VENV)
    started = time.monotonic()
    count = len(lock_blocks(requirements)) - 1
    say(f"making .venv and installing {count} packages into it; this takes about a minute, once …")
    # The base interpreter, since this may be running in the very environment that was just removed.
    base_python = getattr(sys, "_base_executable", sys.executable)
    run_quietly([base_python, "-m", "venv", str(VENV)], "Is this Python complete? Try another one.")
    install_requirements(requirements)
    say(f"installed in {time.monotonic() - started:.0f} s")


def install_requirements(requirements: str) -> None:
    """Install the lock: pip brings uv, and uv the rest, in seconds where pip takes minutes.

    But uv does not read pip's configuration, and behind a mirror or a proxy that is what counts: then pip does it all.
    """
    everything = VENV / "requirements.txt"
    everything.write_text(requirements, "utf-8")
    installer = VENV / "requirements-uv.txt"
    installer.write_text("".join(block for block in lock_blocks(requirements) if distribution(block) == "uv"), "utf-8")
    pip_install("--require-hashes", "--requirement", str(installer))
    try:
        # Compiled now, as pip does: else the first command of each kind would take seconds longer, and every one of
        # those for whom Python may not write next to its modules.
        uv_install("--system-certs", "--compile-bytecode", "--require-hashes", "--requirement", str(everything))
    except StopError:
        say("uv could not install them, perhaps since it does not know pip's settings: pip does, which takes minutes …")
        pip_install("--require-hashes", "--requirement", str(everything))


def install_project() -> None:
    """Install the project itself, editable. What it needs is there, so this asks no network."""
    uv_install("--offline", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


ADVICE = "When what the lines above say is mended, run this again."


def pip_install(*arguments: str) -> None:
    """Call the environment's own pip."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    run_quietly([*command, *arguments], ADVICE, progress="Collecting ")


def uv_install(*arguments: str) -> None:
    """Call the environment's own uv, for this environment whichever one is active."""
    run_quietly([str(BIN / "uv"), "pip", "install", "--python", str(PYTHON), *arguments], ADVICE)


# ----------------------------------------------------------------------------------------------------------- commands


def run(arguments: list[str]) -> int:
    """Become `lockstep up`. All that is missing is told at once, so that one line mends it."""
    for_desktop = [] if "--no-gui" in arguments else missing_for_desktop()
    purpose = "to run Lockstep with its window (--no-gui: without)" if for_desktop else "to make a virtual environment"
    missing = obtain([*missing_for_venv(), *for_desktop], purpose)
    if missing:
        raise StopError(missing)
    ensure_environment()
    command = [str(BIN / "lockstep"), "up", *arguments]
    if os.name != "nt":  # there, exec returns to the prompt at once
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    return subprocess.call(command)


def test(arguments: list[str]) -> int:
    """Run pytest; and if all tests may run, those with a server once more: on PostgreSQL and S3, and on MariaDB.
    On the former devices reach it through nginx.

    What fails in a run of everything is tried once more by itself, to tell what depends on how quick the machine is
    from what is broken. The run has failed either way.

    Tests that need what cannot be had on this machine are left out, and the last lines say so. So are those on foreign
    file systems, which root alone can mount.
    """
    if missing := missing_tests(arguments):  # pytest beside others says nothing of them
        say(f"There is no {missing}.")
        return 2
    if any(argument.partition("=")[0] == "--stack" for argument in arguments):
        return test_stack(arguments)
    everything = not any(map(names_tests, arguments))
    asks_for_s3 = everything or any("s3" in argument for argument in arguments)
    asks_for_browser = everything or any("tests/web" in argument for argument in arguments)
    asks_for_deployment = everything or any("installers" in argument for argument in arguments)
    asks_for_screen = everything or any("desktop" in argument for argument in arguments)
    obstacles = {
        "s3": obstacle_to("the tests against a real S3 server", S3_SERVER, installs=asks_for_s3),
        "databases": obstacle_to("the tests on PostgreSQL and MariaDB", DATABASES, installs=everything),
        "deployment": obstacle_to(
            "the tests of what Lockstep is installed with", DEPLOYMENT, installs=asks_for_deployment
        ),
        "git": obstacle_to("the tests with a git repository", GIT, installs=everything),
        "browser": obstacle_to("the tests of the web pages", BROWSER, installs=asks_for_browser),
        "screen": obstacle_to("the tests of the desktop application", SCREEN, installs=asks_for_screen),
    }
    may_mount = hasattr(os, "geteuid") and os.geteuid() == 0
    without_disks = may_mount and everything and obtain(missing_packages(FOREIGN_DISKS), "for the tests on exFAT, NTFS")
    ensure_environment()
    possible = [f"not {mark}" for mark, obstacle in obstacles.items() if obstacle]
    chooses_backend = any(argument.startswith("--server-backend") for argument in arguments)
    has_servers = not obstacles["s3"] and not obstacles["databases"]
    others = OTHER_BACKENDS if everything and has_servers and not chooses_backend else {}
    through_nginx = [] if obstacles["deployment"] else ["--stack=here"]
    with scratch(in_memory=everything) as environment:
        status = run_pytest(
            [*possible, "not has_own_run"] if others else possible, arguments, environment, again=not arguments
        )
        for backend, (selection, places) in others.items():
            if status not in {PASSED, FAILED}:
                break
            say(f"the tests with a server once more, on {backend}")
            options = ["--server-backend", backend, *through_nginx, *places, *arguments]
            once_more = run_pytest([*possible, selection], options, environment, again=not arguments)
            status = status or (PASSED if once_more == NOTHING_TO_RUN else once_more)
    if without_disks:
        say(f"NOT RUN: the tests on exFAT and NTFS, only those on what stands for them. {without_disks}")
    for mark, obstacle in obstacles.items():
        if obstacle:
            say(f"NOT RUN: the tests marked {mark}. {obstacle}")
    return status


def test_stack(arguments: list[str]) -> int:
    """Run the end-to-end tests that need no server of their own against the self-hosted stack.

    With ``--stack`` that is nginx, the server, PostgreSQL and S3, started here; with ``--stack=URL`` an installed one.
    """
    arguments = ["--stack=here" if argument == "--stack" else argument for argument in arguments]
    is_installed = any(argument.startswith("--stack=https:") for argument in arguments)
    missing = missing_packages(GIT if is_installed else {**GIT, **S3_SERVER, **DATABASES, **DEPLOYMENT})
    obstacle = obtain(missing, "for the tests against the self-hosted stack")
    if obstacle:
        raise StopError(obstacle)
    ensure_environment()
    places = [] if any(map(names_tests, arguments)) else ["tests/end_to_end"]
    chooses_backend = is_installed or any(argument.startswith("--server-backend") for argument in arguments)
    backend = [] if chooses_backend else ["--server-backend", "postgresql+s3"]
    with scratch(in_memory=True) as environment:
        return run_pytest(["end_to_end", "not own_server"], [*backend, *places, *arguments], environment, again=False)


@contextlib.contextmanager
def scratch(*, in_memory: bool) -> Iterator[dict[str, str]]:
    """What the environment of tests says of where they keep their files: in memory, if there is a place with room.

    For thousands of them fsync what they write, and a disk that others make wait would decide how they end. Those of
    what a disk does go on using one: they find it in LOCKSTEP_TEST_DISK.
    """
    if (
        not in_memory
        or "TMPDIR" in os.environ
        or not MEMORY.is_dir()
        or shutil.disk_usage(MEMORY).free < MEMORY_FOR_TESTS
    ):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="lst-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # database servers run as somebody else, in a folder of their own in it
        yield {"TMPDIR": folder, "LOCKSTEP_TEST_DISK": tempfile.gettempdir()}


def run_pytest(
    conditions: Sequence[str], arguments: Sequence[str], environment: Mapping[str, str], *, again: bool
) -> int:
    """Its exit status. Tests run whose marks fulfil all conditions, unless the arguments have a ``-m``, which wins.

    With ``again``, what failed is tried once more, one test after the other.
    """
    selection = ["-m", " and ".join(conditions)] if conditions else []
    if missing_packages(QT_LIBRARIES):
        selection += WITHOUT_QT
    pytest: list[str | Path] = [PYTHON, "-m", "pytest"]
    # Hundreds of processes would each compile all that they import, where the person's environment forbids to keep it.
    environment = {**environment, "PYTHONDONTWRITEBYTECODE": ""}
    status = run_in_foreground([*pytest, "-n", "2", "--dist", "worksteal", *selection, *arguments], **environment)
    if status != FAILED or not again:
        return status
    say("what failed once more, by itself")
    failures_alone = ["-n", "0", "--maxfail", "1", "--last-failed", "--last-failed-no-failures", "none"]
    if run_in_foreground([*pytest, *failures_alone, *selection, *arguments], **environment) == PASSED:
        say("UNSTEADY: the tests that failed above, beside others, passed by themselves. They want mending.")
    return FAILED


def names_tests(argument: str) -> bool:
    """Whether this is a file or folder of tests. Options such as `-k planner` choose among all of them."""
    looks_like_one = "/" in argument or "::" in argument or argument.endswith(".py") or (ROOT / argument).exists()
    return looks_like_one and not argument.startswith("-")


def missing_tests(arguments: Sequence[str]) -> str:
    """The first file or folder that is named and is not there; "" if all are. What follows an option may be its
    value, which need not be there."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        path = argument.partition("::")[0]
        may_be_value = before.startswith("--") or before in {"-c", "-k", "-m", "-n", "-o", "-p", "-r", "-W"}
        if not (argument.startswith("-") or may_be_value or (ROOT / path).exists()):
            return path
    return ""


def obstacle_to(purpose: str, wanted: Mapping[str, str], *, installs: bool) -> str | None:
    """Why this cannot be done; ``None`` if it can, perhaps since what it needs was installed just now."""
    packages = missing_packages(wanted)
    if installs:
        return obtain(packages, f"for {purpose}")
    return f"Missing: {' '.join(packages)}." if packages else None


def check(arguments: list[str]) -> int:
    """Run every check, even after one has failed, and name those that did."""
    if arguments:
        raise StopError("`check` takes no options.")
    ensure_environment()
    failed = []
    for name in ("ruff check", "ruff format --check", "mypy", "lint-imports --no-logo"):
        say(name)
        program, *options = name.split()
        status = run_in_foreground([BIN / program, *options])
        if status == 130:
            return status
        if status:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, with the programs that Lockstep is compared to if they can be had."""
    require_module("benchmarks")
    obstacle = obtain(missing_packages({**PEERS, **S3_SERVER, **BROWSER}), "to compare with")
    if obstacle:
        say(obstacle)
    ensure_environment()
    return run_in_foreground([PYTHON, "-m", "benchmarks", *arguments])


def soak(arguments: list[str]) -> int:
    """Run the long random tests."""
    require_module("tests.soak")
    ensure_environment()
    return run_in_foreground([PYTHON, "-m", "tests.soak", *arguments])


def bundle(arguments: list[str]) -> int:
    """Make the bundle, and installers of it. PyInstaller has an environment of its own in build/."""
    obstacle = obtain(missing_packages(BUNDLING), "to make a bundle") if sys.platform.startswith("linux") else None
    if obstacle:
        raise StopError(obstacle)
    ensure_environment()
    return run_in_foreground([PYTHON, "-m", "installers.desktop", *arguments])


def screenshots(arguments: list[str]) -> int:
    """Make the pictures of the user guide; no screen is needed."""
    require_module("tests.screenshots")
    obstacle = obtain(missing_packages(QT_LIBRARIES), "to draw windows")
    if obstacle:
        raise StopError(obstacle)
    ensure_environment()
    return run_in_foreground([PYTHON, "-m", "tests.screenshots", *arguments])


def require_module(name: str) -> None:
    """Stop if the checkout has no such program yet."""
    place = ROOT.joinpath(*name.split("."))
    if not (place / "__main__.py").is_file() and not place.with_suffix(".py").is_file():
        raise StopError(f"There is no {name} in this checkout yet, so there is nothing to run.")


def lock(arguments: list[str]) -> int:
    """Resolve the lock again. It keeps its pins unless told to upgrade, and holds no address of an index.

    Then that of a server alone, whose pins are the same, and that of what makes bundles.
    """
    ensure_environment()
    universal = ["--universal", "--python-version", "{}.{}".format(*MINIMUM_PYTHON)]
    form = ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "python3 dev.py lock", "--quiet"]
    compiling = ["--no-config", "--system-certs", "pip", "compile"]
    command: list[str | Path] = [BIN / "uv", *compiling, *universal, *form]
    everything = ["--all-extras", "--group", "dev", "--output-file", LOCK.name]
    server = ["--extra", "server", "--group", "build", "--constraint", LOCK.name]
    return (
        run_in_foreground([*command, PROJECT.name, *everything, *arguments])
        or run_in_foreground([*command, PROJECT.name, *server, "--output-file", SERVER_LOCK.relative_to(ROOT)])
        or run_in_foreground([*command, "--group", "bundle", "--output-file", BUNDLER.relative_to(ROOT), *arguments])
    )


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "soak": soak,
    "bundle": bundle,
    "screenshots": screenshots,
    "lock": lock,
}


def complaint_about_python(version: tuple[object, ...]) -> str | None:
    """What to tell somebody whose Python is too old, or ``None``."""
    if version[:2] >= MINIMUM_PYTHON:
        return None
    return "Lockstep needs Python {}.{} or newer, and this is {}.{}. Run dev.py with a newer python3.".format(
        *MINIMUM_PYTHON, *version[:2]
    )


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit status."""
    complaint = complaint_about_python(sys.version_info)
    if complaint:
        say(complaint)
        return 1
    name, *rest = arguments or ["--help"]
    if name in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments else 2
    if name not in COMMANDS:
        say(f"There is no command {name!r}. There are {', '.join(COMMANDS)}; `python3 dev.py --help` tells more.")
        return 2
    if rest[:1] == ["--"]:
        rest = rest[1:]
    try:
        return COMMANDS[name](rest)
    except StopError as error:
        show_output(error)
        say(str(error))
    except OSError as error:
        say(f"{error}. Mend that, and run this again.")
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
