"""tantivy (Rust), through its Python binding: the fastest embedded engine that we know.

The total is the sum of the counts by type, so that the ten best may be found with its block-max skipping. Its snippet
generator marks the stored text with a tokenizer of its own (folded, Snowball French) and only words that stand in an
index: `shown/` is a tiny one that holds each word once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from benchmarks.analysis import FIELDS, load
from benchmarks.corpus import Corpus
from benchmarks.engines.base import HITS, SNIPPET_CHARS, Answer, Op, Question, fold
from indexer.query import Node, Phrase, Prefix, Word, positive_leaves
from indexer.settings import Ranking, load_settings

_COUNTS = {
    "types": {"terms": {"field": "type", "size": 10_000}},
    "years": {"terms": {"field": "year", "size": 10_000}},
}
_HEAP_BYTES = 128_000_000
_SPACES = TextAnalyzerBuilder(Tokenizer.whitespace()).build()
_NOTHING = TextAnalyzerBuilder(Tokenizer.regex(r"[^\s\S]")).build()  # stores a text without indexing it
_FRENCH = (
    TextAnalyzerBuilder(Tokenizer.simple())
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stemmer("french"))
    .build()
)


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="nothing", index_option="basic")
    builder.add_text_field("text", stored=True, tokenizer_name="nothing", index_option="basic")
    builder.add_text_field("type", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("year", stored=True, fast=True)
    for field in FIELDS:
        option = "position" if field.endswith("surface") else "freq"
        builder.add_text_field(field, tokenizer_name="spaces", index_option=option)
    return builder.build()


def _shown_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="french", index_option="basic")
    return builder.build()


def _prepared(index: Any) -> Any:
    for name, analyzer in (("spaces", _SPACES), ("nothing", _NOTHING), ("french", _FRENCH)):
        index.register_tokenizer(name, analyzer)
    return index


class Tantivy:
    """See the module."""

    name = "tantivy"
    note = "writer with its default threads; snippets by its SnippetGenerator over the stored text"
    ops = frozenset(Op)

    def version(self) -> str:
        """The version of the binding, which follows the engine's."""
        return version("tantivy")

    def build(self, corpus: Corpus, folder: Path) -> None:
        """See Engine."""
        words: set[str] = set()
        index = _new(folder / "main", _schema())
        writer = index.writer(_HEAP_BYTES)
        for document in load(corpus.folder):
            made = tantivy.Document(id=document.id, title=document.title, text=document.text, type=document.type)
            made.add_unsigned("year", document.year)
            for field in FIELDS:
                made.add_text(field, getattr(document, field))
            writer.add_document(made)
            words.update(document.body_surface.split(" "))
        writer.commit()
        writer.wait_merging_threads()
        _shown(folder / "shown", words)

    def open(self, folder: Path) -> TantivyIndex:
        """See Engine."""
        return TantivyIndex(folder, load_settings(environ={}).ranking)

    def sources(self) -> Sequence[Path]:
        """See Engine."""
        return [Path(__file__)]


def _new(folder: Path, schema: Any) -> Any:
    folder.mkdir(parents=True)
    return _prepared(tantivy.Index(schema, path=str(folder)))


def _shown(folder: Path, words: Iterable[str]) -> None:
    writer = _new(folder, _shown_schema()).writer(_HEAP_BYTES, 1)
    writer.add_document(tantivy.Document(text=" ".join(sorted(words))))
    writer.commit()
    writer.wait_merging_threads()


class TantivyIndex:
    """An open index."""

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        self._index = _prepared(tantivy.Index.open(str(folder / "main")))
        self._shown = _prepared(tantivy.Index.open(str(folder / "shown")))
        self._schema, self._searcher = self._index.schema, self._index.searcher()
        self._shown_schema, self._shown_searcher = self._shown.schema, self._shown.searcher()
        self._weights = [
            (f"{field}_{form}", getattr(ranking, field) * getattr(ranking, form))
            for field in ("title", "body")
            for form in ("surface", "stem")
        ]

    def search(self, question: Question) -> Answer:
        """See Index."""
        return self.found(question)[0]

    def found(self, question: Question) -> tuple[Answer, list[Any]]:
        """The answer, and the stored documents of its hits."""
        query = fold(question.tree, self._word, self._prefix, self._phrase, _at_least)
        searcher = self._searcher
        best = searcher.search(query, HITS, count=False).hits
        counts = searcher.aggregate(query, _COUNTS)
        types = {bucket["key"]: bucket["doc_count"] for bucket in counts["types"]["buckets"]}
        years = {int(bucket["key"]): bucket["doc_count"] for bucket in counts["years"]["buckets"]}
        documents = [searcher.doc(address) for _, address in best]
        snippets = self._snippets(question.tree, documents) if question.snippets else []
        hits = [(document["id"][0], document["title"][0]) for document in documents]
        return Answer(sum(types.values()), hits, types, years, snippets), documents

    def _word(self, word: Word) -> Any:
        parts = [
            (Occur.Should, Query.boost_query(self._term(field, term), weight))
            for field, weight in self._weights
            for term in (word.stems if field.endswith("stem") else word.surfaces)
        ]
        return Query.boolean_query(parts)

    def _term(self, field: str, term: str) -> Any:
        option = "freq" if field.endswith("stem") else "position"
        return Query.term_query(self._schema, field, term, option)

    def _prefix(self, prefix: Prefix) -> Any:
        # Half the time of the regular expression `prefix.*` here.
        parts = [
            (Occur.Should, Query.fuzzy_term_query(self._schema, field, prefix.prefix, distance=0, prefix=True))
            for field in ("title_surface", "body_surface")
        ]
        return Query.boolean_query(parts)

    def _phrase(self, phrase: Phrase) -> Any:
        return Query.boolean_query(
            [(Occur.Should, self._sequence(field, phrase.words)) for field in ("title_surface", "body_surface")]
        )

    def _sequence(self, field: str, words: Sequence[str]) -> Any:
        if len(words) == 1:
            return self._term(field, words[0])
        return Query.phrase_query(self._schema, field, list(words))

    def _snippets(self, tree: Node, documents: Sequence[Any]) -> list[Any]:
        """One snippet a document, with the ranges to mark."""
        generator = tantivy.SnippetGenerator.create(self._shown_searcher, self._asked(tree), self._shown_schema, "text")
        generator.set_max_num_chars(SNIPPET_CHARS)
        found = [generator.snippet_from_doc(document) for document in documents]
        return [(snippet.fragment(), snippet.highlighted()) for snippet in found]

    def _asked(self, tree: Node) -> Any:
        terms: list[str] = []
        for leaf in positive_leaves(tree):
            match leaf:
                case Word():
                    terms += _FRENCH.analyze(leaf.text)
                case Phrase():
                    terms += _FRENCH.analyze(" ".join(leaf.words))
                case Prefix():
                    found = self._shown_searcher.terms_with_prefix("text", leaf.prefix, limit=50)
                    terms += [term for term, _ in found]
        schema = self._shown_schema
        parts = [(Occur.Should, Query.term_query(schema, "text", term, "basic")) for term in terms]
        return Query.boolean_query(parts)


def _at_least(parts: list[Any], minimum: int) -> Any:
    if minimum == len(parts):
        return Query.boolean_query([(Occur.Must, part) for part in parts])
    return Query.boolean_query([(Occur.Should, part) for part in parts], minimum_number_should_match=minimum)
