"""Jira Service Management as a source: requests, comments and automation rules."""

import copy
from typing import Any

import pytest

from inquiry_router.providers.jira_markup import escape_markup
from inquiry_router.providers.jira_source import JiraSource, text_of_document
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import Secrets, TicketState, Unreadable
from tests.providers.kit import (
    NOW,
    assert_expected,
    assert_vectors,
    incoming,
    is_ignored,
    one,
    read,
    sample,
    settings_of,
    ticket,
)
from tests.providers.samples_on_disk import payload

SOURCE = JiraSource()
CREATED = "jira-service-management-issue-created"
RULE = "jira-service-management-automation-send-web-request"


def created(**fields: Any) -> dict[str, Any]:
    body = copy.deepcopy(payload(CREATED)["body"])
    body["issue"]["fields"].update(fields)
    return dict(body)


def commented(**comment: Any) -> dict[str, Any]:
    author = {"accountId": "qm:aaaa:bbbb", "displayName": "Anna Nowak-Zielska"}
    made = {
        "id": "700",
        "body": "Nadal źle.",
        "author": author,
        "created": "2026-11-21T17:00:00.000+0100",
        **comment,
    }
    return {**created(), "webhookEvent": "comment_created", "comment": made}


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "jira")


def test_token_header_is_required_without_a_secret() -> None:
    request = incoming({}, {"X-Router-Token": "token-of-the-source"})
    SOURCE.authenticate(settings_of(SOURCE), Secrets("token-of-the-source"), request, NOW)
    with pytest.raises(NotGenuine):
        SOURCE.authenticate(
            settings_of(SOURCE), Secrets("token-of-the-source", ("secret",)), request, NOW
        )


def test_new_request() -> None:
    (found,) = read(SOURCE, sample(CREATED))
    made = assert_expected(found, CREATED)
    assert (made.received_at, made.message_id) == (NOW, None)
    assert made.delivery_key == "c8f1c6b2-7a0b-4d8b-8d0a-0f6f5b6f7a01"
    assert made.url == "https://acme.atlassian.example.com/browse/BOK-17"


def test_automation_rule_in_our_format_and_in_jiras() -> None:
    (found,) = read(SOURCE, sample(RULE))
    assert assert_expected(found, RULE).delivery_key is None
    assert ticket(SOURCE, {**payload(RULE)["body"], "channel": "email"}).channel == "email"
    assert ticket(SOURCE, created()["issue"]).external_id == "BOK-17"


def test_customers_comment_is_a_message() -> None:
    made = ticket(SOURCE, commented())
    assert (made.external_id, made.message_id, made.text) == ("BOK-17", "700", "Nadal źle.")
    other = ticket(SOURCE, commented(author={"accountId": "other", "accountType": "customer"}))
    assert other.message_id == "700"


def test_customer_of_jira_data_center_has_a_key_instead_of_an_id() -> None:
    jan = {"name": "jan", "key": "jan", "displayName": "Jan"}
    body = commented(author=jan)
    body["issue"]["fields"]["reporter"] = {"name": "jan", "key": "jan"}
    assert ticket(SOURCE, body).message_id == "700"
    body["issue"]["fields"]["reporter"] = {"name": "anna", "key": "anna"}
    found = one(SOURCE, body)
    assert isinstance(found, TicketState) and found.answered


AGENT = {"accountId": "5b10", "accountType": "atlassian", "displayName": "Celina Kowal"}
SUPPORT: dict[str, Any] = {
    "name": "Waiting for support",
    "statusCategory": {"key": "indeterminate"},
}


def updated(**fields: Any) -> dict[str, Any]:
    body = created(**{"status": SUPPORT, "assignee": None, **fields})
    return {**body, "webhookEvent": "jira:issue_updated", "user": AGENT}


def test_files_in_a_customers_comment_are_named() -> None:
    markup = "Patrz [^protokół.pdf] i !pompa.jpg|thumbnail! oraz !https://x.example/a/b.png!"
    names = [file.name for file in ticket(SOURCE, commented(body=markup)).attachments]
    assert names == ["protokół.pdf", "pompa.jpg", "b.png"]
    document = {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Patrz!"}]},
            {
                "type": "mediaSingle",
                "content": [{"type": "media", "attrs": {"id": "1", "alt": "pompa.jpg"}}],
            },
            {"type": "mediaGroup", "content": [{"type": "media", "attrs": {"alt": 7}}, "x"]},
        ],
    }
    names = [file.name for file in ticket(SOURCE, commented(body=document)).attachments]
    assert names[0] == "pompa.jpg"
    assert ticket(SOURCE, commented(body="Tak! Nie! 5 zł [a^b] !")).attachments == ()


def test_agents_comment_is_an_answer() -> None:
    body = commented(author=AGENT)
    body["issue"]["fields"].update({"status": SUPPORT, "assignee": AGENT})
    found = one(SOURCE, body)
    assert found == TicketState(
        external_id="BOK-17",
        at=NOW,
        status="open",
        owner="Celina Kowal",
        answered=True,
        who="Celina Kowal",
    )
    assert found == one(SOURCE, body)


