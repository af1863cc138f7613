"""Mails: EML, and mailboxes of them (MBOX). A mail is a document, what is attached to it are files inside of it.

The standard parser is used with its oldest policy, which hands headers over as they stand: the newer ones parse each as
they go, and raise what they like on hostile input. `_DEFECTS` is what was seen to come through all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from indexer.documents.decode import clean, decode
from indexer.documents.entry import Draft, LeftAside, Member, Rejected
from indexer.documents.formats import html
from indexer.documents.formats.kinds import MAIL, other_kind
from indexer.documents.formats.names import Names, harmless
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.documents.paragraphs import paragraphs_of
from indexer.documents.signatures import START_BYTES
from indexer.errors import UnreadableDocument
from indexer.french.spelling import squeeze

# A mail of more than that is refused: the parser takes a second for 20 MB of attachments.
MAX_BYTES = 100_000_000
MAX_PARTS = 1000
_MAX_DEPTH = 30
_MAX_HEADER = 4000
_MAX_AUTHORS = 20
_DEFECTS = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_LETTER = re.compile(r"[^\W\d_]")
_SOFT_END = re.compile(r"(?<=\S) \n(?=\S)")


def drafts(source: Source) -> Drafts:
    """The mail and what is attached to it."""
    if source.size > MAX_BYTES:
        raise UnreadableDocument(f"courriel de plus de {MAX_BYTES // 1_000_000} Mo")
    content = source.whole()
    try:
        message = message_from_bytes(content)
        parts = _Parts(message, source)
        yield parts.draft(content)
        yield from parts.attached
    except _DEFECTS as error:
        raise UnreadableDocument("courriel illisible : sa structure est endommagée") from error


class _Parts:
    """What a mail has in it: its text, and files."""

    def __init__(self, message: Message, source: Source) -> None:
        self._message = message
        self._names = Names(source.choices.ignore)
        self.attached: list[Member | Rejected | LeftAside] = []
        self._paragraphs: list[str] = []
        self._is_encrypted = False
        self._pages = message.get_content_type() == "multipart/related" and bool(message["Snapshot-Content-Location"])
        self._parts = 0
        self._gather(message, 0)

    # --- parts -----------------------------------------------------------------------------------------------------

    def _gather(self, part: Message, depth: int) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS or depth > _MAX_DEPTH:
            raise UnreadableDocument("courriel refusé : trop de parties, ou trop imbriquées")
        kind = part.get_content_type()
        if kind in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
            self._is_encrypted = True
        elif kind == "multipart/alternative" and isinstance(part.get_payload(), list):
            self._gather_best(part, depth)
        elif kind == "message/rfc822" and depth:
            self._attach(part, _inner(part))
        elif part.is_multipart():
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    self._gather(inner, depth + 1)
        elif kind in ("text/plain", "text/html") and not _is_attachment(part):
            self._paragraphs += _text(part, kind)
        else:
            self._attach(part, part.get_payload(decode=True))

    def _gather_best(self, part: Message, depth: int) -> None:
        """Of several forms of one text the plain one, unless it says nothing; files beside them all count."""
        forms = [inner for inner in part.get_payload() if isinstance(inner, Message)]
        before = len(self._paragraphs)
        for inner in sorted(forms, key=lambda inner: inner.get_content_type() != "text/plain"):
            is_text = inner.get_content_maintype() in ("text", "multipart")
            if is_text and any(map(_LETTER.search, self._paragraphs[before:])):
                self._parts += 1
                continue
            self._gather(inner, depth + 1)

    def _attach(self, part: Message, content: object) -> None:
        if not isinstance(content, bytes) or not content:
            return
        name = harmless(_header(part.get_filename()) or _stand_in(part, len(self.attached)))
        if self._names.is_passed_over(name):
            return
        if kind := other_kind(name, content[:START_BYTES]):
            self.attached.append(LeftAside(kind))
        else:
            self.attached.append(Member(self._names.unique(name), content))

    # --- the mail itself -------------------------------------------------------------------------------------------

    def draft(self, content: bytes) -> Draft | Rejected:
        """The document that the mail is; its subject is its text when it has no other."""
        subject = squeeze(_header(self._message["Subject"]))
        paragraphs = self._paragraphs if any(map(_LETTER.search, self._paragraphs)) else [subject] if subject else []
        if self._is_encrypted and not self._paragraphs:
            return Rejected(None, None, "message chiffré", empty=False)
        return Draft(
            tuple(paragraphs),
            digest_of(content),
            title=subject or None,
            title_rule="objet du courriel",
            dates=tuple(_dates(self._message["Date"])),
            last_dates=tuple(_dates(str(self._message["Received"] or "").rpartition(";")[2])),
            authors=_people(self._message["From"]),
            url=_header(self._message["Archived-At"] or self._message["Snapshot-Content-Location"]).strip("<> ")
            or None,
            format="page web archivée" if self._pages else MAIL,
        )


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _inner(part: Message) -> bytes:
    """The bytes of a mail that is attached to another."""
    payload = part.get_payload()
    return payload[0].as_bytes() if isinstance(payload, list) and payload and isinstance(payload[0], Message) else b""


def _stand_in(part: Message, number: int) -> str:
    """A name for what has none: the subject of a mail, else a number."""
    if part.get_content_type() == "message/rfc822":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        subject = _header(inner["Subject"]) if isinstance(inner, Message) else ""
        return f"{squeeze(subject)[:80].replace('/', '-') or f'message {number + 1}'}.eml"
    return f"pièce {number + 1}"


def _text(part: Message, kind: str) -> list[str]:
    """The paragraphs of a part that is text; none when it is not, whatever it says of itself."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return []
    try:
        text = decode(content, part.get_content_charset())
        if kind == "text/html" or html.looks_like_html(content):
            return list(html.draft_of(f"\ufeff{text}".encode()).paragraphs)
    except UnreadableDocument:
        return []
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _SOFT_END.sub(" ", text)
    return paragraphs_of(text)


