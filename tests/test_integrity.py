"""The background check: each generation is hashed once, and a damaged one is refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from indexer.errors import IndexChecking, IndexDamaged
from indexer.integrity import Guard
from indexer.model import FileProblem


class Store:
    """The two questions that a guard asks of an engine."""

    def __init__(self) -> None:
        self.generation = 1
        self.damaged: dict[int, tuple[FileProblem, ...]] = {}
        self.read: list[int] = []
        self.may_end = threading.Event()
        self.may_end.set()

    def current(self) -> int:
        return self.generation

    def verify(self, generation: int, sound: set[Any] | None = None) -> tuple[FileProblem, ...]:
        assert sound is not None, "files found sound are not read twice"
        self.read.append(generation)
        assert self.may_end.wait(10)
        return self.damaged.get(generation, ())


DAMAGE = (FileProblem("a.seg", "contenu altéré"),)


def test_a_sound_generation_is_read_once():
    store = Store()
    guard = Guard(store)  # type: ignore[arg-type]
    guard.check()
    guard.check()
    assert store.read == [1]
    guard.refuse_unready(1)


def test_a_damaged_generation_is_refused_by_name_and_with_the_remedy():
    store = Store()
    store.damaged[1] = DAMAGE
    guard = Guard(store)  # type: ignore[arg-type]
    guard.refuse_damaged(1)
    guard.check()
    with pytest.raises(IndexDamaged, match=r"a\.seg \(contenu altéré\).*reindex --full"):
        guard.refuse_damaged(1)
    store.generation = 2
    guard.check()
    guard.refuse_unready(2)


def test_a_service_that_has_just_started_is_not_ready_until_the_check_has_ended():
    store = Store()
    store.may_end.clear()
    guard = Guard(store)  # type: ignore[arg-type]
    guard.start()
    with pytest.raises(IndexChecking):
        guard.refuse_unready(1)
    guard.refuse_damaged(1)  # it answers meanwhile
    store.may_end.set()
    for _ in range(1000):
        try:
            guard.refuse_unready(1)
            break
        except IndexChecking:
            threading.Event().wait(0.01)
    else:
        pytest.fail("never ready")
    store.generation = 2
    guard.refuse_unready(2)  # a swap does not make it unready


def test_a_generation_collected_while_it_was_read_is_not_damage():
    store = Store()
    store.damaged[1] = DAMAGE
    guard = Guard(store)  # type: ignore[arg-type]
    read = store.verify

    def verify_while_a_run_ends(generation: int, sound: set[Any] | None = None) -> tuple[FileProblem, ...]:
        store.generation = 2
        return read(generation, sound)

    store.verify = verify_while_a_run_ends  # type: ignore[method-assign]
    guard.check()
    guard.refuse_damaged(1)
