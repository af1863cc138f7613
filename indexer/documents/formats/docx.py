"""DOCX: the text of a Word document as its reader sees it, with its notes, and what it says of itself."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from io import BytesIO

from indexer.documents.formats.flow import Flow, role_of
from indexer.documents.formats.properties import Properties, draft_of
from indexer.documents.formats.source import Drafts, Source
from indexer.documents.formats.unzip import Unzipped
from indexer.documents.formats.xml import Attributes, Reader, value, walk
from indexer.errors import UnreadableDocument

_MOST = 100_000_000


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    content = source.whole()
    package = Unzipped(BytesIO(content), source.budget)
    parts, warnings = _Relations("", package), list[str]()
    main = parts.targets.get("officeDocument", "word/document.xml")
    near = _Relations(main, package)
    styles, said = _Styles(), Properties()
    _read_aside(package, near.targets.get("styles"), styles, "styles", warnings)
    document = _Document(styles.roles())
    walk(package.chunks(main, _MOST), document)
    for kind in ("footnotes", "endnotes"):
        _read_aside(package, near.targets.get(kind), document, "notes", warnings)
    _read_aside(package, parts.targets.get("core-properties"), _Core(said), "propriétés", warnings)
    said.language = said.language or styles.language
    yield draft_of(content, source.relative, document.flow.done(), said, warnings)


def _read_aside(package: Unzipped, part: str | None, reader: Reader, what: str, warnings: list[str]) -> None:
    """Read a part that the text can do without: one that is damaged is a warning."""
    if part and part in package:
        try:
            walk(package.chunks(part, _MOST), reader)
        except UnreadableDocument as error:
            warnings.append(f"{what} du document illisibles : {error}")


class _Relations:
    """The parts that a part refers to (none: the package), by the last word of what they are to it.

    Only what lies inside the package: an address, of a template or a picture, is nothing to us.
    """

    def __init__(self, part: str, package: Unzipped) -> None:
        self.targets: dict[str, str] = {}
        self._folder, name = posixpath.split(part)
        relations = posixpath.join(self._folder, "_rels", f"{name}.rels")
        if relations in package:
            walk(package.chunks(relations, _MOST), self)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "rel:Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", "")))
            self.targets.setdefault(attributes.get("Type", "").rsplit("/", 1)[-1], target.lstrip("/"))

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Core:
    """The core properties."""

    def __init__(self, said: Properties) -> None:
        self._said = said
        self._texts: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self._texts = []

    def text(self, text: str) -> None:
        self._texts.append(text)

    def end(self, name: str) -> None:
        text = "".join(self._texts).strip()
        if not text:
            return
        if name == "dc:title":
            self._said.title = text
        elif name == "dc:creator":
            self._said.authors.append(text)
        elif name == "dc:language":
            self._said.language = text
        elif name == "dcterms:created":
            self._said.dates.insert(0, text)
        elif name == "dcterms:modified":
            self._said.dates.append(text)


class _Styles:
    """The names of the styles, those they are made from, and the language that text is in by default."""

    def __init__(self) -> None:
        self.language = ""
        self._names: dict[str, str] = {}
        self._bases: dict[str, str] = {}
        self._style = ""
        self._default = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "w:style":
            self._style = value(attributes, "w:styleId")
        elif name == "w:name":
            self._names[self._style] = value(attributes, "w:val")
        elif name == "w:basedOn":
            self._bases[self._style] = value(attributes, "w:val")
        elif name == "w:docDefaults":
            self._default = True
        elif name == "w:lang" and self._default:
            self.language = value(attributes, "w:val")

    def end(self, name: str) -> None:
        if name == "w:docDefaults":
            self._default = False

    def text(self, text: str) -> None:
        pass

    def roles(self) -> Mapping[str, str]:
        """What the styles are for, by id, those left out that are for text."""
        found = {style: role_of(name) for style, name in self._names.items()}
        for style in found:
            base, steps = style, 0
            while base and not found.get(base) and steps < _MAX_BASES:
                base, steps = self._bases.get(base, ""), steps + 1
            found[style] = found.get(base, "")
        return found


_MAX_BASES = 10
_OFF = ("0", "false", "off")
_TEXTS = ("w:t", "m:t")
_SIGNS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
# What holds no text; text that was deleted, or moved from here; text that stands there a second time.
_SKIPPED = frozenset((
    "w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText", "mc:Fallback", "w:rt", "w:sectPr", "w:tblPr",
    "w:tblGrid", "w:trPr", "w:tcPr", "w:sdtPr",
))  # fmt: skip


class _Document:
    """The text of the body, and then of the notes."""

    def __init__(self, roles: Mapping[str, str]) -> None:
        self.flow = Flow()
        self._roles = roles
        self._skipping = 0  # elements open from the one whose content is passed over
        self._of_paragraph = False  # inside the properties of a paragraph, where a tab is a place and no sign
        self._taking = False
        self._hidden = False
        self._joined = False  # the end of this paragraph was deleted

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipping:
            self._skipping += 1
        elif self._of_paragraph:
            self._property(name, attributes)
        elif name in _TEXTS:
            self._taking = not self._hidden
        elif name in _SKIPPED:
            self._skipping = 1
        elif name in _SIGNS:
            self.flow.sign(_SIGNS[name])
        elif name == "w:pPr":
            self._of_paragraph = True
        elif name == "w:vanish":
            self._hidden = value(attributes, "w:val") not in _OFF
        elif name == "w:tr":
            self.flow.open_row()
        elif name == "w:tc":
            self.flow.open_cell()
        elif name == "w:txbxContent":
            self.flow.open_box()

    def _property(self, name: str, attributes: Attributes) -> None:
        if name == "w:pStyle":
            style = value(attributes, "w:val")
            self.flow.style(self._roles[style] if style in self._roles else role_of(style))
        elif name in ("w:del", "w:moveFrom"):
            self._joined = True

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif name in _TEXTS:
            self._taking = False
        elif name == "w:pPr":
            self._of_paragraph = False
        elif name == "w:r":
            self._hidden = False
        elif name == "w:p":
            if not self._joined:
                self.flow.end_paragraph()
            self._joined = False
        elif name == "w:tr":
            self.flow.close_row()
        elif name == "w:tc":
            self.flow.close_cell()
        elif name == "w:txbxContent":
            self.flow.close_box()

    def text(self, text: str) -> None:
        if self._taking:
            self.flow.write(text)
