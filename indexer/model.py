"""The values that everything else passes around: small, frozen, without behaviour beyond their own arithmetic."""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class Position:
    """One word of a text and the terms it is indexed under.

    `surface` holds its folded forms, the word itself first, alternatives after; `stem` their stems without
    repetition. `text[start:end]`, in code points, is what the author wrote.
    """

    surface: tuple[str, ...]
    stem: tuple[str, ...]
    start: int
    end: int


# --- dates ---------------------------------------------------------------------------------------------------------


class DateSource(StrEnum):
    """Where a document's date was found, in the order in which we look."""

    METADATA = "metadata"
    HEADER = "header"
    FILENAME = "filename"
    TEXT = "text"
    NONE = "none"


_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year: as precise as the source was, never more.

    Raises ValueError when the parts make no date of the Gregorian calendar.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.year <= 9999:
            raise ValueError(f"year {self.year} is not in 1..9999")
        if self.month is None:
            if self.day is not None:
                raise ValueError("a day needs a month")
        elif not 1 <= self.month <= 12:
            raise ValueError(f"month {self.month} is not in 1..12")
        elif self.day is not None and not 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]:
            raise ValueError(f"day {self.day} is not in month {self.year}-{self.month:02}")

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `2023`, `2023-06` or `2023-06-30`; anything else is a ValueError."""
        match = _PARTIAL_DATE.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a partial date")
        year, month, day = match.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @classmethod
    def from_key(cls, key: int) -> PartialDate | None:
        """The date of a `key`; 0 is no date."""
        if key == 0:
            return None
        return cls(key // 10_000, key // 100 % 100 or None, key % 100 or None)

    @property
    def key(self) -> int:
        """The date as the integer yyyymmdd, missing parts 0: 2023-06 is 20230600. Unique, and orders dates."""
        return self.year * 10_000 + (self.month or 0) * 100 + (self.day or 0)

    @property
    def first(self) -> int:
        """The first day of the period, as yyyymmdd."""
        return self.year * 10_000 + (self.month or 1) * 100 + (self.day or 1)

    @property
    def last(self) -> int:
        """The last day of the period, as yyyymmdd."""
        month = self.month or 12
        return self.year * 10_000 + month * 100 + (self.day or calendar.monthrange(self.year, month)[1])

    @property
    def precision(self) -> Literal["day", "month", "year"]:
        """`day`, `month` or `year`."""
        return "day" if self.day else "month" if self.month else "year"

    def __str__(self) -> str:
        text = f"{self.year:04}"
        if self.month:
            text += f"-{self.month:02}"
        if self.day:
            text += f"-{self.day:02}"
        return text


UNKNOWN_DATE = "inconnue"
UNKNOWN_LANGUAGE = "inconnue"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateFilter:
    """Which dates are asked for: a period (either end may be open), or `unknown`, the documents without a date."""

    first: PartialDate | None = None
    last: PartialDate | None = None
    unknown: bool = False

    @classmethod
    def parse(cls, text: str) -> DateFilter:
        """Read `2023-06`, `2023-06..2023-09`, `2023-06..`, `..2023` or `inconnue`; anything else is a ValueError."""
        if text == UNKNOWN_DATE:
            return cls(unknown=True)
        first, dots, last = text.partition("..")
        if not dots:
            date = PartialDate.parse(text)
            return cls(date, date)
        if not first and not last:
            raise ValueError("a range needs at least one end")
        made = cls(PartialDate.parse(first) if first else None, PartialDate.parse(last) if last else None)
        if made.first and made.last and made.first.first > made.last.last:
            raise ValueError("the range ends before it begins")
        return made

    @property
    def single(self) -> PartialDate | None:
        """The one year, month or day asked for, if it is not a range."""
        return self.first if self.first == self.last else None

    @property
    def opened(self) -> PartialDate | None:
        """The date below which the facet opens: the one asked for, or the month or the year that a range stays in."""
        if self.single:
            return self.single
        if self.first and self.last and self.first.year == self.last.year:
            return PartialDate(self.first.year, self.first.month if self.first.month == self.last.month else None)
        return None

    def matches(self, date: PartialDate | None) -> bool:
        """True when the whole period of `date` lies inside the asked one: 2023-06 takes its days, not the year 2023."""
        if self.unknown or date is None:
            return self.unknown and date is None
        return (self.first is None or date.first >= self.first.first) and (
            self.last is None or date.last <= self.last.last
        )

    def __str__(self) -> str:
        if self.unknown:
            return UNKNOWN_DATE
        if self.single:
            return str(self.single)
        return f"{self.first or ''}..{self.last or ''}"


# --- documents -----------------------------------------------------------------------------------------------------


def place_inside(outer: str, inner: str) -> str:
    """The place of a part of a file, as it is shown: `a.zip!/b.pdf`, or `a.csv#12` for a row; either may be ""."""
    return f"{outer}{_joint(inner)}{inner}" if outer and inner else outer or inner


def _joint(inner: str) -> str:
    return "" if inner.startswith("#") else "!/"


PARAGRAPH_END = "\n\n"


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text, each with its place (code points)."""
    start = 0
    for paragraph in text.split(PARAGRAPH_END):
        if paragraph:
            yield start, paragraph
        start += len(paragraph) + len(PARAGRAPH_END)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the index stores it.

    `text` is plain, paragraphs separated by one blank line, and does not repeat `title`. `root` is the name of the
    root it came from and `path` its place below it (`a/b.txt`, `docs.jsonl#id`). `digest` is the SHA-256 of what it was
    read from; `first_seen` the UTC time (ISO 8601) of the run that first had it. `title_rule`, `type_rule` say which
    rule chose the title and the type.

    `member` is the end of `path` when the document is a part of a file (`b.pdf` of `a.zip!/b.pdf`, `#12` of
    `a.csv#12`). `format` names how it was read; `language` is a code of ISO 639-1, "" when there is no telling. `pages`
    says where in `text` (code points) each page after the first begins; nothing for what has no pages. When `text` is a
    part of the whole, a page of which it has nothing begins where the next one does. `stretches` then says where each
    stretch of the whole begins in `text`, and the number of the paragraph of the whole there (0: nobody knows).
    """

    id: str
    title: str
    text: str
    type: str
    date: PartialDate | None
    date_source: DateSource
    root: str
    path: str
    digest: str
    first_seen: str
    title_rule: str = ""
    type_rule: str = ""
    url: str | None = None
    source: str | None = None
    member: str = ""
    format: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    stretches: tuple[tuple[int, int], ...] = ()

    def page_at(self, place: int) -> int | None:
        """The number of the page (from 1) that a place in the text is on; None when the document has no pages."""
        return bisect_right(self.pages, place) + 1 if self.pages else None

    def paragraph_at(self, place: int) -> int | None:
        """The number (from 1) of the paragraph that a place in the text is in, as the whole text counts them; None when
        the text is a part of it and the index does not know which."""
        start, number = max(one for one in self.stretches if one[0] <= place) if self.stretches else (0, 1)
        return number + self.text.count(PARAGRAPH_END, start, place) if number else None

    @property
    def is_line(self) -> bool:
        """True for a line of a file of lines."""
        return self.path.endswith(f"#{self.id}")

    @property
    def file(self) -> str:
        """The path of the file that it is, or is a part or a line of."""
        path = self.path.removesuffix(f"#{self.id}")
        return path.removesuffix(_joint(self.member) + self.member) if self.member else path


@dataclass(frozen=True, slots=True)
class Reprise:
    """A document whose text is nearly that of another: what tells it from that."""

    id: str
    title: str
    path: str
    source: str | None
    date: PartialDate | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Similar:
    """A document about the same things as another: what tells it from that, and how much of what counts in the other it
    has (`share`, 0 to 1)."""

    id: str
    title: str
    path: str
    type: str
    source: str | None
    date: PartialDate | None
    share: float


@dataclass(frozen=True, slots=True)
class Repeats:
    """Where else the text of a document is.

    `places` are the paths of its copies, byte for byte (the first of `places_count`); one in another root has that
    root's name before it. `reprises` say nearly the same, oldest first (the first of `reprises_count`).
    """

    places: tuple[str, ...] = ()
    places_count: int = 0
    reprises: tuple[Reprise, ...] = ()
    reprises_count: int = 0


NO_REPEATS = Repeats()


# --- searching -----------------------------------------------------------------------------------------------------


class Sort(StrEnum):
    """Orders of a result list; the values are the `tri` of the query string."""

    RELEVANCE = "pertinence"
    NEWEST = "recent"
    OLDEST = "ancien"
    TITLE = "titre"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question: the text as typed, the filters, the order, the page (from 1) and its size.

    `types` holds any of these types (none: all), `languages` any of these codes or UNKNOWN_LANGUAGE. `all_words` asks
    for every word instead of the usual matching rule. `explain` asks for the reasons of each hit. `literal` are words
    taken as they were typed, never corrected nor found under other names. `apart` shows documents that say nearly the
    same as hits of their own. `mention` is a date that documents must name.
    """

    text: str = ""
    types: tuple[str, ...] = ()
    date: DateFilter | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 10
    all_words: bool = False
    explain: bool = False
    literal: tuple[str, ...] = ()
    apart: bool = False
    languages: tuple[str, ...] = ()
    mention: PartialDate | None = None


