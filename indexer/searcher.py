"""The one query path: SearchRequest → SearchPage. Web pages, JSON and the command line all come through here."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.documents import TypeRules
from indexer.engines.base import Engine, EngineAnswer, EngineQuery, Snapshot
from indexer.errors import IndexProblem, OriginalGone, PageBeyondEnd, RequestError
from indexer.french.languages import language_label
from indexer.highlight import Marker, markers
from indexer.integrity import Guard
from indexer.model import (
    MONTHS,
    UNKNOWN_DATE,
    UNKNOWN_LANGUAGE,
    DateFilter,
    Document,
    DocumentPage,
    Export,
    FacetValue,
    Hit,
    Interpretation,
    InterpretationKind,
    Match,
    PartialDate,
    Passage,
    SearchPage,
    SearchRequest,
    Sort,
    Standing,
    Status,
    StatusReport,
    Suggestion,
    last_page,
    paragraphs,
)
from indexer.originals import Original, open_original
from indexer.query import Limits, Query, parse
from indexer.query.expand import Knowledge, Understood, replaced, understand
from indexer.query.synonyms import SynonymRule, Synonyms
from indexer.query.tree import positive_leaves, text_of
from indexer.settings import Settings

# Other names of which it is known whether a document has them: a list and the sigles have some thousands, asked for by
# whoever asks for the same thing.
_MAX_NAMES = 4096


class Found(NamedTuple):
    """How a request was understood, how many of its words were required, what the engine was asked and what was
    found."""

    understood: Understood
    required: int
    asked: EngineQuery
    answer: EngineAnswer


class SearchService:
    """Answers requests from the generation in service; thread-safe, one per process."""

    def __init__(
        self, engine: Engine, rules: TypeRules, settings: Settings, synonyms: Sequence[SynonymRule] = ()
    ) -> None:
        self.settings = settings
        self._engine = engine
        self._guard = Guard(engine)
        self._rules = rules
        self._synonyms = synonyms
        self._known: tuple[Snapshot, Knowledge] | None = None
        search = settings.search
        self._limits = Limits(
            max_chars=search.max_chars,
            max_clauses=search.max_clauses,
            max_depth=search.max_depth,
            min_prefix=search.min_prefix,
        )

    def watch(self) -> None:
        """Have every byte of the index checked in the background from now on: for a process that serves. What is known
        of its words is made ready too, so that the first request need not wait for it."""
        self._guard.start()
        threading.Thread(target=self._warm, name="warm", daemon=True).start()

    def _warm(self) -> None:
        with suppress(IndexProblem):  # every request will say so
            self._knowledge(self._snapshot())

    def ready(self) -> Status:
        """What the index holds, once it is known to be sound. Raises IndexProblem."""
        status = self.status()
        self._guard.refuse_unready(status.generation)
        return status

    def status(self) -> Status:
        """What the index holds. Raises IndexProblem."""
        return self._snapshot().status

    def report(self) -> StatusReport:
        """All that is known of the index: counts, problems, runs. What a generation says is counted once. Raises
        IndexProblem."""
        snapshot = self._snapshot()
        return StatusReport(snapshot.status, snapshot.holdings, snapshot.problems, self._engine.runs())

    def documents(self, undated: bool = False) -> Iterator[Document]:
        """Every document of the index, or those without a date, one by one. Raises IndexProblem."""
        return self._snapshot().documents(undated=undated)

    def _snapshot(self) -> Snapshot:
        snapshot = self._engine.snapshot()
        self._guard.refuse_damaged(snapshot.status.generation)
        return snapshot

    def label(self, type: str) -> str:
        """A type as people read it: « Communiqué »."""
        return self._rules.label(type)

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of hits, with counts over all of them.

        Raises QueryTooLarge, PageBeyondEnd, RequestError for a mention of an index that knows none, or IndexProblem: a
        failure is never an empty page.
        """
        started = time.perf_counter()
        snapshot = self._snapshot()
        return self._shown(request, snapshot, self._page(request, snapshot), started)

    def _shown(self, request: SearchRequest, snapshot: Snapshot, found: Found, started: float) -> SearchPage:
        """What was found as a page. `started` is when the work on it began."""
        understood, required, _, answer = found
        query = understood.query
        words = len(query.words)
        marks = markers(positive_leaves(query.tree(words)), snapshot.analyzer)
        return SearchPage(
            request=request,
            understood=query.understood,
            match=Match(words=words, required=required, all=answer.every or 0),
            total=answer.total,
            hits=tuple(self._hits(answer, marks)),
            types=type_facet(answer.types, request.types, self._rules),
            dates=date_facet(answer.dates, request.date),
            languages=language_facet(answer.languages, request.languages),
            mentions=None if answer.mentions is None else mention_facet(answer.mentions, request.mention),
            generation=snapshot.status.generation,
            took_ms=(time.perf_counter() - started) * 1000,
            interpretations=tuple(interpretations(request, understood, required)),
            suggestion=replace(request, text=understood.offer, page=1) if understood.offer else None,
            reprises=answer.reprises,
        )

    def ranked(self, request: SearchRequest) -> tuple[str, ...]:
        """The ids of the hits of a page, without what shows them: what measures of ranking ask. These judge every
        document, so none is beneath another. Raises as `search`."""
        found = self._page(replace(request, apart=True), self._snapshot())
        return tuple(document.id for document, _ in found.answer.hits)

    def latest(self, request: SearchRequest, count: int) -> SearchPage:
        """What a request finds of what came into the index last: `count` hits at most, the newest first; of one moment
        by id. Documents that say nearly the same are each a hit. Raises QueryTooLarge or IndexProblem."""
        started = time.perf_counter()
        snapshot = self._snapshot()
        request = replace(request, apart=True, explain=False, page=1, per_page=count)
        return self._shown(request, snapshot, self._find(request, snapshot, range(count), by_arrival=True), started)

    def export(self, request: SearchRequest) -> Export:
        """All hits, as far as the settings let one take them; found in one generation, which stays open meanwhile.
        Raises QueryTooLarge or IndexProblem."""
        snapshot = self._snapshot()
        request = replace(request, apart=True, explain=False, page=1)
        found = self._find(request, snapshot, range(0))
        count = min(found.answer.total, self.settings.search.export_most)
        return Export(
            request=request,
            understood=found.understood.query.understood,
            total=found.answer.total,
            count=count,
            generation=snapshot.status.generation,
            documents=snapshot.heads(replace(found.asked, limit=count)),
        )

    def standing(self, request: SearchRequest, rank: int, id: str) -> Standing | None:
        """What is before and after a document among the results; None when it does not stand at this rank any more.
        Raises QueryTooLarge or IndexProblem."""
        around = range(max(rank - 2, 0), rank + 1)
        answer = self._find(replace(request, explain=False), self._snapshot(), around).answer
        ids = [document.id for document, _ in answer.hits]
        here = rank - 1 - around.start
        if here >= len(ids) or ids[here] != id:
            return None
        previous, following = ids[:here], ids[here + 1 :]
        hits = answer.total - answer.reprises
        return Standing(rank, hits, previous[0] if previous else None, following[0] if following else None)

    def _page(self, request: SearchRequest, snapshot: Snapshot) -> Found:
        """What the page asked shows. Raises PageBeyondEnd."""
        first = (request.page - 1) * request.per_page
        found = self._find(request, snapshot, range(first, first + request.per_page))
        last = last_page(found.answer.total - found.answer.reprises, request.per_page)
        if request.page > last:
            raise PageBeyondEnd(request.page, last)
        return found

    def _find(self, request: SearchRequest, snapshot: Snapshot, shown: range, *, by_arrival: bool = False) -> Found:
        """What was found, with the hits at these places (from 0) in the order asked, or in that of their arrival."""
        if request.mention and not snapshot.mentions:
            raise RequestError(
                "Les dates citées ne sont pas relevées dans ce fonds.", parameter="mention", value=str(request.mention)
            )
        understood = self._understood(request.text, snapshot, request.literal)
        query = understood.query
        # Nothing to be relevant to: newest first.
        by_relevance = query.asked or request.sort is not Sort.RELEVANCE
        sort = request.sort if by_relevance else Sort.NEWEST
        words = len(query.words)

        def asked(required: int) -> EngineQuery:
            return EngineQuery(
                tree=query.tree(required),
                types=request.types,
                date=request.date,
                languages=tuple(map(_language_code, request.languages)),
                mention=request.mention,
                sort=sort,
                offset=shown.start,
                limit=len(shown),
                every=query.tree(words),
                words=query.asked,
                accents=True,
                explain=request.explain,
                by_arrival=by_arrival,
                grouped=self.settings.search.group and not request.apart,
            )

        required = words if request.all_words else query.required_words
        question = asked(required)
        answer = snapshot.search(question)
        relaxed = query.relaxed_words
        # Filters do not count here: a facet value must give the number of hits that it announced.
        if not request.all_words and relaxed is not None and answer.matched < self.settings.search.relax_below:
            required = relaxed
            question = asked(required)
            answer = snapshot.search(question)
        return Found(understood, required, question, answer)

    def _understood(self, text: str, snapshot: Snapshot, literal: Iterable[str] = ()) -> Understood:
        def parsed(text: str) -> Query:
            return parse(text, snapshot.analyzer, self._limits, self._rules.named, mentions=snapshot.mentions)

        return understand(text, parsed, self._knowledge(snapshot), literal)

    def _knowledge(self, snapshot: Snapshot) -> Knowledge:
        """What is known of a generation; other names are analysed again only when its sigles are others."""
        held = self._known
        if held and held[0] is snapshot:
            return held[1]
        same = held and held[0].analyzer is snapshot.analyzer and held[0].sigles is snapshot.sigles
        known = Knowledge(
            analyzer=snapshot.analyzer,
            lexicon=snapshot.lexicon,
            synonyms=held[1].synonyms if held and same else self._other_names(snapshot),
            documents=lru_cache(_MAX_NAMES)(lambda node: snapshot.search(EngineQuery(node, limit=0)).matched),
            synonym=self.settings.ranking.synonym,
            corrections=self.settings.search.corrections,
        )
        self._known = snapshot, known
        return known

    def _other_names(self, snapshot: Snapshot) -> Synonyms:
        learned = snapshot.sigles if self.settings.search.sigles else ()
        return Synonyms(self._synonyms, snapshot.analyzer, learned)

    def _hits(self, answer: EngineAnswer, marks: tuple[Marker, Marker]) -> Iterator[Hit]:
        search = self.settings.search
        in_title, in_text = marks
        documents = [document for document, _ in answer.hits]
        titles = in_title.mark_all([document.title for document in documents])
        passages = in_text.passages(
            [document.text for document in documents], count=search.fragments, max_chars=search.fragment_chars
        )
        for (document, score), title, found, reasons, repeats in zip(
            answer.hits, titles, passages, answer.reasons, answer.repeats, strict=True
        ):
            yield Hit(
                document=document,
                score=score,
                title=title,
                fragments=tuple([fragment for _, fragment in found]),
                reasons=reasons,
                pages=tuple([document.page_at(place) for place, _ in found]),
                repeats=repeats,
                paragraphs=tuple([document.paragraph_at(place) for place, _ in found]),
            )

    def suggestions(self, text: str) -> tuple[Suggestion, ...]:
        """What a person who typed this may be about to type: at most eight, best first, no two of the same words.

        None for a text that is no search yet (fewer than two letters) or too long for one. Raises IndexProblem.
        """
        return self._snapshot().suggestions(text) if len(text) <= self.settings.search.max_chars else ()

    def has(self, id: str) -> bool:
        """True when there is a document with this id. Raises IndexProblem."""
        return self._snapshot().get(id) is not None

    def original(self, id: str) -> Original | None:
        """The file of a document, open, if it is what was indexed; None when there is no such document. Raises
        OriginalProblem or IndexProblem."""
        snapshot = self._snapshot()
        document = snapshot.get(id)
        if document is None:
            return None
        root = next((root for root in snapshot.status.roots if root.name == document.root), None)
        if root is None:
            raise OriginalGone
        return open_original(Path(root.path), document, self.settings.corpus.max_file_bytes)

    def document(self, id: str, text: str = "", literal: Iterable[str] = ()) -> DocumentPage | None:
        """A whole document, the words of a query marked in it; None when there is no such document. `literal` are those
        of a SearchRequest."""
        snapshot = self._snapshot()
        document = snapshot.get(id)
        if document is None:
            return None
        query = self._understood(text, snapshot, literal).query
        in_title, in_text = markers(positive_leaves(query.tree(len(query.words))), snapshot.analyzer)
        parts = list(paragraphs(document.text))
        marked = in_text.mark_all([paragraph for _, paragraph in parts])
        passages = tuple(
            Passage(number, pieces, document.page_at(start), _breaks(document, start, len(paragraph)))
            for number, ((start, paragraph), pieces) in enumerate(zip(parts, marked, strict=True), start=1)
        )
        return DocumentPage(
            document=document,
            type_label=self._rules.label(document.type),
            title=in_title.mark(document.title),
            passages=passages,
            marks=sum(marked for passage in passages for _, marked in passage.pieces),
            generation=snapshot.status.generation,
            repeats=snapshot.repeats(id),
            similar=snapshot.similar(document, self.settings.search.similar) if self.settings.search.similar else (),
        )


