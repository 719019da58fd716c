"""Kind `jira` as a source: requests, comments and states, by webhook or automation.

Facts: developer.atlassian.com (webhooks, Atlassian Document Format) and support.atlassian.com
(automation, Send web request). Its destination is `jira`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.providers.jira_markup import unescape_markup
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    OwnUserSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    parse_time,
    web_address,
)
from inquiry_router.providers.kit.seals import Seal, hex_of, hmac_seal
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    list_at,
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
# The categories of statuses; a request that was resolved has a resolution as well.
_CATEGORIES: Final[Mapping[str, TicketStatus]] = {
    "new": "open",
    "indeterminate": "open",
    "done": "closed",
}
# Its category is that of work in progress, so only the name of this status tells.
_WAITING: Final = "waiting for customer"
# Links to files, and pictures, in Jira's wiki markup: [^offer.pdf], !pump.jpg|thumbnail!
_FILE_MARKUP: Final = re.compile(
    r"\[\^([^\]\n|]{1,255})[\]|]|!([^!|\s][^!|\n]{0,250}\.\w{2,5})(?:\|[^!\n]{0,200})?!"
)
_MEDIA: Final = frozenset({"media", "mediaInline"})
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
    '"attachments":"{{#issue.attachment}}{{filename.jsonEncode}}|{{/}}",'
    '"url":"{{issue.url.jsonEncode}}"}'
)
# A rule sends the state in Jira's own format, with the name of the event, as a webhook does.
_STATE_TEMPLATE: Final = (
    '{"webhookEvent":"jira:issue_updated","user":{"accountId":"{{initiator.accountId.jsonEncode}}",'
    '"displayName":"{{initiator.displayName.jsonEncode}}"},'
    '"issue":{"key":"{{issue.key.jsonEncode}}","fields":{"updated":"{{issue.updated.jsonEncode}}",'
    '"status":{"name":"{{issue.status.name.jsonEncode}}",'
    '"statusCategory":{"key":"{{issue.status.statusCategory.key.jsonEncode}}"}},'
    '"assignee":{"displayName":"{{issue.assignee.displayName.jsonEncode}}"}}}}'
)


class JiraSource(SourceKind[OwnUserSettings]):
    """Requests of Jira Service Management, which retries for 30 minutes after 408, 429 or 5xx."""

    kind = "jira"
    setup_texts: ClassVar[Mapping[str, str]] = {
        "template": _TEMPLATE,
        "state_template": _STATE_TEMPLATE,
    }
    title = "Jira Service Management"
    settings_model = OwnUserSettings
    signs = "optional"
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """`sha256=` and the hexadecimal HMAC-SHA256 of the body."""
        given = request.headers.get("x-hub-signature")
        return (hmac_seal(secret, given, hex_of, prefix="sha256="),)

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Read a new request, a comment, a changed state, or the body of an automation rule."""
        body = request.json_object()
        kind = text_of(body, "webhookEvent")
        if kind is None:
            return (_from_rule(settings, request, body),)
        if kind == "jira:issue_created":
            return (_created(settings, request, body),)
        if kind == "comment_created":
            return (_commented(settings, request, body),)
        if kind == "jira:issue_updated":
            return (_state(settings, body),)
        return (Ignored("the event is no new request, no comment and no change of a request"),)


def text_of_document(value: Any) -> str:
    """The text of a description or comment: plain, wiki markup, or a document of nodes (ADF)."""
    if isinstance(value, str):
        return unescape_markup(value).strip()
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
        attachments=files_of(body.get("attachments")),
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
        files_of(list_at(fields, "attachment")),
    )
    makers = (object_at(body, "user"), object_at(fields, "creator"))
    authors = [name for maker in makers for name in _names(maker)]
    return accept_ticket(ticket, request.headers, settings.own_user, authors, fields.get("labels"))