class InterpretationKind(StrEnum):
    """How a part of a query was read otherwise than as it was typed."""

    CORRECTION = "correction"  # a misspelt word was replaced
    SYNONYM = "synonym"  # other names are found too
    SKIPPED = "skipped"  # stop words were passed over
    REQUIRED = "required"  # not all words are required, or all are at the request of the person


BETWEEN_NAMES = " ; "


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What was typed (`source`), what it was taken for (`targets`, in French; a synonym has several), and the request
    that undoes that."""

    kind: InterpretationKind
    source: str
    targets: tuple[str, ...]
    undo: SearchRequest

    @property
    def target(self) -> str:
        """What it was taken for, as one text."""
        return BETWEEN_NAMES.join(self.targets)


# A piece of text and whether it is marked as a match; pieces in a row make a fragment.
Piece = tuple[str, bool]
Fragment = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one word adds to the score of a document, in one field and one form.

    `text` is what the person typed, or what it was expanded to; `field` is `title`, `body` or empty (no one field).
    `form` is `surface` (as typed), `stem` (its family), `phrase`, `near`, `prefix`, `closeness` or `accent`.
    `frequency` is how often it occurs there so (of several spellings the most frequent), 0 where it is not counted.
    """

    text: str
    field: str
    form: str
    frequency: int
    score: float


