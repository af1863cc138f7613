"""HTML: what the page says of itself, and the text of its article without menus, banners and lists of links."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from indexer.documents.assemble import web_address
from indexer.documents.decode import clean, decode
from indexer.documents.entry import Draft
from indexer.documents.formats.furniture import Paragraph, without_furniture
from indexer.documents.formats.properties import real_authors
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.errors import UnreadableDocument
from indexer.french.spelling import plain, squeeze

_SNIFFED = 4096
_CHARSET = re.compile(rb"<meta[^<>]{1,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s{0,99}<\?xml[^<>]{1,200}?encoding\s{0,9}=\s{0,9}[\"']([\w:.-]{1,40})")
_PROLOGUE = re.compile(
    r"\s*(?:<\?xml[^>]{0,500}>\s*)?(?:<!--.{0,2000}?-->\s*){0,3}<(?:!doctype html|html|head|body)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_SELF_CLOSED = re.compile(r"<(script|style|title|iframe|textarea|div|span|a|p)\b([^<>]{0,2000}?)/>", re.IGNORECASE)
_MAX_CHARS = 300
_NO_EVENTS = LexborDocumentOptions.WO_EVENTS  # no copying of <option> into <selectedcontent>, which can nest


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    yield draft_of(source.whole())


def looks_like_html(content: bytes) -> bool:
    """True for bytes that begin as a web page does, whatever the file is called."""
    start = content[:_SNIFFED].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
    return bool(_PROLOGUE.match(start.decode("latin-1")))


def draft_of(content: bytes) -> Draft:
    """The draft of a page's bytes."""
    text = bounded(decode(content, _declared(content)))
    if text.lstrip().startswith("<?xml"):
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)  # in HTML, <script/> opens a script that never ends
    page = LexborHTMLParser(text, options=_NO_EVENTS, scripting=True)
    body = page.body
    if body is None:
        raise UnreadableDocument("la page n’a pas de corps (jeu de cadres ?)")
    facts = _facts(page)
    headings = [text for node in page.css("h1")[:5] if (text := _words(node))]
    article, paragraphs = _article(page, body)
    facts.dates.extend(_times(page, article))
    authors = real_authors(facts.authors) or _byline(article if article is not None else body, facts.site)
    title, title_rule = _title(page, facts, headings, paragraphs)
    return Draft(
        tuple(paragraphs),
        digest_of(content),
        title=title,
        title_rule=title_rule,
        dates=tuple(facts.dates[:8]),
        url=facts.url,
        source=facts.site,
        symbol=facts.symbol,
        schema=facts.schema,
        authors=authors,
        language=facts.language,
    )


def _declared(content: bytes) -> str | None:
    head = content[:_SNIFFED]
    match = _CHARSET.search(head) or _XML_ENCODING.search(head)
    return match[1].decode("ascii", "ignore") if match else None


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- bounds --------------------------------------------------------------------------------------------------------

# selectolax 1.0 (lexbor) takes time in the square of depth and of attributes: 18 s for 100,000 nested <div> or for
# 100,000 attributes. Small pages cannot hurt; in others long tags lose their attributes and, past the depth, blocks
# become <p>, which do not nest.
_SMALL_PAGE = 32 * 1024
_LONG_TAG = 16 * 1024
_MAX_DEPTH = 1000
_TOKEN = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})(?:\"[^\"]*\"|'[^']*'|[^>])*+>?")
_CLOSE_THEMSELVES = _names(
    "p li td th tr dd dt option optgroup thead tbody tfoot colgroup rp rt br hr img input meta link area base col embed"
    " source track wbr param html head body"
)


