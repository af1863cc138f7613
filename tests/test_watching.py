"""`trouvaille reindex --watch`, a real process over a real folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

import pytest

from indexer.errors import IndexProblem
from tests.conftest import House

# Longer than anything takes on a machine that does other things too.
PATIENCE_S = 60.0


class Watching:
    """The process, its lines, and the index it keeps up to date."""

    def __init__(self, house: House, *options: str, root: Path | None = None, inside: Sequence[str] = ()) -> None:
        self.house = house
        command = [*inside, sys.executable, "-m", "indexer", "reindex", str(root or house.corpus), "--watch"]
        index = ["--index", str(house.settings.index.directory)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*command, *index, *options], stdout=pipe, stderr=pipe, text=True)
        self.lines: SimpleQueue[str] = SimpleQueue()
        self.said: list[str] = []
        self.out: list[str] = []
        assert self.process.stdout
        assert self.process.stderr
        streams = (self.process.stdout, self.out.append), (self.process.stderr, self.lines.put)
        self.gatherers = [Thread(target=_gather, args=each, daemon=True) for each in streams]
        for gatherer in self.gatherers:
            gatherer.start()

    def until_told(self, words: str) -> str:
        """The next line with these words."""
        end = time.monotonic() + PATIENCE_S
        while (left := end - time.monotonic()) > 0:
            try:
                self.said.append(self.lines.get(timeout=left))
            except Empty:
                break
            if words in self.said[-1]:
                return self.said[-1]
        raise AssertionError(f"« {words} » was not told; told: {self.said}")

    def until(self, expected: list[str]) -> None:
        """Wait for exactly these documents, by title."""
        self.wait_for(lambda: sorted(self.titles()) == sorted(expected), f"{expected}")

    def wait_for(self, come: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not come():
            assert time.monotonic() < end, f"never came: {what}; there: {self.titles()}; told: {self._all_said()}"
            assert self.process.poll() is None, f"ended: {self._all_said()}"
            time.sleep(0.02)

    def titles(self) -> list[str]:
        try:
            return self.house.titles(per_page=100)
        except IndexProblem:
            return []

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Its exit code, all of its lines read."""
        self.process.send_signal(with_signal)
        code = self.process.wait(PATIENCE_S)
        for gatherer in self.gatherers:
            gatherer.join(PATIENCE_S)
        return code

    def _all_said(self) -> list[str]:
        while not self.lines.empty():
            self.said.append(self.lines.get())
        return self.said


def _gather(stream: IO[str], into: Callable[[str], Any]) -> None:
    for line in stream:
        into(line)


@pytest.fixture
def watch(house: House) -> Iterator[Callable[..., Watching]]:
    """Starts a watch over the corpus of the house (or another root), and waits until it follows it."""
    started: list[Watching] = []

    def start(*options: str, **more: Any) -> Watching:
        started.append(Watching(house, *options, **more))
        started[-1].until_told("Surveillance de")
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait(PATIENCE_S)
        assert one.process.stdout
        assert one.process.stderr
        one.process.stdout.close()
        one.process.stderr.close()


def article(title: str) -> str:
    return f"{title}\n\nUn texte sur {title.lower()}.\n"


def ids(house: House) -> dict[str, str]:
    return {hit.document.title: hit.document.id for hit in house.search(per_page=100).hits}


def test_new_changed_and_deleted_files_are_followed(house: House, watch: Callable[..., Watching]) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    watching.until(["Le pont"])
    (house.corpus / "b.txt").write_text(article("La route"))
    watching.until(["Le pont", "La route"])
    (house.corpus / "a.txt").write_text(article("Le viaduc"))
    watching.until(["Le viaduc", "La route"])
    (house.corpus / "b.txt").unlink()
    watching.until(["Le viaduc"])
    assert "1 ajouté, 0 modifié, 0 retiré" in watching.until_told("génération 2")


