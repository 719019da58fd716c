"""The settings of a mailbox, its access tokens, and the warning before credentials end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from inquiry_router.outside.addresses import PUBLIC, Reach, is_allowed
from inquiry_router.outside.messages import Reply
from inquiry_router.outside.tokens import read_token
from inquiry_router.providers.imap import (
    ImapSettings,
    ImapSource,
    find_warning,
)
from inquiry_router.providers.kit.source import Unreadable
from tests.providers.kit import incoming

NOW = datetime(2026, 11, 21, 16, tzinfo=UTC)
BASE = {"host": "imap.acme.example.com", "user": "serwis@acme.example.com", "password": "secret"}
OAUTH = {
    "host": "outlook.office365.com",
    "user": "serwis@acme.example.com",
    "token_url": "https://login.microsoftonline.com/t/oauth2/v2.0/token",
    "client_id": "8c1f",
    "client_secret": "s3cret",
    "scope": "https://outlook.office365.com/.default",
}


def settings(**given: Any) -> ImapSettings:
    return ImapSettings.model_validate(given)


def test_defaults_read_the_inbox_with_tls_and_mark_as_read() -> None:
    made = settings(**BASE)
    assert (made.port, made.security, made.folder, made.after_reading) == (
        993,
        "tls",
        "INBOX",
        "seen",
    )
    assert made.reach(PUBLIC) == PUBLIC


def test_private_address_is_allowed_for_the_named_mailbox_alone() -> None:
    made = settings(**BASE | {"host": "mail.lan", "in_own_network": True, "port": 3143})
    assert made.reach(PUBLIC) == Reach(hosts=frozenset({"mail.lan"}))
    for host in ("127.0.0.1", "169.254.169.254", "mail.lan"):
        reach = settings(**BASE | {"host": host, "in_own_network": True}).reach(PUBLIC)
        assert is_allowed("10.0.0.5", reach, host)
        assert not is_allowed("127.0.0.1", reach, host)
        assert not is_allowed("169.254.169.254", reach, host)
    assert settings(**BASE | {"host": "10.0.0.5", "in_own_network": True, "security": "none"})


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"host": "mail.lan"}, "whole internet knows"),
        ({"host": "10.0.0.5"}, "public address"),
        ({"host": "127.0.0.1"}, "own machine"),
        ({"host": "a b"}, "without spaces"),
        ({"port": 25}, "993"),
        ({"security": "none"}, "tls or starttls"),
        ({"user": "a\r\nA1 LOGOUT"}, "pattern"),
        ({"password": None}, "either a password"),
        ({"password": "x", **OAUTH}, "either a password"),
        ({"after_reading": "move"}, "name a folder"),
        ({"move_to": "Gotowe"}, "name a folder"),
        ({"credentials_end": "soon"}, "2027-11-30"),
    ],
)
def test_wrong_settings_are_refused_with_advice(change: dict[str, Any], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        settings(**BASE | change)


def test_token_without_any_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="a refresh_token, a client_secret or both"):
        settings(**{**OAUTH, "client_secret": None})
    with pytest.raises(ValidationError, match="https"):
        settings(**{**OAUTH, "token_url": "http://login.example.com/token"})


def test_password_is_not_sent_to_another_host() -> None:
    stored = settings(**BASE).stored()
    assert ImapSettings.completed({**BASE, "password": "****"}, stored)["password"] == "secret"
    with pytest.raises(ValueError, match="host: is another address"):
        ImapSettings.completed({**BASE, "host": "evil.example", "password": "****"}, stored)


def test_token_is_asked_for_by_refresh_token_or_by_the_application() -> None:
    made = settings(**OAUTH)
    assert (
        made.grant(None).request().body.startswith(b"grant_type=client_credentials&client_id=8c1f")
    )
    request = made.grant("r3fresh").request()
    assert request.url == OAUTH["token_url"]
    assert b"grant_type=refresh_token" in request.body
    assert b"refresh_token=r3fresh" in request.body


@pytest.mark.parametrize(
    ("seconds", "minutes"), [("3600", 58), ("60", 0.5), ('"x"', 8), ("-1", 8), ("true", 8)]
)
def test_token_is_renewed_before_it_ends(seconds: str, minutes: float) -> None:
    body = f'{{"access_token": "a", "expires_in": {seconds}}}'.encode()
    token = read_token(Reply(200, {}, body), NOW)
    assert token is not None and token.token == "a"
    assert token.renew_at == NOW + timedelta(minutes=minutes)
    assert "access_token" not in repr(token) and "'a'" not in repr(token)


def test_answer_without_a_token_is_none() -> None:
    assert read_token(Reply(200, {}, b"<html>"), NOW) is None
    assert read_token(Reply(200, {}, b'{"error": "x"}'), NOW) is None


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (None, None),
        ("2027-01-01", None),
        ("2026-12-05", "end on 2026-12-05"),
        ("2026-11-20", "ended on 2026-11-20"),
    ],
)
def test_warning_comes_two_weeks_before_the_end(end: str | None, words: str | None) -> None:
    found = find_warning(end, date(2026, 11, 21))
    assert found is None if words is None else words in str(found)


def test_nobody_posts_to_a_mailbox() -> None:
    with pytest.raises(Unreadable, match="read by the router"):
        ImapSource().read(settings(**BASE), incoming({}))
