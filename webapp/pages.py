"""What the pages show, decided before any template runs: links, labels, words for numbers.

Each page is a frozen value made from the indexer's answer by one function; templates only lay it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlsplit

from indexer import (
    CSV_PATH,
    EXPORT_PATH,
    FEED_PATH,
    FRENCH,
    JSON_PATH,
    UNKNOWN_DATE,
    UNKNOWN_LANGUAGE,
    DateFilter,
    Document,
    DocumentPage,
    FacetValue,
    Fragment,
    Hit,
    InterpretationKind,
    Match,
    PartialDate,
    Reason,
    Repeats,
    Reprise,
    SearchPage,
    SearchRequest,
    Similar,
    Sort,
    Standing,
    Telling,
    choose_mention,
    date_text,
    date_urls,
    document_url,
    hit_urls,
    is_whole_file,
    language_label,
    period_text,
    read_back,
    reasons_of,
    request_pairs,
    search_url,
    tellings_of,
    toggle_language,
    toggle_type,
    type_urls,
    varied_urls,
)
from webapp.citation import Citation, citation, head_of, place_text
from webapp.dates import field_text
from webapp.timeline import Covered, above, covered, with_gaps
from webapp.typography import NO_BREAK, in_words, moment_date, number, plural, spaced

Label = Callable[[str], str]  # a document type as people read it
Pairs = tuple[tuple[str, str], ...]  # hidden fields of a form

# Rows of a facet that stay in sight; the rest opens with a click. A press archive can have eighty years of rows, and
# the next facet must not lie below them all.
TYPES_IN_SIGHT = 10
YEARS_IN_SIGHT = 15
MENTIONS_IN_SIGHT = 20
PARAGRAPHS_IN_SIGHT = 24
PLACES_IN_SIGHT = 5
# Marks that lead to their neighbours: each costs 700 bytes of page. Later ones are marked only.
WALKED_MARKS = 1000
BEYOND = -1
PAGE = -2
# Counts from here on need a wider column; all rows have the same, or their bars would not compare.
_WIDE_COUNT = 10_000

SORTS = ((Sort.RELEVANCE, "pertinence"), (Sort.NEWEST, "récents"), (Sort.OLDEST, "anciens"), (Sort.TITLE, "titre"))
DATE_SOURCES = {
    "metadata": "d’après ses métadonnées",
    "header": "d’après sa première ligne",
    "filename": "d’après le nom du fichier",
    "text": "d’après le texte",
    "none": "",
}
# Dates that the author did not write down as the document's date deserve the word beside them, not only in a note.
_INFERRED = ("filename", "text")
_LINE_OF_FILE = re.compile(r"\.(?:jsonl|ndjson)(?:\.gz)?(?=#)")


class Link(NamedTuple):
    """Somewhere to go; `current` when we are there. A link without `url` is shown as text; `aside` stands behind."""

    text: str
    url: str | None
    current: bool = False
    rel: str = ""
    aside: str = ""


class Row(NamedTuple):
    """One value of a facet: `width` is its bar, 0 to 100, in proportion to the longest of its level.

    Without `url` and with a total of 0 it stands for the years, months or days between two others of which no document
    is. A tuple: a page has seventy, and templates unpack them.
    """

    label: str
    total: int
    url: str | None
    selected: bool
    width: int
    unknown: bool = False
    covered: Covered = Covered.NOT
    children: tuple[Row, ...] = ()

    @property
    def open(self) -> bool:
        """True for the value chosen and for the year or month that holds the choice."""
        return self.selected or bool(self.children)


@dataclass(frozen=True, slots=True)
class Facet:
    """The rows of a facet, and those folded away under `more_label`; `note` tells of those left out."""

    rows: tuple[Row, ...]
    more: tuple[Row, ...] = ()
    more_label: str = ""
    note: str = ""

    @property
    def more_open(self) -> bool:
        """True when a choice lies among the folded rows: it must be seen."""
        return any(row.open or row.covered for row in self.more)

    @property
    def deep(self) -> bool:
        """True when a row is open on others, whose bars have a scale of their own."""
        return any(row.children and row.total for row in (*self.more, *self.rows))

    @property
    def wide(self) -> bool:
        """True when counts are long."""
        return any(row.total >= _WIDE_COUNT for row in (*self.more, *self.rows))


@dataclass(frozen=True, slots=True)
class DateForm:
    """The form « du … au … »: what its fields show, what goes along hidden, which field was at fault."""

    du: str = ""
    au: str = ""
    hidden: Pairs = ()
    at_fault: str = ""


@dataclass(frozen=True, slots=True)
class ReprisesView:
    """Documents that say nearly the same as one: how many, links to the first of them and how many are not shown."""

    count: str
    links: tuple[Link, ...]
    rest: str


class HitView(NamedTuple):
    """One result as shown; `rank` is its place (from 1) among all."""

    hit: Hit
    rank: int
    url: str
    type_label: str
    inferred: str
    language: str
    reasons: tuple[Reason, ...] = ()
    also: str = ""
    reprises: ReprisesView | None = None

    @property
    def fragments(self) -> Iterator[tuple[Fragment, Link | None]]:
        """The fragments, each with the way to its paragraph, or at least its page, in the document."""
        for fragment, page, paragraph in zip(self.hit.fragments, self.hit.pages, self.hit.paragraphs, strict=True):
            anchor = f"p{paragraph}" if paragraph else page_anchor(page or 1)
            place = place_text(page, paragraph)
            yield fragment, Link(place, f"{self.url}#{anchor}") if place else None

    @property
    def citation(self) -> str:
        """What citations of it begin with."""
        return head_of(self.hit.document)

    @property
    def place(self) -> str:
        """Who published it or, when nobody says, its file (a line of a `.jsonl` names the file alone)."""
        return self.hit.document.source or file_of(self.hit.document.path)


@dataclass(frozen=True, slots=True)
class Reread:
    """An interpretation of the query; the URL `undo` is the search without it."""

    telling: Telling
    undo: str


@dataclass(frozen=True, slots=True)
class Count:
    """The line above the results: `total`, then how the words were required, then the stricter search; `reprises` are
    those of them that stand beneath another, with the search that shows them apart."""

    total: str
    required: str
    stricter: Link | None
    reprises: Link | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The results page."""

    page: SearchPage
    title: str
    heading: str
    count: Count
    understood: str
    corrections: tuple[Reread, ...]
    interpretations: tuple[Reread, ...]
    suggestion: Link | None
    tags: tuple[Link, ...]
    clear: str | None
    sorts: tuple[Link, ...]
    why: Link | None
    types: Facet
    dates: Facet
    up: tuple[Link, ...]
    languages: Facet
    mentions: Facet
    form: DateForm
    hidden: Pairs
    hits: tuple[HitView, ...]
    pager: tuple[Link | None, ...]
    previous: str | None
    next: str | None
    helps: tuple[tuple[str, tuple[Link, ...]], ...]
    json_url: str
    feed_url: str
    exports: tuple[Link, ...]
    exported: str

    @property
    def facets(self) -> tuple[tuple[str, str], ...]:
        """The facets that have rows: where each is on the page, and its name."""
        all_ = (
            ("par-date", "dates", self.dates),
            ("par-mention", "dates citées", self.mentions),
            ("par-type", "types", self.types),
            ("par-langue", "langues", self.languages),
        )
        return tuple((id, name) for id, name, facet in all_ if facet.rows)


