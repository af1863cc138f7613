"""A folder of hostile files among good ones: the run ends, and every good one is found."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.assembly import type_rules
from indexer.documents import FORMATS
from indexer.engines.local import LocalEngine
from indexer.french import WordLists
from indexer.model import SearchRequest
from indexer.searcher import SearchService
from indexer.settings import load_settings
from tests.conftest import ROOT, SHARED
from tests.faults.hostile import CASES, EMPTY, INDEXED, PASSED_OVER, REFUSED, SECRET, make_all
from tests.faults.makers import MAKERS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits on memory and /proc are of Linux")

# What the whole catalogue may take, on a machine that does other things too.
_PATIENCE_S = 300
# What the process that writes may have more of than for the good files alone.
_MORE_BYTES = 100 << 20
_ENDINGS = {ending.removeprefix(".") for format_ in FORMATS for ending in format_.endings}
_AGE_S = 60


@dataclass(frozen=True)
class Ran:
    """How a run of the real command ended; `peak` is the most memory of the process that writes."""

    code: int
    out: dict[str, Any]
    err: str
    peak: int
    took_s: float


class Yard:
    """A corpus, an index, and all the places around that a run must leave alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus, self.index = folder / "corpus", folder / "index"
        for name in ("corpus", "maison", "temporaire", "ici"):
            (folder / name).mkdir(parents=True)

    def write(self, name: str, content: bytes) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        then = time.time() - _AGE_S
        os.utime(path, (then, then))

    def reindex(self, *args: str, meanwhile: Callable[[subprocess.Popen[str]], None] = lambda process: None) -> Ran:
        """`trouvaille reindex --json`; `meanwhile` is called again and again."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TROUVAILLE_")}
        places = {"HOME": str(self.folder / "maison"), "TMPDIR": str(self.folder / "temporaire")}
        started = time.monotonic()
        out, err = self.folder / "sortie.json", self.folder / "messages.txt"
        with out.open("w") as out_file, err.open("w") as err_file:
            process = subprocess.Popen(
                [sys.executable, "-m", "indexer", "reindex", self.corpus, "--index", self.index, "--json", *args],
                cwd=self.folder / "ici",
                env={**kept, **places, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=out_file,
                stderr=err_file,
                text=True,
            )
            peak = 0
            while process.poll() is None:
                peak = max(peak, _peak(process.pid))
                meanwhile(process)
                time.sleep(0.02)
                if time.monotonic() - started > _PATIENCE_S:
                    process.kill()
        said = out.read_text("utf-8")
        return Ran(
            process.returncode,
            json.loads(said) if said else {},
            err.read_text("utf-8"),
            peak,
            time.monotonic() - started,
        )

    def surroundings(self) -> dict[str, tuple[int, int]]:
        """Size and time of everything but the index and what this class writes."""
        found = {}
        for folder, folders, files in os.walk(os.fsencode(self.folder)):
            if folder == os.fsencode(self.folder):
                folders.remove(b"index") if b"index" in folders else None
                files = [name for name in files if name not in (b"sortie.json", b"messages.txt")]
            for name in files:
                facts = os.lstat(os.path.join(folder, name))  # noqa: PTH118
                found[os.fsdecode(os.path.join(folder, name))] = facts.st_size, facts.st_mtime_ns  # noqa: PTH118
        return found

    def service(self) -> SearchService:
        settings = load_settings(index=self.index)
        return SearchService(LocalEngine(self.index, settings.ranking), type_rules(settings), settings)


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(match[1]) * 1024 if match else 0


def _words(number: int) -> str:
    """A word that one good file alone has."""
    letters = "bcdfgjlmnprtvz"
    return f"bon{letters[number % 14]}a{letters[number // 14 % 14]}o{letters[number // 196 % 14]}il"


def good_files(count: int) -> Iterator[tuple[str, bytes, str]]:
    """Good files of every format that is read: name, content, the word that finds it."""
    endings = [ending for ending in MAKERS if ending in _ENDINGS]
    for number in range(count):
        ending, word = endings[number % len(endings)], _words(number)
        text = f"Le {word} du convoi numéro {number} est arrivé à Gao, et la relève du bataillon a commencé."
        yield f"{'abz'[number % 3]}-bons/{number:03}.{ending}", MAKERS[ending](text), word


def not_found(yard: Yard, words: dict[str, str]) -> list[str]:
    """The good files that no search finds."""
    service = yard.service()
    return [name for name, word in words.items() if not service.search(SearchRequest(word)).total]


def test_a_folder_of_hostile_files_is_indexed_to_its_end_and_no_good_file_is_lost(
    tmp_path: Path, lists: WordLists
) -> None:
    calm, yard = Yard(tmp_path / "calme"), Yard(tmp_path / "hostile")
    words = {}
    for name, content, word in good_files(48):
        calm.write(name, content)
        yard.write(name, content)
        words[name] = word
    make_all(yard.corpus)
    growing, leaving = yard.corpus / "objets/grandit.txt", yard.corpus / "zzz/parti.txt"
    yard.write("objets/grandit.txt", b"Un journal qui grandit.\n")
    yard.write("zzz/parti.txt", "Un texte qui n’est plus là quand son tour vient.".encode())

    def meanwhile(process: subprocess.Popen[str]) -> None:
        with growing.open("ab") as file:
            file.write(b"Encore une ligne du journal.\n" * 20)
        if _has_children(process.pid):  # the folders were walked by then
            leaving.unlink(missing_ok=True)

    before = yard.surroundings()
    usual = calm.reindex()
    assert usual.code == 0, usual.err
    ran = yard.reindex(meanwhile=meanwhile)
    print(f"{len(CASES)} cases, {ran.took_s:.1f} s, peak {ran.peak >> 20} MB, good files alone {usual.peak >> 20} MB")
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err
    after = yard.surroundings()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed <= {str(growing), str(leaving)}
    assert not_found(yard, words) == []
    assert yard.service().search(SearchRequest(SECRET)).total == 0
    complaints = _complaints(yard, ran, lists)
    assert not complaints, "\n".join(complaints)
    assert ran.peak - usual.peak <= _MORE_BYTES, f"{ran.peak >> 20} MB, {usual.peak >> 20} MB for the good files"
    again = yard.reindex()
    print(f"again {again.took_s:.1f} s")
    assert again.out["added"] + again.out["changed"] <= 1, again.out  # the one that grew
    assert [one["path"] for one in again.out["failed"]] == [
        one["path"] for one in ran.out["failed"] if one["path"] != "zzz/parti.txt"
    ]


def _has_children(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").strip())
    except OSError:
        return False


def _complaints(yard: Yard, ran: Ran, lists: WordLists) -> list[str]:
    """What became of a case that may not, or for another reason than it may."""
    reasons: dict[str, list[str]] = defaultdict(list)
    empty = set()
    for one in ran.out["failed"]:
        reasons[_file_of(one["path"])].append(one["reason"])
    for one in ran.out["empty"]:
        empty.add(_file_of(one["path"]))
    settings = load_settings(index=yard.index)
    complaints = []
    engine = LocalEngine(yard.index, settings.ranking)
    with engine.update(lists, type_rules(settings).digest) as update:
        for case in CASES:
            became = set()
            if case.relative in reasons:
                became.add(REFUSED)
            if case.relative in empty:
                became.add(EMPTY)
            if update.of_file(f"corpus/{case.relative}"):
                became.add(INDEXED)
            wrong = (became or {PASSED_OVER}) - case.allowed
            said = reasons[case.relative]
            if wrong or not all(re.search(case.reason, reason) for reason in said):
                complaints.append(f"{case.relative[:80]!r}: {became} {said[:3]}")
            if any("\n" in reason for reason in said):
                complaints.append(f"{case.relative[:80]!r}: a reason of several lines")
    return complaints


def _file_of(path: str) -> str:
    return re.split(r"!/|#", path, maxsplit=1)[0]


# --- damaged files ---------------------------------------------------------------------------------------------------


def damaged(content: bytes, rng: random.Random, number: int) -> bytes:
    """Cut short, or with some bytes flipped."""
    if number % 2:
        return content[: rng.randrange(1, len(content))]
    flipped = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 10))):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


@pytest.mark.parametrize("count", [160, pytest.param(1_600, marks=pytest.mark.deep)])
def test_damaged_files_of_every_format_stop_nothing(count: int, tmp_path: Path) -> None:
    yard = Yard(tmp_path / "abîmés")
    rng = random.Random(count)
    words = {}
    for name, content, word in good_files(64):
        yard.write(name, content)
        words[name] = word
    text = "Le bataillon a quitté le camp, et la population du cercle attend la suite. " * 30
    for number in range(count):
        ending = list(MAKERS)[number % len(MAKERS)]
        yard.write(f"m-abîmés/{number:04}.{ending}", damaged(MAKERS[ending](f"{text} {number}"), rng, number // 16))
    _holds(yard, words)


@pytest.mark.deep
def test_damaged_documents_of_the_real_world_stop_nothing(tmp_path: Path) -> None:
    samples = sorted(path for path in (SHARED / "samples").glob("*/*") if path.is_file())
    if not samples:
        pytest.skip("needs the sample documents beside the project")
    yard = Yard(tmp_path / "abîmés")
    rng = random.Random(5)
    words = {}
    for name, content, word in good_files(64):
        yard.write(name, content)
        words[name] = word
    for number, path in enumerate(samples * 2):
        yard.write(f"m-abîmés/{number:04}{path.suffix}", damaged(path.read_bytes(), rng, number // len(samples)))
    _holds(yard, words)


def _holds(yard: Yard, words: dict[str, str]) -> None:
    """A run ends, loses no good file, and no reader."""
    ran = yard.reindex()
    print(f"{ran.out.get('added')} documents, {len(ran.out.get('failed', ()))} refused, {ran.took_s:.1f} s")
    assert ran.code in (0, 1), ran.err
    assert "Traceback" not in ran.err
    assert not_found(yard, words) == []
    lost = [one for one in ran.out["failed"] if re.search("inattendue|abandonnée|arrêté|tué", one["reason"])]
    assert lost == []
