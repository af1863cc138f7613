"""Style sheets, our scripts and images, served from memory under names that hold their content's hash.

So browsers may keep them for ever and never see an old one, and no address reaches a file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePath

PREFIX = "/statique/"
FOR_EVER = "public, max-age=31536000, immutable"
STYLE, SCRIPT = ".css", ".js"
IMAGES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED_OR_SPACES = re.compile(r"""("[^"]*")|\s*([{};,])\s*|\s+""")
# Not asked of the system, whose table may say less and is another on each machine.
_KINDS = {STYLE: "text/css", SCRIPT: "text/javascript", **IMAGES}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its URL, its bytes and its media type."""

    url: str
    content: bytes
    mimetype: str


def asset_of(name: str, content: bytes) -> Asset:
    """The asset of a file of this name, whose extension is a style sheet's, a script's or an image's."""
    path = PurePath(name)
    hashed = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
    return Asset(PREFIX + hashed, content, _KINDS[path.suffix.lower()])


def load_assets() -> dict[str, Asset]:
    """The files of `webapp/static/` by name (`trouvaille.css`)."""
    files = resources.files("webapp").joinpath("static").iterdir()
    return {file.name: asset_of(file.name, _as_sent(file.name, file.read_bytes())) for file in files}


def _as_sent(name: str, content: bytes) -> bytes:
    return slim(content.decode()).encode() if name.endswith(STYLE) else content


def slim(sheet: str) -> str:
    """A style sheet of ours without what only people need: an eighth less for the first page to wait for."""
    return _QUOTED_OR_SPACES.sub(lambda found: found[1] or found[2] or " ", _COMMENT.sub("", sheet)).strip()
