"""Xapian, through Debian's python3-xapian, which a virtual environment does not see by itself.

Terms carry Xapian's usual prefixes: none and Z for the text's surfaces and stems, S and ZS for the title's, so that
its snippets know them. It marks by its own French stemmer, which keeps accents, where our terms have none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.analysis import FIELDS, SEPARATOR, load
from benchmarks.corpus import Corpus
from benchmarks.engines.base import HITS, SNIPPET_CHARS, Answer, Op, Question, fold
from indexer.query import Phrase, Prefix, Word
from indexer.settings import Ranking, load_settings

_DEBIAN = "/usr/lib/python3/dist-packages"


def _imported() -> Any:
    """The binding, wherever it is. Raises ImportError."""
    try:
        return import_module("xapian")
    except ImportError:
        sys.path.append(_DEBIAN)
        try:
            return import_module("xapian")
        finally:
            sys.path.remove(_DEBIAN)


xapian = _imported()

_PREFIXES = dict(zip(FIELDS, ("S", "ZS", "", "Z"), strict=True))
_TYPE, _YEAR = 0, 1
_MAX_TERM_BYTES = 245


class Xapian:
    """See the module."""

    name = "xapian"
    note = "one process, no rule of its own: our rule is asked as any word"
    ops = frozenset((Op.ALL, Op.ANY))

    def version(self) -> str:
        """The library's version."""
        found: str = xapian.version_string()
        return found

    def build(self, corpus: Corpus, folder: Path) -> None:
        """See Engine."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        database = xapian.WritableDatabase(str(folder), xapian.DB_CREATE)
        for document in load(corpus.folder):
            made = xapian.Document()
            made.set_data(json.dumps((document.id, document.title, document.text), ensure_ascii=False))
            made.add_value(_TYPE, document.type)
            made.add_value(_YEAR, str(document.year))
            for field, prefix in _PREFIXES.items():
                for position, term in enumerate(getattr(document, field).split(), start=1):
                    if term == SEPARATOR or len(term.encode()) > _MAX_TERM_BYTES:
                        continue
                    if field.endswith("surface"):
                        made.add_posting(prefix + term, position)
                    else:
                        made.add_term(prefix + term)
            database.add_document(made)
        database.commit()
        database.close()

    def open(self, folder: Path) -> XapianIndex:
        """See Engine."""
        return XapianIndex(folder, load_settings(environ={}).ranking)

    def sources(self) -> Sequence[Path]:
        """See Engine."""
        return [Path(__file__)]


class XapianIndex:
    """An open database."""

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        self._database = xapian.Database(str(folder))
        self._stemmer = xapian.Stem("fr")
        self._ranking = ranking

    def search(self, question: Question) -> Answer:
        """See Index."""
        enquire = xapian.Enquire(self._database)
        enquire.set_query(fold(question.tree, self._word, _prefix, _phrase, _at_least))
        enquire.set_weighting_scheme(xapian.BM25Weight(self._ranking.k1, 0, 1, self._ranking.b, 0.5))
        types, years = xapian.ValueCountMatchSpy(_TYPE), xapian.ValueCountMatchSpy(_YEAR)
        enquire.add_matchspy(types)
        enquire.add_matchspy(years)
        found = enquire.get_mset(0, HITS, self._database.get_doccount())
        shown = [json.loads(match.document.get_data()) for match in found]
        snippets: list[Any] = []
        if question.snippets:
            snippets = [found.snippet(text, SNIPPET_CHARS, self._stemmer) for _, _, text in shown]
        return Answer(
            total=found.get_matches_estimated(),
            hits=[(id, title) for id, title, _ in shown],
            types={value.term.decode(): value.termfreq for value in types.values()},
            dates={int(value.term): value.termfreq for value in years.values()},
            snippets=snippets,
        )

    def _word(self, word: Word) -> Any:
        ranking = self._ranking
        parts = []
        for field, prefix in _PREFIXES.items():
            part, form = field.split("_")
            weight = getattr(ranking, part) * getattr(ranking, form)
            for term in word.stems if form == "stem" else word.surfaces:
                parts.append(xapian.Query(xapian.Query.OP_SCALE_WEIGHT, xapian.Query(prefix + term), weight))
        return xapian.Query(xapian.Query.OP_OR, parts)


def _prefix(prefix: Prefix) -> Any:
    kind = xapian.Query
    # However many words begin so: no limit (0), which the limit's kind does not matter to.
    options = (0, kind.WILDCARD_LIMIT_ERROR, kind.OP_OR)
    wild = [kind(kind.OP_WILDCARD, field + prefix.prefix, *options) for field in ("S", "")]
    return kind(kind.OP_OR, wild)


def _phrase(phrase: Phrase) -> Any:
    sequences = [
        xapian.Query(xapian.Query.OP_PHRASE, [field + word for word in phrase.words], len(phrase.words))
        for field in ("S", "")
    ]
    return xapian.Query(xapian.Query.OP_OR, sequences)


def _at_least(parts: list[Any], minimum: int) -> Any:
    if minimum not in (1, len(parts)):
        raise ValueError("Xapian requires one word or all")
    return xapian.Query(xapian.Query.OP_AND if minimum == len(parts) else xapian.Query.OP_OR, parts)
