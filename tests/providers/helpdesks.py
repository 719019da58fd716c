"""What the tests of helpdesks share: requests made of samples, signatures checked by vectors, recipes driven reply by reply."""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers import Handover, Provider, SourceKind
from inquiry_router.providers.kit.provider import Locating
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    Secrets,
    Ticket,
)
from tests.providers.driving import incoming
from tests.providers.samples_on_disk import payload, vectors

T = TypeVar("T")
NOW = datetime.fromtimestamp(1795276800, UTC)
REFERENCE = "K7MA-4XEH"
INQUIRY = "01a20095-62d4-71a4-be89-b4f4ece244ce"
CHANNELS = {"email": "email", "phone": "phone", "chat": "chat", "web": "form", "portal": "form"}
URL = "https://router.example.com/v1/hooks/source-1"


def settings_of(source: SourceKind[Any], **settings: Any) -> Any:
    return source.settings_model.from_stored(settings, reach=PUBLIC)


def read(source: SourceKind[Any], request: IncomingRequest, **settings: Any) -> tuple[Event, ...]:
    found = source.read(settings_of(source, **settings), request)
    assert not isinstance(found, Handshake)
    return found


def one(
    source: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> Event:
    (found,) = read(source, incoming(body, headers), **settings)
    return found


def ticket(
    source: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> Ticket:
    found = one(source, body, headers, **settings)
    assert isinstance(found, Ticket), found
    return found


def is_ignored(
    source: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> bool:
    found = one(source, body, headers, **settings)
    return isinstance(found, Ignored) and bool(found.reason)


def assert_as_expected(found: Event, name: str) -> Ticket:
    """The ticket, after comparing it with what the sample expects."""
    assert isinstance(found, Ticket), found
    expected = payload(name)["expect"]
    assert found.external_id == expected["external_id"]
    assert found.subject == expected["subject"]
    assert (found.text or html_to_text(found.html or "").strip()) == expected["text"]
    contact = (found.contact.name, found.contact.email, found.contact.phone)
    assert contact == (
        expected["requester_name"],
        expected["requester_email"],
        expected["requester_phone"],
    )
    assert found.channel == CHANNELS[expected["channel"]]
    return found


def assert_vectors(source: SourceKind[Any], *schemes: str) -> None:
    """Every vector of these schemes: valid ones accepted at their moment, the others refused, and none with another secret."""
    for vector in (vector for scheme in schemes for vector in vectors(scheme)):
        now = NOW if vector["now"] is None else datetime.fromtimestamp(vector["now"], UTC)
        request = incoming(
            vector["body"].encode(),
            vector["headers"],
            method=vector.get("method") or "POST",
            url=vector["url"] or f"{URL}?token=none",
        )
        secrets = Secrets("token-of-the-source", ("another", vector["secret"]))
        if vector["valid"]:
            source.authenticate(settings_of(source), secrets, request, now)
        else:
            with pytest.raises(NotGenuine):
                source.authenticate(settings_of(source), secrets, request, now)
        for refused in (
            Secrets("token-of-the-source", ("another",)),
            Secrets("token-of-the-source"),
        ):
            with pytest.raises(NotGenuine):
                source.authenticate(settings_of(source), refused, request, now)


@dataclass
class Said:
    """A request that a recipe made."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Talk:
    """Drives a recipe: each request gets the next reply, the last of which must be used up."""

    replies: Sequence[Any]
    said: list[Said] = field(default_factory=list)

    def run(self, asking: Generator[OutgoingRequest, Reply, T], url: str) -> T:
        waiting = list(self.replies)
        try:
            request = next(asking)
            while True:
                assert request.url.startswith(url + "/"), request.url
                body = json.loads(request.body) if request.body else None
                self.said.append(
                    Said(request.method, request.url.removeprefix(url), request.headers, body)
                )
                assert waiting, f"one request too many: {request.method} {request.url}"
                given = waiting.pop(0)
                status, answer = given if isinstance(given, tuple) else (200, given)
                assert status < 300 or status in request.expected, f"{status} is not expected"
                request = asking.send(Reply(status, {}, json.dumps(answer).encode()))
        except StopIteration as end:
            assert not waiting, f"unused replies: {waiting}"
            value: T = end.value
            return value

    @property
    def lines(self) -> list[str]:
        """Method and path of each request."""
        return [f"{one.method} {one.path}" for one in self.said]


def event(source: str | None = "source-1", ticket_id: str = "35436", **changes: Any) -> str:
    """The payload of a delivery, as the router makes it."""
    data = {
        "id": INQUIRY,
        "reference": REFERENCE,
        "classification": {
            "category": "defect",
            "confidence": 0.95,
            "evidence": [
                {"text": "pęknięta", "weight": 2.0},
                {"text": "<b>reklamacja", "weight": 1.0},
            ],
        },
        "decision": {
            "team": "customer_service",
            "rule": "defects",
            "priority": "urgent",
            "flags": [],
        },
        "channel": "phone",
        "subject": None,
        "text": "Pompa pękła.\nProszę o <pomoc>.",
        "contact": {
            "name": "Anna Nowak",
            "email": "anna@klient.example.com",
            "phone": "+48220000101",
            "company": None,
        },
        "source": None if source is None else {"system": source, "id": ticket_id, "url": None},
        **changes,
    }
    return json.dumps(
        {"type": "inquiry.routed", "timestamp": "2026-11-21T16:00:00.000Z", "data": data}
    )


def handed_over(
    provider: Provider[Any],
    settings: Mapping[str, Any],
    replies: Sequence[Any],
    written: str | None = None,
    kind: str = "inquiry.routed",
    repeated: bool = False,
) -> list[Said]:
    """What the recipe of a delivery asked for, one after the other."""
    made = provider.settings_model.from_stored(dict(settings), reach=PUBLIC)
    handover = Handover(
        "d1", kind, written or event(), repeated, "https://router.example.com/c/abc"
    )
    calls = provider.hand_over(made, handover, NOW)
    assert isinstance(calls, Generator)
    talk = Talk(replies)
    talk.run(calls, provider.url(made) or "")
    return talk.said


def located(
    provider: Provider[Any], settings: Mapping[str, Any], *answers: Any
) -> tuple[str | None, list[str]]:
    """The group that a ticket is found in, and the requests it took."""
    assert isinstance(provider, Locating)
    made = provider.settings_model.from_stored(dict(settings), reach=PUBLIC)
    talk = Talk(answers)
    return talk.run(provider.locate(made, "35436"), provider.url(made) or ""), talk.lines


def lines(said: Sequence[Said]) -> list[str]:
    return [f"{one.method} {one.path}" for one in said]


def checked(
    provider: Provider[Any], settings: Mapping[str, Any], replies: Sequence[Any]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The groups that the check lists as pairs, and the requests it made."""
    made = provider.settings_model.from_stored(dict(settings), reach=PUBLIC)
    asking = provider.check(made)
    assert asking is not None
    talk = Talk(replies)
    groups = talk.run(asking, provider.url(made) or "")
    return [(group.id, group.name) for group in groups], talk.lines
