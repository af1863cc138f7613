"""PDF files by hand: pages of lines at their places, in Helvetica."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LEFT = 70
TOP = 760
STEP = 14


class Put(NamedTuple):
    """A line of text at a place of the page (points from its lower left corner)."""

    text: str
    left: float = LEFT
    base: float = TOP
    size: float = 11


def column(text: str, *, left: float = LEFT, top: float = TOP, size: float = 11) -> list[Put]:
    """The lines of a text below each other; a blank one leaves room."""
    lines = enumerate(text.strip("\n").split("\n"))
    return [Put(line, left, top - number * STEP, size) for number, line in lines if line.strip()]


def pdf_of(pages: Sequence[Iterable[Put]], *, catalog: str = "", **said: str) -> bytes:
    """A file of these pages. `said`: Title, Author, CreationDate; `catalog`: more entries of the catalogue."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< " + b" ".join(b"/" + name.encode() + b" " + _wide(value) for name, value in said.items()) + b" >>",
    ]
    for number, lines in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (6 + 2 * number)
        )
        drawn = b"\n".join(_drawn(line) for line in lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _file(objects)


def _drawn(line: Put) -> bytes:
    text = line.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET" % (line.size, line.left, line.base, text)


def _wide(value: str) -> bytes:
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


def _file(objects: Sequence[bytes]) -> bytes:
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\n" % (len(objects) + 1)
    return content + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(content)