def bounded(text: str) -> str:
    """`text` as it is, or changed where parsing it would take too long."""
    if len(text) <= _SMALL_PAGE:
        return text
    depth = deepest = 0
    long = False
    for match in _TOKEN.finditer(text):
        long = long or match.end() - match.start() > _LONG_TAG
        if match[2].lower() not in _CLOSE_THEMSELVES:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    if long:
        text = _TOKEN.sub(lambda match: match[0] if len(match[0]) <= _LONG_TAG else f"<{match[1]}{match[2]}>", text)
    if deepest > _MAX_DEPTH:
        text = _TOKEN.sub(_flattened, text)
    return text


def _flattened(match: re.Match[str]) -> str:
    name = match[2].lower()
    if name in ("html", "head", "body", "title", "meta", "script", "style", "template", "noscript", "textarea", "br"):
        return match[0]
    if match[1]:
        return ""
    return f"<{name}>" if re.fullmatch("h[1-6]", name) else "<p>" if name in _BLOCKS else ""


# --- what the page says of itself ----------------------------------------------------------------------------------

_MAX_JSON = 256 * 1024
_MAX_SCRIPTS = 8
_MAX_VALUES = 2000
_ARTICLES = re.compile(r"(?:\w*NewsArticle|Article|BlogPosting|Report|ScholarlyArticle|LiveBlogPosting|Legislation)$")
_STATED_TIMES = "time[itemprop~=datePublished], time[pubdate]"
_HEAD_TIMES = "header time, [class*=meta] time, [class*=date] time, time[class*=date], time[class*=publish]"
_META_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "publication_date",
    "pubdate",
    "date",
)


_META_AUTHORS = frozenset(
    (
        "author",
        "article:author",
        "dc.creator",
        "dcterms.creator",
        "citation_author",
        "parsely-author",
        "sailthru.author",
    )
)
_DUBLIN_COLON = re.compile("^(dc|dcterms):")
_BYLINES = "[itemprop~=author] [itemprop~=name], [itemprop~=author], [rel~=author], .byline, .author-name, .auteur"
_BY = re.compile(r"^(?:par|de notre (?:envoyée? spéciale?|correspondante?))\s*:?\s+", re.IGNORECASE)
_AND = re.compile(r"\s+et\s+|\s*,\s*")
_MAX_BYLINE = 80
_MAX_PEOPLE = 20


@dataclass(slots=True)
class _Facts:
    title: str | None = None
    title_rule: str = ""
    dates: list[str] = field(default_factory=list)
    url: str | None = None
    site: str | None = None
    symbol: str | None = None
    schema: str | None = None
    authors: list[str] = field(default_factory=list)
    language: str | None = None


def _facts(page: LexborHTMLParser) -> _Facts:
    meta: dict[str, str] = {}
    people: list[str] = []
    for node in page.css("meta[content]")[:200]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        value = (attributes.get("content") or "").strip()
        if name and value:
            name = _DUBLIN_COLON.sub(r"\1.", name.lower())
            meta.setdefault(name, value[:_MAX_CHARS])
            if name in _META_AUTHORS:
                people.append(value[:_MAX_CHARS])
    facts = _Facts()
    article = _json_article(page)
    if meta.get("og:title"):
        facts.title, facts.title_rule = meta["og:title"], "métadonnées (og:title)"
    elif _text(article, "headline"):
        facts.title, facts.title_rule = _text(article, "headline"), "métadonnées (JSON-LD)"
    elif dublin := meta.get("dc.title") or meta.get("dcterms.title"):
        facts.title, facts.title_rule = dublin, "métadonnées (DC.title)"
    published = _text(article, "datePublished")
    if published:
        facts.dates.append(published)
    facts.dates.extend(meta[name] for name in _META_DATES if name in meta)
    link = page.css_first("link[rel~=canonical][href]")
    addresses = (link.attributes.get("href") if link else None, meta.get("og:url"), _text(article, "url"))
    facts.url = next((found for address in addresses if (found := web_address(address))), None)
    publisher = article.get("publisher")
    named = _text(publisher, "name") if isinstance(publisher, dict) else None
    facts.site = meta.get("og:site_name") or named or meta.get("dc.publisher")
    facts.site = facts.site or meta.get("dcterms.publisher") or meta.get("application-name")
    facts.symbol = meta.get("symbol") or meta.get("dc.identifier") or meta.get("dcterms.identifier")
    facts.authors = [*_people(article.get("author")), *(name for name in people if "://" not in name)]
    root = page.css_first("html[lang], body[lang]")
    stated = root.attributes.get("lang") if root else None
    facts.language = stated or meta.get("dc.language") or meta.get("dcterms.language") or meta.get("og:locale")
    kind = article.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    declared = "Article" if meta.get("og:type", "").lower() == "article" else None
    facts.schema = next((one for one in kinds if isinstance(one, str)), declared)
    return facts