def _commented(settings: OwnUserSettings, request: IncomingRequest, body: dict[str, Any]) -> Event:
    issue, comment = object_at(body, "issue"), object_at(body, "comment")
    author = object_at(comment, "author")
    is_reporter = _is_same(author, object_at(issue, "fields", "reporter"))
    is_customers = is_reporter or text_of(author, "accountType") == "customer"
    if comment.get("jsdPublic") is False:
        return Ignored("the comment is internal")
    if not is_customers:
        return _state(settings, body)
    made = parse_time(comment.get("created")) or parse_time(body.get("timestamp"))
    said = text_of_document(comment.get("body"))
    files = _files_in(comment.get("body"))
    ticket = _ticket(issue, said, author, made, text_of(comment, "id"), _key(request), files)
    return accept_ticket(ticket, request.headers, settings.own_user, _names(author))


def _files_in(comment: Any) -> tuple[Attachment, ...]:
    """The files that a comment shows; the event lists none. Jira adds them to the request."""
    if isinstance(comment, str):
        return files_of([found[1] or found[2] for found in _FILE_MARKUP.finditer(comment)])
    names: list[str] = []
    waiting: list[Any] = [comment]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            is_media = text_of(node, "type") in _MEDIA
            name = text_of(node, "attrs", "alt") if is_media else None
            names += [name] if name is not None else []
            waiting.append(node.get("content"))
    return files_of(names)


def _state(settings: OwnUserSettings, body: dict[str, Any]) -> Event:
    """The state of a request, and whose act told it: a change, or the comment of an agent."""
    issue, comment = object_at(body, "issue"), object_at(body, "comment")
    fields = object_at(issue, "fields")
    if text_of(fields, "project", "projectTypeKey") not in (_SERVICE_PROJECT, None):
        return Ignored("the project is no service project")
    actor = object_at(comment, "author") if comment else object_at(body, "user")
    text, is_app = text_of_document(comment.get("body")), text_of(actor, "accountType") == "app"
    moments = (comment.get("created"), body.get("timestamp"), fields.get("updated"))
    state = TicketState(
        external_id=_key_of(issue),
        at=next((at for at in map(parse_time, moments) if at is not None), None),
        status=_status(fields),
        owner=_owner(fields),
        answered=bool(text) and bool(actor) and not is_app and not is_own(text),
        who=text_of(actor, "displayName"),
    )
    return accept_state(state, settings.own_user, _names(actor))


def _status(fields: dict[str, Any]) -> TicketStatus | None:
    if (text_of(fields, "status", "name") or "").casefold() == _WAITING:
        return "pending"
    if object_at(fields, "resolution"):
        return "closed"
    return _CATEGORIES.get(text_of(fields, "status", "statusCategory", "key") or "")


def _owner(fields: dict[str, Any]) -> str | None:
    """The name of the assignee; blank where the request says that there is none."""
    if "assignee" not in fields:
        return None
    return first_text(fields["assignee"], "displayName", "accountId", "name") or ""


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """True for the same account; those of Jira Data Center have a key instead of an id."""
    identities = [first_text(person, "accountId", "key", "name") for person in (one, other)]
    return identities[0] is not None and identities[0] == identities[1]


def _names(person: dict[str, Any]) -> list[str | None]:
    return [text_of(person, name) for name in ("accountId", "emailAddress", "key", "name")]


def _ticket(
    issue: dict[str, Any],
    text: str,
    who: dict[str, Any],
    made: datetime | None,
    message_id: str | None,
    key: str | None,
    files: tuple[Attachment, ...],
) -> Ticket:
    issue_key = _key_of(issue)
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
        attachments=files,
    )


def _key_of(issue: dict[str, Any]) -> str:
    key = text_of(issue, "key")
    if key is None:
        raise Unreadable(
            "The event has no 'issue.key'. Choose the events 'Issue: created', 'Issue: updated' "
            "and 'Comment: created' of Jira's webhook."
        )
    return key


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
