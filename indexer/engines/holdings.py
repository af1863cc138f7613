"""What the documents of a generation are: counts of its columns, over all that are not deleted."""

from __future__ import annotations

import numpy as np

from indexer.engines.collection import Collection
from indexer.model import Holdings


def holdings_of(collection: Collection) -> Holdings:
    """Count them: a millisecond or so for 100,000 documents once the columns are put together."""
    if not collection.documents:
        return Holdings({}, {}, {}, {}, 0)
    alive = collection.alive
    docs = np.arange(collection.documents) if alive is None else np.flatnonzero(alive)
    years = collection.years.counts(docs)
    undated = years.pop(0, 0)
    return Holdings(
        formats=collection.formats.counts(docs),
        types=collection.types.counts(docs),
        years={key // 10_000: count for key, count in years.items()},
        languages=collection.languages.counts(docs),
        undated=undated,
    )
