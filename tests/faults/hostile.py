"""Files that were made, or have got, to harm who reads them; all made here, nothing is stored.

Each row says what may become of it: `refused` (one line of the report says why, in words that `reason` matches),
`empty`, `indexed`, `passed over` (no word of it anywhere). More than one is allowed where any is sound: a bomb may be
refused as a whole or have what stands before it indexed.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import stat
import struct
import tarfile
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.makers import DOCX_PARTS, ODT_PARTS, docx_xml, email_with, odt_xml, pdf, zipped

REFUSED, EMPTY, INDEXED, PASSED_OVER = "refused", "empty", "indexed", "passed over"

# A word of a file beside the corpus, and of files far from it, that no document may have.
SECRET = "secretdehors"
TEXT = "La mission a quitté le camp de Gao le 30 juin 2023."


@dataclass(frozen=True)
class Case:
    """A file of the catalogue; `name` is its path in the corpus, bytes where it is no UTF-8."""

    name: str | bytes
    make: Callable[[Path], None]
    allowed: frozenset[str]
    reason: str

    @property
    def relative(self) -> str:
        """The path as a report shows it."""
        name = self.name if isinstance(self.name, str) else self.name.decode("cp1252")
        return unicodedata.normalize("NFC", name)


CASES: list[Case] = []


def case(name: str | bytes, *allowed: str, reason: str = ".") -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """A row whose content the function gives."""

    def add(content: Callable[[], bytes]) -> Callable[[], bytes]:
        CASES.append(Case(name, lambda path: _write(path, content()), frozenset(allowed), reason))
        return content

    return add


def special(name: str | bytes, *allowed: str, reason: str = ".") -> Callable[[Callable[[Path], None]], None]:
    """A row that the function makes at a path."""

    def add(make: Callable[[Path], None]) -> None:
        CASES.append(Case(name, make, frozenset(allowed), reason))

    return add


def make_all(corpus: Path) -> None:
    """The whole catalogue, in a folder; what zip slip aims at are files beside it."""
    (corpus.parent / "secret.txt").write_text(f"Un {SECRET}.", encoding="utf-8")
    for one in CASES:
        path = Path(os.fsdecode(os.path.join(os.fsencode(corpus), os.fsencode(one.name))))  # noqa: PTH118
        path.parent.mkdir(parents=True, exist_ok=True)
        one.make(path)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


# --- deflate and ZIP by hand: what no library would write -----------------------------------------------------------


def zeros(megabytes: int, sign: bytes = b" ") -> bytes:
    """Raw deflate of so many megabytes of one sign, a kilobyte for each: blocks that stand by themselves, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(sign * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + b"\3\0"


@dataclass(frozen=True)
class Entry:
    """What a directory of a ZIP says of a file in it, true or not; `at` places it on another's bytes."""

    name: bytes
    data: bytes
    size: int
    method: int = 8
    at: int | None = None
    mode: int = stat.S_IFREG | 0o644
    flags: int = 0


def raw_zip(entries: list[Entry]) -> bytes:
    """A ZIP of these."""
    body, directory = bytearray(), bytearray()
    for entry in entries:
        at = len(body) if entry.at is None else entry.at
        sum_ = zlib.crc32(entry.data) if entry.method == 0 else 0  # of a bomb nobody gets to the end
        sizes = (sum_, len(entry.data), entry.size % 2**32)
        facts = struct.pack("<HHHHHIIIHH", 20, entry.flags, entry.method, 0, 33, *sizes, len(entry.name), 0)
        if entry.at is None:
            body += b"PK\3\4" + facts + entry.name + entry.data
        directory += b"PK\1\2" + struct.pack("<H", 0x0314) + facts
        directory += struct.pack("<HHHII", 0, 0, 0, entry.mode << 16, at)
        directory += entry.name
    count = len(entries)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def stored(name: str, content: bytes, **more: int) -> Entry:
    """A file as it is."""
    return Entry(name.encode(), content, len(content), method=0, **more)


BOMB = r"décompress|grossi|gros|taille|bombe|archive|format non pris|endommag|abandonn|signes|illisible|corrompu"


@case("zip/plat.zip", REFUSED, reason=BOMB)
def _() -> bytes:
    return raw_zip([Entry(b"zeros.txt", zeros(10_000), 10_000_000_000)])


@case("zip/plusieurs.zip", REFUSED, INDEXED, reason=BOMB)
def _() -> bytes:
    return raw_zip([Entry(f"{n}.txt".encode(), zeros(40, b"mot "), 160_000_000) for n in range(200)])


@case("zip/superposé.zip", REFUSED, INDEXED, reason=BOMB)
def _() -> bytes:
    data = zeros(20)
    first = Entry(b"0.txt", data, 20_000_000)
    return raw_zip([first] + [Entry(f"{n}.txt".encode(), data, 20_000_000, at=0) for n in range(1, 5000)])


@case("zip/emboîté.zip", REFUSED, reason="archives l’une dans l’autre|profond|imbriqu|format non pris")
def _() -> bytes:
    content = TEXT.encode()
    name = "a.txt"
    for n in range(12):
        content, name = zipped({name: content}), f"{n}.zip"
    return content


@case("zip/taille fausse.zip", REFUSED, INDEXED, reason=BOMB)
def _() -> bytes:
    return raw_zip([Entry(b"petit.txt", zeros(300), 10), stored("bon.txt", TEXT.encode())])


@case("zip/taille fausse dans l’autre sens.zip", REFUSED, INDEXED, reason=BOMB)
def _() -> bytes:
    return raw_zip([Entry(b"grand.txt", zeros(1), 4_000_000_000), stored("bon.txt", TEXT.encode())])


@case("zip/douze mille fichiers.zip", REFUSED, INDEXED, EMPTY, reason="fichiers|format non pris|endommag")
def _() -> bytes:
    return raw_zip([stored(f"{n}.txt", b"x") for n in range(12_000)])


@case("zip/glisse.zip", REFUSED, INDEXED, reason="nom|chemin|format non pris|dehors|sort")
def _() -> bytes:
    names = (
        "../glissé.txt",
        "../../glissé.txt",
        "/tmp/glissé.txt",
        "C:\\glissé.txt",
        "a/../../glissé.txt",
        "..\\g.txt",
    )
    return raw_zip([stored(name, TEXT.encode()) for name in names])


@case("zip/lien.zip", REFUSED, INDEXED, EMPTY, PASSED_OVER, reason=".")
def _() -> bytes:
    return raw_zip([stored("lien.txt", b"../../../secret.txt", mode=stat.S_IFLNK | 0o777)])


@case("zip/chiffré.zip", REFUSED, reason="mot de passe|chiffr|protég|format non pris")
def _() -> bytes:
    return raw_zip([stored("secret.txt", os.urandom(60), flags=1)])


@case("zip/noms.zip", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    names = ("", "a\0b.txt", "a\nb.txt", "x" * 60_000 + ".txt", "\u202etxt.exe", "a/" * 5000 + "b.txt", ".", "a//b.txt")
    return raw_zip([stored(name, TEXT.encode()) for name in names])


@case("zip/directoire en boucle.zip", REFUSED, reason="endommag|illisible|format non pris|corrompu|incomplet")
def _() -> bytes:
    return b"PK\3\4" + b"\0" * 100 + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 0, 0)


# --- tar -----------------------------------------------------------------------------------------------------------


def tar_of(*members: tuple[str, bytes, bytes, str]) -> bytes:
    """A tar of (name, type, content, target of a link)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, content, target in members:
            facts = tarfile.TarInfo(name)
            facts.type, facts.size, facts.linkname = kind, len(content), target
            archive.addfile(facts, io.BytesIO(content))
    return out.getvalue()


@case("tar/liens.tar", REFUSED, INDEXED, EMPTY, PASSED_OVER, reason=".")
def _() -> bytes:
    return tar_of(
        ("lien.txt", tarfile.SYMTYPE, b"", "../../secret.txt"),
        ("absolu.txt", tarfile.SYMTYPE, b"", "/etc/passwd"),
        ("dur.txt", tarfile.LNKTYPE, b"", "../../secret.txt"),
        ("boucle.txt", tarfile.SYMTYPE, b"", "boucle.txt"),
        ("bon.txt", tarfile.REGTYPE, TEXT.encode(), ""),
    )


@case("tar/appareils.tar", REFUSED, EMPTY, PASSED_OVER, reason=".")
def _() -> bytes:
    return tar_of(("zero.txt", tarfile.CHRTYPE, b"", ""), ("tube.txt", tarfile.FIFOTYPE, b"", ""))


@case("tar/glisse.tar", REFUSED, INDEXED, reason="nom|chemin|format non pris|dehors|sort")
def _() -> bytes:
    return tar_of(
        ("../glissé.txt", tarfile.REGTYPE, TEXT.encode(), ""), ("/tmp/glissé.txt", tarfile.REGTYPE, TEXT.encode(), "")
    )


@case("tar/bombe.tar.gz", REFUSED, reason=BOMB)
def _() -> bytes:
    head = bytearray(tar_of(("zeros.txt", tarfile.REGTYPE, b"", ""))[:512])
    head[124:136] = b"%011o\0" % 8_000_000_000
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(bytes(head)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\3" + start + zeros(8000) + struct.pack("<II", 0, 8_000_000_512 % 2**32)


@case("tar/taille immense.tar", REFUSED, EMPTY, reason=".")
def _() -> bytes:
    content = bytearray(tar_of(("a.txt", tarfile.REGTYPE, TEXT.encode(), "")))
    content[124:136] = b"\x80" + (2**80).to_bytes(11, "big")
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    return bytes(content)


# --- office documents ----------------------------------------------------------------------------------------------

XML = r"DTD|entit|DOCTYPE|XML|endommag|illisible|format non pris|abandonn|imbriqu|profond|corrompu"


def laughs(levels: int = 9) -> str:
    """The billion laughs."""
    lines = ['<!ENTITY a0 "ah ah ah ah ah ah ah ah ah ah ">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels + 1)]
    return "<!DOCTYPE bombe [" + "".join(lines) + "]>"


def quadratic() -> str:
    """One long entity, many times."""
    return '<!DOCTYPE bombe [<!ENTITY a "' + "ah " * 30_000 + '">]>'


ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file://{}">]>'


def _xml_cases() -> None:
    made: dict[str, tuple[str, str]] = {
        "milliard": (laughs(), "&a9;"),
        "quadratique": (quadratic(), "&a;" * 30_000),
        "entité externe": (ENTITY.format("/etc/passwd"), "&e;"),
        "entité paramètre": ('<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>', "rien"),
        "DTD externe": ('<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">', "rien"),
    }
    for kind, ending, parts, xml in (("docx", "docx", DOCX_PARTS, docx_xml), ("odt", "odt", ODT_PARTS, odt_xml)):
        name = "word/document.xml" if kind == "docx" else "content.xml"
        for what, (doctype, text) in made.items():
            content = zipped({**parts, name: xml(f"{TEXT} {text}", doctype).encode()})
            case(f"{kind}/{what}.{ending}", REFUSED, INDEXED, EMPTY, reason=XML)(lambda content=content: content)
        deep = xml("</w:p>" if kind == "docx" else "</text:p>", "").encode()
        half = len(deep) // 2
        nested = deep[:half] + b"<a>" * 100_000 + b"</a>" * 100_000 + deep[half:]
        case(f"{kind}/profond.{ending}", REFUSED, INDEXED, EMPTY, reason=XML)(
            lambda name=name, parts=parts, nested=nested: zipped({**parts, name: nested})
        )
        bomb = [stored(one, content) for one, content in parts.items() if one != name]
        bomb.append(Entry(name.encode(), zeros(5_000), 5_000_000_000))
        case(f"{kind}/bombe.{ending}", REFUSED, reason=BOMB)(lambda bomb=bomb: raw_zip(bomb))


_xml_cases()


@case("docx/relation externe.docx", REFUSED, INDEXED, reason=XML)
def _() -> bytes:
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://127.0.0.1:9/modele.dotm" TargetMode="External"/></Relationships>'
    )
    return zipped({**DOCX_PARTS, "word/_rels/document.xml.rels": relation.encode()})


@case("docx/relation dehors.docx", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    relations = DOCX_PARTS["_rels/.rels"].replace(b"word/document.xml", b"../../secret.txt")
    return zipped({**DOCX_PARTS, "_rels/.rels": relations})


@case("docx/sans document.docx", REFUSED, EMPTY, reason=".")
def _() -> bytes:
    return zipped({name: part for name, part in DOCX_PARTS.items() if "document" not in name})


@case("rtf/profond.rtf", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"{\\rtf1 " + b"{" * 200_000 + TEXT.encode("cp1252") + b"}" * 200_000


@case("rtf/binaire immense.rtf", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"{\\rtf1\\ansi " + TEXT.encode("cp1252") + b"\\bin2147483647 \\u99999999999999999999 ?\\uc1000000000 x}"


@case("rtf/mots.rtf", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"{\\rtf1\\ansi " + b"\\" + b"a" * 3_000_000 + b" \\'" * 500_000 + b"}"


# --- PDF -----------------------------------------------------------------------------------------------------------

BAD_PDF = r"PDF|endommag|illisible|format non pris|mot de passe|protég|abandonn|arrêté|pages|texte|image"


@case("pdf/boucle.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    return pdf(
        "",
        {3: "<</Type/Pages/Kids[3 0 R 2 0 R 3 0 R]/Count 9/Parent 3 0 R>>", 2: "<</Type/Pages/Kids[3 0 R]/Count 5>>"},
    )


@case("pdf/objets en boucle.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    return pdf(TEXT, {5: "6 0 R", 6: "5 0 R"})


@case("pdf/million de pages.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    return pdf(TEXT, {2: "<</Type/Pages/Kids[3 0 R]/Count 1000000>>"})


@case("pdf/cent mille fois la même page.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    return pdf(TEXT, {2: f"<</Type/Pages/Kids[{'3 0 R ' * 100_000}]/Count 100000>>"})


@case("pdf/bombe.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    packed = b"x\x9c" + zeros(2000) + b"\0\0\0\0"
    return pdf(TEXT, {}, stream=b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed))


@case("pdf/bombe double.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    packed = zlib.compress(b"x\x9c" + zeros(3000) + b"\0\0\0\0", 9)
    head = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>" % len(packed)
    return pdf(TEXT, {}, stream=head + b"\nstream\n" + packed + b"\nendstream")


@case("pdf/chiffré.pdf", REFUSED, reason=BAD_PDF)
def _() -> bytes:
    key = "ab" * 32
    return pdf(TEXT, {}, trailer=f"/Encrypt<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>/ID[<00><00>]")


@case("pdf/tableaux profonds.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    return pdf(TEXT, {5: "[" * 100_000 + "]" * 100_000})


@case("pdf/table en boucle.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    return pdf(TEXT, {}, trailer="/Prev 9")


@case("pdf/texte mille fois.pdf", REFUSED, EMPTY, INDEXED, reason=BAD_PDF)
def _() -> bytes:
    line = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET\n" % TEXT.encode("cp1252")
    packed = zlib.compress(line * 50_000, 9)
    head = b"<</Length %d/Filter/FlateDecode>>" % len(packed)
    return pdf(TEXT, {}, stream=head + b"\nstream\n" + packed + b"\nendstream")


@case("pdf/entête seul.pdf", REFUSED, EMPTY, reason=BAD_PDF)
def _() -> bytes:
    return b"%PDF-1.7\n" + b"\x00\xff" * 5000


# --- HTML ----------------------------------------------------------------------------------------------------------


@case("html/profond.html", REFUSED, INDEXED, EMPTY, reason="imbriqu|profond|arrêté|abandonn|gros|balises")
def _() -> bytes:
    return b"<title>Profonde</title>" + b"<div>" * 100_000 + TEXT.encode()


@case("html/gras profond.html", REFUSED, INDEXED, EMPTY, reason="imbriqu|profond|arrêté|abandonn|gros|balises")
def _() -> bytes:
    return b"<title>Grasse</title><p>" + b"<b><i><a href=x>" * 30_000 + TEXT.encode()


@case("html/refresh.html", REFUSED, INDEXED, reason=".")
def _() -> bytes:
    page = '<meta charset="utf-8"><meta http-equiv="refresh" content="0;url=file:///etc/passwd"><title>Ailleurs</title>'
    return f'{page}<p>{TEXT}<iframe src="../../secret.txt"></iframe>'.encode()


@case("html/attributs.html", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"<title>Attributs</title><p " + b"".join(b"a%d=1 " % n for n in range(200_000)) + b">" + TEXT.encode()


@case("html/sans fin.html", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"<title>Ouverte</title><p>" + TEXT.encode() + b"<!-- <script>" * 100_000


@case("html/table.html", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"<title>Tables</title>" + b"<table><tr><td>" * 20_000 + TEXT.encode()


@case("html/entités.xhtml", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return f'<?xml version="1.0"?>{laughs()}<html><body><p>{TEXT} &a9;</p></body></html>'.encode()


@case("html/latin-1 dit utf-8.html", INDEXED)
def _() -> bytes:
    return '<meta charset="utf-8"><title>Accentuée</title><p>Le détachement a été relevé à Ségou.'.encode("latin-1")


@case("html/JSON-LD profond.html", REFUSED, INDEXED, reason=".")
def _() -> bytes:
    head = '<title>Fiche</title><script type="application/ld+json">' + "[" * 100_000 + "</script>"
    return f"{head}<p>{TEXT}".encode()


# --- texts and tables ------------------------------------------------------------------------------------------------


@case("texte/cent mégaoctets.txt", REFUSED, reason="signes|gros|abandonn")
def _() -> bytes:
    return b"mission " * 12_500_000


@case("texte/cent mégaoctets.jsonl", REFUSED, reason="plus de 16 Mo")
def _() -> bytes:
    return b'{"id":1,"text":"' + b"mission " * 12_500_000 + b'"}\n'


@case("texte/mots nouveaux.txt", REFUSED, INDEXED, reason="signes|gros|abandonn")
def _() -> bytes:
    return b" ".join(b"mot%dfin" % n for n in range(50_000))


@case("texte/un mot immense.txt", REFUSED, INDEXED, reason=".")
def _() -> bytes:
    return b"a" * 5_000_000


@case("texte/accents empilés.txt", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return ("e" + "\u0301" * 1_000_000 + " fin").encode()


@case("texte/lignes vides.txt", EMPTY, REFUSED, INDEXED, reason=".")
def _() -> bytes:
    return b"\n \t\r\n" * 2_000_000


@case("json/profond.json", REFUSED, reason="imbriqu|format non pris|abandonn|JSON")
def _() -> bytes:
    return b'{"id":1,"title":"x","text":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@case("json/profond.jsonl", REFUSED, reason="imbriqué")
def _() -> bytes:
    return b'{"id":1,"a":' * 100_000 + b"1" + b"}" * 100_000


@case("json/million de clés.json", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return json.dumps({f"cle{n}": n for n in range(1_000_000)}).encode()


@case("json/million de clés.jsonl", REFUSED, reason="valeurs")
def _() -> bytes:
    return json.dumps({f"c{n}": n for n in range(800_000)}).encode()


@case("json/listes vides.jsonl", REFUSED, reason="valeurs")
def _() -> bytes:
    return b'{"id":"vides","x":[{"id":0},' + b"[]," * 5_000_000 + b"[]]}\n"


@case("json/nombre.jsonl", REFUSED, reason="JSON invalide")
def _() -> bytes:
    return b'{"id":1,"text":' + b"9" * 1_000_000 + b"}"


@case("json/surrogats.jsonl", INDEXED, REFUSED, reason=".")
def _() -> bytes:
    return b'{"id":"surrogat","title":"Un \\ud800 seul","text":"Le \\udfff mandat \\ud83d"}\n'


@case("json/bombe.jsonl.gz", REFUSED, reason="grossit")
def _() -> bytes:
    return gzip.compress(b"")[:10] + zeros(3000) + struct.pack("<II", 0, 3_000_000_000)


@case("csv/cent mille colonnes.csv", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    names = ",".join(f"c{n}" for n in range(100_000))
    return f"id,title,text,{names}\n".encode() + b"1,Titre,Texte" + b",x" * 100_000 + b"\n"


@case("csv/guillemet ouvert.csv", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b'id,title,text\n1,Un,"' + b"jamais ferm\xc3\xa9,\n" * 200_000


@case("csv/trois mille lignes.csv", REFUSED, INDEXED, reason=".")
def _() -> bytes:
    return b"id,title,text\n" + b"".join(b"%d,T,Mission\n" % n for n in range(3_000))


@case("md/alias.md", INDEXED, REFUSED, reason=".")
def _() -> bytes:
    front = "\n".join(["a0: &a0 [x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]" for n in range(1, 30)])
    return f"---\n{front}\n---\n\n# Alias\n\n{TEXT}\n".encode()


@case("md/crochets.md", INDEXED, REFUSED, reason=".")
def _() -> bytes:
    return b"# Crochets\n\n" + b"[" * 200_000 + b"*_`" * 100_000 + b"> " * 100_000 + TEXT.encode()


# --- encodings -------------------------------------------------------------------------------------------------------


@case("codage/nul.txt", REFUSED, INDEXED, reason="illisible|binaire")
def _() -> bytes:
    return b"La mission\0 est \0finie.\0" + TEXT.encode()


@case("codage/que des nuls.txt", REFUSED, EMPTY, reason="illisible|binaire")
def _() -> bytes:
    return bytes(100_000)


@case("codage/marques mêlées.txt", INDEXED, REFUSED, reason=".")
def _() -> bytes:
    return b"\xef\xbb\xbf\xff\xfe" + TEXT.encode() + b"\xfe\xff\xef\xbb\xbf" + TEXT.encode("utf-16-le")


@case("codage/utf-8 abîmé.txt", INDEXED)
def _() -> bytes:
    return TEXT.encode() + b" \xff\xc3\x28\xe2\x82 " + TEXT.encode() * 20


@case("codage/surrogats.txt", INDEXED, REFUSED, reason=".")
def _() -> bytes:
    return "Un \ud800 seul et \udfff un autre.".encode("utf-8", "surrogatepass") + TEXT.encode()


@case("codage/utf-16 sans marque.txt", INDEXED)
def _() -> bytes:
    return TEXT.encode("utf-16-le")


@case("codage/latin-1.txt", INDEXED)
def _() -> bytes:
    return "Le détachement a été relevé à Ségou.".encode("latin-1")


@case("codage/hasard.txt", REFUSED, reason="illisible|binaire|pas du texte|format non pris")
def _() -> bytes:
    return b"\x9d" + bytes(range(256)) * 2000


# --- mail ------------------------------------------------------------------------------------------------------------


@case("courriel/profond.eml", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    head = b"From: a@exemple.org\r\nTo: b@exemple.org\r\nSubject: Profond\r\nMIME-Version: 1.0\r\n"
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    return head + parts + b"Content-Type: text/plain\r\n\r\n" + TEXT.encode()


@case("courriel/parties.eml", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    head = b"From: a@exemple.org\r\nSubject: Parties\r\nMIME-Version: 1.0\r\n"
    head += b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"--b\r\nContent-Type: text/plain; name=x.txt\r\n\r\nx\r\n" * 20_000


@case("courriel/bombe jointe.eml", REFUSED, INDEXED, reason=BOMB)
def _() -> bytes:
    return email_with("../../bombe.zip", raw_zip([Entry(b"zeros.txt", zeros(2000), 2_000_000_000)]))


@case("courriel/trois mille.mbox", REFUSED, INDEXED, EMPTY, reason=".")
def _() -> bytes:
    return b"From a@exemple.org Thu Jan  1 00:00:00 2023\nSubject: x\nMessage-ID: <x>\nDate: x\n\nx\n\n" * 3_000


@case("epub/en boucle.epub", REFUSED, EMPTY, INDEXED, reason=".")
def _() -> bytes:
    container = b'<container><rootfiles><rootfile full-path="META-INF/container.xml"/></rootfiles></container>'
    return zipped({"mimetype": b"application/epub+zip", "META-INF/container.xml": container})


# --- names -----------------------------------------------------------------------------------------------------------


_NAMES: tuple[str | bytes, ...] = (
    "noms/ligne\nnouvelle.txt",
    "noms/droite\u202etxt.exe.txt",
    b"noms/latin-\xe9.txt",
    "noms/" + "é" * 125 + ".txt",
    "noms/-rf *; rm $(x) `y` | z.txt",
    "noms/tabulation\tet\x07cloche\x1b[31m.txt",
    "noms/e\u0301crit.txt",
    "n/" * 60 + "fond.txt",
)
for _number, _named in enumerate(_NAMES):
    case(_named, INDEXED)(lambda number=_number: f"{TEXT} Relevé numéro {number}.".encode())


# --- what is no file, and files that are no common ones --------------------------------------------------------------


@special("objets/tube.txt", PASSED_OVER)
def _(path: Path) -> None:
    os.mkfifo(path)


@special("objets/prise.txt", PASSED_OVER)
def _(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket has a hundred bytes at most
    try:
        with socket.socket(socket.AF_UNIX) as plug:
            plug.bind(path.name)
    finally:
        os.chdir(here)


@special("objets/zéro.txt", PASSED_OVER)
def _(path: Path) -> None:
    path.symlink_to("/dev/zero")


@special("objets/passe.txt", PASSED_OVER)
def _(path: Path) -> None:
    path.symlink_to("../../secret.txt")


@special("objets/boucle", PASSED_OVER)
def _(path: Path) -> None:
    path.mkdir()
    (path / "haut").symlink_to("..", target_is_directory=True)
    (path / "soi").symlink_to("soi")


@special("objets/vide.txt", EMPTY)
def _(path: Path) -> None:
    path.touch()


@special("objets/creux.txt", REFUSED, reason="trop gros")
def _(path: Path) -> None:
    path.touch()
    os.truncate(path, 10_000_000_000)


@special("objets/creux.pdf", REFUSED, reason="gros|format non pris|PDF|endommag")
def _(path: Path) -> None:
    path.touch()
    os.truncate(path, 10_000_000_000)


@special("objets/creux.zip", REFUSED, reason="gros|format non pris|endommag|illisible|ZIP")
def _(path: Path) -> None:
    path.touch()
    os.truncate(path, 10_000_000_000)
