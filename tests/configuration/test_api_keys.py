"""API keys: scopes and the search for the key of a request."""

from dataclasses import replace

import pytest

from inquiry_router.configuration.api_keys import (
    ApiKey,
    Scope,
    digest,
    find_key,
    format_key,
    new_secret,
)
from tests.conftest import NOW

SECRET = "a-secret-of-the-tests-0123456789abcdefghijkl"
KEY = ApiKey("website", "Website", (Scope.INTAKE,), digest(SECRET), NOW)
KEYS = {"website": KEY, "old": replace(KEY, id="old", revoked_at=NOW)}


def test_key_is_found_by_its_token() -> None:
    assert find_key(KEYS, format_key("website", SECRET)) is KEY


@pytest.mark.parametrize(
    "token",
    [
        "",
        "irk",
        f"irk_website_{SECRET}x",
        f"irk_{SECRET}",
        f"xxx_website_{SECRET}",
        f"irk_nobody_{SECRET}",
        f"irk_old_{SECRET}",
        "irk_nobody_",
        "irk_website_\ud800",
    ],
)
def test_wrong_or_revoked_token_finds_nothing(token: str) -> None:
    assert find_key(KEYS, token) is None


def test_admin_has_every_scope() -> None:
    admin = replace(KEY, scopes=(Scope.ADMIN,))
    assert all(admin.allows(scope) for scope in Scope)
    assert [scope for scope in Scope if KEY.allows(scope)] == [Scope.INTAKE]


def test_any_of_several_scopes_is_enough() -> None:
    agent = replace(KEY, scopes=(Scope.AGENT,))
    assert agent.allows(Scope.READ, Scope.AGENT)
    assert not KEY.allows(Scope.READ, Scope.AGENT)


def test_secret_is_not_shown() -> None:
    assert KEY.secret_sha256 not in repr(KEY)


def test_new_secrets_differ() -> None:
    first, second = new_secret(), new_secret()
    assert first != second and len(first) == 43
