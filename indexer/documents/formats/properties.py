"""What a file of a word processor or a book says of itself: which titles and authors are real, and the Draft of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from indexer.documents.decode import clean
from indexer.documents.entry import Draft
from indexer.documents.formats.flow import HEADING, TITLE, Paragraph
from indexer.documents.formats.source import digest_of
from indexer.french.spelling import plain, squeeze

_MAX_CHARS = 300
_MAX_AUTHORS = 20
# Titles that programs give, on `plain` text: « Microsoft Word - lettre.doc », « Document1 », « Sans titre ».
_MADE = re.compile(
    r"(?:microsoft (?:office )?(?:word|powerpoint|excel)\b.*"
    r"|(?:nouveau )?(?:document|doc|fichier|presentation)"
    r"(?: (?:microsoft )?(?:word|powerpoint|texte|sans (?:titre|nom)))?"
    r"|(?:power ?point )?presentation|diapositive|slide"
    r"|(?:document )?sans (?:titre|nom)|untitled(?: document)?|unknown(?: title)?|(?:new )?document"
    r"|titre|title|normal|modele|template|page de garde"
    r"|(?:madame|monsieur|mesdames|messieurs)(?:(?:,| et| ou)? (?:madame|monsieur|messieurs))?,?)"
    r"\s*\(?\d*\)?"
)
_FILE_NAME = re.compile(
    r"\.(?:docx?|docm|dot[xm]?|odt|ott|rtf|wpd|pdf|txt|html?|pptx?|xlsx?|indd|qxd|pages|epub|tmp)$", re.IGNORECASE
)
_NOBODY = frozenset((
    "user", "admin", "administrateur", "administrator", "utilisateur", "unknown", "unknown author", "inconnu", "auteur",
    "author", "owner", "proprietaire", "pc", "hp", "dell", "acer", "asus", "microsoft", "microsoft office user",
    "windows user", "utilisateur windows", "utilisateur microsoft office", "python-docx", "apache poi", "calibre",
))  # fmt: skip
_WORD = re.compile(r"\w{3,}")
_TOP = 6


@dataclass(slots=True)
class Properties:
    """What a file says of itself, as written. `dates` are when it was made or saved, best first."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    language: str = ""


def real_title(title: str, relative: str) -> str | None:
    """`title` when somebody wrote it: not a program's, not a file name (`relative` names the file)."""
    title = squeeze(clean(title[: 4 * _MAX_CHARS]))
    name = plain(title)
    if not any(char.isalpha() for char in title) or _MADE.fullmatch(name) or _FILE_NAME.search(title):
        return None
    if " " not in title and ("_" in title or any(map(str.isdigit, title)) or name == plain(_stem(relative))):
        return None
    return title


def real_authors(authors: Iterable[str]) -> tuple[str, ...]:
    """The names among `authors`, each once; a program writes several in one, with semicolons between."""
    names = (squeeze(clean(name[:_MAX_CHARS])) for names in authors for name in names.split(";")[:_MAX_AUTHORS])
    real = (name for name in names if any(map(str.isalpha, name)) and not _is_account(name))
    return tuple(dict.fromkeys(real))[:_MAX_AUTHORS]


def _is_account(name: str) -> bool:
    """True for a computer or its user: « hp », « jdupont »."""
    return plain(name) in _NOBODY or (name.islower() and name.isalnum())


def draft_of(
    content: bytes, relative: str, paragraphs: Sequence[Paragraph], said: Properties, warnings: Sequence[str] = ()
) -> Draft:
    """The draft of a word processor's file of these bytes."""
    title, title_rule = _title(real_title(said.title, relative), paragraphs)
    return Draft(
        tuple(paragraph.text for paragraph in paragraphs),
        digest_of(content),
        title=title,
        title_rule=title_rule,
        warnings=tuple(warnings),
        last_dates=tuple(written for date in said.dates[:4] if (written := date[:60].strip())),
        authors=real_authors(said.authors),
        language=squeeze(said.language[:40]) or None,
    )


def _title(stated: str | None, paragraphs: Sequence[Paragraph]) -> tuple[str | None, str]:
    """(title, French rule); None leaves it to the text.

    The property often stays from the document that this one was made from: when the text shows another title in the
    style of titles, it is that.
    """
    shown = next((paragraph.text for paragraph in paragraphs[:_TOP] if paragraph.role == TITLE), None)
    if stated and not (shown and not _confirms(stated, paragraphs)):
        return stated, "propriétés du document"
    if shown:
        return shown, "style « Titre » du document"
    headings = [number for number, paragraph in enumerate(paragraphs) if paragraph.role == HEADING]
    # A chapter's heading is no title: it is one at the top, or where it is the only one and not far below.
    if headings and (headings[0] < 2 or (len(headings) == 1 and headings[0] < _TOP)):
        return paragraphs[headings[0]].text, "style « Titre 1 » du document"
    return None, ""


def _confirms(title: str, paragraphs: Sequence[Paragraph]) -> bool:
    """True when most words of `title` stand at the top of the text."""
    words = set(_WORD.findall(plain(title)))
    top = set(_WORD.findall(plain(" ".join(paragraph.text[:500] for paragraph in paragraphs[: 2 * _TOP]))))
    return len(words & top) * 2 > len(words)


def _stem(relative: str) -> str:
    return PurePosixPath(relative).stem
