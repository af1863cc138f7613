"""RTF: the text as its reader sees it, with its notes, whatever the encodings of its fonts; what it says of itself.

A file is groups in braces, control words and bytes. A group may be a destination: what stands in it is no text, or a
note, or the title. All of it is read in one pass, with a stack of what the open groups say.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from locale import windows_locale

from indexer.documents.formats.flow import Flow, role_of
from indexer.documents.formats.properties import Properties, draft_of
from indexer.documents.formats.source import Drafts, Source
from indexer.errors import UnreadableDocument

_START = re.compile(rb"\s{0,99}\{\\rtf")


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    content = source.whole()
    if not _START.match(content):
        raise UnreadableDocument("le contenu n’est pas du RTF")
    document = _Document()
    document.read(content)
    warnings = ("fichier RTF incomplet : la fin y manque",) if document.is_open else ()
    yield draft_of(content, source.relative, document.flow.done(), document.said, warnings)


_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<code>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|\\"
)
_MAX_GROUPS = 2_000
# What a group is for. The text of those in capitals is gathered for something else than the text of the document.
_TEXT, _SKIPPED, _INFO, _NOTE, _BOX = "text", "skipped", "info", "note", "box"
_FONTS, _STYLES, _TITLE, _AUTHOR, _MADE, _SAVED = "FONTS", "STYLES", "TITLE", "AUTHOR", "MADE", "SAVED"
_UNREAD = (
    "pict", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "ftnsep", "ftnsepc",
    "ftncn", "aftnsep", "aftnsepc", "aftncn", "fldinst", "colortbl", "listtext", "pntext", "annotation", "xe", "tc",
    "rxe", "txe", "filetbl", "nonesttables", "nesttableprops", "bkmkstart", "bkmkend", "upr", "shprslt",
)  # fmt: skip
_DESTINATIONS = {
    **dict.fromkeys(_UNREAD, _SKIPPED),
    "fonttbl": _FONTS,
    "stylesheet": _STYLES,
    "info": _INFO,
    "footnote": _NOTE,
    "shptxt": _BOX,
}
_IN_INFO = {"title": _TITLE, "author": _AUTHOR, "creatim": _MADE, "revtim": _SAVED}
_SIGNS = {
    "tab": "\t", "line": "\n", "page": "\n", "column": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_ENCODINGS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_OTHERS = (
    "ansicpg", "cell", "deflang", "deleted", "dy", "f", "fcharset", "intbl", "mo", "nestcell", "par", "pard", "plain",
    "row", "s", "sect", "u", "uc", "ud", "v", "yr",
)  # fmt: skip
# Most words are about looks; these are not.
_HEEDED = frozenset(word.encode() for words in (_DESTINATIONS, _IN_INFO, _SIGNS, _ENCODINGS, _OTHERS) for word in words)
_SYMBOL_FONT = "symbol"
_CHARSETS = {
    2: _SYMBOL_FONT, 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # the signs of symbol fonts


@dataclass(slots=True)
class _Group:
    """What holds inside of the open braces, and what they changed."""

    purpose: str = _TEXT
    around_upr: str = _TEXT  # of the group that holds a text twice, the second time in Unicode
    opened: bool = False  # these very braces opened the destination
    starred: bool = False  # the next word, if unknown, makes a group that is to be skipped
    encoding: str = ""  # "": that of the file
    fallback: int = 1  # characters that stand behind one in Unicode, for programs that know none
    hidden: bool = False
    role: str = ""
    row: bool = False  # a note or box is opened inside of a row of a table

    def inner(self) -> _Group:
        """What holds inside of the next braces, to begin with."""
        return _Group(
            self.purpose, self.around_upr, encoding=self.encoding, fallback=self.fallback, hidden=self.hidden,
            role=self.role,
        )  # fmt: skip


class _Document:
    """What was read so far."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.said = Properties()
        self._group = _Group()
        self._groups: list[_Group] = []
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0  # the one that the table of fonts is about
        self._roles: dict[int, str] = {}
        self._style: int | None = None  # the one that the table of styles is about
        self._bytes = bytearray()  # characters in the encoding of the group
        self._gathered: list[str] = []  # the text of a destination
        self._numbers: dict[str, int] = {}  # of a date
        self._surrogate = ""
        self._to_skip = 0  # characters still to come that only repeat one in Unicode
        self._row = False

    @property
    def is_open(self) -> bool:
        """True after a file that ends before its last brace."""
        return bool(self._groups)

    def read(self, content: bytes) -> None:
        """Read a whole file."""
        place = 0
        match_at = _TOKEN.match
        while match := match_at(content, place):
            place = match.end()
            kind = match.lastgroup
            if kind == "text":
                self._characters(match["text"])
            elif kind == "code":
                self._characters(bytes.fromhex(match["code"].decode()))
            elif kind in ("word", "number"):
                word, number = match["word"], match["number"]
                if word == b"bin":
                    place += max(0, int(number or 0))
                elif word in _HEEDED or self._group.starred:
                    self._word(word.decode(), None if number is None else int(number))
                else:
                    self._to_skip = 0
            elif kind == "brace":
                self._flush()
                self._to_skip = 0
                if match["brace"] == b"{":
                    self._open()
                elif self._groups:
                    self._close()
                    if not self._groups:
                        return
            elif kind == "symbol":
                self._symbol(match["symbol"].decode("latin-1"))
        self._flush()

    # --- groups ----------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        if len(self._groups) == _MAX_GROUPS:
            raise UnreadableDocument("RTF refusé : trop de groupes l’un dans l’autre")
        self._groups.append(self._group)
        self._group = self._group.inner()

    def _close(self) -> None:
        group, self._group = self._group, self._groups.pop()
        text = "".join(self._gathered).strip()
        if group.purpose == _STYLES and self._style is not None:
            self._roles[self._style] = role_of(text.rstrip(";"))
            self._style = None
        if group.purpose.isupper():
            self._gathered.clear()
        if group.opened:
            self._end_destination(group, text)

    def _end_destination(self, group: _Group, text: str) -> None:
        purpose = group.purpose
        if purpose in (_NOTE, _BOX):
            self._end_row()
            self._row = group.row
            self.flow.close_note() if purpose == _NOTE else self.flow.close_box()
        elif purpose == _TITLE:
            self.said.title = text
        elif purpose == _AUTHOR and not self.said.authors:  # a second one, of LibreOffice, saved the file last
            self.said.authors.append(text)
        elif purpose in (_MADE, _SAVED):
            year, month, day = (self._numbers.get(name, 0) for name in ("yr", "mo", "dy"))
            if year > 1900:
                written = f"{year}-{month:02}-{day:02}"
                self.said.dates.insert(0 if purpose == _MADE else len(self.said.dates), written)

    def _destination(self, word: str, purpose: str) -> None:
        group = self._group
        if word == "upr":
            group.around_upr = group.purpose
        elif purpose in (_NOTE, _BOX):
            group.row, self._row = self._row, False
            group.role = ""
            self.flow.open_note() if purpose == _NOTE else self.flow.open_box()
        elif purpose.isupper():
            self._gathered.clear()
            self._numbers.clear()
        group.purpose, group.opened = purpose, True

    # --- words -----------------------------------------------------------------------------------------------------

    def _word(self, word: str, number: int | None) -> None:
        self._to_skip = 0
        group = self._group
        starred, group.starred = group.starred, False
        if purpose := self._purpose(word):
            if not group.opened:
                self._destination(word, purpose)
        elif word == "ud" and starred:
            group.purpose = group.around_upr
        elif starred:
            group.purpose = _SKIPPED
        elif group.purpose == _SKIPPED:
            return
        elif word == "u":
            self._unicode(number or 0)
        elif word in _SIGNS:
            self._flush()
            self._write(_SIGNS[word])
        elif word == "f":
            self._choose_font(number or 0)
        elif group.purpose.isupper():
            self._word_of_table(word, number or 0)
        elif group.purpose != _INFO:
            self._word_of_text(word, number)

    def _purpose(self, word: str) -> str | None:
        """What a group with this word at its beginning is for, if the word is one of those."""
        purpose = self._group.purpose
        if len(self._groups) < 2:  # the braces around the whole file
            return None
        if purpose == _INFO:
            return _IN_INFO.get(word)
        found = _DESTINATIONS.get(word)
        # Nothing stands in what is skipped, but for the text of a shape that is drawn.
        return found if purpose in (_TEXT, _NOTE, _BOX) or (purpose == _SKIPPED and found == _BOX) else None

    def _word_of_text(self, word: str, number: int | None) -> None:
        group = self._group
        if word in ("par", "sect", "nestcell"):
            self._end_paragraph()
        elif word == "pard":
            group.role = ""
        elif word == "s":
            group.role = self._roles.get(number or 0, "")
        elif word == "plain":
            self._flush()
            group.hidden = False
        elif word in ("v", "deleted"):
            self._flush()
            group.hidden = number != 0
        elif word == "uc":
            group.fallback = min(max(number or 0, 0), 8)
        elif word == "intbl" and not self._row:
            self._begin_row()
        elif word == "cell":
            self._end_paragraph()
            if self._row:
                self.flow.close_cell()
                self.flow.open_cell()
        elif word == "row":
            self._flush()
            self._end_row()
        else:
            self._word_of_file(word, number or 0)

    def _word_of_file(self, word: str, number: int) -> None:
        if word in _ENCODINGS:
            self._encoding = _ENCODINGS[word]
        elif word == "ansicpg":
            self._encoding = _known("utf-8" if number == 65001 else f"cp{number}", self._encoding)
        elif word == "deflang":
            self.said.language = windows_locale.get(number, "").replace("_", "-")

    def _word_of_table(self, word: str, number: int) -> None:
        """A word inside of the tables of fonts and styles, and of a date."""
        if word == "fcharset" and number in _CHARSETS:
            self._fonts[self._font] = _known(_CHARSETS[number], "")
        elif word == "s" and self._group.purpose == _STYLES:
            self._style = number
        elif word in ("yr", "mo", "dy"):
            self._numbers[word] = number
        elif word == "uc":
            self._group.fallback = min(max(number, 0), 8)

    def _choose_font(self, number: int) -> None:
        if self._group.purpose == _FONTS:
            self._font = number
        elif (encoding := self._fonts.get(number, "")) != self._group.encoding:
            self._flush()
            self._group.encoding = encoding

    def _begin_row(self) -> None:
        self._row = True
        self.flow.open_row()
        self.flow.open_cell()

    def _end_row(self) -> None:
        if self._row:
            self.flow.close_cell()
            self.flow.close_row()
            self._row = False

    def _end_paragraph(self) -> None:
        self._flush()
        self.flow.style(self._group.role)
        self.flow.end_paragraph()

    # --- characters ------------------------------------------------------------------------------------------------

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._group.starred = True
        elif symbol in "\r\n":
            self._word("par", None)
        elif symbol in _SYMBOLS:
            if self._to_skip:
                self._to_skip -= 1
            else:
                self._flush()
                self._write(_SYMBOLS[symbol])

    def _characters(self, codes: bytes) -> None:
        if self._group.purpose == _SKIPPED:
            return
        if self._to_skip:
            skipped = min(self._to_skip, len(codes))
            self._to_skip -= skipped
            codes = codes[skipped:]
        self._bytes += codes

    def _unicode(self, number: int) -> None:
        self._flush(keep_surrogate=True)
        self._to_skip = self._group.fallback
        char = chr(number & 0xFFFF)
        if "\ud800" <= char <= "\udbff":
            self._surrogate = char
        else:
            pair, self._surrogate = self._surrogate + char, ""
            self._write(pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))

    def _flush(self, *, keep_surrogate: bool = False) -> None:
        """Write the characters that wait for others of their encoding."""
        if self._bytes:
            encoding = self._group.encoding or self._encoding
            if encoding == _SYMBOL_FONT:
                text = self._bytes.decode("ascii", "ignore")
            else:
                text = self._bytes.decode(encoding, "replace")
            self._bytes.clear()
            self._surrogate = ""
            self._write(text)
        elif not keep_surrogate:
            self._surrogate = ""

    def _write(self, text: str) -> None:
        group = self._group
        if group.purpose.isupper():
            self._gathered.append(text)
        elif not group.hidden and group.purpose not in (_SKIPPED, _INFO):
            self.flow.sign(_PRIVATE.sub("", text))


def _known(encoding: str, otherwise: str) -> str:
    """`encoding` when it is one of text."""
    if encoding == _SYMBOL_FONT:
        return encoding
    try:
        b"a".decode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return otherwise
