"""Processes of a service and the processors that they keep to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.serving import serving
from tests.web.site import Site
from webapp.processors import keep_to_one

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process")

# Claims a processor, says which and what it may use, and keeps it until its input ends.
CLAIMS = (
    "import os, sys; from pathlib import Path; from webapp.processors import keep_to_one;"
    "print(keep_to_one(int(sys.argv[1]), Path(sys.argv[2])), sorted(os.sched_getaffinity(0)), flush=True);"
    "sys.stdin.read()"
)


class Claimant:
    """A process of a service of `processes`."""

    def __init__(self, processes: int, claims: Path) -> None:
        command = [sys.executable, "-c", CLAIMS, str(processes), str(claims)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout
        self.said = self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def allowed() -> Iterator[list[int]]:
    """Two processors, or the only one, that this process and those it starts may use meanwhile."""
    before = os.sched_getaffinity(0)
    few = sorted(before)[:2]
    os.sched_setaffinity(0, few)
    yield few
    os.sched_setaffinity(0, before)


def test_each_process_has_a_processor_of_its_own_and_leaves_it_to_the_one_that_takes_its_place(
    tmp_path: Path, allowed: list[int]
):
    claims = tmp_path / "processors"
    claimants = [Claimant(len(allowed), claims) for _ in allowed]
    try:
        assert {one.said for one in claimants} == {f"{number} [{number}]" for number in allowed}
        late = Claimant(len(allowed), claims)
        assert late.said == f"None {allowed}", "all are taken"
        late.end()
        gone = claimants.pop(0)
        gone.end()
        claimants.append(Claimant(len(allowed), claims))
        assert claimants[-1].said == gone.said
    finally:
        for one in claimants:
            one.end()


@pytest.mark.parametrize("more", [-1, 1])
def test_with_more_processors_or_fewer_than_processes_each_may_use_all(tmp_path: Path, allowed: list[int], more: int):
    assert keep_to_one(len(allowed) + more, tmp_path / "processors") is None
    assert sorted(os.sched_getaffinity(0)) == allowed
    assert not (tmp_path / "processors").exists()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not say whose child a process is")
def test_a_service_with_a_process_for_each_processor_spreads_over_all_of_them(site: Site, allowed: list[int]):
    with serving(site.index, workers=len(allowed)) as (_, process):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            kept = [os.sched_getaffinity(pid) for pid in _children(process.pid)]
            if sorted(map(sorted, kept)) == [[number] for number in allowed]:
                return
            time.sleep(0.05)
    pytest.fail(f"processes keep to {kept}, allowed are {allowed}")


def _children(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
