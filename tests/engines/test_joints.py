"""How an index writes two halves of a word, asked by those who read files."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from indexer import load_settings
from indexer.assembly import engine, type_rules, word_lists
from indexer.engines.base import EngineQuery
from indexer.engines.joints import Joints
from indexer.query.tree import All
from indexer.reindex import reindex

TEXTS = (
    "Le secrétaire général a parlé au porte-parole de la mission.",
    "Un accord-cadre a été signé ; les portefaix du port et la porte du camp.",
    "L’accord du secrétaire : un cadre de vie, rendez-vous pris.",
)


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("joints")
    corpus = folder / "fonds"
    corpus.mkdir()
    for number, text in enumerate(TEXTS):
        (corpus / f"{number}.txt").write_text(f"Une note\n\n{text}\n", encoding="utf-8")
    settings = load_settings(index=folder / "index", environ={})
    reindex(engine(settings), settings, type_rules(settings), word_lists(settings), (corpus,))
    return folder / "index" / "generations" / "000001"


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("secré", "taire", True),
        ("Secré", "TAIRE", True),
        ("porte", "faix", True),
        ("porte", "parole", False),
        ("accord", "cadre", False),
        ("minis", "tère", None),
    ],
)
def test_a_word_a_compound_and_neither_are_told_apart(
    generation: Path, first: str, second: str, joined: bool | None
) -> None:
    assert Joints(generation)(first, second) is joined


def test_it_opens_the_generation_in_the_process_that_asks(generation: Path) -> None:
    joints = Joints(generation)
    assert joints("porte", "parole") is False
    assert pickle.loads(pickle.dumps(joints))("porte", "parole") is False


def test_an_index_that_cannot_be_read_knows_nothing(tmp_path: Path) -> None:
    assert Joints(tmp_path)("secré", "taire") is None


def test_a_run_puts_words_together_as_the_index_has_them(tmp_path: Path) -> None:
    corpus = tmp_path / "fonds"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Une note\n\nUn accord-cadre a été signé.\n", encoding="utf-8")
    settings = load_settings(index=tmp_path / "index", environ={})
    made = engine(settings)
    reindex(made, settings, type_rules(settings), word_lists(settings), (corpus,))
    wrapped = (
        "Les membres du Conseil ont salué la signature de cet accord-\n"
        "cadre, qui met fin au différend entre les deux pays voisins et\n"
        "rétablit les échanges."
    )
    (corpus / "b.txt").write_text(f"Une autre note\n\n{wrapped}\n", encoding="utf-8")
    reindex(made, settings, type_rules(settings), word_lists(settings), (corpus,))
    hits = made.snapshot().search(EngineQuery(All())).hits
    assert any("cet accord-cadre, qui" in document.text for document, _ in hits)
