"""The system's notices of changed files, through watchfiles; nothing else imports it."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import watchfiles

from indexer.documents import os_reason

# Changes are handed on when none has come for a step, or when they have been gathered for this long.
_STEP_MS = 20
_BATCH_MS = 100
# How soon the thread says that it listens, and how soon it ends; it costs next to nothing.
_TURN_MS = 200
_END_S = 2.0

# What inotify answers at its limits: watches (folders) and instances (one for each folder that is followed).
_LIMITS = {
    errno.ENOSPC: ("fs.inotify.max_user_watches", 1_048_576),
    errno.EMFILE: ("fs.inotify.max_user_instances", 1_024),
}
_SIGNS = {errno.ENOSPC: ("watch limit", "MaxFilesWatch"), errno.EMFILE: ("Too many open files",)}


_HANDLES = Path("/proc/self/fd")
_MARKS = Path("/proc/self/fdinfo")
_MARK = re.compile(r"^inotify wd:\S+ ino:([0-9a-f]+)", re.MULTILINE)


class Change(NamedTuple):
    """A path that changed. `came`: it was not there before, or is there anew; `gone`: it is not there any more."""

    path: str
    came: bool
    gone: bool


class Notices:
    """Notices of what changes in a folder (`deep`: and in those below), gathered by a thread until `stop`.

    `take` is called in that thread: first with nothing, as soon as no change from then on is missed. The library tells
    neither a queue that ran over nor files that were in a new folder before it was followed; see watch.py. `failure` is
    why there are no notices any more (French).
    """

    def __init__(self, folder: str, take: Callable[[Iterable[Change]], None], *, deep: bool) -> None:
        self.failure = ""
        self._folder = folder
        self._deep = deep
        self._take = take
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._gather, name=f"avis {folder}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(_END_S)

    def _gather(self) -> None:
        batches = watchfiles.watch(
            self._folder,
            watch_filter=None,
            debounce=_BATCH_MS,
            step=_STEP_MS,
            rust_timeout=_TURN_MS,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            force_polling=False,
            recursive=self._deep,
            # With True, watchfiles 1.3 passes over the limits of inotify too: some folders would not be followed, and
            # nobody told.
            ignore_permission_denied=False,
        )
        listening = False
        try:
            for batch in batches:
                if not listening:
                    listening = True
                    self._take(())
                if batch:
                    self._take(_changes(batch))
        except (OSError, RuntimeError) as error:  # watchfiles raises a RuntimeError for names that are no UTF-8
            self.failure = _reason(error)


def unfollowed(folders: Iterable[str], within: str) -> bool:
    """True when no notices come of one of these folders, or of one below it, though they come of `within`.

    Past the limits of inotify, notify 8.0 (in watchfiles 1.3) leaves folders out that come later, and tells nobody;
    asked for notices of the same folders anew, it says so. False where the system does not tell what it follows.
    """
    followed = _followed()
    if _inode(within) not in followed:
        return False
    below = (place for folder in folders for place, _, _ in os.walk(folder))
    return any((inode := _inode(place)) and inode not in followed for place in below)


def _followed() -> set[int]:
    """The inodes of the folders that inotify tells this process about (man 5 proc, fdinfo)."""
    found: set[int] = set()
    for handle in _HANDLES.iterdir() if _HANDLES.is_dir() else ():
        try:
            if str(handle.readlink()) == "anon_inode:inotify":
                marks = (_MARKS / handle.name).read_text()
                found.update(int(inode, 16) for inode in _MARK.findall(marks))
        except OSError:  # closed meanwhile
            continue
    return found


def _inode(folder: str) -> int:
    try:
        return Path(folder).lstat().st_ino
    except OSError:
        return 0


def _changes(batch: Iterable[tuple[watchfiles.Change, str]]) -> list[Change]:
    """One change a path: in which order those of a batch came is not known, what is there now is."""
    paths: dict[str, bool] = {}
    for kind, path in batch:
        paths[path] = kind is watchfiles.Change.added or paths.get(path, False)
    return [Change(path, came, not came and not os.path.lexists(path)) for path, came in paths.items()]


def _reason(error: Exception) -> str:
    """Why there are no notices, and how to mend it where that is known."""
    text = str(error)
    for number, signs in _SIGNS.items():
        if any(sign in text for sign in signs) or getattr(error, "errno", None) == number:
            name, value = _LIMITS[number]
            return f"la limite {name} du système est atteinte ; pour la relever : sudo sysctl {name}={value}"
    if "Unable to decode path" in text:
        return "un nom de fichier n’est pas en UTF-8"
    return os_reason(error) if isinstance(error, PermissionError) else text