def _people(found: object) -> Iterator[str]:
    """The names in a value of JSON-LD: a text, an object with a name, or a list of these."""
    for one in found[:_MAX_PEOPLE] if isinstance(found, list) else [found]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and "://" not in name:
            yield name


def _byline(part: LexborNode, site: str | None) -> tuple[str, ...]:
    """The names that an article shows as its authors' (« Par Aminata Traoré »), when no metadata has them."""
    for node in part.css(_BYLINES)[:3]:
        name = _BY.sub("", _words(node))
        if 0 < len(name) <= _MAX_BYLINE and not any(map(str.isdigit, name)) and plain(name) != plain(site or ""):
            return real_authors(_AND.split(name))
    return ()


def _times(page: LexborHTMLParser, article: LexborNode | None) -> list[str]:
    """What the `<time>` elements say that date the article: those marked so or in its head, never those of its text."""
    nodes = page.css(_STATED_TIMES)[:2] + (article.css(_HEAD_TIMES)[:1] if article is not None else [])
    stated = ((node.attributes.get("datetime") or node.text()).strip() for node in nodes)
    return [written for written in stated if 0 < len(written) < 60]


def _json_article(page: LexborHTMLParser) -> Mapping[str, Any]:
    """The object of the page's JSON-LD that is an article, or {}."""
    for node in page.css('script[type="application/ld+json"]')[:_MAX_SCRIPTS]:
        content = node.text()
        if len(content) > _MAX_JSON:
            continue
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            continue
        for value in _objects(found):
            kind = value.get("@type")
            kinds = kind if isinstance(kind, list) else [kind]
            if any(isinstance(one, str) and _ARTICLES.match(one) for one in kinds):
                return value
    return {}


def _objects(found: object) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a value: alone, in lists, in `@graph` or `mainEntity`."""
    pending, seen = [found], 0
    while pending and seen < _MAX_VALUES:
        value = pending.pop(0)
        seen += 1
        if isinstance(value, list):
            pending.extend(value[:_MAX_VALUES])
        elif isinstance(value, dict):
            yield value
            pending.extend(value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value)


def _text(found: Mapping[str, Any], key: str) -> str | None:
    value = found.get(key)
    if not isinstance(value, str) or not value.strip():
        return None
    return clean(value[:_MAX_CHARS]).strip()


# --- title ---------------------------------------------------------------------------------------------------------

_SEPARATED = re.compile(r"\s+[|•·»›:/–—-]{1,2}\s+|\s*\|\s*")
_BAR = re.compile(r"\s*\|\s*|\s+[•»›]\s+")
_MAX_SITE_NAME = 60
_MAX_CHROME = 4_000  # characters of a header or footer: a site does not name itself behind all of its menus
# Characters that a line which is the title may have more than it: signs that are not seen, accents written apart.
_MAX_MORE = 40
_TAG = "balise <title>"
_CHROME = "header, footer, #header, #footer, #logo, .logo"


def _title(page: LexborHTMLParser, facts: _Facts, headings: list[str], paragraphs: list[str]) -> tuple[str | None, str]:
    """The page's own title without the name of its site, and where it stood."""
    node = page.css_first("head > title") or page.css_first("title")
    candidates = [(facts.title, facts.title_rule), (_words(node) if node else None, _TAG)]
    chrome = cache(lambda: plain(" ".join(found.text(separator=" ")[:_MAX_CHROME] for found in page.css(_CHROME)[:10])))
    for title, rule in candidates:
        title = squeeze(title or "")
        if not title:
            continue
        bare = _without_site(title, facts.site, headings, paragraphs, chrome)
        # A <title> that shares nothing with the page's one heading names the site (« Le Quotidien de la Lagune »).
        foreign = node and rule == _TAG and len(headings) == 1 and not _alike(bare or "", headings[0])
        if bare and not foreign:
            return bare, rule
    if headings:
        return headings[0], "titre <h1> de la page"
    return None, ""


