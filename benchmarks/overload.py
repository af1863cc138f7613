"""What becomes of the service under twice the load that it can carry: `python -m benchmarks.overload INDEX`.

500 connections ask for pages of results, each page made anew. First as many at a time as keep the service busy (the
peak), then at twice that rate whatever comes back, then as before. Wanted: at least 80 % of the peak answered, the rest
refused quickly, and the peak again within five seconds. Clients run on the same machine and take their part of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus
from urllib.request import urlopen

from benchmarks.measuring import quantile, tell
from benchmarks.serving import WORKERS, served

CONNECTIONS = 500
BUSY = 16  # connections that always wait for an answer: enough for the peak, few enough for the queue
_SECONDS = 8.0
_RECOVERY_S = 5.0
_PAGES = 5  # of results, whose titles make the questions


@dataclass
class Tally:
    """What came back: milliseconds of pages and of refusals, and what was neither."""

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def ask(port: int, questions: Sequence[str], connections: int, seconds: float, rate: float = 0.0) -> Tally:
    """Ask over so many connections for so long: each as soon as it has its answer, or all together `rate` a second."""
    tally = Tally()
    asyncio.run(_ask(port, questions, connections, seconds, rate, tally))
    return tally


async def _ask(
    port: int, questions: Sequence[str], connections: int, seconds: float, rate: float, tally: Tally
) -> None:
    until = time.monotonic() + seconds
    gap = connections / rate if rate else 0.0

    async def client(number: int) -> None:
        rng = random.Random(number)
        due = time.monotonic() + rng.random() * gap
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while (now := time.monotonic()) < until:
                await asyncio.sleep(max(0.0, due - now))
                due = max(due + gap, time.monotonic())
                await _page(reader, writer, rng.choice(questions), tally)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            tally.lost.append(repr(error))

    await asyncio.gather(*map(client, range(connections)))


async def _page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: str, tally: Tally) -> None:
    started = time.perf_counter()
    writer.write(f"GET /recherche?q={quote_plus(text)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(head.partition("content-length:")[2].partition("\r")[0]))
    took_ms = (time.perf_counter() - started) * 1000
    status = head[9:12]
    if status in ("200", "503"):
        (tally.answered if status == "200" else tally.refused).append(took_ms)
    else:
        tally.lost.append(head.splitlines()[0])


def questions_of(port: int) -> list[str]:
    """Two words in a row of titles, as people ask."""
    found: list[str] = []
    for page in range(1, _PAGES + 1):
        with urlopen(f"http://127.0.0.1:{port}/recherche.json?page={page}") as answer:
            titles = [hit["title"].split() for hit in json.load(answer)["hits"]]
        found += [" ".join(words[at : at + 2]) for words in titles for at in range(0, len(words) - 1, 2)]
    return found


def measure(index: Path, seconds: float = _SECONDS) -> dict[str, float]:
    """Pages a second at the peak, under twice that load and after it; milliseconds; refusals; what was lost."""
    command = [sys.executable, "-m", "indexer", "serve", "--index", str(index), "--workers", str(WORKERS)]
    with served([*command, "--host", "127.0.0.1", "--port", "{port}"]) as (_, port):
        questions = questions_of(port)
        ask(port, questions, BUSY, 2.0)  # fills what both processes keep
        peak = len(ask(port, questions, BUSY, seconds).answered) / seconds
        tell(f"overload: {peak:.0f} pages a second at the peak")
        over = ask(port, questions, CONNECTIONS, seconds, 2 * peak)
        after = ask(port, questions, BUSY, _RECOVERY_S)
    return {
        "peak_per_s": peak,
        "answered_per_s": len(over.answered) / seconds,
        "share_of_peak": len(over.answered) / seconds / peak,
        "answered_p50_ms": quantile(over.answered, 0.5),
        "answered_p99_ms": quantile(over.answered, 0.99),
        "refused_per_s": len(over.refused) / seconds,
        "refused_p50_ms": quantile(over.refused, 0.5) if over.refused else 0.0,
        "refused_p99_ms": quantile(over.refused, 0.99) if over.refused else 0.0,
        "lost": len(over.lost) + len(after.lost),
        "after_share_of_peak": len(after.answered) / _RECOVERY_S / peak,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--seconds", type=float, default=_SECONDS)
    given = parser.parse_args()
    for name, value in measure(given.index.absolute(), given.seconds).items():
        print(f"{name:24} {value:10.2f}")


if __name__ == "__main__":
    main()
