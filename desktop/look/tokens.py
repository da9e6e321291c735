"""The tokens of the product's look; the web pages have the same in ``lockstep.css``."""

from __future__ import annotations

from typing import Final

LIGHT: Final[dict[str, str]] = {
    "surface": "#ffffff",
    "surface-2": "#f5f6f8",
    "line": "#e3e6ea",
    "text": "#1b1f24",
    "text-2": "#5b6570",
    "accent": "#0b6e6e",
    "on-accent": "#ffffff",
    "chosen": "#e3f0ef",
    "good": "#2e7d32",
    "warn": "#9a5b00",
    "bad": "#b3261e",
}
DARK: Final[dict[str, str]] = {
    "surface": "#17191c",
    "surface-2": "#1f2226",
    "line": "#2e3338",
    "text": "#e7eaee",
    "text-2": "#9aa4af",
    "accent": "#45bdb8",
    "on-accent": "#17191c",
    "chosen": "#1d3335",
    "good": "#6fcf7a",
    "warn": "#f0b45b",
    "bad": "#f2867f",
}
BODY_PX: Final = 13
ROW_PX: Final = 32
TILE_PX: Final = 160
"""Side of a tile of the gallery."""


def blend(colour: str, onto: str, share: float) -> str:
    """``share`` of the one, the rest of the other: what has no alpha where it is needed."""
    parts = [(int(colour[at : at + 2], 16), int(onto[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02x}" for over, under in parts)
