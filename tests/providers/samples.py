"""An authentic request of every kind of source, signed as the vendor does. See `GENUINE`."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inquiry_router.api.web.bodies.reading import read_body
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.signatures import hmac_base64, hmac_hex
from inquiry_router.providers.kit.source import BODY, IncomingRequest
from inquiry_router.providers.standard_webhooks import sign
from inquiry_router.sources.kinds import SOURCES
from tests.providers.samples_on_disk import payload

NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
TOKEN = "kq3vZ1xW8mN5tR7yU2oP4sD6fG9hJ0lA"
URL = "https://router.example.com/v1/hooks/door"
OWN_USER = "router@acme.example.com"
OWN_NOTE = "[inquiry-router K7MA-4XEH]\nKategoria: defect (na pewno)"
HOPS = "x-inquiry-router-hops"
# Sources of tickets; those of calls prove themselves alike and are read by the doors of phones.
TICKET_KINDS = sorted(kind for kind, source in SOURCES.items() if source.path == "hooks")

# A place in a request: the name of a header or field, the path to a value in JSON, or `BODY`.
Place = str | tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A request as the sender makes it: a body, or the fields of a form."""

    headers: Mapping[str, str]
    body: bytes = b""
    form: Mapping[str, bytes] = field(default_factory=dict)
    url: str = URL

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return _multipart(self.form) if self.form else self.body

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Prove = Callable[[Sample, str, datetime], Sample]


@dataclass(frozen=True, slots=True)
class Genuine:
    """The requests of one kind.

    `samples` are requests as the vendor sends them; the first is a customer's message. `prove`
    adds the vendor's signature; None if it never signs. `secrets` are three different ones.
    `event` is the place of the event's name, if there is one. `own` are changes that turn the
    first sample into a text of the router itself, or into a forwarding loop.
    """

    samples: Callable[[], tuple[Sample, ...]]
    prove: Prove | None = None
    secrets: tuple[str, ...] = ("a secret of the vendor", "the one before it", "somebody else's")
    event: Place | None = None
    own: tuple[Mapping[Place, Any], ...] = ()


def of_payloads(*names: str) -> Callable[[], tuple[Sample, ...]]:
    """The samples with these names, without the placeholders for signatures and tokens."""
    return lambda: tuple(_of_payload(name) for name in names)


def of_json(*bodies: Any, **headers: str) -> Callable[[], tuple[Sample, ...]]:
    """Samples with these JSON bodies."""
    return lambda: tuple(
        Sample({"content-type": "application/json", **headers}, _written(body)) for body in bodies
    )


def placed(sample: Sample, place: Place, value: Any) -> Sample:
    """The sample with another value at this place."""
    if place == BODY:
        return replace(sample, body=value)
    if isinstance(place, tuple):
        return replace(sample, body=_written(with_value(sample.said, place, value)))
    if place in sample.form:
        return replace(
            sample,
            form={**sample.form, place: value if isinstance(value, bytes) else str(value).encode()},
        )
    return replace(sample, headers={**sample.headers, place: value})


