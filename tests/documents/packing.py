"""Files of word processors and books, made in a line or two; and files damaged in every way."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from indexer.documents.entry import Draft
from indexer.documents.formats.source import Drafts, Source
from indexer.errors import UnreadableDocument

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def zipped(*files: tuple[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def docx(body: str, *, core: str = "", styles: str = "", footnotes: str = "", more: tuple[tuple[str, str], ...] = ()):
    """A Word file with this inside of `<w:body>`, the core properties, the styles and the notes."""
    space = f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    core_type = f"{_PACKAGE}/relationships/metadata/core-properties"
    return zipped(
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="b" Type="{core_type}" Target="docProps/core.xml"/></Relationships>',
        ),
        (
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="a" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="b" Type="{_OFFICE}/footnotes" Target="/word/footnotes.xml"/></Relationships>',
        ),
        ("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>"),
        ("word/styles.xml", f"<w:styles {space}>{styles}</w:styles>"),
        ("word/footnotes.xml", f"<w:footnotes {space}>{footnotes}</w:footnotes>"),
        (
            "docProps/core.xml",
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
            f"{core}</cp:coreProperties>",
        ),
        *more,
    )


def damaged(good: bytes, seed: int) -> Iterator[bytes]:
    """The file cut at 20 places, and with a byte changed at 20 others."""
    chance = random.Random(seed)
    for part in range(20):
        yield good[: len(good) * part // 20 + (part > 0)]
    for _ in range(20):
        changed = bytearray(good)
        changed[chance.randrange(len(good))] ^= chance.randrange(1, 256)
        yield bytes(changed)


def source_of(content: bytes) -> Source:
    """An open file, for what one format makes of it, whatever its content would be told as."""
    return Source(io.BytesIO(content), "a", len(content), 50_000_000)


def outcome(drafts: Callable[[Source], Drafts], content: bytes) -> str:
    """What a format makes of a file: the reason it is refused, or its text. All other exceptions pass."""
    try:
        return "\n\n".join(text for draft in drafts(source_of(content)) for text in cast(Draft, draft).paragraphs)
    except UnreadableDocument as refused:
        return f"refusé : {refused}"


def refusal(drafts: Callable[[Source], Drafts], content: bytes) -> str:
    """The reason for which a format refuses a file."""
    with pytest.raises(UnreadableDocument) as refused:
        list(drafts(source_of(content)))
    return str(refused.value)


_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        **{name: name for name in ("office", "text", "table", "style", "meta")},
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)
_ODF += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def odt(body: str, *, meta: str = "", automatic: str = "", styles: str = "", manifest: str = "") -> bytes:
    """An OpenDocument text with this inside of `<office:text>`, its properties and its styles."""
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    automatic = f"<office:automatic-styles>{automatic}</office:automatic-styles>"
    return zipped(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", f"<office:document-content {_ODF}>{automatic}{text}</office:document-content>"),
        ("meta.xml", f"<office:document-meta {_ODF}><office:meta>{meta}</office:meta></office:document-meta>"),
        ("styles.xml", f"<office:document-styles {_ODF}>{styles}</office:document-styles>"),
        ("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>"),
    )


def fodt(body: str) -> bytes:
    """The same in one file."""
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    return f'<?xml version="1.0"?><office:document {_ODF}>{text}</office:document>'.encode()


def epub(
    *chapters: str | bytes, metadata: str = "", manifest: str = "", more: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """A book with these inside of the `<body>` of its chapters; one of bytes is the page as it is."""
    items = "".join(
        f'<item id="c{number}" href="ch%20{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    container = "urn:oasis:names:tc:opendocument:xmlns:container"
    return zipped(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", f'<container xmlns="{container}"><rootfile full-path="O/b.opf"/></container>'),
        (
            "O/b.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<metadata>{metadata}</metadata><manifest>{items}{manifest}</manifest><spine>{spine}</spine></package>",
        ),
        *(
            (
                f"O/ch {number}.xhtml",
                chapter
                if isinstance(chapter, bytes)
                else f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
                f"<body>{chapter}</body></html>",
            )
            for number, chapter in enumerate(chapters)
        ),
        *more,
    )
