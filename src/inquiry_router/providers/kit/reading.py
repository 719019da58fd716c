"""Reading helpdesks' tickets: the customer's words told from the router's own, times, channels."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field

from inquiry_router.inquiry.model import Channel
from inquiry_router.providers.kit.notes import TAG, is_own
from inquiry_router.providers.kit.source import (
    ApiSettings,
    Event,
    Handshake,
    Ignored,
    SourceSettings,
    Ticket,
    TicketState,
    text_of,
)

Read = tuple[Event, ...] | Handshake

HOPS_HEADER: Final = "x-inquiry-router-hops"
MAX_HOPS: Final = 3
# The most pages that are read of a vendor's list, so that no answer keeps the router busy forever.
MAX_PAGES: Final = 40
_TAG: Final = re.compile(
    r"</?(?:a|b|blockquote|body|br|code|div|em|font|h[1-6]|head|hr|html|i|img|li|meta|ol|p|pre|span"
    r"|strong|style|table|tbody|td|th|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_OPENING_TAGS: Final = re.compile(r"(?:<[^>]*>|&nbsp;|\s)*")
_HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)+(/|$)")
# The longest line in RFC 5322.
_MAX_LINE_CHARS: Final = 998
_AT: Final = r"[^\s<>()\[\]\",;:@]{1,64}@[^\s<>()\[\]\",;:@]{1,253}"
_BRACKETED: Final = re.compile(rf"<\s*(?:mailto:)?(?P<address>{_AT})\s*>")
_ADDRESS: Final = re.compile(rf"(?:mailto:)?(?P<address>{_AT})")
_COMMENT: Final = re.compile(r"\s*\(([^()]{1,200})\)")
_NAME_STRIP_CHARS: Final = " \t\"'<>,;"
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class OwnUserSettings(SourceSettings):
    """For helpdesks that name authors, so that the router's own texts are recognized."""

    own_user: str | None = Field(
        None,
        max_length=200,
        description="The id or e-mail address of the user whose key the destination uses: their "
        "texts are never inquiries.",
        examples=["router@acme.example.com"],
    )


class HelpdeskApiSettings(ApiSettings, OwnUserSettings):
    """For helpdesks whose API is asked for more than their events say."""


def accept_ticket(
    ticket: Ticket,
    headers: Mapping[str, str],
    own_user: str | None = None,
    authors: Iterable[object] = (),
    tags: object = (),
) -> Ticket | Ignored:
    """Return the ticket with its hop count; ignore an empty one, and the router's own.

    `authors` are ids and addresses of the author. `tags` are those of a new ticket, as listed by
    the vendor.
    """
    hops = read_hops(headers)
    if hops > MAX_HOPS:
        return Ignored(f"it has been through more than {MAX_HOPS} routers")
    if is_own(ticket.text) or is_own_html(ticket.html) or TAG in split_tags(tags):
        return Ignored("the router itself wrote it")
    if is_own_user(own_user, authors):
        return Ignored("the router's own user wrote it")
    if not (ticket.subject or ticket.text or ticket.html or ticket.attachments):
        return Ignored("it has neither a subject, a text nor a file")
    return replace(ticket, hops=hops)


def read_hops(headers: Mapping[str, str]) -> int:
    """The number of routers that the request has been through; 0 without a valid header."""
    written = headers.get(HOPS_HEADER, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else 0


def is_own_html(html: str | None) -> bool:
    """True if the HTML begins with the router's mark, after any tags around it."""
    return html is not None and is_own(_OPENING_TAGS.sub("", html, count=1))


def is_html(text: str) -> bool:
    """True for HTML. "Acme <a@acme.example.com> wrote:" is plain text."""
    return _TAG.search(text) is not None


def is_same_user(own_user: str, author: object) -> bool:
    """True if the vendor's id or address of an author is the one in the settings."""
    return isinstance(author, str) and author.strip().casefold() == own_user.strip().casefold()


def is_own_user(own_user: str | None, authors: Iterable[object]) -> bool:
    """True if one of these ids and addresses is that of the router's own user."""
    return own_user is not None and any(is_same_user(own_user, author) for author in authors)


def accept_state(
    state: TicketState, own_user: str | None = None, authors: Iterable[object] = ()
) -> TicketState | Ignored:
    """Return the state; ignore one that says nothing, and an act of the router's own user.

    `authors` are ids and addresses of the person who acted.
    """
    if is_own_user(own_user, authors):
        return Ignored("the router's own user did it")
    if state.answered or state.groups or not (state.status is None and state.owner is None):
        return state
    return Ignored("it tells neither a message of a customer nor a state of the ticket")


def split_tags(tags: object) -> list[str]:
    """Tags as a list. Vendors send a list, or one text with spaces or commas."""
    if isinstance(tags, str):
        return tags.replace(",", " ").split()
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, Iterable) else []


def first_text(value: Any, *names: str) -> str | None:
    """The first of these fields that is not blank: some vendors use several spellings."""
    return next((found for name in names if (found := text_of(value, name)) is not None), None)


def value_at(value: Any, *names: str) -> Any:
    """The value at this place in nested objects, or None."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def name_and_address(line: str) -> tuple[str, str]:
    """The name and the address in a From line; blank if missing.

    People and programs write commas and "@" into names without quotes: "Wójcik, Jan <jan@x.pl>".
    """
    line = line[:_MAX_LINE_CHARS]
    found = _BRACKETED.search(line) or _ADDRESS.search(line)
    before, behind = (line[: found.start()], line[found.end() :]) if found else (line, "")
    comment = _COMMENT.match(behind)
    before = before.lstrip("( ") if before.count("(") > before.count(")") else before
    name = before.replace('\\"', '"').strip(_NAME_STRIP_CHARS) or (comment[1] if comment else "")
    return " ".join(name.split()), found["address"].rstrip(".") if found else ""


def full_name(*parts: str | None) -> str | None:
    """First and last name joined."""
    return " ".join(part for part in parts if part) or None


def parse_time(value: object) -> datetime | None:
    """Read a vendor's time: ISO 8601, or seconds or milliseconds since 1970.

    None for an unreadable value or an unlikely year.
    """
    try:
        if isinstance(value, str) and not value.strip().isdigit():
            found = datetime.fromisoformat(value.strip()[:40])
        elif isinstance(value, str | int | float):
            seconds = float(value)
            found = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def web_address(value: str | None) -> str | None:
    """A web address, completed with https:// if the vendor leaves it out; None for other text."""
    if value is None or any(character.isspace() for character in value):
        return None
    if value.startswith(("https://", "http://")):
        return value
    return f"https://{value}" if _HOST.match(value) else None


def channel_of(word: str | None, channels: Mapping[str, Channel], otherwise: Channel) -> Channel:
    """Our channel for the vendor's word, in any case and with any separators."""
    if not word:
        return otherwise
    return channels.get(re.sub(r"[\W_]+", "_", word.casefold()).strip("_"), otherwise)
