"""Tokens of people: good ones are read, every kind of bad one is refused with its reason."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization

from inquiry_router.access.roles import Role, Scope
from inquiry_router.people.tokens import (
    Expected,
    UnknownKey,
    WrongToken,
    looks_like_token,
    read_person,
)
from tests.conftest import NOW
from tests.people.issuer import EXPECTED, ISSUER, Issuer, part, unsigned, with_claims

ACME = Issuer()
STRANGER = Issuer()
PUBLISHED = [ACME.published]


def signed_with_the_public_key() -> str:
    """An HMAC with the published key as its secret: who trusts `alg` accepts it."""
    public = ACME.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    body = ACME.token(NOW).split(".")[1]
    message = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1'})}.{body}"
    signature = hmac.new(public, message.encode(), hashlib.sha256).digest()
    return f"{message}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


BAD: dict[str, tuple[Callable[[], str], str]] = {
    "expired": (lambda: ACME.token(NOW - timedelta(seconds=400)), "has expired"),
    "not valid yet": (lambda: ACME.token(NOW, nbf=NOW.timestamp() + 120), "not valid yet"),
    "issued in the future": (lambda: ACME.token(NOW, iat=NOW.timestamp() + 120), "not valid yet"),
    "of another issuer": (lambda: ACME.token(NOW, iss="https://evil.example"), "issuer"),
    "for another audience": (lambda: ACME.token(NOW, aud="shop"), "audience"),
    "for nobody": (lambda: ACME.token(NOW, aud=None), "aud"),
    "unsigned": (lambda: unsigned(ACME.token(NOW)), "not signed by a private key"),
    "signed with the public key": (signed_with_the_public_key, "not signed by a private key"),
    "signed by a stranger": (lambda: STRANGER.token(NOW), "signature"),
    "with an unknown key": (lambda: ACME.token(NOW, {"kid": "k9"}), "does not publish"),
    "with changed claims": (lambda: with_claims(ACME.token(NOW), roles=["admin"]), "signature"),
    "without an end": (lambda: ACME.token(NOW, exp=None), "exp"),
    "without a subject": (lambda: ACME.token(NOW, sub=None), "sub"),
    "with an empty subject": (lambda: ACME.token(NOW, sub=""), "subject"),
    "with a long subject": (lambda: ACME.token(NOW, sub="x" * 101), "subject"),
    "of another type": (lambda: ACME.token(NOW, {"typ": "logout+jwt"}), "another type"),
    "with a check we do not know": (
        lambda: ACME.token(NOW, {"crit": ["b64"], "b64": True}),
        "cannot be trusted|not known here",
    ),
    "with a time in words": (lambda: ACME.token(NOW, exp="tomorrow"), "not a number|trusted"),
    "too long": (lambda: ACME.token(NOW, name="x" * 9000), "too long"),
    "no token": (lambda: "a.b.c", "cannot be trusted"),
    "empty": (lambda: "..", "cannot be trusted"),
    "binary": (lambda: "\x00.\ud800.ż", "cannot be trusted"),
}


def test_person_is_read_from_a_good_token() -> None:
    celina = read_person(ACME.token(NOW), PUBLISHED, EXPECTED, NOW)
    assert (celina.id, celina.name, celina.is_person) == ("person:celina", "Celina", True)
    assert (celina.roles, celina.teams) == ((Role.AGENT,), ("customer_service",))
    assert Scope.WORK in celina.scopes and Scope.ADMIN not in celina.scopes


@pytest.mark.parametrize("kind", BAD)
def test_bad_token_is_refused(kind: str) -> None:
    make, words = BAD[kind]
    with pytest.raises(WrongToken, match=words):
        read_person(make(), PUBLISHED, EXPECTED, NOW)


def test_clocks_may_differ_by_a_minute() -> None:
    late = NOW + timedelta(seconds=300 + 59)
    early = NOW - timedelta(seconds=59)
    for moment in (late, early):
        read_person(ACME.token(NOW), PUBLISHED, EXPECTED, moment)
    with pytest.raises(WrongToken):
        read_person(ACME.token(NOW), PUBLISHED, EXPECTED, late + timedelta(seconds=1))


def test_key_for_encryption_verifies_nothing() -> None:
    with pytest.raises(UnknownKey):
        read_person(ACME.token(NOW), [{**ACME.published, "use": "enc"}], EXPECTED, NOW)


def test_only_key_is_taken_for_a_token_that_names_none() -> None:
    token = ACME.token(NOW, {"kid": None})
    assert read_person(token, PUBLISHED, EXPECTED, NOW).id == "person:celina"
    with pytest.raises(UnknownKey):
        read_person(token, [ACME.published, STRANGER.published], EXPECTED, NOW)


def test_roles_are_found_where_the_provider_puts_them() -> None:
    expected = Expected(ISSUER, "inquiry-router", "realm_access.roles", "x.teams")
    access = {"roles": ["inquiry-router:manager", "offline_access", "source", "phone"]}
    token = ACME.token(NOW, realm_access=access)
    person = read_person(token, PUBLISHED, expected, NOW)
    assert (person.roles, person.teams) == ((Role.MANAGER,), ())
    spaced = read_person(ACME.token(NOW, roles="reader agent"), PUBLISHED, EXPECTED, NOW)
    assert set(spaced.roles) == {Role.READER, Role.AGENT}


@pytest.mark.parametrize("roles", [None, [], {}, 7, ["boss"], [["admin"]]])
def test_person_without_a_role_may_do_nothing(roles: object) -> None:
    person = read_person(ACME.token(NOW, roles=roles), PUBLISHED, EXPECTED, NOW)
    assert person.scopes == frozenset()


def test_tokens_are_told_from_keys() -> None:
    assert looks_like_token(ACME.token(NOW))
    assert not looks_like_token("irk_admin_a.b.c")
    assert not looks_like_token("irk_admin_abc")
