"""One contract over all kinds of destinations."""

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic_core import to_json

from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import OutgoingMail, OutgoingRequest, Reply
from inquiry_router.providers import ONLY_MESSAGES, PROVIDERS, Handover, PrintedLine, Provider
from inquiry_router.providers.kit.message import MessageToPeople, message_json
from inquiry_router.providers.kit.provider import Locate, Locating, Refused
from tests.providers.kit import event

MESSAGE = MessageToPeople("Termin", "Klient czeka.", "2026-11-20T00:00:00Z", "jan@acme.example.com")
TO = {"sms": "+48601234567"}
SETTINGS: dict[str, dict[str, Any]] = {
    "chatwoot": {
        "url": "https://chat.example.com",
        "account": 1,
        "api_token": "key-of-the-api",
        "source": "source-1",
    },
    "console": {},
    "django_helpdesk": {
        "url": "https://acme.example.com/helpdesk",
        "user": "router",
        "password": "hush",
        "source": "source-1",
    },
    "freescout": {
        "url": "https://desk.example.com",
        "api_key": "hush",
        "user": 33,
        "source": "source-1",
    },
    "freshdesk": {
        "url": "https://acme.freshdesk.com",
        "api_key": "key-of-the-api",
        "source": "source-1",
    },
    "glpi": {
        "url": "https://glpi.example.com",
        "user_token": "key-of-the-user",
        "app_token": "key-of-the-app",
        "source": "source-1",
    },
    "hubspot": {"token": "key-of-the-api", "source": "source-1"},
    "jira": {
        "url": "https://acme.atlassian.net",
        "user": "router@acme.example.com",
        "api_token": "key-of-the-api",
        "project": "BOK",
        "source": "source-1",
    },
    "osticket": {
        "url": "https://support.example.com",
        "api_key": "hush",
        "sender": "router@acme.example.com",
        "create": True,
    },
    "request_tracker": {"url": "https://rt.example.com", "api_token": "hush", "source": "source-1"},
    "webhook": {"url": "https://hooks.example.com/in"},
    "slack": {"webhook_url": "https://hooks.slack.com/services/T0/B0/key-of-the-room"},
    "teams": {"webhook_url": "https://acme.logic.azure.com:443/workflows/1?sig=key-of-the-room"},
    "sms": {"url": "https://api.smsapi.pl/sms.do", "token": "key-of-the-gateway"},
    "smtp": {
        "host": "smtp.acme.example.com",
        "user": "router",
        "password": "password-of-the-mails",
        "from_address": "bok@acme.example.com",
    },
    "zammad": {"url": "https://acme.zammad.com", "token": "key-of-the-api", "source": "source-1"},
    "zendesk": {
        "url": "https://acme.zendesk.com",
        "api_token": "key-of-the-api",
        "source": "source-1",
    },
}


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> Provider[Any]:
    found: Provider[Any] = PROVIDERS[request.param]
    return found


def test_registry_is_by_kind(provider: Provider[Any]) -> None:
    assert PROVIDERS[provider.kind] is provider
    assert provider.title


def test_every_setting_has_description_and_example(provider: Provider[Any]) -> None:
    assert provider.settings_model.model_config["extra"] == "forbid"
    for name, field in provider.settings_model.model_fields.items():
        assert field.description, name
        assert field.examples, name


def test_settings_survive_being_stored(provider: Provider[Any]) -> None:
    settings = provider.settings_model.model_validate(SETTINGS[provider.kind])
    assert provider.settings_model.from_stored(settings.stored(), reach=PUBLIC) == settings
    for name in provider.settings_model.secret_names() & settings.stored().keys():
        assert str(settings.stored()[name]) not in repr(settings)
        assert set(settings.shown()[name]) == {"*"}


def test_same_delivery_gives_the_same_request(provider: Provider[Any]) -> None:
    settings = provider.settings_model.model_validate(SETTINGS[provider.kind])
    at = datetime(2026, 11, 20, tzinfo=UTC)
    handover = Handover("1", "inquiry.routed", event())
    if provider.kind in ONLY_MESSAGES:
        handover = Handover("1", "notice", _message_to(provider.kind))
    made = [provider.hand_over(settings, handover, at) for _ in range(2)]
    once, twice = (next(one) if isinstance(one, Generator) else one for one in made)
    assert once == twice
    assert isinstance(
        once, OutgoingRequest | OutgoingMail if provider.url(settings) else PrintedLine
    )


def _message_to(kind: str) -> str:
    message = replace(MESSAGE, to=TO.get(kind, MESSAGE.to))
    return to_json(message_json(message, None)).decode()


def asked_for_ticket(asking: Locate) -> OutgoingRequest:
    """The request for the ticket, behind the one that opens a session for vendors that need it."""
    request = next(asking)
    if request.url.endswith("/initSession"):
        request = asking.send(Reply(200, {}, b'{"session_token": "s3ssion"}'))
    return request


def result_of(asking: Locate, reply: Reply) -> str | None:
    """The group that it ends with, after the session is closed for vendors that opened one."""
    try:
        assert asking.send(reply).url.endswith("/killSession")
        asking.send(Reply(200))
    except StopIteration as end:
        found: str | None = end.value
        return found
    pytest.fail("it asks for more")


@pytest.mark.parametrize(
    "kind", [kind for kind, provider in PROVIDERS.items() if isinstance(provider, Locating)]
)
def test_missing_ticket_is_in_no_group_and_other_answers_are_refused(kind: str) -> None:
    provider = PROVIDERS[kind]
    settings = provider.settings_model.model_validate(SETTINGS[kind])
    assert isinstance(provider, Locating)
    asking = provider.locate(settings, "../47 11?x")
    request = asked_for_ticket(asking)
    assert (request.method, request.body, request.expected) == ("GET", b"", frozenset({404}))
    assert request.url.startswith(f"{provider.url(settings)}/")
    assert "47%2011%3Fx" in request.url and "../" not in request.url
    assert result_of(asking, Reply(404, {}, b'{"id": 1, "error": "not found"}')) is None
    for body in (b"", b"<html>", b"[]", b'{"message": "hello"}'):
        asking = provider.locate(settings, "4711")
        asked_for_ticket(asking)
        with pytest.raises(Refused):
            asking.send(Reply(200, {}, body))


@pytest.mark.parametrize(
    "kind", [kind for kind, one in PROVIDERS.items() if isinstance(one, Locating)]
)
@pytest.mark.parametrize("ticket", [".", "..", ""])
def test_ticket_id_cannot_lead_to_another_address(kind: str, ticket: str) -> None:
    provider = PROVIDERS[kind]
    assert isinstance(provider, Locating)
    with pytest.raises(Refused, match="no id of a ticket"):
        next(provider.locate(provider.settings_model.model_validate(SETTINGS[kind]), ticket))
