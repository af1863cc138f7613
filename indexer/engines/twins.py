"""Documents that say the same: one page published twice, a dispatch in five papers.

The second of two that carry one title over texts of one length is most likely the first again. It stays a hit, but
comes after what says something else: ten hits are to be ten documents. Texts are not compared, only what the index has
at hand, so what is asked is much: the same title to the letter, lengths within a fiftieth, scores within a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.collection import Collection

_TITLE, _BODY = field_name("title", SURFACE), field_name("body", SURFACE)
_LEAST_LENGTH = 0.98
_LEAST_SCORE = 0.9
# Shorter texts (« Voir le document joint ») have one length by chance.
_LEAST_WORDS = 20


def repeated(collection: Collection, docs: Sequence[int], scores: Sequence[float]) -> list[bool]:
    """Which of these documents (best first, with their scores) are an earlier one again."""
    numbers = np.array(docs)
    bodies, titles = (collection.fields[name].lengths.take(numbers).tolist() for name in (_BODY, _TITLE))
    found = [False] * len(docs)
    like: dict[int, list[int]] = {}  # by the length of their titles; numpy takes ten times as long for so few
    for later, (body, title, score) in enumerate(zip(bodies, titles, scores, strict=True)):
        if not title or body < _LEAST_WORDS:
            continue
        before = like.setdefault(title, [])
        found[later] = bool(before) and any(
            score >= scores[earlier] * _LEAST_SCORE
            and min(body, bodies[earlier]) >= max(body, bodies[earlier]) * _LEAST_LENGTH
            and _same_title(collection, docs[later], docs[earlier])
            for earlier in before
        )
        before.append(later)
    return found


def _same_title(collection: Collection, one: int, other: int) -> bool:
    (part, number), (other_part, other_number) = map(collection.locate, (one, other))
    rank, other_rank = part.segment.title_ords.item(number), other_part.segment.title_ords.item(other_number)
    if part is other_part:
        return bool(rank == other_rank)
    return collection.title_keys(part)[rank] == collection.title_keys(other_part)[other_rank]
