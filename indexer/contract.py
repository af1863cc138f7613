"""The JSON of the contract as types: what `as_json` makes, and what the description of the interface is made from.

`/api` and `/api/openapi.json` show these to the people who write programs: docstrings and notes are in French.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from indexer.model import DateSource, InterpretationKind, Sort, SuggestionKind

Piece = Annotated[tuple[str, bool], "Un morceau de texte, et s’il s’agit d’un des mots cherchés."]
FragmentJson = Annotated[list[Piece], "Un passage, en morceaux qui se suivent."]
Url = Annotated[str, "Une adresse de ce site, à partir de sa racine."]
PartialDateText = Annotated[str, "Une date aussi précise qu’elle est connue\u00a0: 2023, 2023-06 ou 2023-06-30."]
Moment = Annotated[str, "Un moment en temps universel (ISO 8601)."]


class QueryJson(TypedDict):
    """La demande telle qu’elle a été lue. Les clés sont les paramètres de l’adresse."""

    q: str
    type: list[str]
    date: Annotated[str | None, "Une date, une période «\u00a02023-06..2023-09\u00a0» ou «\u00a0inconnue\u00a0»."]
    mention: Annotated[PartialDateText | None, "Une date que les documents citent."]
    langue: Annotated[list[str], "Des codes de langue, ou «\u00a0inconnue\u00a0»."]
    tri: Sort
    mots: Literal["tous"] | None
    sans: Annotated[list[str], "Les mots à prendre à la lettre."]
    reprises: Literal["toutes"] | None
    pourquoi: bool
    page: int
    per_page: int


# « from » is a word of Python, so this cannot be written as a class.
InterpretationJson = TypedDict(
    "InterpretationJson",
    {
        "kind": InterpretationKind,
        "from": Annotated[str, "Ce qui était écrit."],
        "to": Annotated[str, "Comment c’est compris."],
        "undo_url": Url,
    },
)


class MatchJson(TypedDict):
    """Combien de mots sont cherchés, combien il en faut, et combien de documents les ont tous."""

    words: int
    required: int
    all: int


class RepriseJson(TypedDict):
    """Un document qui dit presque la même chose qu’un autre."""

    id: str
    title: str
    url: Url
    path: str
    original_url: str | None
    source: str | None
    date: PartialDateText | None


class ReprisesJson(TypedDict):
    """Les documents qui disent presque la même chose\u00a0: combien, et les premiers."""

    count: int
    hits: list[RepriseJson]


class RepeatsJson(TypedDict):
    """Où le texte d’un document se trouve encore."""

    places: Annotated[list[str], "Les chemins de ses copies exactes, les premiers."]
    places_count: int
    reprises: ReprisesJson


class IdentityJson(TypedDict):
    """Un document et ce qu’on en sait."""

    id: str
    title: str
    url: Url
    path: Annotated[str, "Son chemin dans le fonds."]
    original_url: Annotated[str | None, "L’adresse d’origine que ses métadonnées donnent."]
    source: str | None
    type: str
    date: PartialDateText | None
    date_precision: Literal["day", "month", "year"] | None
    date_source: Annotated[DateSource, "Où la date a été trouvée."]
    language: Annotated[str | None, "Un code ISO 639-1."]
    format: str | None
    authors: list[str]


class ReasonJson(TypedDict):
    """Ce qu’un mot apporte au score d’un résultat."""

    text: str
    field: Annotated[str | None, "« title », « body », ou rien pour l’ensemble."]
    form: str
    frequency: int | None
    score: float
    share: Annotated[float, "Sa part du score, de 0 à 1."]


class HitJson(IdentityJson, RepeatsJson):
    """Un résultat\u00a0: un document, les passages qui répondent, son score."""

    title_fragments: FragmentJson
    score: float
    snippets: list[FragmentJson]
    snippets_paragraphs: Annotated[list[int | None], "Le numéro du paragraphe de chaque passage."]
    snippets_pages: Annotated[list[int | None], "Le numéro de la page de chaque passage, s’il y a des pages."]
    reasons: NotRequired[Annotated[list[ReasonJson], "Avec «\u00a0pourquoi=1\u00a0» seulement."]]


class FacetValueJson(TypedDict):
    """Une valeur d’une facette, et combien de résultats elle donnerait."""

    value: str
    label: str
    count: int
    selected: bool
    url: Annotated[str | None, "La recherche avec cette valeur en plus, ou en moins si elle est choisie."]
    children: list[FacetValueJson]


class FacetsJson(TypedDict):
    """Les facettes. Le compte de chacune ne dépend pas de ce qu’on y a choisi."""

    type: list[FacetValueJson]
    date: list[FacetValueJson]
    langue: list[FacetValueJson]
    mention: NotRequired[Annotated[list[FacetValueJson], "Les dates citées, si le site les cherche."]]


class SuggestionOfSearchJson(TypedDict):
    """Une autre recherche, proposée parce qu’un mot semble mal écrit."""

    q: str
    url: Url


class PagesJson(TypedDict):
    """Où l’on est parmi les pages de résultats."""

    current: int
    last: int
    next: Url | None
    previous: Url | None


class SearchPageJson(TypedDict):
    """Une page de résultats."""

    query: QueryJson
    understood: Annotated[str, "La recherche comme elle a été comprise."]
    interpretations: list[InterpretationJson]
    match: MatchJson
    total: int
    reprises: Annotated[int, "Combien des documents trouvés sont rangés sous un autre."]
    took_ms: Annotated[
        float, "Durée de la recherche quand elle a été faite\u00a0; Cache-Status dit si la réponse était gardée."
    ]
    generation: int
    hits: list[HitJson]
    facets: FacetsJson
    suggestion: SuggestionOfSearchJson | None
    pages: PagesJson


class MetadataJson(TypedDict):
    """D’où vient ce qu’on sait d’un document."""

    type_label: str
    type_rule: Annotated[str, "La règle qui a choisi le type."]
    title_rule: Annotated[str, "La règle qui a choisi le titre."]
    first_seen: Moment
    sha256: str


class SimilarJson(TypedDict):
    """Un document qui parle des mêmes choses."""

    id: str
    title: str
    url: Url
    path: str
    source: str | None
    type: str
    date: PartialDateText | None
    share: Annotated[float, "Ce qu’il partage avec l’autre, de 0 à 1."]


class DocumentJson(IdentityJson, RepeatsJson):
    """Un document entier."""

    title_fragments: FragmentJson
    text: Annotated[list[str], "Ses paragraphes."]
    pages: Annotated[list[int | None] | None, "La page où commence chaque paragraphe, s’il y a des pages."]
    metadata: MetadataJson
    similar: Annotated[list[SimilarJson], "Les documents qui parlent des mêmes choses, le plus proche d’abord."]
    generation: int


class ExportedQueryJson(TypedDict):
    """Ce qui a été cherché."""

    q: str
    type: list[str]
    date: str | None
    mention: PartialDateText | None
    langue: list[str]
    tri: Sort
    mots: Literal["tous"] | None
    sans: list[str]


class ExportedJson(IdentityJson):
    """Un document trouvé."""

    first_seen: Moment


class ExportJson(TypedDict):
    """Tous les résultats d’une recherche, en un seul objet."""

    query: ExportedQueryJson
    understood: str
    total: int
    count: Annotated[int, "Combien sont donnés ici."]
    generation: int
    hits: list[ExportedJson]


class SuggestionJson(TypedDict):
    """Ce qu’une personne va peut-être écrire, et combien de documents l’ont."""

    text: str
    kind: SuggestionKind
    count: int


class SuggestionsJson(TypedDict):
    """Les suggestions, la meilleure d’abord."""

    suggestions: list[SuggestionJson]


class RootJson(TypedDict):
    """Un dossier ou un fichier du fonds."""

    name: str
    path: str


class ProblemJson(TypedDict):
    """Un fichier qui n’est pas dans l’index, et pourquoi."""

    root: str
    path: str
    reason: str


class RunJson(TypedDict):
    """Une mise à jour de l’index."""

    at: Moment
    took_ms: int
    generation: int
    added: int
    changed: int
    removed: int
    unchanged: int
    failed: int
    empty: int
    full: bool
    check: bool
    watch: bool
    ok: bool
    paths: NotRequired[list[str]]
    forget: NotRequired[list[str]]
    error: NotRequired[str | None]


class StatusJson(TypedDict):
    """Ce que le fonds contient. Chemins et raisons ne sont là que si le site les rend publics."""

    generation: int
    published: Moment
    documents: int
    copies: int
    bytes: int
    last_run: dict[str, Any]
    runs: list[RunJson]
    formats: dict[str, int]
    types: dict[str, int]
    years: dict[str, int]
    languages: dict[str, int]
    undated: int
    failed_count: int
    empty_count: int
    roots: NotRequired[list[RootJson]]
    failed: NotRequired[list[ProblemJson]]
    empty: NotRequired[list[ProblemJson]]