def with_value(root: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """The JSON with another value at this place; the rest is shared with it."""
    if not place:
        return value
    name, *rest = place
    copy: Any = [*root] if isinstance(root, list) else {**root}
    inner = copy.get(name, {}) if isinstance(copy, dict) else copy[name]
    copy[name] = with_value(inner, tuple(rest), value)
    return copy


def with_token(sample: Sample, token: str, place: str = "header") -> Sample:
    """The sample with the source's token in one of the accepted places."""
    basic = base64.b64encode(f"router:{token}".encode()).decode()
    headers = {
        "header": {"x-router-token": token},
        "bearer": {"authorization": f"Bearer {token}"},
        "basic": {"authorization": f"Basic {basic}"},
    }
    if place == "url":
        return replace(sample, url=f"{sample.url}?token={token}")
    return replace(sample, headers={**sample.headers, **headers[place]})


def proven(kind: str, sample: Sample, now: datetime = NOW) -> Sample:
    """The sample signed with the first of the secrets, or with the token."""
    genuine = GENUINE[kind]
    return (
        genuine.prove(sample, genuine.secrets[0], now)
        if genuine.prove is not None
        else with_token(sample, TOKEN)
    )


async def arrived(kind: SourceKind[Any], sample: Sample) -> IncomingRequest:
    """The request as the API hands it on."""

    async def chunks() -> AsyncIterator[bytes]:
        yield sample.content

    content_type = sample.headers.get("content-type", "")
    head = IncomingRequest("POST", sample.url, sample.headers, b"")
    seals = {secret: kind.seals(secret, head) for secret in GENUINE[kind.kind].secrets}
    signed = chain.from_iterable(seals.values())
    read = await read_body(chunks(), content_type, kind.max_body, 10, signed, kind.mail_in)
    return replace(
        head,
        body=read.content,
        form=read.form,
        attachments=read.attachments,
        seals=seals,
        mail=read.mail,
    )


def _of_payload(name: str) -> Sample:
    given = payload(name)
    headers = {name.lower(): value for name, value in given["headers"].items() if "<" not in value}
    if "form" not in given:
        return Sample({"content-type": "application/json", **headers}, _written(given["body"]))
    charsets = json.loads(given["form"].get("charsets", "{}"))
    fields = {
        name: value.encode(charsets.get(name, "utf-8")) for name, value in given["form"].items()
    }
    return Sample(
        {"content-type": f"multipart/form-data; boundary={_BOUNDARY}", **headers}, form=fields
    )


def _written(body: Any) -> bytes:
    return json.dumps(body).encode()


_BOUNDARY = "x0x1x2x3"


def _multipart(fields: Mapping[str, bytes]) -> bytes:
    """The form as mail providers send it."""
    parts = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for name, value in fields.items()
    )
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


def _by_header(name: str, signature: Callable[[str, bytes], str]) -> Prove:
    """Sign the body alone."""
    return lambda sample, secret, now: placed(sample, name, signature(secret, sample.body))


def _chatwoot(sample: Sample, secret: str, now: datetime) -> Sample:
    written = str(int(now.timestamp()))
    signature = "sha256=" + hmac_hex(secret, f"{written}.".encode() + sample.body)
    return replace(
        sample,
        headers={
            **sample.headers,
            "x-chatwoot-timestamp": written,
            "x-chatwoot-signature": signature,
        },
    )


def _front(sample: Sample, secret: str, now: datetime) -> Sample:
    if "x-front-request-timestamp" not in sample.headers:
        return placed(sample, "x-front-signature", hmac_base64(secret, sample.body, "sha1"))
    written = str(int(now.timestamp() * 1000))
    timed = placed(sample, "x-front-request-timestamp", written)
    return placed(
        timed, "x-front-signature", hmac_base64(secret, f"{written}:".encode() + sample.body)
    )


def _glpi(sample: Sample, secret: str, now: datetime) -> Sample:
    written = str(int(now.timestamp()))
    timed = placed(sample, "x-glpi-timestamp", written)
    return placed(timed, "x-glpi-signature", hmac_hex(secret, sample.body + written.encode()))


def _hubspot(sample: Sample, secret: str, now: datetime) -> Sample:
    written = str(int(now.timestamp() * 1000))
    message = f"POST{sample.url}".encode() + sample.body + written.encode()
    timed = placed(sample, "x-hubspot-request-timestamp", written)
    return placed(timed, "x-hubspot-signature-v3", hmac_base64(secret, message))


def _mailgun(sample: Sample, secret: str, now: datetime) -> Sample:
    written, token = str(int(now.timestamp())), sample.form["token"].decode()
    timed = placed(sample, "timestamp", written)
    return placed(timed, "signature", hmac_hex(secret, (written + token).encode()))


def _standard_webhooks(sample: Sample, secret: str, now: datetime) -> Sample:
    written = str(int(now.timestamp()))
    timed = placed(sample, "webhook-timestamp", written)
    return placed(
        timed, "webhook-signature", sign(secret, sample.headers["webhook-id"], written, sample.body)
    )


def _zendesk(sample: Sample, secret: str, now: datetime) -> Sample:
    written = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    timed = placed(sample, "x-zendesk-webhook-signature-timestamp", written)
    return placed(
        timed, "x-zendesk-webhook-signature", hmac_base64(secret, written.encode() + sample.body)
    )