@pytest.mark.parametrize(
    "comment",
    [
        {"author": {**AGENT, "accountType": "app"}},
        {"author": AGENT, "body": "[inquiry-router K7MA-4XEH]\nx"},
        {"author": AGENT, "body": None},
    ],
)
def test_comment_of_an_app_is_no_answer(comment: dict[str, Any]) -> None:
    body = commented(**comment)
    body["issue"]["fields"]["status"] = SUPPORT
    found = one(SOURCE, body)
    assert isinstance(found, TicketState) and (found.answered, found.status) == (False, "open")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"status": {"name": "Nowe", "statusCategory": {"key": "new"}}}, "open"),
        ({"status": {"name": "Gotowe", "statusCategory": {"key": "done"}}}, "closed"),
        ({"status": {**SUPPORT, "name": "Waiting for customer"}}, "pending"),
        ({"resolution": {"name": "Done"}}, "closed"),
        ({"status": {"name": "Gotowe"}}, None),
        ({"status": []}, None),
    ],
)
def test_status_follows_the_category(fields: dict[str, Any], told: str | None) -> None:
    found = one(SOURCE, updated(**fields))
    assert isinstance(found, TicketState)
    assert (found.status, found.owner, found.answered) == (told, "", False)


def test_automation_rule_tells_the_state() -> None:
    template = SOURCE.setup_texts["state_template"].replace(".jsonEncode", "")
    values = {
        "{{issue.key}}": "BOK-17",
        "{{initiator.accountId}}": "5b10",
        "{{initiator.displayName}}": "Celina Kowal",
        "{{issue.updated}}": "2026-11-21T17:00:00.0+0100",
        "{{issue.status.name}}": "Done",
        "{{issue.status.statusCategory.key}}": "done",
        "{{issue.assignee.displayName}}": "",
    }
    for name, value in values.items():
        template = template.replace(name, value)
    found = one(SOURCE, template.encode())
    assert found == TicketState("BOK-17", NOW, "closed", owner="", who="Celina Kowal")


def test_own_acts_and_other_projects_tell_no_state() -> None:
    assert is_ignored(SOURCE, updated(), own_user="5b10")
    assert is_ignored(SOURCE, commented(author=AGENT), own_user="5b10")
    assert is_ignored(SOURCE, updated(project={"projectTypeKey": "software"}))


def test_own_texts_that_come_back_are_known_by_their_mark() -> None:
    """Also without `own_user`: Jira gives the brackets of the mark with backslashes."""
    note = escape_markup("[inquiry-router K7MA-4XEH]\nKategoria: awaria")
    assert is_ignored(SOURCE, created(description=note))
    reporters_own = commented(body=note)
    assert is_ignored(SOURCE, reporters_own)
    agents = commented(author=AGENT, body=note)
    agents["issue"]["fields"]["status"] = SUPPORT
    found = one(SOURCE, agents)
    assert isinstance(found, TicketState) and not found.answered


def test_escaped_markup_is_read_as_the_customer_wrote_it() -> None:
    assert text_of_document(r"Kod \[A\] \{x\} a\-b C:\temp") == r"Kod [A] {x} a-b C:\temp"


def test_document_is_read_as_text() -> None:
    document = {
        "type": "doc",
        "content": [
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "Dzień "}, {"type": "text", "text": "dobry"}],
            },
            {
                "type": "bulletList",
                "content": [
                    {"type": "listItem", "content": [{"type": "text", "text": "jeden"}]},
                    None,
                    7,
                ],
            },
            {
                "type": "paragraph",
                "content": [{"type": "mention", "attrs": {"text": "@BOK"}}, {"type": "hardBreak"}],
            },
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": None},
                    {"type": ["x"]},
                    {"type": "text", "text": "koniec"},
                ],
            },
        ],
    }
    assert text_of_document(document).split() == ["Dzień", "dobry", "jeden", "@BOK", "koniec"]
    assert text_of_document(document).startswith("Dzień dobry\njeden\n@BOK\n")
    assert ticket(SOURCE, created(description=document)).text.endswith("koniec")
    deep: Any = {"type": "text", "text": "na dnie"}
    for _ in range(20_000):
        deep = {"type": "blockquote", "content": [deep]}
    assert text_of_document(deep) == "na dnie"
    nothing: list[Any] = [None, 7, [], {}]
    assert [text_of_document(value) for value in nothing] == ["", "", "", ""]


def test_messages_not_by_customers_are_ignored() -> None:
    assert is_ignored(SOURCE, created(project={"projectTypeKey": "software"}))
    assert is_ignored(SOURCE, created(labels=["inquiry-router"]))
    assert is_ignored(SOURCE, created(), own_user="qm:aaaa:bbbb")
    assert is_ignored(SOURCE, created(summary=None, description="[inquiry-router K7MA-4XEH]\nx"))
    assert is_ignored(SOURCE, {**created(), "webhookEvent": "jira:issue_deleted"})
    assert is_ignored(SOURCE, commented(author=None))
    assert is_ignored(SOURCE, commented(jsdPublic=False))
    assert is_ignored(SOURCE, {**payload(RULE)["body"], "author": "5b10"}, own_user="5b10")


@pytest.mark.parametrize(
    "body",
    [{"summary": "x"}, {"webhookEvent": "jira:issue_created", "issue": None}, {"fields": {}}],
)
def test_request_without_a_key_is_refused_with_advice(body: Any) -> None:
    with pytest.raises(Unreadable, match="key"):
        one(SOURCE, body)


@pytest.mark.parametrize("address", [None, "x", "http://[", "javascript:alert(1)"])
def test_unusable_address_gives_no_link(address: str | None) -> None:
    body = created()
    body["issue"]["self"] = address
    assert ticket(SOURCE, body).url is None


def test_setup_steps_contain_the_address_and_the_body() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/j")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/j" in " ".join(
            written
        ) and '"issue_key"' in " ".join(written)
