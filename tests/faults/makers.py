"""Small good files of every format, made by hand: what is cut and flipped, and what hostile ones are made of."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP of files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- office documents ------------------------------------------------------------------------------------------------

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx_xml(text: str, doctype: str = "") -> str:
    """The main part of a DOCX with one paragraph."""
    body = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}{doctype}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


DOCX_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ).encode(),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ).encode(),
    "word/document.xml": docx_xml("La mission a quitté le camp de Gao le 30 juin 2023.").encode(),
}


def docx(text: str) -> bytes:
    """A DOCX with one paragraph."""
    return zipped({**DOCX_PARTS, "word/document.xml": docx_xml(text).encode()})


def odt_xml(text: str, doctype: str = "") -> str:
    """The main part of an ODT with one paragraph."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:text="{space}:text:1.0" office:version="1.2"><office:body><office:text><text:p>{text}</text:p>'
        "</office:text></office:body></office:document-content>"
    )


ODT_PARTS = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": (
        b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        b'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/></manifest:manifest>'
    ),
    "content.xml": odt_xml("La mission a quitté le camp de Gao le 30 juin 2023.").encode(),
}


def odt(text: str) -> bytes:
    """An ODT with one paragraph."""
    return zipped({**ODT_PARTS, "content.xml": odt_xml(text).encode()})


def rtf(text: str) -> bytes:
    """An RTF with one paragraph."""
    escaped = "".join(sign if sign.isascii() else f"\\u{ord(sign)}?" for sign in text)
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Times;}}}}\\f0\\fs24 {escaped}\\par}}".encode("ascii")


def epub(text: str) -> bytes:
    """An EPUB with one chapter."""
    container = (
        '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="livre.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>"
    )
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Un livre</dc:title><dc:language>fr</dc:language>'
        "</metadata>"
        '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    page = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Un</title></head><body><p>{text}</p></body></html>'
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "livre.opf": package.encode(),
            "a.xhtml": page.encode(),
        }
    )


# --- PDF -------------------------------------------------------------------------------------------------------------


def pdf(text: str, objects: Mapping[int, str] | None = None, *, stream: bytes = b"", trailer: str = "") -> bytes:
    """A PDF with one page; other objects may come in the place of its own, by number, or another stream of content.

    1 is the catalogue, 2 the pages, 3 the page, 4 its content, 5 its resources, 6 the font.
    """
    written = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode("cp1252")
    made: dict[int, bytes] = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 5 0 R>>",
        4: stream or b"<</Length %d>>\nstream\n%s\nendstream" % (len(written), written),
        5: b"<</Font<</F1 6 0 R>>>>",
        6: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    }
    made.update({number: content.encode("cp1252") for number, content in (objects or {}).items()})
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number in sorted(made):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, made[number])
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<</Size {len(places) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


# --- mail, archives, tables ------------------------------------------------------------------------------------------


def email_with(name: str, attachment: bytes, text: str = "Voir la pièce jointe.") -> bytes:
    """A mail with an attachment."""
    body = base64.encodebytes(attachment).decode("ascii")
    return (
        "From: a@exemple.org\nTo: b@exemple.org\nDate: Fri, 30 Jun 2023 10:00:00 +0000\nMessage-ID: <1@exemple.org>\n"
        "Subject: Fin du mandat\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=limite\n\n"
        f"--limite\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
        f'--limite\nContent-Type: application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"\n\n{body}\n--limite--\n'
    ).encode()


def tar(text: str) -> bytes:
    """A compressed tar with one text."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        facts = tarfile.TarInfo("a/b.txt")
        facts.size = len(text.encode())
        archive.addfile(facts, io.BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), mtime=0)


def _id(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _lines(text: str) -> bytes:
    rows = ({"id": f"{_id(text)}-{n}", "title": f"Ligne {n}", "text": text} for n in range(3))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _mbox(text: str) -> bytes:
    mail = email_with("note.txt", text.encode(), text).decode()
    return "".join(f"From a@exemple.org Fri Jun 30 10:00:00 2023\n{mail}\n" for _ in range(2)).encode()


def _html(text: str) -> bytes:
    head = '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Une page</title></head>'
    return f"{head}<body><nav>Accueil</nav><article><h1>Une page</h1><p>{text}</p></article></body></html>".encode()


# A good file of each format that holds a text, by the ending of its name.
MAKERS: Mapping[str, Callable[[str], bytes]] = {
    "txt": lambda text: f"Un texte\n\n{text}\n".encode(),
    "md": lambda text: f"---\ntitle: Une note\ndate: 2023-06-30\n---\n\n# Une note\n\n{text}\n".encode(),
    "html": _html,
    "jsonl": _lines,
    "jsonl.gz": lambda text: gzip.compress(_lines(text), mtime=0),
    "json": lambda text: json.dumps([{"id": _id(text), "title": "Une fiche", "text": text}]).encode(),
    "csv": lambda text: f'id,title,text,date\n{_id(text)},Une ligne,"{text}",2023-06-30\n'.encode(),
    "docx": docx,
    "odt": odt,
    "rtf": rtf,
    "epub": epub,
    "pdf": pdf,
    "zip": lambda text: zipped({"a.txt": text.encode(), "b/c.html": _html(text)}),
    "tar.gz": tar,
    "eml": lambda text: email_with("note.txt", text.encode(), text),
    "mbox": _mbox,
}
