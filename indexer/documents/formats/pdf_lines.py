"""The text of a PDF, from lines with their places on the page to paragraphs.

A PDF knows no paragraphs: its lines are all there is. Those of a paragraph follow each other at the usual distance, in
one size, and end where the next word had no room. What stands at the edge of most pages (headers, page numbers) is no
text, but for the first time it does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise
from statistics import median
from typing import NamedTuple

from indexer.documents.hyphens import Joins, Seams
from indexer.documents.paragraphs import MARKED, add_line, has_ended
from indexer.french.spelling import plain


class Line(NamedTuple):
    """A line of a page. `left`, `right`, `base` (from the bottom) and `size` (height of its letters) are points."""

    text: str
    left: float
    right: float
    base: float
    size: float


class Paragraph(NamedTuple):
    """The text of a paragraph and the size of its first line."""

    text: str
    size: float


class Paragraphs(NamedTuple):
    """The paragraphs of a document, and where each page after the first begins: (paragraph, place in it)."""

    paragraphs: list[Paragraph]
    pages: list[tuple[int, int]]
    usual_size: float


# --- headers and footers -------------------------------------------------------------------------------------------

# So many lines at the top and at the bottom of a page may be no text.
_AT_EDGE = 3
# What repeats on fewer pages may be chance; headers that alternate left and right are on half of them.
_LEAST_PAGES = 3
_SHARE = 0.4
_NUMBER = re.compile(r"\d+")
_NUMBER_AT_END = re.compile(r"^\W*\d|\d\W*$")
_LONGEST_NUMBERED = 80
_ONLY_NUMBER = re.compile(r"\W*(?:page\s*)?(\d{1,4})(?:\s*(?:/|sur|de|of)\s*\d{1,4})?\W*", re.IGNORECASE)


def without_furniture(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The lines of each page without what repeats at their edges.

    Of a line that never changes one stays to be found: the first header, the last footer at the end of its page.
    """
    edges = [_edges(lines) for lines in pages]
    places: dict[tuple[bool, str], list[tuple[int, Line]]] = {}
    for number, lines in enumerate(edges):
        for line, top in lines:
            places.setdefault((top, _NUMBER.sub("#", plain(line.text))), []).append((number, line))
    enough = max(_LEAST_PAGES, _SHARE * sum(map(bool, pages)))
    gone: set[tuple[int, Line]] = set()
    last: dict[int, list[Line]] = {}
    for (top, _), found in places.items():
        if len({number for number, _ in found}) < enough:
            gone.update(one for one in found if _is_lone_number(*one))
        elif len({line.text for _, line in found}) == 1 and _has_letters(found[0][1].text):
            gone.update(found[1:] if top else found)
            if not top:
                last.setdefault(found[-1][0], []).append(found[-1][1])
        elif _counts_pages(found) or not _has_letters(found[0][1].text):
            gone.update(found)
    return [
        [line for line in lines if (number, line) not in gone] + last.get(number, [])
        for number, lines in enumerate(pages)
    ]


def _edges(lines: list[Line]) -> list[tuple[Line, bool]]:
    """The lines at the edges of a page, and whether it is its top."""
    ordered = sorted(lines, key=lambda line: -line.base)
    half = (len(ordered) + 1) // 2
    above, below = ordered[:half][:_AT_EDGE], ordered[half:][-_AT_EDGE:]
    return [(line, True) for line in above] + [(line, False) for line in below]


def _is_lone_number(page: int, line: Line) -> bool:
    """True for what says nothing but which page it stands on."""
    number = _ONLY_NUMBER.fullmatch(line.text)
    return number is not None and int(number[1]) == page + 1


def _counts_pages(found: Sequence[tuple[int, Line]]) -> bool:
    """True when a short line begins or ends with a number, and one of its numbers grows as the pages do."""
    text = found[0][1].text
    if len(text) > _LONGEST_NUMBERED or not _NUMBER_AT_END.search(text):
        return False
    numbers = [(page, [int(written[:9]) for written in _NUMBER.findall(line.text)]) for page, line in found]
    for column in zip(*([value - page for value in values] for page, values in numbers), strict=False):
        if Counter(column).most_common(1)[0][1] >= 0.8 * len(found):
            return True
    return False


