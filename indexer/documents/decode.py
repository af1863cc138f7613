"""Bytes to text: the encoding a file says or shows, then text without what no reader should meet."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from indexer.documents.signatures import START_BYTES, kind_of_start
from indexer.errors import UnreadableDocument

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What French files are written in when they say nothing. latin-1 is read as cp1252, of which it is a part.
_FRENCH = ["cp1252", "mac_roman"]
_SAMPLE = 64 * 1024
_LINE_ENDS = re.compile(r"[\x85\u2028]")
_PAGE_ENDS = re.compile(r"[\f\u2029]")
_SPACE_CONTROLS = re.compile(r"[\x0b\x1c-\x1f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# A text that is all of this has none of the above; possessive, it is looked through in two thirds of the time.
_CLEAN = re.compile(r"[\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_JUNK = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, clean (see `clean`); `declared` is what an HTML page says of itself.

    A byte order mark decides; then strict UTF-8; then the declaration; then UTF-16 that NULs give away; then UTF-8 with
    a few bad bytes; then the likelier of the encodings of French. Raises UnreadableDocument for what is not text.
    """
    refuse_other_kinds(data)
    text = _with_our_line_ends(_decoded(data, declared))
    cleaned = clean(text)
    if cleaned is not text or "\ufffd" in text:  # else there is no junk: `clean` would have had to take it out
        sample = text if len(text) <= 2 * _SAMPLE else text[:_SAMPLE] + text[-_SAMPLE:]
        junk = len(_JUNK.findall(sample))
        # A stray control sign is dropped; a file of them is a program or a picture.
        if junk > 3 and junk > len(sample) * 0.02:
            raise UnreadableDocument("texte illisible : encodage inconnu ou contenu binaire")
    return cleaned


def refuse_other_kinds(start: bytes) -> None:
    """Raise UnreadableDocument, naming the kind, when a file begins as a known kind that is not text does."""
    if kind := kind_of_start(start[:START_BYTES]):
        raise UnreadableDocument(f"le contenu n’est pas du texte : {kind}")


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared:
        text = _as_declared(data, declared)
        if text is not None:
            return text
    good = sum(len(found) for found in _MULTIBYTE.findall(data))
    bad = len(_HIGH.findall(data)) - good
    if good > 20 * bad:  # UTF-8 cut in two, or with one line pasted from elsewhere
        return data.decode("utf-8", "replace")
    return data.decode(_french(data), "replace")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: French text in it has a NUL for nearly every second byte."""
    sample = data[: _SAMPLE & ~1]
    pairs = len(sample) // 2
    if pairs < 2 or b"\0" not in sample:
        return None
    for name, low, high in (("utf-16-le", sample[::2], sample[1::2]), ("utf-16-be", sample[1::2], sample[::2])):
        if high.count(0) > pairs * 0.7 and low.count(0) <= pairs * 0.02:
            return name
    return None


def _as_declared(data: bytes, declared: str) -> str | None:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return None
    if name in ("iso8859-1", "ascii", "iso8859-15", "cp1252"):
        # Browsers read these as cp1252; pages that say iso-8859-15 are so too in practice, but for the euro sign.
        euro = name == "iso8859-15" and b"\xa4" in data and b"\x80" not in data
        return data.decode("iso8859-15" if euro else "cp1252", "replace")
    if name.startswith(("utf", "idna", "punycode", "unicode", "raw")):
        return None  # it is not UTF-8, or we would not be here; the others are no encodings of pages
    try:
        return data.decode(name)
    except (UnicodeError, LookupError, ValueError, AssertionError):
        return None


def _french(data: bytes) -> str:
    """cp1252 or Mac Roman: charset-normalizer tells them apart from the lines that have accents."""
    if not _HIGH.search(data):
        return "cp1252"
    if len(data) > _SAMPLE:
        first = _HIGH.search(data)
        start = max(0, first.start() - 1024) if first else 0
        data = data[start : start + _SAMPLE]
    best = from_bytes(data, cp_isolation=_FRENCH, enable_fallback=False).best()
    return best.encoding if best and best.encoding in _FRENCH else "cp1252"


def clean(text: str) -> str:
    """`text` with `\\n` for every line end, a blank line for a page end, and no control sign but the tab.

    The author's accents keep their Unicode form. Lone surrogates become U+FFFD.
    """
    text = _with_our_line_ends(text)
    if not _CLEAN.fullmatch(text):
        text = _LINE_ENDS.sub("\n", text)
        text = _PAGE_ENDS.sub("\n\n", text)
        text = _SPACE_CONTROLS.sub(" ", text)
        text = _SURROGATES.sub("\ufffd", text)
        text = _CONTROLS.sub("", text)
    return text


def _with_our_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
