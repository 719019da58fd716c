"""Kind `jira` as a destination: components, priorities, labels, comments and due dates by API v2.

Facts: developer.atlassian.com (REST API v2 of Jira Cloud and of Jira Data Center: issues, comments,
transitions, components, "Edit issues"; Cloud's search by `search/jql`, CHANGE-2046). That the
property `sd.public.comment` makes a comment internal is in no reference, but in many clients that
are public. API v2 takes text; v3 would want documents, and Data Center has none. Its source is
`jira_source`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from inquiry_router.inquiry.model import Priority
from inquiry_router.providers.jira_markup import escape_markup, unescape_markup
from inquiry_router.providers.kit.groups import group_named
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.notes import (
    external_id,
    is_noted,
    note_text,
    opening_text,
    tags_of,
    title_of,
)
from inquiry_router.providers.kit.provider import Calls, Check, Locate, Refused
from inquiry_router.providers.kit.reading import MAX_PAGES
from inquiry_router.providers.kit.replies import PublicReply
from inquiry_router.providers.kit.requests import (
    ODD_DUE,
    ODD_OWNER,
    Exchange,
    basic_credentials,
    groups_in,
    number,
    path_part,
    query_value,
    require,
)
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.providers.kit.source import list_at, object_at, text_of

_API: Final = "/rest/api/2"
_COMPONENTS: Final = "components"
_PRIORITIES: Final = {
    Priority.LOW: "Low",
    Priority.NORMAL: "Medium",
    Priority.HIGH: "High",
    Priority.URGENT: "Highest",
}
_DONE: Final = "done"
_WAITING: Final = "waiting for customer"
_PAGE: Final = 100
# Answers to a priority that the project's scheme or screen does not have.
_ODD_FIELD: Final = frozenset({400})
# Answers to a transition that wants more than a status, or that somebody else has just made.
_ODD_STATUS: Final = frozenset({400, 403, 404, 409})


class JiraSettings(UrlSettings):
    """The address of Jira, the credentials for its API, and the service project."""

    user: str | None = Field(
        None,
        max_length=200,
        description="Jira Cloud: the e-mail address of the account whose API token is used. Null "
        "for Jira Data Center, where a personal access token needs none.",
        examples=["router@acme.example.com"],
    )
    api_token: SecretStr = Field(
        description="The API token (Cloud) or personal access token (Data Center) of an agent.",
        examples=["ATATT3xFfGF0T4"],
    )
    project: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]{0,254}$",
        description="The key of the service project.",
        examples=["BOK"],
    )
    issue_type: str | None = Field(
        None,
        max_length=100,
        description="The type of the requests that are created; needed where `create` is true.",
        examples=["Service request"],
    )
    group_field: str = Field(
        _COMPONENTS,
        pattern=r"^(components|customfield_[0-9]{1,15})$",
        description="The field that `groups` are written into: the components, or a field of your "
        "own, either a list to select one of (`groups` has the ids of its options) or the team "
        "field of Jira Cloud (`groups` has the ids of teams).",
        examples=["customfield_10001"],
    )


class Jira(TicketHelpdesk[JiraSettings]):
    """Moves requests: labels, priority and component by one PUT, then an internal comment."""

    kind = "jira"
    title = "Jira Service Management: component, priority, labels and an internal comment"
    settings_model = JiraSettings
    has_due = True
    replies = True
    # Whether a customer's comment does that is up to the workflow and the rules of the project.
    opens_by_itself = False
    auto_reply = "Project settings > Notifications > Customer notifications > 'Request created'"

    def headers(self, settings: JiraSettings) -> Mapping[str, str]:
        """HTTP Basic for Jira Cloud, a bearer token for Data Center."""
        token = settings.api_token.get_secret_value()
        if settings.user is None:
            return {"authorization": f"Bearer {token}"}
        return basic_credentials(settings.user, token)

    def find_ticket(self, settings: JiraSettings, inquiry: RoutedInquiry) -> Exchange[str | None]:
        """Search for the label with the inquiry's id."""
        label = external_id(inquiry)
        jql = query_value(f'project = "{settings.project}" AND labels = "{label}"')
        search = "search" if settings.user is None else "search/jql"
        path = f"{_API}/{search}?jql={jql}&fields=key,labels&maxResults=1"
        rows = list_at((yield self.request(settings, "GET", path)).json(), "issues")
        known = (row for row in rows if label in list_at(object_at(row, "fields"), "labels"))
        return next((text_of(row, "key") for row in known), None)

    def create_ticket(self, settings: JiraSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        """Create a request; its reporter is the router's own user."""
        if settings.issue_type is None:
            raise Refused("no request can be created: set the destination's `issue_type`")
        fields = {
            "project": {"key": settings.project},
            "issuetype": {"name": settings.issue_type},
            "summary": " ".join(title_of(inquiry).split()),
            "description": escape_markup(opening_text(inquiry, settings.note_language)),
            "labels": [*tags_of(inquiry), external_id(inquiry)],
        }
        reply = yield self.request(settings, "POST", f"{_API}/issue", {"fields": fields})
        return str(require(reply, "key"))

    def move_ticket(self, settings: JiraSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add the labels, set group and priority; where Jira refuses it, all but the priority."""
        fields: dict[str, Any] = {}
        if inquiry.group is not None:
            group = yield from self._group_value(settings, ticket, inquiry.group)
            fields[settings.group_field] = group
        update = {"labels": [{"add": tag} for tag in tags_of(inquiry)]}
        priority = {"priority": {"name": _PRIORITIES[inquiry.priority]}}
        changes = {"update": update, "fields": {**fields, **priority}}
        path = _path(ticket)
        reply = yield self.request(settings, "PUT", path, changes, expected=_ODD_FIELD)
        if reply.status in _ODD_FIELD:
            yield self.request(settings, "PUT", path, {"update": update, "fields": fields})

    def own_ticket(self, settings: JiraSettings, ticket: str, owner: str) -> Calls:
        """Set the assignee: by account id in Jira Cloud, by user name in Data Center."""
        if settings.user is not None and "@" in owner:
            return
        changes = {"name" if settings.user is None else "accountId": owner}
        path = f"{_path(ticket)}/assignee"
        yield self.request(settings, "PUT", path, changes, expected=ODD_OWNER)

    def due_ticket(
        self, settings: JiraSettings, ticket: str, due_at: datetime, inquiry: RoutedInquiry
    ) -> Calls:
        """Set the due date: Jira's field has a day without a time, ours by the clock of notes."""
        changes = {"fields": {"duedate": due_at.astimezone(inquiry.zone).date().isoformat()}}
        yield self.request(settings, "PUT", _path(ticket), changes, expected=ODD_DUE)

    def open_ticket(self, settings: JiraSettings, ticket: str) -> Calls:
        """Make the first transition that opens a request which is done."""
        found = yield from self.read_ticket(settings, f"{_path(ticket)}?fields=status")
        if text_of(found, "fields", "status", "statusCategory", "key") != _DONE:
            return
        path = f"{_path(ticket)}/transitions"
        rows = list_at((yield self.request(settings, "GET", path)).json(), "transitions")
        opening = next((text_of(row, "id") for row in rows if _opens(row)), None)
        if opening is not None:
            changes = {"transition": {"id": opening}}
            yield self.request(settings, "POST", path, changes, expected=_ODD_STATUS)

    def has_note(
        self, settings: JiraSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        """Look through the pages of comments, the newest first."""
        for page in range(MAX_PAGES):
            notes = yield from self._comments(settings, ticket, page)
            if is_noted(inquiry, settings.note_language, notes):
                return True
            if len(notes) < _PAGE:
                break
        return False

    def add_note(self, settings: JiraSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        """Add an internal comment."""
        note = _comment(note_text(inquiry, settings.note_language), internal=True)
        yield self.request(settings, "POST", f"{_path(ticket)}/comment", note)

    def has_reply(self, settings: JiraSettings, ticket: str, reply: PublicReply) -> Exchange[bool]:
        """Look among the newest comments."""
        return reply.is_among((yield from self._comments(settings, ticket, 0)))

    def reply(
        self, settings: JiraSettings, ticket: str, inquiry: RoutedInquiry, reply: PublicReply
    ) -> Calls:
        """Add a public comment; Jira mails it to the customer."""
        said = _comment(reply.text, internal=False)
        yield self.request(settings, "POST", f"{_path(ticket)}/comment", said)

    def check(self, settings: JiraSettings) -> Check:
        """List the components of the project; a field of your own has no list to be asked for."""
        path = f"{_API}/project/{path_part(settings.project)}/components"
        rows = (yield self.request(settings, "GET", path)).json()
        if not isinstance(rows, list):
            raise Refused(
                "the answer is no list of components: set the address of Jira itself, such as "
                "https://acme.atlassian.net"
            )
        return tuple(groups_in(rows)) if settings.group_field == _COMPONENTS else ()

    def locate(self, settings: JiraSettings, ticket: str) -> Locate:
        """The component or team; of several components the one that the settings name."""
        path = f"{_path(ticket)}?fields={settings.group_field}"
        fields = object_at((yield from self.read_ticket(settings, path)), "fields")
        if settings.group_field == _COMPONENTS:
            present = list_at(fields, _COMPONENTS)
            return group_named(settings, *(text_of(row, "id") for row in present))
        return text_of(fields, settings.group_field, "id") or text_of(fields, settings.group_field)

    def _group_value(self, settings: JiraSettings, ticket: str, group: str) -> Exchange[Any]:
        """The value for the field of groups; components that stand for no team stay."""
        if settings.group_field != _COMPONENTS:
            return {"id": group} if group.isdecimal() else group
        path = f"{_path(ticket)}?fields={_COMPONENTS}"
        found = yield from self.read_ticket(settings, path)
        present = [text_of(row, "id") for row in list_at(object_at(found, "fields"), _COMPONENTS)]
        kept = [one for one in present if one and one not in settings.groups.values()]
        return [{"id": one} for one in [*kept, str(number(group))]]

    def _comments(self, settings: JiraSettings, ticket: str, page: int) -> Exchange[list[str]]:
        query = f"startAt={page * _PAGE}&maxResults={_PAGE}&orderBy=-created"
        reply = yield self.request(settings, "GET", f"{_path(ticket)}/comment?{query}")
        rows = list_at(reply.json(), "comments")
        return [unescape_markup(text_of(row, "body") or "") for row in rows]


def _path(ticket: str) -> str:
    return f"{_API}/issue/{path_part(ticket)}"


def _comment(text: str, *, internal: bool) -> dict[str, Any]:
    """A comment as Jira Service Management takes it: internal for agents, otherwise public."""
    visible = {"key": "sd.public.comment", "value": {"internal": internal}}
    return {"body": escape_markup(text), "properties": [visible]}


def _opens(transition: Any) -> bool:
    """True for a transition to a status of work that is not done and waits for no customer."""
    category = text_of(transition, "to", "statusCategory", "key")
    name = (text_of(transition, "to", "name") or "").casefold()
    return category not in (None, _DONE) and name != _WAITING
