"""What becomes of the service under twice the load that it can carry: `python -m benchmarks.overload INDEX`.

500 connections ask for pages of results, each page made anew. First as many at a time as keep the service busy (the
peak), then at twice that rate whatever comes back, then as before. Wanted: at least 80 % of the peak answered, the rest
refused quickly, and the peak again within five seconds. Clients run on the same machine and take their part of it.

With `--documents FOLDER` a copy of these is indexed and served too, and runs of `reindex` publish one generation after
the other while pages are asked: none may be refused or lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from urllib.parse import quote_plus
from urllib.request import urlopen

from benchmarks.measuring import quantile, reindexed, tell
from benchmarks.serving import WORKERS, served

CONNECTIONS = 500
BUSY = 16  # connections that always wait for an answer: enough for the peak, few enough for the queue
_SECONDS = 8.0
_RECOVERY_S = 5.0
_RECOVERED = 0.9  # of the peak in one second: as much as seconds differ anyway
_PAGES = 5  # of results, whose titles make the questions


@dataclass
class Tally:
    """What came back: milliseconds of pages and of refusals, and what was neither."""

    begun: float = field(default_factory=time.monotonic)

    answered: list[float] = field(default_factory=list)
    seconds: Counter[int] = field(default_factory=Counter)  # answered in each second from the beginning
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
    if status == "200":
        tally.answered.append(took_ms)
        tally.seconds[int(time.monotonic() - tally.begun)] += 1
    elif status == "503":
        tally.refused.append(took_ms)
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
    with _service(index) as (port, questions):
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
        "recovered_after_s": next((s for s in range(int(_RECOVERY_S)) if after.seconds[s] >= _RECOVERED * peak), inf),
    }


def published_meanwhile(documents: Path, seconds: float = _SECONDS) -> dict[str, float]:
    """Runs that published a generation while pages were asked without a pause, and what became of these."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        corpus, index = Path(folder) / "documents", Path(folder) / "index"
        shutil.copytree(documents, corpus)
        reindexed(index, corpus)
        tell("overload: runs of reindex while pages are asked")
        with _service(index) as (port, questions):
            asking, runs = pool.submit(ask, port, questions, BUSY, seconds), 0
            while not asking.done():
                (corpus / f"nouveau-{runs}.txt").write_text(
                    f"Un document de plus, le numéro {runs}.\n", encoding="utf-8"
                )
                reindexed(index)
                runs += 1
    tally = asking.result()
    return {
        "runs": runs,
        "answered": len(tally.answered),
        "answered_p50_ms": quantile(tally.answered, 0.5),
        "answered_p99_ms": quantile(tally.answered, 0.99),
        "refused": len(tally.refused),
        "lost": len(tally.lost),
    }


@contextmanager
def _service(index: Path) -> Iterator[tuple[int, list[str]]]:
    """A service whose processes have all they keep, by its port, and questions to it."""
    command = [sys.executable, "-m", "indexer", "serve", "--index", str(index), "--workers", str(WORKERS)]
    with served([*command, "--host", "127.0.0.1", "--port", "{port}"]) as (_, port):
        questions = questions_of(port)
        ask(port, questions, BUSY, 2.0)
        yield port, questions


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--seconds", type=float, default=_SECONDS)
    given = parser.parse_args()
    _print(measure(given.index.absolute(), given.seconds))
    if given.documents:
        _print(published_meanwhile(given.documents, given.seconds))


def _print(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        print(f"{name:24} {value:10.2f}")


if __name__ == "__main__":
    main()