@cache
def _elliptic_keys() -> dict[str, Any]:
    """Three private keys by their public ones in base64."""
    private = [derive_private_key(number, SECP256R1()) for number in (11, 12, 13)]
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {base64.b64encode(key.public_key().public_bytes(*form)).decode(): key for key in private}


def _sendgrid(sample: Sample, secret: str, now: datetime) -> Sample:
    written = str(int(now.timestamp()))
    signature = _elliptic_keys()[secret].sign(
        written.encode() + sample.content, ECDSA(SHA256(), deterministic_signing=True)
    )
    timed = placed(sample, "x-twilio-email-event-webhook-timestamp", written)
    return placed(
        timed, "x-twilio-email-event-webhook-signature", base64.b64encode(signature).decode()
    )


def _cloud_events() -> tuple[Sample, ...]:
    """The same event in binary, structured and batched mode."""
    (binary,) = of_payloads("cloudevents-binary-inquiry")()
    attributes = {
        name.removeprefix("ce-"): value
        for name, value in binary.headers.items()
        if name.startswith("ce-")
    }
    event = {**attributes, "data": binary.said}
    structured = of_json(event, **{"content-type": "application/cloudevents+json"})()
    batched = of_json(
        [event, {**event, "id": "b7e0a3"}], **{"content-type": "application/cloudevents-batch+json"}
    )()
    return (binary, *structured, *batched)


def _help_scout() -> tuple[Sample, ...]:
    """Complete conversations, and a notice that only contains the address of one."""
    whole = of_payloads("helpscout-convo-created", "helpscout-convo-customer-reply-created")()
    notice = {"resourceUri": "https://api.helpscout.net/v2/conversations/123"}
    return (
        *whole,
        *of_json(notice, **{"x-helpscout-event": "convo.created"})(),
        *of_json(_of_help_scout(), **{"x-helpscout-event": "convo.agent.reply.created"})(),
        *of_json(_of_help_scout(), **{"x-helpscout-event": "convo.assigned"})(),
    )


def _chatwoot_requests() -> tuple[Sample, ...]:
    """A customer's messages, an agent's, and a new status."""
    made = of_payloads("chatwoot-message-created", "chatwoot-conversation-created")()
    agent = {"id": 5, "name": "Emma", "type": "user"}
    conversation = made[0].said["conversation"]
    meta = {**conversation["meta"], "assignee": agent, "team": {"id": 2, "name": "serwis"}}
    answer = {**made[0].said, "message_type": "outgoing", "sender": agent}
    event = "conversation_status_changed"
    changed = {**conversation, "meta": meta, "status": "resolved", "event": event}
    file = {"id": 9, "file_type": "image", "file_size": 7, "data_url": "https://x.example/a.jpg"}
    photo = {**made[0].said, "content": None, "attachments": [file]}
    return (*made, *(replace(made[0], body=_written(body)) for body in (answer, changed, photo)))


def _freescout_requests() -> tuple[Sample, ...]:
    """A new conversation, a customer's reply, an agent's, and a new status."""
    made = of_payloads("freescout-convo-created", "freescout-convo-customer-reply-created")()
    user = {"id": 5, "type": "user", "firstName": "Emma", "lastName": "Taylor"}
    embedded = made[0].said["_embedded"]
    threads = [*embedded["threads"], {**embedded["threads"][0], "type": "message"}]
    threads[1] |= {"id": 102, "createdBy": user}
    body = {**made[0].said, "assignee": user, "_embedded": {**embedded, "threads": threads}}
    answered = replace(made[0], body=_written(body))
    events = ("convo.agent.reply.created", "convo.status")
    return (*made, *(placed(answered, "x-freescout-event", event) for event in events))


def _freshdesk_requests() -> tuple[Sample, ...]:
    """New tickets, a customer's reply, and a state."""
    made = of_payloads("freshdesk-automation-simple", "freshdesk-automation-advanced")()
    reply = {**made[1].said, "event": "customer_replied", "comment": "Jan : <p>Kiedy?</p>"}
    there = {"status": "Closed", "group": "Serwis", "agent_email": "", "author": "a@acme.pl"}
    answered = {**made[1].said, **there, "event": "ticket_answered"}
    return (*made, *(replace(made[1], body=_written(body)) for body in (reply, answered)))


