"""Why a hit is one, told in French: a line for each word and field, for the pages and the command line alike.

What the form as typed and its family add is told together: whoever reads asks where the word stands and how often, not
how the weight is split between two ways to count it. JSON has each contribution on its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.french.typography import NO_BREAK, number
from indexer.model import Contribution, Hit

_FIELDS = {"title": "dans le titre", "body": "dans le texte", "": ""}
_WORD = ("surface", "stem")
# What is said of the other forms, behind the field.
_MANNERS = {
    "phrase": "ces mots à la suite",
    "near": "ces mots, non loin les uns des autres",
    "prefix": "des mots qui commencent ainsi",
    "closeness": "des mots proches les uns des autres",
    "accent": "avec les mêmes accents",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """What counted (`text`), where and in which form (`how`), and the part of the score that it makes, 0 to 1."""

    text: str
    how: str
    share: float

    @property
    def percent(self) -> str:
        """The share as people read it: `41 %`, `moins de 1 %`."""
        percent = round(100 * self.share)
        return f"{percent}{NO_BREAK}%" if percent else f"moins de 1{NO_BREAK}%"


def reasons_of(hit: Hit) -> tuple[Reason, ...]:
    """The lines of a hit, the greatest share first; none when reasons were not asked for."""
    lines: dict[tuple[str, str, str], list[Contribution]] = {}
    for one in hit.reasons:
        kind = "word" if one.form in _WORD else one.form
        lines.setdefault((one.text, one.field, kind), []).append(one)
    told = [
        Reason(text, _how(field, kind, together), sum(map(hit.share, together)))
        for (text, field, kind), together in lines.items()
    ]
    return tuple(sorted(told, key=lambda reason: reason.share, reverse=True))


def _how(field: str, kind: str, together: Iterable[Contribution]) -> str:
    """`dans le texte, 3 fois dont 1 tel quel`."""
    frequency = {one.form: one.frequency for one in together}
    if kind == "word":
        manner = _word(frequency.get("surface", 0), frequency.get("stem", 0))
    else:
        manner = f"{_times(frequency[kind])}{_MANNERS[kind]}"
    return ", ".join(filter(None, (_FIELDS[field], manner)))


def _word(surface: int, stem: int) -> str:
    """How a word occurs that stands `surface` times as typed, among `stem` times in any form of its family."""
    if not surface:
        return f"{_times(stem)}sous une autre forme" if stem == 1 else f"{_times(stem)}sous d’autres formes"
    if surface >= stem:
        return f"{_times(surface)}tel quel"
    return f"{_times(stem)}dont {number(surface)} tel quel"


def _times(count: int) -> str:
    """`3 fois `; nothing for once."""
    return f"{number(count)}{NO_BREAK}fois " if count > 1 else ""
