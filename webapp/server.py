"""`trouvaille serve`: the application on granian, a production WSGI server, in several processes."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from indexer import Settings, TrouvailleError, create_service, load_settings
from webapp import create_app
from webapp.front import STREAMS
from webapp.processors import keep_to_one

# Threads beside those of the requests at work, waiting and being streamed: they tell the others that there is no place,
# and answer what is never refused. What finds no thread waits where we cannot see it.
_SPARE_THREADS = 8
# Connections that a process holds at once, most of them idle: granian takes no other while it has as many.
CONNECTIONS = 1_024
STOP_TIMEOUT_S = 10
# Files that the processes of a service share: what they count, and which processors they have.
METERS, PROCESSORS = "meters", "processors"
_START_TIMEOUT_S = 60.0


class _Expected(logging.Filter):
    """Keeps back granian's remark that there are many threads: ours mostly wait, on purpose (see `threads`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        return "Python threads" not in record.getMessage()


# Standard output is for the result (our address): granian, which would write its log there, writes to stderr.
_LOGGING = {
    "filters": {"expected": {"()": _Expected}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "bare": {"format": "%(message)s"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
        "bare": {"class": "logging.StreamHandler", "formatter": "bare", "stream": "ext://sys.stderr"},
    },
    "loggers": {
        "_granian": {"handlers": ["stderr"], "filters": ["expected"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "trouvaille": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "trouvaille.access": {"handlers": ["bare"], "level": "INFO", "propagate": False},
    },
}


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT, then let running requests end. Prints the address once it answers.

    `port=0` takes a free one. Raises TrouvailleError when the address cannot be had or the theme cannot be used.
    """
    create_app(create_service(settings))  # what it refuses is said here, not by processes that end and start again
    port = _bindable(host, port)
    server = Granian(
        "webapp.server",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads(settings.server.at_work, settings.server.waiting),
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_TIMEOUT_S,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
    )
    threading.Thread(target=_announce, args=(host, port), daemon=True).start()
    with TemporaryDirectory(prefix="trouvaille-") as shared:
        Path(shared, METERS).touch()
        # Each process opens its own service. Paths travel, not objects: a process may be spawned instead of forked.
        loader = partial(application, settings.file, settings.index.directory, workers, Path(shared))
        server.serve(target_loader=loader, wrap_loader=False)


def application(config: Path | None, index: Path, workers: int, shared: Path) -> Flask:
    """The WSGI application of one of `workers` processes, from the same configuration as its parent. `shared` is a
    folder for what the processes tell each other."""
    settings = load_settings(config, index)
    service = create_service(replace(settings, server=replace(settings.server, workers=workers)))
    service.watch()
    app = create_app(service, shared / METERS)
    keep_to_one(workers, shared / PROCESSORS)  # after what works in the background has begun: it may take any
    return app


def threads(at_work: int, waiting: int) -> int:
    """Threads that a process needs, each started when first needed."""
    return at_work + waiting + STREAMS + _SPARE_THREADS


def address(host: str, port: int) -> str:
    """Where a browser finds us: the machine itself when we listen on every interface."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def _bindable(host: str, port: int) -> int:
    """The port to listen on, found free now: granian's processes bind it one by one and would each take another 0."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            bound: int = probe.getsockname()[1]
            return bound
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise TrouvailleError(f"Impossible d’écouter sur {host}, port {port} : {reason}.") from error


def _announce(host: str, port: int) -> None:
    """Print the address when the first process accepts a connection."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    patience = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < patience:
        try:
            socket.create_connection((where, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            print(f"Trouvaille répond sur {address(host, port)}", flush=True)
            return
