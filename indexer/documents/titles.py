"""The title of a text that has none in its metadata: a letter's subject, its title line, else its first sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from indexer.documents.dates import is_date_line
from indexer.french.spelling import plain, squeeze

MAX_TITLE = 300
FIRST_SENTENCE = "première phrase"
_MAX_SENTENCE = 120
_MAX_LINE = 150
_MAX_LONE_LINE = 250
# How far below the top a title may stand: under a date line, a banner, a salutation.
_TOP = 12
# Characters that a paragraph which repeats the title may have more than it: signs around, spelling.
_MAX_MORE = 40
_SENTENCE_END = re.compile(r"[.!?…]+(?:[ \u00a0\u202f]?»|[”\"’')\]])*(?=\s+[«“\"'(\[–—-]?\s*[^\W\d_a-zà-öø-ÿ])")
_ABBREVIATION = re.compile(r"\b(?:MM|Mmes?|Mlles?|Dr|Pr|Me|Ste?|art|al|cf|vol|no|pp?|av|apr|[A-Z])\.$")
_FINAL = re.compile(r"[.;,:…]['\"»”)\]]*$")
_LIST_MARK = re.compile(r"^(?:[-–—•·*▪>]\s|\(?\d{1,3}[.)]\s)")
# Lines that name the kind of text, or who sends it, and not the text: « COMMUNIQUÉ DE PRESSE », « Communiqué n° 12 ».
# Matched on `plain` text.
_GENRE = re.compile(
    r"(?:communique|declaration|dossier|note|point|revue|article|depeche|elements|compte[ -]rendu|rapport|lettre)"
    r"(?: (?:de|a la|d'information|de la) ?presse| d'information)?(?: ?(?:n°|no|num\.?) ?\d+)?"
    r"|conseil de securite(?: des nations unies)?|assemblee generale(?: des nations unies)?|nations unies"
)
# « Accueil | La Mission | Documents »
_MENU = re.compile(r"\S\s+[|•·›>]\s+\S.*\s[|•·›>]\s+\S")
# A letter begins with names and addresses; its subject stands above the greeting (matched on `plain` text).
_SUBJECT = re.compile(r"\W{0,3}obj(?:et)?\.?\s*:\s*(?P<subject>\w.{3,})", re.IGNORECASE)
_GREETING = re.compile(
    r"\W{0,3}(?:m[aeo]\w* )?(?:chere?s? )?(?:madame|monsieur|mesdames|messieurs|maitre|docteur)\b.{0,80}"
)
_LETTER_HEAD = 30
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# From the first letter or digit to the last.
_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)


def title_of(paragraphs: Sequence[str], today: date) -> tuple[str, str, tuple[str, ...]]:
    """(title, French description of the rule, paragraphs without the title line) of a text; "" for an empty one."""
    if subject := _subject(paragraphs):
        place, title = subject
        return title, "objet de la lettre", (*paragraphs[:place], *paragraphs[place + 1 :])
    number = _title_line(paragraphs, today)
    if number is not None:
        rest = (*paragraphs[:number], *paragraphs[number + 1 :])
        return squeeze(paragraphs[number]), "ligne de titre", rest
    return first_sentence(next(iter(paragraphs), "")), FIRST_SENTENCE, tuple(paragraphs)


def first_sentence(paragraph: str) -> str:
    """The first sentence, cut between words at 120 characters with « … »."""
    text = squeeze(paragraph[:2000])
    for match in _SENTENCE_END.finditer(text):
        if match.start() >= _MAX_SENTENCE:
            break
        if not _ABBREVIATION.search(text[: match.start() + 1]):
            return shorten(text[: match.end()], _MAX_SENTENCE)
    return shorten(text, _MAX_SENTENCE)


def shorten(text: str, most: int) -> str:
    """`text` when it has at most `most` characters, else cut after a word with « … » in them."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    if not text[most - 1].isspace() and " " in cut[most // 2 :]:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:–—-\u00a0\u202f") + "…"


def without_title(paragraphs: Sequence[str], title: str) -> tuple[str, ...]:
    """The paragraphs without the one near the top that only repeats the title."""
    near = [number for number, text in enumerate(paragraphs[:4]) if len(text) <= len(title) + _MAX_MORE]
    if near and (wanted := _bare(title)):
        for number in near:
            if _bare(paragraphs[number]) == wanted:
                return (*paragraphs[:number], *paragraphs[number + 1 :])
    return tuple(paragraphs)


def _bare(text: str) -> str:
    core = _CORE.search(plain(text))
    return core[0] if core else ""


def _subject(paragraphs: Sequence[str]) -> tuple[int, str] | None:
    """(number of the paragraph, what it says) of the subject of a letter; None for what is no letter."""
    found = None
    for number, paragraph in enumerate(paragraphs[:_LETTER_HEAD]):
        if len(paragraph) > _MAX_LINE:
            continue
        if found and _GREETING.fullmatch(plain(paragraph)):
            return found
        if (match := _SUBJECT.fullmatch(paragraph)) and _is_heading(match["subject"], alone=False):
            found = number, squeeze(match["subject"])
    return None


def _title_line(paragraphs: Sequence[str], today: date) -> int | None:
    """The number of the paragraph that is a title line, if there is one."""
    first = 0
    while first < min(3, len(paragraphs)) and (
        is_date_line(paragraphs[first], today) or _MENU.search(paragraphs[first])
    ):
        first += 1
    if len(paragraphs) < first + 2 or not _is_heading(paragraphs[first], alone=True):
        return None
    if len(_WORD.findall(paragraphs[first])) == 1 or _names_genre(paragraphs[first]):
        return _below_banner(paragraphs, first, today)
    return first


def _names_genre(line: str) -> bool:
    return _GENRE.fullmatch(_bare(line)) is not None


def _below_banner(paragraphs: Sequence[str], first: int, today: date) -> int:
    """A single word (a sigle, a site's name) or a genre at the top names the sender or the kind, not the text.

    The title is then in the group of heading lines right above the text itself (the first two paragraphs that follow
    each other, or the last one of a short page): its first line that is no date and names no genre. Without one it is
    the line at the top after all.
    """
    group = first
    heading = True
    for number in range(first + 1, min(first + _TOP, len(paragraphs))):
        was, heading = heading, _is_heading(paragraphs[number], alone=False)
        if heading and not was:
            group = number
        elif not heading and not was:
            break
    else:
        if heading or len(paragraphs) > first + _TOP:
            return first
    for number in range(group, min(group + _TOP, len(paragraphs))):
        line = paragraphs[number]
        if not _is_heading(line, alone=False):
            break
        if len(_WORD.findall(line)) >= 3 and not _names_genre(line) and not is_date_line(line, today):
            return number
    return first


def _is_heading(paragraph: str, *, alone: bool) -> bool:
    """A short line that is no sentence and no item of a list. `alone`: it stands at the top and may be longer."""
    if "\n" in paragraph or len(paragraph) > (_MAX_LONE_LINE if alone else _MAX_LINE):
        return False
    if _FINAL.search(paragraph) or _LIST_MARK.match(paragraph) or _MENU.search(paragraph):
        return False
    if len(paragraph) > _MAX_LINE and _SENTENCE_END.search(paragraph):
        return False
    return any(char.isalpha() for char in paragraph)
