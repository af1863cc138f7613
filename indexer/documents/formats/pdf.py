"""PDF: the text layer, page by page, through pdfium.

pdfium is C code that cannot be interrupted: what can be bounded is (pages, characters), and the process that reads
hostile files is ended from outside. It is not thread-safe; each process reads with one thread.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import chain

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.documents.decode import clean
from indexer.documents.entry import Draft, Rejected
from indexer.documents.formats.pdf_lines import Line, Paragraphs, paragraphs_of, without_furniture
from indexer.documents.formats.properties import real_authors, real_title
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.errors import UnreadableDocument
from indexer.french.spelling import squeeze

MAX_PAGES = 5_000
MAX_CHARS = 20_000_000
# Fewer letters a page than this: a scan, of which some stamp or header was typed.
_LEAST_LETTERS = 20


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    content = source.whole()
    with closing(_opened(content)) as document:
        pages, warnings = _pages_of(document)
        if _is_scan(pages):
            yield Rejected(
                None, None, f"aucune couche de texte (document numérisé ?) : {_pages(len(pages))}", empty=True
            )
            return
        found = paragraphs_of(without_furniture(pages), source.choices.joins)
        title, rule = _title(document, source, found)
        yield Draft(
            tuple(paragraph.text for paragraph in found.paragraphs),
            digest_of(content),
            title=title,
            title_rule=rule,
            warnings=tuple(warnings),
            last_dates=tuple(_dates(document)),
            authors=real_authors([_value(document, "Author")]),
            language=_language(document),
            pages=tuple(found.pages),
        )


def _is_scan(pages: list[list[Line]]) -> bool:
    """True for pages with hardly a letter; those of any other file are counted on its first ones alone."""
    missing = _LEAST_LETTERS * len(pages)
    for line in chain.from_iterable(pages):
        if missing <= 0:
            break
        missing -= sum(map(str.isalpha, line.text))
    return missing > 0


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableDocument("protégé par un mot de passe") from error
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise UnreadableDocument("PDF protégé d’une façon qui n’est pas prise en charge") from error
        raise UnreadableDocument("PDF endommagé") from error


# --- pages ---------------------------------------------------------------------------------------------------------


def _pages_of(document: pypdfium2.PdfDocument) -> tuple[list[list[Line]], list[str]]:
    """(lines of each page, warnings). Raises UnreadableDocument when no page can be read."""
    declared, broken, chars = len(document), 0, 0
    pages: list[list[Line]] = []
    for number in range(min(declared, MAX_PAGES)):
        try:
            lines = _lines_of(document, number)
        except pypdfium2.PdfiumError:
            broken += 1
            lines = []
        chars += sum(len(line.text) for line in lines)
        if chars > MAX_CHARS:
            break
        pages.append(lines)
    if broken == len(pages):
        raise UnreadableDocument("PDF endommagé : aucune page lisible" if declared else "PDF sans page")
    warnings = [f"{_pages(broken)} illisible{'s' if broken > 1 else ''}"] if broken else []
    if len(pages) < declared:
        warnings.append(f"lu jusqu’à la page {len(pages)} ; le fichier en annonce {declared}")
    return pages, warnings


def _pages(count: int) -> str:
    return f"{count} page{'s' if count > 1 else ''}"


# A line ends with the sign of a line end, or with U+FFFE, which pdfium puts in the place of a hyphen there.
_LINE = re.compile(r"[^\r\n\ufffe]+\ufffe?")


def _lines_of(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    """The lines of a page in the order of the file. Raises PdfiumError."""
    with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
        text = text_page.get_text_range()
        same = len(text) == text_page.count_chars()
        special = _SPECIAL.search(text) is not None
        places, lines = _Places(text_page), []
        for found in _LINE.finditer(text):
            written = found[0]
            tidy = squeeze(_readable(written) if special and _SPECIAL.search(written) else written)
            if not tidy:
                continue
            first, last = found.start(), found.end() - 1
            if tidy != written:
                first += len(written) - len(written.lstrip())
                last -= len(written) - len(written.rstrip())
            if not same:
                first, last = (pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, place) for place in (first, last))
            lines.append(Line(tidy, *places.of(first, last)))
        return lines


class _Places:
    """Where lines stand on a page; what pdfium answers into is made once."""

    def __init__(self, text_page: pypdfium2.PdfTextpage) -> None:
        self._page = text_page.raw
        self._left, self._base = ctypes.c_double(), ctypes.c_double()
        self._matrix, self._box = pdfium.FS_MATRIX(), pdfium.FS_RECTF()

    def of(self, first: int, last: int) -> tuple[float, float, float, float]:
        """(left, right, base, size) of a line, from the numbers of its first and its last sign: see Line."""
        page, matrix = self._page, self._matrix
        pdfium.FPDFText_GetCharOrigin(page, first, self._left, self._base)
        pdfium.FPDFText_GetMatrix(page, first, matrix)
        pdfium.FPDFText_GetLooseCharBox(page, last, self._box)
        # Programs say « 12 points », or « 1 point » and magnify it.
        size = pdfium.FPDFText_GetFontSize(page, first) * math.hypot(matrix.c, matrix.d)
        return self._left.value, self._box.right, self._base.value, max(size, 0.1)


_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
# Symbol fonts number their signs from U+F000 on: at these places they have some kind of bullet.
_BULLETS = dict.fromkeys((0xF076, 0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0E0, 0xF0E8, 0xF0FC), "•")
# A soft hyphen that is drawn is a hyphen.
_SIGNS: dict[int, str | None] = {
    **_LIGATURES,
    **dict.fromkeys(range(0xE000, 0xF900)),
    **_BULLETS,
    0xAD: "-",
    0xFFFE: "-",
}
_SPECIAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u00b4\u00a8\u02c6\u02cb`^\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufb00-\ufb06\ufeff\ufffe\uffff]"
)
# TeX of old draws an accent, then the letter.
_ACCENTS = {
    "\u00b4": ("eE", "éÉ"), "`": ("aeuAEU", "àèùÀÈÙ"), "\u02cb": ("aeuAEU", "àèùÀÈÙ"),
    "^": ("aeiouAEIOU", "âêîôûÂÊÎÔÛ"), "\u02c6": ("aeiouAEIOU", "âêîôûÂÊÎÔÛ"), "\u00a8": ("eiuEIU", "ëïüËÏÜ"),
}  # fmt: skip
_ACCENTED = {accent + letter: whole for accent, pair in _ACCENTS.items() for letter, whole in zip(*pair, strict=True)}
_APART = re.compile("|".join(map(re.escape, _ACCENTED)))


def _readable(text: str) -> str:
    """A line without ligatures, signs that only one font knows, and accents that stand before their letter."""
    return _APART.sub(lambda found: _ACCENTED[found[0]], clean(text.translate(_SIGNS)))


# --- what the file says of itself ----------------------------------------------------------------------------------

_MAX_TITLE = 250
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
_WORD = re.compile(r"[^\W\d_]{2,}")


def _title(document: pypdfium2.PdfDocument, source: Source, found: Paragraphs) -> tuple[str | None, str]:
    """(title, rule): what the file calls itself when a person wrote that, else the largest line of its first page."""
    if title := real_title(_value(document, "Title"), source.relative):
        return title, "propriétés du document"
    return _largest(found), "plus grande ligne de la première page"


def _largest(found: Paragraphs) -> str | None:
    """The first of the largest lines of the first page, when it is larger than the text and reads as a title."""
    end = found.pages[0][0] if found.pages else len(found.paragraphs)
    first = [paragraph for paragraph in found.paragraphs[: max(1, end)] if len(_WORD.findall(paragraph.text)) >= 2]
    if not first:
        return None
    largest = max(first, key=lambda paragraph: round(paragraph.size, 1))
    return largest.text if largest.size > 1.15 * found.usual_size and len(largest.text) <= _MAX_TITLE else None


def _dates(document: pypdfium2.PdfDocument) -> Iterator[str]:
    """When the file was made: not when its text was written, but better than nothing."""
    if made := _PDF_DATE.match(_value(document, "CreationDate")):
        yield "-".join(made.groups())


def _language(document: pypdfium2.PdfDocument) -> str | None:
    size = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < size <= 200:
        return None
    buffer = (pdfium.FPDF_WCHAR * (size // 2))()
    pdfium.FPDFCatalog_GetLanguage(document, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "ignore").strip() or None


def _value(document: pypdfium2.PdfDocument, key: str) -> str:
    """An entry of the file's own description, at most as long as a page."""
    value: str = document.get_metadata_value(key)
    return value[:4000]
