"""What is said of a contribution, as a table."""

from __future__ import annotations

import pytest

from indexer.model import Contribution, DateSource, Document, Hit
from indexer.why import reasons_of

DOCUMENT = Document("a", "", "", "autre", None, DateSource.NONE, "", "", "", "")


def told(*found: tuple[str, str, str, int, float], score: float = 10.0) -> list[str]:
    hit = Hit(DOCUMENT, score, (), (), tuple(Contribution(*one) for one in found))
    lines = [f"{reason.percent} {reason.text} {reason.how}" for reason in reasons_of(hit)]
    return [line.replace("\u00a0", " ") for line in lines]


@pytest.mark.parametrize(
    ("found", "line", "why"),
    [
        ([("surface", 1), ("stem", 1)], "dans le texte, tel quel", "once needs no count"),
        ([("surface", 3), ("stem", 3)], "dans le texte, 3 fois tel quel", "always as typed"),
        ([("surface", 1), ("stem", 3)], "dans le texte, 3 fois dont 1 tel quel", "in several forms"),
        ([("stem", 1)], "dans le texte, sous une autre forme", "never as typed"),
        ([("stem", 2)], "dans le texte, 2 fois sous d’autres formes", "nor here"),
        ([("surface", 2), ("stem", 1)], "dans le texte, 2 fois tel quel", "a form whose family was not asked"),
        ([("surface", 2_000), ("stem", 3_000)], "dans le texte, 3\u202f000 fois dont 2\u202f000 tel quel", "a book"),
        ([("phrase", 1)], "dans le texte, ces mots à la suite", "a quotation"),
        ([("phrase", 2)], "dans le texte, 2 fois ces mots à la suite", "and again"),
        ([("near", 0)], "dans le texte, ces mots, non loin les uns des autres", "proximity is not counted"),
    ],
)
def test_where_and_how_a_word_stands_is_said_in_french(found: list[tuple[str, int]], line: str, why: str) -> None:
    parts = [("mandat", "body", form, frequency, 5.0 / len(found)) for form, frequency in found]
    assert told(*parts) == [f"50 % mandat {line}"], why


def test_what_has_no_field_is_said_without_one() -> None:
    assert told(("désarm*", "", "prefix", 0, 1.0)) == ["10 % désarm* des mots qui commencent ainsi"]


def test_fields_and_words_have_lines_of_their_own_the_greatest_first() -> None:
    assert told(
        ("mandat", "body", "stem", 1, 3.0),
        ("paix", "title", "stem", 1, 2.5),
        ("mandat", "title", "stem", 1, 2.0),
        ("paix", "title", "surface", 1, 2.5),
    ) == [
        "50 % paix dans le titre, tel quel",
        "30 % mandat dans le texte, sous une autre forme",
        "20 % mandat dans le titre, sous une autre forme",
    ]


def test_a_small_part_is_not_rounded_to_nothing() -> None:
    assert told(("la", "body", "stem", 1, 0.04))[0].startswith("moins de 1 % la")


@pytest.mark.parametrize("form", ["closeness", "accent"])
def test_what_ranking_adds_beside_the_words_is_said_too(form: str) -> None:
    (line,) = told(("mandat minusma", "", form, 0, 1.0))
    assert line.startswith("10 % mandat minusma ")