class Hit(NamedTuple):
    """One document of a result page, with its title marked and up to three fragments of its text.

    `pages` and `paragraphs` have the number of the page and of the paragraph that each fragment is on, None where there
    is none or nobody knows. `reasons`, when they were
    asked for, add up to the score; the greatest comes first. `repeats` has its copies and, of the documents found,
    those that say nearly the same and stand beneath it.
    """

    document: Document
    score: float
    title: Fragment
    fragments: tuple[Fragment, ...]
    reasons: tuple[Contribution, ...] = ()
    pages: tuple[int | None, ...] = ()
    repeats: Repeats = NO_REPEATS
    paragraphs: tuple[int | None, ...] = ()

    def share(self, reason: Contribution) -> float:
        """The part of the score that a reason makes, 0 to 1."""
        return reason.score / self.score if self.score else 0.0


class FacetValue(NamedTuple):
    """One value of a facet: `value` goes into the request, `label` is shown, `count` is the hits it would give.

    `selectable` is False for values that no request can name (documents of a year whose month is not known).
    """

    value: str
    label: str
    count: int  # type: ignore[assignment]  # instead of the method of a tuple
    selected: bool = False
    selectable: bool = True
    children: tuple[FacetValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How the words were required: `required` of `words` had to be there; `all` documents have every one."""

    words: int
    required: int
    all: int


def last_page(total: int, per_page: int) -> int:
    """The number of the last page of `total` hits; 1 when there are none."""
    return max(1, -(-total // per_page))


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to a SearchRequest: one page of hits, with counts over all hits.

    `understood` reads the query back; `interpretations` say where that is not what was typed. `suggestion` is a request
    that may have been meant instead. `reprises` of the `total` documents stand beneath a hit that says nearly the same;
    pages are of the others. `mentions` counts the dates that documents name, None when they are not looked for.
    """

    request: SearchRequest
    understood: str
    match: Match
    total: int
    hits: tuple[Hit, ...]
    types: tuple[FacetValue, ...]
    dates: tuple[FacetValue, ...]
    generation: int
    took_ms: float
    interpretations: tuple[Interpretation, ...] = ()
    suggestion: SearchRequest | None = None
    reprises: int = 0
    languages: tuple[FacetValue, ...] = ()
    mentions: tuple[FacetValue, ...] | None = None

    @property
    def last_page(self) -> int:
        """The number of the last page; 1 when there are no hits."""
        return last_page(self.total - self.reprises, self.request.per_page)


@dataclass(frozen=True, slots=True)
class Export:
    """All that a request found, or the first `count` of it: `documents`, without their texts, in the order asked, read
    one by one. Documents that say nearly the same are each one of them; the page of the request does not count."""

    request: SearchRequest
    understood: str
    total: int
    count: int
    generation: int
    documents: Iterator[Document]


class SuggestionKind(StrEnum):
    """What a suggestion is: the title of documents, an expression that they hold, or words with the last one ended."""

    TITLE = "titre"
    EXPRESSION = "expression"
    WORD = "mot"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person may be about to type. `count` documents have it: as their title, in sequence, or all its words."""

    text: str
    kind: SuggestionKind
    count: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of a document page, its matches marked; `number` counts from 1.

    `page` is the page that it begins on, None when there are none; `breaks` are the places in it where another begins,
    and the number of that.
    """

    number: int
    pieces: Fragment
    page: int | None = None
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A whole document with the words of a query marked; `type_label` is the type as shown, `repeats` where else its
    text is, `similar` what is about the same things, the nearest first."""

    document: Document
    type_label: str
    title: Fragment
    passages: tuple[Passage, ...]
    marks: int
    generation: int
    repeats: Repeats = NO_REPEATS
    similar: tuple[Similar, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a document stands among the results of a request: `rank` (from 1) of `hits`, and the ids of those before
    and after it."""

    rank: int
    hits: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file of the index that is not what was written, and how it differs (French)."""

    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, line or member that is not in the index, and why. `empty`: it could be read, but holds no text.

    `path` is relative to the root of this name; problems are equal whatever their root is called.
    """

    path: str
    reason: str
    empty: bool = False
    root: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Root:
    """A folder or file that was given to `reindex`: its name in ids and paths, and where it lies."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the index holds: for `status`, the page head and the readiness check. `copies` are files that are, byte for
    byte, one of the `documents` again."""

    generation: int
    published: str
    documents: int
    bytes: int
    roots: tuple[Root, ...]
    last_run: Mapping[str, object] = field(default_factory=dict)
    copies: int = 0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of `reindex`: when it started (UTC, ISO 8601), what it was asked, what it did and how it ended.

    `generation` is the one in service after it. Counts are those of the report: documents, but `failed` and `empty`
    count files, lines and members. `error` says in French why the run, or one of its roots, came to nothing; empty
    when all went well.
    """

    at: str
    took_ms: int
    generation: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    empty: int = 0
    paths: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()
    full: bool = False
    check: bool = False
    watch: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many documents there are of each format, type, year and language ("": none is known), and without a date."""

    formats: Mapping[str, int]
    types: Mapping[str, int]
    years: Mapping[int, int]
    languages: Mapping[str, int]
    undated: int


class StatusList(StrEnum):
    """The lists that go with a status; the values are those of `status --csv` and of the page's `liste`."""

    FAILED = "echecs"
    EMPTY = "vides"
    UNDATED = "sans-date"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class StatusReport:
    """All that the one who keeps an index wants to know of it: `problems` ordered by root and path, `runs` by date, the
    last one first."""

    status: Status
    holdings: Holdings
    problems: tuple[Problem, ...]
    runs: tuple[RunRecord, ...]

    @property
    def failed(self) -> tuple[Problem, ...]:
        """What could not be read."""
        return tuple(problem for problem in self.problems if not problem.empty)

    @property
    def empty(self) -> tuple[Problem, ...]:
        """What holds no text."""
        return tuple(problem for problem in self.problems if problem.empty)
