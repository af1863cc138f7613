"""The owner's two documents, end to end; they lie beside the project and are not part of it."""

from __future__ import annotations

import shutil

import pytest

from tests.conftest import SHARED, House

DOCUMENTS = SHARED / "owner-documents"
pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the owner's documents are not beside the project")

ARTICLE, STATEMENT = "000_ec21b732ad02edc6.txt", "003_700e799d1ec92e04.txt"


@pytest.fixture
def owners(house: House) -> House:
    for path in DOCUMENTS.glob("*.txt"):
        shutil.copyfile(path, house.corpus / path.name)
    assert house.reindex().added == 2
    return house


def paths(house: House, text: str) -> list[str]:
    return [hit.document.path for hit in house.search(text).hits]


def test_the_end_of_the_mandate_finds_the_press_article_first_with_its_words_marked(owners: House) -> None:
    hit = owners.search("fin du mandat de la Minusma").hits[0]
    assert hit.document.path == ARTICLE
    assert (str(hit.document.date), hit.document.date_source) == ("2025-07", "header")
    assert not hit.document.text.lstrip().startswith("date")
    marked = {text for fragment in hit.fragments for text, marked in fragment if marked}
    assert {"mandat", "Minusma"} <= marked


def test_the_algiers_agreement_finds_the_statement_without_a_date_and_of_another_type(owners: House) -> None:
    first, second = owners.search("accord de paix d'Alger").hits
    assert first.document.path == STATEMENT
    assert first.document.date is None
    assert first.document.type != second.document.type


def test_accents_change_nothing_and_mali_is_not_mal(owners: House) -> None:
    assert paths(owners, "securite") == paths(owners, "SÉCURITÉ") == paths(owners, "sécurité") != []
    assert paths(owners, "mal") == []
