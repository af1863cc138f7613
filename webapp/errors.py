"""Every fault the site answers, in one table: status, title, what happened, how to mend it.

The HTML page and the JSON object come from the same row. An error of the indexer brings its own sentence, which says
more; the row then gives the status, the title and the remedy.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from indexer import JSON_PATH, SEARCH_PATH, IndexProblem, OriginalProblem, PageBeyondEnd, RequestError, url_of
from webapp.dates import FIELDS, HOW_TO_WRITE
from webapp.pages import DateForm, Link
from webapp.query_string import pairs_of

log = logging.getLogger("trouvaille.web")


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: the HTTP status, and French sentences for the person in front of the screen.

    `retry_after_s` is what a 503 tells programs.
    """

    status: int
    title: str
    message: str
    mend: str
    retry_after_s: int = 30


FAULTS = {
    "bad_request": Fault(
        400,
        "Demande mal formée",
        "Un élément de l’adresse ne se lit pas.",
        "Corrigez cet élément, ou continuez sans lui.",
    ),
    "query_too_large": Fault(
        400,
        "Recherche trop longue",
        "La recherche dépasse une limite.",
        "Elle est restée ci-dessus.",
    ),
    "page_beyond_end": Fault(
        404, "Page au-delà de la fin", "Il n’y a pas tant de pages de résultats.", "Revenez à la dernière page."
    ),
    "document_unknown": Fault(
        404,
        "Document introuvable",
        "Aucun document du fonds ne porte cet identifiant.",
        "Il a peut-être été retiré ou déplacé : cherchez-le par les mots de son titre.",
    ),
    "not_found": Fault(
        404, "Page introuvable", "Cette adresse ne mène à rien.", "Partez de la recherche ou de la page d’accueil."
    ),
    "status_withheld": Fault(
        403,
        "Liste non publique",
        "Les chemins des fichiers et les raisons des échecs ne sont pas montrés ici.",
        "Si vous tenez ce site, la commande « trouvaille status » les donne.",
    ),
    "originals_withheld": Fault(
        403,
        "Fichiers d’origine non publics",
        "Les fichiers du fonds ne se téléchargent pas ici.",
        "Le texte du document se lit, se cite et se copie sur sa page.",
    ),
    "original_part": Fault(
        404,
        "Pas de fichier à lui seul",
        "Ce document est une partie d’un fichier qui en contient d’autres.",
        "Son texte entier est sur sa page, qui dit aussi de quel fichier il vient.",
    ),
    "original_gone": Fault(
        410,
        "Fichier disparu",
        "Le fichier de ce document n’est plus là, ou ne peut plus être lu.",
        "Son texte reste lisible sur sa page, jusqu’à la prochaine mise à jour du fonds.",
    ),
    "original_changed": Fault(
        409,
        "Fichier modifié",
        "Le fichier de ce document a changé depuis qu’il a été indexé.",
        "La prochaine mise à jour du fonds en tiendra compte ; son texte d’alors se lit sur sa page.",
    ),
    "method_not_allowed": Fault(
        405, "Méthode refusée", "Ce service se consulte et ne se modifie pas.", "Employez GET ou HEAD."
    ),
    "uri_too_long": Fault(
        414, "Adresse trop longue", "L’adresse dépasse 32 000 caractères.", "Raccourcissez la recherche ou ses filtres."
    ),
    "index_missing": Fault(
        503,
        "Le fonds n’est pas encore indexé",
        "Il n’y a pas d’index : la recherche ne peut pas répondre.",
        "Si vous tenez ce site, lancez la commande « trouvaille reindex », puis rechargez cette page.",
    ),
    "index_locked": Fault(
        503, "Le fonds est occupé", "L’index est en cours d’écriture.", "Rechargez cette page dans un instant."
    ),
    "index_checking": Fault(
        503,
        "Le fonds est en cours de vérification",
        "Le service vient de démarrer et relit l’index.",
        "Réessayez dans un instant.",
    ),
    "index_damaged": Fault(
        503,
        "L’index est endommagé",
        "Ses fichiers ne sont plus ceux qui ont été écrits.",
        "Si vous tenez ce site, lancez la commande « trouvaille reindex --full », qui les refait.",
    ),
    "index_incompatible": Fault(
        503,
        "L’index est d’une autre version",
        "Cette version du programme ne peut pas le lire.",
        "Si vous tenez ce site, lancez la commande « trouvaille reindex --full ».",
    ),
    "index_unavailable": Fault(
        503,
        "Le fonds n’est pas consultable",
        "L’index ne peut pas être ouvert.",
        "Si vous tenez ce site, « trouvaille status » dit ce qui manque.",
    ),
    "overloaded": Fault(
        503,
        "Trop de demandes à la fois",
        "Le service reçoit plus de recherches qu’il n’en peut faire.",
        "Rechargez cette page dans quelques secondes.",
        retry_after_s=2,
    ),
    "internal": Fault(
        500,
        "Erreur du service",
        "Quelque chose s’est mal passé de notre côté.",
        "Réessayez dans un instant ; si cela dure, prévenez la personne qui tient ce site.",
    ),
}
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 414: "uri_too_long"}


