"""Documents whose common words come in bursts, as subjects do in a press archive: what Whoosh's collectors lose."""

from __future__ import annotations

import random


def bursts(count: int) -> list[tuple[str, str]]:
    """(title, body) of documents in which `alpha`, `beta` and `gamma` are common for a while."""
    rng = random.Random(1)
    common, rare = ("alpha", "beta", "gamma"), [f"w{n}" for n in range(200)]
    made, topic = [], dict.fromkeys(common, 0.1)
    for _ in range(count):
        if rng.random() < 0.01:
            topic = {name: rng.random() ** 3 for name in common}
        title = [name for name in common if rng.random() < topic[name]] + rng.choices(rare, k=rng.randint(1, 12))
        body = rng.choices(rare, k=int(10 ** rng.uniform(0.7, 2.0)))
        for name in common:
            if rng.random() < topic[name] * 1.2:
                body += [name] * int(rng.expovariate(0.5) + 1)
        made.append((" ".join(title), " ".join(body)))
    return made
