"""What is remembered of runs, and what is told of files that could not be indexed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.columnar.history import KEPT, NAME, History
from indexer.errors import CorpusError, IndexLocked, IndexMissing
from indexer.model import Problem, RunRecord
from indexer.reindex import run
from indexer.reindex.comparison import compare
from tests.conftest import House

RAN = RunRecord(at="2026-11-28T05:00:00+00:00", took_ms=12, generation=3, added=2, paths=("/srv/fonds",), full=True)


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were just written are taken for settled: else the next run hashes them, and notes that it did."""
    monkeypatch.setattr("indexer.reindex.table._RACY_NS", 0)


def counts(run: RunRecord) -> tuple[int, ...]:
    return run.added, run.changed, run.removed, run.unchanged, run.failed, run.empty


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


# --- the file ------------------------------------------------------------------------------------------------------


def test_what_is_remembered_comes_back_as_it_was_the_last_first(history: History) -> None:
    runs = [replace(RAN, took_ms=number, error="« Échec »" * (number % 2)) for number in range(5)]
    for ran in runs:
        history.add(ran)
    assert history.runs() == tuple(reversed(runs))


def test_no_more_than_the_last_hundred_runs_are_kept(history: History, tmp_path: Path) -> None:
    for number in range(3 * KEPT):
        history.add(replace(RAN, took_ms=number))
        assert len((tmp_path / NAME).read_bytes().splitlines()) <= 4 * KEPT
    assert [ran.took_ms for ran in history.runs()] == list(reversed(range(2 * KEPT, 3 * KEPT)))


@pytest.mark.parametrize(
    "damage",
    [
        b"", b"{", b"\x00" * 100, b"\xff\xfe", b"[1, 2]", b'"texte"', b"null", b'{"at": 1}', b'{"at": "x"}',
        b'{"at": "x", "took_ms": "1"}', b'{"at": "x", "took_ms": 1, "paths": 3}',
        b'{"at": "x", "took_ms": 1, "paths": [3]}', b'{"at": "x", "took_ms": 1, "new": 1}',
    ],
)  # fmt: skip
def test_a_damaged_line_is_passed_over_and_takes_no_other_with_it(
    damage: bytes, history: History, tmp_path: Path
) -> None:
    history.add(RAN)
    with (tmp_path / NAME).open("ab") as file:
        file.write(b"\n" + damage)
    history.add(replace(RAN, took_ms=13))
    assert [ran.took_ms for ran in history.runs()] == [13, 12]


def test_no_file_a_folder_in_its_place_and_no_folder_for_it_are_no_failure(history: History, tmp_path: Path) -> None:
    assert history.runs() == ()
    nowhere = History(tmp_path / "absent")
    nowhere.add(RAN)
    assert nowhere.runs() == ()
    (tmp_path / NAME).mkdir()
    history.add(RAN)
    assert history.runs() == ()


def test_a_record_is_bounded_and_holds_what_any_output_can_carry(history: History, tmp_path: Path) -> None:
    history.add(replace(RAN, paths=("a\udce9" * 5000,) * 5000, error="x" * 100_000))
    assert (tmp_path / NAME).stat().st_size < 20_000
    (ran,) = history.runs()
    assert ran.paths[0].startswith("a?a?")


# --- runs ----------------------------------------------------------------------------------------------------------


