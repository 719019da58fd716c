"""What tests of providers share: requests made of samples and vectors, made-up deliveries, and a driver for recipes."""

import json
from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import unquote

from inquiry_router.inquiry.model import Channel
from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.provider import Handover
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    IncomingRequest,
    Secrets,
    SourceKind,
    SourceSettings,
    Ticket,
)
from tests.providers.samples_on_disk import payload

NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
REFERENCE = "YJFF-179R"
MARK = f"[inquiry-router {REFERENCE}]"
T = TypeVar("T")

# How the payloads name channels that have another name with us.
_CHANNELS = {"web": Channel.FORM, "helpdesk": Channel.API}


def incoming(
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str | bytes] | None = None,
    url: str = "https://router.example.com/v1/hooks/door",
    method: str = "POST",
) -> IncomingRequest:
    """A request as the door hands it on."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {
        name: value if isinstance(value, bytes) else value.encode()
        for name, value in (form or {}).items()
    }
    return IncomingRequest(
        method, url, {name.lower(): value for name, value in (headers or {}).items()}, raw, fields
    )


def sample(name: str) -> IncomingRequest:
    """The request that a sample payload describes."""
    given = payload(name)
    return incoming(given.get("body"), given["headers"], given.get("form"), method=given["method"])


def read_one(
    kind: SourceKind[Any], request: IncomingRequest, settings: SourceSettings | None = None
) -> Any:
    """The one event of a request."""
    events = kind.read(settings or kind.settings_model(), request)
    assert isinstance(events, tuple)
    (event,) = events
    return event


def assert_expected(ticket: Ticket, expect: Mapping[str, Any]) -> None:
    """Whether a ticket says what the payload's `expect` says; phones that stand in the text are found by a later stage."""
    assert isinstance(ticket, Ticket)
    text = ticket.text or html_to_text(ticket.html or "")
    assert ticket.external_id == expect["external_id"]
    assert ticket.subject == expect["subject"]
    assert text.strip() == (expect["text"] or "")
    assert ticket.contact.name == expect["requester_name"]
    assert ticket.contact.email == expect["requester_email"]
    assert ticket.channel == _CHANNELS.get(expect["channel"], expect["channel"])
    if "phone only if found in the text" not in expect.get("note", ""):
        assert ticket.contact.phone == expect["requester_phone"]


def is_genuine(
    kind: SourceKind[Any], request: IncomingRequest, *signing: str, now: datetime = NOW
) -> bool:
    """Whether a request passes with these secrets."""
    try:
        kind.authenticate(
            kind.settings_model(), Secrets("token-of-the-source", signing), request, now
        )
    except NotGenuine:
        return False
    return True


def vector_request(row: Mapping[str, Any]) -> IncomingRequest:
    """The request that a vector describes."""
    body = (row["body"] or "").encode()
    return incoming(
        body,
        row["headers"],
        row["params"],
        row["url"] or "https://router.example.com/v1/hooks/door",
    )


def vector_now(row: Mapping[str, Any]) -> datetime:
    """The moment at which a vector is to be checked."""
    return datetime.fromtimestamp(row["now"], UTC) if row["now"] is not None else NOW


def handover(
    ticket: str | None = "4711",
    event: str = "inquiry.routed",
    repeated: bool = False,
    source: str = "door",
    team: str = "sales",
    priority: str = "high",
    correction: str | None = None,
    **more: Any,
) -> Handover:
    """A delivery of Anna's inquiry, of a ticket of the source `door` unless there is none."""
    data = {
        "id": "01a20095-62d4-71a4-be89-b4f4ece244ce",
        "reference": REFERENCE,
        "classification": {
            "category": "new_purchase",
            "confidence": 0.97,
            "evidence": [{"text": "cennik", "weight": 2.0}],
        },
        "decision": {"team": team, "rule": "purchases", "priority": priority, "flags": []},
        "channel": "phone",
        "subject": None,
        "text": "Poproszę ofertę na <10> pomp & zawory.\nPilne.",
        "contact": {
            "name": "Anna Nowak",
            "email": "anna@klient.example.com",
            "phone": "+48220000101",
            "company": None,
        },
        "source": None if ticket is None else {"system": source, "id": ticket, "url": None},
        **({"correction": {"who": correction}} if correction else {}),
        **more,
    }
    written = json.dumps({"type": event, "timestamp": "2026-11-21T16:00:00.000Z", "data": data})
    return Handover("delivery-1", event, written, repeated, "https://router.example.com/c/abc")


def drive(
    recipe: Generator[OutgoingRequest, Reply, T], *replies: Any
) -> tuple[list[OutgoingRequest], T]:
    """Every request of a recipe, given these answers one after the other (empty 200s after the last), and what it returns."""
    asked: list[OutgoingRequest] = []
    answers = list(replies)
    try:
        asked.append(next(recipe))
        while True:
            assert len(asked) < 100, "the recipe never ends"
            asked.append(recipe.send(_reply(answers.pop(0) if answers else {})))
    except StopIteration as end:
        return asked, end.value


def steps(asked: Sequence[OutgoingRequest]) -> list[str]:
    """Method and URL of each request, the query decoded for the eye."""
    return [f"{request.method} {_readable(request.url)}" for request in asked]


def body_of(request: OutgoingRequest) -> Any:
    """The JSON that a request carries."""
    return json.loads(request.body)


def _reply(answer: Any) -> Reply:
    if isinstance(answer, Reply):
        return answer
    return Reply(200, {}, json.dumps(answer).encode())


def _readable(url: str) -> str:
    path, mark, query = url.partition("?")
    return path + mark + unquote(query)
