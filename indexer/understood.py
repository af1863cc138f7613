"""How a query was understood, told in French: a sentence for each interpretation, for the pages and the command line.

How many of the words were required is not told here: the count of the results says it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.french.typography import NO_BREAK, quoted
from indexer.model import Fragment, Interpretation, InterpretationKind, SearchPage, SearchRequest

# A sigle may have a dozen names of a line each; the results are what the page is for.
NAMES_IN_SIGHT = 3
SKIPPED_IN_SIGHT = 8
# What was searched in the place of something typed comes first: people must see it.
_ORDER = (InterpretationKind.CORRECTION, InterpretationKind.SYNONYM, InterpretationKind.SKIPPED)


@dataclass(frozen=True, slots=True)
class Telling:
    """An interpretation as told: a sentence, what was searched marked in it, and what undoes it.

    `undo` names the link; `undo_whole` is added for who hears the link without the sentence, empty when it needs none.
    """

    kind: InterpretationKind
    sentence: Fragment
    undo: str
    undo_whole: str
    request: SearchRequest


def read_back(page: SearchPage) -> str:
    """The query as it was read; empty when that only repeats what was typed and nothing was interpreted."""
    told = any(one.kind in _ORDER for one in page.interpretations)
    return page.understood if told or _flat(page.request.text) != _flat(page.understood) else ""


def tellings_of(page: SearchPage) -> tuple[Telling, ...]:
    """What is told of a page, corrections first, then other names, then what was passed over."""
    told = [_TELL[one.kind](one) for one in page.interpretations if one.kind in _ORDER]
    return tuple(sorted(told, key=lambda telling: _ORDER.index(telling.kind)))


def _flat(text: str) -> str:
    return " ".join(re.sub(r"[,\s\u00a0\u202f]+", " ", text).casefold().split())


def _correction(one: Interpretation) -> Telling:
    sentence = ((f"{quoted(one.source)} lu ", False), (quoted(one.target), True))
    return Telling(one.kind, sentence, f"chercher {quoted(one.source)} tel quel", "", one.undo)


def _synonym(one: Interpretation) -> Telling:
    names = [quoted(name) for name in one.targets]
    begins = f"{quoted(one.source)} cherché aussi sous{NO_BREAK}: "
    sentence = ((begins, False), *_first(names, NAMES_IN_SIGHT))
    return Telling(one.kind, sentence, f"chercher seulement {quoted(one.source)}", "", one.undo)


def _skipped(one: Interpretation) -> Telling:
    words = one.source.split()
    several = "s" if len(words) > 1 else ""
    listed = _first(words, SKIPPED_IN_SIGHT)
    sentence = ((f"Mot{several} passé{several}{NO_BREAK}: ", False), *listed)
    undo = "les exiger" if several else "l’exiger"
    return Telling(one.kind, sentence, undo, f"{NO_BREAK}: {''.join(text for text, _ in listed)}", one.undo)


_TELL = {
    InterpretationKind.CORRECTION: _correction,
    InterpretationKind.SYNONYM: _synonym,
    InterpretationKind.SKIPPED: _skipped,
}


def _first(names: Sequence[str], most: int) -> Fragment:
    """The first names, marked, with commas between them, and how many there are besides."""
    pieces = [piece for name in names[:most] for piece in ((", ", False), (name, True))][1:]
    more = len(names) - most
    if more > 0:
        pieces.append((f" et {'un autre' if more == 1 else f'{more}{NO_BREAK}autres'}", False))
    return tuple(pieces)
