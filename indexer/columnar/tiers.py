"""Which segments to merge: few stay, and each byte is written again only as often as the index has grown sixfold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Segments are of one tier when their sizes lie within a factor of six; six of a tier are merged. That leaves at most
# five of each tier, and each byte is written again once a tier. All below a megabyte are one tier. Of 400 full segments
# in a row (12 GB) at most 16 stand at a time and each byte is written again 2.5 times; with a factor of four these are
# 12 and 3.9, with eight 19 and 2.0. A further segment costs a query some microseconds a word, when first asked.
_FACTOR = 6
_LOWEST_TIER = 1_000_000
# No merge makes a segment beyond this: one that took an hour would hold up a run for a few documents.
MOST_BYTES = 4_000_000_000
_MOST_DEAD = 1 / 3


@dataclass(frozen=True, slots=True)
class Weight:
    """What the choice of merges looks at: the bytes of a segment's live documents, and the share of dead ones."""

    bytes: int
    dead: float = 0.0


def to_merge(segments: Sequence[Weight]) -> list[int]:
    """Which segments to merge next, by their places; empty when they are well as they are.

    One alone is to be written again without its dead documents.
    """
    for place, segment in enumerate(segments):
        if segment.dead > _MOST_DEAD:
            return [place]
    tiers: dict[int, list[int]] = {}
    for place, segment in enumerate(segments):
        tiers.setdefault(_tier(segment.bytes), []).append(place)
    for _, places in sorted(tiers.items()):
        if len(places) >= _FACTOR:
            chosen = _within(places, segments)
            if len(chosen) > 1:
                return chosen
    return []


def _tier(size: int) -> int:
    tier = 0
    while size >= _LOWEST_TIER:
        size //= _FACTOR
        tier += 1
    return tier


def _within(places: Sequence[int], segments: Sequence[Weight]) -> list[int]:
    """The smallest of these that make no segment beyond the greatest size."""
    chosen, total = [], 0
    for place in sorted(places, key=lambda place: segments[place].bytes):
        total += segments[place].bytes
        if total > MOST_BYTES:
            break
        chosen.append(place)
    return sorted(chosen)
