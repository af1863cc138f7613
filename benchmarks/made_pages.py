"""Web pages made to measure how well the text of a page is told from all that stands around it.

Each page says which of its sentences are the article's and which are not, and no two of its sentences are the same.
The layouts are those in which neither tags nor names tell: bare <div>s, names that a program made, tables, a page saved
as one file, a text in several parts; beside one that is as well marked as a page can be. Nothing here knows what reads
them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape

_WHO = (
    "La rapporteure de la commission", "Le conseil municipal", "Un collectif d’habitants", "La préfecture du Rhône",
    "Le directeur de l’observatoire", "Une équipe de chercheurs", "Le tribunal administratif", "La cour des comptes",
    "Le syndicat des mareyeurs", "L’association des riverains", "Le ministère de la Culture", "La mairie de Trévignac",
)  # fmt: skip
_DID = (
    "a présenté un projet qui prévoit", "a rejeté mardi la demande qui portait sur", "veut rendre public", "conteste",
    "a décidé, après deux ans de débats, de financer", "rappelle dans un avis de douze pages",
    "s’est félicité de voir aboutir", "redoute", "propose de confier à une agence",
)  # fmt: skip
_WHAT = (
    "la rénovation des digues", "le calendrier des marées", "un inventaire des haies", "la fermeture de la ligne",
    "l’ouverture de la bibliothèque le dimanche", "les comptes du port", "une école de dentelle",
    "le plan de circulation", "le sort des archives",
    "la qualité de l’eau des puits", "un musée des sciences", "le bail des pêcheries",
)  # fmt: skip
_WHY = (
    "alors que les crues se répètent depuis l’hiver", "faute d’accord entre les deux rives",
    "malgré l’opposition de plusieurs élus", "selon un document que nous avons consulté",
    "ce que confirme l’enquête publique", "pour un coût qui reste à établir", "sans attendre la fin de l’année",
)  # fmt: skip
_MENU = (
    "Accueil", "Politique", "Économie", "Culture", "Sports", "Sciences", "Régions", "Monde", "Débats", "Vidéos",
    "Podcasts", "Boutique", "Se connecter", "S’abonner", "Contact", "Mentions légales", "Plan du site", "Archives",
)  # fmt: skip
_BANNERS = (
    "Nous et nos {n} partenaires utilisons des cookies pour mesurer l’audience et vous proposer des contenus adaptés.",
    "En poursuivant votre navigation, vous acceptez les {n} traceurs qui servent au bon fonctionnement du site.",
)
_FOOTERS = (
    "© {n} Éditions du Fleuve, tous droits réservés, reproduction interdite sans autorisation.",
    "Le site reçoit le soutien de {n} lecteurs, siège social au 12, rue des Tanneurs, commission paritaire en cours.",
)
_LETTERS = (
    "Recevez chaque matin l’essentiel de l’actualité : déjà {n} abonnés à notre lettre.",
    "Inscrivez-vous gratuitement à la sélection de la rédaction, lue par {n} personnes.",
)


@dataclass(slots=True)
class Page:
    """One page and what is known of it."""

    layout: str
    html: str = ""
    title: str = ""
    article: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)


class _Writer:
    """Sentences for one page; what is handed out is noted."""

    def __init__(self, layout: str, seed: int) -> None:
        self.random = random.Random(f"{layout} {seed}")  # the same pages in every run
        self.page = Page(layout)
        self._number = self.random.randrange(100, 900)
        self.page.title = self._headline()

    def _headline(self) -> str:
        self._number += 1
        pick = self.random.choice
        return f"{pick(_WHO)} {pick(_DID)} {pick(_WHAT)} (dossier {self._number})"

    def sentence(self) -> str:
        """One of the article's."""
        self._number += 1
        pick = self.random.choice
        text = f"{pick(_WHO)} {pick(_DID)} {pick(_WHAT)}, {pick(_WHY)}, note le rapport {self._number}."
        self.page.article.append(text)
        return text

    def short(self) -> str:
        """A short one of the article's, as in a dialogue."""
        self._number += 1
        text = f"« Nous verrons bien », dit la voisine du {self._number}."
        self.page.article.append(text)
        return text

    def paragraph(self) -> str:
        """Some of the article's; a part of one may be a link, as in running text."""
        if self.random.random() < 0.15:
            return escape(self.short())
        sentences = [escape(self.sentence()) for _ in range(self.random.randint(1, 4))]
        if self.random.random() < 0.25:
            words = sentences[0].split(" ")
            sentences[0] = " ".join([words[0], f'<a href="/sujet">{" ".join(words[1:4])}</a>', *words[4:]])
        return " ".join(sentences)

    def paragraphs(self, least: int = 4, most: int = 12) -> list[str]:
        """Some paragraphs of the article."""
        return [self.paragraph() for _ in range(self.random.randint(least, most))]

    def outside(self, text: str) -> str:
        """What is not the article's."""
        self._number += 1
        text = text.format(n=self._number)
        self.page.around.append(text)
        return escape(text)

    def see_also(self) -> str:
        """« À lire aussi » and the title of another page, as a link."""
        lead = self.random.choice(("À lire aussi", "Lire aussi", "À lire aussi :", "Voir aussi :"))
        return f'{lead} <a href="/autre">{self.outside(self._headline())}</a>'

    def teaser(self) -> tuple[str, str]:
        """The title of another page, as a link, and a sentence about it that is none."""
        pick = self.random.choice
        return (
            f'<a href="/autre/{self._number}">{self.outside(self._headline())}</a>',
            self.outside(f"{pick(_WHO)} {pick(_DID)} {pick(_WHAT)} : suivez notre dossier {{n}}."),
        )

    def menu(self, most: int = 14) -> list[str]:
        """Links to the parts of the site; one has a name that no other has."""
        names = [escape(name) for name in self.random.sample(_MENU, most - 1)]
        names.insert(self.random.randrange(most), self.outside("Édition locale {n}"))
        return [f'<a href="/{n}">{name}</a>' for n, name in enumerate(names)]

    def banner(self) -> str:
        """A sentence about cookies."""
        return self.outside(self.random.choice(_BANNERS))

    def footer(self) -> str:
        """A sentence about the site."""
        return self.outside(self.random.choice(_FOOTERS))

    def letter(self) -> str:
        """A sentence that wants an address."""
        return self.outside(self.random.choice(_LETTERS))


