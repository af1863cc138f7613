"""Dates as French texts write them: the one grammar, for what documents say of themselves and for what people ask.

Read, they are `PartialDate`s and `DateFilter`s; said again, they are texts with no-break spaces inside a date.

The grammar gives the precision that was written: « juin 2023 » is a month. It reads one spelling of the text (see
`spelling.plain`), so accents, capitals, Unicode forms and no-break spaces do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from indexer.french.spelling import plain
from indexer.french.typography import NO_BREAK
from indexer.model import MONTHS, UNKNOWN_DATE, DateFilter, PartialDate

_OLDEST = 1000
MAX_CHARS = 100  # of a date or period with all its words

_MONTHS = {
    **dict.fromkeys(("janvier", "janv", "jan"), 1),
    **dict.fromkeys(("fevrier", "fevr", "fev"), 2),
    "mars": 3,
    **dict.fromkeys(("avril", "avr"), 4),
    "mai": 5,
    "juin": 6,
    **dict.fromkeys(("juillet", "juill", "juil"), 7),
    "aout": 8,
    **dict.fromkeys(("septembre", "sept"), 9),
    **dict.fromkeys(("octobre", "oct"), 10),
    **dict.fromkeys(("novembre", "nov"), 11),
    **dict.fromkeys(("decembre", "dec"), 12),
}
MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![a-z])\.?"
DAY = r"(?<!\d)(?P<day>1 ?er|premier|3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?P<year>\d{4})(?!\d)"
WEEKDAY = r"(?:(?:lun|mar|mer|jeu|ven|sam)(?:\.|di|credi|dredi)?|dim(?:\.|anche)?),? "
TIME = r"(?:[ ,]*(?:a |- ?|- a )?\d{1,2} ?(?:h|:) ?(?:\d{2})?(?: ?(?:min|gmt|tu|utc))?)?"
_CLOCK = r"(?:[t ]\d{2}(?::?\d{2}){0,2}(?:[.,]\d{1,9})?)? ?(?:z|utc|gmt|[+-]\d{2}:?\d{2})?"

WRITTEN = rf"{DAY}[ -]{MONTH},? ?{_YEAR}"
MONTH_YEAR = rf"(?<![a-z]){MONTH} ?{_YEAR}"
NUMERIC = r"(?<!\d)(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)"
ISO = r"(?<!\d)(?P<year>\d{4})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)"

_WHOLE = [
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})",
        ISO + _CLOCK,
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _CLOCK,
        r"(?P<month>\d{1,2})/(?P<year>\d{4})",
        NUMERIC + TIME,
        rf"(?:le )?(?:{WEEKDAY})?(?:le )?{WRITTEN}{TIME}",
        rf"(?:en )?{MONTH} ?{_YEAR}",
    )
]


def parse_date(text: str, *, oldest: int = _OLDEST) -> PartialDate | None:
    """The date that the whole of `text` is, or None: ISO dates and date-times, 30/06/2023, « 1er juillet 2023 »…

    A year before `oldest` is taken for something else.
    """
    return _parsed(text, oldest) if len(text) <= MAX_CHARS else None


@lru_cache(maxsize=4096)  # many documents are of one day
def _parsed(text: str, oldest: int) -> PartialDate | None:
    wanted = plain(text)
    for pattern in _WHOLE:
        match = pattern.fullmatch(wanted)
        if match and (found := date_of(match, oldest)):
            return found
    return None


def date_of(match: re.Match[str], oldest: int = _OLDEST) -> PartialDate | None:
    """The date of the groups `year`, `month`, `day`; None when no calendar has it."""
    parts = match.groupdict()
    month, day = parts.get("month"), parts.get("day")
    try:
        found = PartialDate(
            int(parts["year"]),
            (_MONTHS.get(month) or int(month)) if month else None,
            (1 if day.startswith(("1er", "1 er", "premier")) else int(day)) if day else None,
        )
    except ValueError:
        return None
    return found if found.year >= oldest else None


# --- what people ask -------------------------------------------------------------------------------------------------

_UNKNOWN = plain(UNKNOWN_DATE)
_PERIODS = [
    re.compile(pattern)
    for pattern in (
        r"(?P<first>.*?) ?\.\.\.? ?(?P<last>.*)",
        r"(?:du |de |d')?(?P<first>.+?) (?:a|au|jusqu'(?:a|au|en)) (?P<last>.+)",
        r"entre (?:le )?(?P<first>.+?) et (?:le )?(?P<last>.+)",
    )
]


def asked_date(text: str) -> PartialDate | None:
    """As parse_date, for a date that a person asks for: any year, in the digits of the contract, which are ASCII."""
    found = parse_date(text, oldest=1)
    return None if found and any(char.isdigit() and not char.isascii() for char in text) else found


def asked_period(text: str) -> DateFilter | None:
    """The period that the whole of `text` is, or None.

    That is a date, `inconnue`, two dates with `..` between them (either may be missing), « de juin à septembre 2023 »,
    « du 3 au 5 mai 2021 », « entre 2020 et 2022 ». Ends in the wrong order are exchanged.
    """
    text = unicodedata.normalize("NFKC", text[: MAX_CHARS + 1]).strip()
    if len(text) > MAX_CHARS:
        return None
    if found := asked_date(text):
        return DateFilter(found, found)
    wanted = plain(text)
    if wanted == _UNKNOWN:
        return DateFilter(unknown=True)
    for pattern in _PERIODS:
        match = pattern.fullmatch(wanted)
        if match and (period := _between(match["first"], match["last"])):
            return period
    return None


def _between(first: str, last: str) -> DateFilter | None:
    """The period from one date to the other, at least one of which is given; the first may leave to the last what they
    have in common (3 au 5 mai 2021)."""
    end = asked_date(last) if last else None
    if last and not end:
        return None
    start = first_of(first, end) if first else None
    if first and not start:
        return None
    if start and end and start.first > end.last:
        start, end = end, start
    return DateFilter(start, end) if start or end else None


def first_of(text: str, end: PartialDate | None) -> PartialDate | None:
    """The date of the first end of a period, which may leave to the last what they have in common; None for no date."""
    if (found := asked_date(text)) or not end:
        return found
    if found := asked_date(f"{text} {end.year:04}"):
        return found
    return asked_date(f"{text} {MONTHS[end.month - 1]} {end.year:04}") if end.month else None


# --- what they read --------------------------------------------------------------------------------------------------


def date_text(date: PartialDate) -> str:
    """`1er juillet 2023`, `juillet 2023` or `2023`."""
    day = "" if date.day is None else "1er " if date.day == 1 else f"{date.day} "
    month = "" if date.month is None else f"{MONTHS[date.month - 1]} "
    return f"{day}{month}{date.year}".replace(" ", NO_BREAK)


def period_text(dates: DateFilter) -> str:
    """`juin 2023`, `de juin 2023 à septembre 2023`, `depuis le 3 mai 2021`, `jusqu’en 2023`, `date inconnue`."""
    if dates.unknown:
        return f"date {UNKNOWN_DATE}"
    if dates.single:
        return date_text(dates.single)
    first, last = dates.first, dates.last
    if first and last:
        return f"{_from(first)} {'au ' if last.day else 'à '}{date_text(last)}"
    if first:
        return f"depuis {'le ' if first.day else ''}{date_text(first)}"
    assert last is not None, "a DateFilter has an end or is unknown"
    return f"jusqu’{'au' if last.day else 'en'} {date_text(last)}"


def _from(date: PartialDate) -> str:
    if date.day:
        return f"du {date_text(date)}"
    text = date_text(date)
    return f"d’{text}" if text[0] in "ao" else f"de {text}"
