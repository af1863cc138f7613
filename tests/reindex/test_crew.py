"""Several processes: what comes of a run is the same, and none of them outlives it."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import IndexProblem
from indexer.reindex import crew as crews
from indexer.reindex.crew import Crew, Job
from indexer.reindex.limits import ALL, At, Limits, unwatched
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

    def __call__(self, unit: Files, at: At = unwatched) -> Iterator[Done]:
        outcomes = []
        for number, task in enumerate(unit.tasks):
            at(number, task.size)
            self.read(task)
            marks = (Found(task.relative, str(os.getpid()), ("x" * 300_000,)),)
            if task.relative.startswith("gros"):
                for _ in range(3):
                    yield Done((*outcomes, Outcome(marks, more=True)), None, 1, more=True)
                    outcomes = []
            if task.relative == "gros et mortel":
                time.sleep(0.3)  # time for the others to leave
                os.kill(os.getpid(), signal.SIGSEGV)
            outcomes.append(Outcome(marks))
        at(ALL, 0)
        if any(task.relative == "analyse mortelle" for task in unit.tasks):
            os.kill(os.getpid(), signal.SIGSEGV)
        yield Done(tuple(outcomes), None)

    def read(self, task: FileTask) -> None:
        match task.relative:
            case "mort":
                os.kill(os.getpid(), signal.SIGKILL)
            case "faute":
                raise ValueError("une faute de programmation")
            case "lent":
                time.sleep(0.2)
            case "plante":
                ctypes.string_at(0)
            case "mortel une fois" if not Path(task.path).exists():
                Path(task.path).touch()
                os.kill(os.getpid(), signal.SIGSEGV)
            case "dort":
                time.sleep(60)
            case "calcule":
                while True:
                    pass
            case "mange":
                held = [bytes(10_000_000) + b"1" for _ in range(10_000)]
                assert not held
            case "écrit":
                Path(task.path).write_text("x", encoding="utf-8")
            case "bavarde":
                os.write(1, b"du bruit")


def job(name: str, seen: list[tuple[str, str]]) -> Job:
    return unit_of([name], seen)


def unit_of(names: list[str], seen: list[tuple[str, str]], folder: Path = Path("nulle part")) -> Job:
    """A job that notes, of each file, its name and the process that did it, or the reason why none could."""
    left = list(names)

    def then(done: Done) -> None:
        for outcome in done.outcomes:
            for found in outcome.items:
                assert isinstance(found, Found)
                seen.append((str(found.key), found.digest))
            if not outcome.more:
                name = left.pop(0)
                if outcome.unreadable:
                    seen.append((name, outcome.unreadable))

    return Job(then, Files(tuple(FileTask(str(folder / name), name, "") for name in names)), 1)


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


def test_little_plain_work_is_done_in_this_process(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []
    (tmp_path / "a.txt").write_text("Un texte.", encoding="utf-8")
    with Crew(8, Marking()) as crew:
        crew.run([unit_of(["a.txt"], seen, tmp_path), unit_of(["a.txt"], seen, tmp_path)])
    assert seen == [("a.txt", str(os.getpid()))] * 2


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


SHORT = Limits(cpu_s=0.4, memory_bytes=200 << 20)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("plante", "le lecteur s’est arrêté (signal 11)"),
        ("mort", "le lecteur a été tué"),
        ("dort", "lecture abandonnée : plus de 1,2 s"),
        ("calcule", "lecture abandonnée : plus"),
        ("mange", "lecture abandonnée : plus de 200 Mo de mémoire"),
        ("analyse mortelle", "le lecteur s’est arrêté (signal 11)"),
    ],
)
def test_a_file_that_no_process_survives_is_refused_with_the_reason_and_all_others_are_read(
    name: str, reason: str, eager: None
) -> None:
    seen: list[tuple[str, str]] = []
    units = [["a", "b"], ["c", name, "d", "e"], ["f"], ["g", "h"], [name], ["i"], ["j"], ["k"]]
    with Crew(2, Marking(), SHORT) as crew:
        crew.run(unit_of(names, seen) for names in units)
    assert [read for read, _ in seen] == [each for names in units for each in names]
    # Where the machine has no time for it, what computes for ever is ended by the clock.
    said = {why if name != "calcule" else why.split(" de ")[0] for read, why in seen if read == name}
    assert said == {reason}
    assert all(process.isdecimal() for read, process in seen if read != name)


def test_a_file_that_kills_its_reader_once_only_is_read(eager: None, tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []
    with Crew(2, Marking(), SHORT) as crew:
        crew.run([unit_of(["a", "mortel une fois", "b"], seen, tmp_path), job("c", seen)])
    assert [name for name, _ in seen] == ["a", "mortel une fois", "b", "c"]
    assert all(process.isdecimal() for _, process in seen)


def test_what_came_of_a_file_before_its_reader_died_is_taken_once(eager: None) -> None:
    seen: list[tuple[str, str]] = []
    with Crew(1, Marking(), SHORT) as crew:
        crew.run([unit_of(["a", "gros", "gros et mortel", "b"], seen)])
    assert [name for name, _ in seen] == ["a", *["gros"] * 4, *["gros et mortel"] * 4, "b"]
    assert len({process for name, process in seen if name == "gros"}) == 1
    assert dict(seen)["gros et mortel"] == "le lecteur s’est arrêté (signal 11)"


def test_a_reader_writes_no_file_and_nothing_to_the_output(eager: None, tmp_path: Path, capfd: Any) -> None:
    seen: list[tuple[str, str]] = []
    with pytest.raises(RuntimeError, match="File too large"), Crew(1, Marking()) as crew:
        crew.run([unit_of(["bavarde", "écrit"], seen, tmp_path)])
    assert not (tmp_path / "écrit").exists() or not (tmp_path / "écrit").stat().st_size
    assert capfd.readouterr().out == ""


def test_an_idle_reader_has_all_the_time_of_the_world(eager: None) -> None:
    seen: list[tuple[str, str]] = []
    with Crew(1, Marking(), Limits(cpu_s=0.1)) as crew:
        crew.run([job("a", seen)])
        time.sleep(0.5)
        crew.run([job("b", seen)])
    assert seen[0][1] == seen[1][1]


class Stillborn(Marking):
    """Cannot be taken in by a process."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (3,)


