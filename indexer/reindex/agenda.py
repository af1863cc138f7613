"""What a watch still has to look at, and when: no clock, no thread and no disk here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import PurePath

# A burst of saves is over when nothing comes for this long: editors and copies write a file in several steps, a few
# milliseconds apart.
QUIET_S = 0.1
# A file that vanished may be about to come back: some editors move it away, then write it anew, and a disk may be slow.
GONE_S = 1.0
# What changes without end is looked at all the same, this late.
MOST_S = 2.0
# More paths than these are looked at by their folders: each costs a listing of the folders around it.
MOST_PATHS = 32
# More than these are not kept apart while a run goes on.
MOST_KEPT = 10_000


class Agenda:
    """The paths that have changed since they were last taken, and those to be looked at again at some time.

    A path that is noted is covered by what is taken afterwards: it is there itself, or a folder around it. `places` are
    the folders (or files) that are followed; all paths are at or below one. Times are seconds of a clock that never
    goes back.
    """

    def __init__(self, places: Iterable[str] = ()) -> None:
        self._places = tuple(places)
        self._changed: dict[str, float] = {}  # path → when it is quiet
        self._first = math.inf
        self._later: dict[str, float] = {}
        self._held_until = -math.inf

    def follow(self, places: Iterable[str]) -> None:
        """Follow these from now on; what is noted of others is forgotten."""
        self._places = tuple(places)
        self._changed = {path: quiet for path, quiet in self._changed.items() if self._place_of(path)}
        self._later = {path: when for path, when in self._later.items() if self._place_of(path)}
        if not self._changed:
            self._first = math.inf

    def changed(self, path: str, now: float, *, gone: bool = False) -> None:
        """A path has changed; `gone`: it was there before, and is not any more."""
        self._changed[path] = now + (GONE_S if gone else QUIET_S)
        self._first = min(self._first, now)
        if len(self._changed) > MOST_KEPT:
            quiet = max(self._changed.values())
            self._changed = dict.fromkeys(self._wider(self._changed), quiet)

    def later(self, path: str, when: float) -> None:
        """A path is to be looked at then, whether it changes or not; only the last time that was said counts."""
        self._later[path] = when

    def hold(self, until: float) -> None:
        """Nothing is due before."""
        self._held_until = until

    def due(self) -> float:
        """When there is something to take; infinity when nothing is noted.

        What changes now comes to rest first: a look at the place that a file is leaving would part it from the file
        that it becomes elsewhere.
        """
        soonest = self._quiet() if self._changed else min(self._later.values(), default=math.inf)
        return max(soonest, self._held_until)

    def take(self, now: float) -> list[str]:
        """What is to be looked at now, ordered, none below another; nothing before it is due."""
        if now < self.due():
            return []
        taken = {path for path, when in self._later.items() if when <= now}
        for path in taken:
            del self._later[path]
        taken.update(self._changed)
        self._changed, self._first = {}, math.inf
        return self._few(taken)

    def _quiet(self) -> float:
        """When what has changed has come to rest, or has waited long enough."""
        return min(max(self._changed.values()), self._first + MOST_S)

    def _few(self, paths: Iterable[str]) -> list[str]:
        few = outermost(paths)
        return few if len(few) <= MOST_PATHS else self._wider(few)

    def _wider(self, paths: Iterable[str]) -> list[str]:
        """The folders around paths, or the places where these are too many."""
        folders = outermost(self._around(path) for path in paths)
        return folders if len(folders) <= MOST_PATHS else outermost(map(self._place_of, folders))

    def _around(self, path: str) -> str:
        return path if path in self._places else str(PurePath(path).parent)

    def _place_of(self, path: str) -> str:
        return next((place for place in self._places if path == place or is_below(path, place)), "")


def is_below(path: str, folder: str) -> bool:
    """True for a path inside of a folder; both absolute and without `..`."""
    return path.startswith(folder if folder.endswith("/") else folder + "/")


def outermost(paths: Iterable[str]) -> list[str]:
    """Paths, ordered, without repeats and without those below others."""
    kept: list[str] = []
    # In this order a folder stands right before what is below it.
    for path in sorted(set(paths), key=lambda path: PurePath(path).parts):
        if not (kept and is_below(path, kept[-1])):
            kept.append(path)
    return kept
