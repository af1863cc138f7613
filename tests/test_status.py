"""What is told of an index and its runs, as values, as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from indexer.as_json import status_json
from indexer.model import Holdings, Problem, RunRecord, Status, StatusReport
from indexer.status import IN_FULL, moment_text, problem_lines, run_asked, run_counts, run_places, status_lines
from tests.conftest import House

AT = "2026-11-28T05:07:00+00:00"
RUN = RunRecord(at=AT, took_ms=1234, generation=3)
HELD = Holdings({"texte": 2, "JSONL": 1}, {"autre": 3}, {2011: 1, 2023: 1}, {"fr": 2, "": 1}, undated=1)
STATUS = Status(generation=3, published=AT, documents=3, bytes=1_250_000, roots=(), last_run={})
REPORT = StatusReport(STATUS, HELD, (), (RUN,))


def photos(count: int, reason: str = "format inconnu", empty: bool = False) -> tuple[Problem, ...]:
    return tuple(Problem(f"{number}.jpg", reason, empty, "fonds") for number in range(count))


# --- counting ------------------------------------------------------------------------------------------------------


def test_documents_are_counted_by_format_type_year_and_language_deleted_ones_are_not(house: House) -> None:
    house.write("notices.jsonl", '{"id": "a", "title": "A", "text": "Un.", "date": "2023-05", "type": "rapport"}\n')
    house.write("note-2011-03-01.txt", "Une note\n\nUn tambour.")
    house.write("sans.md", "# Sans date\n\nUn tambour.")
    house.write("bientôt-parti.txt", "Parti\n\nUn tambour.")
    house.reindex()
    (house.corpus / "bientôt-parti.txt").unlink()
    house.reindex()
    report = house.service().report()
    documents = list(house.service().documents())
    assert report.holdings == Holdings(
        formats=Counter(document.format for document in documents),
        types=Counter(document.type for document in documents),
        years={2011: 1, 2023: 1},
        languages=Counter(document.language for document in documents),
        undated=1,
    )
    assert sum(report.holdings.formats.values()) == report.status.documents == 3
    assert [document.title for document in house.service().documents(undated=True)] == ["Sans date"]


def test_an_index_without_documents_has_counts_of_nothing(house: House) -> None:
    house.write("vide.txt", "")
    house.reindex()
    report = house.service().report()
    assert report.holdings == Holdings({}, {}, {}, {}, 0)
    assert [problem.path for problem in report.empty] == ["vide.txt"]
    assert list(house.service().documents()) == []
    assert list(status_lines(report, str))


def test_counts_are_made_once_for_a_generation(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    service = house.service()
    assert service.report().holdings is service.report().holdings
    assert service.report().problems is service.report().problems


# --- telling -------------------------------------------------------------------------------------------------------


def told(report: StatusReport) -> str:
    return "\n".join(status_lines(report, str.capitalize)).replace("\u00a0", " ")


def test_a_status_is_told_with_what_it_counts() -> None:
    assert told(REPORT).splitlines() == [
        "Génération    3, du 28 novembre 2026 à 5 h 07 UTC",
        "Documents     3, 1 sans date",
        "Taille        1,2 Mo",
        "Formats       texte 2, JSONL 1",
        "Types         Autre 3",
        "Langues       fr 2, sans 1",
        "Années        de 2011 à 2023",
        "Mises à jour",
        "   28 novembre 2026 à 5 h 07 UTC · 1,2 s · rien de changé",
    ]


def test_no_language_known_no_year_and_no_run_are_not_told() -> None:
    bare = replace(HELD, languages={"": 3}, years={}, undated=0)
    text = told(replace(REPORT, holdings=bare, runs=()))
    assert not any(word in text for word in ("Langues", "Années", "Mises", "sans date"))


def test_the_commonest_values_are_told_and_how_many_others_there_are() -> None:
    formats = {f"f{number}": number for number in range(1, 12)}
    assert "f11 11, f10 10, f9 9, f8 8, f7 7, f6 6, f5 5, f4 4 et 3 autres" in told(
        replace(REPORT, holdings=replace(HELD, formats=formats))
    )


@pytest.mark.parametrize(
    ("run", "counts"),
    [
        (RUN, "rien de changé"),
        (replace(RUN, added=1), "1 ajouté"),
        (replace(RUN, added=1200, changed=1, removed=2, unchanged=9), "1\u202f200 ajoutés, 1 modifié, 2 retirés"),
        (replace(RUN, failed=1, empty=2), "rien de changé, 1 échec, 2 vides"),
    ],
)
def test_a_run_is_told_by_what_it_changed(run: RunRecord, counts: str) -> None:
    assert run_counts(run) == counts


def test_what_a_run_was_asked_is_told_when_it_is_not_the_usual() -> None:
    assert (run_asked(RUN), run_places(RUN)) == ((), ())
    asked = replace(RUN, full=True, check=True, watch=True, paths=("a",), forget=("b",))
    assert run_asked(asked) == ("reconstruction", "relecture", "surveillance")
    assert run_places(asked) == ("a", "sans b")


def test_a_moment_is_told_in_universal_time_and_what_is_none_as_it_is() -> None:
    assert moment_text("2026-06-01T01:30:00+02:00").replace("\u00a0", " ") == "31 mai 2026 à 23 h 30 UTC"
    assert moment_text("hier") == "hier"


def test_few_problems_are_told_one_by_one() -> None:
    lines = list(problem_lines(photos(IN_FULL), "ailleurs", "Échec"))
    assert len(lines) == IN_FULL
    assert lines[0] == "Échec : 0.jpg : format inconnu"


def test_many_problems_are_told_by_their_reasons() -> None:
    reasons = ("a", "b", "b", "c", "c", "c", "d", "e", "f", "g")
    many = photos(IN_FULL) + tuple(Problem("x", reason) for reason in reasons)
    *_, last = problem_lines(many, "ailleurs")
    assert last.replace("\u00a0", " ") == (
        "… et 10 autres : 3 fois « c », 2 fois « b », 1 fois « a », 1 fois « d », 1 fois « e », "
        "2 pour d’autres raisons. La liste entière : ailleurs"
    )


# --- JSON ----------------------------------------------------------------------------------------------------------


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)
    else:
        yield str(value)


def test_json_without_places_names_no_path_no_reason_and_no_root(house: House) -> None:
    house.write("photo.jpg", b"\xff\xd8\xff")
    house.write("vide.txt", "")
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    house.corpus.rename(house.folder / "ailleurs")
    house.reindex()
    report = house.service().report()
    whole = list(strings(status_json(report)))
    assert any("photo.jpg" in text for text in whole)
    without = list(strings(status_json(report, places=False)))
    secrets = (str(house.folder), "corpus", "photo", "vide.txt", "fichier vide")
    assert not [text for text in without for secret in secrets if secret in text]
    assert status_json(report, places=False)["failed_count"] == 1
    assert [run["ok"] for run in status_json(report, places=False)["runs"]] == [False, True]
