"""JSON: one object or a list of them, also deeper inside (`{"articles": […]}`). What fields are called, settings say.

An object in the shape of a JSONL line (a text under `text`, an `id`) has its id for its own, as there; the id of any
other export is one of its file (`export.json#12`): articles are numbered 1, 2, 3 everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.documents.decode import decode
from indexer.documents.entry import Draft, Rejected
from indexer.documents.formats import jsonl
from indexer.documents.formats.fields import draft_of, is_document, mapped, place_of, refuse
from indexer.documents.formats.names import Names
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.errors import UnreadableDocument
from indexer.settings import Columns

# Objects take ten times the room of their text while they are read.
MAX_BYTES = 50_000_000
_MAX_DEPTH = 4
_MAX_FIELDS = 1000
_MAX_BAD = 1000
# Where a value that is an object has what is meant (`{"rendered": "<p>…"}`).
_MEANT = ("rendered", "value", "text", "#text", "name", "@value")
_EXTRA = "Extra data"

Object = dict[str, Any]


def drafts(source: Source) -> Drafts:
    """A Draft for each object that has a text or a title. What is JSON on every line is read as JSONL."""
    if source.size > MAX_BYTES:
        raise UnreadableDocument(f"JSON de plus de {MAX_BYTES // 1_000_000} Mo : faites-en un JSONL")
    content = source.whole()
    try:
        found = json.loads(decode(content))
    except RecursionError as error:
        raise UnreadableDocument("JSON trop imbriqué") from error
    except json.JSONDecodeError as error:
        if error.msg == _EXTRA:
            yield from jsonl.drafts(source)
            return
        raise UnreadableDocument(f"JSON invalide (ligne {error.lineno}, colonne {error.colno})") from error
    except ValueError as error:
        raise UnreadableDocument("JSON invalide (nombre trop long)") from error
    columns = source.choices.columns
    if isinstance(found, dict) and _is_document(found, columns):
        yield from _alone(found, content, columns)
    else:
        yield from _listed(_objects(found, columns), found, columns)


def _alone(found: Object, content: bytes, columns: Columns) -> Drafts:
    """The document that the file is."""
    draft = _as_line(found, 0)
    if draft is None:
        draft = _draft(found, columns)._replace(digest=digest_of(content))
    yield draft


def _listed(objects: list[Object], whole: Any, columns: Columns) -> Drafts:
    places = Names()
    lines: dict[str, list[Draft]] = {}
    others: list[Draft | Rejected] = []
    bad = 0
    for number, found in enumerate(objects, 1):
        line = _as_line(found, number)
        if line is not None and line.key is not None:
            lines.setdefault(line.key, []).append(line)
        elif _is_document(found, columns):
            draft = _draft(found, columns)
            others.append(draft._replace(member=places.unique(place_of(_id(found, columns), draft.digest))))
        else:
            bad += 1
            if bad <= _MAX_BAD:
                others.append(Rejected(None, None, f"objet n° {number} : ni texte ni titre", empty=False))
    if bad == len(objects):
        raise refuse(_names(objects[0] if objects else whole), "aucun champ")
    for same in lines.values():
        last, times = same[-1], len(same)
        if times > 1:
            told = f"id présent {times} fois dans le fichier : le dernier objet est gardé"
            last = last._replace(warnings=(*last.warnings, told))
        yield last
    yield from others


def _names(found: Any) -> list[str]:
    return list(found)[:_MAX_FIELDS] if isinstance(found, dict) else []


def _as_line(found: Object, number: int) -> Draft | None:
    """The draft of an object that might be a line of a JSONL file; None for any other."""
    if not isinstance(found.get("text"), str) or "id" not in found:
        return None
    content = json.dumps(found, sort_keys=True).encode()
    draft = jsonl.draft_of(jsonl.Line(number, content))
    return draft._replace(line=None) if isinstance(draft, Draft) else None


def _is_document(found: Object, columns: Columns) -> bool:
    names = [name for name in _names(found) if _text(found[name])]
    return is_document(mapped(names, columns))


def _draft(found: Object, columns: Columns) -> Draft:
    values = {name: text for name in _names(found) if (text := _text(found[name]))}
    return draft_of(values, mapped(values, columns))


def _id(found: Object, columns: Columns) -> str:
    return next((_text(found[name]) for name in mapped(_names(found), columns).get("id", ())), "")


def _text(value: Any, depth: int = 0) -> str:
    """What a value says: texts and numbers as they are, of a list each on a line, of an object what is meant."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, Mapping):
        value = next((value[name] for name in _MEANT if name in value), None)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    if isinstance(value, list):
        return "\n\n".join(text for item in value[:_MAX_FIELDS] if (text := _text(item, depth + 1)))
    return ""


def _objects(found: Any, columns: Columns) -> list[Object]:
    """The objects of the list that this is or, not deep inside, of the lists that hold documents."""
    if isinstance(found, list):
        return [item for item in found if isinstance(item, dict)]
    return [item for listed in _lists(found, 1) for item in listed if _is_document(item, columns)]


def _lists(found: Any, depth: int) -> Iterator[list[Object]]:
    if not isinstance(found, dict) or depth > _MAX_DEPTH:
        return
    for name in _names(found):
        value = found[name]
        if isinstance(value, list):
            yield [item for item in value if isinstance(item, dict)]
        else:
            yield from _lists(value, depth + 1)
