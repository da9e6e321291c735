"""The version of Lockstep, of server and device alike. A constant, since to ask the installed package takes long."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
