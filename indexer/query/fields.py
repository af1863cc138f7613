"""The fields of the query language: how they are named, which periods their values ask, and how they read back."""

from __future__ import annotations

from datetime import date, timedelta

from indexer.french.dates import asked_period, date_text, period_text
from indexer.french.languages import language_label, language_named
from indexer.french.spelling import plain
from indexer.french.typography import NO_BREAK
from indexer.model import UNKNOWN_DATE, UNKNOWN_LANGUAGE, DateFilter, PartialDate
from indexer.query.tree import BODY, FORMAT, LANGUAGE, TITLE

TYPE = "type"
DATE = "date"
BEFORE, AFTER, SINCE, UNTIL = "avant", "après", "depuis", "jusqu’à"
MENTION = "mention"
PERIODS = frozenset((DATE, BEFORE, AFTER, SINCE, UNTIL))
# Fields whose values are no words of a text; those of one name side by side mean any of them.
VALUES = PERIODS | {TYPE, LANGUAGE, FORMAT, MENTION}
# Those of them whose values may be several words: 1er juillet 2023.
DATED = PERIODS | {MENTION}

# Names in one spelling → the field. The English title is in every habit.
_NAMES = {
    **dict.fromkeys(("titre", "title"), TITLE),
    **dict.fromkeys(("texte", "corps"), BODY),
    **dict.fromkeys(("langue", "language"), LANGUAGE),
    "format": FORMAT,
    **dict.fromkeys(("mention", "date citee"), MENTION),
    **{plain(field): field for field in (TYPE, *sorted(PERIODS))},
}
# What a name may look like in a text; `field_named` reads all of it.
NAME = (
    r"(?i:titre|title|texte|corps|type|langue|language|format|mention|date[ \u00a0]cit[ée]e|date|avant|apr[eè]s|depuis|"
    r"jusqu['’][aà])"
)
_SAID = {TITLE: "titre", BODY: "texte", LANGUAGE: "langue", MENTION: f"date{NO_BREAK}citée"}
# What may follow a period in a sentence. Two dots leave it open.
_AFTER_PERIOD = ",;:!?"


def field_named(name: str) -> str:
    """The field of a name that NAME matches."""
    return _NAMES[plain(name)]


def said(field: str, value: str) -> str:
    """The read-back of a value in a field: `titre : paix`, with no-break spaces, which the parser takes for its own."""
    return f"{_SAID.get(field, field)}{NO_BREAK}:{NO_BREAK}{value}" if field else value


def language_asked(text: str) -> tuple[str, str] | None:
    """The language that a text names by its code or French name, "" for the unknown one, and how it is called."""
    if plain(text) == UNKNOWN_LANGUAGE:
        return "", UNKNOWN_LANGUAGE
    code = language_named(text)
    return (code, language_label(code)) if code else None


def period_asked(field: str, text: str) -> tuple[DateFilter, str] | None:
    """The period that a text in one of PERIODS asks, with its read-back; None when it is not understood.

    `avant` and `après` leave out the whole date that they name, `depuis` and `jusqu’à` take it in.
    """
    period = _period(text)
    if period is None:
        return None
    if field == DATE:
        return period, _period_said(period)
    end = period.first if field in (BEFORE, SINCE) else period.last
    bound = end and _shifted(end, {BEFORE: -1, AFTER: 1}.get(field, 0))
    if not end or not bound:
        return None
    asked = DateFilter(first=bound) if field in (AFTER, SINCE) else DateFilter(last=bound)
    return asked, said(field, date_text(end))


def mention_asked(text: str) -> tuple[PartialDate, str] | None:
    """The one date that a text asks to be named, with its read-back; None when it is not understood."""
    period = _period(text)
    date = period.single if period else None
    return (date, said(MENTION, date_text(date))) if date else None


def _period(text: str) -> DateFilter | None:
    """The period that a text is, without what may follow it in a sentence."""
    text = text.rstrip(_AFTER_PERIOD)
    return asked_period(text) or asked_period(text.rstrip("."))


def _period_said(period: DateFilter) -> str:
    if period.unknown:
        return said(DATE, UNKNOWN_DATE)
    if period.first and not period.last:
        return said(SINCE, date_text(period.first))
    if period.last and not period.first:
        return said(UNTIL, date_text(period.last))
    return said(DATE, period_text(period))


def _shifted(start: PartialDate, step: int) -> PartialDate | None:
    """The day, month or year that comes so many after; None beyond the calendar."""
    try:
        if start.month and start.day:
            day = date(start.year, start.month, start.day) + timedelta(step)
            return PartialDate(day.year, day.month, day.day)
        if start.month:
            months = start.year * 12 + start.month - 1 + step
            return PartialDate(months // 12, months % 12 + 1)
        return PartialDate(start.year + step)
    except (ValueError, OverflowError):
        return None
