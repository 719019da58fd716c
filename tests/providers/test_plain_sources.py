"""Sources that take plain JSON: Standard Webhooks, CloudEvents and the console."""

import base64
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.cloudevents import CloudEventsSource
from inquiry_router.providers.console import ConsoleSource
from inquiry_router.providers.kit.source import (
    Ignored,
    IncomingRequest,
    Secrets,
    Ticket,
    Unreadable,
)
from inquiry_router.providers.standard_webhooks import StandardWebhooksSource
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
from tests.providers.samples_on_disk import vectors

STANDARD = StandardWebhooksSource()
EVENTS = CloudEventsSource()
NOBODY = Secrets("token")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.mark.parametrize("scheme", ["standard-webhooks-v1", "standard-webhooks-v1a", "svix"])
def test_signature_vectors(scheme: str) -> None:
    rows = vectors(scheme)
    for row in rows:
        assert (
            is_genuine(STANDARD, vector_request(row), row["secret"], now=vector_now(row))
            == row["valid"]
        ), row["description"]
    assert any(row["valid"] for row in rows)


def signed(
    secret: str = SECRET,
    at: datetime = NOW,
    message_id: str = "msg_1",
    body: bytes = b'{"data":{}}',
) -> IncomingRequest:
    signature = Webhook(secret).sign(message_id, at, body.decode())
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    return incoming(body, headers)


def changed(request: IncomingRequest, **headers: str) -> IncomingRequest:
    return incoming(
        request.body,
        {**request.headers, **{name.replace("_", "-"): value for name, value in headers.items()}},
    )


def test_one_valid_signature_is_enough() -> None:
    request = signed()
    both = changed(
        request, webhook_signature=f"v1,AAAA v2,x {request.headers['webhook-signature']}"
    )
    assert is_genuine(STANDARD, both, OTHER, SECRET)
    assert not is_genuine(STANDARD, both, OTHER)
    assert is_genuine(STANDARD, both, "whsec_not base64", SECRET)
    many = changed(
        request, webhook_signature="v1,AAAA " * 20 + request.headers["webhook-signature"]
    )
    assert not is_genuine(STANDARD, many, SECRET)


@pytest.mark.parametrize("away", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_stale_or_future_signature_is_refused(away: timedelta) -> None:
    assert not is_genuine(STANDARD, signed(at=NOW + away), SECRET)


def test_missing_or_odd_headers_are_refused() -> None:
    request = signed()
    for name in request.headers:
        assert not is_genuine(
            STANDARD,
            incoming(request.body, {n: v for n, v in request.headers.items() if n != name}),
            SECRET,
        )
    assert not is_genuine(STANDARD, signed(message_id="msg.1"), SECRET)
    assert not is_genuine(STANDARD, request, "")
    assert not is_genuine(STANDARD, request)
    assert not is_genuine(STANDARD, changed(request, webhook_id="msg_\udc80"), SECRET)


def test_public_key_verifies_only_version_1a() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = "whpk_" + base64.b64encode(key.public_key().public_bytes_raw()).decode()
    request = signed()
    made = base64.b64encode(
        key.sign(f"msg_1.{int(NOW.timestamp())}.".encode() + request.body)
    ).decode()
    assert is_genuine(STANDARD, changed(request, webhook_signature=f"v1,x v1a,{made}"), public)
    for signature in (
        f"v1,{made}",
        "v1a,",
        "v1a,***",
        f"v1a,{made[:-8]}",
        request.headers["webhook-signature"],
    ):
        assert not is_genuine(STANDARD, changed(request, webhook_signature=signature), public)
    for broken in ("whpk_", "whpk_AAAA", "whpk_*"):
        assert not is_genuine(STANDARD, changed(request, webhook_signature=f"v1a,{made}"), broken)


def test_mutated_signatures_are_refused() -> None:
    request, chance = signed(), random.Random(7)
    signature = request.headers["webhook-signature"]
    for _ in range(2000):
        at = chance.randrange(3, len(signature) - 1)
        other = chance.choice(
            [
                letter
                for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789+/"
                if letter != signature[at]
            ]
        )
        assert not is_genuine(
            STANDARD,
            changed(request, webhook_signature=signature[:at] + other + signature[at + 1 :]),
            SECRET,
        )


def test_standard_webhooks_sample() -> None:
    ticket = read_one(STANDARD, sample("standard-webhooks-inquiry-created"))
    assert_expected(ticket, "standard-webhooks-inquiry-created")
    assert ticket.delivery_key == "msg_01JD8Z3K5Q"
    assert ticket.received_at == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_cloudevent_in_binary_mode() -> None:
    ticket = read_one(EVENTS, sample("cloudevents-binary-inquiry"))
    assert_expected(ticket, "cloudevents-binary-inquiry")
    assert ticket.delivery_key == "/crm/forms b7e0a2"
    assert ticket.received_at == datetime(2026, 11, 21, 16, tzinfo=UTC)


EVENT = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/crm",
    "type": "inquiry.created",
    "data": {"text": "Proszę o cennik"},
}


def structured(
    body: Any, kind: str = "application/cloudevents+json; charset=utf-8"
) -> tuple[Any, ...]:
    events = EVENTS.read(EVENTS.settings_model(), incoming(body, {"Content-Type": kind}))
    assert isinstance(events, tuple)
    return events


@pytest.mark.parametrize(
    "data",
    [
        {"data": {"text": "Proszę o cennik"}},
        {"data": "Proszę o cennik"},
        {
            "data": None,
            "data_base64": base64.b64encode('{"message":"Proszę o cennik"}'.encode()).decode(),
        },
    ],
)
def test_cloudevent_in_structured_mode(data: dict[str, Any]) -> None:
    (ticket,) = structured({**EVENT, **data})
    assert (ticket.external_id, ticket.text, ticket.channel) == (
        "e1",
        "Proszę o cennik",
        Channel.API,
    )