def _zammad() -> tuple[Sample, ...]:
    """New tickets, an agent's answer, and a change without an article."""
    new = of_payloads("zammad-ticket-created-email", "zammad-ticket-created-phone-by-agent")()
    agent = {"id": 5, "firstname": "Emma", "lastname": "Taylor", "email": "emma@acme.example.com"}
    owned = {"owner": agent, "owner_id": 5, "updated_by": agent, "article_count": 2}
    ticket = {**new[0].said["ticket"], **owned, "article_ids": [201, 305], "state": "open"}
    answer = {**new[0].said["article"], "id": 305, "sender": "Agent", "created_by": agent}
    bodies = ({"ticket": ticket, "article": article} for article in (answer, {}))
    return (*new, *(replace(new[0], body=_written(body)) for body in bodies))


def _zendesk_requests() -> tuple[Sample, ...]:
    """New tickets, a message, a comment of a customer and one of an agent, and a new status."""
    made = of_payloads(
        "zendesk-trigger-ticket-created",
        "zendesk-event-ticket-created",
        "zendesk-event-messaging-message-added",
    )()
    authors = ({"id": "7", "is_staff": is_staff, "name": "Olivia"} for is_staff in (False, True))
    events = [
        {
            **made[1].said,
            "type": "zen:event-type:ticket.comment_added",
            "event": {"comment": {"id": "9", "body": "And?", "is_public": True, "author": author}},
        }
        for author in authors
    ]
    changed = {**made[1].said, "type": "zen:event-type:ticket.status_changed"}
    answer = {"event": "ticket_answered", "ticket_id": "7", "status": "Solved", "author": "a@b.pl"}
    bodies = (*events, changed, {**answer, "group": "Serwis", "assignee": "", "comment": "Już."})
    return (*made, *(replace(made[1], body=_written(body)) for body in bodies))


_PLAIN = {
    "id": "4711",
    "subject": "Reklamacja łożyska",
    "text": "Łożysko 6204 z zamówienia 4711 ma pękniętą bieżnię, proszę o wymianę.",
    "channel": "form",
    "contact": {
        "name": "Anna Nowak",
        "email": "anna.nowak@klient.example.com",
        "phone": "+48220000101",
        "company": None,
    },
    "language": "pl",
    "url": "https://acme.example.com/zapytania/4711",
    "received_at": "2026-11-21T16:00:00Z",
    "tags": ["sklep"],
}
_COMMENT: dict[str, Any] = {
    "timestamp": 1795276800000,
    "webhookEvent": "comment_created",
    "comment": {
        "id": "10100",
        "author": {
            "accountId": "qm:aaaa:bbbb",
            "accountType": "customer",
            "displayName": "Anna Nowak-Zielska",
        },
        "body": {
            "type": "doc",
            "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Kiedy korekta?"}]}
            ],
        },
        "created": "2026-11-21T17:00:00.000+0100",
        "jsdPublic": True,
    },
    "issue": {
        "id": "10017",
        "key": "BOK-17",
        "fields": {"summary": "Faktura", "reporter": {"accountId": "qm:aaaa:bbbb"}},
    },
}
_RAW_MAIL = (
    "From: Anna Nowak <anna@hydro-bud.example>\r\nTo: serwis@acme.example.com\r\n"
    "Subject: =?utf-8?Q?Pompa_przesta=C5=82a?=\r\nDate: Sat, 21 Nov 2026 16:00:00 +0000\r\n"
    "Message-ID: <1@hydro-bud.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Pompa stoi.\r\n"
)
_ANSWER = {
    "event": "Correspond",
    "id": 4521,
    "subject": "Zapytanie o rabat",
    "requestors": ["jan.tokarski@hurtownia.example.com"],
    "creator": "jan.tokarski@hurtownia.example.com",
    "content": "Dziękuję, a przy 2000 sztuk?",
    "transaction_id": 99813,
}

_TEAMMATE = {"id": "tea_1", "email": "celina@acme.example.com", "first_name": "Celina"}


