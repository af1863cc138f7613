"""Generations: what is published is whole and stays; what is not published was never there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.columnar.generations import FORMAT, IndexDirectory, Manifest
from indexer.engines.base import EngineQuery
from indexer.errors import IndexDamaged, IndexIncompatible, IndexLocked, IndexMissing, IndexProblem
from indexer.french import WordLists
from indexer.model import Document, Root
from indexer.query.tree import All
from tests.columnar.making import add, made_document, made_engine, write
from tests.conftest import ROOT


def some(first: int, count: int) -> list[Document]:
    rng = random.Random(first)
    return [made_document(number, rng) for number in range(first, first + count)]


def found(folder: Path) -> set[str]:
    return {d.id for d, _ in made_engine(folder).snapshot().search(EngineQuery(All(), limit=1_000_000)).hits}


def generation_folder(folder: Path, number: int) -> Path:
    return folder / "generations" / f"{number:06}"


def test_there_is_no_index_before_the_first_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="trouvaille reindex"):
        made_engine(tmp_path / "index").snapshot()


def test_a_run_publishes_a_new_generation_and_leaves_the_old_one_untouched(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    assert write(engine, lists, some(0, 5)) == 1
    before = {file.name: file.read_bytes() for file in generation_folder(folder, 1).iterdir()}
    held = engine.snapshot()
    assert write(engine, lists, some(5, 5), ["d0000"]) == 2
    assert {file.name: file.read_bytes() for file in generation_folder(folder, 1).iterdir()} == before
    assert held.status.generation == 1
    assert engine.snapshot().status.generation == 2
    assert len(found(folder)) == 9


def test_unchanged_files_are_linked_not_copied(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    write(engine, lists, some(0, 5))
    write(engine, lists, [])
    (segment,) = generation_folder(folder, 1).glob("*.seg")
    assert segment.samefile(generation_folder(folder, 2) / segment.name)


def test_files_are_copied_where_links_fail(tmp_path: Path, lists: WordLists, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    write(engine, lists, some(0, 5))

    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write(engine, lists, some(5, 5))
    assert len(found(folder)) == 10


def test_a_run_that_is_given_up_leaves_nothing(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    write(engine, lists, some(0, 5))
    with engine.update(lists, "rules") as update:
        update.start(rebuild=False)
        add(update, some(9, 1))
    assert [entry.name for entry in (folder / "generations").iterdir()] == ["000001"]
    assert len(found(folder)) == 5


def test_old_generations_are_collected_once_two_newer_ones_stand_for_a_minute(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    for number in range(4):
        write(engine, lists, some(number, 1))
    numbers = lambda: sorted(entry.name for entry in (folder / "generations").iterdir())  # noqa: E731
    assert numbers() == ["000001", "000002", "000003", "000004"]
    for entry in (folder / "generations").iterdir():
        then = time.time() - 61
        os.utime(entry / "manifest.json", (then, then))
    write(engine, lists, some(9, 1))
    assert numbers() == ["000004", "000005"]


def test_an_index_that_others_can_write_is_not_opened(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    write(made_engine(folder), lists, some(0, 1))
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o770)
    with pytest.raises(IndexProblem, match="chmod"):
        made_engine(folder).snapshot()


@pytest.mark.parametrize("damage", ["cut", "gone", "toc", "manifest", "current"])
def test_a_damaged_index_says_so_and_how_to_mend_it(damage: str, tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    write(made_engine(folder), lists, some(0, 5))
    inside = generation_folder(folder, 1)
    (segment,) = inside.glob("*.seg")
    (table,) = inside.glob("*.toc")
    match damage:
        case "cut":
            segment.write_bytes(segment.read_bytes()[:-10])
        case "gone":
            segment.unlink()
        case "toc":
            content = bytearray(table.read_bytes())
            content[len(content) // 2] ^= 1
            table.write_bytes(content)
        case "manifest":
            (inside / "manifest.json").write_text("{")
        case "current":
            (folder / "CURRENT").write_text("hier\n")
    with pytest.raises(IndexDamaged, match="--full"):
        made_engine(folder).snapshot()
    engine = made_engine(folder)
    with engine.update(lists, "rules", full=True) as update:  # and that is how it is mended
        update.start(rebuild=True)
        add(update, some(0, 5))
        update.publish(files=b"", roots=(), last_run={})
    assert len(found(folder)) == 5


def test_an_index_of_another_format_is_refused_with_the_command_that_mends_it(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    write(made_engine(folder), lists, some(0, 1))
    manifest = generation_folder(folder, 1) / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    with pytest.raises(IndexIncompatible, match="reindex --full"):
        made_engine(folder).snapshot()


def test_a_full_rebuild_knows_the_roots_of_an_index_of_another_format(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    root = Root("corpus", "/srv/corpus")
    with engine.update(lists, "rules") as update:
        update.start(rebuild=False)
        update.publish(files=b"", roots=(root,), last_run={})
    manifest = generation_folder(folder, 1) / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 1'))
    with engine.update(lists, "rules", full=True) as update:
        assert update.roots == (root,)


def test_an_index_of_another_analysis_is_searched_by_nobody(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    write(made_engine(folder), lists, some(0, 1))
    manifest = generation_folder(folder, 1) / "manifest.json"
    sound = Manifest.from_json(manifest.read_bytes())
    manifest.write_bytes(replace(sound, built_with={**sound.built_with, "chain": "0"}).to_json())
    with pytest.raises(IndexIncompatible, match="trouvaille reindex"):
        _ = made_engine(folder).snapshot().analyzer


def test_an_index_is_searched_with_the_word_lists_it_was_built_with(tmp_path: Path, lists: WordLists) -> None:
    files = dict(lists.files)
    files["names.txt"] = files["names.txt"] + b"\nCasques\n"
    folder = tmp_path / "index"
    write(made_engine(folder), WordLists.from_files(files), some(0, 1))
    (position,) = made_engine(folder).snapshot().analyzer.analyze("casques")
    assert position.stem == ("casques",)


_WRITER = textwrap.dedent(
    """
    import random, sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from indexer.french import WordLists
    from tests.columnar.making import made_document, made_engine, write
    lists = WordLists.load(Path({root!r}) / "config" / "french")
    engine = made_engine(Path(sys.argv[1]))
    batch = int(sys.argv[2])
    print("ready", flush=True)
    while True:
        rng = random.Random(batch)
        write(engine, lists, [made_document(batch * 10 + n, rng) for n in range(10)])
        print(batch, flush=True)
        batch += 1
    """
)


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.deep)])
def test_a_run_killed_at_any_moment_loses_no_acknowledged_run(kills: int, tmp_path: Path) -> None:
    """Each batch is ten documents: after a kill, every acknowledged batch is whole, and at most one more."""
    folder = tmp_path / "index"
    rng = random.Random(kills)
    done = -1
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER.format(root=str(ROOT)), str(folder), str(done + 1)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.02, 0.6))
        process.send_signal(signal.SIGKILL)
        acknowledged = [int(number) for number in process.stdout.read().split()]
        process.wait()
        process.stdout.close()
        last = max([done, *acknowledged])
        if last < 0:
            continue
        there = found(folder)
        assert len(there) % 10 == 0
        assert len(there) // 10 in (last + 1, last + 2)
        done = len(there) // 10 - 1
    assert done >= 0


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    directory = IndexDirectory(folder)
    script = (
        "import sys, time; from pathlib import Path; from indexer.columnar.generations import IndexDirectory\n"
        "with IndexDirectory(Path(sys.argv[1])).writing(): print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(IndexLocked, match=str(process.pid)), directory.writing():
        pass
    process.kill()
    process.wait()
    process.stdout.close()
    write(made_engine(folder), lists, some(0, 1))


def test_readers_never_fail_while_generations_come_and_go(
    tmp_path: Path, lists: WordLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.columnar.generations._KEEP_S", 1.0)
    folder = tmp_path / "index"
    write(made_engine(folder), lists, some(0, 10))
    stop = threading.Event()
    failures: list[BaseException] = []
    opened: list[int] = []

    def read() -> None:
        last = 0
        while not stop.is_set():
            try:
                snapshot = made_engine(folder).snapshot()  # a fresh open each time
                answer = snapshot.search(EngineQuery(All(), limit=1000))
                assert answer.total == snapshot.status.documents
                assert snapshot.status.generation >= last
                last = snapshot.status.generation
                opened.append(last)
            except BaseException as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    writer = made_engine(folder)
    until = time.monotonic() + 4
    batch = 1
    while time.monotonic() < until:
        write(writer, lists, some(batch * 10, 10))
        batch += 1
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert len(set(opened)) > 3


def test_verify_finds_every_damaged_file_whatever_the_damage(tmp_path: Path, lists: WordLists) -> None:
    """Bits flipped, ends cut, files gone: all found, one at a time, and a sound index is said to be sound."""
    folder = tmp_path / "index"
    engine = made_engine(folder)
    write(engine, lists, some(0, 20))
    inside = generation_folder(folder, 1)
    rng = random.Random(5)
    files = sorted(file for file in inside.iterdir() if file.name != "manifest.json")
    assert engine.verify(1) == ()
    for trial in range(120):
        file = rng.choice(files)
        whole = file.read_bytes()
        damaged = bytearray(whole)
        match trial % 3:
            case 0 if whole:
                damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
                file.write_bytes(damaged)
            case 1 if whole:
                file.write_bytes(whole[: rng.randrange(len(whole))])
            case _:
                file.unlink()
        assert [problem.name for problem in engine.verify(1)] == [file.name]
        file.write_bytes(whole)
    (inside / "intrus").write_text("?")
    assert [problem.name for problem in engine.verify(1)] == ["intrus"]


def test_rollback_puts_the_generation_before_back_and_numbers_go_on(tmp_path: Path, lists: WordLists) -> None:
    folder = tmp_path / "index"
    engine = made_engine(folder)
    with pytest.raises(IndexMissing):
        engine.rollback()
    write(engine, lists, some(0, 5))
    with pytest.raises(IndexMissing, match="rien n’a été changé"):
        engine.rollback()
    write(engine, lists, some(5, 5))
    assert engine.rollback() == 1
    assert len(found(folder)) == 5
    assert engine.snapshot().status.generation == 1  # a running service goes along
    assert write(engine, lists, some(20, 3)) == 3
    assert len(found(folder)) == 8
