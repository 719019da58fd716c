"""What all helpdesks share on the way out: reading a delivery, writing the note for the agent, asking one thing after another.

A helpdesk is told of an inquiry by a generator that asks for one request after the other and is given each reply: what a vendor
needs, and in which order, reads like a recipe and is tested without any network.
"""

import html
import json
import re
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote

from pydantic import Field, ValidationInfo, field_validator

from inquiry_router import __version__
from inquiry_router.inquiry.model import Contact, Event, Priority
from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.provider import Group, Handover, ProviderSettings, Refused
from inquiry_router.providers.kit.source import object_at
from inquiry_router.text.html_text import unescape

# Trying the same again cannot help: wrong credentials, a ticket that is gone, a value that the helpdesk does not know.
FINAL: Final = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
TAG: Final = "inquiry-router"
_MARK: Final = re.compile(r"\s*\[inquiry-router [0-9A-Z]{4}-[0-9A-Z]{4}\]")
_HTML_TAG: Final = re.compile(r"<[^<>]*>")
# From which probability on a decision is called so; for people, who read a word quicker than a figure.
_SURE: Final = 0.9
_LIKELY: Final = 0.7


class HelpdeskSettings(ProviderSettings):
    """What every helpdesk needs to know. Each kind adds its own address and credentials."""

    source: str | None = Field(
        None,
        max_length=64,
        description="The id of the source whose tickets are moved here; null when tickets are only made.",
        examples=["zendesk-k3v9"],
    )
    groups: dict[str, str] = Field(
        default_factory=dict,
        description="The helpdesk's group for each of our teams: team id to group id. Without one the ticket stays where it is "
        "and gets the note. POST /v1/destinations/{id}/check lists the groups.",
        examples=[{"customer_service": "360001", "sales": "360002"}],
    )
    create: bool = Field(
        False,
        strict=True,
        description="Whether a ticket is made for what came another way (phone, form, API).",
        examples=[True],
    )
    note_language: Literal["pl", "en"] = Field(
        "pl", description="The language of the notes for agents.", examples=["pl"]
    )


class UrlSettings(HelpdeskSettings):
    """For helpdesks that stand at an address of their own."""

    url: str = Field(
        repr=False,
        description="The helpdesk's own address, without any path behind it.",
        examples=["https://acme.helpdesk.example.com"],
    )

    @field_validator("url")
    @classmethod
    def _may_be_called(cls, value: str, info: ValidationInfo) -> str:
        context: dict[str, Any] = info.context or {}
        check_url(value, context.get("reach", PUBLIC))
        return value.rstrip("/")


@dataclass(frozen=True, slots=True)
class Routed:
    """What a helpdesk is told of an inquiry. `ticket` is the vendor's id of the ticket to be moved; None: one is to be made."""

    inquiry: str
    event: str
    reference: str
    category: str
    confidence: float
    unsure: bool
    words: tuple[str, ...]
    team: str
    group: str | None
    rule: str
    priority: Priority
    channel: str
    subject: str | None
    text: str = field(repr=False)
    contact: Contact = field(repr=False)
    ticket: str | None
    correction_url: str | None = field(default=None, repr=False)
    corrected_by: str | None = None


def read_handover(settings: HelpdeskSettings, handover: Handover) -> Routed | None:
    """The delivery as a helpdesk needs it, or None when there is nothing to do: resolved, a call, none of its tickets."""
    event = json.loads(handover.payload)
    data = event["data"]
    if handover.event in (Event.RESOLVED, Event.CALL):
        return None
    source = data.get("source") or {}
    ours = settings.source is not None and source.get("system") == settings.source
    if not ours and not settings.create:
        return None
    decision, classification = data["decision"], data["classification"]
    return Routed(
        inquiry=data["id"],
        event=handover.event,
        reference=data["reference"],
        category=classification["category"],
        confidence=classification["confidence"],
        unsure=not {"unsure", "unclassified", "unread"}.isdisjoint(decision["flags"]),
        words=tuple(entry["text"] for entry in classification["evidence"][:5]),
        team=decision["team"],
        group=settings.groups.get(decision["team"]),
        rule=decision["rule"],
        priority=Priority(decision["priority"]),
        channel=data["channel"],
        subject=data["subject"],
        text=data["text"],
        contact=Contact(**data["contact"]),
        ticket=str(source["id"]) if ours else None,
        correction_url=handover.correction_url,
        corrected_by=(data.get("correction") or {}).get("who"),
    )