def _answered_by_agent() -> Any:
    """A follow-up in django-helpdesk by the agent 7."""
    body = payload("django-helpdesk-followup-own-note")["body"]
    reply = {**body["ticket"]["followup_set"][1], "user": 7, "public": True, "new_status": 3}
    said = [body["ticket"]["followup_set"][0], reply]
    return {**body, "ticket": {**body["ticket"], "assigned_to": 7, "followup_set": said}}


def _of_front() -> tuple[Any, ...]:
    """A teammate's message, and a conversation that was moved."""
    body = payload("front-rule-inbound")["body"]
    source = {"_meta": {"type": "teammate"}, "data": _TEAMMATE}
    message = {**body["target"]["data"], "is_inbound": False, "author": _TEAMMATE}
    sent = {**body, "type": "outbound", "source": source, "target": {"data": message}}
    moved = {**body, "type": "move", "target": {"data": [{"id": "inb_2", "name": "Serwis"}]}}
    return sent, {"type": "conversation_moved", "payload": moved}


def _of_help_scout() -> Any:
    """A conversation with an agent's reply."""
    body = payload("helpscout-convo-created")["body"]
    agent = {"id": 5, "type": "user", "first": "Celina", "email": "celina@acme.example.com"}
    said = {**body["_embedded"]["threads"][0], "type": "message", "createdBy": agent}
    changes = {"assignee": agent, "status": "closed", "closedAt": "2026-11-21T17:00:00Z"}
    return {**body, **changes, "closedByUser": agent, "_embedded": {"threads": [said]}}


def _of_intercom() -> tuple[Any, ...]:
    """An admin's reply, and a ticket that was closed."""
    body = payload("intercom-conversation-user-created")["body"]
    author = {"type": "admin", "id": "5", "name": "Celina", "email": "celina@acme.example.com"}
    part = {"id": "11", "part_type": "comment", "body": "<p>Jadę.</p>", "author": author}
    parts = {"conversation_parts": [{**part, "created_at": 1795276800}]}
    item = {**body["data"]["item"], "admin_assignee_id": 5, "conversation_parts": parts}
    ticket = {"id": "21", "ticket_state": {"category": "resolved"}, "team_assignee_id": "8"}
    return (
        {**body, "topic": "conversation.admin.replied", "data": {"item": item}},
        {**body, "topic": "ticket.closed", "data": {"item": {"ticket": ticket}}},
    )


def _of_jira() -> tuple[Any, ...]:
    """A request that was changed, and an agent's comment."""
    body = payload("jira-service-management-issue-created")["body"]
    agent = {"accountId": "5b10", "accountType": "atlassian", "displayName": "Celina Kowal"}
    status = {"name": "Gotowe", "statusCategory": {"key": "done"}}
    fields = {**body["issue"]["fields"], "status": status, "assignee": agent, "resolution": {}}
    issue = {**body["issue"], "fields": fields}
    comment = {**_COMMENT, "issue": issue, "comment": {**_COMMENT["comment"], "author": agent}}
    return {**body, "webhookEvent": "jira:issue_updated", "user": agent, "issue": issue}, comment


_CHANGED_IN_RT = {
    **_ANSWER,
    "event": "Status",
    "creator": "celina@acme.example.com",
    "status": "resolved",
    "inactive": 1,
    "queue": "Serwis",
    "queue_id": 3,
    "owner": "Nobody",
    "staff": 1,
    "created": "2026-11-21 16:00:00",
}
_CHANGED_IN_OSTICKET = {
    "event": "changed",
    "number": "623118",
    "state": "closed",
    "department": "Serwis",
    "assignee": "Celina Kowal",
    "at": "2026-11-21T16:00:00+00:00",
}

