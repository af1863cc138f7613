"""The command line. stdout holds only the result; progress and warnings go to stderr."""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import shlex
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path
from typing import Any

import click

from indexer.errors import TrouvailleError
from indexer.model import StatusList
from indexer.settings import SECTIONS, Settings, load_settings

# Documents of one file that `explain` shows.
_EXPLAINED = 100
_PLAIN_EVERY_S = 5.0
_DRAW_EVERY_S = 0.1

Command = Callable[..., Any]


class _French(click.Group):
    """A group whose failures are one French line on stderr and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except TrouvailleError as error:
            click.echo(f"trouvaille : {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("trouvaille : interrompu ; l’index reste dans son état précédent.", err=True)
            ctx.exit(130)


@click.group(cls=_French, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trouvaille", message="%(prog)s %(version)s")
def main() -> None:
    """Recherche en texte intégral dans un fonds de documents en français."""
    # Loading numpy starts a thread a core for linear algebra, which nothing here does: 0.1 s of CPU in each process.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        # A file name may hold what UTF-8 cannot: shown escaped, never a crash.
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="backslashreplace")


def _common(command: Command) -> Command:
    """The options of every command; the command gets the settings in force and `as_json`."""

    @click.option("--index", type=click.Path(path_type=Path), help="Dossier de l’index (aussi : TROUVAILLE_INDEX).")
    @click.option("--config", type=click.Path(path_type=Path), help="Fichier de réglages (aussi : TROUVAILLE_CONFIG).")
    @click.option("--json", "as_json", is_flag=True, help="Résultat en JSON sur la sortie standard.")
    @functools.wraps(command)
    def with_settings(*args: Any, index: Path | None, config: Path | None, **options: Any) -> Any:
        return command(load_settings(config, index), *args, **options)

    return with_settings


def _print_json(data: Any, *, on_one_line: bool = False) -> None:
    indent = 1 if sys.stdout.isatty() and not on_one_line else None
    click.echo(json.dumps(data, ensure_ascii=False, indent=indent))


# --- reindex -------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="Tout reconstruire (les identifiants restent).")
@click.option("--check", is_flag=True, help="Relire chaque fichier pour voir s’il a changé.")
@click.option("--dry-run", is_flag=True, help="Dire ce qui serait fait, sans rien écrire.")
@click.option("--forget", multiple=True, type=click.Path(path_type=Path), help="Retirer une racine de l’index.")
@click.option("--jobs", type=click.IntRange(1), help="Nombre de processus de lecture (sinon : tous les cœurs).")
@click.option("--watch", is_flag=True, help="Suivre ensuite les changements, jusqu’à Ctrl-C.")
@_common
def reindex(
    settings: Settings,
    paths: tuple[Path, ...],
    full: bool,
    check: bool,
    dry_run: bool,
    forget: tuple[Path, ...],
    jobs: int | None,
    watch: bool,
    as_json: bool,
) -> None:
    """Mettre l’index à jour avec les documents de PATHS (sans PATHS : toutes les racines connues)."""
    from indexer.assembly import engine, type_rules, word_lists
    from indexer.reindex import reindex as bring_up_to_date

    if watch and dry_run:
        raise click.UsageError("--watch et --dry-run ne vont pas ensemble.")
    run = functools.partial(
        bring_up_to_date, engine(settings), settings, type_rules(settings), word_lists(settings), jobs=jobs
    )

    def once() -> Any:
        with _progress() as progress:
            return run(paths, forget=forget, full=full, check=check, dry_run=dry_run, watch=watch, progress=progress)

    def say(report: Any) -> None:
        for warning in report.warnings:
            click.echo(f"Attention : {warning}", err=True)
        if as_json:
            _print_json(report.to_json(), on_one_line=watch)
        else:
            _print_report(report, settings.index.directory, dry_run)

    if watch:
        _watch(settings, once, run, paths, say, as_json)
    else:
        report = once()
        say(report)
        sys.exit(report.exit_code)


def _watch(
    settings: Settings,
    once: Callable[[], Any],
    run: Callable[..., Any],
    paths: tuple[Path, ...],
    say: Callable[[Any], None],
    as_json: bool,
) -> None:
    """A first run, then those that what changes asks for, until SIGINT or SIGTERM."""
    from indexer.assembly import engine
    from indexer.reindex.watch import Watch, patiently

    def tell(message: str) -> None:
        click.echo(f"{time.strftime('%H:%M:%S')} {message}", err=True)

    def ran(report: Any, problems: Any) -> None:
        if as_json:
            _print_json(report.to_json(), on_one_line=True)
        tell(f"{_counted(report)}, génération {report.generation} ({_seconds(report)})")
        for problem in problems:
            click.echo(_told(problem), err=True)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        first = patiently(once, tell)
        say(first)
        following = functools.partial(run, new_roots=False, watch=True)
        Watch(engine(settings), settings, following, paths, tell=tell, ran=ran).follow(first)
    except KeyboardInterrupt:
        tell("Surveillance arrêtée.")


def _print_report(report: Any, directory: Path, dry_run: bool) -> None:
    from indexer.status import problem_lines

    click.echo(f"{_counted(report)}, {report.unchanged} sans changement")
    for problem in report.missing:
        click.echo(f"Racine illisible : {problem.path} : {problem.reason}")
    for word, empty, which in (("Échec", False, StatusList.FAILED), ("Vide", True, StatusList.EMPTY)):
        problems = [problem for problem in report.problems if problem.empty is empty]
        # What a run only looked at is nowhere to be read again.
        where = "--json" if dry_run else f"trouvaille status --csv {which}"
        for line in problem_lines(problems, where, word):
            click.echo(line)
    if dry_run:
        click.echo("Rien n’a été écrit (--dry-run)")
    else:
        click.echo(f"Génération {report.generation} en service dans {directory} ({_seconds(report)})")


def _counted(report: Any) -> str:
    counts = (("ajouté", report.added), ("modifié", report.changed), ("retiré", report.removed))
    return ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for word, number in counts)


def _told(problem: Any) -> str:
    return f"{'Vide' if problem.empty else 'Échec'} : {problem.path} : {problem.reason}"


def _seconds(report: Any) -> str:
    return f"{report.took_ms / 1000:.1f} s".replace(".", ",")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int, int, str], None]]:
    """How far a run is: files done, files in all, documents written, and the file at hand."""
    with _steps() as tell:
        yield lambda done, total, written, what: tell(done, total, f"fichiers, {written} documents", what)


@contextlib.contextmanager
def _steps() -> Iterator[Callable[[int, int, str, str], None]]:
    """Steps done, steps in all, their name, and the one at hand: a bar on a terminal, otherwise a plain line now and
    then; both on stderr."""
    last = time.monotonic()

    def due(every_s: float) -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last < every_s:
            return False
        last = now
        return True

    if not sys.stderr.isatty():

        def tell(done: int, total: int, steps: str, what: str) -> None:
            if due(_PLAIN_EVERY_S):
                click.echo(f"{done}/{total} {steps} : {what}", err=True)

        yield tell
        return

    with click.progressbar(length=1, file=sys.stderr, show_eta=False, item_show_func=lambda item: item) as bar:

        def draw(done: int, total: int, steps: str, what: str) -> None:
            if due(_DRAW_EVERY_S) or done == total:
                bar.length, bar.pos = max(total, 1), done
                bar.current_item = f"{done}/{total} {steps} · {what[-40:]}"
                bar.render_progress()

        yield draw


# --- search --------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("query")
@click.option("--type", "types", multiple=True, help="Seulement ce type ; se répète.")
@click.option("--date", default="", help="2023, 2023-06, 2023-06-30, 2023-06..2023-09 ou inconnue.")
@click.option("--mention", default="", help="Citant cette date : 2023, 2023-06 ou 2023-06-30.")
@click.option("--language", "languages", multiple=True, help="Seulement cette langue (fr, anglais…) ; se répète.")
@click.option("--sort", "sort", default="", help="pertinence, recent, ancien ou titre.")
@click.option("--page", default="", help="Numéro de page, à partir de 1.")
@click.option("--limit", type=click.IntRange(1), help="Résultats par page.")
@click.option("--all-words", is_flag=True, help="Exiger tous les mots.")
@click.option("--literal", multiple=True, help="Prendre ce mot tel quel, sans correction ni autre nom ; se répète.")
@click.option("--why", is_flag=True, help="Dire pour chaque résultat quels mots comptent, et pour combien.")
@_common
def search(
    settings: Settings,
    query: str,
    types: tuple[str, ...],
    date: str,
    mention: str,
    languages: tuple[str, ...],
    sort: str,
    page: str,
    limit: int | None,
    all_words: bool,
    literal: tuple[str, ...],
    why: bool,
    as_json: bool,
) -> None:
    """Chercher QUERY dans l’index."""
    from indexer.as_json import search_page_json
    from indexer.assembly import create_service
    from indexer.french.typography import page_text
    from indexer.links import parse_request
    from indexer.why import reasons_of

    args = {
        "q": [query],
        "type": types,
        "date": [date],
        "mention": [mention],
        "tri": [sort],
        "page": [page],
        "sans": literal,
    }
    args["langue"] = languages
    if all_words:
        args["mots"] = ["tous"]
    if why:
        args["pourquoi"] = ["1"]
    per_page = min(limit or settings.search.per_page, settings.search.max_per_page)
    answers = create_service(settings)
    found = answers.search(parse_request(args, per_page=per_page))
    if as_json:
        _print_json(search_page_json(found))
        return
    shown = f"page {found.request.page} sur {found.last_page}, " if found.last_page > 1 else ""
    click.echo(f"{found.total} résultat{'s' if found.total > 1 else ''} ({shown}{found.took_ms:.0f} ms)")
    for line in _understood(found):
        click.echo(line)
    for rank, hit in enumerate(found.hits, start=1 + (found.request.page - 1) * per_page):
        document = hit.document
        click.echo(f"\n{rank}. {_marked(hit.title)}")
        place = f"{answers.label(document.type)} · {document.date or 'date inconnue'} · {document.path}"
        click.echo(click.style(f"   {place}", dim=True))
        for fragment, number in zip(hit.fragments, hit.pages, strict=True):
            where = click.style(f"{page_text(number)}  ", dim=True) if number else ""
            click.echo(f"   {where}{_marked(fragment)}")
        for reason in reasons_of(hit):
            click.echo(click.style(f"   {reason.percent:>5}  {reason.text} : {reason.how}", dim=True))


def _understood(found: Any) -> Iterator[str]:
    """How the query was read, and what keeps it from being read so."""
    from indexer.french.typography import quoted
    from indexer.understood import read_back, tellings_of

    understood = read_back(found)
    if understood:
        yield f"Compris : {understood}"
    for told in tellings_of(found):
        added = told.request.literal[len(found.request.literal) :]
        without = "".join(f" (--literal {shlex.quote(word)})" for word in added)
        yield f"   {_marked(told.sentence)}{click.style(without, dim=True)}"
    if found.suggestion:
        yield f"Vouliez-vous dire : {quoted(found.suggestion.text)} ?"


def _marked(pieces: Any) -> str:
    return "".join(click.style(text, bold=True) if marked else text for text, marked in pieces)


# --- looking -------------------------------------------------------------------------------------------------------


@main.command()
@click.option("--csv", "csv_list", type=click.Choice([*map(str, StatusList)]), help="Une liste, pour un tableur.")
@_common
def status(settings: Settings, csv_list: str | None, as_json: bool) -> None:
    """Ce que contient l’index, ce qui n’a pas pu y entrer, et les dernières mises à jour."""
    from indexer.as_csv import status_csv
    from indexer.as_json import status_json
    from indexer.assembly import create_service
    from indexer.status import status_lines

    service = create_service(settings)
    report = service.report()
    if csv_list:
        for lines in status_csv(StatusList(csv_list), report, service.documents):
            click.echo(lines, nl=False)
    elif as_json:
        _print_json(status_json(report))
    else:
        click.echo(f"Index         {settings.index.directory}")
        for line in status_lines(report, service.label):
            click.echo(line)


@main.command()
@_common
def verify(settings: Settings, as_json: bool) -> None:
    """Comparer chaque octet de l’index à ce qui a été écrit. Code 0 : sain ; 1 : endommagé."""
    from indexer.assembly import engine

    index = engine(settings)
    problems = index.verify(index.current())
    if as_json:
        _print_json({"ok": not problems, "files": [asdict(problem) for problem in problems]})
    for problem in problems if not as_json else ():
        click.echo(f"{problem.name} : {problem.problem}")
    if problems:
        click.echo(
            "Les fichiers communs à plusieurs générations sont endommagés dans toutes. "
            "Pour réparer : trouvaille reindex --full",
            err=True,
        )
        sys.exit(1)
    if not as_json:
        click.echo("L’index est sain.")


@main.command()
@_common
def rollback(settings: Settings, as_json: bool) -> None:
    """Remettre en service la génération précédente de l’index."""
    from indexer.assembly import engine

    generation = engine(settings).rollback()
    if as_json:
        _print_json({"generation": generation})
    else:
        click.echo(f"Génération {generation} remise en service. La prochaine mise à jour partira d’elle.")


@main.command()
@click.argument("text")
@_common
def analyze(settings: Settings, text: str, as_json: bool) -> None:
    """Les mots de TEXT tels que l’index les voit : forme et famille de chacun."""
    from indexer.assembly import analyzer

    positions = analyzer(settings).analyze(text)
    if as_json:
        _print_json({"positions": [{name: getattr(p, name) for name in _POSITION} for p in positions]})
        return
    for p in positions:
        click.echo(f"{p.start}-{p.end}\t{text[p.start : p.end]}\t{'|'.join(p.surface)}\t{'|'.join(p.stem)}")


_POSITION = ("surface", "stem", "start", "end")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_common
def explain(settings: Settings, file: Path, as_json: bool) -> None:
    """Ce qui est lu de FILE, et la règle qui a choisi titre, date, type, langue et format."""
    from indexer import documents
    from indexer.assembly import type_rules

    if not file.is_file():
        raise TrouvailleError(f"{file} n’est pas un fichier.")
    root, relative = _root_and_relative(settings, file)
    inventory = documents.inventory_above(root, relative)
    said = inventory.of(relative)
    corpus, choices = settings.corpus, documents.Choices(settings.columns, settings.corpus.ignore)
    read = documents.read(
        file, relative, type_rules(settings), max_bytes=corpus.max_file_bytes, choices=choices, said=said
    )
    items = list(islice(read, _EXPLAINED))
    mentions = corpus.mentions
    entries = [_explained(item, relative, said, mentions) for item in items if isinstance(item, documents.Entry)]
    rejected = [asdict(item) for item in items if isinstance(item, documents.Rejected)]
    for warning in inventory.warnings:
        click.echo(f"Attention : {warning}", err=True)
    if as_json:
        _print_json({"path": relative, "documents": entries, "rejected": rejected})
        return
    for entry in entries:
        for name, value in entry.items():
            click.echo(f"{name:13} {_shown(value)}")
        click.echo()
    for refusal in rejected:
        where = f"{refusal['member']} : " if refusal["member"] else ""
        click.echo(f"{'Vide' if refusal['empty'] else 'Refusé'} : {where}{refusal['reason']}")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        value = " ; ".join(value)
    return "—" if value in (None, "") else str(value)


def _explained(entry: Any, relative: str, said: Any, mentions: bool) -> dict[str, Any]:
    from indexer import documents
    from indexer.french.mentions import mentions_of

    words = len(entry.text.split())
    place = documents.place_inside(relative, entry.member)
    return {
        "key": entry.key,
        "place": place,
        "format": entry.format,
        "format_rule": documents.format_rule(entry, place),
        "title": entry.title,
        "title_rule": entry.title_rule,
        "date": str(entry.date) if entry.date else None,
        "date_source": str(entry.date_source),
        "date_rule": entry.date_rule,
        "type": entry.type,
        "type_rule": entry.type_rule,
        "language": entry.language or None,
        "language_rule": documents.language_rule(entry, said),
        "authors": list(entry.authors),
        "url": entry.url,
        "source": entry.source,
        "pages": len(entry.pages) + 1 if entry.pages else None,
        **({"mentions": list(map(str, mentions_of(entry.title, entry.text)))} if mentions else {}),
        "words": words,
        "beginning": entry.text[:300],
        "warnings": list(entry.warnings),
    }


def _root_and_relative(settings: Settings, file: Path) -> tuple[Path, str]:
    """A root and the path below it that a run would see: folder names take part in choosing types and dates."""
    file = file.absolute()
    root = next((root for root in settings.corpus.paths if file.is_relative_to(root) and file != root), file.parent)
    return root, unicodedata.normalize("NFC", file.relative_to(root).as_posix())


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_common
def evaluate(settings: Settings, folder: Path, as_json: bool) -> None:
    """Mesurer le classement sur un jeu de requêtes jugées : corpus.jsonl[.gz], queries.jsonl, qrels.tsv dans DIR.

    Le corpus est indexé à part ; l’index en service ne change pas.
    """
    from indexer.assembly import service_over
    from indexer.evaluation import DEPTH, corpus_of, queries_of
    from indexer.evaluation import evaluate as measure
    from indexer.model import SearchRequest

    queries = queries_of(folder)
    with contextlib.ExitStack() as stack:
        with _progress() as progress:
            service = stack.enter_context(service_over(settings, corpus_of(folder), progress))
        with _steps() as tell:
            found = measure(
                queries,
                lambda text: service.ranked(SearchRequest(text=text, per_page=DEPTH)),
                lambda done: tell(done, len(queries), "requêtes", queries[done - 1].text),
            )
    if as_json:
        _print_json(found.to_json())
        return
    counts = ((len(found.queries), "requête"), (found.groups, "besoin"))
    click.echo(", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts))
    for name, measures in (("par requête", found.by_query), ("par besoin", found.by_group)):
        figures = ", ".join(f"{key} {value:.4f}".replace(".", ",") for key, value in measures.to_json().items())
        click.echo(f"{name:12} {figures}")


@main.command()
@_common
def config(settings: Settings, as_json: bool) -> None:
    """Les réglages en vigueur, et d’où vient chacun."""
    rows = {
        f"{section.name}.{entry.name}": getattr(getattr(settings, section.name), entry.name)
        for section in SECTIONS
        for entry in fields(getattr(settings, section.name))
    }
    if as_json:
        _print_json({key: {"value": _plain(value), "origin": settings.origins[key]} for key, value in rows.items()})
        return
    for key, value in rows.items():
        click.echo(f"{key} = {json.dumps(_plain(value), ensure_ascii=False)}\t({settings.origins[key]})")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


# --- serving -------------------------------------------------------------------------------------------------------


@main.command()
@click.option("--host", help="Adresse d’écoute.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port d’écoute.")
@click.option("--workers", type=click.IntRange(1), help="Nombre de processus.")
@_common
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None, as_json: bool) -> None:
    """Servir les pages de recherche."""
    server = settings.server
    # Named, not imported: the command line knows no web framework.
    importlib.import_module("webapp.server").serve(
        settings,
        host=host or server.host,
        port=server.port if port is None else port,
        workers=workers or server.workers,
    )
