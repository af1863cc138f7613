"""The shim, two lanes, and workloads; each made once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.faults.lane import Lane, Lanes
from tests.faults.shim import build
from tests.faults.stage import PLANS, Workload, make_workload, small_config

_LANES = 2


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled shim; tests that need it are skipped, with the reason, where it cannot be had."""
    if sys.platform != "linux":
        pytest.skip("faults are injected by a seccomp filter, which only Linux has")
    try:
        return build(tmp_path_factory.mktemp("shim"))
    except FileNotFoundError:
        pytest.skip("no C compiler (cc) to build the fault shim with: apt-get install gcc libc6-dev")


@pytest.fixture(scope="session")
def lanes(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lanes]:
    folder = tmp_path_factory.mktemp("lanes")
    with ExitStack() as stack:
        yield Lanes([stack.enter_context(Lane(library, folder / str(number))) for number in range(_LANES)])


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_config(tmp_path_factory.mktemp("config") / "config")


@pytest.fixture(scope="session")
def workload_of(lanes: Lanes, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Workload]:
    """A workload by its name, made when first asked for."""
    return cache(lambda name: make_workload(name, tmp_path_factory.mktemp(name), config, lanes))


@pytest.fixture(params=PLANS)
def workload(request: pytest.FixtureRequest, workload_of: Callable[[str], Workload]) -> Workload:
    return workload_of(request.param)
