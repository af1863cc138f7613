"""Our own style sheet, scripts and icon, served from memory under names that hold their content's hash.

So browsers may keep them for ever and never see an old one.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from importlib import resources

PREFIX = "/statique/"
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its URL, its bytes and its media type."""

    url: str
    content: bytes
    mimetype: str


def load_assets() -> dict[str, Asset]:
    """The files of `webapp/static/` by name (`trouvaille.css`)."""
    assets = {}
    for file in resources.files("webapp").joinpath("static").iterdir():
        content = file.read_bytes()
        stem, dot, extension = file.name.rpartition(".")
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{extension}"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        assets[file.name] = Asset(PREFIX + hashed, content, kind)
    return assets
