"""Kind `jira`: requests and comments of Jira Service Management, by a webhook or an automation.

Facts: developer.atlassian.com (webhooks, Atlassian Document Format) and support.atlassian.com
(automation, Send web request).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.reading import (
    OwnUserSettings,
    Read,
    accept_ticket,
    channel_of,
    first_text,
    parse_time,
    web_address,
)
from inquiry_router.providers.kit.signatures import hmac_hex, same
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    Unreadable,
    object_at,
    text_of,
)

_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone": Channel.PHONE,
    "chat": Channel.CHAT,
    "jira": Channel.API,
    "api": Channel.API,
}
_SERVICE_PROJECT: Final = "service_desk"
# The ends of block nodes in Atlassian's document format; all other nodes are inline.
_BLOCKS: Final = frozenset(
    {"paragraph", "heading", "codeBlock", "listItem", "tableRow", "blockquote", "panel", "rule"}
)
_TEMPLATE: Final = (
    '{"issue_key":"{{issue.key.jsonEncode}}","summary":"{{issue.summary.jsonEncode}}",'
    '"description":"{{issue.description.jsonEncode}}",'
    '"reporter_name":"{{issue.reporter.displayName.jsonEncode}}",'
    '"reporter_email":"{{issue.reporter.emailAddress.jsonEncode}}",'
    '"author":"{{initiator.accountId.jsonEncode}}",'
    '"url":"{{issue.url.jsonEncode}}"}'
)


class JiraSource(SourceKind[OwnUserSettings]):
    """Requests of Jira Service Management, which retries for 30 minutes after 408, 429 or 5xx."""

    kind = "jira"
    setup_texts: ClassVar[Mapping[str, str]] = {"template": _TEMPLATE}
    title = "Jira Service Management"
    settings_model = OwnUserSettings
    signs = "optional"

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare `sha256=` and the hexadecimal HMAC-SHA256 of the body."""
        return same(
            "sha256=" + hmac_hex(secret, request.body), request.headers.get("x-hub-signature")
        )

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Read a new request, a customer's comment, or the body of an automation rule."""
        body = request.json_object()
        kind = text_of(body, "webhookEvent")
        if kind is None:
            return (_from_rule(settings, request, body),)
        if kind == "jira:issue_created":
            return (_created(settings, request, body),)
        if kind == "comment_created":
            return (_commented(settings, request, body),)
        return (Ignored("the event is neither a new request nor a new comment"),)


def text_of_document(value: Any) -> str:
    """The text of a description or comment: plain, wiki markup, or a document of nodes (ADF)."""
    if isinstance(value, str):
        return value.strip()
    found: list[str] = []
    # A stack instead of recursion, as documents may be nested deeper than Python's calls.
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, list):
            waiting.extend(reversed([one for one in node if isinstance(one, dict)]))
        elif isinstance(node, dict):
            kind = node.get("type")
            said = node.get("text") if kind == "text" else object_at(node, "attrs").get("text")
            found.append("\n" if kind == "hardBreak" else said if isinstance(said, str) else "")
            waiting += (["\n"] if isinstance(kind, str) and kind in _BLOCKS else []) + [
                node.get("content")
            ]
    return "".join(found).strip()


def _from_rule(settings: OwnUserSettings, request: IncomingRequest, body: dict[str, Any]) -> Event:
    """Read our own template, or Jira's format of an issue, which automation rules can send too."""
    if "fields" in body:
        return _created(settings, request, {"issue": body})
    key = first_text(body, "issue_key", "key")
    if key is None:
        raise Unreadable(
            'The body has no \'issue_key\'. Write "issue_key":"{{issue.key.jsonEncode}}" into the '
            "rule's custom data."
        )
    ticket = Ticket(
        external_id=key,
        channel=channel_of(text_of(body, "channel"), _CHANNELS, Channel.FORM),
        text=text_of_document(body.get("description")),
        subject=text_of(body, "summary"),
        contact=Contact(
            text_of(body, "reporter_name"),
            text_of(body, "reporter_email"),
            text_of(body, "reporter_phone"),
        ),
        url=web_address(text_of(body, "url")),
        delivery_key=_key(request),
    )
    return accept_ticket(
        ticket, request.headers, settings.own_user, [text_of(body, "author")], body.get("labels")
    )


def _created(settings: OwnUserSettings, request: IncomingRequest, body: dict[str, Any]) -> Event:
    issue = object_at(body, "issue")
    fields = object_at(issue, "fields")
    if text_of(fields, "project", "projectTypeKey") not in (_SERVICE_PROJECT, None):
        return Ignored("the project is no service project")
    ticket = _ticket(
        issue,
        text_of_document(fields.get("description")),
        object_at(fields, "reporter"),
        parse_time(fields.get("created")) or parse_time(body.get("timestamp")),
        None,
        _key(request),
    )
    makers = (object_at(body, "user"), object_at(fields, "creator"))
    authors = [text_of(maker, name) for maker in makers for name in ("accountId", "emailAddress")]
    return accept_ticket(ticket, request.headers, settings.own_user, authors, fields.get("labels"))


def _commented(settings: OwnUserSettings, request: IncomingRequest, body: dict[str, Any]) -> Event:
    issue, comment = object_at(body, "issue"), object_at(body, "comment")
    author = object_at(comment, "author")
    account = text_of(author, "accountId")
    is_reporter = account is not None and account == text_of(
        issue, "fields", "reporter", "accountId"
    )
    if comment.get("jsdPublic") is False or not (
        is_reporter or text_of(author, "accountType") == "customer"
    ):
        return Ignored("the comment is not a customer's")
    made = parse_time(comment.get("created")) or parse_time(body.get("timestamp"))
    said = text_of_document(comment.get("body"))
    ticket = _ticket(issue, said, author, made, text_of(comment, "id"), _key(request))
    return accept_ticket(
        ticket, request.headers, settings.own_user, [account, text_of(author, "emailAddress")]
    )


def _ticket(
    issue: dict[str, Any],
    text: str,
    who: dict[str, Any],
    made: datetime | None,
    message_id: str | None,
    key: str | None,
) -> Ticket:
    issue_key = text_of(issue, "key")
    if issue_key is None:
        raise Unreadable(
            "The event has no 'issue.key'. Choose the events 'Issue: created' and 'Comment: "
            "created' of Jira's webhook."
        )
    return Ticket(
        external_id=issue_key,
        channel=Channel.FORM,
        text=text,
        subject=text_of(issue, "fields", "summary"),
        contact=Contact(text_of(who, "displayName"), text_of(who, "emailAddress")),
        url=_page(text_of(issue, "self"), issue_key),
        received_at=made,
        message_id=message_id,
        delivery_key=key,
    )


def _page(address: str | None, issue_key: str) -> str | None:
    """The address of the issue's page, derived from its address in the API."""
    try:
        parts = urlsplit(web_address(address) or "")
    except ValueError:
        return None
    return (
        f"{parts.scheme}://{parts.netloc}/browse/{quote(issue_key, safe='', errors='replace')}"
        if parts.netloc
        else None
    )


def _key(request: IncomingRequest) -> str | None:
    """The delivery key, the same on retries; automation rules have none."""
    return request.headers.get("x-atlassian-webhook-identifier") or None
