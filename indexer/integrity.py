"""The background check of a serving process: every byte of each generation that comes into service is hashed.

Opening an index checks its table of contents, headers and sizes; a bit flipped in the middle of a file would go
unnoticed and could lose documents silently. The check takes about a second a gigabyte, so it runs beside the first
answers: the service says that it is ready only when it has ended well, and refuses to answer when it has not.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from indexer.engines.base import Engine
from indexer.errors import IndexChecking, IndexDamaged, IndexProblem

log = logging.getLogger("trouvaille.index")

_EVERY_S = 1.0


class Guard:
    """Watches over the generations of an engine from a thread of its own, once started."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._started = False
        self._checked: dict[int, str] = {}  # generation → what is wrong with it, empty when it is sound
        self._sound: set[Any] = set()

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._started = True
        threading.Thread(target=self._run, name="integrity", daemon=True).start()

    def refuse_damaged(self, generation: int) -> None:
        """Raise IndexDamaged when this generation was found damaged."""
        if problem := self._checked.get(generation):
            raise IndexDamaged(problem)

    def refuse_unready(self, generation: int) -> None:
        """Raise IndexDamaged, or IndexChecking before the first check has ended.

        A later generation does not make a ready service unready while its new files are read.
        """
        self.refuse_damaged(generation)
        if self._started and not self._checked:
            raise IndexChecking("L’index est en cours de vérification. Réessayez dans un instant.")

    def check(self) -> None:
        """Hash what of the generation in service was not hashed before. Raises IndexMissing when there is none."""
        generation = self._engine.current()
        if generation in self._checked:
            return
        problems = self._engine.verify(generation, self._sound)
        if problems and self._engine.current() != generation:
            return  # collected while it was read
        named = ", ".join(f"{problem.name} ({problem.problem})" for problem in problems[:3])
        if named:
            log.error("Génération %d endommagée : %s", generation, named)
            named = f"L’index est endommagé : {named}. Reconstruisez-le : trouvaille reindex --full"
        self._checked[generation] = named

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self.check()
            except IndexProblem as error:
                log.debug("Vérification remise : %s", error)  # no index yet: requests say so themselves
            except Exception:
                log.exception("La vérification de l’index a échoué ; elle sera reprise.")
            pause.wait(_EVERY_S)