def test_processes_that_cannot_work_end_the_run_with_a_way_out(eager: None) -> None:
    with pytest.raises(IndexProblem, match="aussitôt lancés"), Crew(2, Stillborn()) as crew:
        crew.run([job("a", [])])


def test_processes_that_do_not_even_start_end_the_run(tmp_path: Path) -> None:
    """Those of a program on the standard input look for it as a file; the word lists are more than a pipe holds."""
    (tmp_path / "a.html").write_text("<p>Une page", encoding="utf-8")
    program = f"from indexer.cli import main; main(['reindex', '--index', {str(tmp_path / 'ix')!r}, {str(tmp_path)!r}])"
    ended = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "aussitôt lancés" in ended.stderr


def test_one_file_of_a_kind_that_foreign_code_reads_goes_to_a_process(tmp_path: Path) -> None:
    files = {"a.txt": "Un texte.", "b.md": "# Titre", "c.html": "<p>Une page", "d.txt": "<!doctype html><p>Une page"}
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        seen: list[tuple[str, str]] = []
        with Crew(8, Marking()) as crew:
            crew.run([unit_of([name], seen, tmp_path)])
        assert (seen == [(name, str(os.getpid()))]) == (name in ("a.txt", "b.md")), name


def test_a_fault_in_a_process_is_shown_with_its_place(eager: None) -> None:
    with pytest.raises(RuntimeError, match="une faute de programmation"), Crew(2, Marking()) as crew:
        crew.run([job("faute", []), job("a", [])])


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def big(house: House) -> House:
    """Enough for processes to be started, and for a run to last some seconds."""
    fill_with_new_words(house, files=4, lines=1500)
    return house


def fill_with_new_words(house: House, files: int, lines: int) -> None:
    for n in range(files):
        texts = (" ".join(f"mot{n}x{k}y{j}" for j in range(200)) for k in range(lines))
        house.write(f"{n}.jsonl", "\n".join(json.dumps({"id": f"{n}-{k}", "text": t}) for k, t in enumerate(texts)))


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


def test_a_killed_reader_is_replaced_and_nothing_is_lost(house: House) -> None:
    fill_with_new_words(house, files=2, lines=1000)
    process = started(house, "--json")
    workers = workers_of(process)
    os.kill(workers[0], signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["added"] == 2000
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
