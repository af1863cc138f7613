"""The routes: read the request, ask the service, hand a page to a template or an answer to JSON."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as BaseResponse

from indexer import (
    CSV_PATH,
    EXPORT_PATH,
    FEED_PATH,
    JSON_PATH,
    PAGE_PARAMETERS,
    PARAMETERS,
    SEARCH_PATH,
    STATUS_FULL,
    STATUS_OFF,
    Export,
    IndexProblem,
    SearchPage,
    SearchRequest,
    SearchService,
    StatusList,
    document_json,
    export_csv,
    export_json,
    parse_rank,
    parse_request,
    refuse_unknown,
    search_page_json,
    search_url,
    status_csv,
    status_json,
    suggestions_json,
)
from webapp import pages
from webapp.api_page import ApiView, api_page
from webapp.assets import FOR_EVER, PREFIX, load_assets
from webapp.citation import read_cited
from webapp.dates import FIELDS, read_period
from webapp.downloads import attachment
from webapp.errors import DocumentUnknown, OriginalsWithheld, StatusWithheld
from webapp.feed import FEED_ENTRIES, FEED_TYPE, feed
from webapp.freshness import of_generation
from webapp.guide import ACCESSIBILITY_PATH, HELP_PATH, TITLES, Specimen, ask, contact_link, specimen
from webapp.openapi import API_PATH, OPENAPI_PATH, description
from webapp.schema import Schema
from webapp.status import (
    CSV_TYPE,
    FEW,
    PER_PAGE,
    STATUS_CSV_PATH,
    STATUS_JSON_PATH,
    STATUS_PATH,
    problem_page,
    read_list,
    state,
    undated_page,
    undated_request,
)
from webapp.suggestions import (
    DESCRIPTION_PATH,
    DESCRIPTION_TYPE,
    MAX_SHORT_NAME,
    SUGGESTIONS_PATH,
    SUGGESTIONS_TYPE,
    opensearch_json,
    read_asked,
    root_of,
)
from webapp.theme import Theme

TWIN = ".json"
ORIGINAL = "/original"


class AnyId(BaseConverter):
    """A document's id in a path: whatever a corpus uses, slashes included."""

    regex = r"(?s:.+)"
    part_isolating = False


