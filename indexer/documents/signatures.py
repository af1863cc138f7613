"""Kinds of files that their first bytes give away. The names are French: they are shown."""

from __future__ import annotations

# Enough of a file to tell its kind by.
START_BYTES = 4096

PDF, RTF, ZIP, OLE = "PDF", "RTF", "ZIP", "ancien document Office"
GZIP, BZIP2, XZ, ZSTD = "gzip", "bzip2", "xz", "zstd"
COMPRESSED = (GZIP, BZIP2, XZ, ZSTD)
_VIDEO, _SOUND, _PROGRAM, _DATABASE, _FONT = "vidéo", "son", "programme", "base de données", "police de caractères"

_SIGNATURES = (
    (b"{\\rtf", RTF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),  # without a file inside
    (b"PK\x07\x08PK\x03\x04", ZIP),
    (b"\xd0\xcf\x11\xe0", OLE),
    (b"\x1f\x8b\x08", GZIP),
    (b"BZh91AY&SY", BZIP2),
    (b"\xfd7zXZ\0", XZ),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"7z\xbc\xaf\x27\x1c", "archive 7-Zip"),
    (b"Rar!\x1a\x07", "archive RAR"),
    (b"MSCF\0\0\0\0", "archive CAB"),
    (b"\x89PNG\r\n\x1a\n", "image PNG"),
    (b"\xff\xd8\xff", "image JPEG"),
    (b"GIF87a", "image GIF"),
    (b"GIF89a", "image GIF"),
    (b"II*\0", "image TIFF"),
    (b"MM\0*", "image TIFF"),
    (b"\0\0\1\0", "image ICO"),
    (b"8BPS\0\1", "image Photoshop"),
    (b"AT&TFORM", "image DjVu"),
    (b"\0\0\0\x0cjP  ", "image JPEG 2000"),
    (b"%!PS", "PostScript"),
    (b"\xffWPC", "document WordPerfect"),
    (b"OggS\0", _SOUND),
    (b"fLaC\0", _SOUND),
    (b"ID3\2", _SOUND),
    (b"ID3\3", _SOUND),
    (b"ID3\4", _SOUND),
    (b"MThd\0\0", _SOUND),
    (b"\x1aE\xdf\xa3", _VIDEO),
    (b"\0\0\1\xba", _VIDEO),
    (b"\0\0\1\xb3", _VIDEO),
    (b"FLV\1", _VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _VIDEO),
    (b"\x7fELF", _PROGRAM),
    (b"MZ\x90\0", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xfe\xed\xfa\xcf", _PROGRAM),
    (b"\0asm\1", _PROGRAM),
    (b"SQLite format 3\0", _DATABASE),
    (b"\0\1\0\0Standard Jet DB", _DATABASE),
    (b"\0\1\0\0Standard ACE DB", _DATABASE),
    (b"PAR1\x15", _DATABASE),
    (b"!BDN", "boîte Outlook (PST)"),
    (b"OTTO\0", _FONT),
    (b"\0\1\0\0\0", _FONT),
    (b"wOFF\0\1\0\0", _FONT),
    (b"wOFFOTTO", _FONT),
    (b"wOF2\0\1\0\0", _FONT),
    (b"wOF2OTTO", _FONT),
)  # fmt: skip
_RIFF = {b"WEBP": "image WebP", b"WAVE": _SOUND, b"AVI ": _VIDEO}
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
# How far behind its beginning a PDF may have its signature, as readers have it.
_PDF_WITHIN = 1024
_USTAR = slice(257, 262)


def kind_of_start(start: bytes) -> str:
    """The kind of the file that begins with these bytes (START_BYTES of it are enough); "" when they do not tell."""
    # Readers take a PDF with something before it; a text that writes about PDFs has no objects.
    if start.startswith(b"%PDF") or (b" obj" in start and b"%PDF-" in start[:_PDF_WITHIN]):
        return PDF
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start.startswith(b"BZh") and start[4:10] == b"1AY&SY":
        return BZIP2
    if start.startswith(b"RIFF"):
        return _RIFF.get(start[8:12], "")
    if start[4:8] == b"ftyp":
        return "image HEIF" if start[8:12] in _PICTURE_BRANDS else _SOUND if start[8:11] == b"M4A" else _VIDEO
    # A bitmap says how long it is, and where in it the picture begins: « BM » alone may open a text.
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0" and start[14:18] in (b"\x28\0\0\0", b"\x7c\0\0\0"):
        return "image BMP"
    return "TAR" if start[_USTAR] == b"ustar" else ""