GENUINE: Mapping[str, Genuine] = {
    "chatwoot": Genuine(
        _chatwoot_requests,
        _chatwoot,
        event=("event",),
        own=(
            {("content",): OWN_NOTE},
            {("private",): True},
            {("sender", "email"): OWN_USER},
            {HOPS: "4"},
        ),
    ),
    "cloudevents": Genuine(
        _cloud_events,
        own=(
            {("text",): OWN_NOTE},
            {("tags",): ["inquiry-router"]},
            {"ce-type": "inquiry.routed"},
            {HOPS: "4"},
        ),
    ),
    "console": Genuine(
        of_json(_PLAIN),
        own=({("text",): OWN_NOTE}, {("tags",): "sklep inquiry-router"}, {HOPS: "4"}),
    ),
    "django_helpdesk": Genuine(
        lambda: (
            *of_payloads(
                "django-helpdesk-new-ticket-public-form",
                "django-helpdesk-new-ticket",
                "django-helpdesk-followup-own-note",
            )(),
            *of_json(_answered_by_agent())(),
        ),
        own=({("ticket", "description"): OWN_NOTE}, {HOPS: "4"}),
    ),
    "freescout": Genuine(
        _freescout_requests,
        _by_header("x-freescout-signature", lambda secret, body: hmac_base64(secret, body, "sha1")),
        event="x-freescout-event",
        own=(
            {("_embedded", "threads", 0, "body"): f"<div>{OWN_NOTE}</div>"},
            {("_embedded", "threads", 0, "type"): "note"},
            {("_embedded", "threads", 0, "createdBy"): {"type": "user", "email": OWN_USER}},
            {("_embedded", "tags"): [{"id": 1, "name": "inquiry-router"}]},
            {HOPS: "4"},
        ),
    ),
    "freshdesk": Genuine(
        _freshdesk_requests,
        event=("freshdesk_webhook", "triggered_event"),
        own=(
            {("freshdesk_webhook", "ticket_description"): f"<div>{OWN_NOTE}</div>"},
            {("freshdesk_webhook", "ticket_tags"): "hurt, inquiry-router"},
            {("freshdesk_webhook", "ticket_requester_email"): OWN_USER},
            {HOPS: "4"},
        ),
    ),
    "front": Genuine(
        lambda: (
            *of_payloads(
                "front-rule-inbound",
                "front-application-inbound-received",
                "front-application-sync-validation",
            )(),
            *of_json(*_of_front())(),
        ),
        _front,
        event=("type",),
        own=(
            {("target", "data", "text"): OWN_NOTE},
            {("target", "data", "author"): {"id": "tea_1", "email": OWN_USER}},
            {("conversation", "tags"): [{"name": "inquiry-router"}]},
            {("conversation", "is_private"): True},
            {HOPS: "4"},
        ),
    ),
    "glpi": Genuine(
        lambda: (
            *of_payloads("glpi-ticket-new", "glpi-followup-new")(),
            *of_json({**payload("glpi-ticket-new")["body"], "event": "update"})(),
        ),
        _glpi,
        event=("event",),
        own=(
            {("item", "content"): f"<p>{OWN_NOTE}</p>"},
            {("item", "team"): [{"role": "requester", "name": OWN_USER}]},
            {HOPS: "4"},
        ),
    ),
    "helpscout": Genuine(
        _help_scout,
        _by_header("x-helpscout-signature", lambda secret, body: hmac_base64(secret, body, "sha1")),
        event="x-helpscout-event",
        own=(
            {("_embedded", "threads", 0, "body"): f"<p>{OWN_NOTE}</p>"},
            {("_embedded", "threads", 0, "type"): "note"},
            {("_embedded", "threads", 0, "createdBy", "email"): OWN_USER},
            {("tags",): [{"id": 1, "tag": "inquiry-router"}]},
            {HOPS: "4"},
        ),
    ),
    "hubspot": Genuine(
        lambda: (
            *of_json(payload("hubspot-ticket-creation")["body"][:1])(),
            *of_payloads("hubspot-ticket-creation", "hubspot-conversation-newmessage")(),
        ),
        _hubspot,
        event=(0, "subscriptionType"),
        own=({(0, "sourceId"): f"userId:{OWN_USER}"}, {HOPS: "4"}),
    ),
    "intercom": Genuine(
        lambda: (
            *of_payloads("intercom-conversation-user-created", "intercom-ping")(),
            *of_json(*_of_intercom())(),
        ),
        _by_header(
            "x-hub-signature", lambda secret, body: "sha1=" + hmac_hex(secret, body, "sha1")
        ),
        event=("topic",),
        own=(
            {("data", "item", "source", "body"): f"<p>{OWN_NOTE}</p>"},
            {("data", "item", "source", "author", "type"): "admin"},
            {("data", "item", "source", "author", "email"): OWN_USER},
            {("data", "item", "tags", "tags"): [{"name": "inquiry-router"}]},
            {HOPS: "4"},
        ),
    ),
    "jira": Genuine(
        lambda: (
            *of_payloads(
                "jira-service-management-issue-created",
                "jira-service-management-automation-send-web-request",
            )(),
            *of_json(_COMMENT, *_of_jira())(),
        ),
        _by_header("x-hub-signature", lambda secret, body: "sha256=" + hmac_hex(secret, body)),
        event=("webhookEvent",),
        own=(
            {("issue", "fields", "description"): OWN_NOTE},
            {("issue", "fields", "creator", "emailAddress"): OWN_USER},
            {("issue", "fields", "labels"): ["inquiry-router"]},
            {HOPS: "4"},
        ),
    ),
    "mail": Genuine(
        lambda: (Sample({"content-type": "message/rfc822"}, _RAW_MAIL.encode()),),
        own=(
            {BODY: _RAW_MAIL.replace("Pompa stoi.", OWN_NOTE).encode()},
            {BODY: f"{HOPS}: 4\r\n{_RAW_MAIL}".encode()},
        ),
    ),
    "mailgun": Genuine(
        of_payloads("mailgun-route-forward"),
        _mailgun,
        own=({"body-plain": OWN_NOTE}, {"message-headers": json.dumps([[HOPS, "4"]])}),
    ),
    "osticket": Genuine(
        lambda: (
            *of_payloads("osticket-plugin-ticket-created")(),
            *of_json(_CHANGED_IN_OSTICKET)(),
        ),
        own=({("message",): OWN_NOTE}, {HOPS: "4"}),
    ),
    "postmark": Genuine(
        of_payloads("postmark-inbound"),
        event=("RecordType",),
        own=({("TextBody",): OWN_NOTE}, {("Headers",): [{"Name": HOPS, "Value": "4"}]}),
    ),
    "request_tracker": Genuine(
        lambda: (
            *of_payloads("request-tracker-scrip-on-create")(),
            *of_json(_ANSWER, _CHANGED_IN_RT)(),
        ),
        event=("event",),
        own=({("content",): OWN_NOTE}, {HOPS: "4"}),
    ),
    "sendgrid": Genuine(
        of_payloads("sendgrid-inbound-parse", "sendgrid-inbound-parse-iso-8859-2"),
        _sendgrid,
        secrets=tuple(_elliptic_keys()),
        own=({"text": OWN_NOTE}, {"headers": f"{HOPS}: 4\n"}),
    ),
    "standard_webhooks": Genuine(
        lambda: (
            *of_payloads("standard-webhooks-inquiry-created")(),
            *of_json(_PLAIN, **{"webhook-id": "msg_2"})(),
        ),
        _standard_webhooks,
        secrets=tuple(
            "whsec_" + base64.b64encode(hashlib.sha256(word).digest()).decode()
            for word in (b"1", b"2", b"3")
        ),
        own=(
            {("data", "text"): OWN_NOTE},
            {("data", "tags"): ["inquiry-router"]},
            {("type",): "inquiry.corrected"},
            {HOPS: "4"},
        ),
    ),
    "zammad": Genuine(
        _zammad,
        _by_header(
            "x-hub-signature", lambda secret, body: "sha1=" + hmac_hex(secret, body, "sha1")
        ),
        own=(
            {
                ("article", "body"): f"<div>{OWN_NOTE}</div>",
                ("article", "content_type"): "text/html",
            },
            {("article", "internal"): True},
            {("article", "created_by", "email"): OWN_USER},
            {("ticket", "tags"): ["inquiry-router"]},
            {HOPS: "4"},
        ),
    ),
    "zendesk": Genuine(
        _zendesk_requests,
        _zendesk,
        event=("event",),
        own=(
            {("description",): OWN_NOTE},
            {("author",): OWN_USER},
            {("tags",): "pl inquiry-router"},
            {HOPS: "4"},
        ),
    ),
}
