"""What the tests of this folder share: the project's rules, a fixed day, and a file read in one line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from indexer.documents import Entry, Rejected, TypeRules, read

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"
RULES = TypeRules.from_toml((PROJECT / "config" / "types.toml").read_bytes())
TODAY = date(2026, 1, 15)
BODY = "Le Conseil s’est réuni mardi au siège de l’Organisation. Les membres ont pris la parole à tour de rôle."


def read_all(path: Path, relative: str | None = None, *, max_bytes: int = 50_000_000) -> list[Entry | Rejected]:
    return list(read(path, relative or path.name, RULES, max_bytes=max_bytes, today=TODAY))


def entry_of(folder: Path, name: str, content: str | bytes) -> Entry:
    """The one entry of a file written for the occasion; `name` may have folders."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (found,) = read_all(path, name)
    assert isinstance(found, Entry), found
    return found
