"""`python -m benchmarks.spelling`: how often a misspelt word of an index is understood, by kind of mistake, and in what
time.

Mistakes are made in words of the index: letters doubled, forgotten, exchanged, the key next to the right one, what
sounds the same. Those that make another word of the index are counted apart, because nothing is to be corrected then.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import HOUSE, reindexed
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.local import LocalEngine, LocalSnapshot
from indexer.query.spelling import LETTERS_FOR_TWO, candidates, is_correctable, ranked
from indexer.settings import load_settings

_SEED = 20_231_130
_WORDS = 700
_LEAST_LETTERS = 5
_LEAST_DOCUMENTS = 3
_SHOWN = 5

# --- mistakes --------------------------------------------------------------------------------------------------------

_KEYBOARD = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_DOUBLED = "cflmnprst"
# What is written for another, as research on French misspellings has them.
_HEARD = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("ph", "f"),
        ("th", "t"),
        ("eau", "o"),
        ("(?<!e)au", "o"),
        ("ai(?!n)", "e"),
        ("en(?=[cdfgjlpqrstvz])", "an"),
        ("an(?=[cdfgjlpqrstvz])", "en"),
        ("em(?=[bp])", "am"),
        ("qu", "k"),
        ("c(?=[ei])", "s"),
        ("ss(?=[ei])", "c"),
        ("tion", "sion"),
        ("y", "i"),
        ("(?<![cp])h", ""),
        ("(?<=[^aeiouy])e$", ""),
    )
)

Mistake = Callable[[str, random.Random], str | None]


def _forgotten_double(word: str, rng: random.Random) -> str | None:
    return _at(word, [at for at in range(1, len(word)) if word[at] == word[at - 1]], "", rng)


def _added_double(word: str, rng: random.Random) -> str | None:
    places = [
        at for at in range(1, len(word) - 1) if word[at] in _DOUBLED and word[at] not in word[at - 1] + word[at + 1]
    ]
    return _at(word, places, lambda letter: letter * 2, rng)


def _exchanged(word: str, rng: random.Random) -> str | None:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _next_key(word: str, rng: random.Random) -> str | None:
    def beside(letter: str) -> str:
        row = next(row for row in _KEYBOARD if letter in row)
        at = row.index(letter)
        return rng.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])

    return _at(word, range(len(word)), beside, rng)


def _missing(word: str, rng: random.Random) -> str | None:
    return _at(word, range(len(word)), "", rng)


def _added(word: str, rng: random.Random) -> str | None:
    return _at(word, range(len(word)), lambda letter: letter + rng.choice("".join(_KEYBOARD)), rng)


def _by_ear(word: str, rng: random.Random) -> str | None:
    heard = [(found, instead) for written, instead in _HEARD for found in written.finditer(word)]
    if not heard:
        return None
    found, instead = rng.choice(heard)
    return word[: found.start()] + instead + word[found.end() :]


def _two(word: str, rng: random.Random) -> str | None:
    first, second = rng.sample(sorted(MISTAKES.keys() - {"two of these"}), 2)
    once = MISTAKES[first](word, rng) if len(word) >= LETTERS_FOR_TWO else None
    return MISTAKES[second](once, rng) if once else None


def _at(word: str, places: Sequence[int], put: str | Callable[[str], str], rng: random.Random) -> str | None:
    if not places:
        return None
    at = rng.choice(places)
    return word[:at] + (put if isinstance(put, str) else put(word[at])) + word[at + 1 :]


MISTAKES: dict[str, Mistake] = {
    "doubling forgotten": _forgotten_double,
    "doubling added": _added_double,
    "letters exchanged": _exchanged,
    "neighbouring key": _next_key,
    "letter missing": _missing,
    "letter added": _added,
    "by ear": _by_ear,
    "two of these": _two,
}


# --- what is understood ----------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Of `asked` mistakes, how many had the right word first, another form of it first, it among the first five; how
    many more made a word that the index has; the CPU time of each, in ms."""

    asked: int = 0
    first: int = 0
    first_stem: int = 0
    among: int = 0
    real: int = 0
    times_ms: list[float] = field(default_factory=list)

    def add(self, meant: str, found: list[str], stem: Callable[[str], str], took_ms: float) -> None:
        """Count one mistake."""
        self.asked += 1
        self.first += found[:1] == [meant]
        self.first_stem += bool(found) and stem(found[0]) == stem(meant)
        self.among += meant in found[:_SHOWN]
        self.times_ms.append(took_ms)


def words_of(snapshot: LocalSnapshot) -> list[str]:
    """The words of letters that some documents have in their bodies, in order."""
    name = field_name("body", SURFACE)
    found: set[str] = set()
    for part in snapshot.generation.parts:
        terms = part.segment.field(name)
        common = (terms.lists.records["df"] >= _LEAST_DOCUMENTS).nonzero()[0]
        found.update(term.decode() for term in terms.terms.get_all(common))
    return sorted(word for word in found if len(word) >= _LEAST_LETTERS and is_correctable("", word))


def misspelt(words: Iterable[str], mistake: Mistake, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Each word with a mistake in it, when it can be made there."""
    for word in words:
        typed = mistake(word, rng)
        if typed and typed != word and is_correctable("", typed):
            yield typed, word


def measured(snapshot: LocalSnapshot, count: int = _WORDS) -> dict[str, Tally]:
    """What is understood of each kind of mistake in so many words of an index."""
    rng = random.Random(_SEED)
    words, lexicon = words_of(snapshot), snapshot.lexicon
    chosen = rng.sample(words, min(count, len(words)))
    tallies = {}
    for name, mistake in MISTAKES.items():
        tally = tallies[name] = Tally()
        for typed, meant in misspelt(chosen, mistake, rng):
            if lexicon.stem_frequency(lexicon.stem(typed)):
                tally.real += 1
                continue
            started = time.process_time()
            found = ranked(typed, candidates(typed, lexicon))
            tally.add(meant, found, lexicon.stem, (time.process_time() - started) * 1000)
    return tallies


def table(tallies: dict[str, Tally]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| mistake | n | first | or another form of it | among five | another word | ms CPU, p50 | p95 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, tally in tallies.items():
        times = sorted(tally.times_ms)
        shares = (f"{100 * count / tally.asked:.1f} %" for count in (tally.first, tally.first_stem, tally.among))
        cells = (name, str(tally.asked), *shares, str(tally.real))
        cells += (f"{times[len(times) // 2]:.2f}", f"{times[len(times) * 95 // 100]:.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table for an index, or for one made of the sample corpus."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spelling", description=__doc__)
    parser.add_argument("index", type=Path, nargs="?", help="an index (without it: the sample corpus, indexed anew)")
    parser.add_argument("--words", type=int, default=_WORDS)
    given = parser.parse_args()
    ranking = load_settings(environ={}).ranking
    with tempfile.TemporaryDirectory() as folder:
        index = given.index or Path(folder) / "index"
        if not given.index:
            reindexed(index, HOUSE / "corpus")
        snapshot = LocalEngine(index, ranking).snapshot()
        lexicon, started = snapshot.lexicon, time.process_time()
        vocabularies = lexicon.vocabularies
        took_ms = (time.process_time() - started) * 1000
        memory_mb = sum(one.nbytes for one in vocabularies) / 1e6
        print(f"{sum(map(len, vocabularies)):,} words: {took_ms:.0f} ms CPU, {memory_mb:.1f} MB\n")
        print(table(measured(snapshot, given.words)))


if __name__ == "__main__":
    main()
