"""The roots of an index, and which of them, or which parts, a run looks at."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.documents import is_metadata
from indexer.errors import CorpusError
from indexer.model import Problem, Root


@dataclass(frozen=True, slots=True)
class Scope:
    """A root to look at; `below` limits the look to one file or folder of it (relative, empty for all)."""

    root: Root
    below: str = ""

    def covers(self, path: str) -> bool:
        """True for a relative path that this scope looks at."""
        return not self.below or path == self.below or path.startswith(self.below + "/")

    def tells_of(self, problem: Problem) -> bool:
        """True for a problem of a file, or of a line or a part of one, that this scope looks at."""
        return problem.root == self.root.name and (
            self.covers(problem.path) or problem.path.startswith((self.below + "#", self.below + "!/"))
        )

    def contains(self, other: Scope) -> bool:
        """True when `other` is a smaller part of the same root."""
        return self != other and self.root == other.root and self.covers(other.below)


class Roots:
    """The roots of an index as a run finds and leaves them."""

    def __init__(self, roots: Iterable[Root]) -> None:
        self._roots = list(roots)
        self.changed = False

    @property
    def all(self) -> tuple[Root, ...]:
        """The roots as they are now."""
        return tuple(self._roots)

    def choose(
        self,
        paths: Sequence[Path],
        forget: Sequence[Path],
        configured: Sequence[Path],
        *,
        rebuild: bool,
        new_roots: bool = True,
    ) -> list[Scope]:
        """What a run looks at. New paths become roots, or are passed over without `new_roots`; forgotten ones go;
        without paths, all roots, else the configured ones. Raises CorpusError when that is nothing.
        """
        for path in forget:
            self._forget(path)
        if paths:
            scopes = [self._scope(path) for path in paths if new_roots or self._has(path)]
        elif self._roots or forget:
            scopes = [] if forget and not rebuild else [Scope(root) for root in self._roots]
        else:
            scopes = [self._scope(path) for path in configured]
            if not scopes:
                raise CorpusError("Aucun dossier à indexer. Donnez-en un : trouvaille reindex DOSSIER")
        if rebuild:
            chosen = {scope.root.name for scope in scopes}
            scopes = [Scope(scope.root) for scope in scopes]
            scopes += [Scope(root) for root in self._roots if root.name not in chosen]
        return [scope for scope in dict.fromkeys(scopes) if not any(other.contains(scope) for other in scopes)]

    def _has(self, path: Path) -> bool:
        """True for a path at or below a root."""
        return any(path.is_relative_to(root.path) for root in self._roots)

    def _scope(self, path: Path) -> Scope:
        path = Path(os.path.abspath(path))
        for root in self._roots:
            if path == Path(root.path):
                return Scope(root)
            if path.is_relative_to(root.path):
                if is_metadata(path.name) and not path.is_dir():
                    return self._scope(path.parent)  # it is about its folder
                return Scope(root, unicodedata.normalize("NFC", path.relative_to(root.path).as_posix()))
            if Path(root.path).is_relative_to(path):
                raise CorpusError(
                    f"{path} contient la racine {root.path}, déjà indexée. "
                    f"Oubliez-la d’abord : trouvaille reindex --forget {root.path}"
                )
        if not path.exists():
            raise CorpusError(f"{path} n’existe pas : rien n’a été changé.")
        root = Root(self._free_name(path.name or "racine"), str(path))
        self._roots.append(root)
        self.changed = True
        return Scope(root)

    def _free_name(self, name: str) -> str:
        """The folder's own name, so that ids do not depend on where it lies; numbered when two roots share it."""
        taken = {root.name for root in self._roots}
        names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
        return next(candidate for candidate in names if candidate not in taken)

    def _forget(self, path: Path) -> None:
        wanted = os.path.abspath(path)
        for root in self._roots:
            if wanted == root.path or str(path) == root.name:
                self._roots.remove(root)
                self.changed = True
                return
        known = ", ".join(root.path for root in self._roots) or "aucune"
        raise CorpusError(f"{path} n’est pas une racine de l’index (racines : {known}).")