@dataclass(frozen=True, slots=True)
class Home:
    """The first page: what the collection holds and ways in."""

    types: Facet
    dates: Facet
    form: DateForm
    examples: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document page: pieces with the number of the match they are.

    0: no match; BEYOND: one after the last that is walked; PAGE: no piece, but the page of this number begins here.
    """

    number: int
    pieces: tuple[tuple[str, int], ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The document page."""

    page: DocumentPage
    title: str
    paragraphs: tuple[Paragraph, ...]
    marks: int
    walked: int
    where: Facet
    inferred: str
    language: str
    original: str | None
    download: Link | None
    place: str
    also: str
    reprises: ReprisesView | None
    similar: tuple[Link, ...]
    first_seen: PartialDate | None
    facts: tuple[tuple[str, str], ...]
    back: Link
    rank: str
    previous: str | None
    next: str | None
    citation_head: str
    citation: Citation | None
    kept: Pairs
    url: str
    type_url: str
    json_url: str


# --- results -------------------------------------------------------------------------------------------------------


def results(page: SearchPage, label: Label, export_most: int = 0) -> Results:
    """The results page of a search, of which `export_most` documents can be taken away at once."""
    request = page.request
    subject = request.text.strip() or "Tous les documents"
    tags = _tags(request, label)
    reread = [Reread(told, search_url(told.request)) for told in tellings_of(page)]
    title = [subject, plural(page.total, "résultat")]
    if request.page > 1:
        title.append(f"page {number(request.page)}")
    hit_address, numbered = hit_urls(request), varied_urls(request, "page")

    def turned(page: int) -> str:
        return numbered(str(page) if page > 1 else "")

    return Results(
        page=page,
        title=" – ".join(title),
        heading=f"Recherche : « {subject} »" if request.text.strip() else subject,
        count=_count(page),
        understood=read_back(page),
        corrections=tuple(one for one in reread if one.telling.kind is InterpretationKind.CORRECTION),
        interpretations=tuple(one for one in reread if one.telling.kind is not InterpretationKind.CORRECTION),
        suggestion=Link(page.suggestion.text, search_url(page.suggestion)) if page.suggestion else None,
        tags=tags,
        clear=search_url(_unfiltered(request)) if len(tags) > 1 else None,
        sorts=_sorts(request),
        why=_why(page),
        types=_types(page),
        dates=_dates(page),
        up=_up(request),
        languages=_languages(page),
        mentions=_mentions(page),
        form=date_form(request),
        hidden=_kept(request, "type", "date", "mention", "langue", "tri", "mots", "reprises", "pourquoi"),
        hits=tuple(
            HitView(
                hit,
                rank,
                hit_address(hit.document.id, rank),
                label(hit.document.type),
                _inferred(hit.document),
                _foreign(hit.document),
                reasons_of(hit),
                also_in(hit.repeats),
                reprises_view(hit.repeats, request.text),
            )
            for rank, hit in enumerate(page.hits, start=(request.page - 1) * request.per_page + 1)
        ),
        pager=pager(request.page, page.last_page, turned),
        previous=turned(request.page - 1) if request.page > 1 else None,
        next=turned(request.page + 1) if request.page < page.last_page else None,
        helps=_helps(page, tags) if page.total == 0 else (),
        json_url=search_url(request, JSON_PATH),
        feed_url=search_url(_whole(request), FEED_PATH),
        exports=_exports(request) if page.hits and export_most else (),
        exported=f"les {number(export_most)} premiers" if page.total > export_most else "",
    )


