"""The table of French difficulties, `cases.tsv`: each row says why it exists in its note, each bug found becomes a row.

Rows of the kinds `rank` and `suggest` and those about synonyms need a search engine and are tested with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.french import Analyzer, Chunk, Word
from indexer.model import Position

CASES = Path(__file__).with_name("cases.tsv")
MATCHED = ("accents", "unicode", "inflexion", "tokenisation")

Row = dict[str, str]

# A text that a form of one word shares with another word once the accents are gone: no analysis without accents can
# tell them apart, and ranking puts the form as typed first.
KNOWN_NOMATCH: frozenset[str] = frozenset()


def rows(kind: str, categories: Iterable[str] = ()) -> list[Row]:
    """The rows of a kind. Read as bytes: the table holds NFD, soft hyphens and narrow spaces on purpose."""
    header, *lines = CASES.read_bytes().decode().rstrip("\n").split("\n")
    table = [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]
    return [row for row in table if row["kind"] == kind and (not categories or row["category"] in categories)]


def row_id(row: Row) -> str:
    return f"{row['id']}-{row['input']}"


def written(positions: Iterable[Position]) -> list[tuple[str, frozenset[str]]]:
    """What the `expected` column writes: the first form of each position, and the set of its alternatives."""
    return [(position.surface[0], frozenset(position.surface)) for position in positions]


def expected_tokens(cell: str) -> list[tuple[str, frozenset[str]]]:
    return [(part.split("|")[0], frozenset(part.split("|"))) for part in cell.split()]


def contains_phrase(parts: Sequence[Word], document: list[Position]) -> bool:
    """The surfaces in a row, any alternative standing for its word."""
    return any(
        all(set(part.surface) & set(document[at + step].surface) for step, part in enumerate(parts))
        for at in range(len(document) - len(parts) + 1)
    )


def matches(analyzer: Analyzer, query: str, document: str) -> bool:
    """A small search: every word that is no stop word is there, a compound as a phrase or as its joined form."""
    positions = analyzer.analyze(document)
    surfaces = {form for position in positions for form in position.surface}
    terms = surfaces | {stem for position in positions for stem in position.stem}

    only_stop_words = all(map(analyzer.is_stop_word, analyzer.analyze(query)))

    def found(chunk: Chunk) -> bool:
        if chunk.joined:
            first, *rest = chunk.words
            parts = [replace(first, surface=first.surface[:1], stem=first.stem[:1]), *rest]
            return contains_phrase(parts, positions) or first.surface[-1] in surfaces
        asked = [word for word in chunk.words if only_stop_words or not analyzer.is_stop_word(word)]
        return all(terms & {*word.surface, *word.stem} for word in asked)

    return all(found(chunk) for chunk in analyzer.chunks(query))


@pytest.mark.parametrize("row", rows("tokens"), ids=row_id)
def test_text_is_cut_into_the_words_of_the_table(analyzer: Analyzer, row: Row) -> None:
    assert written(analyzer.analyze(row["input"])) == expected_tokens(row["expected"]), row["note"]


@pytest.mark.parametrize("row", rows("match", MATCHED), ids=row_id)
def test_query_of_the_table_finds_the_document(analyzer: Analyzer, row: Row) -> None:
    assert matches(analyzer, row["input"], row["expected"]), analyzer.analyze(f"{row['input']} / {row['expected']}")


@pytest.mark.parametrize("row", rows("match", MATCHED), ids=row_id)
def test_matching_is_the_same_when_query_and_document_are_exchanged(analyzer: Analyzer, row: Row) -> None:
    if len(row["input"].split()) == len(row["expected"].split()) == 1:  # a document may hold more than the query asks
        asked = analyzer.analyze(row["expected"])
        given = analyzer.analyze(row["input"])
        shared = {t for p in asked for t in (*p.surface, *p.stem)} & {t for p in given for t in (*p.surface, *p.stem)}
        assert shared


def test_words_of_different_meaning_do_not_meet(analyzer: Analyzer) -> None:
    met = {row["id"] for row in rows("nomatch") if matches(analyzer, row["input"], row["expected"])}
    assert met == KNOWN_NOMATCH, f"met: {sorted(met)}"


@pytest.mark.parametrize("row", rows("phrase"), ids=row_id)
def test_phrase_in_quotes_is_found_only_in_its_words_and_order(analyzer: Analyzer, row: Row) -> None:
    phrase = analyzer.analyze(row["input"].strip('"'))
    found = contains_phrase(phrase, analyzer.analyze(row["expected"]))
    assert found == (row["note"] == "match"), row
