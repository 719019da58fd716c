"""Texts of PDF and DOCX files, whatever is in them."""

import io
import zlib
from contextlib import suppress
from functools import cache

import pypdf
import pytest

from inquiry_router.documents.worker import MAX_CHARS, NoText, read_docx, read_pdf
from tests.documents import docx, pdf, zipped

COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def test_text_of_a_pdf() -> None:
    text = read_pdf(pdf("Reklamacja pompy CX-20", "Faktura FV/118/2026"))
    assert text.splitlines() == ["Reklamacja pompy CX-20", "Faktura FV/118/2026"]


def locked(password: str) -> bytes:
    """A PDF that only its owner may print, and that opens with this password."""
    writer, made = pypdf.PdfWriter(pypdf.PdfReader(io.BytesIO(pdf("Reklamacja")))), io.BytesIO()
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(made)
    return made.getvalue()


def test_pdf_without_a_password_is_read_and_a_locked_one_is_not() -> None:
    assert read_pdf(locked("")).strip() == "Reklamacja"
    with pytest.raises(NoText):
        read_pdf(locked("secret"))


def test_text_of_a_docx() -> None:
    body = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>CX-20</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>3 szt.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:delText>skreślone</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText><w:t>Dzień</w:t><w:tab/><w:t>dobry</w:t></w:r></w:p>"
        f'<mc:AlternateContent xmlns:mc="{COMPATIBLE}">'
        "<mc:Choice><w:p><w:r><w:t>ramka</w:t></w:r></w:p></mc:Choice>"
        "<mc:Fallback><w:p><w:r><w:t>ramka</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
    )
    text = read_docx(docx("Zażalenie &amp; prośba", body=body))
    assert text.split() == [
        "Zażalenie",
        "&",
        "prośba",
        "CX-20",
        "3",
        "szt.",
        "Dzień",
        "dobry",
        "ramka",
    ]
    assert read_docx(docx("Inna nazwa", name="word/document2.xml")).strip() == "Inna nazwa"


def test_long_texts_are_cut() -> None:
    assert len(read_docx(docx(*["słowo " * 100] * 1000))) == MAX_CHARS


ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:t>&b;</w:t></w:document>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        docx("x")[:-30],
        zipped("other.xml", "<x/>"),
        zipped("word/document.xml", "<w:document>"),
        zipped("word/document.xml", ENTITIES),
        zipped("word/document.xml", b"<a>" + b" " * (21 * 1024 * 1024) + b"</a>"),
    ],
    ids=["empty", "cut", "torn", "another file", "broken XML", "entities", "bomb"],
)
def test_odd_docx_is_refused(data: bytes) -> None:
    with pytest.raises(Exception):  # noqa: B017 - whatever it is, the process ends with it
        read_docx(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        pdf("x").replace(b"/Pages 2 0 R", b"/Pages 1 0 R"),
        pdf("x").replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
    ],
    ids=["empty", "head", "no pages", "circle"],
)
def test_odd_pdf_gives_no_text(data: bytes) -> None:
    text = ""
    with suppress(Exception):  # the process ends with it
        text = read_pdf(data)
    assert text == ""


@cache
def bomb() -> bytes:
    """A PDF whose page is a gigabyte of blanks."""
    packer, count = zlib.compressobj(9), 1 << 30
    packer.compress(b" " * (1 << 20))
    packer.flush(zlib.Z_FULL_FLUSH)
    # A megabyte that knows nothing of what is before it may be repeated.
    again = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    # The checksum of Adler-32: the sum of the bytes, and the sum of these sums.
    sums = (count + 32 * count * (count + 1) // 2) % 65521 << 16 | (1 + 32 * count) % 65521
    packed = b"\x78\xda" + again * 1024 + b"\x03\x00" + sums.to_bytes(4, "big")
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)
    made = pdf("x")
    begin, end = made.index(b"4 0 obj\n") + 8, made.index(b"\nendobj\n5 0 obj")
    return made[:begin] + stream + made[end:]