def _breaks(document: Document, start: int, length: int) -> tuple[tuple[int, int], ...]:
    """Where in a paragraph, which begins at `start`, pages begin: (place in it, number), of several at a place the
    last."""
    inside = range(bisect_right(document.pages, start), bisect_left(document.pages, start + length))
    return tuple({document.pages[index] - start: index + 2 for index in inside}.items())


def interpretations(request: SearchRequest, understood: Understood, required: int) -> Iterator[Interpretation]:
    """How the text of a request was read, each with the request that undoes it."""
    query = understood.query
    for change in understood.changes:
        undone = replace(request, literal=(*request.literal, change.source), page=1)
        yield Interpretation(change.kind, change.source, change.targets, undone)
    if query.skipped:
        quoted = request.text
        for word in query.skipped:
            quoted = replaced(quoted, word, f'"{word}"')
        if quoted != request.text:
            undone = replace(request, text=quoted, page=1)
            yield Interpretation(InterpretationKind.SKIPPED, " ".join(query.skipped), (), undone)
    words = len(query.words)
    if words > 1 and (request.all_words or required < words):
        asked = " ".join(map(text_of, query.words))
        target = f"{required} mot{'s' if required > 1 else ''} sur {words}"
        undone = replace(request, all_words=not request.all_words, page=1)
        yield Interpretation(InterpretationKind.REQUIRED, asked, (target,), undone)


