"""Mails and mailboxes: subject, sender, day, text; attachments are files inside; hostile ones are reasons."""

from __future__ import annotations

import base64
import io
import quopri
import time
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Entry, Rejected, read
from indexer.documents.formats import mail
from indexer.errors import UnreadableDocument

from .reading import BODY, RULES, TODAY

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
HEAD = (
    "From: =?utf-8?q?Awa_Diall=C3=B3?= <awa@exemple.org>\n"
    "Subject: =?iso-8859-1?Q?Fin_de_la_pr=E9sidence?=\n"
    "Date: Fri, 30 Jun 2023 23:30:00 -0500\n"
    "Message-ID: <1@exemple.org>\n"
)


def found_in(folder, content: bytes | str | EmailMessage, name: str = "a.eml") -> list[Entry | Rejected]:
    path = folder / name
    content = content.as_bytes() if isinstance(content, EmailMessage) else content
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, name, RULES, max_bytes=50_000_000, today=TODAY))


def mail_of(subject: str = "Fin de la mission", text: str = BODY) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = (
        "awa@exemple.org",
        subject,
        f"<{subject.encode().hex()}@exemple.org>",
    )
    made["Date"] = "Fri, 30 Jun 2023 10:00:00 +0000"
    made.set_content(text)
    return made


def test_a_mail_is_a_document_with_its_subject_sender_and_day(tmp_path):
    (found,) = found_in(tmp_path, f"{HEAD}\n{BODY}\n")
    assert (found.title, found.title_rule, found.authors) == (
        "Fin de la présidence",
        "objet du courriel",
        ("Awa Dialló",),
    )
    assert (str(found.date), found.type, found.format, found.text) == ("2023-06-30", "courriel", "courriel", BODY)


def test_a_press_release_that_came_by_mail_is_a_press_release(tmp_path):
    (found,) = found_in(tmp_path, mail_of("Communiqué de presse : fin de la mission"))
    assert found.type == "communiqué"


@pytest.mark.parametrize(
    ("kind", "transfer", "body"),
    [
        ("text/plain; charset=iso-8859-1", "8bit", BODY.replace("’", "'").encode("latin-1")),
        ("text/plain; charset=utf-8", "quoted-printable", quopri.encodestring(BODY.encode())),
        ("text/plain; charset=cp1252", "base64", base64.encodebytes(BODY.encode("cp1252"))),
        ("text/plain; charset=inconnu", "inconnu", BODY.encode()),
        ("text/plain", "8bit", BODY.encode("cp1252")),
    ],
)
def test_bodies_are_decoded_whatever_they_are_written_in(tmp_path, kind, transfer, body):
    headers = f"{HEAD}Content-Type: {kind}\nContent-Transfer-Encoding: {transfer}\n\n"
    (found,) = found_in(tmp_path, headers.encode() + body)
    assert found.text.replace("’", "'") == BODY.replace("’", "'")


def test_of_two_forms_of_one_text_the_plain_one_is_read(tmp_path):
    made = mail_of()
    made.add_alternative(f"<p>{BODY}</p><p>Se désabonner</p>", subtype="html")
    (found,) = found_in(tmp_path, made)
    assert found.text == BODY


def test_a_mail_that_is_a_page_is_read_as_one(tmp_path):
    made = mail_of(text="")
    made.add_alternative(f"<html><body><h1>Titre</h1><p>{BODY}</p></body></html>", subtype="html")
    (found,) = found_in(tmp_path, made)
    assert (found.title, found.text) == ("Fin de la mission", f"Titre\n\n{BODY}")


def test_lines_that_a_mail_program_broke_are_joined(tmp_path):
    (found,) = found_in(
        tmp_path, f"{HEAD}Content-Type: text/plain; format=flowed\n\nLe Conseil \ns’est réuni.\n-- \nAwa\n"
    )
    assert found.text.startswith("Le Conseil s’est réuni.")


def test_what_is_attached_are_files_inside_and_pictures_are_left_aside(tmp_path):
    made = mail_of()
    made.add_attachment(f"Note\n\n{BODY}".encode(), "text", "plain", filename="été/note.txt")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="logo.png")
    made.add_attachment(mail_of("Transmis"))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("b.txt", f"Accord\n\n{BODY}")
    made.add_attachment(zipped.getvalue(), maintype="application", subtype="zip", filename="pièces.zip")
    found = found_in(tmp_path, made)
    assert [one.member for one in found] == ["", "été/note.txt", "Transmis.eml", "pièces.zip!/b.txt", ""]
    assert [one.title for one in found[:-1]] == ["Fin de la mission", "Note", "Transmis", "Accord"]
    assert found[-1].reason == "un fichier d’un autre format laissé de côté\u00a0: image PNG"


def test_a_mail_with_a_subject_alone_is_found_by_it(tmp_path):
    (found,) = found_in(tmp_path, mail_of(text=""))
    assert (found.title, found.text) == ("Fin de la mission", "Fin de la mission")


def test_an_encrypted_mail_says_so(tmp_path):
    (found,) = found_in(tmp_path, f"{HEAD}Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB")
    assert (found.reason, found.empty) == ("message chiffré", False)