def _within(parts: list[str], extra: str) -> list[str]:
    """`extra` in the middle of the paragraphs."""
    half = len(parts) // 2
    return [*parts[:half], extra, *parts[half:]]


def _bare(write: _Writer) -> str:
    """Nothing but <div>s and links."""
    article = _within([f"<div>{text}</div>" for text in write.paragraphs()], f"<div>{write.see_also()}</div>")
    teasers = [f"<div><div>{title}</div><div>{text}</div></div>" for title, text in (write.teaser() for _ in range(4))]
    return f"""<html><head><title>{escape(write.page.title)} - Le Fleuve</title></head><body>
<div><div>{"</div><div>".join(write.menu())}</div></div>
<div><div>{escape(write.page.title)}</div>{"".join(article)}</div>
<div><div>À la une</div>{"".join(teasers)}</div>
<div>{write.letter()}</div><div>{write.footer()} {" ".join(write.menu(5))}</div>
<div><div>{write.banner()}</div><div><button>Accepter</button> <a href="/c">Personnaliser</a></div></div>
</body></html>"""


def _made_names(write: _Writer) -> str:
    """Names that a program made, cards in a row, an image here and there."""
    name = iter(f"css-{write.random.randrange(16**6):06x}" for _ in range(1000))
    paragraphs = [f'<p class="{next(name)}">{text}</p>' for text in write.paragraphs()]
    card = f'<div class="{next(name)}"><img src="i.jpg" alt=""><span>{write.see_also()}</span></div>'
    cards = [
        f'<li class="{next(name)}"><img src="v.jpg" alt=""><h3>{title}</h3><p>{text}</p><span>il y a 2 h</span></li>'
        for title, text in (write.teaser() for _ in range(6))
    ]
    return f"""<!doctype html><html><head><title>{escape(write.page.title)}</title></head><body><div id="__next">
<div class="{next(name)}"><ul><li>{"</li><li>".join(write.menu())}</li></ul></div>
<div class="{next(name)}"><h1 class="{next(name)}">{escape(write.page.title)}</h1>
<div class="{next(name)}"><span>Par Lucie Ferrand</span><span>Publié le 3 mars 2025</span></div>
<div class="{next(name)}">{"".join(_within(paragraphs, card))}</div></div>
<div class="{next(name)}"><h2>Sur le même thème</h2><ul>{"".join(cards)}</ul></div>
<div class="{next(name)}"><p>{write.letter()}</p><input type="email"><button>Je m’inscris</button></div>
<div class="{next(name)}"><p>{write.footer()}</p>{" · ".join(write.menu(6))}</div></div>
<div class="{next(name)}"><p>{write.banner()}</p><button>Tout accepter</button></div></body></html>"""


def _table(write: _Writer) -> str:
    """Columns of a table, line ends for paragraphs."""
    article = _within(write.paragraphs(), f"<b>{write.see_also()}</b>")
    teasers = [f"<B>{title}</B><BR>{text}<BR><BR>" for title, text in (write.teaser() for _ in range(3))]
    return f"""<HTML><HEAD><TITLE>{escape(write.page.title)}</TITLE></HEAD><BODY BGCOLOR="#FFFFFF">
<TABLE WIDTH="100%"><TR><TD COLSPAN="3"><FONT SIZE="5">Le Fleuve</FONT> {" | ".join(write.menu(6))}</TD></TR>
<TR VALIGN="top"><TD WIDTH="120">{"<BR>".join(write.menu())}</TD>
<TD><FONT FACE="Arial" SIZE="4"><B>{escape(write.page.title)}</B></FONT><BR><BR>
<FONT FACE="Arial" SIZE="2">{"<BR><BR>".join(article)}</FONT></TD>
<TD WIDTH="160">{"".join(teasers)}{write.letter()}</TD></TR>
<TR><TD COLSPAN="3" ALIGN="center">{write.footer()}<BR>{" - ".join(write.menu(4))}</TD></TR></TABLE></BODY></HTML>"""


