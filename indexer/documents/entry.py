"""What reading gives: an Entry for each document, or a Rejected that says why not; and the Draft between the two.

Entry and Draft are tuples with names, which are made in a third of the time that a frozen dataclass of a dozen fields
takes: there is one of each for every document that is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from indexer.model import DateSource, Document, PartialDate


class Entry(NamedTuple):
    """One document of a file, ready to be indexed.

    `key` is the JSONL id, None when the file is the document. `text` has its paragraphs separated by one blank line and
    does not repeat `title`. `digest` is the SHA-256 of what it was read from: the bytes of the file, or of the JSONL
    line without its line end. The rules say, in French, what chose title, type and date. `warnings` are French
    sentences about what was passed over (an ill-formed date, an address that is none).

    `member` is the place inside the file of a document that is a part of it (`b.pdf` of `a.zip!/b.pdf`), "" for all
    others. `format` names how it was read, `language` is a code of ISO 639-1 or "" when there is no telling. `pages`
    says where in `text` (code points) each page after the first begins, for one without text where the next one does;
    nothing for what has no pages.
    """

    key: str | None
    title: str
    title_rule: str
    text: str
    date: PartialDate | None
    date_source: DateSource
    type: str
    type_rule: str
    url: str | None
    source: str | None
    digest: str
    warnings: tuple[str, ...] = ()
    date_rule: str = ""
    member: str = ""
    format: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()

    @classmethod
    def of(cls, document: Document) -> Entry:
        """What reading gave when it gave this document; `key` and the rule of the date are not known any more."""
        return cls(
            key=None,
            title=document.title,
            title_rule=document.title_rule,
            text=document.text,
            date=document.date,
            date_source=document.date_source,
            type=document.type,
            type_rule=document.type_rule,
            url=document.url,
            source=document.source,
            digest=document.digest,
            member=document.member,
            format=document.format,
            language=document.language,
            authors=document.authors,
            pages=document.pages,
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, JSONL line or member that gives no document: `empty` when it was readable but holds no text."""

    key: str | None
    line: int | None
    reason: str
    empty: bool
    member: str = ""


EMPTY_FILE = Rejected(None, None, "fichier vide", empty=True)


class Draft(NamedTuple):
    """What a format found in one document, before the rules of titles, dates and types choose.

    `paragraphs` hold no blank line; a line end inside one is the author's. `title` is the one its metadata or structure
    gives, `title_rule` says where it stood; None leaves it to the text. `dates` are what metadata says, as written,
    best first; `last_dates` are what is better than nothing (when a file was exported), looked at after all else.
    `type`, `url`, `source`, `symbol`, `schema` (JSON-LD @type), `authors` and `language` (as declared) are metadata
    too. `pages` says where each page after the first begins: the number of a paragraph and the place in it. `format`
    names how it was read when the file's kind does not say it. `member` is its place in the file when it is a part of
    it that is no file: a row of a table (`#12`).
    """

    paragraphs: tuple[str, ...]
    digest: str
    key: str | None = None
    line: int | None = None
    title: str | None = None
    title_rule: str = ""
    dates: tuple[str, ...] = ()
    type: str | None = None
    url: str | None = None
    source: str | None = None
    symbol: str | None = None
    schema: str | None = None
    warnings: tuple[str, ...] = ()
    last_dates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    pages: tuple[tuple[int, int], ...] = ()
    format: str = ""
    member: str = ""


class Given(NamedTuple):
    """What is said of a document from outside of it, which wins over what it says itself; "" and () say nothing.

    `date` is a PartialDate as written, `language` a code of ISO 639-1.
    """

    title: str = ""
    date: str = ""
    type: str = ""
    source: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""

    def over(self, other: Given) -> Given:
        """This, and what `other` says where this says nothing."""
        return Given._make(mine or theirs for mine, theirs in zip(self, other, strict=True))


NOTHING_GIVEN = Given()


class Member(NamedTuple):
    """A file inside of a file (of an archive, a mailbox, a mail), to be read as a file of its name.

    `name` is its path inside, with `/`, clean and never absolute.
    """

    name: str
    content: bytes


class LeftAside(NamedTuple):
    """A file inside of a file that is no document: a picture, a link. They are counted by `kind`, not named."""

    kind: str
