"""The states of Zendesk's tickets, in its events and in the bodies of triggers.

Facts: developer.zendesk.com (webhooks/event-types/ticket-events) and support.zendesk.com
(placeholders reference).
"""

from collections.abc import Mapping
from typing import Any, Final

from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import OwnUserSettings, accept_state, parse_time
from inquiry_router.providers.kit.source import (
    Event,
    TicketState,
    TicketStatus,
    Unreadable,
    object_at,
    text_of,
)

# `hold` waits for somebody in the company or behind it, not for the customer.
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "new": "open",
    "open": "open",
    "hold": "open",
    "on-hold": "open",
    "pending": "pending",
    "solved": "closed",
    "closed": "closed",
    "deleted": "closed",
    "archived": "closed",
    "scrubbed": "closed",
}
# The author of Zendesk's own words and acts.
SYSTEM: Final = "-1"


def state_of_event(
    settings: OwnUserSettings,
    body: dict[str, Any],
    actor: str | None,
    name: str | None,
    *,
    answered: bool,
) -> Event:
    """The ticket in an event, after the act of this user."""
    detail = object_at(body, "detail")
    group, owner = text_of(detail, "group_id"), text_of(detail, "assignee_id")
    state = TicketState(
        external_id=ticket_id_of(body),
        at=parse_time(body.get("time")) or parse_time(detail.get("updated_at")),
        status=_STATUSES.get((text_of(detail, "status") or "").casefold()),
        groups=() if group in (None, "0") else (str(group),),
        owner=("" if owner in (None, "0") else owner) if "assignee_id" in detail else None,
        answered=answered,
        who=None if actor == SYSTEM else name or actor,
    )
    return accept_state(state, settings.own_user, [actor])


def state_of_trigger(settings: OwnUserSettings, body: dict[str, Any], *, answered: bool) -> Event:
    """The state in the body that an admin typed into a trigger for updates or for answers."""
    groups = text_of(body, "group_id"), text_of(body, "group")
    author = text_of(body, "author")
    state = TicketState(
        external_id=id_of_trigger(body),
        at=parse_time(body.get("updated_at")),
        status=_STATUSES.get((text_of(body, "status") or "").casefold()),
        groups=tuple(group for group in groups if group is not None),
        owner=text_of(body, "assignee") or "" if "assignee" in body else None,
        answered=answered and author is not None and not is_own(text_of(body, "comment")),
        who=author,
    )
    return accept_state(state, settings.own_user, [author])


def id_of_trigger(body: dict[str, Any]) -> str:
    """The ticket's id in the body of a trigger. Raises `Unreadable` without one."""
    ticket_id = text_of(body, "ticket_id")
    if ticket_id is None:
        raise Unreadable(
            'The body has no \'ticket_id\'. Write "ticket_id":"{{ticket.id}}" into the body of the '
            "trigger's action."
        )
    return ticket_id


def ticket_id_of(body: dict[str, Any]) -> str:
    """The ticket's id in an event. Raises `Unreadable` without one."""
    ticket_id = text_of(body, "detail", "id") or (text_of(body, "subject") or "").removeprefix(
        "zen:ticket:"
    )
    if not ticket_id:
        raise Unreadable(
            "The event has no 'detail.id'. Subscribe the webhook to ticket events, or use a "
            "trigger."
        )
    return ticket_id
