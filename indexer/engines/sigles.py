"""The file of a generation that says what the sigles of its documents stand for: `sigles.tsv`.

    ONU<TAB>Organisation des Nations unies<TAB>12          twelve documents say so

A run adds what its documents say to what the generation before knew; only a rebuild forgets. So a document that was
read again counts once more, and a pair may outlive its documents, which is harmless: then nothing has its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from indexer.french import Learned, Pair, fold_words

SIGLES = "sigles.tsv"

# What a generation keeps, the most frequent first. 122 MB of French have 3,100; ten thousand are analysed in 0.4 s.
_MOST_PAIRS = 10_000
_MOST_MEANINGS = 8
# A run that has met more, a hundred bytes each, forgets the rarer half.
_MOST_COUNTED = 200_000

_NUMBER = re.compile("[0-9]{1,15}")


class SigleCounts:
    """In how many documents a run has read each pair."""

    def __init__(self) -> None:
        self._counts: Counter[Pair] = Counter()

    def __bool__(self) -> bool:
        return bool(self._counts)

    def add(self, pairs: Iterable[Pair]) -> None:
        """Count the pairs of some documents, one of each by document."""
        self._counts.update(pairs)
        if len(self._counts) > _MOST_COUNTED:
            self._counts = Counter(dict(self._counts.most_common(_MOST_COUNTED // 2)))

    def continue_from(self, earlier: Iterable[Learned]) -> None:
        """Add what was known before."""
        for sigle, meaning, documents in earlier:
            self._counts[Pair(sigle, meaning)] += documents

    def to_bytes(self) -> bytes:
        """The file: the pairs that are kept, sigle by sigle, the most frequent meaning first."""
        kept = [learned for several in _by_sigle(self._counts).values() for learned in several[:_MOST_MEANINGS]]
        kept = sorted(kept, key=lambda learned: (-learned.documents, learned))[:_MOST_PAIRS]
        kept.sort(key=lambda learned: (fold_words(learned.sigle), -learned.documents, learned))
        text = "".join(f"{sigle}\t{meaning}\t{documents}\n" for sigle, meaning, documents in kept)
        return text.encode(errors="replace")


class _Written(NamedTuple):
    """One way to write a pair, and how often it was."""

    documents: int
    pair: Pair


def _by_sigle(counts: Mapping[Pair, int]) -> dict[str, list[Learned]]:
    """The meanings of each sigle, the most frequent first; case and accents aside, in the spelling seen most."""
    written: dict[tuple[str, str], list[_Written]] = {}
    for pair, documents in counts.items():
        written.setdefault((fold_words(pair.sigle), fold_words(pair.meaning)), []).append(_Written(documents, pair))
    found: dict[str, list[Learned]] = {}
    for (sigle, _), ways in written.items():
        best = min(ways, key=lambda way: (-way.documents, way.pair))
        found.setdefault(sigle, []).append(Learned(*best.pair, sum(way.documents for way in ways)))
    for several in found.values():
        several.sort(key=lambda learned: (-learned.documents, learned))
    return found


def learned_from(content: bytes) -> tuple[Learned, ...]:
    """Read the file. A line that is none is passed over: who asks for damage (`verify`) compares bytes."""
    return tuple(_read(content.decode(errors="replace").split("\n")))


def _read(lines: Iterable[str]) -> Iterator[Learned]:
    for line in lines:
        match line.split("\t"):
            case [sigle, meaning, documents] if _NUMBER.fullmatch(documents):
                yield Learned(sigle, meaning, int(documents))
