"""Kind `chatwoot` as a destination: teams, priorities, labels and private notes by REST.

Facts: Chatwoot's API reference (a message that is not private is sent). Its
source is `chatwoot_source`.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Priority
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    external_id,
    is_noted,
    note_lines,
    opening_lines,
    tags_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Locate, Refused
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_OWNER,
    Exchange,
    groups_in,
    number,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import (
    list_at,
    text_of,
)

_PRIORITIES: Final = {
    Priority.LOW: "low",
    Priority.NORMAL: "medium",
    Priority.HIGH: "high",
    Priority.URGENT: "urgent",
}
# The latest messages that Chatwoot lists at once.
_PAGE: Final = 20
# The custom attribute by which a created conversation is found again.
_ATTRIBUTE: Final = "inquiry_router"


class ChatwootSettings(UrlSettings):
    """The address of Chatwoot, an access token, and the inbox of new conversations."""

    account: int = Field(
        ge=1,
        description="The number of the account, as in the addresses of its pages.",
        examples=[1],
    )
    api_token: SecretStr = Field(
        description="The access token of an agent or administrator (the profile settings show it).",
        examples=["aB3kT9vLmZfPzQ2n4sX8y0Lw"],
    )
    inbox: int | None = Field(
        None,
        ge=1,
        description="The number of the inbox in which conversations are created; needed with "
        "'create'.",
        examples=[3],
    )


class Chatwoot(TicketHelpdesk[ChatwootSettings]):
    """Moves conversations: team, priority and labels one after the other, then a private note."""

    kind = "chatwoot"
    title = "Chatwoot: team, priority, labels and a private note"
    settings_model = ChatwootSettings
    replies = True
    auto_reply = "Settings > Inboxes > 'Enable channel greeting'"

    def headers(self, settings: ChatwootSettings) -> Mapping[str, str]:
        """The access token."""
        return {"api_access_token": settings.api_token.get_secret_value()}

    def find_or_create_ticket(
        self, settings: ChatwootSettings, inquiry: RoutedInquiry
    ) -> Exchange[str]:
        """Find or create the contact first: a conversation can only be looked for among theirs."""
        if settings.inbox is None:
            raise Refused(
                "no inbox is set, and Chatwoot creates no conversation without one: add 'inbox' "
                "to the settings"
            )
        contact = yield from self._find_or_create_contact(settings, inquiry)
        return (yield from self._find_conversation(settings, contact, inquiry)) or (
            yield from self._create_conversation(settings, contact, inquiry)
        )

    def move_ticket(self, settings: ChatwootSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Set team and priority, and add the labels to those present."""
        path = _conversation(settings, ticket)
        if inquiry.group is not None:
            team = {"team_id": number(inquiry.group)}
            yield self.request(settings, "POST", f"{path}/assignments", team)
        priority = {"priority": _PRIORITIES[inquiry.priority]}
        yield self.request(settings, "POST", f"{path}/toggle_priority", priority)
        answer = (yield self.request(settings, "GET", f"{path}/labels")).json()
        present = [label for label in list_at(answer, "payload") if isinstance(label, str)]
        missing = [tag for tag in tags_of(inquiry) if tag not in present]
        if missing:
            labels = {"labels": present + missing}
            yield self.request(settings, "POST", f"{path}/labels", labels)

    def has_note(
        self, settings: ChatwootSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look among the latest messages."""
        texts = yield from self._latest_texts(settings, ticket)
        return is_noted(inquiry, settings.note_language, texts)

    def add_note(self, settings: ChatwootSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add a private message; in a conversation of the router's, with the customer's words.

        Chatwoot might send a public message to the customer, so those words have no other place.
        """
        lines = note_lines(inquiry, settings.note_language)
        opening = opening_lines(inquiry, settings.note_language)[1:]
        if inquiry.ticket is None and not (
            inquiry.may_be_known
            and _shows(opening, (yield from self._latest_texts(settings, ticket)))
        ):
            lines += ["", *opening]
        path = f"{_conversation(settings, ticket)}/messages"
        note = {"content": "\n".join(lines), "message_type": "outgoing", "private": True}
        yield self.request(settings, "POST", path, note)

    def own_ticket(self, settings: ChatwootSettings, ticket: str, owner: str) -> Calls:
        """Set the agent, whom Chatwoot takes by number only."""
        if owner.isdecimal():
            path, agent = f"{_conversation(settings, ticket)}/assignments", int(owner)
            yield self.request(settings, "POST", path, {"assignee_id": agent}, expected=ODD_OWNER)

    def open_ticket(self, settings: ChatwootSettings, ticket: str) -> Calls:
        """Set the status."""
        path = f"{_conversation(settings, ticket)}/toggle_status"
        yield self.request(settings, "POST", path, {"status": "open"})

    def has_reply(
        self, settings: ChatwootSettings, ticket: str, reply: PublicReply
    ) -> Exchange[bool]:
        """Look among the latest messages."""
        return reply.is_among((yield from self._latest_texts(settings, ticket)))

    def reply(
        self, settings: ChatwootSettings, ticket: str, inquiry: RoutedInquiry, reply: PublicReply
    ) -> Calls:
        """Send a message, which goes the way that the conversation came."""
        path = f"{_conversation(settings, ticket)}/messages"
        said = {"content": reply.text, "message_type": "outgoing", "private": False}
        yield self.request(settings, "POST", path, said)

    def check(self, settings: ChatwootSettings) -> Check:
        """List the teams."""
        reply = yield self.request(settings, "GET", f"{_account(settings)}/teams")
        if not isinstance(reply.json(), list):
            raise Refused(
                "the answer is no list of teams: check the address and the number of the account"
            )
        return tuple(groups_in(reply.json()))

    def locate(self, settings: ChatwootSettings, ticket: str) -> Locate:
        """The team that the conversation is assigned to."""
        found = yield from self.read_ticket(settings, _conversation(settings, ticket))
        return text_of(found, "meta", "team", "id")

    def _latest_texts(self, settings: ChatwootSettings, ticket: str) -> Exchange[list[str | None]]:
        path = f"{_conversation(settings, ticket)}/messages"
        messages = list_at((yield self.request(settings, "GET", path)).json(), "payload")
        return [text_of(message, "content") for message in messages]

    def _find_or_create_contact(
        self, settings: ChatwootSettings, inquiry: RoutedInquiry
    ) -> Exchange[str]:
        """The id of the contact with this address or phone number."""
        contact, name = inquiry.contact, external_id(inquiry)
        wanted = contact.email or contact.phone or name
        path = f"{_account(settings)}/contacts/search?q={query_value(wanted)}"
        for row in list_at((yield self.request(settings, "GET", path)).json(), "payload"):
            known = [text_of(row, place) for place in ("email", "phone_number", "identifier")]
            found = text_of(row, "id")
            if found is not None and wanted.casefold() in [
                one.casefold() for one in known if one is not None
            ]:
                return found
        created: dict[str, Any] = {"inbox_id": settings.inbox, "name": contact.name or wanted}
        if contact.email:
            created["email"] = contact.email
        if contact.phone and contact.phone.startswith("+"):
            created["phone_number"] = contact.phone
        if wanted == name:
            created["identifier"] = name
        reply = yield self.request(settings, "POST", f"{_account(settings)}/contacts", created)
        return str(require(reply, "payload", "contact", "id"))

    def _find_conversation(
        self, settings: ChatwootSettings, contact: str, inquiry: RoutedInquiry
    ) -> Exchange[str | None]:
        path = f"{_contact(settings, contact)}/conversations"
        for row in list_at((yield self.request(settings, "GET", path)).json(), "payload"):
            found = text_of(row, "id")
            name = text_of(row, "custom_attributes", _ATTRIBUTE)
            if found is not None and name == external_id(inquiry):
                return found
        return None

    def _create_conversation(
        self, settings: ChatwootSettings, contact: str, inquiry: RoutedInquiry
    ) -> Exchange[str]:
        conversation = {
            "source_id": (yield from self._source_id(settings, contact)),
            "inbox_id": settings.inbox,
            "contact_id": number(contact),
            "status": "open",
            "custom_attributes": {_ATTRIBUTE: external_id(inquiry)},
        }
        path = f"{_account(settings)}/conversations"
        reply = yield self.request(settings, "POST", path, conversation)
        return str(require(reply, "id"))

    def _source_id(self, settings: ChatwootSettings, contact: str) -> Exchange[str]:
        """The name that the inbox knows the contact by."""
        path = _contact(settings, contact)
        answer = (yield self.request(settings, "GET", path)).json()
        for row in list_at(answer, "payload", "contact_inboxes"):
            found = text_of(row, "source_id")
            if found is not None and text_of(row, "inbox", "id") == str(settings.inbox):
                return found
        inbox = {"inbox_id": settings.inbox}
        reply = yield self.request(settings, "POST", f"{path}/contact_inboxes", inbox)
        return str(require(reply, "source_id"))


def _account(settings: ChatwootSettings) -> str:
    return f"/api/v1/accounts/{settings.account}"


def _contact(settings: ChatwootSettings, contact: str) -> str:
    return f"{_account(settings)}/contacts/{path_part(contact)}"


def _conversation(settings: ChatwootSettings, ticket: str) -> str:
    return f"{_account(settings)}/conversations/{path_part(ticket)}"


def _shows(lines: list[str], texts: list[str | None]) -> bool:
    """True if one of the latest messages has the lines, or there are more than these."""
    wanted = " ".join(" ".join(lines).split())
    return len(texts) >= _PAGE or any(wanted in " ".join((text or "").split()) for text in texts)
