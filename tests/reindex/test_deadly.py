"""Files that kill what reads them, in a run: they are reported, and cost the index nothing."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.documents import TypeRules
from indexer.reindex import work
from indexer.reindex.limits import At, unwatched
from indexer.reindex.work import Done, Files, FileTask, Reader, Unit
from tests.conftest import House
from tests.faults.makers import zipped

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


class Fragile(Reader):
    """Dies of files that say so, and leaves a folder beside the corpus for each time that it was asked for one."""

    def __call__(self, unit: Unit, at: At = unwatched) -> Iterator[Done]:
        for task in unit.tasks if isinstance(unit, Files) else ():
            content = Path(task.path).read_text(encoding="utf-8")
            if "MORT" in content:
                tempfile.mkdtemp(prefix="tentative-", dir=Path(task.path).parents[1])
                os.kill(os.getpid(), signal.SIGKILL if "VIOLENTE" in content else signal.SIGSEGV)
        yield from super().__call__(unit, at)


@pytest.fixture
def fragile(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("indexer.reindex.run.Reader", Fragile)
    monkeypatch.setattr("indexer.reindex.table._RACY_NS", 0)  # what was written just now is believed
    for n in range(4):
        house.write(f"{n}.html", f"<title>Page {n}</title><p>Le bataillon {n} est relevé.")
    return house


def tries(house: House) -> int:
    return len(list(house.folder.glob("tentative-*")))


def page(text: str) -> str:
    return f"<title>Une page</title><p>{text}"


def test_a_deadly_file_is_a_failure_with_its_reason_and_all_others_are_found(fragile: House) -> None:
    fragile.write("1b.html", page("MORT"))
    report = fragile.reindex()
    assert [(one.path, one.reason) for one in report.problems] == [("1b.html", "le lecteur s’est arrêté (signal 11)")]
    assert report.exit_code == 1
    assert len(fragile.titles("bataillon")) == 4


def test_a_deadly_file_is_tried_again_when_it_changes_or_when_all_is_checked(fragile: House) -> None:
    fragile.write("1b.html", page("MORT"))
    fragile.reindex()
    first = tries(fragile)
    assert len(fragile.reindex().problems) == 1
    assert tries(fragile) == first
    assert len(fragile.reindex(check=True).problems) == 1
    assert tries(fragile) > first
    fragile.write("1b.html", page("Elle ne tue plus."), age_s=30)
    report = fragile.reindex()
    assert (report.added, report.problems) == (1, [])


def test_a_file_whose_reader_was_killed_from_outside_is_tried_again_at_the_next_run(fragile: House) -> None:
    fragile.write("1b.html", page("MORT VIOLENTE"))
    assert [one.reason for one in fragile.reindex().problems] == ["le lecteur a été tué"]
    first = tries(fragile)
    fragile.reindex()
    assert tries(fragile) > first


@pytest.mark.parametrize("full", [False, True])
def test_what_the_index_has_of_a_file_that_became_deadly_stays(fragile: House, full: bool) -> None:
    fragile.write("1b.html", page("Une version saine."))
    fragile.reindex()
    fragile.write("1b.html", page("MORT"), age_s=30)
    report = fragile.reindex(full=full)
    assert len(report.problems) == 1
    assert fragile.titles("saine") == ["Une page"]


# --- the reader alone ------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(house: House) -> Reader:
    return Reader(house.rules, 10_000_000, None)


def task(path: Path) -> FileTask:
    return FileTask(str(path), path.name, "", path.stat().st_size)


def test_a_file_with_much_text_comes_back_in_pieces_that_do_not_depend_on_its_neighbours(
    house: House, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_PIECE_CHARS", 1000)
    parts = {f"{n}.txt": f"Texte {n}\n\n{'Le mandat de la mission. ' * 20}".encode() for n in range(5)}
    archive, note = house.write("a.zip", zipped(parts)), house.write("b.txt", "Une note.")
    done = list(reader(Files((task(note), task(archive), task(note)))))
    assert [one.more for one in done] == [True, False]
    assert [[(len(each.items), each.more) for each in one.outcomes] for one in done] == [
        [(1, False), (3, True)],
        [(2, False), (1, False)],
    ]
    alone = list(reader(Files((task(archive),))))
    assert [len(one.outcomes[0].items) for one in alone] == [3, 2]


def test_a_text_beyond_all_books_is_refused(house: House, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_MAX_CHARS", 100)
    path = house.write("a.txt", "Le mandat. " * 20)
    ((outcome,),) = [one.outcomes for one in reader(Files((task(path),)))]
    assert [item.reason for item in outcome.items] == [work._TOO_LONG]  # type: ignore[union-attr]


def test_an_error_that_no_format_foresaw_refuses_the_file_and_says_where_it_came_from(
    house: House, rules_that_fail: TypeRules
) -> None:
    path = house.write("a.txt", "Le mandat.")
    ((outcome,),) = [one.outcomes for one in Reader(rules_that_fail, 1000, None)(Files((task(path),)))]
    assert outcome.unreadable.startswith("erreur inattendue à la lecture : ZeroDivisionError (test_deadly.py, ligne ")


@pytest.fixture
def rules_that_fail(house: House, monkeypatch: pytest.MonkeyPatch) -> TypeRules:
    def fail(*args: object, **options: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("indexer.documents.assemble", fail)
    return house.rules


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("film.mp4", b"\0\0\0\x18ftypmp42", "format non pris en charge : vidéo"),
        ("creux.txt", b"", "fichier trop gros : 20,0 Mo, au plus 10,0 Mo"),
    ],
)
def test_a_large_file_that_is_refused_anyway_is_not_hashed(
    name: str, content: bytes, reason: str, house: House, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "hash_of", lambda path: pytest.fail("it was hashed"))
    path = house.write(name, content)
    os.truncate(path, 20_000_000)
    ((outcome,),) = [one.outcomes for one in reader(Files((task(path),)))]
    assert (outcome.unreadable, outcome.sha256) == (reason, "")
    assert outcome.read_ns
