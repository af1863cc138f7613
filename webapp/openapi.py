"""The interface for programs, described: `/api/openapi.json` (OpenAPI 3.1) and `/api`, the same for people.

Nothing is said twice: answers come from the types that mypy holds `as_json` to, faults from the table that answers
them, limits from the settings. An operation is a row below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated, Any, Literal, TypedDict
from urllib.parse import urlencode

from indexer import (
    EXPORT_PATH,
    JSON_PATH,
    PAGE_PARAMETERS,
    STATUS_OFF,
    DocumentJson,
    ExportJson,
    SearchPageJson,
    Settings,
    Sort,
    StatusJson,
    SuggestionsJson,
)
from webapp.errors import FAULTS
from webapp.schema import Schema, Schemas
from webapp.status import STATUS_JSON_PATH
from webapp.suggestions import SUGGESTIONS_PATH, SUGGESTIONS_TYPE

API_PATH = "/api"
OPENAPI_PATH = "/api/openapi.json"
_JSON = "application/json"


class FaultJson(TypedDict):
    """Ce qui n’a pas marché."""

    code: str
    message: Annotated[str, "En français, pour une personne."]
    parameter: Annotated[str | None, "Le paramètre en cause."]


class ErrorJson(TypedDict):
    """Toute réponse qui n’est pas un succès."""

    error: FaultJson


class AliveJson(TypedDict):
    """Le processus répond."""

    status: Literal["alive"]


class ReadyJson(TypedDict):
    """L’index est ouvert et ses octets sont ceux qui ont été écrits."""

    status: Literal["ready"]
    generation: int
    documents: int


# Four elements of two kinds; not said as a tuple, which schemathesis 4.32 takes for a draft without prefixItems.
BrowserSuggestions = Annotated[
    list[str | list[str]], "Le texte écrit, les suggestions, combien de documents les ont, où elles mènent."
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: its name, the type of its value, what it does, an example. `many`: it repeats."""

    name: str
    kind: Any
    told: str
    example: str = ""
    many: bool = False
    in_path: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the interface: where, what for, what it takes, what it answers, and which faults of the table."""

    path: str
    name: str
    summary: str
    answer: Any
    faults: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)
    example: str = ""


_INDEX_FAULTS = (
    "index_missing",
    "index_locked",
    "index_checking",
    "index_damaged",
    "index_incompatible",
    "index_unavailable",
)
_ALWAYS = ("overloaded", "internal")


def operations(settings: Settings) -> Sequence[Operation]:
    """All operations of a site."""
    text = {"maxLength": settings.search.max_chars}
    example = next(iter(settings.site.examples), "mandat")
    parameters = (
        Parameter("q", str, "Ce qu’on cherche. Sans lui\u00a0: tous les documents.", example, limits=text),
        Parameter("type", str, "Un type de document. Plusieurs\u00a0: l’un d’eux.", many=True),
        Parameter(
            "date",
            str,
            "Une date (2023, 2023-06, 2023-06-30), une période (2023-06..2023-09) ou «\u00a0inconnue\u00a0».",
        ),
        Parameter("mention", str, "Une date que les documents citent\u00a0: 2023, 2023-06 ou 2023-06-30."),
        Parameter("langue", str, "Une langue\u00a0: fr, en, ar… ou «\u00a0inconnue\u00a0».", many=True),
        Parameter("tri", Sort, "L’ordre des résultats."),
        Parameter("mots", Literal["tous"], "Exiger tous les mots."),
        Parameter("sans", str, "Un mot à prendre à la lettre, sans correction ni synonyme.", many=True),
        Parameter("reprises", Literal["toutes"], "Montrer à part les documents qui se répètent."),
        Parameter("pourquoi", Literal["1"], "Dire ce qui compte dans le score de chaque résultat."),
        Parameter("page", int, "Le numéro de la page.", limits={"minimum": 1}),
    )
    found = [
        Operation(
            JSON_PATH,
            "rechercher",
            "Chercher",
            SearchPageJson,
            ("bad_request", "query_too_large", "page_beyond_end", "uri_too_long", *_INDEX_FAULTS, *_ALWAYS),
            parameters,
            example=f"{JSON_PATH}?{urlencode({'q': example})}",
        ),
        Operation(
            "/document/{id}.json",
            "lire",
            "Lire un document",
            DocumentJson,
            ("query_too_large", "document_unknown", "uri_too_long", *_INDEX_FAULTS, *_ALWAYS),
            (
                Parameter("id", str, "L’identifiant qu’un résultat donne.", in_path=True),
                Parameter("q", str, "Une recherche dont les mots seront marqués dans le titre.", limits=text),
            ),
        ),
        Operation(
            SUGGESTIONS_PATH,
            "suggérer",
            "Compléter une recherche",
            SuggestionsJson,
            ("bad_request", "uri_too_long", *_INDEX_FAULTS, *_ALWAYS),
            (
                Parameter("q", str, "Ce qui est déjà écrit.", "man"),
                Parameter(
                    "format",
                    Literal["", "opensearch"],
                    "«\u00a0opensearch\u00a0»\u00a0: la forme des navigateurs.",
                ),
            ),
            {SUGGESTIONS_TYPE.partition(";")[0]: BrowserSuggestions},
            f"{SUGGESTIONS_PATH}?q=man",
        ),
        Operation(
            "/sante/vivant",
            "vivant",
            "Le processus répond-il\u00a0?",
            AliveJson,
            ("internal",),
            example="/sante/vivant",
        ),
        Operation(
            "/sante/pret",
            "prêt",
            "L’index est-il ouvert et intact\u00a0?",
            ReadyJson,
            (*_INDEX_FAULTS, "internal"),
            example="/sante/pret",
        ),
    ]
    if settings.search.export_most:
        asked = tuple(one for one in parameters if one.name not in PAGE_PARAMETERS)
        exported = ("bad_request", "query_too_large", "uri_too_long", *_INDEX_FAULTS, *_ALWAYS)
        found.append(
            Operation(EXPORT_PATH, "exporter", "Tous les résultats d’une recherche", ExportJson, exported, asked)
        )
    if settings.site.status_page != STATUS_OFF:
        faults = ("bad_request", "uri_too_long", *_INDEX_FAULTS, *_ALWAYS)
        told = "Ce que le fonds contient"
        found.append(Operation(STATUS_JSON_PATH, "état", told, StatusJson, faults, example=STATUS_JSON_PATH))
    return found


def description(settings: Settings) -> Schema:
    """The whole interface as an OpenAPI document."""
    schemas = Schemas()
    paths = {one.path: {"get": _operation(one, schemas)} for one in operations(settings)}
    schemas.of(ErrorJson)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.site.name,
            "summary": settings.site.tagline,
            "version": version("trouvaille"),
            "description": "Ce que ce site montre aux personnes, il le dit aux programmes. Rien ne demande de clé.",
        },
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.named.items()))},
    }


def _operation(one: Operation, schemas: Schemas) -> Schema:
    answers = {_JSON: one.answer, **one.others}
    content = {mimetype: {"schema": schemas.of(kind)} for mimetype, kind in answers.items()}
    fault = {"content": {_JSON: {"schema": schemas.of(ErrorJson)}}}
    return {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [_parameter(parameter, schemas) for parameter in one.parameters],
        "responses": {
            "200": {"description": "La réponse.", "content": content},
            "304": {"description": "La réponse que vous avez déjà (If-None-Match) vaut toujours."},
            **{str(status): {"description": told, **fault} for status, told in _by_status(one.faults).items()},
        },
    }


def _parameter(one: Parameter, schemas: Schemas) -> Schema:
    schema = {**schemas.of(one.kind), **one.limits}
    return {
        "name": one.name,
        "in": "path" if one.in_path else "query",
        "description": one.told,
        **({"required": True} if one.in_path else {}),
        **({"example": one.example} if one.example else {}),
        "schema": {"type": "array", "items": schema} if one.many else schema,
    }


def _by_status(codes: Iterable[str]) -> dict[int, str]:
    """What each status may mean: « index_missing : Le fonds n’est pas encore indexé »."""
    told: dict[int, list[str]] = {}
    for code in codes:
        told.setdefault(FAULTS[code].status, []).append(f"{code}\u00a0: {FAULTS[code].title}")
    return {status: "\u00a0; ".join(titles) for status, titles in sorted(told.items())}
