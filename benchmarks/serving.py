"""Result pages over HTTP: ours by `trouvaille serve`, tantivy behind the same pages, Datasette. Part `http`.

Eight clients ask for the page of each question in turn. Pages a second depend on what else the machine does (the
clients run on it too); the CPU time of the serving processes per page does not.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote_plus

from benchmarks import datasette_site
from benchmarks.measuring import HOUSE, anonymous_mb, cpu_s, descendants, median, quantile, tell
from benchmarks.queries import WORD_KINDS
from benchmarks.workshop import Workshop

CLIENTS = 8
WORKERS = 2
ROUNDS = 3
DATASETTE = "datasette"
_PAGE = "/recherche?q="
# What the server, Flask and a template cost on this machine: other machines are compared by it.
_BARE_PAGE = "/accessibilite?q="
BARE, KEPT = "ours, a page without a search", "ours, answers kept as configured"
_SECONDS = 10.0
_START_S = 60.0
_STOP_S = 20.0
_RECEIVE = 1 << 16
_SAID_BYTES = 4000
_LAST_CHUNK = b"\r\n0\r\n\r\n"
# Pages are asked again and again here; what is measured is how they are made. Only one of the sites would write a log.
_EACH_PAGE_IS_MADE = {"TROUVAILLE_SERVER_CACHE_BYTES": "0", "TROUVAILLE_SERVER_ACCESS_LOG": "off"}


class ServiceProblem(Exception):
    """A service that does not start, or answers something else than a page."""


def measure(workshop: Workshop) -> dict[str, Any]:
    """For each service, rounds in turn: pages a second, latency, CPU milliseconds and private memory."""
    questions = [one.text for one in workshop.questions() if one.kind in WORD_KINDS]
    commands = {"ours": (_ours(workshop), _PAGE), BARE: (_ours(workshop), _BARE_PAGE), KEPT: (_ours(workshop), _PAGE)}
    if "tantivy" in workshop.names:
        commands["tantivy"] = (_tantivy(workshop), _PAGE)
    if datasette_site.available():
        commands[DATASETTE] = (datasette_site.command(workshop.corpus, workshop.cache), datasette_site.PAGE)
    else:
        tell("left out: datasette is not installed")
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for number in range(ROUNDS):
        for name, (command, address) in commands.items():
            tell(f"http: {name}, round {number + 1} of {ROUNDS}")
            with served(command, {} if name == KEPT else _EACH_PAGE_IS_MADE) as (pid, port):
                _ask(port, address, questions, 2.0)  # fills the caches of all processes
                rounds[name].append(_measured(pid, port, address, questions))
    return {name: {key: median([one[key] for one in found]) for key in found[0]} for name, found in rounds.items()}


def _ours(workshop: Workshop) -> list[str]:
    folder, _ = workshop.index("ours")
    options = ["--index", str(folder / "index"), "--workers", str(WORKERS), "--host", "127.0.0.1", "--port"]
    return [sys.executable, "-m", "indexer", "serve", *options, "{port}"]


def _tantivy(workshop: Workshop) -> list[str]:
    folder, _ = workshop.index("tantivy")
    documents = str(workshop.corpus.documents)
    return [sys.executable, "-m", "benchmarks.peer_site", str(folder), documents, "{port}", str(WORKERS)]


@contextmanager
def served(command: Sequence[str], settings: Mapping[str, str] = _EACH_PAGE_IS_MADE) -> Iterator[tuple[int, int]]:
    """Start a service on a free port, with these settings of ours; its process and port once it answers.

    Raises ServiceProblem, with the end of what the service said when something fails while it serves.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    arguments = [argument.format(port=port) for argument in command]
    environ = {**os.environ, **settings}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(arguments, cwd=HOUSE, env=environ, stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield process.pid, port
        except ServiceProblem as problem:
            log.seek(max(0, log.tell() - _SAID_BYTES))
            raise ServiceProblem(f"{problem}\n{log.read().decode(errors='replace')}") from problem
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    patience = time.monotonic() + _START_S
    while time.monotonic() < patience:
        if process.poll() is not None:
            raise ServiceProblem(f"the service ended at once, with exit code {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise ServiceProblem(f"the service did not answer within {_START_S:.0f} s")


def _measured(pid: int, port: int, address: str, questions: Sequence[str]) -> dict[str, float]:
    processes = descendants(pid)
    before = cpu_s(processes)
    started = time.perf_counter()
    latencies, page_bytes = _ask(port, address, questions, _SECONDS)
    took = time.perf_counter() - started
    used = cpu_s(processes) - before
    memory = [mb for mb in map(anonymous_mb, processes) if mb is not None]
    return {
        "pages_per_s": len(latencies) / took,
        "p50_ms": median(latencies),
        "p99_ms": quantile(latencies, 0.99),
        "cpu_ms_per_page": used * 1000 / len(latencies),
        "bytes_per_page": page_bytes / len(latencies),
        "largest_process_mb": max(memory, default=0.0),
    }


def _ask(port: int, address: str, questions: Sequence[str], seconds: float) -> tuple[list[float], int]:
    """Ask as CLIENTS clients for so long; milliseconds of each page, and bytes in all. Raises ServiceProblem."""
    found: list[list[float]] = [[] for _ in range(CLIENTS)]
    sizes = [0] * CLIENTS
    faults: list[BaseException] = []
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_START_S) as connection:
                turn = number * len(questions) // CLIENTS
                while time.monotonic() < until:
                    started = time.perf_counter()
                    sizes[number] += _page(connection, address + quote_plus(questions[turn % len(questions)]))
                    found[number].append((time.perf_counter() - started) * 1000)
                    turn += 1
        except (OSError, ServiceProblem, ValueError) as error:
            faults.append(error)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    if faults:
        raise ServiceProblem(f"a client failed: {faults[0]}") from faults[0]
    return [ms for times in found for ms in times], sum(sizes)


def _page(connection: socket.socket, address: str) -> int:
    """Ask for one page over a connection that stays open; its bytes. Raises ServiceProblem unless it is a page."""
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    connection.sendall(request.encode())
    received = bytearray()
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _more(connection)
    head = bytes(received[:end]).decode("latin-1")
    if not head.startswith("HTTP/1.1 200"):
        raise ServiceProblem(f"{address}: {head.splitlines()[0]}")
    if "transfer-encoding: chunked" in head.lower():
        while not received.endswith(_LAST_CHUNK):
            received += _more(connection)
        return len(received)
    lengths = [line for line in head.lower().splitlines() if line.startswith("content-length:")]
    if not lengths:
        raise ServiceProblem("the answer does not say its length")
    total = end + 4 + int(lengths[0].partition(":")[2])
    while len(received) < total:
        received += _more(connection)
    return total


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(_RECEIVE)
    if not received:
        raise ServiceProblem("the service closed the connection")
    return received
