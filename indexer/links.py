"""SearchRequest ↔ query string: the one place that knows the parameters of /recherche.

It stands below the web package because the command line prints the same JSON, links included.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote, urlencode

from indexer.errors import RequestError
from indexer.french.languages import language_named
from indexer.model import UNKNOWN_LANGUAGE, DateFilter, PartialDate, SearchRequest, Sort

SEARCH_PATH = "/recherche"
JSON_PATH = SEARCH_PATH + ".json"
DOCUMENT_PATH = "/document/"
CSV_PATH = SEARCH_PATH + ".csv"
FEED_PATH = SEARCH_PATH + ".atom"
EXPORT_PATH = "/export.json"
PARAMETERS = ("q", "type", "date", "mention", "langue", "tri", "page", "mots", "sans", "reprises", "pourquoi")
# What is about one page of results: an export or a feed knows none of it.
PAGE_PARAMETERS = ("page", "reprises", "pourquoi")
MAX_TYPES = 64
MAX_PAGE = 10_000_000
# As they stand in a URL.
_ORDER = ("q", "type", "date", "mention", "langue", "tri", "mots", "sans", "reprises", "pourquoi", "page")
_SEVERAL = ("type", "langue")
RANK = "rang"
# Words that may be taken literally: no query has more.
MAX_LITERAL = 64
_MAX_LITERAL_CHARS = 250


def parse_request(args: Mapping[str, Sequence[str]], *, per_page: int, strict: bool = False) -> SearchRequest:
    """The request that a query string asks for.

    `args` maps each parameter to all its values. A page ignores unknown parameters, a program's call (`strict`) has
    them refused. Raises RequestError naming the parameter for a malformed date, order or page.
    """
    if strict:
        refuse_unknown(args, PARAMETERS)
    return SearchRequest(
        text=_one(args, "q"),
        types=_types(args.get("type", ())),
        date=_date(_one(args, "date")),
        mention=_mention(_one(args, "mention")),
        languages=_languages(args.get("langue", ())),
        sort=_sort(_one(args, "tri")),
        page=_page(_one(args, "page")),
        per_page=per_page,
        all_words=_all_words(_one(args, "mots")),
        literal=_literal(args.get("sans", ())),
        apart=_apart(_one(args, "reprises")),
        explain=_explain(_one(args, "pourquoi")),
    )


def refuse_unknown(names: Iterable[str], known: Collection[str]) -> None:
    """RequestError for the first name that is not known."""
    for name in names:
        if name not in known:
            raise RequestError(f"Paramètre inconnu : « {name[:100]} ».", parameter=name[:100])


def _one(args: Mapping[str, Sequence[str]], name: str) -> str:
    values = args.get(name, ())
    text = values[0] if values else ""
    return text if name == "q" else text.strip()


def _types(values: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if len(kept) > MAX_TYPES:
        raise RequestError(f"Pas plus de {MAX_TYPES} types à la fois.", parameter="type", value=str(len(kept)))
    return kept


def _date(text: str) -> DateFilter | None:
    if not text:
        return None
    try:
        return DateFilter.parse(text)
    except ValueError as error:
        raise RequestError(
            "La date s’écrit 2023, 2023-06, 2023-06-30, ou une période 2023-06..2023-09, ou « inconnue ».",
            parameter="date",
            value=text,
        ) from error


def _mention(text: str) -> PartialDate | None:
    if not text:
        return None
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise RequestError(
            "La date citée s’écrit 2023, 2023-06 ou 2023-06-30.", parameter="mention", value=text
        ) from error


def _languages(values: Sequence[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(_language(value.strip()) for value in values if value.strip())
    return tuple(kept)


def _language(value: str) -> str:
    """The code of a language; its French name does too."""
    code = UNKNOWN_LANGUAGE if value == UNKNOWN_LANGUAGE else language_named(value)
    if not code:
        raise RequestError(
            "La langue s’écrit fr, en, ar…, en toutes lettres, ou « inconnue ».", parameter="langue", value=value
        )
    return code


def _sort(text: str) -> Sort:
    if not text:
        return Sort.RELEVANCE
    try:
        return Sort(text)
    except ValueError as error:
        known = ", ".join(Sort)
        raise RequestError(f"L’ordre de tri est l’un de : {known}.", parameter="tri", value=text) from error


def _page(text: str) -> int:
    return whole_number(text, "page", "La page est un nombre entier, à partir de 1.") if text else 1


def parse_rank(args: Mapping[str, Sequence[str]]) -> int | None:
    """The place (from 1) among the results that a document page was opened from; None when it was opened otherwise.
    Raises RequestError."""
    text = _one(args, RANK)
    return whole_number(text, RANK, "Le rang est un nombre entier, à partir de 1.") if text else None


def whole_number(text: str, parameter: str, rule: str, *, least: int = 1) -> int:
    """The number, `least` to MAX_PAGE, that a parameter has. Raises RequestError, which says the `rule`."""
    if text.isascii() and text.isdigit() and least <= int(text[:9]) <= MAX_PAGE and len(text) <= 8:
        return int(text)
    raise RequestError(rule, parameter=parameter, value=text)


def _all_words(text: str) -> bool:
    if text in ("", "tous"):
        return text == "tous"
    raise RequestError("« mots » n’a qu’une valeur : tous.", parameter="mots", value=text)


def _literal(values: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if len(kept) > MAX_LITERAL or any(len(value) > _MAX_LITERAL_CHARS for value in kept):
        raise RequestError(
            f"« sans » prend {MAX_LITERAL} mots ou expressions au plus, de {_MAX_LITERAL_CHARS} caractères chacun.",
            parameter="sans",
            value=str(len(kept)),
        )
    return kept


def _apart(text: str) -> bool:
    if text in ("", "toutes"):
        return text == "toutes"
    raise RequestError("« reprises » n’a qu’une valeur : toutes.", parameter="reprises", value=text)


def _explain(text: str) -> bool:
    if text in ("", "1"):
        return text == "1"
    raise RequestError("« pourquoi » n’a qu’une valeur : 1.", parameter="pourquoi", value=text)


def request_pairs(request: SearchRequest) -> list[tuple[str, str]]:
    """The parameters of a request in their order, values that are the default left out."""
    pairs: list[tuple[str, str]] = [("q", request.text)] if request.text else []
    pairs += [("type", value) for value in request.types]
    if request.date:
        pairs.append(("date", str(request.date)))
    if request.mention:
        pairs.append(("mention", str(request.mention)))
    pairs += [("langue", value) for value in request.languages]
    if request.sort is not Sort.RELEVANCE:
        pairs.append(("tri", str(request.sort)))
    if request.all_words:
        pairs.append(("mots", "tous"))
    pairs += [("sans", value) for value in request.literal]
    if request.apart:
        pairs.append(("reprises", "toutes"))
    if request.explain:
        pairs.append(("pourquoi", "1"))
    if request.page > 1:
        pairs.append(("page", str(request.page)))
    return pairs


def search_url(request: SearchRequest, path: str = SEARCH_PATH) -> str:
    """The shortest URL of a request; equal requests give equal URLs."""
    return url_of(path, request_pairs(request))


def url_of(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """`path` with these parameters."""
    query = "&".join([_encoded(name, value) for name, value in pairs])
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=1024)
def _encoded(name: str, value: str) -> str:
    """One parameter, quoted. A page of results has seventy links that differ in one of theirs."""
    return urlencode([(name, value)], errors="replace")


def document_url(id: str, text: str = "", suffix: str = "") -> str:
    """The URL of a document's page (`suffix=".json"`: its twin), with the query whose words it is to mark."""
    return url_of(_document_path(id) + suffix, [("q", text)] if text else ())