def _whole(request: SearchRequest) -> SearchRequest:
    """The request without what is about one page of it."""
    return replace(request, page=1, apart=False, explain=False)


def _exports(request: SearchRequest) -> tuple[Link, ...]:
    whole = _whole(request)
    return (Link("en CSV", search_url(whole, CSV_PATH)), Link("en JSON", search_url(whole, EXPORT_PATH)))


def also_in(repeats: Repeats) -> str:
    """Where the copies of a document are, as it is shown; empty when there are none."""
    shown = repeats.places[:PLACES_IN_SIGHT]
    rest = repeats.places_count - len(shown)
    others = f" et {number(rest)} {'autre' if rest == 1 else 'autres'}" if rest else ""
    return f"Aussi dans{NO_BREAK}: {', '.join(shown)}{others}" if shown else ""


def reprises_view(repeats: Repeats, text: str = "") -> ReprisesView | None:
    """The documents that say nearly the same, with the query `text` to be marked in them; None when there are none."""
    if not repeats.reprises_count:
        return None
    links = tuple(
        Link(
            one.title or one.path,
            document_url(one.id, text),
            aside=_source_and_date(one),
        )
        for one in repeats.reprises
    )
    rest = repeats.reprises_count - len(links)
    return ReprisesView(plural(repeats.reprises_count, "reprise"), links, f"et {plural(rest, 'autre')}" if rest else "")


def _source_and_date(other: Reprise | Similar) -> str:
    source = other.source or file_of(other.path)
    return f"{source}, {date_text(other.date)}" if other.date else source


def file_of(path: str) -> str:
    """The file of a document; a line of a `.jsonl` names the file alone."""
    line = _LINE_OF_FILE.search(path) if "#" in path else None
    return path[: line.end()] if line else path


