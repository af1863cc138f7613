"""Answers that are files to be kept: nothing of them may run or show in the name of this site."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from flask import Request, Response

from indexer import Original

# A browser is told to keep the file; should one open it all the same, no script of it runs and nothing loads.
POLICY = "default-src 'none'; sandbox"
# What no one sees in a name, and what turns it round (« exe.fdp » for « pdf.exe »).
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def attachment(original: Original, request: Request) -> Response:
    """The file of a document; it is closed with the answer."""
    response = Response(original.chunks(), content_type="application/octet-stream")
    response.call_on_close(original.file.close)
    response.content_length = original.size
    response.headers["Content-Disposition"] = disposition(original.name)
    response.headers["Content-Security-Policy"] = POLICY
    response.set_etag(original.digest)
    response.make_conditional(request)
    return response


def disposition(name: str) -> str:
    """The header that has a file kept under this name, whatever signs it has (RFC 6266, RFC 8187)."""
    shown = "".join("_" if unicodedata.category(sign) in _UNSEEN else sign for sign in name)
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    fallback = _PLAIN.sub("_", plain).strip("._") or "document"
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(shown, safe='')}"
