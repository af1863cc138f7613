"""ODT: the text of an OpenDocument as its reader sees it, with its notes, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from indexer.documents.formats.flow import HEADING, Flow, role_of
from indexer.documents.formats.properties import Properties, draft_of
from indexer.documents.formats.source import Drafts, Source
from indexer.documents.formats.unzip import Unzipped
from indexer.documents.formats.xml import Attributes, value, walk
from indexer.errors import UnreadableDocument

_MOST = 100_000_000
_ASIDE = (("meta.xml", "propriétés"), ("styles.xml", "styles"))
_MANIFEST = "META-INF/manifest.xml"


def drafts(source: Source) -> Drafts:
    """The one document of the file, a package or (`.fodt`) one flat XML file."""
    content = source.whole()
    document, warnings = _Document(), list[str]()
    if content.startswith(b"PK"):
        package = Unzipped(BytesIO(content), source.budget)
        _refuse_encrypted(package)
        for part, what in _ASIDE:
            try:
                if part in package:
                    walk(package.chunks(part, _MOST), document)
            except UnreadableDocument as error:
                warnings.append(f"{what} du document illisibles : {error}")
        walk(package.chunks("content.xml", _MOST), document)
    else:
        walk(_pieces(content), document)
    if not document.has_text:
        raise UnreadableDocument("ce document OpenDocument n’est pas un texte (tableur, dessin ou présentation ?)")
    yield draft_of(content, source.relative, document.flow.done(), document.said(), warnings)


def _pieces(content: bytes, size: int = 256 * 1024) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def _refuse_encrypted(package: Unzipped) -> None:
    """The parts of a protected document are there, as noise: its manifest says so."""
    if _MANIFEST in package and b"encryption-data" in package.read(_MANIFEST, _MOST):
        raise UnreadableDocument("protégé par un mot de passe")


_MAX_PARENTS = 10
_MAX_SPACES = 100
_PARAGRAPHS = frozenset(("text:p", "text:h"))
# What holds no text that is read at its place; the deleted text stands in text:tracked-changes.
_SKIPPED = frozenset((
    "text:tracked-changes", "text:note-citation", "text:table-of-content", "text:alphabetical-index",
    "text:illustration-index", "text:table-index", "text:object-index", "text:user-index", "text:ruby-text",
    "text:hidden-text", "office:annotation", "office:forms", "office:scripts", "office:binary-data", "svg:title",
    "svg:desc", "table:covered-table-cell", "office:master-styles",
))  # fmt: skip
_SHAPES = "draw:"
_SAID = ("dc:title", "dc:creator", "dc:date", "dc:language", "meta:initial-creator", "meta:creation-date")


class _Document:
    """What the parts of an OpenDocument tell, in any order but for the styles, which come before the text."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.has_text = False
        self._said: dict[str, str] = {}
        self._language = ""
        self._parents: dict[str, str] = {}  # of the styles of paragraphs
        self._default = False  # inside the style of all paragraphs
        self._skipping = 0  # elements open from the one whose content is passed over
        self._within = 0  # open elements of the body's text
        self._paragraphs = 0  # open paragraphs: one may stand in a shape that stands in another
        self._property: list[str] | None = None

    def said(self) -> Properties:
        """Whose text it is, rather than who saved it last."""
        said = self._said.get
        author = said("meta:initial-creator") or said("dc:creator", "")
        dates = [said("meta:creation-date", ""), said("dc:date", "")]
        return Properties(said("dc:title", ""), [author], dates, said("dc:language") or self._language)

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipping:
            self._skipping += 1
        elif name in _SKIPPED:
            self._skipping = 1
        elif self._within:
            self._within += 1
            self._start_of_text(name, attributes)
        elif name == "office:text":
            self._within = 1
            self.has_text = True
        elif name in _SAID:
            self._property = []
        else:
            self._start_of_style(name, attributes)

    def _start_of_style(self, name: str, attributes: Attributes) -> None:
        if name == "style:style" and value(attributes, "style:family") == "paragraph":
            self._parents[value(attributes, "style:name")] = value(attributes, "style:parent-style-name")
        elif name == "style:default-style":
            self._default = value(attributes, "style:family") == "paragraph"
        elif name == "style:text-properties" and self._default:
            language, country = (value(attributes, f"fo:{key}", "none") for key in ("language", "country"))
            if language not in ("none", "zxx"):
                self._language = language if country == "none" else f"{language}-{country}"

    def _start_of_text(self, name: str, attributes: Attributes) -> None:
        if name in _PARAGRAPHS:
            self._paragraphs += 1
            level = value(attributes, "text:outline-level") if name == "text:h" else None
            self.flow.style(self._role(value(attributes, "text:style-name")) or (HEADING if level == "1" else ""))
        elif name == "text:s":
            count = value(attributes, "text:c", "1")
            self.flow.sign(" " * (min(int(count), _MAX_SPACES) if count.isdecimal() else 1))
        elif name == "text:tab":
            self.flow.sign("\t")
        elif name == "text:line-break":
            self.flow.sign("\n")
        elif name == "table:table-row":
            self.flow.open_row()
        elif name == "table:table-cell":
            self.flow.open_cell()
        elif name == "text:note-body":
            self.flow.open_note()
        elif name.startswith(_SHAPES):
            self.flow.open_box()
        elif name == "text:section" and value(attributes, "text:display") == "none":
            self._within -= 1
            self._skipping = 1

    def _role(self, style: str) -> str:
        """What a paragraph of this style is, by the first of the style and its parents that says it."""
        for _ in range(_MAX_PARENTS):
            if role := role_of(style.replace("_20_", " ")):
                return role
            style = self._parents.get(style, "")
        return ""

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif self._within:
            self._within -= 1
            self._end_of_text(name)
        elif self._property is not None:
            self._said.setdefault(name, "".join(self._property).strip())
            self._property = None

    def _end_of_text(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._paragraphs -= 1
            self.flow.end_paragraph()
        elif name == "table:table-row":
            self.flow.close_row()
        elif name == "table:table-cell":
            self.flow.close_cell()
        elif name == "text:note-body":
            self.flow.close_note()
        elif name.startswith(_SHAPES):
            self.flow.close_box()

    def text(self, text: str) -> None:
        if self._skipping:
            return
        if self._paragraphs:
            self.flow.write(text)
        elif self._property is not None:
            self._property.append(text)
