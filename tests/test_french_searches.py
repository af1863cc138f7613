"""The rows of the table of French difficulties that need a whole search: other names, misspelt words."""

from __future__ import annotations

import json

import pytest

from indexer.assembly import create_service
from indexer.model import InterpretationKind, SearchRequest
from indexer.searcher import SearchService
from tests.conftest import House
from tests.french.test_cases import Row, rows

NAMES = rows("match", ["synonyms (query time)"])
MISTAKES = rows("suggest")
# goverment lacks three letters of gouvernement.
OUT_OF_REACH = {"goverment"}


@pytest.fixture
def table(house: House) -> SearchService:
    """What the rows expect, in a few documents each, among others; searched with the list that ships."""
    texts = [row["expected"] for row in NAMES]
    texts += [f"Un texte {n} dit {row['expected']} une fois." for row in MISTAKES for n in range(4)]
    texts += [f"Le voisin numéro {n} arrose son jardin." for n in range(20)]
    lines = [{"id": str(number), "title": "Texte", "text": text} for number, text in enumerate(texts)]
    house.write("textes.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    house.reindex()
    return create_service(house.settings)


def finds(table: SearchService, row: Row) -> bool:
    page = table.search(SearchRequest(row["input"], per_page=50))
    return any(row["expected"] in hit.document.text for hit in page.hits)


def test_every_name_of_the_table_is_found_under_the_other(table: SearchService) -> None:
    assert len(NAMES) == 6
    assert [row["input"] for row in NAMES if not finds(table, row)] == []


def test_every_mistake_of_the_table_but_one_is_corrected_and_undone(table: SearchService) -> None:
    assert len(MISTAKES) == 8
    missed = set()
    for row in MISTAKES:
        page = table.search(SearchRequest(row["input"]))
        told = [(one.kind, one.source, one.target) for one in page.interpretations]
        if told == [(InterpretationKind.CORRECTION, row["input"], row["expected"])]:
            assert finds(table, row), row["input"]
            assert table.search(page.interpretations[0].undo).total == 0
        else:
            missed.add(row["input"])
    assert missed == OUT_OF_REACH
