"""Document ↔ the bytes kept in the index: JSON, compressed. Never a pickle: it comes from outside."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict

from indexer.model import DateSource, Document, PartialDate


def pack(document: Document) -> bytes:
    """The bytes of a document."""
    data = asdict(document) | {"date": str(document.date) if document.date else None}
    return zlib.compress(json.dumps(data, ensure_ascii=False).encode(errors="replace"), 6)


def unpack(content: bytes) -> Document:
    """The document of `pack`'s bytes."""
    data = json.loads(zlib.decompress(content))
    date = PartialDate.parse(data["date"]) if data["date"] else None
    return Document(**data | {"date": date, "date_source": DateSource(data["date_source"])})