def test_editors_that_save_by_renaming_leave_a_document_with_its_id_and_first_date(
    house: House, watch: Callable[..., Watching]
) -> None:
    path = house.write("note.txt", article("Premier jet"))
    watching = watch()
    watching.until(["Premier jet"])
    first = house.search().hits[0].document
    # As vim does: the old file moved away, the new one written, the old one removed.
    path.rename(house.corpus / "note.txt~")
    path.write_text(article("Second jet"))
    (house.corpus / "note.txt~").unlink()
    watching.until(["Second jet"])
    # As most programs do: a new file put in its place.
    (house.corpus / "nouveau").write_text(article("Troisième jet"))
    (house.corpus / "nouveau").replace(path)
    watching.until(["Troisième jet"])
    # As some do, slowly.
    path.rename(house.corpus / "note.bak~")
    time.sleep(0.3)
    path.write_text(article("Dernier jet"))
    watching.until(["Dernier jet"])
    last = house.search().hits[0].document
    assert (last.id, last.first_seen) == (first.id, first.first_seen)


def test_folders_come_move_and_go_whole(house: House, watch: Callable[..., Watching], tmp_path: Path) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    outside = tmp_path / "ailleurs"
    (outside / "profond").mkdir(parents=True)
    (outside / "b.txt").write_text(article("La route"))
    (outside / "profond" / "c.txt").write_text(article("Le tunnel"))
    outside.rename(house.corpus / "dossier")
    watching.until(["Le pont", "La route", "Le tunnel"])
    before = ids(house)
    (house.corpus / "dossier").rename(house.corpus / "renommé")
    watching.wait_for(lambda: any("renommé" in hit.document.path for hit in house.search().hits), "the new name")
    watching.until(["Le pont", "La route", "Le tunnel"])
    assert ids(house) == before
    (house.corpus / "renommé" / "profond" / "d.txt").write_text(article("Le port"))
    watching.until(["Le pont", "La route", "Le tunnel", "Le port"])
    (house.corpus / "renommé").rename(tmp_path / "parti")
    watching.until(["Le pont"])


def test_a_burst_of_files_and_new_folders_is_all_found(house: House, watch: Callable[..., Watching]) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    for number in range(200):
        folder = house.corpus / f"{number % 7}" / f"{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_text(article(f"Article {number}"))
    watching.wait_for(lambda: house.search().total == 201, "200 articles")


def test_what_changes_during_a_run_is_found_by_the_next(house: House, watch: Callable[..., Watching]) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    lines = "".join(
        json.dumps({"id": str(n), "title": f"Ligne {n}", "text": f"mot{n} " * 40}) + "\n" for n in range(10_000)
    )
    (house.corpus / "lignes.jsonl").write_text(lines)
    watching.wait_for(lambda: (house.settings.index.directory / "generations/.draft").exists(), "a run that writes")
    (house.corpus / "b.txt").write_text(article("La route"))
    watching.wait_for(lambda: house.titles("route") == ["La route"], "what changed during the run")
    watching.wait_for(lambda: house.search().total == 10_002, "all")


def test_a_root_that_vanishes_keeps_its_documents_and_is_followed_again_when_it_is_back(
    house: House, watch: Callable[..., Watching], tmp_path: Path
) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    house.corpus.rename(tmp_path / "débranché")
    assert "Ses documents sont gardés" in watching.until_told("La surveillance attend")
    watching.until(["Le pont"])
    (tmp_path / "débranché").rename(house.corpus)
    watching.until_told("est de nouveau là")
    (house.corpus / "b.txt").write_text(article("La route"))
    watching.until(["Le pont", "La route"])
    assert sum("attend" in line for line in watching.said) == 1


def test_a_share_that_is_unmounted_leaves_an_empty_folder_and_removes_nothing(
    house: House, watch: Callable[..., Watching], tmp_path: Path
) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    house.corpus.rename(tmp_path / "démonté")
    house.corpus.mkdir()
    watching.until_told("est vide alors")
    watching.until(["Le pont"])
    house.corpus.rmdir()
    (tmp_path / "démonté").rename(house.corpus)
    watching.until_told("est de nouveau là")


