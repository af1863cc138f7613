"""What a reading process may use, and what is said of a file that used more.

The kernel watches, not this program: a reader in the midst of foreign code cannot be asked to stop, and a timer of its
own ends it wherever it is, also where it waits for a disk. Nobody has to be awake for that.

Linux holds all of this; macOS does not bound memory (it accepts the limit and ignores it).
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Said by a reader as it goes on: the number of the file at hand in its unit (ALL: several at once), and its bytes.
At = Callable[[int, int], None]
ALL = -1
# How a process ends that ran out of memory in Python; in foreign code that is a signal.
OUT_OF_MEMORY = 87

_MB = 1_000_000
_PAGE = resource.getpagesize()


def unwatched(number: int, size: int) -> None:
    """Of a reader in this process nobody wants to know where it is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """For each file: `cpu_s` seconds of computing and `cpu_s_per_mb` more for each of its first `full_mb` megabytes,
    which may be unpacked and analysed; `hash_s_per_mb` for those beyond. Three times that by the clock: readers share
    the machine. For the process: `memory_bytes` above what it has when it starts, and no file written at all.

    A dense PDF of 10 MB takes 2 s, 1 MB of text a quarter to analyse.
    """

    cpu_s: float = 20
    cpu_s_per_mb: float = 0.5
    full_mb: int = 200
    hash_s_per_mb: float = 0.02
    memory_bytes: int = 1 << 30

    def seconds(self, size: int) -> float:
        """The computing time of something of so many bytes."""
        return self.cpu_s + self.cpu_s_per_mb * min(size / _MB, self.full_mb) + self.hash_s_per_mb * size / _MB

    def impose(self) -> None:
        """Bound this process for good."""
        for name in (signal.SIGALRM, signal.SIGPROF):
            signal.signal(name, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGPROF})
        _bound(resource.RLIMIT_CORE, 0)
        _bound(resource.RLIMIT_FSIZE, 0)
        _bound(resource.RLIMIT_DATA, _data_bytes() + self.memory_bytes)

    def begin(self, size: int) -> None:
        """From now on the time of something of so many bytes runs."""
        seconds = self.seconds(size)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, 3 * seconds)

    @staticmethod
    def end() -> None:
        """No time runs any more."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)

    def reason(self, exit_code: int | None) -> str:
        """Why a process ended (French)."""
        if exit_code == -signal.SIGALRM:
            return f"lecture abandonnée : plus de {_number(3 * self.cpu_s)} s"
        if exit_code == -signal.SIGPROF:
            return f"lecture abandonnée : plus de {_number(self.cpu_s)} s de calcul"
        if exit_code == OUT_OF_MEMORY:
            return f"lecture abandonnée : plus de {_amount(self.memory_bytes)} de mémoire"
        if exit_code == -signal.SIGKILL:
            return "le lecteur a été tué"
        if exit_code is not None and exit_code < 0:
            return f"le lecteur s’est arrêté (signal {-exit_code})"
        return "le lecteur s’est arrêté"


def _bound(what: int, most: int) -> None:
    """Lower a limit; where a lower one stands already, it stays."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(ValueError, OSError):  # macOS refuses some
        resource.setrlimit(what, (most, most))


def _data_bytes() -> int:
    """The memory that counts for RLIMIT_DATA: what this process has for itself."""
    try:
        return int(Path(f"/proc/{os.getpid()}/statm").read_text("ascii").split()[5]) * _PAGE
    except OSError:
        return 0


def _number(seconds: float) -> str:
    return f"{seconds:.3g}".replace(".", ",")


def _amount(size: int) -> str:
    return f"{size >> 30} Go" if size >= 1 << 30 else f"{size >> 20} Mo"