# --- headers -------------------------------------------------------------------------------------------------------


def _header(value: object) -> str:
    """A header as people read it: encoded words decoded, bytes that should not be there too."""
    raw = str(value or "")[:_MAX_HEADER]
    try:
        pieces = decode_header(raw)
    except _DEFECTS:
        return clean(raw)
    return clean("".join(_piece(piece, charset) for piece, charset in pieces))


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        piece = piece.encode("utf-8", "surrogateescape")
    elif charset is None:
        piece = piece.decode("raw-unicode-escape").encode("utf-8", "surrogateescape")
    try:
        return decode(piece, charset)
    except UnreadableDocument:
        return ""


def _people(value: object) -> tuple[str, ...]:
    """The names of the people of a header; of one without a name the address."""
    found = getaddresses([str(value or "")[:_MAX_HEADER]])
    named = (squeeze(_header(name)) or address for name, address in found[:_MAX_AUTHORS])
    return tuple(dict.fromkeys(name for name in named if name))


def _dates(value: object) -> Iterator[str]:
    """The day that a header names, where it was written; as it stands when it is no date."""
    written = str(value or "").strip()[:100]
    if not written:
        return
    try:
        yield parsedate_to_datetime(written).date().isoformat()
    except _DEFECTS:
        yield clean(written)


# --- mailboxes -----------------------------------------------------------------------------------------------------

_SEPARATOR = re.compile(rb"From [^\r\n]{0,300}?\d\d:\d\d[^\r\n]{0,60}\d{4}")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^message-id:\s{0,9}(<[^>\r\n]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_LINE_BYTES = 1 << 20


def messages(source: Source) -> Drafts:
    """The mails of a mailbox, one at a time.

    A mail is named by its Message-ID, or by what it says when it has none: its place moves when another is deleted.
    """
    names = Names()
    for content in _split(source):
        if content is None:
            reason = f"courriel de plus de {MAX_BYTES // 1_000_000} Mo"
            yield Rejected(None, None, reason, empty=False, member=names.unique("courriel trop gros"))
        elif content.strip():
            head = _BLANK.split(content, maxsplit=1)[0]
            stated = _MESSAGE_ID.search(head)
            name = sha256(stated[1] if stated else content).hexdigest()[:12]
            yield Member(names.unique(f"{name}.eml"), _QUOTED.sub(rb"\1", content))


def _split(source: Source) -> Iterator[bytes | None]:
    """The bytes of each mail without the line above it; None for one of more than MAX_BYTES."""
    lines: list[bytes] = []
    size = 0
    after_blank = True
    while line := source.file.readline(_LINE_BYTES):
        if after_blank and line.startswith(b"From ") and _SEPARATOR.match(line):
            if size:
                yield b"".join(lines) if size <= MAX_BYTES else None
            lines, size, after_blank = [], 0, False
            continue
        size += len(line)
        if size <= MAX_BYTES:
            lines.append(line)
        else:
            lines = []
        after_blank = line in (b"\n", b"\r\n")
    if size:
        yield b"".join(lines) if size <= MAX_BYTES else None
