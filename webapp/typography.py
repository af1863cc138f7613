"""French typography: numbers, dates, plurals and spaces, as plain functions that templates use as filters.

The templates are written with ordinary spaces; `FrenchSpaces` puts the no-break ones in when they are compiled, so no
page can forget them and none pays for them. What documents say is quoted as it is: `marked` and `unbroken` only say
what is marked in it and where no line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from indexer import Fragment, PartialDate, date_text, page_text
from webapp.templating import escape_text

NO_BREAK = "\u00a0"  # before the colon and inside guillemets
NARROW = "\u202f"  # before ; ! ? and between thousands

_WORDS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")

_BEFORE_HIGH = re.compile(r"[ \u00a0\u202f](?=[;!?])")
_BEFORE_LOW = re.compile(r"[ \u202f](?=[:»])")
_AFTER_GUILLEMET = re.compile(r"(?<=«)[ \u202f]")
# Replaced one by one: a page quotes forty texts, and a regular expression takes ten times as long.
_HELD = (*((f" {mark}", NO_BREAK + mark) for mark in ":;!?»"), ("« ", f"«{NO_BREAK}"))


# --- spaces --------------------------------------------------------------------------------------------------------


def spaced(text: str) -> str:
    """`text` with the spaces that stand before high punctuation and inside guillemets made no-break ones."""
    text = _BEFORE_HIGH.sub(NARROW, text)
    text = _BEFORE_LOW.sub(NO_BREAK, text)
    return _AFTER_GUILLEMET.sub(NO_BREAK, text)


def unbroken(text: str) -> str:
    """The `text` of a document, in which no line ends before a colon and its like or inside guillemets. Its spaces stay
    as wide as they are, and none is added: it is quoted."""
    for loose, held in _HELD:
        text = text.replace(loose, held)
    return text


class FrenchSpaces(Extension):
    """Applies `spaced` to the literal text of every template, once, when it is compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens of a template, those of literal text with French spaces."""
        for token in stream:
            yield Token(token.lineno, "data", spaced(token.value)) if token.type == "data" else token


# --- numbers -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)  # a page shows a hundred, most of them small
def number(value: float, decimals: int = 0) -> str:
    """1248 is `1 248` (narrow no-break space), 3.5 with one decimal is `3,5`."""
    return f"{value:,.{decimals}f}".replace(",", NARROW).replace(".", ",")


def plural(count: int, singular: str, plural_form: str = "") -> str:
    """`0 résultat`, `1 résultat`, `1 248 résultats`: the French plural begins at two."""
    return number(count) + NO_BREAK + (singular if count < 2 else plural_form or singular + "s")


def in_words(count: int) -> str:
    """Numbers up to ten in letters (`trois`), digits beyond."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else number(count)


def duration(ms: float) -> str:
    """`0,8 ms`, `4 ms`, `1,2 s`."""
    if ms >= 999.5:
        return number(ms / 1000, 1) + NO_BREAK + "s"
    return number(ms, 1 if ms < 0.95 else 0) + NO_BREAK + "ms"


# --- dates ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def date_html(date: PartialDate) -> Markup:
    """`1er juillet 2023` inside `<time datetime>`, with a superscript; `date_text` says it where no markup goes."""
    text = date_text(date)
    if date.day == 1:
        text = "1<sup>er</sup>" + text.removeprefix("1er")
    return Markup(f'<time datetime="{date}">{text}</time>')  # noqa: S704 - made of numbers and months alone


@lru_cache(maxsize=64)  # every page shows that of its generation
def moment_date(moment: str) -> PartialDate | None:
    """The day of an ISO 8601 moment (`2026-11-22T10:00:00Z`); None when it is none."""
    try:
        made = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return PartialDate(made.year, made.month, made.day)


# --- quotations ----------------------------------------------------------------------------------------------------


def marked(fragment: Fragment) -> Markup:
    """The pieces of a fragment, escaped and `unbroken`, matches inside `<mark>`."""
    # Escaped piece by piece into one string: a Markup for each of a page's hundred pieces costs half a millisecond.
    pieces = [f"<mark>{escape_text(text)}</mark>" if hit else escape_text(text) for text, hit in fragment]
    return Markup(unbroken("".join(pieces)))  # noqa: S704


def plain(fragment: Fragment) -> str:
    """The text of a fragment without its marks."""
    return "".join(text for text, _ in fragment)


FILTERS = {
    "nombre": number,
    "pluriel": plural,
    "en_lettres": in_words,
    "duree": duration,
    "date": date_html,
    "date_texte": date_text,
    "espaces": spaced,
    "jour": moment_date,
    "feuille": page_text,
    "marque": marked,
    "tenu": unbroken,
}
