"""The kit of all tests of providers: requests, signatures, deliveries, and a driver for verbs."""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import unquote

import pytest

from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers import Handover, Provider, SourceKind
from inquiry_router.providers.kit.provider import Locating, NothingToDo
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    Secrets,
    SourceSettings,
    Ticket,
    TicketState,
)
from tests.providers.samples_on_disk import payload, vectors

T = TypeVar("T")
NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
REFERENCE = "K7MA-4XEH"
MARK = f"[inquiry-router {REFERENCE}]"
INQUIRY = "01a20095-62d4-71a4-be89-b4f4ece244ce"
URL = "https://router.example.com/v1/hooks/source-1"
TOKEN = "token-of-the-source"
CORRECTION_URL = "https://router.example.com/c/abc"
MAX_REQUESTS = 1000
# The channels that samples call otherwise than we do.
CHANNELS = {"web": "form", "portal": "form", "helpdesk": "api"}


def incoming(
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str | bytes] | None = None,
    url: str = URL,
    method: str = "POST",
) -> IncomingRequest:
    """A request as the API hands it on."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {
        name: value if isinstance(value, bytes) else value.encode()
        for name, value in (form or {}).items()
    }
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    return IncomingRequest(method, url, lower, raw, fields)


def sample(name: str) -> IncomingRequest:
    """The request in a sample payload."""
    given = payload(name)
    return incoming(given.get("body"), given["headers"], given.get("form"), method=given["method"])


def settings_of(kind: SourceKind[Any], **settings: Any) -> Any:
    return kind.settings_model.from_stored(settings, reach=PUBLIC)


def read(kind: SourceKind[Any], request: IncomingRequest, **settings: Any) -> tuple[Event, ...]:
    """The events of a request."""
    found = kind.read(settings_of(kind, **settings), request)
    assert not isinstance(found, Handshake)
    return found


def read_one(
    kind: SourceKind[Any], request: IncomingRequest, settings: SourceSettings | None = None
) -> Any:
    """The only event of a request."""
    found = kind.read(settings or kind.settings_model(), request)
    assert isinstance(found, tuple)
    (event,) = found
    return event


def one(
    kind: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> Event:
    """The only event of a request with this body."""
    (found,) = read(kind, incoming(body, headers), **settings)
    return found


def ticket(
    kind: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> Ticket:
    found = one(kind, body, headers, **settings)
    assert isinstance(found, Ticket), found
    return found


def state(
    kind: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> TicketState:
    found = one(kind, body, headers, **settings)
    assert isinstance(found, TicketState), found
    return found


def is_ignored(
    kind: SourceKind[Any], body: Any, headers: Mapping[str, str] | None = None, **settings: Any
) -> bool:
    found = one(kind, body, headers, **settings)
    return isinstance(found, Ignored) and bool(found.reason)


def assert_expected(found: Event, name: str) -> Ticket:
    """Compare the ticket with `expect` of the sample, and return it.

    A phone number that is only in the text is found by a later stage.
    """
    assert isinstance(found, Ticket), found
    expected = payload(name)["expect"]
    assert found.external_id == expected["external_id"]
    assert found.subject == expected["subject"]
    assert (found.text or html_to_text(found.html or "")).strip() == (expected["text"] or "")
    assert found.contact.name == expected["requester_name"]
    assert found.contact.email == expected["requester_email"]
    if "phone only if found in the text" not in expected.get("note", ""):
        assert found.contact.phone == expected["requester_phone"]
    assert found.channel == CHANNELS.get(expected["channel"], expected["channel"])
    return found


def is_genuine(
    kind: SourceKind[Any], request: IncomingRequest, *signing: str, now: datetime = NOW
) -> bool:
    """True if the request passes with these secrets."""
    try:
        kind.authenticate(kind.settings_model(), Secrets(TOKEN, signing), request, now)
    except NotGenuine:
        return False
    return True


def vector_request(row: Mapping[str, Any]) -> IncomingRequest:
    """The request in a signature vector."""
    body, method = (row["body"] or "").encode(), row.get("method") or "POST"
    url = row["url"] or f"{URL}?token=none"
    return incoming(body, row["headers"], row["params"], url, method)


def vector_now(row: Mapping[str, Any]) -> datetime:
    """The moment at which a vector is to be verified."""
    return NOW if row["now"] is None else datetime.fromtimestamp(row["now"], UTC)


def assert_vectors(kind: SourceKind[Any], *schemes: str) -> None:
    """Accept the valid vectors and refuse the others, and all of them with another secret."""
    for row in (row for scheme in schemes for row in vectors(scheme)):
        request, now = vector_request(row), vector_now(row)
        assert is_genuine(kind, request, "another", row["secret"], now=now) is row["valid"], row
        assert not is_genuine(kind, request, "another", now=now)
        assert not is_genuine(kind, request, now=now)


def event(
    source: str | None = "source-1",
    ticket_id: str = "35436",
    decision: Mapping[str, Any] | None = None,
    classification: Mapping[str, Any] | None = None,
    **changes: Any,
) -> str:
    """The payload of a delivery, as the router writes it."""
    evidence = [{"text": text, "weight": 2.0} for text in ("pęknięta", "<b>reklamacja")]
    decided = {"team": "customer_service", "rule": "defects", "priority": "urgent", "flags": []}
    contact = {
        "name": "Anna Nowak",
        "email": "anna@klient.example.com",
        "phone": "+48220000101",
        "company": None,
    }
    data = {
        "id": INQUIRY,
        "reference": REFERENCE,
        "classification": {
            "category": "defect",
            "confidence": 0.95,
            "evidence": evidence,
            **(classification or {}),
        },
        "decision": {**decided, **(decision or {})},
        "channel": "phone",
        "subject": None,
        "text": "Pompa pękła.\nProszę o <pomoc>.",
        "contact": contact,
        "source": None if source is None else {"system": source, "id": ticket_id, "url": None},
        **changes,
    }
    return json.dumps(
        {"type": "inquiry.routed", "timestamp": "2026-11-21T16:00:00.000Z", "data": data}
    )


def handover(
    ticket_id: str | None = "4711",
    kind: str = "inquiry.routed",
    repeated: bool = False,
    source: str = "door",
    team: str = "sales",
    priority: str = "high",
    correction: str | None = None,
    **more: Any,
) -> Handover:
    """A delivery of Anna's order, about a ticket of the source `door` unless there is none."""
    if correction:
        more["correction"] = {"who": correction}
    written = event(
        None if ticket_id is None else source,
        ticket_id or "",
        {"team": team, "rule": "purchases", "priority": priority, **more.pop("decision", {})},
        {
            "category": "new_purchase",
            "evidence": [{"text": "cennik", "weight": 2.0}],
            **more.pop("classification", {}),
        },
        **{"text": "Poproszę ofertę na <10> pomp & zawory.\nPilne.", **more},
    )
    return Handover("delivery-1", kind, written, repeated, CORRECTION_URL)