def type_facet(counts: Mapping[str, int], chosen: Iterable[str], rules: TypeRules) -> tuple[FacetValue, ...]:
    """Types with their counts: most frequent first, then as types.toml lists them, then by label.

    Chosen ones stay, with 0 if need be, so that they can be undone.
    """
    chosen = frozenset(chosen)
    place = {value: number for number, value in enumerate(rules.order)}
    values = [
        FacetValue(value, rules.label(value), counts.get(value, 0), selected=value in chosen)
        for value in chosen.union(counts)
    ]
    return tuple(sorted(values, key=lambda one: (-one.count, place.get(one.value, len(place)), one.label)))


def language_facet(counts: Mapping[str, int], chosen: Iterable[str]) -> tuple[FacetValue, ...]:
    """Languages with their counts, most frequent first, then by name, the unknown one last. Chosen ones stay."""
    chosen = frozenset(chosen)
    found = {code or UNKNOWN_LANGUAGE: count for code, count in counts.items()}
    values = [
        FacetValue(code, language_label(_language_code(code)), found.get(code, 0), selected=code in chosen)
        for code in chosen.union(found)
    ]
    return tuple(sorted(values, key=lambda one: (one.value == UNKNOWN_LANGUAGE, -one.count, one.label)))


def _language_code(value: str) -> str:
    """What the index has for a value of the facet."""
    return "" if value == UNKNOWN_LANGUAGE else value