def _without_site(
    title: str, site: str | None, headings: list[str], paragraphs: list[str], chrome: Callable[[], str]
) -> str | None:
    """`title` without a first or last segment that is the site's name; None when it is nothing else.

    A segment is the site's name when the page says so (og:site_name), when it stands in the page's own header or
    footer, when what is left is a heading or a line of the page, or when a bar cuts it off at the end.
    """
    names = {plain(site)} if site else set()
    if plain(title) in names:
        return None
    known = {plain(line) for line in (*headings, *paragraphs[:12]) if len(line) <= len(title) + _MAX_MORE}
    if plain(title) in known:
        return title
    for _ in range(3):
        cuts = list(_SEPARATED.finditer(title))
        if not cuts:
            break
        first, last = cuts[0], cuts[-1]
        both = (
            (title[: last.start()], title[last.end() :], last[0]),
            (title[first.end() :], title[: first.start()], ""),
        )
        ends = [end for end in both if end[0].strip() and 0 < len(plain(end[1])) <= _MAX_SITE_NAME]
        rest = (
            next((rest for rest, segment, _ in ends if plain(segment) in names), None)
            or next((rest for rest, segment, _ in ends if _names_site(plain(segment), chrome())), None)
            or next((rest for rest, _, _ in ends if plain(rest) in known), None)
            or next((rest for rest, _, sign in ends if _BAR.fullmatch(sign)), None)
        )
        if not rest:
            break
        title = rest.strip()
        if plain(title) in known:
            break
    return title


def _alike(title: str, heading: str) -> bool:
    """True when title and heading have a word of some length in common."""
    mine, other = (set(re.findall(r"[^\W_]{4,}", plain(text))) for text in (title, heading))
    return bool(mine & other)


def _names_site(name: str, chrome: str) -> bool:
    return len(name) > 2 and name in chrome and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", chrome))


# --- text ----------------------------------------------------------------------------------------------------------

_BLOCKS = _names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup option p pre search section"
    " summary table tbody tfoot thead tr ul"
)
_CELLS = frozenset(("td", "th"))
_TOLD = _BLOCKS | _CELLS | {"a", "br"}  # elements that make a difference to the paragraphs
_SKIPPED = _names(
    "script style noscript template svg math nav footer aside select button textarea input label iframe object embed"
    " canvas audio video dialog head title menu"
)
_WORDS = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BOILERPLATE = _names(
    "cookie cookies consent rgpd gdpr newsletter breadcrumb breadcrumbs ariane sidebar related similaire similaires"
    " recommended recommendations share sharing partage partager social comments commentaires navbar navigation nav"
    " menu footer advert advertisement publicite popup modal skip pagination sitemap"
)
_BOILERPLATE_NAMES = re.compile(
    r"lire-aussi|voir-aussi|aller-plus-loin|sur-le-meme-sujet|most-read|plus-lus|site-header"
)
_ROLES = _names("navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar")
_CONTROLS = _names("button input textarea select")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAX_GUARDS = 200
_ENOUGH = 250
_NUMBER = re.compile(r"[\s\[(]*\d{1,3}[\s\])]*")
_HTML_SPACES = re.compile(r"[\t\n][ \t\n]*| [ \t\n]+")  # a lone space, which stays, is no match
_CELL_MARK = " · "
_LONGEST_CELL = 400