def test_a_page_saved_with_all_it_needs_is_read(tmp_path):
    made = EmailMessage()
    made["MIME-Version"], made["From"], made["Subject"] = "1.0", "<Saved by Blink>", "Fin de la mission"
    made["Snapshot-Content-Location"] = "https://exemple.org/1"
    made.set_content(f"<html><body><p>{BODY}</p></body></html>", subtype="html")
    made.make_related()
    made.add_related(PNG, "image", "png")
    found = found_in(tmp_path, made, "page.mhtml")
    assert (found[0].title, found[0].text, found[0].url) == ("Fin de la mission", BODY, "https://exemple.org/1")
    assert (found[0].format, found[0].type) == ("page web archivée", "autre")


# --- mailboxes -----------------------------------------------------------------------------------------------------


def box_of(*mails: EmailMessage) -> bytes:
    return b"".join(
        b"From awa@exemple.org Fri Jun 30 10:00:00 2023\n" + one.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n"
        for one in mails
    )


def test_the_mails_of_a_box_keep_their_names_when_others_come_and_go(tmp_path):
    one, two, three = (mail_of(subject) for subject in ("Un", "Deux", "Trois"))
    before = {entry.title: entry.member for entry in found_in(tmp_path, box_of(one, two), "a.mbox")}
    after = {entry.title: entry.member for entry in found_in(tmp_path, box_of(two, three, one), "a.mbox")}
    assert before.items() <= after.items()
    assert len(set(after.values())) == 3
    assert all(member.endswith(".eml") for member in after.values())


def test_the_same_mail_twice_in_a_box_is_told_apart(tmp_path):
    first, second = found_in(tmp_path, box_of(mail_of(), mail_of()), "a.mbox")
    assert second.member == first.member.replace(".eml", " (2).eml")


def test_a_line_of_a_mail_that_begins_with_from_does_not_cut_it(tmp_path):
    (found,) = found_in(tmp_path, box_of(mail_of(text=f"{BODY}\n\nFrom Bamako.\nFrom the start.\n")), "a.mbox")
    assert "From Bamako." in found.text
    assert ">From" not in found.text


def test_a_box_in_the_writing_of_dos_is_read(tmp_path):
    found = found_in(tmp_path, box_of(mail_of("Un"), mail_of("Deux")).replace(b"\n", b"\r\n"), "sans-nom")
    assert [one.title for one in found] == ["Un", "Deux"]


def test_a_mail_of_a_box_that_is_too_large_is_one_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(mail, "MAX_BYTES", 2000)
    found = found_in(tmp_path, box_of(mail_of("Un"), mail_of("Deux", "x" * 3000), mail_of("Trois")), "a.mbox")
    assert [one.reason if isinstance(one, Rejected) else one.title for one in found] == [
        "Un",
        "courriel de plus de 0 Mo",
        "Trois",
    ]


# --- hostile -------------------------------------------------------------------------------------------------------


def nested(depth: int) -> str:
    return "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)) + "\nfin"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + nested(200),
        HEAD + nested(5000),
        HEAD + "Content-Type: message/rfc822\n\n" * 2000,
        HEAD + "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\n\nx\n" * 5000,
    ],
)
def test_mails_that_are_nested_or_divided_without_end_are_refused(tmp_path, content):
    started = time.process_time()
    try:
        found_in(tmp_path, content)
    except UnreadableDocument as error:
        assert "courriel" in str(error)  # noqa: PT017 - some are cut short by the parser and read
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "line",
    [
        "Subject: =?utf-8?b?=ZZZ?=",
        "Subject: " + "=?utf-8?q?a?= " * 20_000,
        "From: " + "(" * 50_000,
        "From: " + '"' * 50_001,
        "Date: Fri, 99 Foo 99999 99:99:99 +99999",
        "Content-Type: text/plain; charset*=x''%FF; charset*0=" + "a" * 5000,
        "Content-Type: multipart/alternative; boundary=",
        "Content-Disposition: attachment; filename*=\"\\u0000''%00\"",
        "Content-Transfer-Encoding: x-uuencode",
    ],
)
def test_absurd_headers_are_passed_over(tmp_path, line):
    started = time.process_time()
    try:
        found = found_in(tmp_path, f"{line}\nMessage-ID: <1@exemple.org>\nTo: a\n\n{BODY}")
    except UnreadableDocument:
        found = []
    assert all(isinstance(one, (Entry, Rejected)) for one in found)
    assert time.process_time() - started < 2


_LINES = st.sampled_from(
    ["Content-Type: multipart/mixed; boundary=a", "Content-Type: multipart/alternative; boundary=a", "--a", "--a--", "",
     "Content-Type: text/html; charset=utf-16", "Content-Transfer-Encoding: base64", "Content-Type: message/rfc822",
     "Content-Transfer-Encoding: quoted-printable", "Content-Disposition: attachment; filename=a.eml", "YWJj=", "é=20=",
     "Subject: =?x?q?=E9?= =?utf-8?b?4pi", "From: <", "Date: 1", "Content-Type: text/plain; format=flowed", "Bonjour ",
     "Content-Type: message/delivery-status", "Content-Type: message/external-body", "Content-Type: /; =;"],
)  # fmt: skip


@given(st.lists(_LINES, max_size=20), st.binary(max_size=30))
def test_any_lines_of_mail_give_documents_or_reasons(tmp_path_factory, lines, end):
    content = "\n".join(["Message-ID: 1", "From: a", *lines]).encode() + end
    try:
        found = found_in(tmp_path_factory.getbasetemp(), content)
    except UnreadableDocument:
        return
    assert all(isinstance(one, (Entry, Rejected)) for one in found)