def _has_letters(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 3


# --- paragraphs ----------------------------------------------------------------------------------------------------

# « Chapitre premier ....... 12 »: a line of a table of contents.
_LEADERS = re.compile(r"\s*(?:[.…_·]{4,}|(?:[.…_·] ){4,})\s*")
# « Article 12 », « TITRE II »: the beginning of something new, behind what has ended.
_NUMBERED = re.compile(
    r"(?:A(?:rticle|rt\.|RTICLE|nnexe|NNEXE)|T(?:itre|ITRE)|C(?:hapitre|HAPITRE)|S(?:ection|ECTION)|P(?:artie|ARTIE))"
    r"\s+(?:[LRD]\.?\s?)?(?:\d|[IVXL]+\b|(?i:premi|uni))"
)
_DEFAULT_PITCH = 1.2


def paragraphs_of(pages: Sequence[list[Line]], joins: Joins) -> Paragraphs:
    """The paragraphs of a document; one that goes on over a page's end is one."""
    layout = _Layout(pages)
    seams = Seams("\n".join(line.text for lines in pages for line in lines), joins)
    made: list[tuple[list[str], float]] = []
    starts: list[tuple[int, int]] = []
    before: _Placed | None = None
    for number, lines in enumerate(pages):
        for at, placed in enumerate(layout.placed(number, lines)):
            goes_on = before is not None and layout.goes_on(before, placed, same_page=at > 0)
            text = placed.line.text
            if placed.leads:
                text = _LEADERS.sub(" … ", text).strip()
            if goes_on:
                add_line(made[-1][0], text, seams)
            else:
                made.append(([text], placed.line.size))
            if at == 0 and number:
                starts += [_place_of_last(made)] * (number - len(starts))
            before = placed
    starts += [(len(made), 0)] * (len(pages) - 1 - len(starts))
    found = [Paragraph("".join(pieces), size) for pieces, size in made]
    return Paragraphs(found, starts, layout.usual_size)


def _has_leaders(text: str) -> bool:
    """The look-up of two signs in a row spares nearly every line the search."""
    likely = ".." in text or ". ." in text or "__" in text or "……" in text or "··" in text
    return likely and _LEADERS.search(text) is not None


def _place_of_last(made: list[tuple[list[str], float]]) -> tuple[int, int]:
    pieces = made[-1][0]
    return len(made) - 1, sum(map(len, pieces[:-1]))


class _Placed(NamedTuple):
    """A line, the edges of the column that it stands in, and whether it leads to a page number far behind."""

    line: Line
    left: float
    right: float
    leads: bool


class _Layout:
    """How the lines of a document usually stand: their size, and the distance from one to the next."""

    def __init__(self, pages: Sequence[list[Line]]) -> None:
        sizes: Counter[float] = Counter()
        for lines in pages:
            for line in lines:
                sizes[line.size] += len(line.text)
        self._steps = [_steps(lines) for lines in pages]
        self.usual_size = _commonest(sizes)
        self._usual = median(chain.from_iterable(self._steps)) if any(self._steps) else _DEFAULT_PITCH
        self._pitch = self._usual

    def placed(self, number: int, lines: list[Line]) -> list[_Placed]:
        """The lines of a page with their columns."""
        steps = self._steps[number]
        self._pitch = median(steps) if len(steps) >= 8 else self._usual
        found: list[_Placed] = []
        for column in _columns(lines):
            left, right = min(line.left for line in column), sorted(line.right for line in column)
            usual = right[int(0.9 * (len(right) - 1))]
            found += [_Placed(line, left, usual, _has_leaders(line.text)) for line in column]
        return found

    def goes_on(self, before: _Placed, after: _Placed, *, same_page: bool) -> bool:
        """True when a line goes on with the one that follows it."""
        one, two = before.line, after.line
        if abs(one.size - two.size) > 0.15 * one.size or before.leads or MARKED.match(two.text):
            return False
        ended = has_ended(one.text)
        drop = one.base - two.base
        if not same_page or drop < -one.size / 2:  # over to the next page or column
            return not ended and (two.text[0].islower() or _is_full(before, two))
        if drop < 0.3 * one.size:  # beside it
            return 0 <= two.left - one.right < 1.5 * one.size
        if drop > 1.4 * self._pitch * one.size:
            return False
        if ended and _NUMBERED.match(two.text):
            return False
        if ended and two.left > max(one.left, before.left) + 0.8 * two.size:
            return False
        if _is_full(before, two) or (two.text[0].islower() and not ended):
            return True
        # A heading of several lines.
        return not ended and (one.size > 1.15 * self.usual_size or (one.text.isupper() and two.text.isupper()))


def _commonest(sizes: Counter[float]) -> float:
    """The size that most letters have, to a tenth of a point."""
    rounded: Counter[float] = Counter()
    for size, letters in sizes.items():
        rounded[round(size, 1)] += letters
    return rounded.most_common(1)[0][0] if rounded else 0.0


def _steps(lines: list[Line]) -> list[float]:
    """From each line to the one below it, in letters' heights."""
    steps = [
        (one.base - two.base) / one.size for one, two in pairwise(lines) if abs(one.size - two.size) < 0.1 * one.size
    ]
    return [step for step in steps if 0.5 < step < 4]


def _columns(lines: list[Line]) -> list[list[Line]]:
    """The lines of a page, parted where the next one is not below the one before."""
    columns: list[list[Line]] = []
    for line in lines:
        last = columns[-1][-1] if columns else None
        if last and line.base < last.base + last.size / 2 and line.left < last.right and last.left < line.right:
            columns[-1].append(line)
        else:
            columns.append([line])
    return columns


def _is_full(placed: _Placed, following: Line) -> bool:
    """True when the first word of the next line had no room behind this one."""
    letter = (following.right - following.left) / max(1, len(following.text))
    needed = letter * (len(following.text.split(" ", 1)[0]) + 1)
    return placed.line.right + needed > placed.right - 0.02 * (placed.right - placed.left)
