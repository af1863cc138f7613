"""Trouvaille's indexer: French documents in, an index, ranked and marked results out.

What stands here is all that the web package may use. Names are loaded when first used, so that `import indexer.french`
or a command that needs no index does not pay for Whoosh.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.as_csv import export_csv, status_csv
    from indexer.as_json import document_json, export_json, search_page_json, status_json, suggestions_json
    from indexer.assembly import create_service
    from indexer.contract import DocumentJson, ExportJson, SearchPageJson, StatusJson, SuggestionsJson
    from indexer.errors import (
        ConfigError,
        IndexMissing,
        IndexProblem,
        OriginalProblem,
        PageBeyondEnd,
        QueryTooLarge,
        RequestError,
        TrouvailleError,
    )
    from indexer.french.dates import asked_date, date_text, period_text
    from indexer.french.languages import FRENCH, language_label
    from indexer.french.typography import page_text, quoted
    from indexer.links import (
        CSV_PATH,
        EXPORT_PATH,
        FEED_PATH,
        JSON_PATH,
        PAGE_PARAMETERS,
        PARAMETERS,
        SEARCH_PATH,
        choose_mention,
        date_urls,
        document_url,
        hit_urls,
        parse_rank,
        parse_request,
        refuse_unknown,
        request_pairs,
        search_url,
        toggle_language,
        toggle_type,
        type_urls,
        url_of,
        varied_urls,
        whole_number,
    )
    from indexer.model import (
        MONTHS,
        UNKNOWN_DATE,
        UNKNOWN_LANGUAGE,
        DateFilter,
        DateSource,
        Document,
        DocumentPage,
        Export,
        FacetValue,
        Fragment,
        Hit,
        InterpretationKind,
        Match,
        PartialDate,
        Passage,
        Piece,
        Problem,
        Repeats,
        Reprise,
        Root,
        RunRecord,
        SearchPage,
        SearchRequest,
        Similar,
        Sort,
        Standing,
        Status,
        StatusList,
        StatusReport,
        Suggestion,
        SuggestionKind,
        last_page,
    )
    from indexer.originals import Original, is_whole_file
    from indexer.searcher import SearchService
    from indexer.settings import (
        ACCESS_LOG_ANONYMOUS,
        ACCESS_LOG_FULL,
        ACCESS_LOG_OFF,
        STATUS_FULL,
        STATUS_OFF,
        Settings,
        load_settings,
    )
    from indexer.status import moment_text, reasons_text, run_asked, run_counts, run_places
    from indexer.understood import Telling, read_back, tellings_of
    from indexer.why import Reason, reasons_of

__all__ = [
    "ACCESS_LOG_ANONYMOUS",
    "ACCESS_LOG_FULL",
    "ACCESS_LOG_OFF",
    "CSV_PATH",
    "EXPORT_PATH",
    "FEED_PATH",
    "FRENCH",
    "JSON_PATH",
    "MONTHS",
    "PAGE_PARAMETERS",
    "PARAMETERS",
    "SEARCH_PATH",
    "STATUS_FULL",
    "STATUS_OFF",
    "UNKNOWN_DATE",
    "UNKNOWN_LANGUAGE",
    "ConfigError",
    "DateFilter",
    "DateSource",
    "Document",
    "DocumentJson",
    "DocumentPage",
    "Export",
    "ExportJson",
    "FacetValue",
    "Fragment",
    "Hit",
    "IndexMissing",
    "IndexProblem",
    "InterpretationKind",
    "Match",
    "Original",
    "OriginalProblem",
    "PageBeyondEnd",
    "PartialDate",
    "Passage",
    "Piece",
    "Problem",
    "QueryTooLarge",
    "Reason",
    "Repeats",
    "Reprise",
    "RequestError",
    "Root",
    "RunRecord",
    "SearchPage",
    "SearchPageJson",
    "SearchRequest",
    "SearchService",
    "Settings",
    "Similar",
    "Sort",
    "Standing",
    "Status",
    "StatusJson",
    "StatusList",
    "StatusReport",
    "Suggestion",
    "SuggestionKind",
    "SuggestionsJson",
    "Telling",
    "TrouvailleError",
    "asked_date",
    "choose_mention",
    "create_service",
    "date_text",
    "date_urls",
    "document_json",
    "document_url",
    "export_csv",
    "export_json",
    "hit_urls",
    "is_whole_file",
    "language_label",
    "last_page",
    "load_settings",
    "moment_text",
    "page_text",
    "parse_rank",
    "parse_request",
    "period_text",
    "quoted",
    "read_back",
    "reasons_of",
    "reasons_text",
    "refuse_unknown",
    "request_pairs",
    "run_asked",
    "run_counts",
    "run_places",
    "search_page_json",
    "search_url",
    "status_csv",
    "status_json",
    "suggestions_json",
    "tellings_of",
    "toggle_language",
    "toggle_type",
    "type_urls",
    "url_of",
    "varied_urls",
    "whole_number",
]

# Lightest first: a name is looked for in each in turn.
_HOMES = (
    "model", "errors", "links", "settings", "french.dates", "french.languages", "french.typography", "contract",
    "as_json", "as_csv", "status", "why", "understood", "documents", "originals", "searcher", "assembly",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    """The public name, from the module that defines it (PEP 562)."""
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"indexer.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module 'indexer' has no attribute {name!r}")
