"""The owner of a ticket: set by login where the vendor takes one; a refusal keeps nothing back."""

import json
from collections.abc import Generator
from typing import Any

import pytest

from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.providers import PROVIDERS
from inquiry_router.providers.kit.requests import ODD_OWNER
from tests.providers.kit import event, handed_over
from tests.providers.test_registry import SETTINGS

LOGIN = "celina@firma.example"
SET: dict[str, dict[str, Any]] = {
    "zammad": {LOGIN: {"owner": LOGIN}},
    "zendesk": {
        LOGIN: {"ticket": {"assignee_email": LOGIN}},
        "36001": {"ticket": {"assignee_id": "36001"}},
    },
    "request_tracker": {"celina": {"Owner": "celina"}},
    "freshdesk": {"42": {"responder_id": 42}, LOGIN: {}},
    "jira": {"5b10": {"accountId": "5b10"}, LOGIN: {}},
    "chatwoot": {"42": {"assignee_id": 42}, LOGIN: {}},
    "freescout": {"42": {"assignTo": 42}, LOGIN: {}},
    "django_helpdesk": {"42": {"assigned_to": 42}, LOGIN: {}},
}
CASES = [(kind, login, body) for kind, cases in SET.items() for login, body in cases.items()]


def requests_for(kind: str, login: str) -> list[Any]:
    provider: Any = PROVIDERS[kind]
    settings = provider.settings_model.from_stored(dict(SETTINGS[kind]), reach=PUBLIC)
    calls = provider.own_ticket(settings, "35436", login)
    assert isinstance(calls, Generator)
    sent = []
    try:
        sent.append(next(calls))
        while True:
            sent.append(calls.send(None))
    except StopIteration:
        return sent


@pytest.mark.parametrize(("kind", "login", "body"), CASES, ids=[f"{k} {n}" for k, n, _ in CASES])
def test_owner_is_set_by_one_request(kind: str, login: str, body: dict[str, Any]) -> None:
    sent = requests_for(kind, login)
    if not body:
        assert sent == []
        return
    (request,) = sent
    said = json.loads(request.body)
    assert {name: said[name] for name in body} == body
    assert request.expected == ODD_OWNER


def test_ticket_gets_note_and_then_its_owner() -> None:
    decided = {"assignee": "Celina Maj", "assignee_id": "m1", "assignee_user": LOGIN}
    written = event(decision=decided)
    said = handed_over(PROVIDERS["zendesk"], SETTINGS["zendesk"], [{}, {}, {}], written)
    assert "Prowadzi: Celina Maj" in said[1].body["ticket"]["comment"]["body"]
    assert said[2].body == {"ticket": {"assignee_email": LOGIN}}


def test_offer_is_noted_and_owns_nothing() -> None:
    written = event(decision={"assignee": "Celina Maj", "assignee_id": "m1", "is_offer": True})
    said = handed_over(PROVIDERS["zendesk"], SETTINGS["zendesk"], [{}, {}], written)
    assert "Zaproponowano osobie: Celina Maj" in said[1].body["ticket"]["comment"]["body"]


def test_later_owner_is_noted_and_set() -> None:
    decided = {"assignee": "Celina Maj", "assignee_id": "m1", "assignee_user": LOGIN}
    written = event(
        type="inquiry.assigned", decision=decided, assignment={"who": "Celina Maj", "why": "x"}
    )
    said = handed_over(
        PROVIDERS["zendesk"], SETTINGS["zendesk"], [{}, {}], written, "inquiry.assigned"
    )
    assert "Sprawę prowadzi teraz: Celina Maj." in said[0].body["ticket"]["comment"]["body"]
    assert said[1].body == {"ticket": {"assignee_email": LOGIN}}
