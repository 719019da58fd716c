"""Kind `hubspot`: stages, owners and notes by the CRM API.

Facts: developers.hubspot.com (CRM API).
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Priority
from inquiry_router.providers.hubspot_source import (
    API,
    THREAD,
    TICKETS,
    credentials,
    ticket_path,
)
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import is_noted, mark, note_html, opening_text, title_of
from inquiry_router.providers.kit.provider import (
    Calls,
    Check,
    Group,
    Locate,
    NothingToDo,
    Refused,
    Telling,
)
from inquiry_router.providers.kit.reading import first_text, full_name
from inquiry_router.providers.kit.requests import Exchange, path_part, require
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import list_at, text_of

_CONTACTS: Final = "/crm/v3/objects/contacts"
_NOTES: Final = "/crm/v3/objects/notes"
_PLACE: Final = "hubspot_owner_id,hs_pipeline,hs_pipeline_stage"
_PRIORITIES: Final = {
    Priority.LOW: "LOW",
    Priority.NORMAL: "MEDIUM",
    Priority.HIGH: "HIGH",
    Priority.URGENT: "HIGH",
}
_NOTE_OF_TICKET: Final = 228
_CONTACT_OF_TICKET: Final = 16
_FIRST_PLACE: Final = "0/1"
_MAX_NOTES: Final = 100


class HubSpotSettings(UrlSettings):
    """The token of a private app."""

    url: str = Field(API, repr=False, description="The address of HubSpot's API.", examples=[API])
    token: SecretStr = Field(
        description="The access token of a private app with the scopes tickets, contacts.read and "
        "owners.read.",
        examples=["pat-eu1-3f9c0d1e-0000-0000-0000-000000000000"],
    )


class HubSpot(TicketHelpdesk[HubSpotSettings]):
    """Moves tickets to a stage of a pipeline or to an owner, then adds a note."""

    kind = "hubspot"
    title = "HubSpot: pipeline stage or owner, priority and a note"
    settings_model = HubSpotSettings

    def headers(self, settings: HubSpotSettings) -> Mapping[str, str]:
        """The access token."""
        return credentials(settings.token)

    def tell(self, settings: HubSpotSettings, inquiry: RoutedInquiry) -> Telling:
        """Refuse a conversation without a ticket: only tickets can be moved and noted."""
        if inquiry.ticket is not None and inquiry.ticket.startswith(THREAD):
            if not inquiry.moves:  # the refused decision has told the admin already
                raise NothingToDo("the conversation has no ticket that could be noted")
            raise Refused(
                "the conversation has no ticket: let HubSpot create one for each conversation in "
                "the settings of the inbox"
            )
        return (yield from super().tell(settings, inquiry))

    def find_ticket(
        self, settings: HubSpotSettings, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        """The ticket whose content begins with the mark: the search also finds quotations."""
        words = {
            "propertyName": "content",
            "operator": "CONTAINS_TOKEN",
            "value": inquiry.reference,
        }
        search = {"filterGroups": [{"filters": [words]}], "properties": ["content"], "limit": 20}
        found = (yield self.request(settings, "POST", f"{TICKETS}/search", search)).json()
        begin = mark(inquiry.reference)
        for row in list_at(found, "results"):
            if (text_of(row, "properties", "content") or "").startswith(begin):
                return text_of(row, "id")
        return None

    def create_ticket(self, settings: HubSpotSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket, for the contact with the customer's address where there is one."""
        ticket: dict[str, Any] = {
            "properties": {
                "subject": title_of(inquiry),
                "content": opening_text(inquiry, settings.note_language),
                "hs_ticket_priority": _PRIORITIES[inquiry.priority],
                **_place_of(_FIRST_PLACE),
                **_place_of(inquiry.group),
            }
        }
        contact = yield from self._find_contact(settings, inquiry.contact.email)
        if contact is not None:
            ticket["associations"] = [_association(contact, _CONTACT_OF_TICKET)]
        reply = yield self.request(settings, "POST", TICKETS, ticket)
        return str(require(reply, "id"))

    def move_ticket(self, settings: HubSpotSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Set the priority, and the stage or the owner."""
        priority = {"hs_ticket_priority": _PRIORITIES[inquiry.priority]}
        changes = {"properties": {**priority, **_place_of(inquiry.group)}}
        yield self.request(settings, "PATCH", ticket_path(ticket), changes)

    def has_note(
        self, settings: HubSpotSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look through the newest notes, which have the highest numbers."""
        path = f"{ticket_path(ticket)}/associations/notes?limit=500"
        rows = list_at((yield self.request(settings, "GET", path)).json(), "results")
        ids = {found for row in rows if (found := first_text(row, "toObjectId", "id"))}
        if not ids:
            return False
        newest = sorted(ids, key=lambda one: (len(one), one))[-_MAX_NOTES:]
        wanted = {"properties": ["hs_note_body"], "inputs": [{"id": one} for one in newest]}
        answer = (yield self.request(settings, "POST", f"{_NOTES}/batch/read", wanted)).json()
        notes = [text_of(note, "properties", "hs_note_body") for note in list_at(answer, "results")]
        return is_noted(inquiry, settings.note_language, notes)

    def add_note(self, settings: HubSpotSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add a note with the time of this attempt."""
        properties = {
            "hs_timestamp": inquiry.at.astimezone(UTC).isoformat(timespec="seconds"),
            "hs_note_body": note_html(inquiry, settings.note_language),
        }
        associations = [_association(ticket, _NOTE_OF_TICKET)]
        note = {"properties": properties, "associations": associations}
        yield self.request(settings, "POST", _NOTES, note)

    def check(self, settings: HubSpotSettings) -> Check:
        """List the stages of all pipelines, and the owners where the token may see them."""
        reply = yield self.request(settings, "GET", "/crm/v3/pipelines/tickets")
        require(reply, "results")
        stages = [
            group
            for pipeline in list_at(reply.json(), "results")
            for stage in list_at(pipeline, "stages")
            if (group := _stage(pipeline, stage)) is not None
        ]
        path, expected = "/crm/v3/owners?limit=500", frozenset({403})
        reply = yield self.request(settings, "GET", path, expected=expected)
        owners = [_owner(row) for row in list_at(reply.json(), "results")]
        return (*stages, *(owner for owner in owners if owner is not None))

    def locate(self, settings: HubSpotSettings, ticket: str) -> Locate:
        """The owner if the settings name them, else the stage; None for a mere conversation."""
        if ticket.startswith(THREAD):
            return None
        found = yield from self.read_ticket(settings, f"{ticket_path(ticket)}?properties={_PLACE}")
        owner, pipeline, stage = (text_of(found, "properties", name) for name in _PLACE.split(","))
        if owner in settings.groups.values():
            return owner
        return f"{pipeline}/{stage}" if pipeline and stage else None

    def _find_contact(self, settings: HubSpotSettings, email: str | None) -> Exchange[str | None]:
        if not email:
            return None
        path, expected = f"{_CONTACTS}/{path_part(email)}?idProperty=email", frozenset({404})
        reply = yield self.request(settings, "GET", path, expected=expected)
        return text_of(reply.json(), "id") if reply.status != 404 else None


def _stage(pipeline: Any, stage: Any) -> Group | None:
    pipeline_id, stage_id = text_of(pipeline, "id"), text_of(stage, "id")
    if pipeline_id is None or stage_id is None:
        return None
    names = text_of(pipeline, "label") or pipeline_id, text_of(stage, "label") or stage_id
    return Group(f"{pipeline_id}/{stage_id}", ": ".join(names))


def _owner(row: Any) -> Group | None:
    owner_id = text_of(row, "id")
    if owner_id is None:
        return None
    name = full_name(text_of(row, "firstName"), text_of(row, "lastName")) or text_of(row, "email")
    return Group(owner_id, name or owner_id)


def _place_of(group: str | None) -> dict[str, str]:
    """The properties of a group: `pipeline/stage`, or the number of an owner."""
    if group is None:
        return {}
    pipeline, slash, stage = group.partition("/")
    if not slash:
        return {"hubspot_owner_id": group}
    return {"hs_pipeline": pipeline, "hs_pipeline_stage": stage}


def _association(target: str, kind: int) -> dict[str, Any]:
    kinds = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]
    return {"to": {"id": target}, "types": kinds}