def date_form(request: SearchRequest) -> DateForm:
    """The form for a period, showing the one in force; a single year, month or day shows in the facet."""
    dates = request.date if request.date and not request.date.single else DateFilter()
    kept = _kept(request, "q", "type", "mention", "langue", "tri", "mots", "sans", "reprises", "pourquoi")
    return DateForm(field_text(dates.first), field_text(dates.last), kept)


def _count(page: SearchPage) -> Count:
    apart = Link(plural(page.reprises, "reprise"), search_url(replace(page.request, apart=True, page=1)))
    return replace(_required(page), reprises=apart if page.reprises else None)


def _required(page: SearchPage) -> Count:
    request, match = page.request, page.match
    total = plural(page.total, "résultat")
    if match.words < 2 or page.total == 0:
        return Count(total, "", None)
    if request.all_words or match.required >= match.words:
        return Count(total, "avec tous les mots" if match.words > 2 else "avec les deux mots", None)
    if match.all == page.total:
        return Count(total, _all_of(match), None)
    if match.all == 0:
        return Count(total, f"{_at_least(match)}, aucun {_all_of(match)}", None)
    strict = search_url(replace(request, all_words=True, page=1))
    return Count(total, f"{_at_least(match)}, dont", Link(f"{number(match.all)}{NO_BREAK}{_all_of(match)}", strict))


def _at_least(match: Match) -> str:
    if match.required == 0:  # a quotation or a sigle is there, the free words only rank
        return "avec ou sans les autres mots"
    return f"avec au moins {in_words(match.required)} des {in_words(match.words)} mots"


def _all_of(match: Match) -> str:
    return "avec les deux" if match.words == 2 else "avec tous les mots"


def _tags(request: SearchRequest, label: Label) -> tuple[Link, ...]:
    """The filters in force, each with the URL that takes it off."""
    tags = [Link(label(value), search_url(toggle_type(request, value))) for value in request.types]
    if request.date:
        tags.append(Link(period_text(request.date), search_url(replace(request, date=None, page=1))))
    if request.mention:
        named = f"date citée{NO_BREAK}: {date_text(request.mention)}"
        tags.append(Link(named, search_url(replace(request, mention=None, page=1))))
    tags += [Link(_language_shown(value), search_url(toggle_language(request, value))) for value in request.languages]
    if request.all_words:
        tags.append(Link("tous les mots", search_url(replace(request, all_words=False, page=1))))
    if request.apart:
        tags.append(Link("reprises séparées", search_url(replace(request, apart=False, page=1))))
    for word in request.literal:
        others = tuple(other for other in request.literal if other != word)
        tags.append(Link(f"“{word}” tel quel", search_url(replace(request, literal=others, page=1))))
    return tuple(tags)


def _unfiltered(request: SearchRequest) -> SearchRequest:
    """The request without its filters."""
    kept = replace(request, types=(), date=None, mention=None, languages=())
    return replace(kept, all_words=False, literal=(), apart=False, page=1)


def _why(page: SearchPage) -> Link | None:
    """The link that explains the scores, or stops explaining them; None when no word made any."""
    if page.request.explain:
        return Link("sans les explications", search_url(replace(page.request, explain=False)))
    if any(hit.score for hit in page.hits):
        return Link("pourquoi ces résultats ?", search_url(replace(page.request, explain=True)))
    return None


def _sorts(request: SearchRequest) -> tuple[Link, ...]:
    """The orders to choose from. Without words nothing is more relevant, and the newest come first."""
    current = request.sort
    if not request.text.strip() and current is Sort.RELEVANCE:
        current = Sort.NEWEST
    urls = varied_urls(request, "tri")
    return tuple(
        Link(text, urls("" if sort is Sort.RELEVANCE else sort), sort is current)
        for sort, text in SORTS
        if request.text.strip() or sort is not Sort.RELEVANCE
    )


def _kept(request: SearchRequest, *names: str) -> Pairs:
    """The request as hidden fields, those parameters alone."""
    return tuple(pair for pair in request_pairs(request) if pair[0] in names)


def _types(page: SearchPage) -> Facet:
    rows = _rows(page.types, type_urls(page.request))
    more = tuple(row for row in rows[TYPES_IN_SIGHT:] if not row.selected)
    if len(more) < 2:  # folding one row away saves none
        return Facet(rows)
    in_sight = (*rows[:TYPES_IN_SIGHT], *(row for row in rows[TYPES_IN_SIGHT:] if row.selected))
    return Facet(in_sight, more, f"Tout afficher{NO_BREAK}: {plural(len(rows), 'type')}")


