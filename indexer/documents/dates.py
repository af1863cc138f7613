"""The few places of a text where a date is the document's own. How dates are written, `french.dates` says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from indexer.french.dates import (
    DAY,
    ISO,
    MAX_CHARS,
    MONTH,
    MONTH_YEAR,
    NUMERIC,
    TIME,
    WEEKDAY,
    WRITTEN,
    date_of,
    parse_date,
)
from indexer.french.spelling import plain
from indexer.model import PartialDate

# Nothing is dated later than this: announcements, and files dated by a wrong clock.
MAX_DAYS_AHEAD = 62


def is_plausible(found: PartialDate, today: date) -> bool:
    """False for what lies more than MAX_DAYS_AHEAD after today."""
    last = today + timedelta(days=MAX_DAYS_AHEAD)
    return found.first <= last.year * 10_000 + last.month * 100 + last.day


# --- the header ----------------------------------------------------------------------------------------------------

_HEADER = re.compile(
    r"\s*date[ \t\xa0]*:?[ \t\xa0]*(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?|\d{1,2}[/.]\d{1,2}[/.]\d{4})"
    r"(?:\s+|$)(?![:;,.?!])",
    re.IGNORECASE | re.ASCII,
)


def split_header(text: str) -> tuple[PartialDate | None, str]:
    """The date of a header ` date 2025-07 ` at the start of `text`, and the text without it; (None, text) without."""
    match = _HEADER.match(text.lstrip("\ufeff"))
    found = parse_date(match["date"]) if match else None
    if not match or not found:
        return None, text
    return found, text.lstrip("\ufeff")[match.end() :]


# --- file names ----------------------------------------------------------------------------------------------------

_ACT = r"(?:resolutions?|res|n°|no|num|numero|decrets?|lois?|ordonnances?|arretes?|directives?|articles?|art)"
_NAME_DAYS = [re.compile(pattern) for pattern in (ISO, NUMERIC, rf"(?:{WEEKDAY})?{WRITTEN}")]
_NAME_DIGITS = re.compile(r"(?<!\d)(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)")
_NAME_MONTHS = [
    re.compile(MONTH_YEAR),
    re.compile(r"(?<!\d)(?<!\d-)(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?![\d-])"),
]
_NAME_YEAR = re.compile(r"(?<!\d)(?P<year>\d{4})(?!\d)(?!-\d)")
_AFTER_ACT = re.compile(rf"(?<![a-z])(?:{_ACT}[ -]|n°)$")
_AFTER_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}-$")


def date_in_name(name: str, today: date) -> PartialDate | None:
    """The date of a file's name without its ending: `2015-06-21-titre`, `20190412`, `du-14-aout-2024`, `2025-07`.

    Numbers of resolutions and laws are no years (`resolution-2100`, `decret-2015-1970`); a year alone counts only when
    the name has no other.
    """
    dashed = re.sub(r"[ _.-]+", "-", plain(name[:300])).strip("-")
    spaced = dashed.replace("-", " ")
    for pattern in _NAME_DAYS:
        for match in pattern.finditer(dashed if pattern is not _NAME_DAYS[-1] else spaced):
            # « abrogation-loi-13-aout-2004 » is about that law; « loi-du-13-aout-2004 » is the law.
            act = _AFTER_ACT.search(re.sub(r"(?<=[ -])du[ -]$", "", match.string[: match.start()]))
            if act and act.start():
                return None
            if found := _named(match, today):
                return found
    for pattern in (_NAME_DIGITS, *_NAME_MONTHS):
        for match in pattern.finditer(spaced if pattern is _NAME_MONTHS[0] else dashed):
            before = match.string[: match.start()]
            if not _AFTER_ACT.search(before) and (found := _named(match, today)):
                return found
    years = set()
    for match in _NAME_YEAR.finditer(dashed):
        before = dashed[: match.start()]
        if not _AFTER_ACT.search(before) and not _AFTER_YEAR.search(before) and (found := _named(match, today)):
            years.add(found)
    return years.pop() if len(years) == 1 else None


def _named(match: re.Match[str], today: date) -> PartialDate | None:
    found = date_of(match)
    if found is None or found.year < 1900:
        return None
    return found if is_plausible(found, today) else None


# --- the text ------------------------------------------------------------------------------------------------------

# Lines at either end of a text that are looked at.
MOST_LINES = 12
_DATELINE_CHARS = 160
_YEAR_DIGITS = re.compile(r"\d{4}")
_IN_TITLE = [re.compile(pattern) for pattern in (WRITTEN, NUMERIC, ISO)]
_IN_TITLE_MONTH = re.compile(MONTH_YEAR)
# « de la loi du 3 mai 2005 » names another act; « Accord du 3 mai 2005 » at the head of a title is this one.
_OTHER_ACT = re.compile(
    r"(?:\b(?:de la|a la|la|le|du|des|les|au|aux|cette|cet|ce) |\b[dl]'|\ba l'|\bde l')"
    r"(?:lois?|ordonnances?|decrets?|arretes?|accords?|avenants?|resolutions?|directives?|reglements?|conventions?)"
    r"\b[^,;:]{0,80}$"
)
_NOT_OWN = re.compile(
    r"\b(?:depuis|avant|apres|jusqu'(?:au|en|a)|d'ici(?: le| au)?|a compter du|des le|au|pour)(?: le)? $"
)
_SIGNS = re.compile(r"^[^\w(]+")
_ONLY = re.compile(
    r"\(? ?(?:(?:publie|paru|mis en ligne|poste|diffuse|date)(?:e)? ?:? ?)?(?:le )?(?P<date>[^()]*?) ?\)?[ .]*"
)
_PLACE = r"[^\W\d][\w' -]{1,40}(?: ?\([^()]{2,30}\))?"
_DATELINE = re.compile(
    rf"{_PLACE}, ?(?:le )?(?:{WEEKDAY})?(?:le )?{WRITTEN}{TIME}(?= ?(?:$|\.(?! ?[a-z])|\(|[.:]? ?- ?|\. ?-| ?:))"
)
_DISPATCH = re.compile(
    rf"{_PLACE}(?:, [\w ]{{2,30}})?,? ?(?:le )?(?:{WEEKDAY})?{DAY} {MONTH}(?: \d{{4}})? ?\([^()]{{2,40}}\) ?[-:]"
)
# What a line that _DISPATCH takes has as it is written: most lines have not, and need not be spelled plainly.
# Superscript, enclosed, small and full-width forms may be spelled as any of its signs.
_FORMS = "\u037a\u2070-\u209f\u2474-\u24ea\u2a74\u3200-\u33ff\ufb00-\uffef\U0001f100-\U0001f2ff"
_AFTER_AGENCY = re.compile(rf"\)\W*?[:‐‑‒–—―−-]|[{_FORMS}]")
_DONE_AT = re.compile(
    rf"\bfait (?:et signe |et delibere )?a [^\d]{{2,60}}?,? (?:le |en date du )?(?:{WEEKDAY})?{WRITTEN}"
)
# « Distr. générale 30 juin 2023 », in the head of every document of the United Nations.
_DISTRIBUTED = re.compile(rf"\bdistr\. ?:? ?(?:generale|limitee|restreinte|speciale|reservee):? {WRITTEN}")
_CAPITAL = re.compile(r"^\W*[^\W\d_]")


def date_in_text(title: str, lines: Sequence[str], today: date) -> tuple[PartialDate, str] | None:
    """The document's own date in its words, and where it stood (in French).

    That is the title, a dateline, « Distr. générale … », a line that is only a date, or « Fait à …, le … ». Dates in
    the running text, which speaks of everything, never count. `lines` are the lines of the text, none blank.
    """
    if _YEAR_DIGITS.search(title) and (found := next(_title_dates(title, today), None)):
        return found, "date dans le titre"
    # Most lines hold no year near their beginning: spelling them plainly would be most of the work.
    top = [line for line in lines[:MOST_LINES] if _YEAR_DIGITS.search(line, 0, _DATELINE_CHARS)]
    for line in top:
        if found := _dateline(line, today):
            return found, "lieu et date en tête"
    for line in top:
        if "istr." in line and (match := _DISTRIBUTED.search(plain(line[:_DATELINE_CHARS]))):
            made = date_of(match)
            if made and is_plausible(made, today):
                return made, "date de distribution"
    for line in top:
        if found := _only_date(line, today):
            return found, "ligne qui ne contient qu’une date"
    for line in reversed(lines[-MOST_LINES:]):
        if not _YEAR_DIGITS.search(line):
            continue
        for match in _DONE_AT.finditer(plain(line[-400:])):
            if (made := date_of(match)) and is_plausible(made, today):
                return made, "« Fait à …, le … »"
        if found := _only_date(line, today):
            return found, "ligne qui ne contient qu’une date"
    return None


def is_date_line(line: str, today: date) -> bool:
    """True for a line that holds nothing but a date, or a place and a date: no title."""
    if len(line) > MAX_CHARS or not _YEAR_DIGITS.search(line):
        return False
    if _only_date(line, today):
        return True
    match = _DATELINE.match(_SIGNS.sub("", plain(line)))
    return match is not None and not match.string[match.end() :].strip(" .")


def is_dispatch(line: str) -> bool:
    """True for a line that begins as agencies do: « BAMAKO, 12 mars (Agence) — … »."""
    start = line[:_DATELINE_CHARS]
    likely = "(" in start and _AFTER_AGENCY.search(start) and _starts_with_capital(start)
    return bool(likely and _DISPATCH.match(plain(start)))


def _title_dates(title: str, today: date) -> Iterator[PartialDate]:
    seen = plain(title[:400])
    for patterns in (_IN_TITLE, [_IN_TITLE_MONTH]):
        matches = [match for pattern in patterns for match in pattern.finditer(seen)]
        for match in sorted(matches, key=lambda match: match.start()):
            before = re.sub(rf"{WEEKDAY}$", "", seen[: match.start()])
            if _OTHER_ACT.search(before) or _NOT_OWN.search(before):
                continue
            found = date_of(match)
            if found and is_plausible(found, today):
                yield found


def _dateline(line: str, today: date) -> PartialDate | None:
    if not _starts_with_capital(line):
        return None
    match = _DATELINE.match(_SIGNS.sub("", plain(line[:_DATELINE_CHARS])))
    found = date_of(match) if match else None
    return found if found and is_plausible(found, today) else None


def _starts_with_capital(line: str) -> bool:
    match = _CAPITAL.match(line)
    return bool(match and match[0][-1].isupper())


def _only_date(line: str, today: date) -> PartialDate | None:
    if len(line) > MAX_CHARS:
        return None
    match = _ONLY.fullmatch(_SIGNS.sub("", plain(line)))
    found = parse_date(match["date"]) if match else None
    # A line « 2023 » or « 06/2023 » is a page number, a table cell or a heading of a chronology.
    if found is None or found.month is None or not is_plausible(found, today):
        return None
    return found
