"""A made-up vendor that signs, sends whole and thin events, and can be fetched and polled."""

from datetime import datetime
from typing import Any

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.requests import json_request
from inquiry_router.providers.kit.setup import Setup
from inquiry_router.providers.kit.signatures import hmac_hex, parse_unix_time, same
from inquiry_router.providers.kit.source import (
    ApiSettings,
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    Listed,
    Poll,
    Secrets,
    SourceKind,
    Thin,
    Ticket,
    Unreadable,
    list_at,
    text_of,
)


class ToySource(SourceKind[ApiSettings]):
    kind = "toy"
    title = "Toy desk"
    settings_model = ApiSettings
    signs = "optional"
    retry_status = 503
    retry_after_s = 17
    polls = True

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        return same(hmac_hex(secret, request.body), request.headers.get("x-toy-signature"))

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        return (
            parse_unix_time(request.headers["x-toy-time"])
            if "x-toy-time" in request.headers
            else None
        )

    def greet(self, secrets: Secrets, request: IncomingRequest) -> Handshake | None:
        return Handshake(200, {"x-toy": "here"}, "hello") if request.method == "OPTIONS" else None

    def read(
        self, settings: ApiSettings, request: IncomingRequest
    ) -> tuple[Event, ...] | Handshake:
        body = request.json_object()
        if body.get("event") == "sync":
            return Handshake(body=str(body.get("challenge")))
        if body.get("event") == "thin":
            ticket_id = text_of(body, "id") or "?"
            return (
                Thin(
                    f"thin-{ticket_id}",
                    {"id": ticket_id},
                    toy_ticket(body) if body.get("text") else None,
                ),
            )
        if body.get("event") == "note":
            return (Ignored("it is a note"),)
        if text_of(body, "id") is None:
            raise Unreadable("The body has no 'id': add it to the template.")
        return (toy_ticket(body),)

    def fetch(self, settings: ApiSettings, thin: Thin) -> OutgoingRequest | None:
        if settings.api_url is None:
            return None
        return json_request("GET", f"{settings.api_url}/tickets/{thin.known['id']}", {})

    def fetched(self, settings: ApiSettings, thin: Thin, reply: Reply) -> Event:
        return toy_ticket(reply.json())

    def poll(self, settings: ApiSettings, since: datetime) -> Poll:
        reply = yield json_request(
            "GET", f"{settings.api_url}/tickets?since={int(since.timestamp())}", {}
        )
        return Listed([toy_ticket(one) for one in list_at(reply.json(), "tickets")])

    def setup(self, url: str) -> Setup:
        return Setup(pl=[f"Wklej {url}."], en=[f"Paste {url}."])


def toy_ticket(body: Any) -> Ticket:
    return Ticket(
        external_id=text_of(body, "id") or "?",
        channel=Channel(text_of(body, "channel") or "email"),
        text=text_of(body, "text") or "",
        html=text_of(body, "html"),
        subject=text_of(body, "subject"),
        contact=Contact(email=text_of(body, "from")),
        message_id=text_of(body, "message"),
        delivery_key=text_of(body, "delivery"),
        headers={"auto-submitted": text_of(body, "auto") or "no"},
        hops=body.get("hops", 0),
    )