def _languages(page: SearchPage) -> Facet:
    """Nothing when all that is known is one language, and none was chosen: there is nothing to choose."""
    known = sum(value.value != UNKNOWN_LANGUAGE for value in page.languages)
    if known < 2 and not page.request.languages:
        return Facet(())
    return Facet(_rows(page.languages, lambda value: search_url(toggle_language(page.request, value))))


def _language_shown(code: str) -> str:
    return language_label("") if code == UNKNOWN_LANGUAGE else f"en {language_label(code)}"


def _foreign(document: Document) -> str:
    """« en anglais » for what is mostly in another language than French."""
    return "" if document.language in ("", FRENCH) else _language_shown(document.language)


def _dates(page: SearchPage, noun: str = "résultat") -> Facet:
    rows = _rows(with_gaps(page.dates), date_urls(page.request), page.request.date)
    return _folded(rows, noun)


def _folded(rows: tuple[Row, ...], noun: str) -> Facet:
    """Years, the early ones folded away under how many there are of `noun`; gaps are no years."""
    years = [place for place, row in enumerate(rows) if not row.unknown and (row.url or row.total)]
    if len(years) < YEARS_IN_SIGHT + 2:
        return Facet(rows)
    cut = years[-YEARS_IN_SIGHT - 1] + 1
    early = rows[:cut]
    count = plural(sum(row.total for row in early), noun)
    return Facet(rows[cut:], early, f"{early[0].label} – {early[-1].label}{NO_BREAK}: {count}")


def _up(request: SearchRequest) -> tuple[Link, ...]:
    """The ways from the dates in force back to all of them, and to the year and the month that hold them."""
    if request.date is None:
        return ()
    wider = tuple(
        Link(date_text(date), search_url(replace(request, date=DateFilter(date, date), page=1)))
        for date in above(request.date)
    )
    return Link("toutes les dates", search_url(replace(request, date=None, page=1))), *wider


def _mentions(page: SearchPage) -> Facet:
    """The dates that documents name, nothing where they are not looked for: the years that most do, and the chosen one.

    Texts name a century of years, and each row has a link: all of them would weigh more than the rest of the page.
    """
    values = page.mentions or ()
    often = {one.value for one in sorted(values, key=lambda one: one.count, reverse=True)[:MENTIONS_IN_SIGHT]}
    kept = tuple(one for one in values if one.value in often or one.selected or one.children)
    left = next((one.value for one in values if one not in kept), "")
    shown = kept if left else with_gaps(kept)  # what was left out is no gap
    rows = _rows(shown, lambda value: search_url(choose_mention(page.request, value)))
    note = f"Les années les plus citées, sur {number(len(values))}. Pour une autre, par exemple mention:{left}"
    return Facet(rows, note=note if left else "")


def _rows(values: Sequence[FacetValue], url: Callable[[str], str], asked: DateFilter | None = None) -> tuple[Row, ...]:
    """The values of a facet with bars in proportion to the longest of their group; dates told by the range `asked`."""
    longest = max([value.count for value in values], default=0)
    rows = [
        Row(
            value.label,
            value.count,
            url(value.value) if value.selectable else None,
            value.selected,
            max(1, round(100 * value.count / longest)) if value.count else 0,
            value.value == UNKNOWN_DATE,
            covered(value, asked) if asked else Covered.NOT,
            _rows(value.children, url, asked) if value.children else (),
        )
        for value in values
    ]
    return tuple(rows)


def pager(current: int, last: int, url: Callable[[int], str]) -> tuple[Link | None, ...]:
    """First, neighbours, last; None where numbers are skipped. Empty when there is one page."""
    if last == 1:
        return ()
    numbers = sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)})

    def link(page: int) -> Link:
        return Link(number(page), url(page), current=page == current)

    links: list[Link | None] = []
    for before, here in zip([0, *numbers], numbers, strict=False):
        if here - before == 2:  # a gap of one page is that page
            links.append(link(here - 1))
        elif here - before > 2:
            links.append(None)
        links.append(link(here))
    return tuple(links)


