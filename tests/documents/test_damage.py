"""Good archives, mails and tables, cut and with flipped bytes: documents or reasons, and nothing else."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random

import pytest
import zstandard

from indexer.documents import Entry, Rejected, read
from indexer.errors import UnreadableDocument

from .reading import BODY, RULES, TODAY
from .test_archives import FILES, found_in, members, tar_of, zip_of
from .test_mail import box_of, mail_of

_MAIL = mail_of()
_MAIL.add_alternative(f"<p>{BODY}</p>", subtype="html")
_MAIL.add_attachment(zip_of(*FILES), maintype="application", subtype="zip", filename="pièces.zip")
_MAIL.add_attachment(mail_of("Transmis"))
GOOD = {
    "a.zip": zip_of(*FILES, ("m.eml", _MAIL.as_bytes())),
    "a.tar": tar_of(*FILES, ("lien", None)),
    "a.tar.gz": gzip.compress(tar_of(*FILES)),
    "a.tar.bz2": bz2.compress(tar_of(*FILES)),
    "a.tar.xz": lzma.compress(tar_of(*FILES)),
    "a.tar.zst": zstandard.compress(tar_of(*FILES)),
    "a.eml": _MAIL.as_bytes(),
    "a.mbox": box_of(_MAIL, mail_of("Deux")),
    "a.csv": f'id;titre;texte\n1;Un;"{BODY}"\n2;Deux;Fin.\n'.encode(),
    "a.json": json.dumps({"articles": [{"id": 1, "titre": "Un", "texte": BODY}]}).encode(),
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        return content[: chance.randrange(len(content))]
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 12)):
        changed[chance.randrange(len(changed))] = chance.choice([0, 255, 10, 34, chance.randrange(256)])
    return bytes(changed)


@pytest.mark.parametrize("times", [16, pytest.param(160, marks=pytest.mark.deep)])
@pytest.mark.parametrize("name", GOOD)
def test_a_damaged_file_gives_documents_or_reasons(tmp_path, name, times):
    chance = random.Random(name)
    path = tmp_path / name
    for _ in range(times):
        path.write_bytes(damaged(GOOD[name], chance))
        try:
            found = list(read(path, name, RULES, max_bytes=5_000_000, today=TODAY))
        except UnreadableDocument as error:
            found = [Rejected(None, None, str(error), empty=False)]
        for one in found:
            assert isinstance(one, Entry) or one.reason
            one.member.encode()


def test_a_file_of_an_archive_may_have_no_name(tmp_path):
    content = zip_of(("abc.txt", FILES[0][1]), ("b.txt", FILES[0][1])).replace(b"abc.txt", b"\0bc.txt")
    assert members(found_in(tmp_path, "x.zip", content)) == ["sans nom", "b.txt"]