def _article(page: LexborHTMLParser, body: LexborNode) -> tuple[LexborNode | None, list[str]]:
    """(element, paragraphs) of the part of the page that is its text; the element is None for the whole page."""
    chosen = [_own_article(page), *map(page.css_first, ("main", "[role=main]", "[itemprop~=articleBody]"))]
    short: list[tuple[LexborNode, list[str]]] = []
    for node in chosen:
        if node is not None and node.tag != "body":
            found = _Text(node).paragraphs
            if _size(found) >= _ENOUGH:
                return node, found
            short.append((node, found))
    whole = _Text(body).paragraphs
    # A page may hardly say anything.
    some = next((pair for pair in short if pair[1] and _size(pair[1]) >= _size(whole) * 0.5), None)
    return some or (None, whole)


def _own_article(page: LexborHTMLParser) -> LexborNode | None:
    """The <article> that is the page's own: one among many is a teaser of another page."""
    articles = page.css("article")[:30]
    if len(articles) <= 1:
        return articles[0] if articles else None
    sizes = list(map(_prose, articles))
    return articles[sizes.index(max(sizes))] if max(sizes) * 2 >= sum(sizes) else None


def _size(paragraphs: Iterable[str]) -> int:
    return sum(map(len, paragraphs))


def _words(node: LexborNode) -> str:
    return squeeze(clean(node.text(separator=" ")[:20_000]))


