"""A processor of its own for each process of a service that has as many processes as it may use processors.

One request of a process is at work at a time, in turn in one thread of many. The kernel wakes the thread whose turn it
is where it ran last: often behind a page that the other process makes, while the processor that has just become free
stands idle. With forty threads that was a fifth of two processors.
"""

from __future__ import annotations

import os
from pathlib import Path

from webapp.meters import claimed


def keep_to_one(processes: int, claims: Path) -> int | None:
    """Keep this thread, and those that it will start, to a processor that no other process of the service has claimed;
    its number. None, and nothing is done, when there are more or fewer processors than processes, or the system knows
    no way (macOS). `claims` is a file that the processes share.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) != processes:
        return None
    # Never closed: the lock says that the processor is taken, and the kernel frees it when the process ends.
    processor = claimed(os.open(claims, os.O_RDWR | os.O_CREAT, 0o600), allowed)
    if processor is not None:
        os.sched_setaffinity(0, {processor})
    return processor
