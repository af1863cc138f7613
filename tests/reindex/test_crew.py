"""Several processes: what comes of a run is the same, and none of them outlives it."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.errors import IndexProblem
from indexer.reindex import crew as crews
from indexer.reindex.crew import Crew, Job
from indexer.reindex.work import Done, Files, FileTask, Found, Outcome
from tests.conftest import ROOT, House

WORDS = ("mission", "mandat", "paix", "accord", "retrait", "convoi", "relève", "village", "marché", "fleuve", "école")


def text(number: int) -> str:
    return " ".join(WORDS[(number * 7 + n * n) % len(WORDS)] for n in range(60))


def fill(house: House) -> None:
    """Files of each kind, good and bad, ids in conflict, a big and a small file of lines."""
    for n in range(40):
        house.write(f"textes/{n:03}.txt", f"Texte {n}\n\n{text(n)}.")
        house.write(f"pages/{n:03}.html", f"<title>Page {n}</title><p>{text(n)}.</p>")
    house.write("vide.txt", "")
    house.write("binaire.txt", b"\x00\x01\x02\x03")
    house.write("lignes/a.jsonl", "".join(line(n) for n in range(600)))
    house.write("lignes/b.jsonl", line(5) + line("b") + "{\n" + line("b") + line(6))
    house.write("zzz.jsonl", line(7))


def line(id: object, more: str = "") -> str:
    body = f"{text(len(str(id)) * 31)} {id} {more}"
    return json.dumps({"id": id, "title": f"Titre {id}", "text": body, "date": "hier"}) + "\n"


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are started for little work too, and units are small."""
    monkeypatch.setattr(crews, "_ENOUGH_BYTES", 1)
    monkeypatch.setattr("indexer.reindex.run._UNIT_ITEMS", 37)
    monkeypatch.setattr("indexer.reindex.run._UNIT_BYTES", 40_000)


def left_by(house: House, jobs: int, *, full: bool = False) -> object:
    """What a run says and what a reader sees, but for its number and times."""
    report = house.reindex(jobs=jobs, full=full)
    said = report.added, report.changed, report.removed, report.unchanged, report.problems, report.warnings
    pages = [house.search(query, per_page=100) for query in ("", "mission", "mandat convoi", '"marché fleuve"')]
    seen = [
        (
            page.total,
            page.types,
            page.dates,
            [(h.document.id, h.document.path, h.score, h.fragments) for h in page.hits],
        )
        for page in pages
    ]
    return said, seen


def test_what_a_run_leaves_is_the_same_whatever_the_number_of_processes(
    house: House, tmp_path: Path, eager: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house)
    left = {}
    for jobs in (1, 3):
        house.settings.index.directory.exists() and house.settings.index.directory.rename(tmp_path / f"index{jobs}")
        first = left_by(house, jobs)
        house.write("lignes/a.jsonl", "".join(line(n, "neuf" if n % 9 else "") for n in range(3, 610)), age_s=30)
        house.write("textes/007.txt", "Texte 7\n\nUn tambour.", age_s=30)
        left[jobs] = first, left_by(house, jobs), left_by(house, jobs, full=True)
        fill(house)
    assert left[1] == left[3]


class Marking:
    """Does files by leaving a mark, or by dying of it."""

    def __call__(self, unit: Files) -> Done:
        (task,) = unit.tasks
        if task.relative == "mort":
            os.kill(os.getpid(), signal.SIGKILL)
        if task.relative == "faute":
            raise ValueError("une faute de programmation")
        if task.relative == "lent":
            time.sleep(0.2)
        return Done((Outcome((Found(task.relative, str(os.getpid()), ("x" * 300_000,)),)),), None)


def job(name: str, seen: list[tuple[str, str]]) -> Job:
    def then(done: Done) -> None:
        (found,) = done.outcomes[0].items
        assert isinstance(found, Found)
        seen.append((str(found.key), found.digest))

    return Job(then, Files((FileTask(name * 1, name, ""),)), 1)


