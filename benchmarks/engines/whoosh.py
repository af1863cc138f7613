"""Whoosh as it comes: its own segments, its own queries, and a collector that walks every match.

Its default collector loses hits of queries over two fields (tests/columnar/test_whoosh_faults.py), so `replace=0` turns
its block skipping off.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from whoosh import analysis, collectors, fields, highlight, index, query, scoring, sorting
from whoosh.support.charset import accent_map

from benchmarks.analysis import FIELDS, load
from benchmarks.corpus import Corpus
from benchmarks.engines.base import HITS, SNIPPET_CHARS, Answer, Op, Question, fold
from indexer.query import Phrase, Prefix, Word, positive_leaves
from indexer.settings import Ranking, load_settings

_POOL_MB = 256
_FRENCH = (
    analysis.RegexTokenizer()
    | analysis.LowercaseFilter()
    | analysis.CharsetFilter(accent_map)
    | analysis.StemFilter(lang="fr")
)


def _schema() -> Any:
    spaces = analysis.SpaceSeparatedTokenizer()
    terms = {field: fields.TEXT(analyzer=spaces, phrase=field.endswith("surface")) for field in FIELDS}
    return fields.Schema(
        id=fields.STORED(),
        title=fields.STORED(),
        text=fields.STORED(),
        type=fields.ID(sortable=True),
        year=fields.NUMERIC(int, sortable=True),
        **terms,
    )


class StockWhoosh:
    """See the module."""

    name = "whoosh"
    note = "stock segments, exhaustive collector, no rule of its own: our rule is asked as any word"
    ops = frozenset((Op.ALL, Op.ANY))

    def version(self) -> str:
        """The fork's version."""
        return version("whoosh3")

    def build(self, corpus: Corpus, folder: Path) -> None:
        """See Engine."""
        folder.mkdir(parents=True)
        writer = index.create_in(str(folder), _schema()).writer(limitmb=_POOL_MB)
        for document in load(corpus.folder):
            writer.add_document(
                id=document.id,
                title=document.title,
                text=document.text,
                type=document.type,
                year=document.year,
                **{field: getattr(document, field) for field in FIELDS},
            )
        writer.commit()

    def open(self, folder: Path) -> WhooshIndex:
        """See Engine."""
        return WhooshIndex(folder, load_settings(environ={}).ranking)

    def sources(self) -> Sequence[Path]:
        """See Engine."""
        return [Path(__file__)]


class WhooshIndex:
    """An open index."""

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        weighting = scoring.BM25F(B=ranking.b, K1=ranking.k1)
        self._searcher = index.open_dir(str(folder), readonly=True).searcher(weighting=weighting)
        self._ranking = ranking

    def search(self, question: Question) -> Answer:
        """See Index."""
        asked = fold(question.tree, self._word, _prefix, _phrase, _at_least)
        facets = sorting.Facets({"type": sorting.FieldFacet("type"), "year": sorting.FieldFacet("year")})
        best = collectors.TopCollector(HITS, replace=0)
        counting = collectors.FacetCollector(best, facets, maptype=sorting.Count)
        self._searcher.search_with_collector(asked, counting)
        results = counting.results()
        hits = [(hit["id"], hit["title"]) for hit in results]
        snippets: list[Any] = []
        if question.snippets:
            terms = frozenset(token.text for leaf in _texts(question) for token in _FRENCH(leaf))
            snippets = [_snippet(hit["text"], terms) for hit in results]
        types, years = results.groups("type"), results.groups("year")
        return Answer(sum(types.values()), hits, types, years, snippets)

    def _word(self, word: Word) -> Any:
        ranking = self._ranking
        return query.Or(
            [
                query.Term(f"{field}_{form}", term, boost=getattr(ranking, field) * getattr(ranking, form))
                for field in ("title", "body")
                for form, terms in (("surface", word.surfaces), ("stem", word.stems))
                for term in terms
            ]
        )


def _prefix(prefix: Prefix) -> Any:
    return query.Or([query.Prefix(field, prefix.prefix) for field in ("title_surface", "body_surface")])


def _phrase(phrase: Phrase) -> Any:
    return query.Or([query.Phrase(field, list(phrase.words)) for field in ("title_surface", "body_surface")])


def _at_least(parts: list[Any], minimum: int) -> Any:
    if minimum not in (1, len(parts)):
        raise ValueError("Whoosh requires one word or all")
    return query.And(parts) if minimum == len(parts) else query.Or(parts)


def _texts(question: Question) -> list[str]:
    """What is asked, as text; Whoosh marks no prefixes here."""
    texts: list[str] = []
    for leaf in positive_leaves(question.tree):
        if isinstance(leaf, Word | Phrase):
            texts.append(leaf.text)
    return texts


def _snippet(text: str, terms: frozenset[str]) -> str:
    fragmenter = highlight.ContextFragmenter(maxchars=SNIPPET_CHARS)
    marked: str = highlight.highlight(text, terms, _FRENCH, fragmenter, highlight.UppercaseFormatter(), top=1)
    return marked
