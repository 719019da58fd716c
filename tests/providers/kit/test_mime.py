"""Raw mails: texts, files and enclosed mails, whatever the pieces in which they come."""

import base64
import quopri
import random
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.mime import MAX_TEXT_BYTES, MimeReader, read_mail

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


def mail(text: str = "Dzień dobry, pompa stoi.", html: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Anna Żółć <anna@hydro-bud.example>"
    message["Subject"] = "Pompa znowu stoi"
    message["Message-ID"] = "<1@hydro-bud.example>"
    message.set_content(text, cte="base64" if "ń" in text else None)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def raw(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=SMTP)


def with_file(data: bytes = PDF, name: str = "zamówienie.pdf") -> EmailMessage:
    message = mail(html="<p>Dzień dobry, <b>pompa</b> stoi.</p>")
    message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message


def test_texts_and_files_are_read() -> None:
    found = read_mail(raw(with_file()))
    assert found.text.strip() == "Dzień dobry, pompa stoi."
    assert (found.html or "").strip() == "<p>Dzień dobry, <b>pompa</b> stoi.</p>"
    assert found.attachments == (Attachment("zamówienie.pdf", "application/pdf", len(PDF)),)
    headers = dict(found.headers)
    assert headers["Message-ID"] == "<1@hydro-bud.example>"


def test_pieces_of_any_size_give_the_same_mail() -> None:
    data, random_ = raw(with_file()), random.Random(7)
    whole = read_mail(data)
    for size in (1, 2, 3, 7, 64, 1000):
        reader = MimeReader()
        for at in range(0, len(data), size):
            reader.feed(data[at : at + size])
        assert reader.finish() == whole, size
    for _ in range(50):
        reader, at = MimeReader(), 0
        while at < len(data):
            step = random_.randint(1, 500)
            reader.feed(data[at : at + step])
            at += step
        assert reader.finish() == whole


def test_plain_mail_without_mime_is_read() -> None:
    found = read_mail(b"From: anna@a.example\nSubject: x\n\nPompa stoi.\n-- \nAnna\n")
    assert found.text == "Pompa stoi.\n-- \nAnna\n"
    assert (found.html, found.attachments) == (None, ())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_parts_around_a_picture_are_one_text(newline: str) -> None:
    lines = [
        "From: a@b.example",
        'Content-Type: multipart/mixed; boundary="=_x"',
        "",
        "For old programs.",
        "--=_x",
        "",
        "Tu cieknie:",
        "--=_x",
        "Content-Type: image/jpeg; name=IMG_1.jpg",
        "Content-Disposition: inline; filename=IMG_1.jpg",
        "Content-Transfer-Encoding: base64",
        "",
        "QUJD" * 10,
        "--=_x  ",
        "Content-Type: text/plain; charset=iso-8859-2",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "a tu dzia=B3a.",
        "--=_x--",
        "--=_x is no part any more",
    ]
    found = read_mail(newline.join(lines).encode())
    assert found.text.split("\n") == ["Tu cieknie:", "", "a tu działa.", ""]
    assert found.attachments == (Attachment("IMG_1.jpg", "image/jpeg", 30),)


def test_logos_are_no_files_and_photos_are() -> None:
    def related(size: int) -> tuple[Attachment, ...]:
        message = mail(html='<p>Patrz <img src="cid:1"></p>')
        html = message.get_payload()[1]  # type: ignore[index]
        assert isinstance(html, EmailMessage)
        html.add_related(b"\xff" * size, "image", "png", cid="<1>", filename="image001.png")
        return read_mail(raw(message)).attachments

    assert related(4_000) == ()
    assert related(90_000) == (Attachment("image001.png", "image/png", 90_000),)


def test_mail_that_came_as_a_file_is_read_as_a_forwarded_one() -> None:
    outer = mail("Do obsługi.")
    outer.add_attachment(with_file())
    found = read_mail(raw(outer))
    assert found.text.startswith("Do obsługi.\n")
    assert "---------- Forwarded message ----------\nFrom: Anna" in found.text
    assert "Subject: Pompa znowu stoi" in found.text
    assert found.text.rstrip().endswith("Dzień dobry, pompa stoi.")
    assert [file.name for file in found.attachments] == ["zamówienie.pdf"]
    assert dict(found.headers)["Subject"] == "Pompa znowu stoi"


def test_mail_in_a_bounce_is_our_own_and_not_read() -> None:
    bounce = (
        "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n"
        "--b\n\nNie dostarczono.\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Wycena\n\nNasza oferta.\n--b--\n"
    )
    assert read_mail(bounce.encode()).text.strip() == "Nie dostarczono."


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=utf-8''zam%C3%B3wienie.pdf", "zamówienie.pdf"),
        ('attachment; filename="=?utf-8?B?emFtw7N3aWVuaWUucGRm?="', "zamówienie.pdf"),
        ("attachment; filename*0*=utf-8''zam%C3%B3; filename*1=wienie.pdf", "zamówienie.pdf"),
        ('attachment; filename="zamówienie.pdf"', "zamówienie.pdf"),
        ("attachment; filename*=nonsense''%FF", "ÿ"),
        ("attachment", "pdf"),
    ],
)
def test_names_of_files_in_every_spelling(header: str, name: str) -> None:
    written = f"Content-Type: application/pdf\nContent-Disposition: {header}\n\nx"
    assert [file.name for file in read_mail(written.encode()).attachments] == [name]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"x",
        b"--",
        b"\x00\xff" * 100,
        b"Content-Type: multipart/mixed; boundary=b\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b",
        b"Content-Type: multipart/mixed; boundary=b\n--b\n--b\n--b--",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: text/plain; charset=x-unknown\nContent-Transfer-Encoding: base64\n\n!!!Q",
        b"Content-Type: message/rfc822\n\n" * 300,
        b"Content-Type: text/plain; charset*=x'y\n\nx",
    ],
)
def test_badly_made_mails_are_read_too(data: bytes) -> None:
    found = read_mail(data)
    assert "\x00" not in found.text


