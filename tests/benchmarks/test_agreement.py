"""The benchmarks compare engines that found the same: on a small corpus, every engine that is installed does."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from benchmarks import analysis, querying
from benchmarks.corpus import Corpus, Line, synthesised, write
from benchmarks.engines import NAMES, engine
from benchmarks.engines.base import Answer, Engine, Index, Op, Question, Unavailable
from benchmarks.queries import KINDS, Asked, draw
from indexer.french import Analyzer
from indexer.query import All, parse
from indexer.query.tree import And

DOCUMENTS = 300
_WORDS = """
    mandat mission retrait troupes accord paix salariés salarié(e)s congé congés durée travail préavis employeur
    convention nationale article L.1234-5 vice-présidente 2100 100.000 cessez-le-feu désarmement désarmé élu·e·s
""".split()  # noqa: SIM905 (a list of words reads better in lines)
_STOP_WORDS = ("de", "la", "du", "les", "pour")


def made_up(chance: random.Random) -> Line:
    """A document of some forty words, the first of the list far more frequent than the last."""
    words = chance.choices(_WORDS, weights=[1 / place for place in range(1, len(_WORDS) + 1)], k=30)
    words = [word if chance.random() < 0.7 else f"{word} {chance.choice(_STOP_WORDS)}" for word in words]
    words += [f"mot{chance.choice('bcdfg')}{chance.choice('aeiou')}{chance.choice('lmnr')}" for _ in range(5)]
    number = chance.randrange(10**9)
    title = f"Quelle est la {chance.choice(_WORDS)} du {chance.choice(_WORDS)} ?" if number % 3 else "Une note"
    date = f"{2020 + number % 3}-{1 + number % 12:02}-{1 + number % 28:02}" if number % 5 else None
    return Line("", title, " ".join(words) + ".", date, f"type {number % 4}")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    chance = random.Random(1)
    real = [made_up(chance) for _ in range(DOCUMENTS - 20)]
    lines = [
        Line(f"d{number}", line.title, line.text, line.date, line.type)
        for number, line in enumerate(synthesised(real, DOCUMENTS))
    ]
    written = write(tmp_path_factory.mktemp("benchmarks") / "corpus", lines)
    analysis.save(analysis.analyse(written), written.folder)
    return written


@pytest.fixture(scope="module")
def asked(corpus: Corpus, analyzer: Analyzer) -> list[Asked]:
    return draw(analysis.load(corpus.folder), analyzer)


@pytest.fixture(scope="module")
def engines(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Engine, Index]]:
    """Each engine that is installed (tantivy and Xapian need not be), with an index of the corpus."""
    made = {}
    for name in NAMES:
        with contextlib.suppress(Unavailable):
            made[name] = engine(name)
    assert {"ours", "service", "sqlite", "whoosh"} <= made.keys()
    folder = tmp_path_factory.mktemp("indexes")
    for name, one in made.items():
        one.build(corpus, folder / name)
    return {name: (one, one.open(folder / name)) for name, one in made.items()}


def test_every_engine_finds_the_same_totals_and_counts(
    engines: dict[str, tuple[Engine, Index]], asked: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querying, "ROUNDS", 1)
    monkeypatch.setattr(querying, "CALLS", 1)
    asked = asked[::4]
    times = querying.Times()
    indexes = {name: index for name, (_, index) in engines.items()}
    ops = {name: one.ops for name, (one, _) in engines.items()}
    assert querying.ask(asked, indexes, ops, times) == []
    for name in indexes:
        assert len(times.best[name, Op.ALL, True]) == len(asked), name


def test_every_engine_shows_ten_hits_with_titles_and_snippets(
    engines: dict[str, tuple[Engine, Index]], analyzer: Analyzer, corpus: Corpus
) -> None:
    titles = {line.id: line.title for line in corpus.lines()}
    question = Asked("", "mandat", parse("mandat", analyzer)).question(Op.ALL, snippets=True)
    for name, (_, index) in engines.items():
        answer = index.search(question)
        assert len(answer.hits) == len(answer.snippets) == 10, name
        assert all(titles[id] == title for id, title in answer.hits), name
        assert answer.total > 100, name


def test_our_index_of_the_queries_has_several_segments_and_every_document(
    engines: dict[str, tuple[Engine, Index]],
) -> None:
    everything = engines["ours"][1].search(Question("", All(), Op.ALL, snippets=False))
    assert everything.total == DOCUMENTS


def test_questions_of_every_kind_are_drawn_and_are_the_same_each_time(
    asked: list[Asked], corpus: Corpus, analyzer: Analyzer
) -> None:
    assert {one.kind for one in asked} >= set(KINDS) - {"common word", "middling word", "rare word"}
    again = draw(analysis.load(corpus.folder), analyzer)
    assert [one.text for one in asked] == [one.text for one in again]


def test_all_words_are_asked_as_a_conjunction(analyzer: Analyzer) -> None:
    asked = Asked("", "mandat mission retrait", parse("mandat mission retrait", analyzer))
    assert isinstance(asked.question(Op.ALL, snippets=False).tree, And)


def test_a_wrong_count_is_a_difference() -> None:
    right = Answer(2, (), {"a": 1, "b": 1}, {2023: 2})
    by_day = Answer(2, (), {"a": 1, "b": 1, "c": 0}, {20230105: 1, 20230000: 1})
    wrong_total = Answer(3, (), {"a": 1, "b": 1}, {2023: 2})
    wrong_year = Answer(2, (), {"a": 1, "b": 1}, {2022: 2})
    question = Question("x", All(), Op.ALL, snippets=False)
    assert querying.compare(question, {"one": right, "other": by_day}) == []
    assert len(querying.compare(question, {"one": right, "other": wrong_total})) == 1
    assert len(querying.compare(question, {"one": right, "other": wrong_year})) == 1


def test_a_corpus_that_is_written_again_has_the_same_digest(corpus: Corpus, tmp_path: Path) -> None:
    assert write(tmp_path / "again", list(corpus.lines())).digest == corpus.digest
