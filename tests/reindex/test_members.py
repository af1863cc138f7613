"""Archives, tables and mailboxes in a run: ids of what is inside stay, whatever else of the file changes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from indexer.french import WordLists
from indexer.reindex import Report
from tests.reindex.memory import Folder

BODY = "Le Conseil s’est réuni mardi au siège de l’Organisation."


class Corpus(Folder):
    """A folder of files that hold documents, and an index of it."""

    def ids(self) -> dict[str, str]:
        return {document.path: id for id, document in self.engine.state.documents.items()}


@pytest.fixture
def corpus(tmp_path: Path, lists: WordLists) -> Corpus:
    return Corpus(tmp_path, lists)


def zip_of(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def lines(*ids: str) -> str:
    return "\n".join(json.dumps({"id": id, "text": f"{BODY} {id}"}) for id in ids)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def test_of_an_archive_that_changed_only_what_changed_is_written_anew(corpus: Corpus) -> None:
    corpus.write("x.zip", zip_of(**{"a.txt": BODY, "b.txt": BODY, "l.jsonl": lines("n-1", "n-2", "n-3")}))
    assert counts(corpus.reindex()) == (5, 0, 0, 0)
    before = corpus.ids()
    assert set(before) == {"x.zip!/a.txt", "x.zip!/b.txt"} | {f"x.zip!/l.jsonl#n-{n}" for n in (1, 2, 3)}
    corpus.write(
        "x.zip", zip_of(**{"l.jsonl": lines("n-3", "n-1"), "c.txt": BODY, "b.txt": BODY, "a.txt": f"{BODY} Fin."})
    )
    assert counts(corpus.reindex()) == (1, 1, 1, 3)
    after = corpus.ids()
    assert {path: after[path] for path in before if path in after} == {
        path: id for path, id in before.items() if not path.endswith("n-2")
    }


def test_an_archive_that_moved_keeps_the_ids_of_all_that_is_inside(corpus: Corpus) -> None:
    corpus.write(
        "x.zip", zip_of(**{"a.txt": BODY, "t.csv": f"id,texte\n1,{BODY}\n2,Fin.\n", "l.jsonl": lines("n-1", "n-2")})
    )
    corpus.reindex()
    before = set(corpus.ids().values())
    (corpus.folder / "x.zip").rename(corpus.folder / "y.zip")
    report = corpus.reindex()
    assert (report.added, report.removed) == (0, 0)
    assert set(corpus.ids().values()) == before
    assert "y.zip!/t.csv#2" in corpus.ids()


def test_rows_keep_their_ids_when_others_come_and_go(corpus: Corpus) -> None:
    corpus.write("t.csv", f"id,texte\n1,{BODY}\n2,Fin.\n")
    corpus.write("u.csv", f"texte\n{BODY}\nFin.\n")
    corpus.reindex()
    before = corpus.ids()
    assert {"t.csv#1", "t.csv#2"} <= set(before)
    corpus.write("t.csv", f"id,texte\n3,Début.\n2,Fin.\n1,{BODY}\n")
    corpus.write("u.csv", f"texte\nDébut.\n{BODY}\nFin.\n")
    assert counts(corpus.reindex()) == (2, 0, 0, 4)
    assert before.items() <= corpus.ids().items()


def test_two_tables_may_number_their_rows_alike(corpus: Corpus) -> None:
    for name in ("t.csv", "u.csv"):
        corpus.write(name, f"id,texte\n1,{BODY}\n")
    assert counts(corpus.reindex()) == (2, 0, 0, 0)


def test_an_id_that_stands_twice_in_an_archive_is_reported_at_its_second_place(corpus: Corpus) -> None:
    corpus.write("x.zip", zip_of(**{"a.jsonl": lines("n-1"), "b.jsonl": lines("n-1", "n-2")}))
    for _ in range(2):
        report = corpus.reindex()
        assert [(problem.path, problem.reason) for problem in report.problems] == [
            ("x.zip!/b.jsonl#n-1", "l’identifiant « n-1 » est déjà pris par un autre document du même fichier")
        ]
    assert len(corpus.ids()) == 2


def test_a_file_of_lines_that_is_something_else_is_read_as_that(corpus: Corpus) -> None:
    corpus.write("a.jsonl", zip_of(**{"b.txt": BODY}))
    assert counts(corpus.reindex()) == (1, 0, 0, 0)
    assert set(corpus.ids()) == {"a.jsonl!/b.txt"}


def test_patterns_of_the_settings_hold_inside_of_archives_too(corpus: Corpus) -> None:
    corpus.write("x.zip", zip_of(**{"README.txt": BODY, "a.txt": BODY, "d/metadata.csv": "file,title\na.txt,Fin\n"}))
    corpus.reindex()
    assert set(corpus.ids()) == {"x.zip!/a.txt"}
