"""Follows what is indexed: a run whenever something has changed, over what has changed, until it is interrupted.

Notices of the system say what changed (notices.py), an Agenda when to look at it (agenda.py). Notices are not trusted
to be the whole truth: in doubt the whole folder is looked at, and every hour in any case. Folders that no notice comes
from, on network file systems or past the limits of the system, are looked at every few seconds: the table of files
makes that cheap, and unlike the polling of the library it sees every change and follows no links.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from indexer.columnar.network import network_file_system
from indexer.documents import METADATA, passed_over
from indexer.engines.base import Engine
from indexer.errors import IndexLocked, IndexProblem, TrouvailleError
from indexer.model import Problem
from indexer.reindex.agenda import Agenda, is_below, outermost
from indexer.reindex.notices import Change, Notices, unfollowed
from indexer.reindex.report import Report
from indexer.settings import Settings

# How often roots are seen to be there still.
_TEND_S = 1.0
# A whole look, in case a notice was lost.
_SAFETY_S = 3600.0
# A new folder is looked at twice: files that came before the system followed it are told by nobody.
_AGAIN_S = 2.0
# A place that is new or back is looked at when notices of it come, or so long after when none do.
_SETTLE_S = 1.0
# Looks without notices take a twentieth of the time at most.
_REST = 20
_LOCKED_S = 1.0
_FAILED_S = 5.0
_FAILED_MOST_S = 300.0

# Runs over some paths; without any, over all.
RunOver = Callable[[Sequence[Path]], Report]


@dataclass(slots=True, eq=False)
class _Place:
    """A root, or what was asked of one, and the notices of it.

    `folder` is what notices are asked of: a file's are those of the folder around it. `identity` tells when another one
    stands there, and is None when none does. While it is `listening`, no change is missed, as far as can be known.
    """

    path: str
    folder: str
    deep: bool
    identity: tuple[int, int] | None = None
    notices: Notices | None = None
    listening: bool = False
    network: str = ""
    retry_at: float = 0.0
    failures: int = 0

    @classmethod
    def at(cls, path: str) -> _Place:
        """What is at a path, a folder if nothing is."""
        file = Path(path)
        return cls(path, str(file.parent), False) if file.is_file() else cls(path, path, True)

    def stop(self) -> None:
        """Ask for no more notices."""
        if self.notices:
            self.notices.stop()
        self.notices, self.listening = None, False


class Watch:
    """Follows `paths`, or all roots of the index when there are none.

    `ran` is told of each run that changed something, with the problems that are new; `tell` gets French sentences.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        run: RunOver,
        paths: Sequence[Path],
        *,
        tell: Callable[[str], None],
        ran: Callable[[Report, Sequence[Problem]], None],
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._run = run
        self._paths = outermost(os.path.abspath(path) for path in paths)
        self._tell = tell
        self._ran = ran
        self._passed_over = passed_over(settings.corpus.ignore)
        self._generation = -1
        self._roots: tuple[str, ...] = ()
        self._places: dict[str, _Place] = {}
        self._agenda = Agenda()
        self._newcomers: list[tuple[float, _Place, str]] = []
        self._news = threading.Condition()
        self._tended = -_TEND_S
        self._failures = 0
        self._said: dict[str, str] = {}
        self._problems: frozenset[Problem] = frozenset()
        self._warnings: frozenset[str] = frozenset()
        self._configured = _marks(settings)

    def follow(self, first: Report) -> None:
        """Follow until KeyboardInterrupt; `first` is what the run before said."""
        self._problems, self._warnings = frozenset(first.problems), frozenset(first.warnings)
        try:
            self._tend()
            self._tell(self._beginning())
            while True:
                with self._news:
                    now = time.monotonic()
                    paths = self._agenda.take(now)
                    if not paths:
                        self._news.wait(max(0.0, min(self._agenda.due(), self._tended + _TEND_S) - now))
                if paths:
                    self._look(paths)
                if time.monotonic() >= self._tended + _TEND_S:
                    self._tend()
        finally:
            for place in self._places.values():
                place.stop()

    def _beginning(self) -> str:
        places = len(self._places)
        return f"Surveillance de {places} emplacement{'s' if places > 1 else ''} ; Ctrl-C pour l’arrêter."

    # --- places ----------------------------------------------------------------------------------------------------

    def _tend(self) -> None:
        """See to it that all roots are followed, those too that went and came back."""
        self._tended = time.monotonic()
        self._follow_the_index()
        self._see_to_newcomers(self._tended)
        for place in self._places.values():
            self._tend_place(place, self._tended)
        now = _marks(self._settings)
        if now != self._configured:
            changed = sorted({Path(name).name for name, _ in now ^ self._configured})
            self._configured = now
            self._tell(f"{', '.join(changed)} : changement de réglages ; relancez la surveillance pour qu’il compte.")

    def _follow_the_index(self) -> None:
        """Another process may have added or forgotten roots, or gone back to the generation before."""
        try:
            if self._engine.current() == self._generation:
                return
            status = self._engine.snapshot().status
        except IndexProblem as error:
            self._say("index", str(error))
            return
        self._generation, self._roots = status.generation, tuple(root.path for root in status.roots)
        paths = [path for path in self._paths or self._roots if self._root_of(path)]
        if paths == list(self._places):
            return
        for path in self._places.keys() - set(paths):
            self._places[path].stop()
        self._places = {path: self._places.get(path) or _Place.at(path) for path in paths}
        with self._news:
            self._agenda.follow(paths)

    def _root_of(self, path: str) -> str:
        return next((root for root in self._roots if path == root or is_below(path, root)), "")

    def _tend_place(self, place: _Place, now: float) -> None:
        identity = _identity(place.folder)
        if identity != place.identity:
            self._came_or_went(place, identity)
        if place.notices and place.notices.failure:
            self._failed(place, place.notices.failure, now)
        wanted = self._settings.corpus.watch_notices and identity and not place.network and now >= place.retry_at
        if wanted and not place.notices:
            place.notices = Notices(place.folder, lambda changes: self._note(place, changes), deep=place.deep)

    def _see_to_newcomers(self, now: float) -> None:
        """Look again at folders that are new, and ask for notices of their place anew if none would come of them.

        One that is gone already is not looked at: a notice says so, and with it where it went.
        """
        with self._news:
            grown = [one for one in self._newcomers if one[0] <= now]
            self._newcomers = [one for one in self._newcomers if one[0] > now]
        folders: dict[_Place, list[str]] = {}
        for _, place, path in grown:
            if Path(path).is_dir():
                folders.setdefault(place, []).append(path)
                self._expect(path, 0.0)
        for place, paths in folders.items():
            if place.listening and unfollowed(outermost(paths), place.folder):
                place.stop()

    def _came_or_went(self, place: _Place, identity: tuple[int, int] | None) -> None:
        """There is nothing any more, something again, or something else: what that means for documents, a run says."""
        place.stop()
        place.identity, place.retry_at, place.failures = identity, 0.0, 0
        place.network = network_file_system(Path(place.folder), or_below=place.deep) or ""
        if place.network:
            self._say(
                f"network {place.path}",
                f"{place.folder} est, en tout ou partie, sur un disque en réseau ({place.network}), qui n’avise de "
                f"rien : il est parcouru toutes les {self._settings.corpus.watch_every_s} s.",
            )
        self._expect(place.path, _SETTLE_S)

    def _failed(self, place: _Place, reason: str, now: float) -> None:
        """No notices for some time: the whole place is looked at instead."""
        place.stop()
        if now - place.retry_at > _FAILED_MOST_S:
            place.failures = 0  # all went well for some time
        place.retry_at = now + _backoff(place.failures)
        place.failures += 1
        every_s = self._settings.corpus.watch_every_s
        self._say(
            f"notices {place.path}",
            f"{place.folder} : pas d’avis du système ({reason}). Le dossier est parcouru toutes les {every_s} s.",
        )
        self._expect(place.path, 0.0)

    def _expect(self, path: str, delay: float) -> None:
        with self._news:
            self._agenda.later(path, time.monotonic() + delay)

    # --- what changed ----------------------------------------------------------------------------------------------

    def _note(self, place: _Place, changes: Iterable[Change]) -> None:
        """Called by the thread of the place. The first call has nothing: what changed before it is looked for."""
        now = time.monotonic()
        with self._news:
            if not place.listening:
                place.listening = True
                self._agenda.changed(place.path, now)
            for change in changes:
                path = self._concerns(place, change.path)
                if not path:
                    continue
                self._agenda.changed(path, now, gone=change.gone)
                if change.came and path == change.path and Path(path).is_dir():
                    self._newcomers.append((now + _AGAIN_S, place, path))
            self._news.notify()

    def _concerns(self, place: _Place, path: str) -> str:
        """What is to be looked at for a changed path; nothing for what no run reads."""
        if not place.deep:
            return path if path == place.path else ""
        if path != place.path and not is_below(path, place.path):
            return place.path  # named in another way: all of it may have changed
        index = str(self._settings.index.directory)
        if path == index or is_below(path, index):
            return ""
        if PurePath(path).name.lower() == METADATA:
            path = str(PurePath(path).parent)
        root = self._root_of(path)
        relative = path[len(root) :].strip("/")
        return "" if relative and self._passed_over(relative) else path

    # --- runs ------------------------------------------------------------------------------------------------------

    def _look(self, paths: Sequence[str]) -> None:
        """A run; one that fails is told, and done again later."""
        began = time.monotonic()
        try:
            report = self._run([Path(path) for path in paths])
        except IndexLocked as error:
            self._say("locked", f"{error} La surveillance reprend ensuite.")
            self._again(paths, _LOCKED_S)
        except TrouvailleError as error:
            self._failed_run(paths, str(error))
        except Exception:  # the outermost edge: what nobody foresaw must not end the watch
            self._failed_run(paths, traceback.format_exc())
        else:
            self._failures = 0
            for about in ("locked", "failed", "index"):
                self._said.pop(about, None)
            self._looked(paths, report, time.monotonic() - began)

    def _failed_run(self, paths: Sequence[str], message: str) -> None:
        self._say("failed", message)
        self._again(paths, _backoff(self._failures))
        self._failures += 1

    def _again(self, paths: Sequence[str], delay: float) -> None:
        now = time.monotonic()
        with self._news:
            for path in paths:
                self._agenda.changed(path, now)
            self._agenda.hold(now + delay)

    def _looked(self, paths: Sequence[str], report: Report, took: float) -> None:
        missing = {problem.path: problem.reason for problem in report.missing}
        for root in {self._root_of(path) for path in paths}:
            if root in missing:
                self._say(root, f"{missing[root]} La surveillance attend leur retour.")
            elif self._said.pop(root, ""):
                self._tell(f"{root} est de nouveau là.")
        with self._news:
            now = time.monotonic()
            self._agenda.hold(now + took)  # half of the time at most, whatever happens
            for path in paths:
                if (place := self._places.get(path)) is not None:
                    self._agenda.later(path, now + self._every_s(place, took))
        for warning in report.warnings:
            if warning not in self._warnings:
                self._tell(f"Attention : {warning}")
        new = [problem for problem in report.problems if problem not in self._problems]
        self._problems, self._warnings = frozenset(report.problems), frozenset(report.warnings)
        if report.added or report.changed or report.removed or new:
            self._ran(report, new)

    def _every_s(self, place: _Place, took: float) -> float:
        """When a place that was looked at is looked at again, at the latest."""
        if place.listening and self._root_of(place.path) not in self._said:
            return _SAFETY_S
        return max(self._settings.corpus.watch_every_s, _REST * took)

    def _say(self, about: str, message: str) -> None:
        """Tell it once, until there is something else to say about it."""
        if self._said.get(about) != message:
            self._said[about] = message
            self._tell(message)


def patiently(run: Callable[[], Report], tell: Callable[[str], None]) -> Report:
    """A run, as soon as no other one is writing."""
    told = False
    while True:
        try:
            return run()
        except IndexLocked as error:
            if not told:
                tell(f"{error} La surveillance commence ensuite.")
            told = True
            time.sleep(_LOCKED_S)


def _backoff(failures: int) -> float:
    return float(min(_FAILED_S * 2**failures, _FAILED_MOST_S))


def _identity(folder: str) -> tuple[int, int] | None:
    """What tells a folder from another one at its place; None when it is not there."""
    try:
        facts = Path(folder).stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _marks(settings: Settings) -> frozenset[tuple[str, int]]:
    """The files that the settings were read from, and when they changed."""
    resources = (settings.resource(name) for name in ("types.toml", "french"))
    files = [resource for resource in (settings.file, *resources) if isinstance(resource, Path)]
    files += [file for folder in files if folder.is_dir() for file in folder.iterdir()]
    marks = set()
    for file in files:
        try:
            marks.add((str(file), file.stat().st_mtime_ns))
        except OSError:
            continue
    return frozenset(marks)
