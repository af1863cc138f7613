"""The sample corpus keeps what its README promises."""

from __future__ import annotations

import re
from unicodedata import normalize

import pytest

from indexer import documents
from indexer.assembly import type_rules
from indexer.documents import Entry, FileFacts, FolderMetadata
from indexer.settings import load_settings
from tests.conftest import ROOT, House

SETTINGS = load_settings(environ={})
RULES = type_rules(SETTINGS)


def entries() -> list[tuple[str, Entry]]:
    found = []
    for facts in documents.walk(ROOT / "corpus", SETTINGS.corpus.ignore):
        if isinstance(facts, FolderMetadata):
            continue
        assert isinstance(facts, FileFacts), facts
        for item in documents.read(facts.path, facts.relative, RULES, max_bytes=1_000_000):
            assert isinstance(item, Entry), (facts.relative, item)
            found.append((f"{documents.place_inside(facts.relative, item.member)}#{item.key or ''}", item))
    return found


CORPUS = entries()


def test_there_are_at_least_sixty_documents_of_every_kind() -> None:
    assert len(CORPUS) >= 60
    assert {entry.format for _, entry in CORPUS} == {
        "texte", "Markdown", "HTML", "JSONL", "PDF", "DOCX", "courriel"
    }  # fmt: skip
    assert {entry.language for _, entry in CORPUS} == {"fr", "en"}
    assert {str(entry.date_source) for _, entry in CORPUS} == {"metadata", "header", "filename", "text", "none"}
    assert {entry.date.precision for _, entry in CORPUS if entry.date} == {"day", "month", "year"}


@pytest.mark.parametrize(("name", "entry"), CORPUS, ids=[name for name, _ in CORPUS])
def test_each_says_that_it_was_written_for_the_project_and_is_of_a_good_length(name: str, entry: Entry) -> None:
    assert "texte rédigé pour trouvaille" in normalize("NFKC", entry.text).lower(), name
    assert 200 <= len(re.findall(r"\w+", entry.text)) <= 1100, name
    assert not entry.warnings


def test_it_is_indexed_without_a_fault_and_answers(house: House) -> None:
    report = house.reindex(ROOT / "corpus")
    assert (report.added, report.exit_code, report.problems) == (len(CORPUS), 0, [])
    first = house.search("fin du mandat de la Minusma").hits[0].document
    assert "mandat" in first.title.lower()
    found = [
        {hit.document.id for hit in house.search(spelling, per_page=100).hits}
        for spelling in ("cessez-le-feu", "CESSEZ‑LE‑FEU", "« cessez-le-feu »")
    ]
    assert found[0] == found[1] == found[2] != set()
    assert house.search("ONU").total == house.search("O.N.U.").total > 10