def test_every_run_is_remembered_one_that_changed_nothing_too(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.write("photo.txt", b"\xff\xd8\xff\xe0\x00\x00")
    house.write("vide.txt", "")
    house.reindex()
    house.reindex()
    house.reindex(check=True, full=True)
    full, nothing, first = house.engine().runs()
    assert counts(first) == (1, 0, 0, 0, 1, 1)
    assert counts(nothing) == (0, 0, 0, 1, 1, 1)
    assert (first.generation, nothing.generation) == (1, 1)
    assert [(ran.check, ran.full) for ran in (first, nothing, full)] == [(False, False), (False, False), (True, True)]
    assert first.paths == (str(house.corpus),)
    assert first.error == ""


def test_a_dry_run_is_not_remembered(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    house.reindex(dry_run=True)
    with pytest.raises(CorpusError):
        house.reindex(house.folder / "absent", dry_run=True)
    assert len(house.engine().runs()) == 1


def test_a_run_that_failed_is_remembered_with_its_reason(house: House) -> None:
    with pytest.raises(CorpusError) as refused:
        house.reindex(house.folder / "absent")
    (ran,) = house.engine().runs()
    assert (ran.error, ran.generation) == (str(refused.value), 0)
    with pytest.raises(IndexMissing):
        house.engine().current()


def test_a_root_that_is_gone_is_the_reason_that_is_remembered(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    house.corpus.rename(house.folder / "ailleurs")
    assert house.reindex().exit_code == 2
    assert str(house.corpus) in house.engine().runs()[0].error


def test_a_run_that_met_another_one_is_remembered(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    with house.engine().update(house.lists, house.rules.digest), pytest.raises(IndexLocked) as refused:
        house.reindex()
    assert house.engine().runs()[0].error == str(refused.value)


@pytest.mark.parametrize(
    ("error", "told"), [(KeyboardInterrupt(), "Interrompue"), (ZeroDivisionError("secret"), "ZeroDivisionError")]
)
def test_a_run_that_was_interrupted_or_crashed_is_remembered(error: BaseException, told: str, house: House) -> None:
    def stop(done: int, total: int, written: int, what: str) -> None:
        raise error

    with pytest.raises(type(error)):
        house.reindex(progress=stop)
    assert told in house.engine().runs()[0].error
    assert "secret" not in house.engine().runs()[0].error


def test_a_watch_is_remembered_when_it_published_and_a_failure_of_it_once(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    for _ in range(3):
        house.reindex(watch=True)
    house.corpus.rename(house.folder / "ailleurs")
    for _ in range(3):
        house.reindex(watch=True)
    failed, published = house.engine().runs()
    assert (published.added, published.watch, published.error) == (1, True, "")
    assert failed.error


def test_a_history_that_cannot_be_written_stops_no_run(house: House) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.settings.index.directory.mkdir(mode=0o700)
    (house.settings.index.directory / NAME).mkdir()
    assert house.reindex().exit_code == 0
    assert house.engine().runs() == ()


# --- problems ------------------------------------------------------------------------------------------------------


def problems(house: House) -> list[tuple[str, str, bool]]:
    return [(one.root, one.path, one.empty) for one in house.engine().snapshot().problems]


def test_a_generation_tells_of_every_file_that_failed_or_is_empty_with_its_root(house: House) -> None:
    house.write("b/photo.txt", b"\xff\xd8\xff\xe0\x00\x00")
    house.write("a.jsonl", "[]\n" + json.dumps({"id": "x", "title": "", "text": ""}))
    house.write("vide.txt", "")
    report = house.reindex()
    told = house.engine().snapshot().problems
    assert [(one.path, one.reason, one.empty) for one in told] == [
        (one.path, one.reason, one.empty) for one in report.problems
    ]
    assert {one.root for one in told} == {"corpus"}


@pytest.fixture
def unreadable(house: House) -> Iterator[Path]:
    """A file that cannot be opened."""
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    path = house.write("secret.txt", "Secret\n\nUn tambour.")
    path.chmod(0)
    yield path
    path.chmod(0o600)


def test_a_file_that_cannot_be_opened_is_told_of_until_it_can(house: House, unreadable: Path) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    assert problems(house) == [("corpus", "secret.txt", False)]
    assert house.reindex().published is False
    unreadable.chmod(0o600)
    house.reindex()
    assert problems(house) == []


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[None]]:
    """Makes folders of the corpus impossible to list, for a while."""

    @contextmanager
    def refuse(*paths: str) -> Iterator[None]:
        refused = [Problem(path, "lecture impossible", root="corpus") for path in paths]
        with monkeypatch.context() as patch:
            patch.setattr(run, "compare", lambda *args, **rest: replace(compare(*args, **rest), problems=refused))
            yield

    return refuse


def test_a_problem_that_comes_or_goes_makes_a_generation(
    house: House, refusing: Callable[..., AbstractContextManager[None]]
) -> None:
    house.write("un.txt", "Un\n\nUn tambour.")
    house.reindex()
    with refusing("dossier"):
        assert [house.reindex().published for _ in range(2)] == [True, False]
        assert problems(house) == [("corpus", "dossier", False)]
    assert [house.reindex().published for _ in range(2)] == [True, False]
    assert problems(house) == []


def test_a_run_over_a_part_leaves_what_is_told_of_the_rest(
    house: House, refusing: Callable[..., AbstractContextManager[None]]
) -> None:
    house.write("a/un.txt", "Un\n\nUn tambour.")
    house.write("b/photo.txt", b"\xff\xd8\xff\xe0\x00\x00")
    with refusing("a", "ab", "a!/b"):
        house.reindex()
    house.reindex(house.corpus / "a")
    assert [path for _, path, _ in problems(house)] == ["ab", "b/photo.txt"]
    house.reindex()
    assert [path for _, path, _ in problems(house)] == ["b/photo.txt"]


def test_a_root_that_is_forgotten_takes_its_problems_along(house: House) -> None:
    other = house.folder / "autres"
    other.mkdir()
    (other / "vide.txt").write_text("")
    house.write("vide.txt", "")
    house.reindex(house.corpus, other)
    assert [root for root, _, _ in problems(house)] == ["autres", "corpus"]
    house.reindex(house.corpus, forget=[other])
    assert [root for root, _, _ in problems(house)] == ["corpus"]
