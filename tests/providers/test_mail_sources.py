"""Mails by Postmark, Mailgun and SendGrid."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inquiry_router.inquiry.model import Attachment, Contact
from inquiry_router.intake.mail.bodies import read_body
from inquiry_router.intake.mail.parsing import parse_mail
from inquiry_router.providers.kit.inbound_mail import (
    headers_of,
    is_colleague,
    raw_mail_event,
    sender_of,
    sent_at,
)
from inquiry_router.providers.kit.mime import read_mail
from inquiry_router.providers.kit.source import (
    MAIL_BODY_BYTES,
    Ignored,
    IncomingRequest,
    SourceSettings,
    Ticket,
    Unreadable,
)
from inquiry_router.providers.mailgun import MailgunSource
from inquiry_router.providers.postmark import PostmarkSource
from inquiry_router.providers.sendgrid import SendGridSource
from inquiry_router.text.charsets import decoded
from tests.providers.kit import (
    MARK,
    NOW,
    assert_expected,
    incoming,
    is_genuine,
    read_one,
    sample,
    vector_now,
    vector_request,
)
from tests.providers.samples_on_disk import payload, vectors

POSTMARK, MAILGUN, SENDGRID = PostmarkSource(), MailgunSource(), SendGridSource()
OWN = SourceSettings(own_domains=("acme.example.com",))


def is_as_expected(ticket: Ticket, name: str) -> None:
    """Compare the mail with the sample after the stage that cuts quotes and signatures."""
    letter = parse_mail(ticket.subject, read_body(ticket.text, ticket.html), ticket.headers)
    assert letter.automatic is None
    assert_expected(replace(ticket, text=letter.text), name)


def test_postmark_sample() -> None:
    ticket = read_one(POSTMARK, sample("postmark-inbound"))
    is_as_expected(ticket, "postmark-inbound")
    assert "> stara wiadomość" in ticket.text
    assert ticket.headers["auto-submitted"] == "no"
    assert ticket.delivery_key == "73e6d360-66eb-11e1-8e72-a8904824019b"
    assert ticket.received_at == NOW


def postmark(**changes: Any) -> Any:
    body = {
        "MessageID": "m1",
        "Subject": "Pompa",
        "TextBody": "Cieknie",
        "From": "Anna Nowak <anna@klient.example.com>",
        **changes,
    }
    return read_one(POSTMARK, incoming(body), OWN)


def test_postmark_headers_and_attachments() -> None:
    files = [
        {"Name": "pompa.jpg", "Content": "", "ContentType": "image/jpeg", "ContentLength": 4096},
        {"Name": "=?utf-8?Q?zdj=C4=99cie.jpg?=", "ContentLength": True},
        {"Content": "x"},
        None,
    ]
    ticket = postmark(
        Attachments=files,
        HtmlBody="<p>Cieknie</p>",
        Date="x",
        Headers=[None, {"Name": "A", "Value": None}],
    )
    assert ticket.contact == Contact("Anna Nowak", "anna@klient.example.com")
    assert ticket.html == "<p>Cieknie</p>"
    assert ticket.received_at is None
    assert ticket.headers["from"] == "Anna Nowak <anna@klient.example.com>"
    assert ticket.attachments == (
        Attachment("pompa.jpg", "image/jpeg", 4096),
        Attachment("zdjęcie.jpg", "application/octet-stream", 0),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"RecordType": "Bounce"},
        {"TextBody": f"{MARK}\nx"},
        {"TextBody": None, "Subject": " "},
        {"Headers": [{"Name": "X-Inquiry-Router-Hops", "Value": "4"}]},
    ],
)
def test_mails_not_by_customers_are_ignored(changes: dict[str, Any]) -> None:
    assert isinstance(postmark(**changes), Ignored)


def test_alert_of_the_own_osticket_is_read_as_its_ticket() -> None:
    name = "osticket-email-alert-fallback"
    given = payload(name)
    mail = {
        "From": given["body"]["from"],
        "Subject": given["body"]["subject"],
        "TextBody": given["body"]["text"],
    }
    ticket = postmark(**mail)
    assert_expected(ticket, name)
    assert ticket.headers == {}
    stranger = postmark(**{**mail, "From": "osticket@acme.example.com.evil.example"})
    assert stranger.external_id == "m1"


def test_alert_of_the_own_osticket_names_its_files() -> None:
    given = payload("osticket-email-alert-fallback")["body"]
    head = f"From: {given['from']}\nSubject: {given['subject']}\n"
    mail = (
        f"{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{given['text']}\n--b\n"
        "Content-Type: application/pdf; name=reklamacja.pdf\n\nx\n--b--\n"
    )
    found = raw_mail_event(OWN, read_mail(mail.encode()))
    assert isinstance(found, Ticket) and found.headers == {}
    assert [file.name for file in found.attachments] == ["reklamacja.pdf"]


def test_hops_are_counted() -> None:
    assert postmark(Headers=[{"Name": "X-Inquiry-Router-Hops", "Value": "2"}]).hops == 2


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        (POSTMARK, incoming({"Subject": "x"})),
        (MAILGUN, incoming({"signature": {}})),
        (MAILGUN, incoming(form={"subject": "x"})),
        (SENDGRID, incoming({})),
        (SENDGRID, incoming(form={"text": "x"})),
    ],
)
def test_other_requests_are_refused_with_advice(kind: Any, request_: IncomingRequest) -> None:
    with pytest.raises(Unreadable, match=r"Set this address|Let a route"):
        kind.read(OWN, request_)


def test_mailgun_sample() -> None:
    ticket = read_one(MAILGUN, sample("mailgun-route-forward"))
    is_as_expected(ticket, "mailgun-route-forward")
    assert ticket.text.endswith("--\nJan Tokarski")
    assert ticket.delivery_key == "0e4d9a3e1c7b5f2a8d6c9b1e3f5a7c9d2b4f6a8c0e1d3b5f7a"
    assert ticket.received_at == NOW


def mailgun(**form: str) -> Any:
    return read_one(
        MAILGUN,
        incoming(form={"Message-Id": "<1@b>", "token": "t", "body-plain": "Cieknie", **form}),
        OWN,
    )


def test_mailgun_bounce_has_an_empty_sender() -> None:
    headers = json.dumps(
        [["X-Failed-Recipients", "a@b"], ["x"], "y", ["Z", None], ["X-Failed-Recipients", "second"]]
    )
    ticket = mailgun(**{"sender": "", "message-headers": headers})
    assert ticket.headers == {"x-failed-recipients": "a@b", "return-path": "<>"}
    assert parse_mail(None, ticket.text, ticket.headers).automatic == "bounce"


def test_mailgun_mail_without_an_id_has_its_token() -> None:
    assert mailgun(**{"Message-Id": "", "message-headers": "[1"}).external_id == "t"
    assert (
        mailgun(**{"Message-Id": "", "message-headers": '[["Message-ID","<2@b>"]]'}).external_id
        == "<2@b>"
    )


def test_mailgun_signature_is_valid_for_eight_hours() -> None:
    (row,) = vectors("mailgun")
    request, now = vector_request(row), vector_now(row)
    assert is_genuine(MAILGUN, request, "another", row["secret"], now=now)
    assert is_genuine(MAILGUN, request, row["secret"], now=now + timedelta(hours=8))
    assert not is_genuine(MAILGUN, request, row["secret"], now=now + timedelta(hours=8, seconds=1))
    assert not is_genuine(MAILGUN, request, row["secret"], now=now - timedelta(minutes=6))
    assert not is_genuine(MAILGUN, request, "another", now=now)
    for name in request.form:
        changed = replace(request, form={**request.form, name: request.form[name] + b"0"})
        assert not is_genuine(MAILGUN, changed, row["secret"], now=now), name
        without = replace(
            request, form={one: value for one, value in request.form.items() if one != name}
        )
        assert not is_genuine(MAILGUN, without, row["secret"], now=now), name


def test_sendgrid_sample() -> None:
    ticket = read_one(SENDGRID, sample("sendgrid-inbound-parse"))
    is_as_expected(ticket, "sendgrid-inbound-parse")
    assert ticket.received_at == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert ticket.headers["received"] == "by mx.example.com"


@pytest.mark.parametrize("charset", ["iso-8859-2", "windows-1250", "UTF-8"])
def test_sendgrid_charsets(charset: str) -> None:
    name = "sendgrid-inbound-parse-iso-8859-2"
    form = payload(name)["form"]
    charsets = {**json.loads(form["charsets"]), "text": charset}
    fields = {**form, "text": form["text"].encode(charset), "charsets": json.dumps(charsets)}
    ticket = read_one(SENDGRID, incoming(form=fields))
    is_as_expected(ticket, name)
    assert ticket.attachments == (Attachment("zdjecie.jpg", "image/jpeg", 0),)
    photo = Attachment("zdjęcie.jpg", "image/jpeg", 2048)
    assert read_one(SENDGRID, replace(incoming(form=fields), attachments=(photo,))).attachments == (
        photo,
    )


def sendgrid(**form: str) -> Any:
    return read_one(
        SENDGRID,
        incoming(
            form={"headers": "", "from": "anna@klient.example.com", "text": "Cieknie", **form}
        ),
        OWN,
    )


def test_sendgrid_mail_without_an_id_has_a_digest() -> None:
    first = sendgrid(charsets="[", envelope="1")
    assert first.external_id.startswith("sha256-")
    assert (
        first.external_id
        == sendgrid(spam_score="1.0").external_id
        != sendgrid(text="x").external_id
    )


def test_sendgrid_bounce_has_an_empty_sender() -> None:
    assert sendgrid(envelope='{"from":""}').headers["return-path"] == "<>"


def test_sendgrid_signature() -> None:
    (row,) = vectors("sendgrid-ecdsa")
    request, now, key = vector_request(row), vector_now(row), row["secret"]
    pem = f"-----BEGIN PUBLIC KEY-----\n{key[:64]}\n{key[64:]}\n-----END PUBLIC KEY-----\n"
    assert is_genuine(SENDGRID, request, "no key", key, now=now)
    assert is_genuine(SENDGRID, request, pem, now=now)
    assert not is_genuine(SENDGRID, request, key, now=now + timedelta(minutes=6))
    assert not is_genuine(SENDGRID, replace(request, body=request.body + b" "), key, now=now)
    for name in request.headers:
        assert not is_genuine(
            SENDGRID,
            replace(request, headers={**request.headers, name: "1795276801"}),
            key,
            now=now,
        )
        assert not is_genuine(
            SENDGRID, replace(request, headers={name: request.headers[name]}), key, now=now
        )
    other = (
        ec.derive_private_key(7, ec.SECP384R1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    for wrong in ("", "*", "AAAA", base64.b64encode(other).decode()):
        assert not is_genuine(SENDGRID, request, wrong, now=now)


def test_dropped_body_is_verified_by_what_was_read_of_it() -> None:
    private, body = ec.derive_private_key(11, ec.SECP256R1()), b"--x\r\na large form"
    written = str(int(NOW.timestamp()))
    headers = {"x-twilio-email-event-webhook-timestamp": written}
    signature = private.sign(written.encode() + body, ec.ECDSA(SHA256()))
    public = (
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )
    signed = incoming(
        None,
        {**headers, "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode()},
    )

    def read(data: bytes) -> IncomingRequest:
        (seal,) = SENDGRID.seals(public, signed)
        seal.feed(data[:3])
        seal.feed(data[3:])
        return replace(signed, seals={public: (seal,)})

    assert is_genuine(SENDGRID, read(body), public)
    assert not is_genuine(SENDGRID, read(body + b" "), public)
    assert not is_genuine(SENDGRID, signed, public)


def test_sendgrid_requires_the_token_without_a_key() -> None:
    assert is_genuine(
        SENDGRID, incoming(url="https://router.example.com/v1/hooks/door?token=token-of-the-source")
    )
    assert not is_genuine(SENDGRID, incoming())
    assert not is_genuine(POSTMARK, incoming())
    basic = base64.b64encode(b"postmark:token-of-the-source").decode()
    assert is_genuine(POSTMARK, incoming(headers={"Authorization": f"Basic {basic}"}))


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Zażółć".encode("iso-8859-2"), "ISO-8859-2", "Zażółć"),
        ("Zaśpiewaj".encode("windows-1250"), "iso-8859-2", "Zaśpiewaj"),
        ("Zażółć".encode(), None, "Zażółć"),
        ("Zażółć".encode(), "x-unknown", "Zażółć"),
        (b"caf\xe9", "latin1", "café"),
        (b"a", "hex", "a"),
        (b"a", "a\0b", "a"),
        (b"\xff", "utf-8", "\u02d9"),
        ("Źle działa: pękł wąż".encode("cp1250"), None, "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "utf-8", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "us-ascii", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "cp-1250", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "win-1250", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "x-cp1250", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "cp1250", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode("cp1250"), "unknown-8bit", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode(), "windows-1250", "Źle działa: pękł wąż"),
        ("Źle działa: pękł wąż".encode(), "us-ascii", "Źle działa: pękł wąż"),
        (
            "Bonjour, la pompe à eau est cassée".encode("cp1252"),
            None,
            "Bonjour, la pompe à eau est cassée",
        ),
        (
            "The café’s à la carte menu and the bill".encode("cp1252"),
            "x",
            "The café’s à la carte menu and the bill",
        ),
        ("größer".encode("cp1252"), "ISO_8859-1", "größer"),
        ("Насос тече".encode("koi8-u"), "koi8-u", "Насос тече"),
        ("漏水".encode("gb2312"), "gb2312", "漏水"),
        ("水漏れ".encode("iso-2022-jp"), "iso-2022-jp", "水漏れ"),
        (
            "Zażółć gęślą jaźń, źle działa".encode() + b"\xc5",
            "utf-8",
            "Zażółć gęślą jaźń, źle działa\ufffd",
        ),
        (
            "Dzień dobry, pompa źle działa i jest w Łodzi".encode("cp1250"),
            "iso-8859-1",
            "Dzień dobry, pompa źle działa i jest w Łodzi",
        ),
        ("Żądamy zwrotu".encode("cp1250"), "windows-1252", "Żądamy zwrotu"),
        ("je prends 10 m³ de béton".encode("cp1252"), "iso-8859-1", "je prends 10 m³ de béton"),
        ("nie ma 5 m³, cena £5".encode("cp1252"), "windows-1252", "nie ma 5 m³, cena £5"),
        (b"a-", "punycode", "a-"),
        (b"\\u0041", "Unicode-Escape", "\\u0041"),
    ],
)
def test_charsets(data: bytes, charset: str | None, text: str) -> None:
    assert decoded(data, charset) == text


def test_senders_and_headers() -> None:
    assert sender_of("=?iso-8859-2?Q?Micha=B3?= <m@klient.example.com>") == Contact(
        "Michał", "m@klient.example.com"
    )
    assert sender_of("undisclosed") == Contact("undisclosed")
    assert sender_of(f"Anna <a@klient.example.com> {'@' * 100_000}") == Contact(
        "Anna", "a@klient.example.com"
    )
    assert sender_of(None) == Contact()
    assert sender_of("(" * 100_000 + "m@klient.example.com") == Contact()
    assert sender_of("Wójcik, Jan <jan@klient.example.com>") == Contact(
        "Wójcik, Jan", "jan@klient.example.com"
    )
    assert sender_of("Jan @ Firma <jan@klient.example.com>") == Contact(
        "Jan @ Firma", "jan@klient.example.com"
    )
    assert sender_of('"Rek, Jan" <jan@klient.example.com>') == Contact(
        "Rek, Jan", "jan@klient.example.com"
    )
    assert sender_of('"Jan \\"Jasiek\\" Rek" <jan@klient.example.com>') == Contact(
        'Jan "Jasiek" Rek', "jan@klient.example.com"
    )
    assert sender_of("jan@klient.example.com (Jan Rek)") == Contact(
        "Jan Rek", "jan@klient.example.com"
    )
    assert sender_of("Jan Rek jan@klient.example.com") == Contact(
        "Jan Rek", "jan@klient.example.com"
    )
    assert sender_of("<mailto:jan@klient.example.com>") == Contact(None, "jan@klient.example.com")
    assert sender_of("Jan (biuro) <jan@klient.example.com>") == Contact(
        "Jan (biuro)", "jan@klient.example.com"
    )
    assert sender_of("jan@klient.example.com, anna@klient.example.com").email == (
        "jan@klient.example.com"
    )
    assert headers_of([("Subject", "=?utf-8?B?xYE=?=\r\n x"), (" ", "y"), (None, "z")]) == {
        "subject": "Ł x"
    }
    assert len(headers_of((f"x-{n}", "y") for n in range(600))) == 500


@pytest.mark.parametrize(
    "written",
    [None, "", "yesterday", "Sat, 99 Nov 2026 17:00:00 +0100", "Sat, 21 Nov 9999 17:00:00 +0100"],
)
def test_unreadable_date_is_none(written: str | None) -> None:
    assert sent_at(written) is None


def test_colleagues_by_domain() -> None:
    assert is_colleague(OWN, "Celina@ACME.example.com") and is_colleague(
        OWN, "os@desk.acme.example.com"
    )
    assert not is_colleague(OWN, "x@notacme.example.com") and not is_colleague(OWN, None)
    assert not is_colleague(SourceSettings(own_domains=("",)), "x@")


@pytest.mark.parametrize("kind", [POSTMARK, MAILGUN, SENDGRID])
def test_setup_steps_contain_the_address(kind: Any) -> None:
    assert kind.max_body == MAIL_BODY_BYTES
    said = kind.setup("https://router.example.com/v1/hooks/door")
    for language in (said.pl, said.en):
        assert 4 <= len(language) <= 9
        assert any("https://router.example.com/v1/hooks/door" in step for step in language)