def later(
    change: str = "kept", source: tuple[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """The parts of the payload of a later message: by phone, unless a ticket is its source."""
    changed: dict[str, Any] = {"kind": change, "reasons": [], "priority_before": None}
    changed |= {name: more.pop(name) for name in [*more] if name in (*changed, "keeps_group")}
    message = {
        "id": "01a20095-0000-71a4-be89-b4f4ece244ce",
        "received_at": "2026-11-23T08:05:00.000Z",
        "channel": "phone",
        "subject": None,
        "text": "Woda leje się\ndo <piwnicy>!",
        "contact": {"name": "Jan Nowak", "email": None, "phone": "+48220000102", "company": None},
        "source": source and {"system": source[0], "id": source[1], "url": None},
        **more,
    }
    return {"message": message, "change": changed}


def drive(
    recipe: Generator[OutgoingRequest, Reply, T], *replies: Any
) -> tuple[list[OutgoingRequest], T]:
    """Answer each request of a recipe in turn, after the last reply with an empty 200.

    Returns the requests and the value of the recipe: None if it has nothing to do.
    """
    asked: list[OutgoingRequest] = []
    waiting = list(replies)
    try:
        asked.append(next(recipe))
        while True:
            assert len(asked) < MAX_REQUESTS, "the recipe never ends"
            asked.append(recipe.send(_reply(waiting.pop(0) if waiting else {}, asked[-1])))
    except StopIteration as end:
        return asked, end.value
    except NothingToDo:
        assert not asked
        return [], cast("T", None)


def drive_exactly(
    recipe: Generator[OutgoingRequest, Reply, T], url: str, replies: Sequence[Any]
) -> tuple[list["SentRequest"], T]:
    """Drive a recipe that needs exactly these replies and stays at this address."""
    asked, value = drive(recipe, *replies)
    assert len(asked) == len(replies), f"{len(replies)} replies for {steps(asked)}"
    return [_sent(request, url) for request in asked], value


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request of a recipe, with its path and its parsed body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


def handed_over(
    provider: Provider[Any],
    settings: Mapping[str, Any],
    replies: Sequence[Any],
    written: str | None = None,
    kind: str = "inquiry.routed",
    repeated: bool = False,
) -> list[SentRequest]:
    """The requests of a delivery."""
    made = provider.settings_model.from_stored(dict(settings), reach=PUBLIC)
    delivery = Handover("d1", kind, written or event(), repeated, CORRECTION_URL)
    calls = provider.hand_over(made, delivery, NOW)
    assert isinstance(calls, Generator)
    return drive_exactly(calls, provider.url(made) or "", replies)[0]


# Events that are only noted, with a word that their Polish note has.
NEWS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("inquiry.message", later(), "Woda leje się"),
    ("inquiry.call", {"call": {"kind": "missed", "details": {"attempt": 2}}}, "nikt nie odebrał"),
    ("inquiry.call", {"call": {"kind": "rung_back", "details": {"reached": True}}}, "Oddzwoniono"),
    ("inquiry.linked", {"link": {"kind": "split", "reference": "3WYA-EE71"}}, "3WYA-EE71"),
    ("inquiry.merged", {"merge": {"into": REFERENCE, "from": "3WYA-EE71"}}, "3WYA-EE71"),
    ("inquiry.unmerged", {"merge": {"into": REFERENCE, "from": "3WYA-EE71"}}, "3WYA-EE71"),
    ("inquiry.unlinked", {"link": {"reference": "3WYA-EE71", "who": "Ewa"}}, "nie jest już"),
    ("inquiry.resolved", {"resolution": {"who": "Ewa", "note": "Wymieniono."}}, "Wymieniono."),
)


def assert_news_is_noted_once(
    provider: Provider[Any],
    settings: Mapping[str, Any],
    written_in: Callable[[Any], str],
    there: Callable[[str], Any],
) -> None:
    """Check that news is one note by one request, and that a repeated attempt only looks for it.

    `written_in` finds the note in the body of a request; `there` is the reply that has it.
    """
    settings = {**settings, "note_language": "pl"}
    for kind, parts, word in NEWS:
        (said,) = handed_over(provider, settings, [{}], event(**parts), kind)
        note = written_in(said.body)
        assert said.method != "GET" and note.startswith(MARK) and word in note, note
        (looked,) = handed_over(provider, settings, [there(note)], event(**parts), kind, True)
        assert looked.method == "GET"
        again = handed_over(provider, settings, [{}, {}], event(**parts), kind, True)
        assert (again[0].method, again[1]) == ("GET", said)
    here = later(source=("source-1", "35436"))
    assert handed_over(provider, settings, [], event(**here), "inquiry.message") == []


def located(
    provider: Provider[Any], settings: Mapping[str, Any], *replies: Any
) -> tuple[str | None, list[str]]:
    """The group that a ticket is in, and the requests for it."""
    assert isinstance(provider, Locating)
    made = provider.settings_model.from_stored(dict(settings), reach=PUBLIC)
    asking = provider.locate(made, "35436")
    said, group = drive_exactly(asking, provider.url(made) or "", replies)
    return group, lines(said)


def checked(
    provider: Provider[Any], settings: Mapping[str, Any], replies: Sequence[Any]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The groups that the check lists, as pairs, and its requests."""
    made = provider.settings_model.from_stored(dict(settings), reach=PUBLIC)
    asking = provider.check(made)
    assert asking is not None
    said, groups = drive_exactly(asking, provider.url(made) or "", replies)
    return [(group.id, group.name) for group in groups], lines(said)


def asked_for(
    asking: Generator[OutgoingRequest, Reply, T], url: str, *replies: Any
) -> tuple[T, list[str]]:
    """The value of a recipe that needs exactly these replies, and its requests."""
    said, value = drive_exactly(asking, url, replies)
    return value, lines(said)


def lines(said: Sequence[SentRequest]) -> list[str]:
    """Method and path of each request."""
    return [f"{request.method} {request.path}" for request in said]


def steps(asked: Sequence[OutgoingRequest]) -> list[str]:
    """Method and URL of each request, with the query decoded."""
    return [f"{request.method} {_readable(request.url)}" for request in asked]


def body_of(request: OutgoingRequest) -> Any:
    """The JSON body of a request."""
    return json.loads(request.body)


def _reply(answer: Any, request: OutgoingRequest) -> Reply:
    if isinstance(answer, Reply):
        return answer
    status, content = answer if isinstance(answer, tuple) else (200, answer)
    if not (status < 300 or status in request.expected):
        pytest.fail(f"{status} is not expected")
    return Reply(status, {}, json.dumps(content).encode())


def _sent(request: OutgoingRequest, url: str) -> SentRequest:
    assert request.url.startswith(url + "/"), request.url
    body = json.loads(request.body) if request.body else None
    return SentRequest(request.method, request.url.removeprefix(url), request.headers, body)


def _readable(url: str) -> str:
    path, mark, query = url.partition("?")
    return path + mark + unquote(query)