def _helps(page: SearchPage, tags: Iterable[Link]) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """What to try when nothing was found: advice, each with the links that do it."""
    request = page.request
    helps: list[tuple[str, tuple[Link, ...]]] = []
    off = tuple(Link(f"sans « {tag.text} »", tag.url) for tag in tags)
    if off:
        every = (Link("sans aucun filtre", search_url(_unfiltered(request))),) if len(off) > 1 else ()
        helps.append(("Retirer un filtre :" if len(off) == 1 else "Retirer des filtres :", (*off, *every)))
    words = plain_words(request.text)
    if len(words) > 1:
        single = tuple(Link(word, search_url(replace(request, text=word, page=1))) for word in words)
        helps.append(("Chercher un seul de ces mots :", single))
    if request.text.strip():
        helps.append(("Vérifier l’orthographe ; ni les accents ni les majuscules ne comptent.", ()))
        if words:
            longest = max(words, key=len)
            stem = longest[: max(4, len(longest) - 3)]
            if len(stem) < len(longest):
                prefix = Link(f"{stem}*", search_url(replace(request, text=f"{stem}*", page=1)))
                helps.append(("Chercher le début d’un mot :", (prefix,)))
        helps.append(("Repartir de", (Link("tous les documents", search_url(SearchRequest())),)))
    return tuple(helps)


def plain_words(text: str) -> tuple[str, ...]:
    """The longer words of a query without operators, at most six; none when it has any."""
    if re.search(r"[\"«»“”():*~]|(?:^|\s)-|\b(?:ET|OU|SAUF|AND|OR|NOT)\b", text):
        return ()
    words = (re.sub(r"^\w{1,6}['’]", "", word.strip(".,;!?")) for word in text.split())
    return tuple(dict.fromkeys(word for word in words if len(word) > 3))[:6]


# --- home ----------------------------------------------------------------------------------------------------------


def home(page: SearchPage, examples: Iterable[str]) -> Home:
    """The first page, from a search for everything."""
    links = tuple(Link(text, search_url(SearchRequest(text=text))) for text in examples)
    return Home(_types(page), _dates(page, "document"), date_form(page.request), links)


# --- document ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a document page was come to: the request whose words are marked and, from its results, the place among
    them (`rank`, and what stands around it as long as it stands there)."""

    request: SearchRequest
    rank: int | None = None
    standing: Standing | None = None

    @property
    def back(self) -> str:
        """The URL of the results, at the hit that was followed."""
        if self.rank is None:
            return search_url(SearchRequest(text=self.request.text))
        page = (self.rank - 1) // self.request.per_page + 1
        return f"{search_url(replace(self.request, page=page))}#{hit_anchor(self.rank)}"

    def beside(self, id: str | None, step: int) -> str | None:
        """The URL of a neighbour's page."""
        return hit_urls(self.request)(id, self.rank + step) if id is not None and self.rank else None


def hit_anchor(rank: int) -> str:
    """Where a hit is in the page of results."""
    return f"r{rank}"


def reading(
    page: DocumentPage, arrival: Arrival, cited: int | None = None, root: str = "", *, originals: bool = False
) -> Reading:
    """The page of one document, marks numbered from 1 in reading order. `cited` is the paragraph whose citation is
    shown (0: the document's), with the site's own address `root`. `originals`: files can be downloaded."""
    text, standing = arrival.request.text, arrival.standing
    document = page.document
    paragraphs: list[Paragraph] = []
    where: list[tuple[int, int]] = []
    marks, on_page = 0, None
    for passage in page.passages:
        before = marks
        pieces, marks = _numbered(passage.pieces, marks)
        breaks = passage.breaks
        if passage.page and passage.page != on_page:
            breaks = ((0, passage.page), *breaks)
        on_page = breaks[-1][1] if breaks else on_page
        place = place_text(passage.page, passage.number)
        paragraphs.append(Paragraph(passage.number, tuple(_with_breaks(pieces, breaks)), place))
        if marks > before:
            where.append((passage.number, marks - before))
    kept = request_pairs(replace(arrival.request, page=1))
    if arrival.rank:
        kept.append(("rang", str(arrival.rank)))
    return Reading(
        page=page,
        title=document.title,
        paragraphs=tuple(paragraphs),
        marks=marks,
        walked=min(marks, WALKED_MARKS),
        where=_where(where),
        inferred=_inferred(document),
        language=_foreign(document),
        original=_safe_link(document.url),
        download=_download(document) if originals and is_whole_file(document) else None,
        place=f"{document.root}/{document.path}",
        also=also_in(page.repeats),
        reprises=reprises_view(page.repeats, text),
        similar=tuple(
            Link(one.title or one.path, document_url(one.id), aside=_source_and_date(one)) for one in page.similar
        ),
        first_seen=moment_date(document.first_seen),
        facts=_facts(document),
        back=Link("Résultats" if text.strip() or arrival.rank else "Tous les documents", arrival.back),
        rank=f"{number(standing.rank)} sur {number(standing.hits)}" if standing else "",
        previous=arrival.beside(standing.previous, -1) if standing else None,
        next=arrival.beside(standing.next, 1) if standing else None,
        citation_head=head_of(document),
        citation=_citation(page, cited, root),
        kept=tuple(kept),
        url=document_url(document.id),
        type_url=search_url(SearchRequest(types=(document.type,))),
        json_url=document_url(document.id, suffix=".json"),
    )


