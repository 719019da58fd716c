"""Kind `glpi`: groups, priorities and followups of GLPI by its REST API v1.

Facts: glpi-project/glpi `apirest.md`, `src/Glpi/Api/APIRest.php` and
`src/Glpi/Controller/ApiController.php` (REST API v1: an admin can make a token for it, while the
newer one wants a password or a person who logs in).
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Priority
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.glpi_source import API, app_header, user_header
from inquiry_router.providers.kit.groups import group_named
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    external_id,
    is_noted,
    note_html,
    opening_html,
    title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Locate, Refused, Telling
from inquiry_router.providers.kit.reading import value_at
from inquiry_router.providers.kit.requests import (
    Exchange,
    groups_in,
    number,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import text_of

_PRIORITIES: Final = {Priority.LOW: 2, Priority.NORMAL: 3, Priority.HIGH: 4, Priority.URGENT: 5}
# The role of an assigned group among the groups of a ticket.
_ASSIGNED: Final = 2
_PROCESSING: Final = 2
_DONE: Final = ("5", "6")
_RANGE: Final = "range=0-499"


class GlpiSettings(UrlSettings):
    """The address of GLPI, and the tokens for its API."""

    user_token: SecretStr = Field(
        description="The API token of the user in whose name tickets are moved (in the settings of "
        "that user, remote access keys).",
        examples=["q56hqkniwot8wntb3z1qarka5atf365taaa2uyjrn"],
    )
    app_token: SecretStr | None = Field(
        None,
        description="The token of the API client (Setup, General, API); null where it has none.",
        examples=["f7g3csp8mgatg5ebc5elnazakw20i9fyev1qopya7"],
    )


class _GlpiSession(GlpiSettings):
    """The same settings while a session is open."""

    session_token: str = Field(repr=False)


class Glpi(TicketHelpdesk[GlpiSettings]):
    """Assigns tickets to groups and says why in a private followup, all in a session of its own."""

    kind = "glpi"
    title = "GLPI: group, priority and a private followup"
    settings_model = GlpiSettings

    def headers(self, settings: GlpiSettings) -> Mapping[str, str]:
        """The session where one is open; else the user's token, which only opens one."""
        headers = app_header(settings.app_token)
        if isinstance(settings, _GlpiSession):
            return {**headers, "session-token": settings.session_token}
        return {**headers, **user_header(settings.user_token)}

    def tell(self, settings: GlpiSettings, inquiry: RoutedInquiry) -> Telling:
        """Do all of it in one session."""
        session = yield from self._open(settings)
        ticket = yield from super().tell(session, inquiry)
        yield self._close(session)
        return ticket

    def find_ticket(self, settings: GlpiSettings, inquiry: RoutedInquiry) -> Exchange[str | None]:
        """Search by external id."""
        name = external_id(inquiry)
        query = f"searchText%5Bexternalid%5D={query_value(f'^{name}$')}&{_RANGE}"
        rows = _rows((yield self.request(settings, "GET", f"{API}/Ticket?{query}")))
        found = (text_of(row, "id") for row in rows if text_of(row, "externalid") == name)
        return next(found, None)

    def create_ticket(self, settings: GlpiSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a ticket; GLPI takes its own user as the requester."""
        ticket = {
            "name": title_of(inquiry),
            "content": opening_html(inquiry, settings.note_language),
            "externalid": external_id(inquiry),
        }
        reply = yield self.request(settings, "POST", f"{API}/Ticket", {"input": ticket})
        return str(require(reply, "id"))

    def move_ticket(self, settings: GlpiSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Set the priority and assign the group, then take away the groups assigned before."""
        changes = {"priority": _PRIORITIES[inquiry.priority]}
        yield self.request(settings, "PUT", _path(ticket), {"input": changes})
        if inquiry.group is None:
            return
        wanted = number(inquiry.group)
        assigned = yield from self._assigned(settings, ticket)
        if str(wanted) not in [text_of(row, "groups_id") for row in assigned]:
            link = {"tickets_id": number(ticket), "groups_id": wanted, "type": _ASSIGNED}
            yield self.request(settings, "POST", f"{API}/Group_Ticket", {"input": link})
        for row in assigned:
            if text_of(row, "groups_id") != str(wanted):
                path = f"{API}/Group_Ticket/{path_part(text_of(row, 'id') or '')}"
                yield self.request(settings, "DELETE", path)

    def open_ticket(self, settings: GlpiSettings, ticket: str) -> Calls:
        """Set a solved or closed ticket to processing, as GLPI does when a requester answers."""
        found = yield from self.read_ticket(settings, _path(ticket))
        if text_of(found, "status") in _DONE:
            yield self.request(settings, "PUT", _path(ticket), {"input": {"status": _PROCESSING}})

    def has_note(
        self, settings: GlpiSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the followups."""
        path = f"{_path(ticket)}/ITILFollowup?{_RANGE}&order=DESC"
        rows = _rows((yield self.request(settings, "GET", path)))
        return is_noted(inquiry, settings.note_language, [text_of(row, "content") for row in rows])

    def add_note(self, settings: GlpiSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add a private followup."""
        note = {
            "itemtype": "Ticket",
            "items_id": number(ticket),
            "content": note_html(inquiry, settings.note_language),
            "is_private": 1,
        }
        yield self.request(settings, "POST", f"{API}/ITILFollowup", {"input": note})

    def check(self, settings: GlpiSettings) -> Check:
        """List the groups that tickets may be assigned to."""
        session = yield from self._open(settings)
        rows = _rows((yield self.request(session, "GET", f"{API}/Group?{_RANGE}")))
        yield self._close(session)
        assignable = (row for row in rows if value_at(row, "is_assign") != 0)
        return tuple(groups_in(assignable, "completename"))

    def locate(self, settings: GlpiSettings, ticket: str) -> Locate:
        """The assigned group; of several the one that the settings name."""
        path = _path(ticket)
        session = yield from self._open(settings)
        found = yield from self.read_ticket(session, path)
        assigned = (yield from self._assigned(session, ticket)) if found else []
        yield self._close(session)
        return group_named(settings, *(text_of(row, "groups_id") for row in assigned))

    def _open(self, settings: GlpiSettings) -> Exchange[_GlpiSession]:
        reply = yield self.request(settings, "GET", f"{API}/initSession")
        token = str(require(reply, "session_token"))
        return _GlpiSession.model_construct(**dict(settings), session_token=token)

    def _close(self, session: _GlpiSession) -> OutgoingRequest:
        return self.request(session, "GET", f"{API}/killSession")

    def _assigned(self, settings: GlpiSettings, ticket: str) -> Exchange[list[dict[str, Any]]]:
        path = f"{_path(ticket)}/Group_Ticket?{_RANGE}"
        rows = _rows((yield self.request(settings, "GET", path)))
        return [row for row in rows if value_at(row, "type") == _ASSIGNED]


def _path(ticket: str) -> str:
    return f"{API}/Ticket/{path_part(ticket)}"


def _rows(reply: Reply) -> list[dict[str, Any]]:
    """The items of a list. Raises `Refused` for an answer that is no list."""
    rows = reply.json()
    if not isinstance(rows, list):
        raise Refused("the answer is no list: set the address of GLPI itself, without '/api.php'")
    return [row for row in rows if isinstance(row, dict)]
