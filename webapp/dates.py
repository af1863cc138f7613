"""Dates as people write them in the form « du … au … ».

The contract knows one parameter, `date=2023-06..2023-09`. The form has two fields, `du` and `au`; the results page
reads them here and redirects to the one canonical URL.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from indexer import MONTHS, DateFilter, PartialDate, RequestError, asked_date

FIELDS = ("du", "au")
HOW_TO_WRITE = "Une date s’écrit 2023, juin 2023, 06/2023, 30/06/2023 ou 2023-06-30."


def read_date(text: str) -> PartialDate:
    """Read `2023`, `2023-06-30`, `06/2023`, `30/06/2023`, `juin 2023`, `1er janv. 2023`: as in documents' metadata.

    Anything else, and days that no calendar has, is a ValueError.
    """
    found = asked_date(unicodedata.normalize("NFKC", text))
    if found is None:
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