def _saved(write: _Writer) -> str:
    """One file with all that a page shows in it, and more that it does not."""
    data = "data:image/png;base64," + "iVBORw0KGgo" * 400
    paragraphs = [f'<p data-id="{n}">{text}</p>' for n, text in enumerate(write.paragraphs())]
    teasers = [write.teaser() for _ in range(5)]
    cards = [f'<div><img src="{data}"><div>{title}</div><div>{text}</div></div>' for title, text in teasers]
    hidden = f'<div class="sf-hidden" style="display:none!important"><p>{write.letter()}</p></div>'
    return f"""<!DOCTYPE html> <html lang=fr><!--
 Page saved with SingleFile
 url: https://lefleuve.example/{write.random.randrange(999)}
 saved date: Mon Mar 03 2025
--><meta charset=utf-8><title>{escape(write.page.title)} | Le Fleuve</title>
<style>{".x{color:#123;background:url(" + data + ")}" * 3}</style><style>{".y{margin:0}" * 900}</style>
<meta http-equiv=content-security-policy content="default-src 'none'; style-src 'unsafe-inline'"><body>
<div role=banner><a href=/><img src="{data}"></a><div><div>{"</div><div>".join(write.menu())}</div></div></div>
<div><div><h1>{escape(write.page.title)}</h1><div>{paragraphs[0]}</div>
<div>{"".join(_within(paragraphs[1:], f"<div><p>{write.see_also()}</p></div>"))}</div></div>
<div><div>Nos articles les plus lus</div>{"".join(cards)}</div></div>{hidden}
<div hidden>{write.banner()}</div><template shadowrootmode=open><p>{write.banner()}</p></template>
<div role=contentinfo><p>{write.footer()}</p>{"".join(write.menu(6))}</div></body></html>"""


def _in_parts(write: _Writer) -> str:
    """A text whose introduction, answers to unfold and notes stand apart from each other, teasers between them."""
    answers = [
        f"<div><button>Question {n}</button><div><p>{write.paragraph()}</p></div></div>"
        for n in range(write.random.randint(2, 5))
    ]
    sections = [f"<div><h2>Partie {n}</h2>{_joined(write.paragraphs(1, 4))}</div>" for n in range(3)]
    notes = [f'<li><a href="#{n}">{n}</a> {escape(write.sentence())}</li>' for n in range(1, 4)]
    teasers = [f"<div><h3>{title}</h3><p>{text}</p></div>" for title, text in (write.teaser() for _ in range(3))]
    return f"""<html><head><title>{escape(write.page.title)}</title></head><body>
<div><a href="/">Le Fleuve</a> <a href="/dossiers">Dossiers</a></div>
<div><h1>{escape(write.page.title)}</h1><p>{escape(write.sentence())}</p></div>
<div>{"".join(sections)}</div><div>{"".join(answers)}</div><div>{"".join(teasers)}</div>
<div><h2>Notes</h2><ol>{"".join(notes)}</ol></div><div><p>{write.footer()}</p></div>
<div><p>{write.banner()}</p><button>Accepter</button></div></body></html>"""


def _joined(paragraphs: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def _marked(write: _Writer) -> str:
    """All tags and names as they should be; teasers in the middle and behind, inside of <main>."""
    inside = f'<p class="lire-aussi"><strong>{write.see_also()}</strong></p>'
    paragraphs = _within([f"<p>{text}</p>" for text in write.paragraphs()], inside)
    teasers = [f"<article><h3>{t}</h3><p>{x}</p></article>" for t, x in (write.teaser() for _ in range(3))]
    return f"""<!doctype html><html lang="fr"><head><title>{escape(write.page.title)} - Le Fleuve</title></head><body>
<header><nav><ul><li>{"</li><li>".join(write.menu())}</li></ul></nav></header>
<main><article><h1>{escape(write.page.title)}</h1>{"".join(paragraphs)}
<aside><p>{write.letter()}</p></aside></article>
<section class="related-articles"><h2>À lire aussi</h2>{"".join(teasers)}</section></main>
<footer><p>{write.footer()}</p>{" ".join(write.menu(5))}</footer>
<div id="cookie-banner"><p>{write.banner()}</p><button>Accepter</button></div></body></html>"""


_LAYOUTS: dict[str, Callable[[_Writer], str]] = {
    "bare <div>s": _bare,
    "names made by a program": _made_names,
    "tables": _table,
    "saved as one file": _saved,
    "in parts": _in_parts,
    "well marked": _marked,
}


def made_pages(of_each: int) -> Iterator[Page]:
    """So many pages of each layout, the same in every run."""
    for layout, made in _LAYOUTS.items():
        for seed in range(of_each):
            write = _Writer(layout, seed)
            write.page.html = made(write)
            yield write.page
