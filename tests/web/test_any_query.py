"""Thousands of made queries through the whole service: each is answered, or refused with a reason, and soon."""

from __future__ import annotations

import random
import time
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.query import Limits
from tests.query.made import made_text

SEED = 20261129
MOST_S = 2.0
ANSWERS = {
    "/recherche": {200, 400, 404},
    "/recherche.json": {200, 400, 404},
    "/document/complet": {200, 400},
}


def made_url(rng: random.Random) -> str:
    """A path and a query string of any text, now and then with the other parameters, broken ones among them."""
    # Texts that pass the limit are refused at once: some are enough.
    text = made_text(rng, rng.choice((30, 200, 1_000)))[: rng.choice((Limits().max_chars,) * 9 + (None,))]
    parameters = [f"q={quote(text.encode('utf-8', rng.choice(('replace', 'surrogatepass'))))}"]
    for name, values in (
        ("type", ("communiqué", "résolution", "x", text)),
        ("date", ("2023", "2023-06..", "inconnue", text)),
        ("tri", ("recent", "titre", "x")),
        ("page", ("1", "2", "999999", "-1")),
        ("mots", ("tous",)),
    ):
        if rng.random() < 0.15:
            parameters.append(f"{name}={quote(rng.choice(values).encode('utf-8', 'replace'))}")
    return f"{rng.choice(list(ANSWERS))}?{'&'.join(parameters)}"


@pytest.mark.parametrize(
    ("first", "count"), [(0, 5_000), pytest.param(5_000, 95_000, marks=pytest.mark.deep)], ids=["first", "the rest"]
)
def test_any_query_is_answered_soon_or_refused(client: FlaskClient, first: int, count: int) -> None:
    took: list[float] = []
    for number in range(first, first + count):
        url = made_url(random.Random(SEED + number))
        started = time.perf_counter()
        response = client.get(url)
        took.append(time.perf_counter() - started)
        assert response.status_code in ANSWERS[url.partition("?")[0]], (number, url, response.text[:2_000])
        assert took[-1] < MOST_S, (number, url)
    took.sort()
    p50, p99 = (took[int(count * share)] * 1_000 for share in (0.5, 0.99))
    print(f"{count} queries: p50 {p50:.1f} ms, p99 {p99:.1f} ms, at most {took[-1] * 1_000:.0f} ms")
