"""What a watch still has to look at, and when: the agenda, without clocks, threads or disks."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from indexer.reindex.agenda import GONE_S, MOST_KEPT, MOST_PATHS, MOST_S, QUIET_S, Agenda, is_below, outermost

NAMES = st.sampled_from(["a", "b", "a-b", "a.txt", "é"])
PATHS = st.lists(NAMES, min_size=0, max_size=4).map(lambda names: "/".join(["/fonds", *names]))


def covers(taken: list[str], path: str) -> bool:
    return any(path == one or is_below(path, one) for one in taken)


def test_nothing_is_due_when_nothing_was_noted():
    agenda = Agenda(["/fonds"])
    assert agenda.due() == math.inf
    assert agenda.take(1e9) == []


def test_a_burst_is_taken_once_it_is_quiet():
    agenda = Agenda(["/fonds"])
    for step in range(5):
        agenda.changed("/fonds/a.txt", step * QUIET_S / 2)
    end = 4 * QUIET_S / 2
    assert agenda.due() == end + QUIET_S
    assert agenda.take(end + QUIET_S / 2) == []
    assert agenda.take(end + QUIET_S) == ["/fonds/a.txt"]
    assert agenda.take(1e9) == []


def test_what_changes_without_end_is_taken_all_the_same():
    agenda = Agenda(["/fonds"])
    now = 0.0
    while not (taken := agenda.take(now)):
        agenda.changed("/fonds/journal.txt", now)
        now += QUIET_S / 2
    assert taken == ["/fonds/journal.txt"]
    assert now <= MOST_S + QUIET_S


def test_what_vanished_is_given_time_to_come_back():
    agenda = Agenda(["/fonds"])
    agenda.changed("/fonds/a.txt", 0, gone=True)
    assert agenda.due() == GONE_S
    agenda.changed("/fonds/a.txt", 0.5)
    assert agenda.take(0.5 + QUIET_S) == ["/fonds/a.txt"]


def test_a_path_is_taken_with_the_folder_around_it():
    agenda = Agenda(["/fonds"])
    for path in ("/fonds/a/b/c.txt", "/fonds/a", "/fonds/a-b/c.txt", "/fonds/a/d.txt"):
        agenda.changed(path, 0)
    assert agenda.take(1) == ["/fonds/a", "/fonds/a-b/c.txt"]


def test_many_paths_are_taken_by_their_folders_and_many_folders_by_their_place():
    agenda = Agenda(["/fonds", "/autre"])
    for number in range(MOST_PATHS + 1):
        agenda.changed(f"/fonds/a/{number}.txt", 0)
    assert agenda.take(1) == ["/fonds/a"]
    for number in range(MOST_PATHS + 1):
        agenda.changed(f"/fonds/{number}/a.txt", 2)
    assert agenda.take(3) == ["/fonds"]


def test_a_root_at_the_top_of_the_disk_is_a_place_too():
    agenda = Agenda(["/"])
    for number in range(MOST_PATHS + 1):
        agenda.changed(f"/{number}/a.txt", 0)
    assert agenda.take(1) == ["/"]


def test_ever_more_changes_during_a_run_take_no_more_memory():
    agenda = Agenda(["/fonds"])
    for number in range(3 * MOST_KEPT):
        agenda.changed(f"/fonds/{number % 1000}/{number}.txt", 0)
        assert len(agenda._changed) <= MOST_KEPT
    assert agenda.take(10) == ["/fonds"]


def test_what_is_to_be_looked_at_later_waits_for_its_time_and_keeps_nothing_waiting():
    agenda = Agenda(["/fonds"])
    agenda.later("/fonds", 3600)
    agenda.changed("/fonds/a.txt", 0)
    assert agenda.take(1) == ["/fonds/a.txt"]
    assert agenda.take(3599) == []
    assert agenda.take(3600) == ["/fonds"]


def test_a_later_look_does_not_part_a_move_that_is_going_on():
    agenda = Agenda(["/fonds"])
    agenda.later("/fonds/avant", 2)
    agenda.changed("/fonds/avant", 1.9, gone=True)
    agenda.changed("/fonds/après", 1.9)
    assert agenda.take(2) == []
    assert agenda.take(1.9 + GONE_S) == ["/fonds/après", "/fonds/avant"]


def test_nothing_is_due_while_it_is_held_back():
    agenda = Agenda(["/fonds"])
    agenda.changed("/fonds/a.txt", 0)
    agenda.hold(60)
    assert agenda.due() == 60
    assert agenda.take(59) == []
    assert agenda.take(60) == ["/fonds/a.txt"]


def test_what_was_noted_of_a_place_that_is_not_followed_any_more_is_forgotten():
    agenda = Agenda(["/fonds", "/autre"])
    agenda.changed("/autre/a.txt", 0)
    agenda.later("/autre", 5)
    agenda.follow(["/fonds"])
    assert agenda.due() == math.inf


@given(st.lists(PATHS, max_size=60))
def test_outermost_paths_cover_all_and_none_covers_another(paths):
    kept = outermost(paths)
    assert all(covers(kept, path) for path in paths)
    assert not any(is_below(one, other) for one in kept for other in kept)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("changed"), PATHS),
            st.tuples(st.just("gone"), PATHS),
            st.tuples(st.just("run"), st.booleans()),
            st.tuples(st.just("wait"), st.sampled_from([0.01, QUIET_S, GONE_S, MOST_S])),
        ),
        max_size=60,
    )
)
def test_whatever_happens_every_change_is_covered_by_a_run_that_began_after_it(events):
    agenda = Agenda(["/fonds"])
    now = 0.0
    waiting: dict[str, float] = {}
    for kind, what in [*events, ("wait", 60.0), ("run", True)]:
        if kind in ("changed", "gone"):
            waiting.setdefault(what, now)
            agenda.changed(what, now, gone=kind == "gone")
        elif kind == "wait":
            now += what
        else:
            taken = agenda.take(now)
            if what:  # it ends well
                waiting = {path: since for path, since in waiting.items() if not covers(taken, path)}
            else:
                for path in taken:
                    agenda.changed(path, now)
                agenda.hold(now + 1)
        if waiting:
            assert agenda.due() <= max(min(waiting.values()), now) + MOST_S
    assert not waiting