def date_facet(counts: Mapping[int, int], chosen: DateFilter | None) -> tuple[FacetValue, ...]:
    """Years in order, the chosen one open on its months and the chosen month on its days, then unknown dates.

    `counts` is by date key (yyyymmdd, missing parts 0; 0 for none), or by year outside the one that is open. A chosen
    value stays with count 0.
    """
    opened = chosen.opened if chosen else None
    selected = str(chosen) if chosen else ""
    dated = {key: count for key, count in counts.items() if key}
    values = [*_level_of_dates(dated, 0, 10_000, opened.key if opened else 0, selected)]
    unknown = counts.get(0, 0)
    if unknown or (chosen and chosen.unknown):
        values.append(FacetValue(UNKNOWN_DATE, "date inconnue", unknown, selected=selected == UNKNOWN_DATE))
    return tuple(values)


def _level_of_dates(
    counts: Mapping[int, int], above: int, unit: int, opened: int, selected: str
) -> Iterator[FacetValue]:
    """Years in order (`above` is 0), months of a year or days of a month (`above` is its key), then those that say no
    more than that. Keys differ by `unit`; the one that `opened` lies in is there in any case, open on what is in it."""
    here = opened - opened % unit
    totals = {here: 0} if here != above else {}
    for key, count in counts.items():
        rounded = key - key % unit
        totals[rounded] = totals.get(rounded, 0) + count
    for key in sorted(totals.keys() - {above}):
        inside: tuple[FacetValue, ...] = ()
        if key == here and unit > 1:
            within = {one: count for one, count in counts.items() if one - one % unit == key}
            inside = tuple(_level_of_dates(within, key, unit // 100, opened, selected))
        text, label = _dated(key)
        yield FacetValue(text, label, totals[key], selected=text == selected, children=inside)
    if above in totals:
        yield FacetValue("", "sans mois" if unit == 100 else "sans jour", totals[above], selectable=False)


def mention_facet(counts: Mapping[int, int], chosen: PartialDate | None) -> tuple[FacetValue, ...]:
    """The years that documents name in order, the chosen one open on its months and the chosen month on its days.

    `counts` is by date key: years, months of the year that is chosen, days of its month. A chosen value stays with
    count 0.
    """
    key = chosen.key if chosen else 0
    way = {key, key - key % 100, key - key % 10_000} - {0}

    def value(one: int, inside: tuple[FacetValue, ...] = ()) -> FacetValue:
        text, label = _dated(one)
        return FacetValue(text, label, counts.get(one, 0), one == key, children=inside if one in way else ())

    keys = sorted(counts.keys() | way)
    days = tuple(value(one) for one in keys if one % 100)
    months = tuple(value(one, days) for one in keys if one % 10_000 and not one % 100)
    return tuple(value(one, months) for one in keys if not one % 10_000)


@lru_cache(maxsize=4096)  # the same years stand on every page
def _dated(key: int) -> tuple[str, str]:
    """The date of a key as a request names it, and its label."""
    date = PartialDate.from_key(key)
    assert date
    return str(date), _label(date)


def _label(date: PartialDate) -> str:
    """The last part of a date, which stands beneath the others: a year, a month or the number of a day."""
    if date.day:
        return "1er" if date.day == 1 else str(date.day)
    return MONTHS[date.month - 1] if date.month else str(date.year)
