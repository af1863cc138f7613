"""The one place where the rules of titles, dates and types meet: a Draft of any format becomes an Entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from indexer.documents.dates import MOST_LINES, date_in_name, date_in_text, is_dispatch, is_plausible, split_header
from indexer.documents.entry import NOTHING_GIVEN, Draft, Entry, Given, Rejected
from indexer.documents.language import language_of
from indexer.documents.paragraphs import BLANK_LINE, text_of
from indexer.documents.titles import FIRST_SENTENCE, MAX_TITLE, shorten, title_of, without_title
from indexer.documents.types import START_CHARS, TypeFacts, TypeRules, normal, symbol_in
from indexer.french.dates import parse_date
from indexer.french.spelling import squeeze
from indexer.model import DateSource, PartialDate

_MAX_URL = 2000
_MAX_SOURCE = 200
GIVEN_RULE = "metadata.csv"
_NO_TEXT = "pas de texte"
_LETTER = re.compile(r"[^\W_]")


def assemble(
    draft: Draft, relative: str, rules: TypeRules, today: date, given: Given = NOTHING_GIVEN
) -> Entry | Rejected:
    """The entry of `draft`. `relative` gives folders and, when the file is the document (no line, no row), a date.

    What is `given` from outside has the last word.
    """
    if given == NOTHING_GIVEN:
        return _assembled(draft, relative, rules, today)
    entry = _assembled(_overruled(draft, given), relative, rules, today)
    if isinstance(entry, Rejected):
        return entry
    return entry._replace(
        type_rule=GIVEN_RULE if given.type else entry.type_rule,
        date_rule=GIVEN_RULE if given.date else entry.date_rule,
        language=given.language or entry.language,
    )


def _overruled(draft: Draft, given: Given) -> Draft:
    """The draft as if it said itself what is given."""
    return draft._replace(
        title=given.title or draft.title,
        title_rule=GIVEN_RULE if given.title else draft.title_rule,
        dates=(given.date, *draft.dates) if given.date else draft.dates,
        type=given.type or draft.type,
        source=given.source or draft.source,
        url=given.url or draft.url,
        authors=given.authors or draft.authors,
    )


def _assembled(draft: Draft, relative: str, rules: TypeRules, today: date) -> Entry | Rejected:
    paragraphs = draft.paragraphs
    header, first = split_header(paragraphs[0]) if paragraphs else (None, "")
    if header:
        paragraphs = ((first,) if first.strip() else ()) + paragraphs[1:]
    if not any(_LETTER.search(paragraph) for paragraph in paragraphs):
        if (draft.key is None and not draft.member) or not _LETTER.search(draft.title or ""):
            return Rejected(draft.key, draft.line, _NO_TEXT, empty=True)
        paragraphs = ()  # an entry of a catalogue may have a title and nothing else
    start = "\n".join(paragraph[:START_CHARS] for paragraph in paragraphs[:40])[:START_CHARS]
    warnings = list(draft.warnings)

    title = squeeze(draft.title or "")
    if _LETTER.search(title):
        title_rule, rest = draft.title_rule, without_title(paragraphs, title)
    else:
        title, title_rule, rest = title_of(paragraphs, today)
    if not any(_LETTER.search(paragraph) for paragraph in rest):
        rest = paragraphs  # the title is all there is: it stays findable as text
    title = shorten(title, MAX_TITLE)

    found, source, rule = _date(draft, header, title, rest, relative, today, warnings)
    shapes = set()
    if header and title_rule == FIRST_SENTENCE:
        shapes.add("dated-header")
    if any(is_dispatch(paragraph) for paragraph in rest[:3]):
        shapes.add("dispatch")
    if draft.type and not normal(draft.type):
        warnings.append("type ignoré : trop long pour en être un")
    kind, type_rule = rules.choose(
        TypeFacts(
            title,
            start,
            relative,
            draft.type,
            draft.symbol or symbol_in(title, start),
            draft.source,
            draft.schema,
            frozenset(shapes),
            draft.format,
        )
    )
    text = text_of(rest)
    return Entry(
        key=draft.key,
        title=title,
        title_rule=title_rule,
        text=text,
        date=found,
        date_source=source,
        type=kind,
        type_rule=type_rule,
        url=web_address(draft.url),
        source=shorten(squeeze(draft.source), _MAX_SOURCE) if draft.source and draft.source.strip() else None,
        digest=draft.digest,
        warnings=tuple(warnings),
        date_rule=rule,
        format=draft.format,
        language=language_of(text, draft.language),
        authors=draft.authors,
        pages=tuple(_page_starts(draft, rest)) if draft.pages else (),
    )


def _page_starts(draft: Draft, kept: tuple[str, ...]) -> Iterator[int]:
    """Where in the text each page after the first begins, when these of the draft's paragraphs are kept.

    A title line that was taken out, or the header of the first paragraph, leaves the pages that begin in it to what
    follows.
    """
    starts: list[tuple[int, int]] = []  # of each paragraph: where it begins, and how much of it was left out
    place = number = 0
    for at, paragraph in enumerate(draft.paragraphs):
        stays = number < len(kept) and (paragraph == kept[number] or (at == 0 and paragraph.endswith(kept[number])))
        size = len(kept[number]) if stays else 0
        starts.append((place, len(paragraph) - size))
        if stays:
            place += size + len(BLANK_LINE)
            number += 1
    end = max(0, place - len(BLANK_LINE))
    for of, inside in draft.pages:
        start, left_out = starts[of] if of < len(starts) else (end, 0)
        yield min(end, start + max(0, inside - left_out))


def web_address(url: str | None) -> str | None:
    """`url` when it is an http or https address that a page may link to, else None."""
    url = (url or "").strip()
    if not url or len(url) > _MAX_URL or any(char.isspace() or not char.isprintable() or char in '<>"' for char in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _date(
    draft: Draft,
    header: PartialDate | None,
    title: str,
    paragraphs: tuple[str, ...],
    relative: str,
    today: date,
    warnings: list[str],
) -> tuple[PartialDate | None, DateSource, str]:
    """(date, source, French rule), the sources in the order of the contract."""
    for written in draft.dates:
        found = parse_date(written)
        if found and is_plausible(found, today):
            return found, DateSource.METADATA, "métadonnées"
        why = "elle est dans l’avenir" if found else "ce n’est pas une date"
        warnings.append(f"date ignorée : « {shorten(squeeze(written), 60)} », {why}")
    if header and is_plausible(header, today):
        return header, DateSource.HEADER, "en-tête « date … »"
    if header:
        warnings.append(f"date ignorée : « {header} » en tête du texte, elle est dans l’avenir")
    if draft.key is None and not draft.member and (found := date_in_name(_stem(relative), today)):
        return found, DateSource.FILENAME, "nom du fichier"
    ends = (*paragraphs[:MOST_LINES], *paragraphs[-MOST_LINES:]) if len(paragraphs) > 2 * MOST_LINES else paragraphs
    lines = [line for paragraph in ends for line in paragraph.split("\n") if line.strip()]
    if stated := date_in_text(title, lines, today):
        return stated[0], DateSource.TEXT, stated[1]
    for written in draft.last_dates:
        if (found := parse_date(written)) and is_plausible(found, today):
            return found, DateSource.METADATA, "propriétés du fichier, à défaut d’autre date"
    return None, DateSource.NONE, "aucune date trouvée"


def _stem(relative: str) -> str:
    """The file name without its ending; dots inside it are part of it (`2023.06.30.txt`)."""
    return PurePosixPath(relative).stem
