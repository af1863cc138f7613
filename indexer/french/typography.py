"""Spaces and signs of French typography, for whatever is told to people."""

from __future__ import annotations

NO_BREAK = "\u00a0"  # before a colon, inside guillemets
NARROW = "\u202f"  # between thousands


def number(value: int) -> str:
    """1248 as `1 248`."""
    return f"{value:,}".replace(",", NARROW)


def page_text(page: int) -> str:
    """The number of a page, as it is cited: « p. 12 »."""
    return f"p.{NO_BREAK}{number(page)}"


def quoted(text: str) -> str:
    """`text` in guillemets."""
    return f"«{NO_BREAK}{text}{NO_BREAK}»"
