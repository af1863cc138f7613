"""A warm Python that forks one watched `trouvaille …` per job: a run costs what it does, not what it imports.

`Lane` is the side of the tests; run as a module, this file is the other side. A job and its answer are a line of JSON.
"""

from __future__ import annotations

import atexit
import faulthandler
import gc
import json
import os
import queue
import subprocess
import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tests.conftest import ROOT
from tests.faults.shim import Fault, Mode, Shim

# What a run may take before it counts as hanging.
_PATIENCE_S = 60


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code (negative for a signal), what it printed, its operations below the folder."""

    code: int
    out: str
    err: str
    operations: int


class Lane(AbstractContextManager["Lane"]):
    """Runs commands, one after the other."""

    def __init__(self, library: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._out, self._err = folder / "out", folder / "err"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TROUVAILLE_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lane", str(library)],
            env={**kept, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, args: Sequence[str | Path], watched: Path, fault: Fault, record: Path | None = None) -> Ran:
        """`trouvaille ARGS…`, watched below a folder, with one fault."""
        assert self._process.stdin
        assert self._process.stdout
        job = {
            "args": [str(arg) for arg in args],
            "watched": str(watched),
            "fault": [fault.mode, fault.at, fault.error],
            "record": str(record or ""),
            "out": str(self._out),
            "err": str(self._err),
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the lane died"
        return Ran(out=self._out.read_text("utf-8"), err=self._err.read_text("utf-8"), **json.loads(line))

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


class Lanes:
    """Lanes for several threads: each takes a free one."""

    def __init__(self, lanes: Iterable[Lane]) -> None:
        self._free: queue.SimpleQueue[Lane] = queue.SimpleQueue()
        self.count = 0
        for lane in lanes:
            self._free.put(lane)
            self.count += 1

    def run(
        self, args: Sequence[str | Path], watched: Path, fault: Fault | None = None, record: Path | None = None
    ) -> Ran:
        """See Lane.run; waits for a lane. Without a fault, the run is only watched."""
        lane = self._free.get()
        try:
            return lane.run(args, watched, fault or Fault(), record)
        finally:
            self._free.put(lane)


# --- the other side ------------------------------------------------------------------------------------------------


def _serve(library: Path) -> None:
    _warm()
    shim = Shim(library)
    for line in sys.stdin:
        job = json.loads(line)
        shim.count = 0
        child = os.fork()
        if not child:
            _become(shim, job)
        _, status = os.waitpid(child, 0)
        answer = {"code": os.waitstatus_to_exitcode(status), "operations": shim.count}
        print(json.dumps(answer), flush=True)


def _warm() -> None:
    """Load what a run loads, and keep the collector from writing all over it in each child."""
    import indexer.assembly
    import indexer.cli
    import indexer.reindex  # noqa: F401

    gc.collect()
    gc.freeze()


def _become(shim: Shim, job: dict[str, Any]) -> NoReturn:
    """Be the command, to the end of the process; a group of its own, so that its workers are killed with it."""
    from indexer.cli import main

    os.setsid()
    for stream, name in ((1, "out"), (2, "err")):
        file = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, stream)
        os.close(file)
    faulthandler.dump_traceback_later(_PATIENCE_S, exit=True)
    mode, at, error = job["fault"]
    shim.start(Path(job["watched"]), Fault(Mode(mode), at, error), Path(job["record"]) if job["record"] else None)
    code: Any = 1
    try:
        main(job["args"], prog_name="trouvaille")
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    # An ordinary end, but for taking the loaded modules apart: that costs more than a small run.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
