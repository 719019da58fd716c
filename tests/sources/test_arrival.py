"""A ticket becomes a draft: forwarded mail, deduplication keys, times."""

from datetime import timedelta
from typing import Any

import pytest

from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.source import IncomingRequest, SourceSettings, Ticket
from inquiry_router.sources.arrival import (
    MAX_KEY_CHARS,
    list_keys,
    make_draft,
    make_unread_draft,
    make_unread_ticket,
    shorten_key,
)
from tests.conftest import NOW

SOURCE = Source("desk", "Desk", "toy", {}, "token", shadow=False, version=1, created_at=NOW)
FORWARDED = """Do obsługi.

-----Original Message-----
From: Jan Kowalski <{writer}>
Sent: Thursday, November 19, 2026 9:12 AM
To: {forwarder}
Subject: Pompa

Pompa cieknie, proszę o naprawę.
"""


def ticket(**more: Any) -> Ticket:
    values: dict[str, Any] = {"channel": Channel.EMAIL, "text": "Pompa cieknie.", **more}
    return Ticket("48213", **values)


def request(body: bytes, **more: Any) -> IncomingRequest:
    return IncomingRequest("POST", "https://router.example.com/v1/hooks/desk", {}, body, **more)


def forwarded(forwarder: str | None, writer: str) -> Ticket:
    text = FORWARDED.format(forwarder=forwarder, writer=writer)
    return ticket(text=text, subject="Fwd: Pompa", contact=Contact(email=forwarder))


@pytest.mark.parametrize(
    ("forwarder", "writer", "own_domains", "customer"),
    [
        # A colleague forwards a customer's mail: the writer is the customer.
        (
            "anna@desk.acme.example",
            "jan@customer.example",
            ("acme.example",),
            "jan@customer.example",
        ),
        # Nobody is known to be a colleague before the company's domains are.
        ("anna@acme.example", "jan@customer.example", (), "anna@acme.example"),
        # A program forwards it.
        ("noreply@acme.example", "jan@customer.example", (), "jan@customer.example"),
        ("anna@acme.example", "jan@customer.example", ("acme.example",), "jan@customer.example"),
        ("Anna@ACME.example", "jan@customer.example", ("Acme.Example",), "jan@customer.example"),
        # A customer forwards a mail of their own company: the forwarder is the customer.
        ("ewa@customer.example", "jan@customer.example", (), "ewa@customer.example"),
        ("ewa@customer.example", "jan@CUSTOMER.example", (), "ewa@customer.example"),
        ("ewa@customer.example", "jan@customer.example", ("acme.example",), "ewa@customer.example"),
        # A customer forwards somebody else's mail, and the company's domains are known.
        ("ewa@customer.example", "jan@other.example", ("acme.example",), "ewa@customer.example"),
        # A colleague forwards a colleague's mail: nobody there is a customer.
        ("anna@acme.example", "adam@acme.example", ("acme.example",), "anna@acme.example"),
        # Without the forwarder's address only the writer can be the customer.
        (None, "jan@customer.example", (), "jan@customer.example"),
    ],
)
def test_customer_of_a_forwarded_mail(
    forwarder: str | None, writer: str, own_domains: tuple[str, ...], customer: str
) -> None:
    settings = SourceSettings(own_domains=own_domains)
    draft = make_draft(forwarded(forwarder, writer), SOURCE, settings, NOW)
    assert draft.contact.email == customer
    by = draft.provenance.forwarded_by
    if customer == writer and forwarder is not None:
        assert by is not None
        assert by.email == forwarder
    if customer == forwarder:
        assert by is None


def test_html_is_read_where_the_text_does_not_carry_its_words() -> None:
    settings = SourceSettings()
    html = "<p>Pompa&nbsp;<b>stoi</b></p>"
    assert make_draft(ticket(text=" ", html=html), SOURCE, settings, NOW).text.split() == [
        "Pompa",
        "stoi",
    ]
    assert make_draft(ticket(html=html), SOURCE, settings, NOW).text == (
        "Pompa stoi\n\nPompa cieknie."
    )
    same = "<p>Pompa</p><p>cieknie.</p>"
    assert make_draft(ticket(html=same), SOURCE, settings, NOW).text == "Pompa cieknie."


def test_time_of_receipt_is_never_in_the_future() -> None:
    hour = timedelta(hours=1)
    for received_at, expected in ((NOW + hour, NOW), (NOW - hour, NOW - hour), (None, None)):
        received = ticket(received_at=received_at)
        assert make_draft(received, SOURCE, SourceSettings(), NOW).received_at == expected
        assert make_unread_draft(received, SOURCE, NOW).received_at == expected


