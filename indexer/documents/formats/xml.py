"""XML read as a stream of elements, without anything that a document type could make of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NoReturn, Protocol
from xml.parsers import expat

from indexer.errors import UnreadableDocument

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
# Files may call a namespace as they like (`ns0:p`); elements have these names everywhere here.
_PREFIXES = {
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    _WORD: "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    **{f"{_OPEN}:{name}:1.0": name for name in ("office", "text", "table", "style", "meta")},
    f"{_OPEN}:drawing:1.0": "draw",
    f"{_OPEN}:xsl-fo-compatible:1.0": "fo",
    f"{_OPEN}:svg-compatible:1.0": "svg",
    f"{_OPEN}:manifest:1.0": "manifest",
    f"{_OPEN}:container": "container",
    "http://www.idpf.org/2007/opf": "opf",
    "http://www.w3.org/2001/04/xmlenc#": "enc",
}

Attributes = dict[str, str]  # by the names that expat gives; `value` finds one


class _Names(dict[str, str]):
    """Expat's `uri local` → `prefix:local`; what is of no namespace or of another keeps its local name alone."""

    def __missing__(self, raw: str) -> str:
        uri, _, local = raw.rpartition(" ")
        prefix = _PREFIXES.get(uri)
        self[raw] = name = f"{prefix}:{local}" if prefix else local
        return name


@lru_cache(maxsize=256)
def _raw_names(name: str) -> tuple[str, ...]:
    """The names that expat may give for `prefix:local`."""
    prefix, _, local = name.partition(":")
    return tuple(f"{uri} {local}" for uri, known in _PREFIXES.items() if known == prefix)


def value(attributes: Attributes, name: str, default: str = "") -> str:
    """An attribute of a namespace, by its name as those of elements: `w:val`. All others have their plain names."""
    return next((attributes[raw] for raw in _raw_names(name) if raw in attributes), default)


class Reader(Protocol):
    """What is told of an XML file, in its order. Names are `w:p`, `dc:title`… whatever prefixes the file uses."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """It ends."""

    def text(self, text: str) -> None:
        """Characters, perhaps only some of those that follow each other."""


def walk(pieces: Iterable[bytes], reader: Reader) -> None:
    """Tell `reader` what the bytes of an XML file hold.

    Raises UnreadableDocument for XML that is not well-formed or that declares entities; nothing that it refers to is
    ever fetched.
    """
    names = _Names()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _doctype
    parser.EntityDeclHandler = _refused

    start, end = reader.start, reader.end
    parser.StartElementHandler = lambda raw, attributes: start(names[raw], attributes)
    parser.EndElementHandler = lambda raw: end(names[raw])
    parser.CharacterDataHandler = reader.text
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that is none
        raise UnreadableDocument(f"XML mal formé, ligne {parser.CurrentLineNumber}") from error


def _doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
    """A document type may be named (old EPUB), but what it would declare inside the file is refused."""
    if has_subset:
        _refused()


def _refused(*_declaration: object) -> NoReturn:
    raise UnreadableDocument("XML refusé : il déclare des entités")
