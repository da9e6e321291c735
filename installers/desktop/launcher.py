"""Where the bundled program begins."""

import sys
from pathlib import Path

from sync_engine.cli.main import main

# Whoever starts it from a menu gives it no words, and sees no help on a terminal.
has_window = Path(sys.executable).stem == "lockstep-desktop" or ".app/Contents/MacOS" in sys.executable
main(["desktop"] if has_window and len(sys.argv) == 1 else None)
