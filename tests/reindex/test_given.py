"""metadata.csv through runs: what it says is indexed, and a change of it has its files, and no others, read again."""

from __future__ import annotations

import json

import pytest

from indexer.reindex import Report
from tests.conftest import House

BODY = "La mission prend fin, et le bataillon quitte la ville avec son matériel."


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


@pytest.fixture
def three(house: House) -> House:
    for name in ("a.txt", "b.txt", "sub/c.txt"):
        house.write(name, f"Note {name[-5]}\n\n{BODY}")
    return house


def test_a_table_added_changed_or_removed_has_its_files_alone_read_again(three: House, reading: list[str]) -> None:
    three.reindex()
    first_seen = {hit.document.path: hit.document.first_seen for hit in three.search().hits}
    del reading[:]
    three.write("metadata.csv", "file,title\na.txt,Le mandat\nsub/c.txt,La relève\n")
    assert counts(three.reindex()) == (0, 2, 0, 1)
    assert reading == ["a.txt", "sub/c.txt"]
    assert sorted(three.titles()) == ["La relève", "Le mandat", "Note b"]
    three.write("metadata.csv", "file,title,date\na.txt,Le mandat,\nsub/c.txt,La relève,2023-06\n")
    del reading[:]
    assert counts(three.reindex()) == (0, 1, 0, 2)
    assert reading == ["sub/c.txt"]
    (three.corpus / "metadata.csv").unlink()
    del reading[:]
    assert counts(three.reindex()) == (0, 2, 0, 1)
    assert reading == ["a.txt", "sub/c.txt"]
    assert sorted(three.titles()) == ["Note a", "Note b", "Note c"]
    assert {hit.document.path: hit.document.first_seen for hit in three.search().hits} == first_seen
    del reading[:]
    assert counts(three.reindex()) == (0, 0, 0, 3)
    assert reading == []


def test_a_part_of_a_root_is_read_with_the_tables_above_it(three: House, reading: list[str]) -> None:
    three.write("metadata.csv", "file,title\na.txt,Le mandat\nsub/c.txt,La relève\n")
    three.reindex()
    del reading[:]
    report = three.reindex(three.corpus / "sub" / "c.txt")
    assert counts(report) == (0, 0, 0, 3)
    assert (reading, report.warnings) == ([], [])
    three.write("metadata.csv", "file,title\na.txt,Un autre\nsub/c.txt,Le retour\n")
    assert counts(three.reindex(three.corpus / "sub")) == (0, 1, 0, 2)
    assert sorted(three.titles()) == ["Le mandat", "Le retour", "Note b"]


def test_naming_the_table_looks_at_all_of_its_folder(three: House) -> None:
    three.reindex()
    table = three.write("sub/metadata.csv", "file,title\nc.txt,La relève\n")
    assert counts(three.reindex(table)) == (0, 1, 0, 2)
    table.unlink()
    assert counts(three.reindex(three.corpus / "sub")) == (0, 1, 0, 2)
    assert "Note c" in three.titles()


def test_rows_that_name_nothing_are_told_at_each_run(three: House) -> None:
    three.write("metadata.csv", "file,title,date\nabsent.txt,Rien,\na.txt!/b.pdf,Rien,\nb.txt,,jadis\n")
    wrong = "metadata.csv, ligne 2 : « absent.txt » n’est pas parmi les fichiers lus"
    undated = "metadata.csv, ligne 4 : date ignorée : « jadis »"
    inside = "a.txt : « b.pdf », que nomme metadata.csv, n’est pas dans ce fichier"
    assert three.reindex().warnings == [undated, wrong, inside]
    assert three.reindex().warnings == [undated, wrong]


def test_a_moved_file_gets_what_is_said_of_its_new_place(three: House) -> None:
    three.write("metadata.csv", "file,title\na.txt,Le mandat\nd.txt,Le retrait\n")
    three.reindex()
    (three.corpus / "a.txt").rename(three.corpus / "d.txt")
    assert counts(three.reindex()) == (0, 1, 0, 2)
    assert sorted(three.titles()) == ["Le retrait", "Note b", "Note c"]


def test_all_lines_of_a_file_get_what_is_said_of_it(house: House) -> None:
    lines = [{"id": n, "title": f"Ligne {n}", "text": BODY} for n in range(3)]
    house.write("a.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    house.reindex()
    house.write("metadata.csv", "file,title,source\na.jsonl,Jamais,Agence\n")
    assert counts(house.reindex()) == (0, 3, 0, 0)
    assert {(hit.document.title, hit.document.source) for hit in house.search().hits} == {
        (f"Ligne {n}", "Agence") for n in range(3)
    }
    assert counts(house.reindex()) == (0, 0, 0, 3)


def test_what_is_given_survives_a_rebuild_and_a_check(three: House, reading: list[str]) -> None:
    three.write("metadata.csv", "file,title\na.txt,Le mandat\n")
    three.reindex()
    assert counts(three.reindex(full=True)) == (0, 0, 0, 3)
    assert counts(three.reindex(check=True)) == (0, 0, 0, 3)
    assert "Le mandat" in three.titles()


def test_a_table_is_never_a_document(house: House) -> None:
    house.write("a.txt", f"Note\n\n{BODY}")
    house.write("Metadata.CSV", "fichier;titre\na.txt;La relève\n")
    report = house.reindex()
    assert (counts(report), report.problems, report.warnings) == ((1, 0, 0, 0), [], [])
    assert house.titles() == ["La relève"]