def test_random_bytes_in_a_mail_do_no_harm() -> None:
    data, random_ = bytearray(raw(with_file())), random.Random(11)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(random_.randint(1, 20)):
            broken[random_.randrange(len(broken))] = random_.randrange(256)
        found = read_mail(bytes(broken[: random_.randrange(len(broken))]))
        found.text.encode()


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_words_behind_a_large_picture_in_html_are_read(encoding: str) -> None:
    picture = base64.b64encode(b"x" * (6 * MAX_TEXT_BYTES))
    html = b'<p>Pompa cieknie.</p><img src="data:image/png;base64,' + picture + b'"><p>Anna</p>'
    if encoding == "base64":
        html = base64.encodebytes(html)
    elif encoding == "quoted-printable":
        html = quopri.encodestring(html)
    head = f"Content-Type: text/html\nContent-Transfer-Encoding: {encoding}\n\n"
    reader = MimeReader()
    for at in range(0, len(html), 60_000):
        reader.feed((head.encode() if at == 0 else b"") + html[at : at + 60_000])
    found = (reader.finish().html or "").strip()
    assert found == '<p>Pompa cieknie.</p><img src="data:image/png;base64,"><p>Anna</p>'


def test_texts_are_cut_and_files_are_never_held() -> None:
    found = read_mail(raw(mail("ń" + "x" * (3 * MAX_TEXT_BYTES))))
    assert 0.7 * MAX_TEXT_BYTES < len(found.text) <= MAX_TEXT_BYTES
    assert found.shortened
    assert not read_mail(raw(mail("ń" + "x" * (MAX_TEXT_BYTES // 2)))).shortened
    reader = MimeReader()
    reader.feed(b"Content-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\n")
    line = base64.b64encode(b"x" * 57) + b"\r\n"
    for _ in range(20):
        reader.feed(line * 10_000)
    assert reader.finish().attachments == (Attachment("x.png", "image/png", 57 * 200_000),)


@pytest.mark.parametrize("disposition", ["", "Content-Disposition: inline\r\n"])
def test_first_text_is_read_though_it_has_a_name(disposition: str) -> None:
    part = f'Content-Type: text/plain; charset=utf-8; name="a.txt"\r\n{disposition}\r\n'
    data = (
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\n{part}Pompa cieknie.\r\n--b\r\n{part}dziennik\r\n--b--\r\n"
    )
    found = read_mail(data.encode())
    assert found.text.strip() == "Pompa cieknie."
    assert [file.name for file in found.attachments] == ["a.txt"]


def test_named_text_that_is_an_attachment_is_a_file() -> None:
    data = (
        b"From: a@b.example\r\nContent-Type: text/plain; name=a.txt\r\n"
        b"Content-Disposition: attachment\r\n\r\nlog"
    )
    found = read_mail(data)
    assert (found.text, [file.name for file in found.attachments]) == ("", ["a.txt"])


@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset=iso-8859-2>",
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">',
    ],
)
def test_charset_that_only_the_html_declares_is_read(meta: str) -> None:
    page = f"<html><head>{meta}</head><p>źle działa, Łódź</p></html>".encode("iso-8859-2")
    found = read_mail(b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + page)
    assert "źle działa, Łódź" in (found.html or "")
