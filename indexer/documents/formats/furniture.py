"""What stands around the text of a web page, told apart where neither tags nor names say it.

A page comes as its paragraphs, each in a block of the page. The deepest block that has more than half of the prose, in
several paragraphs, is the text: it stays whole, but for pointers to other pages. What stands outside of it (an
introduction, notes) stays too, unless it looks like furniture: blocks in which links are a good part, what asks for
consent or an address, rights. Where most of the prose looks so, the page is a list of others, and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

# A line of so many characters may be a heading or the label of a link; prose is longer.
_LABEL = 60
_SHORT_LABEL = 30
_MENU_LINKS = 5
_FEW_LINKS = 3
_LONGEST_BANNER = 600
_LEAD = (
    r"\W*(?:(?:[àa]\s)?(?:re)?(?:lire|voir|écouter|découvrir)\s(?:aussi|également|encore)"
    r"|sur\sle\smême\s(?:sujet|thème))\b"
)
_POINTER = re.compile(_LEAD, re.IGNORECASE)
_LEAD_ALONE = re.compile(rf"{_LEAD}(?:\ssur\s(?:le|ce|notre)\s(?:site|sujet|thème))?\W*", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:cookies?|traceurs?|newsletters?|consent\w+|(?:notre|nos)\slettres?|lettres?\sd['’]informations?"
    r"|(?:dés)?inscri(?:vez|re|ption|ptions)|abonn(?:er|ez|ements?|[ée]|és))\b",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"^\W*(?:©|copyright\b)|\btous droits (?:de reproduction )?réservés\b", re.IGNORECASE)


class Paragraph(NamedTuple):
    """Text, how many of its characters stand in how many links, and the number of the block around it."""

    text: str
    linked: int
    links: int
    block: int

    @property
    def is_link(self) -> bool:
        """True for hardly more than links."""
        return 0 < len(self.text) * 0.8 <= self.linked + 3 * max(0, self.links - 1)  # « A | B | C »


def without_furniture(found: Sequence[Paragraph], parents: Sequence[int], controls: Container[int]) -> list[str]:
    """The text of a page's paragraphs without what stands around it.

    `parents` has the number of the block around each block, smaller than its own (0, the page, has itself); `controls`
    are the blocks with something to press or to fill in.
    """
    blocks = _Blocks(found, parents, controls)
    kept = [one for one in _without_pointers(found) if not blocks.is_furniture(one)]
    is_text = sum(map(_prose, kept)) * 2 > sum(map(_prose, found))
    return _without_menus(kept if is_text else found)


def _prose(paragraph: Paragraph) -> int:
    """The characters of a paragraph, links left out; 0 when they are no more than a label has."""
    unlinked = len(paragraph.text) - paragraph.linked
    return unlinked if unlinked > _LABEL else 0


class _Blocks:
    """The blocks of a page, with what they hold, that in the blocks inside of them included."""

    def __init__(self, found: Sequence[Paragraph], parents: Sequence[int], controls: Container[int]) -> None:
        self._parents = parents
        count = len(parents)
        self._chars, self._linked, self._links, prose, times = ([0] * count for _ in range(5))
        for one in found:
            self._chars[one.block] += len(one.text)
            self._linked[one.block] += one.linked
            self._links[one.block] += max(one.links, one.linked > 0)
            prose[one.block] += (mine := _prose(one))
            times[one.block] += mine > 0
        for sums in (self._chars, self._linked, self._links, prose, times):
            for number in range(count - 1, 0, -1):
                sums[parents[number]] += sums[number]
        self._core = max((at for at in range(count) if prose[at] * 2 > prose[0] and times[at] > 1), default=0)
        self._inside = [False] * count
        if self._core > 1:
            for number in range(count):
                self._inside[number] = number == self._core or self._inside[parents[number]]
        self._furniture = self._judged(found, controls)

    def is_furniture(self, paragraph: Paragraph) -> bool:
        """True for what stands outside of the text and is no part of it."""
        if self._inside[paragraph.block]:
            return False
        return self._furniture[paragraph.block] or bool(_RIGHTS.search(paragraph.text, 0, 300))

    def _judged(self, found: Sequence[Paragraph], controls: Container[int]) -> list[bool]:
        """Of each block, whether it is furniture; the text and what it stands in are not, nor 1, which is the page."""
        parents, count = self._parents, len(self._parents)
        open_ = self._inside.copy()
        number = self._core
        while number:
            number = parents[number]
            open_[number] = True
        open_[:2] = [True] * len(open_[:2])
        asks = [False] * count
        presses = [number in controls for number in range(count)]
        for one in found:
            if not open_[one.block] and len(one.text) <= _LONGEST_BANNER and _ASKS.search(one.text):
                asks[one.block] = True
        for number in range(count - 1, 0, -1):
            asks[parents[number]] |= asks[number]
            presses[parents[number]] |= presses[number]
        judged = [False] * count
        for number in range(1, count):
            if not open_[number]:
                banner = asks[number] and presses[number] and self._chars[number] <= _LONGEST_BANNER
                judged[number] = judged[parents[number]] or banner or self._is_links(number)
        return judged

    def _is_links(self, number: int) -> bool:
        """True for a block of links, and of a few words about each."""
        return self._links[number] >= _FEW_LINKS and self._linked[number] * 3 >= self._chars[number]


def _without_pointers(found: Sequence[Paragraph]) -> Iterable[Paragraph]:
    """All but « À lire aussi : … » with its link, or with the links that follow."""
    points = False
    for one in found:
        if points and one.is_link:
            continue
        lead = _POINTER.match(one.text)
        points = lead is not None and _LEAD_ALONE.fullmatch(one.text) is not None
        if lead is None or not (points or one.linked * 2 >= len(one.text) - lead.end()):
            yield one


def _without_menus(found: Iterable[Paragraph]) -> list[str]:
    """Five short links in a row are a menu, whatever they are made of; fewer may be a list of sources."""
    kept: list[str] = []
    menus: list[str] = []
    row: list[str] = []
    links = 0
    for one in found:
        if one.is_link and one.linked < (_LABEL if one.links <= 1 else _SHORT_LABEL * one.links):
            row.append(one.text)
            links += max(1, one.links)
            continue
        (kept if links < _MENU_LINKS else menus).extend(row)
        row, links = [], 0
        kept.append(one.text)
    (kept if links < _MENU_LINKS else menus).extend(row)
    return kept or menus  # a page of links is a page too
