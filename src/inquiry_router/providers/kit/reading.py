"""What the helpdesks share on the way in: telling customers' words from our own, and reading times, links, names and channels."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parseaddr
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
    text_of,
)

Read = tuple[Event, ...] | Handshake

HOPS_HEADER: Final = "x-inquiry-router-hops"
MOST_HOPS: Final = 3
# How many pages of a vendor's list are asked for, so that no answer can keep the router busy for ever.
MOST_PAGES: Final = 40
_OPENING_TAGS: Final = re.compile(r"(?:<[^>]*>|&nbsp;|\s)*")
_HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)+(/|$)")
# The longest line of RFC 5322. The library takes quadratic time: half a minute for 100 kB of "@".
_MAX_LINE: Final = 998
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class GuardedSettings(SourceSettings):
    """For helpdesks that say who wrote something, so that what the router itself wrote is known."""

    own_user: str | None = Field(
        None,
        max_length=200,
        description="The id or e-mail address of the user whose key the destination uses: what he writes is never an inquiry.",
        examples=["router@acme.example.com"],
    )


class AskingSettings(ApiSettings, GuardedSettings):
    """For helpdesks that are asked for more than their events say."""


def customers_own(
    ticket: Ticket,
    headers: Mapping[str, str],
    own_user: str | None = None,
    authors: Iterable[object] = (),
    tags: object = (),
) -> Ticket | Ignored:
    """The ticket with its hop count, unless it says nothing or comes from the router itself.

    `authors` are ids and addresses of whoever wrote it; `tags` those of a ticket that is being made, as the vendor lists them.
    """
    hops = hops_of(headers)
    if hops > MOST_HOPS:
        return Ignored(f"it has been through more than {MOST_HOPS} routers")
    if is_own(ticket.text) or is_own_html(ticket.html) or TAG in words_of(tags):
        return Ignored("the router itself wrote it")
    if own_user is not None and any(same_user(own_user, author) for author in authors):
        return Ignored("the router's own user wrote it")
    if not (ticket.subject or ticket.text or ticket.html):
        return Ignored("it has neither a subject nor a text")
    return replace(ticket, hops=hops)


def hops_of(headers: Mapping[str, str]) -> int:
    """Through how many routers it came, by its header; 0 where that is absent or no number."""
    written = headers.get(HOPS_HEADER, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else 0


def is_own_html(html: str | None) -> bool:
    """Whether this HTML begins with the router's mark, behind whatever tags the helpdesk put around it."""
    return html is not None and is_own(_OPENING_TAGS.sub("", html, count=1))


def same_user(own_user: str, author: object) -> bool:
    """Whether the vendor's id or address of an author is the one in the settings."""
    return isinstance(author, str) and author.strip().casefold() == own_user.strip().casefold()


def words_of(tags: object) -> list[str]:
    """Tags as a list, whether the vendor sends a list or one text with spaces or commas."""
    if isinstance(tags, str):
        return tags.replace(",", " ").split()
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, Iterable) else []


def first_text(value: Any, *names: str) -> str | None:
    """The first of these fields that is not blank: vendors spell some in more than one way."""
    return next((found for name in names if (found := text_of(value, name)) is not None), None)


def value_at(value: Any, *names: str) -> Any:
    """Whatever stands at this place in nested objects; None where there is no such place."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def name_and_address(line: str) -> tuple[str, str]:
    """The name and the address in a From line, each blank where there is none.

    Both are blank for brackets within brackets without end.
    """
    try:
        return parseaddr(line[:_MAX_LINE])
    except RecursionError:
        return "", ""


def full_name(*parts: str | None) -> str | None:
    """First and last name as one."""
    return " ".join(part for part in parts if part) or None


def moment(value: object) -> datetime | None:
    """A vendor's time: ISO 8601, or seconds or milliseconds since 1970. None for what cannot be read or names no likely year."""
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


def link(value: str | None) -> str | None:
    """A web address, with https:// put before it where the vendor leaves that out; None for anything else."""
    if value is None or any(character.isspace() for character in value):
        return None
    if value.startswith(("https://", "http://")):
        return value
    return f"https://{value}" if _HOST.match(value) else None


def channel_of(word: str | None, channels: Mapping[str, Channel], otherwise: Channel) -> Channel:
    """Our channel for the vendor's word, in whatever case and with whatever separators it is written."""
    return (
        channels.get(re.sub(r"[\W_]+", "_", word.casefold()).strip("_"), otherwise)
        if word
        else otherwise
    )