_NOTE: Final = {
    "pl": {
        "category": "Kategoria: {category} ({how_sure})",
        "corrected": "Poprawione przez: {who}",
        "sure": "na pewno",
        "likely": "raczej tak",
        "unsure": "niepewne, proszę sprawdzić",
        "words": "Zdecydowały słowa: {words}",
        "team": "Zespół: {team}, reguła: {rule}, pilność: {priority}",
        "unmapped": "Dla tego zespołu nie wskazano grupy w ustawieniach, więc zgłoszenie zostaje tutaj.",
        "correct": "Błędna decyzja? Popraw jednym kliknięciem: {url}",
    },
    "en": {
        "category": "Category: {category} ({how_sure})",
        "corrected": "Corrected by: {who}",
        "sure": "sure",
        "likely": "likely",
        "unsure": "unsure, please check",
        "words": "Deciding words: {words}",
        "team": "Team: {team}, rule: {rule}, priority: {priority}",
        "unmapped": "No group is set for this team, so the ticket stays here.",
        "correct": "Wrong? Correct it with one click: {url}",
    },
}


_OPENING: Final = {
    "pl": {"channel": "Kanał: {channel}", "contact": "Kontakt: {who}"},
    "en": {"channel": "Channel: {channel}", "contact": "Contact: {who}"},
}


def note_lines(routed: Routed, language: str) -> list[str]:
    """The note for the agent, line by line. Its first line is the mark by which the router knows its own notes again."""
    said = _NOTE[language]
    how_sure = (
        "unsure"
        if routed.unsure or routed.confidence < _LIKELY
        else "sure"
        if routed.confidence >= _SURE
        else "likely"
    )
    lines = [
        mark(routed.reference),
        said["category"].format(category=routed.category, how_sure=said[how_sure]),
    ]
    if routed.corrected_by:
        lines[1:] = [f"{said['category'].partition(' (')[0].format(category=routed.category)}"]
        lines.append(said["corrected"].format(who=routed.corrected_by))
    elif routed.words:
        lines.append(
            said["words"].format(
                words=", ".join(f"„{w}”" if language == "pl" else f"'{w}'" for w in routed.words)
            )
        )
    lines.append(said["team"].format(team=routed.team, rule=routed.rule, priority=routed.priority))
    if routed.group is None:
        lines.append(said["unmapped"])
    if routed.correction_url:
        lines.append(said["correct"].format(url=routed.correction_url))
    return lines


def note_text(routed: Routed, language: str) -> str:
    """The note as plain text."""
    return "\n".join(note_lines(routed, language))


def note_html(routed: Routed, language: str) -> str:
    """The note as HTML, for vendors that read notes so. Whatever a customer wrote is only text in it."""
    return "<br>".join(html.escape(line) for line in note_lines(routed, language))


def mark(reference: str) -> str:
    """The first line of everything that the router writes into a helpdesk."""
    return f"[{TAG} {reference}]"


def is_own(text: str | None) -> bool:
    """Whether this text begins with the router's mark. Only the beginning counts, for a customer may quote one further down."""
    return bool(text) and _MARK.match(str(text)) is not None


def is_noted(routed: Routed, language: str, written: Iterable[object]) -> bool:
    """Whether one of these notes, text or HTML as the helpdesk gives them back, is the one of this very decision."""
    lines = note_lines(routed, language)
    needed = [lines[0], lines[1]]
    if routed.corrected_by:
        needed.append(_NOTE[language]["corrected"].format(who=routed.corrected_by))
    plain = (unescape(_HTML_TAG.sub(" ", one)).lstrip() for one in written if isinstance(one, str))
    return any(text.startswith(lines[0]) and all(line in text for line in needed) for text in plain)


