"""Makes what people install.

    python3 dev.py bundle              the bundle alone: build/dist/lockstep
    python3 dev.py bundle deb          a Debian package in dist/
    python3 dev.py bundle tarball      a tarball in dist/ that installs into a person's home
    python3 dev.py bundle windows      an installer in dist/ (on Windows, or of a bundle made there)
    python3 dev.py bundle macos        an application and a disk image in dist/ (on macOS)

Several at once make the bundle once. With --again they are made of the bundle that is there.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from installers.desktop.bundling import BUNDLE, DIST, make_bundle, size_of
from installers.desktop.debian import make_deb
from installers.desktop.others import make_macos, make_windows
from installers.desktop.tarball import make_tarball

_PRODUCTS: Final[dict[str, Callable[[Path, Path], Path]]] = {
    "deb": make_deb,
    "tarball": make_tarball,
    "windows": make_windows,
    "macos": make_macos,
}


def main() -> int:
    """Its exit status."""
    form = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(prog="dev.py bundle", description=__doc__, formatter_class=form)
    parser.add_argument("products", nargs="*", metavar="PRODUCT", help=", ".join(_PRODUCTS))
    parser.add_argument("--again", action="store_true", help="of the bundle that is there")
    given = parser.parse_args()
    unknown = [name for name in given.products if name not in _PRODUCTS]
    if unknown:
        parser.error(f"there is no {unknown[0]}")
    try:
        bundle = BUNDLE if given.again else make_bundle()
        print(f"{bundle}  {size_of(bundle) / 1e6:.0f} MB")
        DIST.mkdir(exist_ok=True)
        for name in given.products:
            made = _PRODUCTS[name](bundle, DIST)
            print(f"{made}  {made.stat().st_size / 1e6:.0f} MB")
    except (subprocess.CalledProcessError, shutil.Error, OSError) as error:
        print(f"dev.py bundle: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
