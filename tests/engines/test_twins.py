"""Of documents that say the same, the first is shown first and the others behind what says something else."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.engines.base import EngineQuery
from indexer.french import WordLists
from indexer.query.tree import Word
from tests.columnar.making import made_document, made_engine, write

TEXT = "La mission quitte Kidal par la route. " * 8
OTHER = (
    "Le retrait de Kidal a pris une semaine, racontent les habitants, qui ont vu passer les convois de la mission. " * 2
)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Le départ", TEXT, ["a", "c", "b"], id="the same title and length: behind"),
        pytest.param("Le départ", TEXT + "Kidal.", ["b", "c", "a"], id="a word more: the best is shown"),
        pytest.param("Le départ de Kidal", TEXT, ["b", "a", "c"], id="another title"),
        pytest.param("le départ", TEXT, ["a", "b", "c"], id="the title in other letters"),
        pytest.param("Le départ", TEXT + "Un paragraphe de plus. " * 2, ["a", "b", "c"], id="a longer text"),
        pytest.param("", TEXT, ["a", "b", "c"], id="no title says nothing"),
    ],
)
@pytest.mark.parametrize("runs", [1, 2])
def test_a_document_that_is_another_again_comes_after_the_others(
    runs: int, title: str, text: str, expected: list[str], tmp_path: Path, lists: WordLists
) -> None:
    rng = random.Random(1)
    first = replace(made_document(0, rng), id="a", title="Le départ" if title else "", text=TEXT)
    again = replace(first, id="b", digest="b" * 64, title=title, text=text)
    other = replace(first, id="c", digest="c" * 64, title="Le récit", text=OTHER)
    filler = [replace(made_document(n, rng), title="Autre") for n in range(1, 6)]
    engine = made_engine(tmp_path / "index")
    batches = [[first, again, other, *filler]] if runs == 1 else [[first, *filler], [again, other]]
    for batch in batches:
        write(engine, lists, batch)
    kidal = Word(("kidal",), ("kidal",), "Kidal")
    found = engine.snapshot().search(EngineQuery(kidal, words=(kidal,)))
    assert [document.id for document, _ in found.hits if document.id in "abc"] == expected