def opening_lines(routed: Routed, language: str) -> list[str]:
    """What a ticket that is made begins with: the mark, who wrote and how, and then the customer's own words."""
    said = _OPENING[language]
    contact = routed.contact
    who = ", ".join(
        part for part in (contact.name, contact.company, contact.email, contact.phone) if part
    )
    about = [said["channel"].format(channel=routed.channel)] + (
        [said["contact"].format(who=who)] if who else []
    )
    return [mark(routed.reference), *about, "", *routed.text.splitlines()]


def opening_text(routed: Routed, language: str) -> str:
    """The beginning of a ticket as plain text."""
    return "\n".join(opening_lines(routed, language))


def opening_html(routed: Routed, language: str) -> str:
    """The beginning of a ticket as HTML; whatever the customer wrote is only text in it."""
    return "<br>".join(html.escape(line) for line in opening_lines(routed, language))


def tags_of(routed: Routed) -> list[str]:
    """The tags that a ticket gets: that it was routed, and as what."""
    return [TAG, routed.category]


def external_id(routed: Routed) -> str:
    """The name by which a ticket that the router made is found again before it is made a second time."""
    return f"{TAG}-{routed.inquiry}"


def title_of(routed: Routed) -> str:
    """A subject for a ticket to be made: the customer's own, else the beginning of what he said."""
    said = routed.subject or " ".join(routed.text.split())
    return said[:120] or routed.reference


def json_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Any = None,
    *,
    expected: frozenset[int] = frozenset(),
) -> OutgoingRequest:
    """A request with a JSON body, or without one."""
    content = (
        b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    )
    kind = {} if body is None else {"content-type": "application/json"}
    standard = {"accept": "application/json", "user-agent": f"inquiry-router/{__version__}"}
    return OutgoingRequest(url, {**standard, **kind, **headers}, content, method, expected)


def groups_in(rows: Iterable[object], name: str = "name") -> list[Group]:
    """The groups of a list that the vendor gave; its ids may be numbers or texts."""
    found = [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), int | str)]
    return [Group(str(row["id"]), str(row.get(name) or row["id"])) for row in found]


def ticket_at(
    url: str, headers: Mapping[str, str], *place: str
) -> Generator[OutgoingRequest, Reply, dict[str, Any]]:
    """The ticket at this address, which stands at `place` of the answer; an empty one when it is gone.

    Raises `Refused` for an answer that is no ticket.
    """
    reply = yield json_request("GET", url, headers, expected=frozenset({404}))
    if reply.status == 404:
        return {}
    require(reply, *place, "id")
    return object_at(reply.json(), *place)


def group_named(settings: HelpdeskSettings, *names: str | None) -> str | None:
    """Of all that a helpdesk calls one group, what `groups` of the settings calls it; the first where it is not among them."""
    called = {group.casefold(): group for group in settings.groups.values()}
    known = [name for name in names if name is not None]
    return next(
        (called[name.casefold()] for name in known if name.casefold() in called),
        next(iter(known), None),
    )


def path_part(written: object) -> str:
    """A value as one part of a URL's path: nothing in it can lead to another address. Raises `Refused` for one that is none."""
    part = quote(str(written), safe="", errors="replace")
    if part in ("", ".", ".."):  # servers take dots for a folder, also escaped ones
        raise Refused(
            f"'{part}' is no id of a ticket: look at the id that the inquiry's source names"
        )
    return part


def number(written: str) -> int:
    """An id that the vendor wants as a number. Raises `Refused`, which tells the admin what to change."""
    if not (written.isascii() and written.isdigit() and len(written) < 20):
        raise Refused(
            f"'{written[:40]}' is no number: set the group's id, as the check of the destination lists it"
        )
    return int(written)


def require(reply: Reply, *path: str) -> Any:
    """The value at this place of a JSON answer. Raises `Refused` when the answer has another shape."""
    value = reply.json()
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise Refused(
            f"the answer has no '{'.'.join(path)}': is this the address of the helpdesk's API?"
        )
    return value