class DocumentUnknown(Exception):
    """No document has the id of the address."""


class StatusWithheld(Exception):
    """What is asked of the status is not for the public."""


class OriginalsWithheld(Exception):
    """This site does not hand out files."""


def register(app: Flask) -> None:
    """Make every failure of `app` answer from the table."""
    app.register_error_handler(RequestError, _request_error)
    app.register_error_handler(DocumentUnknown, lambda error: answer("document_unknown"))
    app.register_error_handler(StatusWithheld, lambda error: answer("status_withheld"))
    app.register_error_handler(OriginalsWithheld, lambda error: answer("originals_withheld"))
    app.register_error_handler(OriginalProblem, lambda error: answer(error.code))
    app.register_error_handler(IndexProblem, _index_problem)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _unforeseen)


def status_line(status: int) -> str:
    """A status as HTTP writes it: « 404 NOT FOUND »."""
    return f"{status} {HTTP_STATUS_CODES.get(status, 'UNKNOWN').upper()}"


def wants_json() -> bool:
    """True for the addresses that programs read."""
    return request.path.endswith(".json") or request.path.startswith("/sante/")


def answer(code: str, message: str = "", *, parameter: str | None = None, remedy: Link | None = None) -> Response:
    """The response for a row of the table, as JSON or as a page."""
    fault = FAULTS[code]
    message = message or fault.message
    if wants_json():
        response = jsonify(error={"code": code, "message": message, "parameter": parameter})
    else:
        response = make_response(
            render_template(
                "error.html",
                fault=fault,
                message=message,
                parameter=parameter,
                remedy=remedy,
                form=_form(parameter),
                query=request.args.get("q", ""),
                hidden=_kept(parameter),
            )
        )
    response.status_code = fault.status
    if fault.status == 503:
        response.headers["Retry-After"] = str(fault.retry_after_s)
    return response


def _request_error(error: RequestError) -> Response:
    message, remedy = str(error), None
    if isinstance(error, PageBeyondEnd):
        last = [(name, value) for name, value in pairs_of(request) if name != "page"]
        last += [("page", str(error.last))] if error.last > 1 else []
        remedy = Link(f"Aller à la page {error.last}", url_of(request.path, last))
    elif error.parameter != "q" and request.path != JSON_PATH:
        rest = [(name, value) for name, value in pairs_of(request) if name not in _of(error.parameter)]
        remedy = Link("Continuer sans lui", url_of(request.path, rest))
    if error.parameter == "date" and not wants_json():
        message = f"« {error.value[:40]} » n’est ni une date ni une période. {HOW_TO_WRITE}"
    return answer(error.code, message, parameter=error.parameter, remedy=remedy)


def _index_problem(error: IndexProblem) -> Response:
    # The error's own sentence names folders of the machine: it is for the log, not for the public.
    log.error("%s: %s", error.code, error)
    return answer(error.code)


def _http_exception(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestRedirect):
        return error
    code = _BY_STATUS.get(error.code or 500, "bad_request" if (error.code or 500) < 500 else "internal")
    response = answer(code)
    if error.code == 405:
        response.headers["Allow"] = "GET, HEAD"
    return response


def _unforeseen(error: Exception) -> Response:
    """The outermost edge: nothing that fails here may show a traceback or an empty result."""
    log.error("unforeseen failure on %r", request.path, exc_info=error)
    return answer("internal")


def _of(parameter: str) -> tuple[str, ...]:
    """The parameters that stand and fall with this one."""
    return ("date", *FIELDS) if parameter in ("date", *FIELDS) else (parameter,)


def _kept(parameter: str | None) -> tuple[tuple[str, str], ...]:
    """What the search box carries along from a faulty address: everything but the fault, the page and what only
    concerns the words as they stand."""
    if request.path != SEARCH_PATH:
        return ()
    dropped = ("q", "page", "sans", *_of(parameter or ""))
    return tuple((name, value) for name, value in pairs_of(request) if name not in dropped)


def _form(parameter: str | None) -> DateForm | None:
    """For a malformed date, the form with what was typed, to be corrected in place."""
    if parameter not in ("date", *FIELDS):
        return None
    args = request.args
    if parameter == "date":
        first, dots, last = args.get("date", "").partition("..")
        du, au = first, last if dots else first
    else:
        du, au = args.get("du", ""), args.get("au", "")
    hidden = tuple(pair for pair in pairs_of(request) if pair[0] not in ("date", "page", *FIELDS))
    return DateForm(du, au, hidden, at_fault=parameter if parameter in FIELDS else "du")
