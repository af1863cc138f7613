"""The help page and the accessibility statement. The help's examples are made of what this collection holds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from indexer import FRENCH, UNKNOWN_LANGUAGE, SearchPage, SearchRequest, search_url
from webapp.pages import Link

HELP_PATH = "/aide"
ACCESSIBILITY_PATH = "/accessibilite"
# Titles among which words for the examples are looked for.
TITLES = 20

_LINK_WORDS = "de|du|des|la|le|les|en|au|aux|et|à|d’|l’|d'|l'"
# Two words with nothing between them but small ones: « mandat de la Minusma ».
_PHRASE = re.compile(rf"\b([^\W\d_]{{5,}}) ((?:{_LINK_WORDS}) ?)*([^\W\d_]{{4,}})\b", re.IGNORECASE)
_LONG = re.compile(r"\b[^\W\d_]{5,}\b")
# Formats that few collections lack; others say more.
_USUAL = ("texte", "jsonl")


@dataclass(frozen=True, slots=True)
class Specimen:
    """What the examples are made of: a phrase of a title with its first and last word, a word of another title, and
    values of the facets. The defaults are for a collection that has none, or no index."""

    phrase: str = "mandat de la Minusma"
    first: str = "mandat"
    last: str = "Minusma"
    other: str = "retrait"
    type: str = "rapport"
    year: int = 2023
    language: str = "en"
    format: str = "pdf"

    @property
    def beginning(self) -> str:
        """The beginning of the first word, long enough to be asked for with a star."""
        return self.first[: max(3, len(self.first) - 2)]

    @property
    def misspelt(self) -> str:
        """The first word as a hurried person types it: two letters have changed places."""
        word = self.first
        place = next((i for i in range(1, len(word) - 1) if word[i] != word[i + 1]), 0)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    @property
    def shouted(self) -> str:
        """The first word in capitals, as it must be found all the same."""
        return self.first.upper()


def specimen(page: SearchPage) -> Specimen:
    """What the newest documents offer for examples; `page` is the search for everything, with TITLES hits."""
    usual = Specimen()
    titles = [hit.document.title for hit in page.hits]
    phrase = next(filter(None, map(_PHRASE.search, titles)), None)
    first, last, whole = (phrase[1], phrase[3], phrase[0]) if phrase else (usual.first, usual.last, usual.phrase)
    others = (word for title in titles if not (phrase and whole in title) for word in _LONG.findall(title))
    years = {int(value.value): value.count for value in page.dates if value.value.isdigit()}
    return Specimen(
        phrase=whole,
        first=first,
        last=last,
        other=next((word for word in others if word.lower() not in (first.lower(), last.lower())), usual.other),
        type=page.types[0].value if page.types else usual.type,
        year=max(years, key=lambda year: years[year]) if years else usual.year,
        language=_language(page),
        format=_format(page),
    )


def ask(text: str = "", **filters: object) -> str:
    """The URL of a search, for the examples: a text, and fields of a SearchRequest."""
    return search_url(SearchRequest(text, **filters))  # type: ignore[arg-type]


def contact_link(contact: str) -> Link | None:
    """The link to the person who keeps the site; None when the settings name nobody."""
    if not contact:
        return None
    return Link(contact, contact if contact.startswith("http") else f"mailto:{contact}")


def _language(page: SearchPage) -> str:
    """The commonest language but French; French when there is no other."""
    counts = {value.value: value.count for value in page.languages if value.value not in (UNKNOWN_LANGUAGE, FRENCH)}
    return max(counts, key=lambda code: counts[code]) if counts else FRENCH


def _format(page: SearchPage) -> str:
    """The commonest format among the newest documents, one that says something if there is any."""
    formats = Counter(hit.document.format for hit in page.hits if hit.document.format)
    if not formats:
        return Specimen().format
    return max(formats, key=lambda name: (name.lower() not in _USUAL, formats[name]))