def _citation(page: DocumentPage, cited: int | None, root: str) -> Citation | None:
    """The citation asked, if there is such a paragraph."""
    if cited is None or cited > len(page.passages):
        return None
    leaf = page.passages[cited - 1].page if cited else None
    return citation(page.document, cited, leaf, root)


def _numbered(pieces: Fragment, marks: int) -> tuple[tuple[tuple[str, int], ...], int]:
    """Each piece with the number of its mark, 0 for none, BEYOND after the last that is walked; and how many marks."""
    numbered: list[tuple[str, int]] = []
    for text, hit in pieces:
        marks += hit
        numbered.append((text, (marks if marks <= WALKED_MARKS else BEYOND) if hit else 0))
    return tuple(numbered), marks


def _with_breaks(pieces: Iterable[tuple[str, int]], breaks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """The pieces with a PAGE before what stands at each break (place, number); a match is not parted for it."""
    waiting, at = list(breaks), 0
    for text, mark in pieces:
        end = at + len(text)
        while waiting and waiting[0][0] < end:
            place, page = waiting.pop(0)
            if not mark and place > at:
                yield text[: place - at], mark
                text, at = text[place - at :], place
            yield str(page), PAGE
        yield text, mark
        at = end


def page_anchor(page: int) -> str:
    """Where a page begins in the page of its document."""
    return f"page-{page}"


def _where(counts: Sequence[tuple[int, int]]) -> Facet:
    """How many marks each paragraph has, as a facet whose links lead to the paragraphs."""
    longest = max((count for _, count in counts), default=0)
    rows = tuple(
        Row(f"§{NO_BREAK}{paragraph}", count, f"#p{paragraph}", False, round(100 * count / longest))
        for paragraph, count in counts
    )
    if len(rows) <= PARAGRAPHS_IN_SIGHT + 1:
        return Facet(rows)
    more = rows[PARAGRAPHS_IN_SIGHT:]
    return Facet(rows[:PARAGRAPHS_IN_SIGHT], more, f"{len(more)} autres paragraphes")


def _inferred(document: Document) -> str:
    source = str(document.date_source)
    return DATE_SOURCES[source] if document.date and source in _INFERRED else ""


def _download(document: Document) -> Link:
    kind = f" ({document.format})" if document.format else ""
    return Link(f"Télécharger le fichier{kind}", document_url(document.id, suffix="/original"))


def _safe_link(url: str | None) -> str | None:
    """The original's address, if it is one that a browser may follow."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _facts(document: Document) -> tuple[tuple[str, str], ...]:
    """Where what we say of a document was found; items that nobody knows are left out."""
    date = DATE_SOURCES[str(document.date_source)] if document.date else "aucune date trouvée"
    facts = (
        ("Date", date),
        ("Titre", spaced(document.title_rule)),
        ("Type", spaced(document.type_rule)),
        ("Auteurs" if len(document.authors) > 1 else "Auteur", ", ".join(document.authors)),
        ("Langue", language_label(document.language) if document.language else ""),
        ("Format", document.format),
        ("Pages", number(len(document.pages) + 1) if document.pages else ""),
        ("Adresse", document.url or ""),
        ("Identifiant", document.id),
        ("Empreinte", document.digest),
    )
    return tuple((name, value) for name, value in facts if value)
