"""A process that opens an index again and again while others change it: `python -m tests.faults.reader CONFIG INDEX N`.

Prints one line of JSON: what it saw of each generation (each different answer once), and the errors.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from indexer.assembly import create_service
from indexer.model import SearchRequest
from indexer.settings import load_settings

QUERIES = ("", "relève", '"prend fin"')


def seen(config: Path, index: Path) -> tuple[int, tuple[int, ...]]:
    """A fresh service's generation, its count of documents and the totals of some queries."""
    service = create_service(load_settings(config, index, {}))
    while True:
        status = service.status()
        pages = [service.search(SearchRequest(query, per_page=1)) for query in QUERIES]
        # Else it went on in between, as it should; it may even have come back (a rollback), so each page is asked.
        if all(page.generation == status.generation for page in pages):
            return status.generation, (status.documents, *(page.total for page in pages))


def main(config: Path, index: Path, opens: int) -> None:
    """Open, ask, and tell."""
    answers: set[tuple[int, tuple[int, ...]]] = set()
    errors = []
    for _ in range(opens):
        try:
            answers.add(seen(config, index))
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"answers": sorted(answers), "errors": errors}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