def test_results_come_in_the_order_of_the_work_and_from_several_processes(eager: None) -> None:
    seen: list[tuple[str, str]] = []
    names = [name for n in range(12) for name in ("lent", f"n{n}", f"m{n}")]
    with Crew(2, Marking()) as crew:
        crew.run(job(name, seen) for name in names)
        crew.run([job("encore", seen)])
    assert [name for name, _ in seen] == [*names, "encore"]
    processes = {process for _, process in seen}
    assert len(processes) == 2
    assert str(os.getpid()) not in processes
    assert not any(alive(int(process)) for process in processes)


def test_little_work_is_done_in_this_process() -> None:
    seen: list[tuple[str, str]] = []
    with Crew(8, Marking()) as crew:
        crew.run([job("a", seen), job("b", seen)])
    assert seen == [("a", str(os.getpid())), ("b", str(os.getpid()))]


def test_no_more_work_is_taken_than_the_processes_can_do_soon(eager: None) -> None:
    taken = done = most = 0

    def jobs() -> Iterator[Job]:
        nonlocal taken, most
        for _ in range(40):
            taken += 1
            most = max(most, taken - done)
            yield Job(then, Files((FileTask("a", "a", ""),)), 1)

    def then(_: Done) -> None:
        nonlocal done
        done += 1

    with Crew(2, Marking()) as crew:
        crew.run(jobs())
    assert done == 40
    assert most <= 2 * crews._IN_FLIGHT + 1


def test_a_process_that_dies_ends_the_run_and_says_near_what(eager: None) -> None:
    seen: list[tuple[str, str]] = []
    with pytest.raises(IndexProblem, match="« mort »"), Crew(2, Marking()) as crew:
        crew.run(job(name, seen) for name in ("a", "b", "mort", "c", "d", "e", "f"))


def test_a_fault_in_a_process_is_shown_with_its_place(eager: None) -> None:
    with pytest.raises(RuntimeError, match="une faute de programmation"), Crew(2, Marking()) as crew:
        crew.run([job("faute", []), job("a", [])])


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def big(house: House) -> House:
    """Enough for processes to be started, and for a run to last some seconds."""
    for n in range(4):
        lines = (
            json.dumps({"id": f"{n}-{k}", "text": " ".join(f"mot{n}x{k}y{j}" for j in range(200))}) for k in range(1500)
        )
        house.write(f"{n}.jsonl", "\n".join(lines))
    return house


def started(house: House, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "indexer", "reindex", "corpus", "--index", "index", "--jobs", "2", *args],
        cwd=house.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Waits until both readers are at work."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = [pid for pid in children(process.pid) if "spawn_main" in command(pid)]
        if len(found) == 2:
            return found
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError("no processes were started")


def children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(word) for word in listed.split()]


def command(pid: int) -> str:
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def alive(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(shown.strip()) and not shown.startswith("Z")


def all_gone(pids: list[int]) -> bool:
    until = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(alive, pids))


pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="ps --ppid is of Linux")


def test_ctrl_c_stops_all_processes_without_a_traceback_and_leaves_the_index_as_it_was(big: House) -> None:
    process = started(big)
    workers = workers_of(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err, err
    assert "interrompu" in err
    assert all_gone(workers)
    assert not (big.settings.index.directory / "CURRENT").exists()


def test_a_killed_reader_ends_the_run_with_a_french_line_and_exit_code_2(big: House) -> None:
    process = started(big)
    workers = workers_of(process)
    os.kill(workers[0], signal.SIGKILL)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert "--jobs 1" in err
    assert "Traceback" not in err
    assert all_gone(workers)


def test_readers_do_not_outlive_a_run_that_is_killed(big: House) -> None:
    process = started(big)
    workers = workers_of(process)
    process.kill()
    process.communicate(timeout=20)
    assert all_gone(workers)


def test_a_crew_leaves_the_search_for_cycles_as_it_found_it() -> None:
    usual, within = gc.get_threshold(), []

    def fail(done: Done) -> None:
        within.append(gc.get_threshold())
        raise RuntimeError("a fault")

    with Crew(1, Marking()) as crew, pytest.raises(RuntimeError, match="a fault"):
        crew.run([Job(fail)])
    assert within != [usual]
    assert gc.get_threshold() == usual
