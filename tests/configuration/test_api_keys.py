"""API keys: their life, and the search for the key of a request."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.configuration.api_keys import (
    ApiKey,
    digest,
    find_key,
    find_key_of_link,
    format_key,
    new_secret,
    require_sensible,
)
from inquiry_router.inquiry.errors import Invalid
from tests.conftest import NOW

SECRET = "a-secret-of-the-tests-0123456789abcdefghijkl"
LATER = NOW + timedelta(hours=1)
KEY = ApiKey("website", "Website", (Role.SOURCE,), digest(SECRET), NOW)
KEYS = {
    "website": KEY,
    "old": replace(KEY, id="old", revoked_at=NOW),
    "over": replace(KEY, id="over", expires_at=NOW),
}


def test_key_is_found_by_its_token() -> None:
    assert find_key(KEYS, format_key("website", SECRET), NOW) is KEY


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
        f"irk_over_{SECRET}",
        "irk_nobody_",
        "irk_website_\ud800",
    ],
)
def test_wrong_revoked_or_expired_token_finds_nothing(token: str) -> None:
    assert find_key(KEYS, token, NOW) is None


def test_key_expires_at_its_moment() -> None:
    key = replace(KEY, expires_at=LATER)
    token = format_key("website", SECRET)
    assert find_key({"website": key}, token, LATER - timedelta(microseconds=1)) is key
    assert find_key({"website": key}, token, LATER) is None
    states = [key.state(NOW), key.state(LATER), KEYS["old"].state(NOW)]
    assert states == ["valid", "expired", "revoked"]


def test_both_secrets_are_valid_while_a_rotation_overlaps() -> None:
    key = KEY.rotated("new", NOW, timedelta(hours=1))
    old, new = format_key("website", SECRET), format_key("website", "new")
    keys = {"website": key}
    assert find_key(keys, new, NOW) is find_key(keys, old, NOW) is key
    assert find_key(keys, old, LATER) is None
    assert find_key(keys, new, LATER) is key
    revoked = {"website": replace(key, revoked_at=NOW)}
    assert find_key(revoked, old, NOW) is None


def test_rotation_without_overlap_ends_the_old_secret_at_once() -> None:
    keys = {"website": KEY.rotated("new", NOW, timedelta(0))}
    assert find_key(keys, format_key("website", SECRET), NOW) is None


def test_second_rotation_ends_the_oldest_secret() -> None:
    key = KEY.rotated("second", NOW, timedelta(hours=1)).rotated("third", NOW, timedelta(hours=1))
    found = [
        find_key({"website": key}, format_key("website", one), NOW) for one in (SECRET, "second")
    ]
    assert found == [None, key]


def test_link_finds_its_key_until_it_ends_and_is_no_key_itself() -> None:
    key = replace(KEY, link_sha256=digest("link"), link_until=LATER)
    keys, token = {"website": key}, format_key("website", "link")
    assert find_key_of_link(keys, token, NOW) is key
    assert find_key_of_link(keys, token, LATER) is None
    assert find_key_of_link(keys, format_key("website", SECRET), NOW) is None
    assert find_key(keys, token, NOW) is None
    assert find_key_of_link(KEYS, token, NOW) is None


def test_secret_is_not_shown() -> None:
    key = replace(KEY, previous_sha256="1" * 64, link_sha256="2" * 64)
    assert not any(one in repr(key) for one in (KEY.secret_sha256, "1" * 64, "2" * 64))


def test_new_secrets_differ() -> None:
    first, second = new_secret(), new_secret()
    assert first != second and len(first) == 43


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (replace(KEY, expires_at=NOW), "has passed"),
        (replace(KEY, roles=(Role.ADMIN,), teams=("sales",)), "cannot be bound"),
        (replace(KEY, teams=("sales",)), "cannot be bound"),
        (replace(KEY, roles=(Role.AGENT,), sources=("website",)), "not the role 'source'"),
    ],
)
def test_key_that_promises_what_is_not_so_is_refused(key: ApiKey, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        require_sensible(key, NOW)


def test_sensible_keys_pass() -> None:
    for key in (
        KEY,
        replace(KEY, sources=("website",), expires_at=LATER),
        replace(KEY, roles=(Role.SALESPERSON,), teams=("sales",), owner="Bartek"),
        replace(KEY, roles=(Role.MANAGER,), teams=("customer_service",)),
    ):
        require_sensible(key, NOW)
