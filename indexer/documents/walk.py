"""The files below a root, in a stable order, without ever following a symbolic link or waiting on a pipe."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple

from indexer.errors import CorpusError


class FileFacts(NamedTuple):
    """A file and what the system says of it. `relative` is NFC with `/`; `path` opens it.

    `path` is text: a Path for each of 100,000 files costs more than asking the system about them. A tuple with names is
    made in a third of the time of a frozen dataclass.
    """

    relative: str
    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class FolderMetadata:
    """A table that says things of the files of its folder and is no document itself."""

    relative: str
    path: str


@dataclass(frozen=True, slots=True)
class Unwalkable:
    """A folder or file that could not be looked at, and why (French)."""

    relative: str
    reason: str


_REASONS: dict[type[OSError], str] = {
    PermissionError: "permission refusée",
    FileNotFoundError: "introuvable",
    NotADirectoryError: "ce n’est pas un dossier",
    IsADirectoryError: "c’est un dossier",
}


def os_reason(error: OSError) -> str:
    """What went wrong, in French where the system only says it in English."""
    return _REASONS.get(type(error)) or error.strerror or type(error).__name__


METADATA = "metadata.csv"


def walk(root: Path, ignore: Sequence[str] = (), below: str = "") -> Iterator[FileFacts | FolderMetadata | Unwalkable]:
    """The regular files below `root` (or `root` itself), ordered by the bytes of their relative paths.

    Hidden names and those that match a pattern of `ignore` (fnmatch, on the name or the relative path) are skipped, and
    so are symbolic links (the root itself may be one), devices, pipes, sockets and files that vanish meanwhile. Folders
    that cannot be listed, and a second name that is the first in another Unicode form, are Unwalkable. The
    `metadata.csv` of a folder comes before all else in it, ignored or not.
    Raises CorpusError when the root is missing or cannot be listed.

    `below` limits the walk to one file or folder (relative, NFC). In the folders above it only that name is looked at,
    beside the tables, and found by listing: what comes is what the whole walk finds there. One that cannot be listed is
    Unwalkable.
    """
    ignored = ignoring(ignore)
    towards = below.split("/") if below else []
    try:
        facts = root.stat()
        if stat.S_ISREG(facts.st_mode):
            if not towards:
                yield _facts(name_of(root.name), str(root), facts)
            return
        if not stat.S_ISDIR(facts.st_mode):
            raise CorpusError(f"{root} n’est ni un dossier ni un fichier ordinaire.")
        top = _listing(str(root), "", ignored, towards[:1])
    except OSError as error:
        raise CorpusError(f"{root} ne peut pas être lu : {os_reason(error)}.") from error
    pending = [iter(top)]  # one iterator a level: a deep tree costs no recursion
    while pending:
        found = next(pending[-1], None)
        if found is None:
            pending.pop()
            continue
        relative, path, twin = found
        level = len(pending)
        above = level < len(towards)
        if twin:
            if not above:
                reason = "deux noms qui ne diffèrent que par leur forme Unicode : renommez l’un des deux"
                yield Unwalkable(relative, reason)
            continue
        try:
            facts = os.lstat(path)
            if stat.S_ISDIR(facts.st_mode):
                pending.append(iter(_listing(path, relative + "/", ignored, towards[level : level + 1])))
            elif stat.S_ISREG(facts.st_mode):
                if is_metadata(relative):
                    yield FolderMetadata(relative, path)
                elif not above:
                    yield _facts(relative, path, facts)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Unwalkable(relative, f"lecture impossible : {os_reason(error)}")


def is_metadata(relative: str) -> bool:
    """True for the name, or the path, of a table of metadata."""
    return relative[-len(METADATA) :].lower() == METADATA and relative[-len(METADATA) - 1 : -len(METADATA)] in ("", "/")


def passed_over(ignore: Sequence[str]) -> Callable[[str], bool]:
    """What is true of a relative path that no walk looks at: it is hidden or ignored, or stands in a folder that is."""
    ignored = ignoring(ignore)

    def passed(relative: str) -> bool:
        names = [name_of(name) for name in relative.split("/")]
        if is_metadata(names[-1]):
            names.pop()
        return any(
            name.startswith(".") or ignored(name) or ignored("/".join(names[:end])) for end, name in enumerate(names, 1)
        )

    return passed


def _facts(relative: str, path: str, facts: os.stat_result) -> FileFacts:
    return FileFacts(relative, path, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)


def ignoring(patterns: Sequence[str]) -> Callable[[str], object]:
    """What is true of a name or relative path that matches one of the patterns (one expression: fnmatch tries each)."""
    wanted = "|".join(translate(unicodedata.normalize("NFC", pattern)) for pattern in patterns)
    return re.compile(wanted).match if patterns else lambda name: None


def _listing(
    folder: str, prefix: str, ignored: Callable[[str], object], only: Sequence[str]
) -> list[tuple[str, str, bool]]:
    """(relative, path, repeats the name before) of each entry to keep, or of those alone with the name in `only`.

    A table of metadata is kept in any case, and comes first.

    A folder sorts as its name with `/` behind, so that `a.txt` comes before `a/b.txt` as in a sort of whole paths. Text
    sorts as its UTF-8 does.
    """
    kept = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = name_of(entry.name)
            table = is_metadata(name) and entry.is_file(follow_symlinks=False)
            if only and name not in only and not table:
                continue
            relative = prefix + name
            if name.startswith(".") or entry.is_symlink() or (not table and (ignored(name) or ignored(relative))):
                continue
            ending = "/" if entry.is_dir(follow_symlinks=False) else ""
            kept.append((not table, name + ending, entry.name, relative, entry.path))
    kept.sort()
    seen: set[str] = set()
    listing = []
    for _, _, _, relative, path in kept:
        listing.append((relative, path, relative in seen))
        seen.add(relative)
    return listing


def name_of(name: str) -> str:
    """The name of a file as the index writes it: in NFC; bytes that are no UTF-8 (an old archive) are read as Windows
    does."""
    if name.isascii():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("cp1252", "replace")
    return unicodedata.normalize("NFC", name)