class Views:
    """The pages of one service."""

    def __init__(self, service: SearchService, theme: Theme) -> None:
        self.service = service
        self.theme = theme
        self.assets = {**load_assets(), **theme.images}  # a favicon.svg of theirs takes the place of ours
        self.by_url = {asset.url: asset for asset in (*self.assets.values(), *theme.styles)}

    def register(self, app: Flask) -> None:
        """Give `app` its routes, and its templates the names they need."""
        app.url_map.converters["id"] = AnyId
        app.url_map.merge_slashes = False  # an id may hold two slashes in a row
        for rule, view in (
            ("/", self.home),
            (SEARCH_PATH, self.results),
            (JSON_PATH, self.results_json),
            (CSV_PATH, self.export_csv),
            (EXPORT_PATH, self.export_json),
            (FEED_PATH, self.feed),
            (SUGGESTIONS_PATH, self.suggestions),
            (DESCRIPTION_PATH, self.description),
            ("/document/<id:id>", self.document),
            (HELP_PATH, self.help),
            (ACCESSIBILITY_PATH, self.accessibility),
            (STATUS_PATH, self.status),
            (STATUS_JSON_PATH, self.status_json),
            (STATUS_CSV_PATH, self.status_csv),
            (API_PATH, self.api),
            (OPENAPI_PATH, self.openapi),
            ("/sante/vivant", self.alive),
            ("/sante/pret", self.ready),
            (f"{PREFIX}<name>", self.asset),
        ):
            app.add_url_rule(rule, view.__name__, view)
        app.context_processor(self.context)

    def context(self) -> dict[str, Any]:
        """What every template knows: the site, its files, and how to ask what the index holds."""
        return {
            "site": self.service.settings.site,
            "max_chars": self.service.settings.search.max_chars,
            "asset": {name: asset.url for name, asset in self.assets.items()},
            "styles": [self.assets["trouvaille.css"].url, *(style.url for style in self.theme.styles)],
            # Called by the pages that show it. A page that answers a failure does not ask, so it cannot fail again.
            "status_of_index": self.service.status,
        }

    # --- people ---

    @of_generation
    def home(self) -> str:
        """`/`"""
        everything = self.service.search(SearchRequest(per_page=1))
        view = pages.home(everything, self.service.settings.site.examples)
        return render_template("home.html", home=view)

    @of_generation
    def results(self) -> str | BaseResponse:
        """`/recherche`; the form « du … au … » is read and redirected to the canonical URL."""
        args = request.args.to_dict(flat=False)
        if any(name in args for name in FIELDS):
            period = read_period(request.args)
            others = {name: values for name, values in args.items() if name not in ("date", "page", *FIELDS)}
            return redirect(search_url(replace(self._request(others), date=period)), 303)
        page = self.service.search(self._request(args))
        return render_template("results.html", view=self._results(page))

    def _results(self, page: SearchPage) -> pages.Results:
        return pages.results(page, self.service.label, self.service.settings.search.export_most)

    @of_generation
    def document(self, id: str) -> str | Response:
        """`/document/<id>` and, with `.json` behind the id, its twin, with `/original` its file; an id may itself end
        so, and the shorter id goes first."""
        if id.endswith(TWIN):
            twin = self.service.document(id.removesuffix(TWIN), request.args.get("q", ""))
            if twin:
                return jsonify(document_json(twin))
        if id.endswith(ORIGINAL) and (download := self.original(id.removesuffix(ORIGINAL))):
            return download
        args = request.args.to_dict(flat=False)
        asked = self._request({name: values for name, values in args.items() if name != "page"})
        page = self.service.document(id, asked.text, asked.literal)
        if page is None:
            raise DocumentUnknown
        rank, cited = parse_rank(args), read_cited(args)
        arrival = pages.Arrival(asked, rank, self.service.standing(asked, rank, id) if rank else None)
        root = root_of(request) if cited is not None else ""
        view = pages.reading(page, arrival, cited, root, originals=self.service.settings.site.originals)
        return render_template("document.html", view=view, query=asked.text)

    def original(self, id: str) -> Response | None:
        """`/document/<id>/original`: the file itself, to be kept and not shown; None when there is no such document.
        Raises OriginalsWithheld or OriginalProblem."""
        if not self.service.settings.site.originals:
            if not self.service.has(id):
                return None
            raise OriginalsWithheld
        found = self.service.original(id)
        return attachment(found, request) if found else None

    def help(self) -> str:
        """`/aide`; without an index its examples are of no collection."""
        try:
            words = specimen(self.service.search(SearchRequest(per_page=TITLES)))
        except IndexProblem:
            words = Specimen()
        search = self.service.settings.search
        return render_template("help.html", words=words, ask=ask, limits=search, contact=self._contact())

    def accessibility(self) -> str:
        """`/accessibilite`: the statement of RGAA 4.1."""
        return render_template("accessibility.html", contact=self._contact(), themed=self.theme.folder is not None)

    def _contact(self) -> pages.Link | None:
        return contact_link(self.service.settings.site.contact)

    def status(self) -> str:
        """`/etat` and, with `liste=`, a page of one of its lists."""
        places = self._status_places()
        args = request.args.to_dict(flat=False)
        which = read_list(args)
        report = self.service.report()
        if which is None:
            everything = pages.home(self.service.search(SearchRequest(per_page=1)), ())
            undated = self.service.search(undated_request(1, FEW))
            return render_template("status.html", view=state(report, everything, undated, places=places))
        page = self._request({"page": args.get("page", [])}).page
        if which is StatusList.UNDATED:
            view = undated_page(self.service.search(undated_request(page, PER_PAGE)))
        elif places:
            view = problem_page(which, report.failed if which is StatusList.FAILED else report.empty, page)
        else:
            raise StatusWithheld
        return render_template("status_list.html", view=view)

    # --- programs ---

    @of_generation
    def results_json(self) -> Response:
        """`/recherche.json`"""
        asked = self._request(request.args.to_dict(flat=False), strict=True)
        return jsonify(search_page_json(self.service.search(asked)))

    def export_csv(self) -> Response:
        """`/recherche.csv`: all results, as a file to be opened in a spreadsheet."""
        lines = export_csv(self._export(), root_of(request))
        response = Response(lines, content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = "attachment; filename=resultats.csv"
        return response

    def export_json(self) -> Response:
        """`/export.json`: all results as one object, where `/recherche.json` is a page of them."""
        response = Response(export_json(self._export()), content_type="application/json; charset=utf-8")
        response.headers["Content-Disposition"] = "attachment; filename=resultats.json"
        return response

    def _export(self) -> Export:
        """What is to be exported. Raises NotFound when the site has no exports."""
        if not self.service.settings.search.export_most:
            raise NotFound
        return self.service.export(self._whole())

    @of_generation
    def feed(self) -> Response:
        """`/recherche.atom`: what came last into the index of what a search finds."""
        asked, root = self._whole(), root_of(request)
        latest = self.service.latest(asked, FEED_ENTRIES)
        made = feed(latest, root, self.service.settings.site.name, self.service.status().published, self.service.label)
        response = make_response(render_template("feed.xml", feed=made))
        response.content_type = FEED_TYPE
        return response

    def _whole(self) -> SearchRequest:
        """The request of an address that knows no pages."""
        args = request.args.to_dict(flat=False)
        refuse_unknown(args, [name for name in PARAMETERS if name not in PAGE_PARAMETERS])
        return self._request(args, strict=True)

    @of_generation
    def suggestions(self) -> Response:
        """`/suggestions.json`: what may be typed next, for the search box and, in their format, for browsers."""
        asked = read_asked(request.args.to_dict(flat=False))
        found = self.service.suggestions(asked.text)
        if not asked.opensearch:
            return jsonify(suggestions_json(found))
        response = jsonify(opensearch_json(asked.text, found, root_of(request)))
        response.content_type = SUGGESTIONS_TYPE
        return response

    def status_json(self) -> Response:
        """`/etat.json`"""
        places = self._status_places()
        refuse_unknown(request.args, ())
        return jsonify(status_json(self.service.report(), places=places))

    def status_csv(self) -> Response:
        """`/etat.csv?liste=`: a whole list, as a file to be opened in a spreadsheet."""
        places = self._status_places()
        which = read_list(request.args.to_dict(flat=False), strict=True) or StatusList.FAILED
        if which is not StatusList.UNDATED and not places:
            raise StatusWithheld
        lines = status_csv(which, self.service.report(), self.service.documents)
        response = Response(lines, content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = f"attachment; filename={which}.csv"
        return response

    def _status_places(self) -> bool:
        """True when paths and reasons may be shown. Raises NotFound when the site has no status page."""
        wanted = self.service.settings.site.status_page
        if wanted == STATUS_OFF:
            raise NotFound
        return wanted == STATUS_FULL

    def description(self) -> Response:
        """`/opensearch.xml`: how a browser searches here from its own address bar."""
        short_name = self.service.settings.site.name[:MAX_SHORT_NAME].strip()
        text = render_template("opensearch.xml", root=root_of(request), short_name=short_name)
        response = make_response(text)
        response.content_type = DESCRIPTION_TYPE
        return response

    @cached_property
    def _api(self) -> ApiView:
        return api_page(self.service.settings, self._openapi)

    @cached_property
    def _openapi(self) -> Schema:
        return description(self.service.settings)

    def api(self) -> str:
        """`/api`: the interface for programs, as a page."""
        return render_template("api.html", view=self._api)

    def openapi(self) -> Response:
        """`/api/openapi.json`"""
        return jsonify(self._openapi)

    def alive(self) -> Response:
        """`/sante/vivant`: this process answers; says nothing of the index."""
        return jsonify(status="alive")

    def ready(self) -> Response:
        """`/sante/pret`: the index is open and its bytes are those that were written; 503 otherwise."""
        status = self.service.ready()
        return jsonify(status="ready", generation=status.generation, documents=status.documents)

    def asset(self, name: str) -> Response:
        """A file of ours, under the name that holds its hash."""
        asset = self.by_url.get(PREFIX + name)
        if asset is None:
            raise NotFound
        response = make_response(asset.content)
        response.mimetype = asset.mimetype
        response.headers["Cache-Control"] = FOR_EVER
        return response

    def _request(self, args: dict[str, list[str]], *, strict: bool = False) -> SearchRequest:
        return parse_request(args, per_page=self.service.settings.search.per_page, strict=strict)
