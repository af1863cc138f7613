"""Dates as people write them in the form « du … au … », and periods as people read them.

The contract knows one parameter, `date=2023-06..2023-09`. The form has two fields, `du` and `au`; the results page
reads them here and redirects to the one canonical URL.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from indexer import MONTHS, DateFilter, PartialDate, RequestError, parse_date
from webapp.typography import date_text

FIELDS = ("du", "au")
HOW_TO_WRITE = "Une date s’écrit 2023, juin 2023, 06/2023, 30/06/2023 ou 2023-06-30."


def read_date(text: str) -> PartialDate:
    """Read `2023`, `2023-06-30`, `06/2023`, `30/06/2023`, `juin 2023`, `1er janv. 2023`: as in documents' metadata.

    Anything else, and days that no calendar has, is a ValueError.
    """
    text = unicodedata.normalize("NFKC", text)
    found = parse_date(text, oldest=1)
    # A document may date itself in any digits; what is asked is written in the contract's, which are ASCII.
    if found is None or any(char.isdigit() and not char.isascii() for char in text):
        raise ValueError(f"{text!r} is no date")
    return found


def read_period(fields: Mapping[str, str]) -> DateFilter | None:
    """The period that the form's two fields ask for; either may be empty, both empty is any date.

    Raises RequestError naming the field at fault.
    """
    first, last = (_read_field(name, fields.get(name, "")) for name in FIELDS)
    if first and last and first.first > last.last:
        raise RequestError("La date de fin tombe avant la date de début.", parameter="au", value=fields.get("au", ""))
    return DateFilter(first, last) if first or last else None


def period_text(dates: DateFilter) -> str:
    """`juin 2023`, `de juin 2023 à septembre 2023`, `depuis le 3 mai 2021`, `jusqu’en 2023`, `date inconnue`."""
    if dates.unknown:
        return "date inconnue"
    if dates.single:
        return date_text(dates.single)
    first, last = dates.first, dates.last
    if first and last:
        return f"{_from(first)} {'au ' if last.day else 'à '}{date_text(last)}"
    if first:
        return f"depuis {'le ' if first.day else ''}{date_text(first)}"
    assert last is not None, "a DateFilter has an end or is unknown"
    return f"jusqu’{'au' if last.day else 'en'} {date_text(last)}"


def field_text(date: PartialDate | None) -> str:
    """What the form's field shows for a date in force: `30/06/2023`, `juin 2023`, `2023`."""
    if date is None:
        return ""
    if date.day:
        return f"{date.day:02}/{date.month:02}/{date.year:04}"
    return f"{MONTHS[date.month - 1]} {date.year:04}" if date.month else f"{date.year:04}"


def _read_field(name: str, text: str) -> PartialDate | None:
    if not text.strip():
        return None
    try:
        return read_date(text)
    except ValueError as error:
        raise RequestError(f"« {text[:40]} » n’est pas une date. {HOW_TO_WRITE}", parameter=name, value=text) from error


def _from(date: PartialDate) -> str:
    if date.day:
        return f"du {date_text(date)}"
    text = date_text(date)
    return f"d’{text}" if text[0] in "ao" else f"de {text}"
