"""The small corpus behind the web tests, indexed for real, and a way to read the pages it makes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from selectolax.lexbor import LexborHTMLParser

from indexer import Settings, create_service, load_settings
from indexer.assembly import engine, type_rules, word_lists
from indexer.reindex import reindex
from indexer.searcher import SearchService

HOSTILE = '<script>alert("1")</script>'
HOSTILE_ID = "a/b//c d?é#%.json"
WORDS = "Le mandat de la Mission prend fin\u202f; la Minusma se retire."

# A misprint, and the right word, which is offered in its place because it is fifty times as common.
RARE, COMMON = "ravitallement", "ravitaillement"

# More types than a page lists at once.
TYPES = ("avis", "bilan", "carte", "décret", "étude", "fiche", "guide", "horaire", "index", "journal", "vœu", "tract")

# id, title, text, and what metadata there is. The comment says why the document exists.
DOCUMENTS: tuple[dict[str, object], ...] = (
    # every precision of a date, the first of a month among them
    {"id": "jour", "title": "Premier du mois", "text": "Un mandat.", "date": "2023-07-01", "type": "communiqué"},
    {"id": "mois", "title": "Un mois", "text": "Un mandat du mois.", "date": "2025-07", "type": "communiqué"},
    {"id": "annee", "title": "Une année", "text": "Un mandat de l’année.", "date": "2023", "type": "résolution"},
    {"id": "sans-date", "title": "Sans date", "text": "Un mandat de toujours.", "type": "rapport"},
    # all that is known of a document
    {
        "id": "complet",
        "title": "Fin du mandat de la Minusma",
        "text": f"{WORDS}\n\nUn paragraphe sans rien.\n\nEncore le mandat, et la Minusma.",
        "date": "2023-06-30",
        "type": "résolution",
        "source": "Conseil de sécurité",
        "url": "https://exemple.org/resolution?a=1&b=2",
    },
    # markup wherever a corpus can put it
    {
        "id": HOSTILE_ID,
        "title": f"{HOSTILE} hostile",
        "text": f"Un texte hostile {HOSTILE} & <img src=x onerror=alert(2)> sans fin.",
        "type": "<b>type</b>",
        "source": '"><i>source</i>',
        "url": "javascript:alert(3)",
        "date": "2020",
    },
    {"id": "json", "title": "Un identifiant comme un autre", "text": "Court."},
    {"id": "json.json", "title": "Un identifiant qui finit en json", "text": "Court."},
    # a name with others, more than a page tells, one of them of several words; the word « réfugiés » to misspell
    {
        "id": "noms",
        "title": "Retour des réfugiés",
        "text": "Le HCR s’appelle UNHCR, Haut-Commissariat des Nations unies pour les réfugiés, Haut-Commissariat aux "
        "réfugiés et Haut Commissaire des Nations unies pour les réfugiés.",
        "date": "2011",
        "type": "dépêche",
    },
    {"id": "rare", "title": "Une escorte", "text": f"Le {RARE} du camp.", "type": "dépêche"},
    *({"id": f"commun-{n}", "title": f"Escorte {n}", "text": f"Un {COMMON}.", "type": "dépêche"} for n in range(60)),
    # enough of one word for three pages
    *(
        {"id": f"serie-{n}", "title": f"Patrouille {n}", "text": "Texte.", "date": f"{2000 + n}-05", "type": "dépêche"}
        for n in range(1, 24)
    ),
    *({"id": f"piece-{name}", "title": f"Pièce {name}", "text": "Une annexe.", "type": name} for name in TYPES),
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """An index and what opens it."""

    index: Path
    settings: Settings
    service: SearchService


def make_site(folder: Path, more: Mapping[str, bytes] = MappingProxyType({})) -> Site:
    """The corpus above, a few files and `more` of them by their places, written and indexed below `folder`."""
    corpus = folder / "fonds"
    corpus.mkdir()
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in DOCUMENTS)
    (corpus / "notices.jsonl").write_text(lines, encoding="utf-8")
    (corpus / "note-2021-03-01.txt").write_text(
        "Une note datée par son nom\n\nLe mandat y est cité.\n", encoding="utf-8"
    )
    (corpus / "<img src=x onerror=alert(4)>.txt").write_text("Un nom hostile\n\nRien de plus.\n", encoding="utf-8")
    for place, content in more.items():
        (corpus / place).parent.mkdir(exist_ok=True)
        (corpus / place).write_bytes(content)
    then = time.time() - 60
    for path in corpus.rglob("*"):
        os.utime(path, (then, then))
    # Nothing kept: tests change what pages are made of. Those of the cache have a site of their own.
    settings = load_settings(index=folder / "index", environ={"TROUVAILLE_SERVER_CACHE_BYTES": "0"})
    report = reindex(engine(settings), settings, type_rules(settings), word_lists(settings), (corpus,))
    assert report.exit_code == 0, report.to_json()
    return Site(folder / "index", settings, create_service(settings))


def make_attacked_site(folder: Path, payloads: Sequence[str]) -> Site:
    """A corpus that has each payload in every field that a document has, and in names of files."""
    corpus = folder / "fonds"
    corpus.mkdir()
    documents = (
        {
            "id": f"charge-{number}",
            "title": f"{payload} charge",
            "text": f"Une charge {payload} dans le texte.\n\n{payload}",
            "type": payload,
            "source": payload,
            "url": payload,
            "authors": [payload],
            "language": "fr",
        }
        for number, payload in enumerate(payloads)
    )
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    (corpus / "charges.jsonl").write_text(lines, encoding="utf-8")
    for payload in payloads[::10]:
        (corpus / f"{payload.replace('/', '∕')[:60]}.txt").write_text("Un nom\n\nLa charge est dans le nom.\n")
    environ = {"TROUVAILLE_SEARCH_PER_PAGE": "100", "TROUVAILLE_SITE_STATUS_PAGE": "full"}
    settings = load_settings(index=folder / "index", environ=environ)
    report = reindex(engine(settings), settings, type_rules(settings), word_lists(settings), (corpus,))
    assert report.exit_code == 0, report.to_json()
    return Site(folder / "index", settings, create_service(settings))


class Page:
    """A page as read: text with ordinary spaces, elements by CSS selector."""

    def __init__(self, html: str) -> None:
        self.tree = LexborHTMLParser(html)

    def text(self, selector: str) -> str:
        """The text of the one element that matches."""
        found = self.texts(selector)
        assert len(found) == 1, f"{selector}: {found}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [ordinary(node.text()) for node in self.tree.css(selector)]

    def attributes(self, selector: str, name: str) -> list[str | None]:
        return [node.attributes.get(name) for node in self.tree.css(selector)]

    def link(self, text: str, within: str = "body") -> str:
        """Where the one link of this text leads."""
        found = {node.attributes["href"] for node in self.tree.css(f"{within} a") if text in ordinary(node.text())}
        assert len(found) == 1, f"{text!r}: {found}"
        return found.pop() or ""


def ordinary(text: str) -> str:
    """`text` with one ordinary space for any run of spaces."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
