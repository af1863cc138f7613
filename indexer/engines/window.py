"""The first hits once more, ordered by what only their texts say.

Scores come from lists of numbers over all documents; a text has to be unpacked. So a bonus that needs texts is given
to the hits that closeness looks at again, the same ones whatever page is asked for: pages never overlap.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence


def reordered(
    hits: Sequence[tuple[int, float]], stop: int, bonus: Callable[[int], float], most: float
) -> list[tuple[int, float]]:
    """The first `stop` of hits (document, score; best first) when each score is multiplied by a bonus from 1 to `most`.

    Equal ones keep their order. Bonuses are asked for from the best hit on, and no further than one can still come up:
    when the first ten have all that a bonus gives, no other is asked for.
    """
    found: list[tuple[float, int, int]] = []
    for place, (document, score) in enumerate(hits):
        if len(found) >= stop and -found[stop - 1][0] >= score * most:
            break
        insort(found, (-score * bonus(document), place, document))
    return [(document, -negated) for negated, _, document in found[:stop]]