def hit_urls(request: SearchRequest) -> Callable[[str, int], str]:
    """The URLs of the pages of a request's hits, by document and place (from 1) among the results: each knows the way
    back. What they have in common is made once."""
    query = url_of("", request_pairs(replace(request, page=1)))[1:]
    carried = f"{query}&" if query else ""
    return lambda id, rank: f"{_document_path(id)}?{carried}{RANK}={rank}"


def _document_path(id: str) -> str:
    return DOCUMENT_PATH + quote(id, safe="", errors="replace")


def toggle_type(request: SearchRequest, value: str) -> SearchRequest:
    """The request with one type more, or one less if it was chosen; back to page 1."""
    without = tuple(kept for kept in request.types if kept != value)
    return replace(request, types=without if value in request.types else (*without, value), page=1)


def toggle_language(request: SearchRequest, value: str) -> SearchRequest:
    """The request with one language more, or one less if it was chosen; back to page 1."""
    without = tuple(kept for kept in request.languages if kept != value)
    return replace(request, languages=without if value in request.languages else (*without, value), page=1)


def choose_date(request: SearchRequest, value: str) -> SearchRequest:
    """The request for this date value, or for any date if it was the one chosen; back to page 1."""
    chosen = _date_filter(value)
    return replace(request, date=None if request.date == chosen else chosen, page=1)


def varied_urls(request: SearchRequest, name: str) -> Callable[[str], str]:
    """The URLs of a request with another value of one parameter (empty: without it), back on page 1; of a type or a
    language, one more. Forty on a page differ in that alone: the rest is made once."""
    place = _ORDER.index(name)
    pairs = [pair for pair in request_pairs(request) if pair[0] != "page"]
    before = [pair for pair in pairs if _ORDER.index(pair[0]) < place or (pair[0] == name and name in _SEVERAL)]
    after = [pair for pair in pairs if _ORDER.index(pair[0]) > place]
    start, end = url_of(SEARCH_PATH, before), url_of("", after)[1:]
    without = url_of(SEARCH_PATH, [*before, *after])
    start, end = f"{start}{'&' if before else '?'}", f"&{end}" if end else ""
    return lambda value: f"{start}{_encoded(name, value)}{end}" if value else without


def date_urls(request: SearchRequest) -> Callable[[str], str]:
    """The URLs of `choose_date` by date value."""
    urls, chosen = varied_urls(request, "date"), str(request.date) if request.date else ""
    return lambda value: urls("" if value == chosen else value)


def type_urls(request: SearchRequest) -> Callable[[str], str]:
    """The URLs of `toggle_type` by type."""
    urls, chosen = varied_urls(request, "type"), request.types
    return lambda value: search_url(toggle_type(request, value)) if value in chosen else urls(value)


def choose_mention(request: SearchRequest, value: str) -> SearchRequest:
    """The request for documents that name this date, or any, if it was the one chosen; back to page 1."""
    chosen = PartialDate.parse(value)
    return replace(request, mention=None if request.mention == chosen else chosen, page=1)


# The same years stand on every page.
_date_filter = lru_cache(maxsize=1024)(DateFilter.parse)