def test_what_a_folder_says_of_its_files_is_followed_too(house: House, watch: Callable[..., Watching]) -> None:
    house.write("lettres/a.txt", article("Le pont"))
    house.write("b.txt", article("La route"))
    watching = watch()
    (house.corpus / "lettres" / "metadata.csv").write_text("file,title\na.txt,Le vrai titre\n")
    watching.until(["Le vrai titre", "La route"])
    (house.corpus / "lettres" / "a.txt").write_text(article("Le viaduc"))
    watching.wait_for(
        lambda: house.titles("viaduc") == ["Le vrai titre"], "the new text under the title that was given"
    )
    (house.corpus / "lettres" / "metadata.csv").unlink()
    watching.until(["Le viaduc", "La route"])


def test_a_root_that_is_one_file_is_followed_though_each_save_replaces_it(
    house: House, watch: Callable[..., Watching]
) -> None:
    path = house.write("a.txt", article("Le pont"))
    watching = watch(root=path)
    for title in ("Le viaduc", "La passerelle"):
        house.write("b.txt", article(title)).replace(path)
        watching.until([title])


def test_without_notices_folders_are_looked_at_every_few_seconds(
    house: House, watch: Callable[..., Watching], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROUVAILLE_CORPUS_WATCH_NOTICES", "non")
    monkeypatch.setenv("TROUVAILLE_CORPUS_WATCH_EVERY_S", "1")
    house.write("a.txt", article("Le pont"))
    watching = watch()
    (house.corpus / "b.txt").write_text(article("La route"))
    watching.until(["Le pont", "La route"])


def test_a_run_of_another_process_is_waited_for(house: House, watch: Callable[..., Watching]) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    with house.engine().update(house.lists, house.rules.digest):
        (house.corpus / "b.txt").write_text(article("La route"))
        watching.until_told("en cours")
    watching.until(["Le pont", "La route"])


def test_an_index_inside_its_own_root_makes_no_endless_runs(house: House, watch: Callable[..., Watching]) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch("--index", str(house.corpus / "index"), "--json")
    (house.corpus / "b.txt").write_text(article("La route"))
    watching.until_told("1 ajouté")
    (house.corpus / "c.txt").write_text(article("Le port"))
    watching.until_told("1 ajouté")
    assert watching.stop() == 0
    assert [json.loads(line)["generation"] for line in watching.out] == [1, 2, 3]


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_peace(house: House, watch: Callable[..., Watching], with_signal: int) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch("--json")
    assert watching.stop(with_signal) == 0
    watching.until_told("Surveillance arrêtée")
    assert [json.loads(line)["added"] for line in watching.out] == [1]


@pytest.mark.parametrize("watches", [3, 5])
def test_past_the_limit_of_folders_that_can_be_followed_they_are_looked_at(
    house: House, watch: Callable[..., Watching], monkeypatch: pytest.MonkeyPatch, watches: int
) -> None:
    """3 are less than there are at the beginning; 5 are too few for those that come."""
    if subprocess.run(["unshare", "-Ur", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces, whose limits can be set")
    monkeypatch.setenv("TROUVAILLE_CORPUS_WATCH_EVERY_S", "1")
    for name in "abc":
        house.write(f"{name}/a.txt", article(f"Article {name}"))
    limits = f'echo {watches} >/proc/sys/user/max_inotify_watches && exec "$@"'
    watching = watch(inside=["unshare", "-Ur", "sh", "-c", limits, "sh"])
    for name in "defg":
        house.write(f"{name}/a.txt", article(f"Article {name}"))
    assert "sudo sysctl fs.inotify.max_user_watches" in watching.until_told("limite")
    house.write("g/b.txt", article("Le dernier"))
    watching.until([*(f"Article {name}" for name in "abcdefg"), "Le dernier"])


def test_names_that_are_no_utf8_are_followed_too(house: House, watch: Callable[..., Watching]) -> None:
    house.write("a.txt", article("Le pont"))
    watching = watch()
    (house.corpus / os.fsdecode(b"\xe9t\xe9.txt")).write_text(article("La route"))
    watching.until(["Le pont", "La route"])
