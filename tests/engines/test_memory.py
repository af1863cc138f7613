from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.memory import Memory

MOST = 100


class Thing:
    """Something of a size, which knows whether it was asked to forget."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.forgotten = 0

    def forget(self) -> None:
        self.forgotten += 1


def test_what_was_asked_for_least_lately_forgets_first() -> None:
    memory: Memory[Thing] = Memory(MOST)
    first, second, third = (Thing(40) for _ in range(3))
    memory.grew("first", first, 40)
    memory.grew("second", second, 40)
    assert memory.get("first") is first
    memory.grew("third", third, 40)
    assert (memory.get("first"), memory.get("second"), memory.get("third")) == (first, None, third)
    assert (first.forgotten, second.forgotten, third.forgotten) == (0, 1, 0)


def test_a_thing_that_grows_pushes_others_out() -> None:
    memory: Memory[Thing] = Memory(MOST)
    small, growing = Thing(10), Thing(0)
    memory.grew("small", small, 10)
    for _ in range(4):
        memory.grew("growing", growing, 25)
    assert memory.get("small") is None
    assert memory.get("growing") is growing


def test_a_thing_larger_than_the_memory_is_kept_alone_until_another_comes() -> None:
    memory: Memory[Thing] = Memory(MOST)
    large, next_one = Thing(1_000), Thing(1)
    memory.grew("large", large, 1_000)
    assert memory.get("large") is large
    memory.grew("next", next_one, 1)
    assert memory.get("large") is None
    assert large.forgotten == 1
    assert memory.get("next") is next_one


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60), st.booleans()), max_size=80))
def test_what_is_kept_never_passes_the_bound_and_what_is_not_has_forgotten(steps: list[tuple[int, int, bool]]) -> None:
    memory: Memory[Thing] = Memory(MOST)
    made: list[tuple[int, Thing]] = []
    for key, size, afresh in steps:
        thing = memory.get(key)
        if thing is None or afresh:  # as when two threads decode the same
            thing = Thing(0)
            made.append((key, thing))
        thing.size += size
        memory.grew(key, thing, size)
        kept = [(key, thing) for key, thing in made if memory.get(key) is thing]
        assert sum(thing.size for _, thing in kept) <= MOST or len(kept) == 1
        assert thing in [thing for _, thing in kept]
        assert all(thing.forgotten == 0 for _, thing in kept)


def test_threads_that_share_a_memory_leave_it_whole() -> None:
    memory: Memory[Thing] = Memory(MOST)

    def work(start: int) -> None:
        for number in range(start, start + 2_000):
            thing = memory.get(number % 13) or Thing(0)
            memory.grew(number % 13, thing, 9)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    last = Thing(MOST)
    memory.grew("last", last, MOST)
    assert [key for key in range(13) if memory.get(key)] == []
    assert memory.get("last") is last
