"""JSONL: one JSON object a line, streamed, so that a file larger than memory can be read; gzip too."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from io import BufferedReader
from typing import IO, Any

from indexer.documents.assemble import web_address
from indexer.documents.decode import clean, refuse_other_kinds
from indexer.documents.entry import Draft, Rejected
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.documents.paragraphs import paragraphs_of
from indexer.errors import UnreadableDocument

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_ID_CHARS = 512
# French text shrinks 3 to 10 times, lists of like lines 50 times; gzip can do 1,000, and that is an attack.
_MAX_EXPANSION = 200
_FREE_EXPANSION = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_BUCKETS = 256
_BUFFER = 1024 * 1024
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Line = tuple[int, bytes | None]


def drafts(source: Source) -> Drafts:
    """A Draft or a Rejected for each line that is not blank; of lines with the same id the last alone.

    The file is read twice: first for the ids (8 bytes a line are kept), then for the documents, so that nothing has to
    wait in memory for a later line. Raises UnreadableDocument, also after some drafts, when a gzip file is damaged.
    """
    start = source.file.read(4096)
    if not start.startswith(_GZIP):
        refuse_other_kinds(start)
        if b"\0" in start:
            raise UnreadableDocument("contenu binaire ou en UTF-16 : un JSONL doit être en UTF-8")
    repeated = _repeated_ids(source)
    seen: Counter[int] = Counter()
    for number, line in _lines(source):
        if line is None:
            reason = f"ligne {number} : plus de {MAX_LINE_BYTES // 1024**2} Mo"
            yield Rejected(None, number, reason, empty=False)
            continue
        found = _object(line, number)
        if isinstance(found, Rejected):
            yield found
            continue
        key = _key(found)
        if key is None:
            reason = f"ligne {number} : « id » manque ou n’est ni un texte ni un entier"
            yield Rejected(None, number, reason, empty=False)
            continue
        times = repeated.get(_mark(key), 1)
        if times > 1:
            seen[_mark(key)] += 1
            if seen[_mark(key)] < times:
                continue
        yield _draft(found, key, number, line, times)


def _draft(found: dict[str, Any], key: str, number: int, line: bytes, times: int) -> Draft | Rejected:
    text = found.get("text")
    if not isinstance(text, str):
        return Rejected(key, number, f"ligne {number} : « text » manque ou n’est pas un texte", empty=False)
    warnings = []
    if times > 1:
        warnings.append(f"id présent {times} fois dans le fichier : la dernière ligne ({number}) est gardée")
    values: dict[str, str | None] = {}
    for name in ("title", "type", "url", "source", "symbol"):
        value = found.get(name)
        values[name] = clean(value).strip() or None if isinstance(value, str) else None
        if value is not None and not isinstance(value, str):
            warnings.append(f"« {name} » ignoré : ce n’est pas un texte")
    if values["url"] and not web_address(values["url"]):
        warnings.append("« url » ignorée : ce n’est pas une adresse http ou https")
    day = found.get("date")
    if isinstance(day, int) and not isinstance(day, bool):
        day = str(day)
    if day is not None and not isinstance(day, str):
        warnings.append("date ignorée : ce n’est pas un texte")
    return Draft(
        tuple(paragraphs_of(clean(text))),
        digest_of(line),
        key=key,
        line=number,
        title=values["title"],
        title_rule="champ « title »",
        dates=(clean(day),) if isinstance(day, str) and day.strip() else (),
        type=values["type"],
        url=values["url"],
        source=values["source"],
        symbol=values["symbol"],
        warnings=tuple(warnings),
    )


def _object(line: bytes, number: int) -> dict[str, Any] | Rejected:
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Rejected(None, number, f"ligne {number} : ce n’est pas de l’UTF-8", empty=False)
    except RecursionError:
        return Rejected(None, number, f"ligne {number} : JSON trop imbriqué", empty=False)
    except json.JSONDecodeError as error:
        return Rejected(None, number, f"ligne {number} : JSON invalide (colonne {error.colno})", empty=False)
    except ValueError:  # a number of thousands of digits
        return Rejected(None, number, f"ligne {number} : JSON invalide (nombre trop long)", empty=False)
    if not isinstance(found, dict):
        return Rejected(None, number, f"ligne {number} : ce n’est pas un objet JSON", empty=False)
    return found


def _key(found: dict[str, Any]) -> str | None:
    key = found.get("id")
    if isinstance(key, bool):
        return None
    if isinstance(key, int):
        key = str(key)
    if not isinstance(key, str) or not key.strip() or len(key) > MAX_ID_CHARS:
        return None
    return None if _SURROGATE.search(key) or _CONTROL.search(key) else key


def _mark(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


def _repeated_ids(source: Source) -> dict[int, int]:
    """How often each id occurs that occurs more than once, by its 64-bit mark.

    Ten million ids make 80 MB here; as a dict of texts they would make two gigabytes.
    """
    buckets = [array("Q") for _ in range(_BUCKETS)]
    for number, line in _lines(source):
        found = _object(line, number) if line is not None else None
        key = _key(found) if isinstance(found, dict) else None
        if key is not None:
            mark = _mark(key)
            buckets[mark % _BUCKETS].append(mark)
    repeated = {}
    for bucket in buckets:
        if len(set(bucket)) < len(bucket):
            repeated.update({mark: times for mark, times in Counter(bucket).items() if times > 1})
    return repeated


def _lines(source: Source) -> Iterator[Line]:
    """(number from 1, bytes without the line end) of each line that is not blank; None for one that is too long."""
    source.file.seek(0)
    if source.file.read(2) == _GZIP:
        source.file.seek(0)
        try:
            with gzip.GzipFile(fileobj=source.file, mode="rb") as stream:
                # GzipFile is written in Python: its own readline costs twenty times that of the buffer
                yield from _split(BufferedReader(stream, _BUFFER), _FREE_EXPANSION + _MAX_EXPANSION * source.size)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableDocument("fichier gzip endommagé ou incomplet") from error
    else:
        source.file.seek(0)
        yield from _split(source.file, None)


def _split(stream: IO[bytes], most: int | None) -> Iterator[Line]:
    number = read = 0
    while line := stream.readline(MAX_LINE_BYTES + 2):
        number += 1
        read += len(line)
        if number == 1:
            line = line.removeprefix(_MARK)
        too_long = len(line.rstrip(b"\r\n")) > MAX_LINE_BYTES
        while too_long and line and not line.endswith(b"\n"):
            line = stream.readline(1024 * 1024)
            read += len(line)
            if most is not None and read > most:
                break
        if most is not None and read > most:
            raise UnreadableDocument("fichier gzip refusé : il grossit plus de deux cents fois une fois ouvert")
        if too_long:
            yield number, None
        elif stripped := line.strip():
            yield number, stripped
