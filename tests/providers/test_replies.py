"""Public replies to customers, in each helpdesk that can write to them."""

import json
from typing import Any

import pytest

from inquiry_router.inquiry.model import Event
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.providers import PROVIDERS, REPLYING, Handover
from inquiry_router.providers.jira_markup import escape_markup
from inquiry_router.providers.kit.provider import NothingToDo
from inquiry_router.providers.kit.replies import PublicReply
from tests.providers.kit import NOW, event, handed_over
from tests.providers.test_registry import SETTINGS

REPLY = {
    "subject": "Re: Pompa [K7MA-4XEH]",
    "text": "Dziękujemy & <b>.\nDo {jutra}.",
    "language": "pl",
}
TEXT = REPLY["text"]
# The reply of each helpdesk: method, end of the path, and the place of the text in the body.
SENT: dict[str, tuple[str, str, list[str]]] = {
    "zammad": ("POST", "/api/v1/ticket_articles", ["body"]),
    "zendesk": ("PUT", "/api/v2/tickets/77.json", ["ticket", "comment", "body"]),
    "freshdesk": ("POST", "/api/v2/tickets/77/reply", ["body"]),
    "chatwoot": ("POST", "/conversations/77/messages", ["content"]),
    "jira": ("POST", "/rest/api/2/issue/77/comment", ["body"]),
    "freescout": ("POST", "/api/conversations/77/threads", ["text"]),
    "request_tracker": ("POST", "/REST/2.0/ticket/77/correspond", ["Content"]),
    "django_helpdesk": ("POST", "/api/followups/", ["comment"]),
}
PUBLIC_MARKS: dict[str, dict[str, Any]] = {
    "zammad": {"internal": False, "type": "email", "sender": "Agent"},
    "jira": {"properties": [{"key": "sd.public.comment", "value": {"internal": False}}]},
    "freescout": {"type": "message"},
    "chatwoot": {"private": False, "message_type": "outgoing"},
    "django_helpdesk": {"public": True},
}
# An answer in which the reply stands already.
KNOWN: dict[str, Any] = {
    "zammad": [{"body": TEXT}],
    "zendesk": {"comments": [{"body": TEXT}]},
    "freshdesk": [{"body": PublicReply(**REPLY).html}],
    "chatwoot": {"payload": [{"content": TEXT}]},
    "jira": {"comments": [{"body": escape_markup(TEXT)}]},
    "freescout": {"_embedded": {"threads": [{"body": PublicReply(**REPLY).html}]}},
    "request_tracker": {"items": [{"Type": "Correspond", "Data": REPLY["subject"]}]},
    "django_helpdesk": {"followup_set": [{"comment": TEXT}]},
}


def written(system: str = "source-1") -> str:
    payload = json.loads(event(reply=REPLY))
    payload["data"]["source"] = {"system": system, "id": "77", "url": None}
    return json.dumps(payload)


def test_every_helpdesk_that_replies_is_tried_here() -> None:
    assert set(SENT) == set(KNOWN) == REPLYING


@pytest.mark.parametrize("kind", sorted(SENT))
def test_customer_reads_the_reply(kind: str) -> None:
    (sent,) = handed_over(
        PROVIDERS[kind], SETTINGS[kind], [{}], written(), Event.ACKNOWLEDGED.value
    )
    method, path, place = SENT[kind]
    assert (sent.method, sent.path.endswith(path)) == (method, True), sent
    body: Any = sent.body
    marks = body["ticket"]["comment"] if kind == "zendesk" else body
    assert marks.get("public", True) is True
    assert PUBLIC_MARKS.get(kind, {}).items() <= marks.items()
    for name in place:
        body = body[name]
    assert "Dziękujemy" in body and "inquiry-router" not in body
    assert ("<br>" in body) == (kind in ("freshdesk", "freescout"))


@pytest.mark.parametrize("kind", sorted(SENT))
def test_repeat_finds_the_reply_and_does_not_send_it_again(kind: str) -> None:
    sent = handed_over(
        PROVIDERS[kind],
        SETTINGS[kind],
        [KNOWN[kind]],
        written(),
        Event.ACKNOWLEDGED.value,
        repeated=True,
    )
    assert [one.method for one in sent] == ["GET"]


@pytest.mark.parametrize("kind", sorted(SENT))
def test_repeat_sends_what_did_not_arrive(kind: str) -> None:
    sent = handed_over(
        PROVIDERS[kind],
        SETTINGS[kind],
        [{}, {}],
        written(),
        Event.ACKNOWLEDGED.value,
        repeated=True,
    )
    assert [one.method for one in sent] == ["GET", SENT[kind][0]]


@pytest.mark.parametrize("kind", ["zammad", "hubspot"])
def test_ticket_of_another_source_gets_nothing(kind: str) -> None:
    provider = PROVIDERS[kind]
    settings = provider.settings_model.from_stored(SETTINGS[kind], reach=PUBLIC)
    system = "source-2" if kind == "zammad" else "source-1"
    delivery = Handover("d1", Event.ACKNOWLEDGED, written(system))
    made: Any = provider.hand_over(settings, delivery, NOW)
    with pytest.raises(NothingToDo):
        next(made)