def test_cloudevents_in_a_batch() -> None:
    kind = "application/cloudevents-batch+json"
    tickets = structured([EVENT, {**EVENT, "id": "e2"}, {**EVENT, "type": "inquiry.routed"}], kind)
    assert [ticket.external_id for ticket in tickets[:2]] == ["e1", "e2"]
    assert isinstance(tickets[2], Ignored)
    batches: list[Any] = [{}, [EVENT] * 101, [None]]
    for batch in batches:
        with pytest.raises(Unreadable):
            structured(batch, kind)


def binary(body: bytes, kind: str) -> Any:
    return read_one(
        EVENTS, incoming(body, {"ce-id": "a%20b", "ce-type": "x", "content-type": kind})
    )


def test_cloudevent_with_plain_text() -> None:
    ticket = binary("Proszę o cennik".encode(), "text/plain; charset=utf-8")
    assert (ticket.external_id, ticket.text, ticket.delivery_key) == (
        "a b",
        "Proszę o cennik",
        "a b",
    )
    assert binary(b"<p>x</p>", "text/html").html == "<p>x</p>"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (EVENT, {"content-type": "application/json"}),
        ({**EVENT, "id": None}, {"content-type": "application/cloudevents+json"}),
        ({**EVENT, "data": [1]}, {"content-type": "application/cloudevents+json"}),
        ({**EVENT, "data_base64": "*"}, {"content-type": "application/cloudevents+json"}),
        ([], {"content-type": "application/cloudevents+json"}),
        (b"{", {"ce-id": "1"}),
    ],
)
def test_other_requests_are_unreadable(body: Any, headers: Mapping[str, str]) -> None:
    with pytest.raises(Unreadable):
        EVENTS.read(EVENTS.settings_model(), incoming(body, headers))


def test_permission_to_send_is_given() -> None:
    asked = incoming(
        None,
        {"WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "120"},
        method="OPTIONS",
    )
    consent = EVENTS.greet(NOBODY, asked)
    assert consent is not None
    assert consent.headers["webhook-allowed-origin"] == "eventemitter.example.com"
    assert consent.headers["webhook-allowed-rate"] == "*"
    for headers in ({}, {"WebHook-Request-Origin": "a\r\nx: y"}):
        assert EVENTS.greet(NOBODY, incoming(None, headers, method="OPTIONS")) is None
    assert EVENTS.greet(NOBODY, incoming(None, asked.headers)) is None


def plain(**body: Any) -> Any:
    return read_one(ConsoleSource(), incoming({"id": "1", "text": "Proszę o cennik", **body}))


def test_plain_json_with_our_names() -> None:
    contact = {
        "name": "Anna Nowak",
        "email": "anna@klient.example.com",
        "phone": "22 000 01 01",
        "company": "Klient",
    }
    ticket = plain(
        subject="Cennik",
        channel="form",
        contact=contact,
        language="pl",
        url="https://crm.example.com/1",
        received_at="2026-11-21T16:00:00Z",
        message_id="7",
    )
    assert ticket == Ticket(
        external_id="1",
        channel=Channel.FORM,
        text="Proszę o cennik",
        subject="Cennik",
        contact=Contact(**contact),
        language="pl",
        url="https://crm.example.com/1",
        received_at=NOW,
        message_id="7",
    )


@pytest.mark.parametrize(
    "names",
    [
        {"from": "Anna Nowak <anna@klient.example.com>"},
        {"sender": "Anna Nowak <anna@klient.example.com>"},
        {"name": "Anna Nowak", "email": "anna@klient.example.com"},
        {"requester_name": "Anna Nowak", "requester_email": "anna@klient.example.com"},
        {"customer": {"name": "Anna Nowak", "email": "anna@klient.example.com"}, "contact": None},
    ],
)
def test_plain_json_with_common_names(names: dict[str, Any]) -> None:
    assert plain(**names).contact == Contact("Anna Nowak", "anna@klient.example.com")


def test_plain_json_that_is_ignored() -> None:
    assert isinstance(plain(text=f"{MARK} x"), Ignored)
    assert isinstance(plain(text=None), Ignored)
    assert isinstance(plain(tags=["inquiry-router"]), Ignored)
    event = {"type": "inquiry.corrected", "data": {"id": "1", "text": "x"}}
    assert isinstance(read_one(STANDARD, incoming(event)), Ignored)
    hops = incoming({"id": "1", "text": "x"}, {"X-Inquiry-Router-Hops": "4"})
    assert isinstance(read_one(ConsoleSource(), hops), Ignored)


@pytest.mark.parametrize(
    "body", [{"text": "x"}, {"id": None, "text": "x"}, {"id": {}, "text": "x"}]
)
def test_plain_json_without_an_id_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable, match="has no 'id'"):
        read_one(ConsoleSource(), incoming(body))
    with pytest.raises(Unreadable):
        read_one(STANDARD, incoming({"data": "x"}))


@pytest.mark.parametrize("kind", [STANDARD, EVENTS, ConsoleSource()])
def test_setup_steps_contain_the_address(kind: Any) -> None:
    said = kind.setup("https://router.example.com/v1/hooks/door")
    for language in (said.pl, said.en):
        assert 4 <= len(language) <= 9
        assert any("https://router.example.com/v1/hooks/door" in step for step in language)


def test_console_requires_the_token() -> None:
    kind = ConsoleSource()
    assert is_genuine(kind, incoming({}, {"X-Router-Token": "token-of-the-source"}))
    assert not is_genuine(kind, incoming({}))
