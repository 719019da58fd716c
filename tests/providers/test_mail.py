"""Raw mails: posted alone, or in the forms of Mailgun and SendGrid."""

import json
from dataclasses import replace
from typing import Any

import pytest

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.providers.kit.mime import read_mail
from inquiry_router.providers.kit.source import IncomingRequest, Ticket, Unreadable
from inquiry_router.providers.mail import MailSource
from inquiry_router.providers.mailgun import MailgunSource
from inquiry_router.providers.sendgrid import SendGridSource
from tests.providers.kit import incoming, read_one
from tests.providers.samples import Sample, arrived

MAIL = (
    "Received: from mx.example by acme.example; Sat, 21 Nov 2026 16:00:01 +0000\n"
    'From: "Nowak, Anna" <anna@hydro-bud.example>\nTo: serwis@acme.example.com\n'
    "Subject: =?utf-8?Q?Zam=C3=B3wienie?=\nDate: Sat, 21 Nov 2026 16:00:00 +0000\n"
    "Message-ID: <1@hydro-bud.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain; charset=utf-8\n\nW załączeniu.\n"
    "--b\nContent-Type: application/pdf; name=zam.pdf\n\nPDF\n--b--\n"
)


def of(text: str = MAIL, **form: str) -> IncomingRequest:
    return replace(incoming(form=form), mail=read_mail(text.encode()))


def test_mail_is_read_whole() -> None:
    ticket = read_one(MailSource(), of())
    assert (ticket.channel, ticket.subject) == (Channel.EMAIL, "Zamówienie")
    assert ticket.text == "W załączeniu.\n"
    assert ticket.contact == Contact("Nowak, Anna", "anna@hydro-bud.example")
    assert ticket.attachments == (Attachment("zam.pdf", "application/pdf", 4),)
    assert ticket.delivery_key == ticket.external_id == "<1@hydro-bud.example>"


def test_mail_without_an_id_is_known_by_what_its_writer_wrote() -> None:
    bare = MAIL.replace("Message-ID", "X-No")
    ids = {
        read_one(MailSource(), of(text)).external_id
        for text in (bare, f"Received: from another.example\n{bare}")
    }
    assert len(ids) == 1
    other = read_one(MailSource(), of(bare.replace("W załączeniu", "Inny list")))
    assert other.external_id not in ids


@pytest.mark.parametrize("text", ["", "{}", "Pompa stoi.", "X-Other: 1\n\nPompa stoi.", "<html>"])
def test_what_is_no_mail_is_refused_with_advice(text: str) -> None:
    with pytest.raises(Unreadable, match="headers first"):
        MailSource().read(MailSource.settings_model(), of(text))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "field"), [(MailgunSource(), "body-mime"), (SendGridSource(), "email")]
)
async def test_raw_mail_in_a_form_is_read_as_it_streams_in(kind: Any, field: str) -> None:
    envelope = json.dumps({"from": "", "to": ["serwis@acme.example.com"]})
    form = {field: MAIL.encode(), "token": b"t0ken", "envelope": envelope.encode()}
    form["recipient"] = b"serwis@acme.example.com"
    headers = {"content-type": "multipart/form-data; boundary=x0x1x2x3"}
    request = await arrived(kind, Sample(headers, form=form))
    assert field not in request.form
    ticket = read_one(kind, request)
    assert isinstance(ticket, Ticket)
    assert (ticket.text, ticket.external_id) == ("W załączeniu.\n", "<1@hydro-bud.example>")
    assert [file.name for file in ticket.attachments] == ["zam.pdf"]
    assert ticket.headers["envelope-to"] == "serwis@acme.example.com"
    if field == "email":
        assert ticket.headers["return-path"] == "<>"
    else:
        assert ticket.delivery_key == "t0ken"


def test_raw_mail_in_a_plain_form_of_mailgun() -> None:
    ticket = read_one(MailgunSource(), incoming(form={"body-mime": MAIL, "token": "t0ken"}))
    assert ticket.subject == "Zamówienie"
