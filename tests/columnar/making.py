"""Small generated corpora and trees for the tests of the index."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from whoosh import scoring

from indexer.documents import Entry
from indexer.engines.base import Place, Update
from indexer.engines.local import LocalEngine
from indexer.french import Analyzer, WordLists
from indexer.model import DateFilter, DateSource, Document, PartialDate
from indexer.query.tree import (
    All,
    And,
    Either,
    Keyword,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Type,
    Weighted,
    Word,
)
from indexer.settings import Ranking
from tests.columnar.naive import Analysed

RANKING = Ranking(
    k1=1.5,
    b=0.5,
    title_b=0.7,
    surface=0.3,
    stem=0.7,
    title=1.2,
    body=1.0,
    coverage=0.4,
    pairs=1.3,
    passage=2.0,
    synonym=0.6,
    repeated=0.5,
    accents=0.5,
)

# The same for Whoosh.
WEIGHTING = scoring.BM25F(B=RANKING.b, K1=RANKING.k1, title_surface_B=RANKING.title_b, title_stem_B=RANKING.title_b)

# A vocabulary with inflections, accents, elision, compounds and names, so that surfaces and stems differ.
WORDS = (  # noqa: SIM905 - easier to read and to add to
    "mandat mandats mission missions sécurité securite Mali mal maliens malienne conflit conflits retrait l’ONU ONU "
    "cessez-le-feu vice-président président présidente rebelle rebelles la le de du fin paix 2690 2100 1er résolution "
    "d’Alger Kidal Gao civils casques bleus bleu"
).split()
KEYWORDS = (Keyword("language", "en"), Keyword("language", ""), Keyword("format", "pdf"))
TYPES = ("communiqué", "article de presse", "résolution")


def made_document(number: int, rng: random.Random, *, longest: int = 60) -> Document:
    """A document of random words; one in four has no date, the others a year, a month or a day."""
    year, month, day = rng.randint(2012, 2015), rng.randint(1, 12), rng.randint(1, 28)
    precision = rng.randint(0, 3)
    parts = (year, month, day)[:precision]
    return Document(
        id=f"d{number:04}",
        title=" ".join(rng.choices(WORDS, k=rng.randint(0, 6))),
        text=" ".join(rng.choices(WORDS, k=rng.randint(0, longest))),
        type=rng.choice(TYPES),
        date=PartialDate(*parts) if parts else None,
        date_source=DateSource.METADATA if parts else DateSource.NONE,
        root="corpus",
        path=f"{number}.txt",
        digest=f"{number:064x}",
        first_seen="2026-01-01T00:00:00+00:00",
        language=("fr", "en", "")[number % 3],
        format=("PDF", "texte")[number % 2],
    )


def made_tree(rng: random.Random, analyzer: Analyzer, depth: int = 3) -> Node:
    """A random tree over the vocabulary, every kind of node in it."""
    kind = rng.randint(0, 5 if depth == 0 else 11)
    field = rng.choice(("", "", "", "title", "body"))
    if kind <= 2:
        position = rng.choice(analyzer.analyze(rng.choice(WORDS)))
        return Word(position.surface, position.stem, position.surface[0], field)
    surfaces = [p.surface[0] for p in analyzer.analyze(" ".join(rng.choices(WORDS, k=3)))][: rng.randint(1, 3)]
    if kind == 3:
        return Phrase(tuple(surfaces), " ".join(surfaces), field)
    if kind == 4:
        return rng.choice((Prefix(surfaces[0][:3], field), Near(tuple(surfaces), rng.randint(1, 6), field=field)))
    if kind == 5:
        dates = DateFilter.parse(rng.choice(("2013", "2013-06..2014", "..2012", "inconnue")))
        return rng.choice(
            (
                All(),
                Range(dates),
                Type(rng.choice(("communique", "article de presse", "depeche"))),
                KEYWORDS[rng.randrange(len(KEYWORDS))],
            )
        )
    children = tuple(made_tree(rng, analyzer, depth - 1) for _ in range(rng.randint(1, 4)))
    if kind == 6:
        return Not(children[0])
    if kind == 7:
        return And(children)
    if kind == 8:
        return Either(children)
    if kind == 9:
        return Weighted(children[0], rng.choice((0.25, 0.8, 3.0)))
    return Or(children, rng.randint(0, len(children)))


def write(
    engine: LocalEngine,
    lists: WordLists,
    documents: Sequence[Document],
    remove: Sequence[str] = (),
    *,
    rebuild: bool = False,
) -> int:
    """One run of the engine that adds and removes these documents."""
    with engine.update(lists, "rules") as update:
        update.start(rebuild=rebuild)
        update.remove(remove)
        add(update, documents)
        return update.publish(files=b"", roots=(), last_run={})


def add(update: Update, documents: Sequence[Document]) -> None:
    """Analyse documents and write them, as a run does."""
    batch = update.preparer()().prepare([Entry.of(document) for document in documents])
    update.add(batch, list(map(Place.of, documents)))


def analysed(documents: Sequence[Document], analyzer: Analyzer) -> list[Analysed]:
    """The same documents for the oracle."""
    return [Analysed(d, {"title": analyzer.analyze(d.title), "body": analyzer.analyze(d.text)}) for d in documents]


def made_engine(folder: Path) -> LocalEngine:
    """An engine with the ranking of these tests."""
    return LocalEngine(folder, RANKING)
