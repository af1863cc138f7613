"""What is said of an interpretation, as a table."""

from __future__ import annotations

import pytest

from indexer.model import BETWEEN_NAMES, Interpretation, InterpretationKind, Match, SearchPage, SearchRequest
from indexer.understood import read_back, tellings_of

CORRECTION, SYNONYM, SKIPPED, REQUIRED = InterpretationKind
UNDONE = SearchRequest("autre")


def page(understood: str, *found: tuple[InterpretationKind, str, str], typed: str = "") -> SearchPage:
    interpretations = tuple(
        Interpretation(kind, source, tuple(target.split(BETWEEN_NAMES)), UNDONE) for kind, source, target in found
    )
    request = SearchRequest(typed or understood)
    return SearchPage(request, understood, Match(1, 1, 1), 1, (), (), (), 1, 0.0, interpretations)


def names(count: int) -> str:
    return BETWEEN_NAMES.join(f"nom {n}" for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("kind", "source", "target", "sentence", "undo", "why"),
    [
        (CORRECTION, "mandt", "mandat", "« mandt » lu [« mandat »]", "chercher « mandt » tel quel", "a word"),
        (SYNONYM, "CDD", names(1), "« CDD » cherché aussi sous : [« nom 1 »]", "chercher seulement « CDD »", "one"),
        (
            SYNONYM, "CDD", names(3), "« CDD » cherché aussi sous : [« nom 1 »], [« nom 2 »], [« nom 3 »]",
            "chercher seulement « CDD »", "as many as are told",
        ),
        (
            SYNONYM, "CDD", names(4), "« CDD » cherché aussi sous : [« nom 1 »], [« nom 2 »], [« nom 3 »] et un autre",
            "chercher seulement « CDD »", "one more",
        ),
        (
            SYNONYM, "CDD", names(12), "« CDD » cherché aussi sous : [« nom 1 »], [« nom 2 »], [« nom 3 »] et 9 autres",
            "chercher seulement « CDD »", "many",
        ),
        (SKIPPED, "la", "", "Mot passé : [la]", "l’exiger : la", "one stop word"),
        (SKIPPED, "la du", "", "Mots passés : [la], [du]", "les exiger : la, du", "stop words"),
    ],
)  # fmt: skip
def test_an_interpretation_is_a_sentence_and_a_way_to_undo_it(
    kind: InterpretationKind, source: str, target: str, sentence: str, undo: str, why: str
) -> None:
    (telling,) = tellings_of(page("mot", (kind, source, target)))
    said = "".join(f"[{text}]" if searched else text for text, searched in telling.sentence)
    assert said.replace("\u00a0", " ") == sentence, why
    assert (telling.undo + telling.undo_whole).replace("\u00a0", " ") == undo, why
    assert telling.request is UNDONE


def test_corrections_come_first_and_the_matching_rule_is_not_told() -> None:
    kinds = (SKIPPED, SYNONYM, REQUIRED, CORRECTION)
    told = tellings_of(page("mot", *((kind, "mto", "mot") for kind in kinds)))
    assert [telling.kind for telling in told] == [CORRECTION, SYNONYM, SKIPPED]


@pytest.mark.parametrize(
    ("typed", "understood", "found", "said", "why"),
    [
        ("Mandat  minusma", "mandat, minusma", (), "", "it repeats what was typed"),
        ("", "", (), "", "nothing was asked"),
        ("mandat ET fin", "mandat ET fin", (), "", "an operator as typed"),
        ("la fin", "fin", (), "fin", "it says more"),
        ("mandat fin", "mandat, fin", ((REQUIRED, "mandat fin", "1 mot sur 2"),), "", "the count says that"),
        ("UE", "UE", ((SYNONYM, "UE", "Union européenne"),), "UE", "something was interpreted"),
    ],
)
def test_the_read_back_is_told_when_it_says_something(
    typed: str, understood: str, found: tuple[tuple[InterpretationKind, str, str], ...], said: str, why: str
) -> None:
    assert read_back(page(understood, *found, typed=typed)) == said, why