class _Text:
    """The paragraphs below one element, gathered in one pass without recursion."""

    def __init__(self, root: LexborNode) -> None:
        self._found: list[Paragraph] = []
        self._pieces: list[str] = []
        self._linked = self._links = 0  # of the current paragraph
        self._parents = [0]  # of each block, the one around it
        self._block = 0
        self._controls: set[int] = set()  # blocks with something to press or to fill in
        self._rows: set[int] = set()  # rows of tables that are no tables
        self._weighed = 0  # rows that were looked at for that
        self._root = root
        self._root_size = -1
        self._guards = 0
        self._gather(root)
        self._end_paragraph()
        self.paragraphs = without_furniture(self._found, self._parents, self._controls)

    def _gather(self, root: LexborNode) -> None:
        end = root.mem_id
        node = root
        linked = preformatted = 0
        while True:
            tag = node.tag
            below = None
            if tag == "-text":
                text = node.text_content or ""
                if not preformatted and ("\n" in text or "  " in text or "\t" in text):
                    text = _HTML_SPACES.sub(" ", text)
                self._pieces.append(text)
                if linked:
                    self._linked += len(text)
            elif tag and tag[0] != "-" and (node.mem_id == end or not self._is_dropped(node, tag)):
                below = node.first_child
                if tag in _TOLD:
                    self._open(node, tag)
                if below is not None:
                    linked += tag == "a"
                    preformatted += tag == "pre"
                elif tag in _TOLD:
                    self._close(node, tag)
            if below is not None:
                node = below
                continue
            while node.mem_id != end:
                after = node.next
                if after is not None:
                    node = after
                    break
                parent = node.parent
                if parent is None:
                    return
                node = parent
                closed = node.tag or ""
                linked -= closed == "a"
                preformatted -= closed == "pre"
                if closed in _TOLD:
                    self._close(node, closed)
            else:
                return

    def _open(self, node: LexborNode, tag: str) -> None:
        if tag in _BLOCKS or (tag in _CELLS and self._is_column(node)):
            self._end_paragraph()
            self._parents.append(self._block)
            self._block = len(self._parents) - 1
            if tag == "tr" and self._is_layout(node):
                self._rows.add(node.mem_id)
        elif tag == "br":
            # Two line ends in a row made paragraphs before <p> did.
            if self._pieces and not self._since_line_end().strip():
                self._end_paragraph()
            else:
                self._pieces.append("\n")
        elif tag == "a":
            self._links += 1
        elif tag in _CELLS and any(piece.strip() for piece in self._pieces):
            self._pieces.append(_CELL_MARK)

    def _close(self, node: LexborNode, tag: str) -> None:
        if tag in _BLOCKS or (tag in _CELLS and self._is_column(node)):
            self._end_paragraph()
            self._block = self._parents[self._block]

    def _since_line_end(self) -> str:
        """What the open paragraph has behind its last <br>; a letter when it has none."""
        for number in range(len(self._pieces) - 1, -1, -1):
            if self._pieces[number] == "\n":
                return ""
            if self._pieces[number].strip():
                break
        return "x"

    def _is_layout(self, row: LexborNode) -> bool:
        """True for a row in which a column of a page stands, and no table's cell."""
        self._weighed += 1
        if self._weighed > _MAX_GUARDS:
            return False
        return any(len(cell.text()) > _LONGEST_CELL for cell in row.iter() if cell.tag in _CELLS)

    def _is_column(self, cell: LexborNode) -> bool:
        row = cell.parent
        return row is not None and row.mem_id in self._rows

    def _end_paragraph(self) -> None:
        """Close the open paragraph; blank lines in it, of preformatted text, make it several."""
        if not self._pieces:
            return
        text = clean("".join(self._pieces))
        linked, links = self._linked, self._links
        self._linked = self._links = 0
        self._pieces = []
        lines: list[str] = []
        for line in [*text.split("\n"), ""]:
            tidy = line.strip(" \t·") if _CELL_MARK in line else line.strip()
            if tidy:
                lines.append(tidy)
            elif lines:
                self._found.append(Paragraph("\n".join(lines), linked, links, self._block))
                lines = []

    def _is_dropped(self, node: LexborNode, tag: str) -> bool:
        if tag in _SKIPPED:
            if tag in _CONTROLS:
                self._controls.add(self._block)
            return True
        attributes = node.attributes
        if attributes:
            if "hidden" in attributes:
                return True
            style = attributes.get("style")
            if attributes.get("aria-hidden") == "true" or (style and _HIDDEN_STYLE.search(style)):
                return self._is_small(node)  # whole pages are hidden so until a script shows them
            if attributes.get("role") in _ROLES:
                return self._is_small(node)
        if tag == "sup":
            inner = node.first_child
            return inner is not None and inner.tag == "a" and bool(_NUMBER.fullmatch(node.text()))
        if tag == "header":
            return not _within_article(node) and self._is_small(node)
        if tag == "form":  # some sites wrap the whole page in one
            self._controls.add(self._block)
            return self._is_small(node)
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}" if attributes else ""
        if len(names) > 1 and tag not in ("a", "span", "article", "main") and _is_boilerplate(names):
            return self._is_small(node)
        return False

    def _is_small(self, node: LexborNode) -> bool:
        """True unless the element holds half of the prose: then it is the page, whatever it is called."""
        self._guards += 1
        if self._guards > _MAX_GUARDS:
            return False
        if self._root_size < 0:
            self._root_size = _prose(self._root)
        # Most are so small that it is no matter what of their text is prose.
        return len(node.text()) * 2 < self._root_size or _prose(node) * 2 < self._root_size


def _prose(node: LexborNode) -> int:
    """The length of an element's text, without its links, scripts and styles."""
    return len(node.text()) - sum(len(inner.text()) for inner in node.css("a, script, style, noscript"))


def _within_article(node: LexborNode) -> bool:
    parent = node.parent
    steps = 0
    while parent is not None and steps < 50:
        if parent.tag in ("article", "main", "section"):
            return True
        parent = parent.parent
        steps += 1
    return False


def _is_boilerplate(names: str) -> bool:
    names = _CAMEL.sub("-", names[:500]).replace("_", "-").lower()
    return bool(_BOILERPLATE_NAMES.search(names)) or not _BOILERPLATE.isdisjoint(_WORDS.findall(names))
