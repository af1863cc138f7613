"""`trouvaille serve` in a process of its own, as a webmaster runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT

PREFIX = "Trouvaille répond sur "


@contextmanager
def serving(
    index: Path, *options: str, workers: int = 2, **server: object
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a server of `index` on a free port, and its process; stopped by SIGTERM at the end.

    `server`: settings of that section. There is no access log unless it is asked for: nobody reads it while we ask.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TROUVAILLE_")}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environ.get("PYTHONPATH"))))
    for name, value in ({"access_log": "off"} | server).items():
        environ[f"TROUVAILLE_SERVER_{name.upper()}"] = str(value)
    command = [sys.executable, "-m", "indexer", "serve", "--index", str(index), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), *options],
        env=environ,
        cwd=index.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout
    assert process.stderr
    try:
        line = process.stdout.readline()
        assert line.startswith(PREFIX), process.stderr.read()
        yield line.removeprefix(PREFIX).strip(), process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