def test_keys_name_the_delivery_the_ticket_and_the_message() -> None:
    opened = ticket(delivery_key="e1", message_id="m1", opens=True)
    assert list_keys(opened, "desk") == (
        "hook:desk:e1",
        "ticket:desk:48213",
        "message:desk:48213:m1",
    )
    reply = ticket(message_id="m2", opens=False)
    assert list_keys(reply, "desk") == ("message:desk:48213:m2",)
    assert list_keys(ticket(opens=False), "desk") == ("ticket:desk:48213",)


def test_long_keys_are_shortened_and_stay_different() -> None:
    assert shorten_key("k" * MAX_KEY_CHARS) == "k" * MAX_KEY_CHARS
    long = ["k" * 5000 + end for end in "ab"]
    assert len({shorten_key(key) for key in long}) == 2
    assert all(len(shorten_key(key)) < MAX_KEY_CHARS + 70 for key in long)


def test_unreadable_request_becomes_a_ticket_with_everything_it_held() -> None:
    made = make_unread_ticket(request(b"\xff{pompa"))
    assert made.text.endswith("{pompa")
    assert made.external_id != make_unread_ticket(request(b"other")).external_id
    form = make_unread_ticket(request(b"", form={"text": b"Pompa cieknie."}))
    assert form.text == "text: Pompa cieknie."
    assert make_unread_draft(made, SOURCE, NOW).provenance.unread
    long = b"Pompa cieknie. " * 60_000
    assert make_unread_ticket(request(long)).text.encode() == long


def test_mailer_daemon_is_a_machine_at_helpdesks_too() -> None:
    bounced = ticket(contact=Contact(email="MAILER-DAEMON@customer.example"))
    draft = make_draft(bounced, SOURCE, SourceSettings(), NOW)
    assert draft.provenance.automatic == "bounce"


def test_clock_of_a_sender_that_is_off_by_more_than_a_day_is_not_believed() -> None:
    for off, believed in ((timedelta(hours=23), True), (timedelta(days=2), False)):
        mail = ticket(received_at=NOW - off, dated_by_sender=True)
        received_at = make_draft(mail, SOURCE, SourceSettings(), NOW).received_at
        assert received_at == (NOW - off if believed else None)


@pytest.mark.parametrize(
    ("sender", "reply_to", "own_domains", "customer"),
    [
        ("www@acme.example", "Jan <jan@customer.example>", (), "jan@customer.example"),
        ("no-reply@shop.example", "jan@customer.example", (), "jan@customer.example"),
        ("ewa@acme.example", "jan@customer.example", ("acme.example",), "jan@customer.example"),
        ("ewa@pl.acme.example", "jan@customer.example", ("acme.example",), "jan@customer.example"),
        # The reply address of our own company is nobody's.
        ("www@acme.example", "biuro@acme.example", ("acme.example",), "www@acme.example"),
        # A person's Reply-To does not change who wrote.
        ("ewa@customer.example", "jan@other.example", ("acme.example",), "ewa@customer.example"),
        ("noreen@customer.example", "jan@other.example", (), "noreen@customer.example"),
    ],
)
def test_reply_to_is_the_customer_where_the_sender_is_ours_or_a_program(
    sender: str, reply_to: str, own_domains: tuple[str, ...], customer: str
) -> None:
    mail = ticket(contact=Contact(email=sender), headers={"reply-to": reply_to})
    settings = SourceSettings(own_domains=own_domains)
    assert make_draft(mail, SOURCE, settings, NOW).contact.email == customer


FORM = "Nowa wiadomość\n\nImię: Jan Rek\n{email}Telefon: 600 100 200\nWiadomość: pompa cieknie"


@pytest.mark.parametrize(
    ("sender", "written", "own_domains", "customer"),
    [
        ("form@acme.example", "jan@x.example", (), "jan@x.example"),
        ("form@acme.example", None, (), None),
        ("biuro@acme.example", None, ("acme.example",), None),
        # The address of the recipient is not that of the person.
        ("form@acme.example", "biuro@acme.example", ("acme.example",), None),
        ("jan@x.example", None, ("acme.example",), "jan@x.example"),
    ],
)
def test_customer_of_a_form(
    sender: str, written: str | None, own_domains: tuple[str, ...], customer: str | None
) -> None:
    text = FORM.format(email=f"E-mail: {written}\n" if written else "")
    mail = ticket(text=text, subject="Formularz", contact=Contact("Strona", sender))
    draft = make_draft(mail, SOURCE, SourceSettings(own_domains=own_domains), NOW)
    assert draft.contact == Contact("Jan Rek", customer, "600 100 200")


def test_mails_with_one_id_and_other_words_have_other_keys() -> None:
    first, second = ticket(delivery_key="m1", words="a1"), ticket(delivery_key="m1", words="b2")
    assert list_keys(first, "desk") == ("hook:desk:m1#a1", "ticket:desk:48213#a1")
    assert not set(list_keys(first, "desk")) & set(list_keys(second, "desk"))
