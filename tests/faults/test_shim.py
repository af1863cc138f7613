"""The shim itself: it sees everything that is written, and does what it is asked."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.disk import Disk
from tests.faults.shim import Fault, Kind, Mode, read_record
from tests.faults.stage import Workload, reindex_args

Make = Callable[[str], Workload]


def test_what_the_record_says_was_written_is_what_is_there(workload: Workload) -> None:
    """Byte for byte: an operation that went unseen would be a fault that is never injected."""
    with workload.copy() as watched:
        disk = Disk.of(watched)
        record = watched.with_name(f"{watched.name}-record")
        ran = workload.run(watched, record=record)
        operations = list(read_record(record, watched))
        assert (ran.code, ran.operations) == (0, len(operations))
        for operation in operations:
            disk.apply(operation)
        assert disk.now() == Disk.of(watched).now()


def test_a_run_of_each_workload_does_what_the_workload_is_for(workload: Workload) -> None:
    kinds = {operation.kind for operation in workload.operations}
    assert {Kind.OPEN, Kind.WRITE, Kind.SYNC, Kind.RENAME, Kind.MAKE_FOLDER} <= kinds
    removed = any(
        operation.kind is Kind.UNLINK and "/.draft/" not in operation.path for operation in workload.operations
    )
    assert removed == (workload.name != "first"), "an old generation is collected"
    assert (Kind.LINK in kinds) == (workload.name in ("update", "merge")), "what is kept is linked"
    merged = [
        operation.path
        for operation in workload.operations
        if operation.kind is Kind.UNLINK and "/.draft/" in operation.path and operation.path.endswith(".seg")
    ]
    assert (len(merged) > 4) == (workload.name == "merge"), "segments are merged"


def test_a_killed_run_did_nothing_from_that_operation_on(workload_of: Make) -> None:
    workload = workload_of("first")
    with workload.copy() as watched:
        record = watched.with_name(f"{watched.name}-record")
        ran = workload.run(watched, Fault.kill(10), record)
        assert ran.code == -signal.SIGKILL
        assert len(list(read_record(record, watched))) == 9


@pytest.mark.parametrize("error", [errno.EIO, errno.EROFS])
def test_a_failed_operation_fails_once_with_its_error(error: int, workload_of: Make) -> None:
    workload = workload_of("first")
    with workload.copy() as watched:
        ran = workload.run(watched, Fault(Mode.FAIL_ONCE, 1, error))
        assert ran.code == 2
        assert os.strerror(error) in ran.err
        assert ran.operations == 2  # the second is the line of the history that says how the run ended


def test_other_folders_are_left_alone(workload_of: Make, tmp_path: Path) -> None:
    workload = workload_of("first")
    with workload.copy() as watched:
        args = reindex_args(workload.corpus, watched, workload.config)
        assert workload.lanes.run(args, tmp_path, Fault.disk_full(1)).code == 0
