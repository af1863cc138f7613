"""Damage at rest: bits flipped, ends cut and files gone are found by `verify`, and never answered from."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.errors import IndexProblem
from tests.faults.stage import Workload, held, index_of
from tests.web.serving import serving

Make = Callable[[str], Workload]

# What a service may need to read a small index through.
_PATIENCE_S = 30


def files_in_service(index: Path) -> list[Path]:
    """`CURRENT`, and every file of the generation that it names."""
    number = int((index / "CURRENT").read_text().split()[0])
    return [index / "CURRENT", *sorted((index / "generations" / f"{number:06}").iterdir())]


def damage(file: Path, rng: random.Random) -> str:
    """Flip a bit of a file, cut its end, or remove it; says what was done."""
    data = bytearray(file.read_bytes())
    file.unlink()  # other names of the same file, in older generations, stay whole
    kind = rng.choice(("flip", "flip", "cut", "gone")) if data else "gone"
    if kind == "gone":
        return f"{file.name} gone"
    if kind == "cut":
        length = rng.randrange(len(data))
        file.write_bytes(data[:length])
        return f"{file.name} cut to {length} of {len(data)} bytes"
    bit = rng.randrange(8 * len(data))
    data[bit // 8] ^= 1 << bit % 8
    file.write_bytes(data)
    return f"{file.name} bit {bit} flipped"


@pytest.mark.parametrize("trials", [60, pytest.param(400, marks=pytest.mark.deep)])
def test_verify_finds_all_damage(trials: int, workload_of: Make) -> None:
    """Each file is as likely as another, so that the small ones, which say how to read the others, get their share."""
    workload = workload_of("update")

    def unnoticed(seed: int) -> str:
        rng = random.Random(seed)
        with workload.copy() as watched:
            done = damage(rng.choice(files_in_service(index_of(watched))), rng)
            ran = workload.verify(watched)
            # 2: what would say which files there are cannot be read.
            found = ran.code == 1 or (ran.code == 2 and done.startswith(("CURRENT", "manifest.json")))
            return "" if found else f"{seed}: {done}: {ran}"

    with ThreadPoolExecutor(workload.lanes.count) as pool:
        missed = [problem for problem in pool.map(unnoticed, range(trials)) if problem]
    assert not missed, f"{len(missed)} of {trials}"


def test_every_flipped_bit_of_current_and_manifest_is_found(workload_of: Make) -> None:
    """No manifest vouches for these two; they have to vouch for themselves."""
    workload = workload_of("update")
    missed = []
    with workload.copy() as watched:
        before = held(watched, workload.config)
        for file in (name for name in files_in_service(index_of(watched)) if name.name in ("CURRENT", "manifest.json")):
            whole = file.read_bytes()
            bits = random.Random(1).sample(range(8 * len(whole)), min(8 * len(whole), 400))
            for bit in bits:
                data = bytearray(whole)
                data[bit // 8] ^= 1 << bit % 8
                file.write_bytes(data)
                try:
                    held(watched, workload.config)
                    missed.append(f"{file.name}, bit {bit}")
                except IndexProblem:
                    pass
            file.write_bytes(whole)
        assert held(watched, workload.config) == before
    assert not missed


@pytest.mark.parametrize("trials", [10, pytest.param(200, marks=pytest.mark.deep)])
@pytest.mark.parametrize("name", ["update", "merge"])
def test_a_run_never_makes_damage_look_sound_and_a_full_one_mends_it(name: str, trials: int, workload_of: Make) -> None:
    """What a run reads to write it anew is compared with the manifest; what it links stays as damaged as it was."""
    workload = workload_of(name)

    def laundered(seed: int) -> str:
        rng = random.Random(seed)
        with workload.copy() as watched:
            done = damage(rng.choice(files_in_service(index_of(watched))), rng)
            ran = workload.run(watched)
            if ran.code == 0 and workload.verify(watched).code == 0 and not done.startswith("CURRENT gone"):
                return f"{seed}: {done}: the damage looks sound"
            mended = workload.reindex(watched, "--full")
            problem = mended.err if mended.code else workload.broken(watched, [workload.after])
            return problem and f"{seed}: {done}: not mended: {problem}"

    with ThreadPoolExecutor(workload.lanes.count) as pool:
        problems = [problem for problem in pool.map(laundered, range(trials)) if problem]
    assert not problems, f"{len(problems)} of {trials}"


# --- the service ---------------------------------------------------------------------------------------------------


def asked(address: str) -> tuple[int, dict[str, object]]:
    """Status and JSON of an address."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def readiness(address: str) -> int:
    """What `/sante/pret` answers once the index was read through."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        status, said = asked(f"{address}sante/pret")
        if "index_checking" not in json.dumps(said):
            return status
        time.sleep(0.02)
    pytest.fail(f"not settled after {_PATIENCE_S} s")


@pytest.mark.parametrize("trials", [3, pytest.param(40, marks=pytest.mark.deep)])
def test_a_service_that_says_it_is_ready_never_answers_from_a_damaged_index(trials: int, workload_of: Make) -> None:
    workload = workload_of("update")
    options = ("--config", str(workload.config))
    with workload.copy() as watched, serving(index_of(watched), *options, workers=1) as (address, _):
        assert readiness(address) == 200
        status, _ = asked(f"{address}recherche.json?q=mission")
        assert status == 200
    ready = []
    for seed in range(trials):
        rng = random.Random(seed)
        with workload.copy() as watched:
            done = damage(rng.choice(files_in_service(index_of(watched))), rng)
            with serving(index_of(watched), *options, workers=1) as (address, _):
                statuses = readiness(address), asked(f"{address}recherche.json?q=mission")[0]
                if statuses != (503, 503):
                    ready.append((seed, done, statuses))
    assert not ready
