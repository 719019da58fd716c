"""Verify the token of a person and read who it is: pure, with `now` as an argument."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Role

MAX_TOKEN_CHARS: Final = 8192
_MAX_SUBJECT_CHARS: Final = 100
# The clocks of two machines differ by less.
_LEEWAY: Final = timedelta(seconds=60)
# Only signatures by a private key: whoever can read the published keys must not be able to sign.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
_TYPES: Final = (None, "JWT", "at+jwt", "application/at+jwt")
_ROLES_OF_PEOPLE: Final = (
    Role.ADMIN,
    Role.MANAGER,
    Role.AGENT,
    Role.SALESPERSON,
    Role.READER,
)
_PREFIX: Final = "inquiry-router:"


class WrongToken(Exception):
    """The token proves nothing. The text says why, for the person."""


class UnknownKey(WrongToken):
    """The provider has published no key with this id, as far as it was asked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The issuer and audience of good tokens, and the claims with roles and teams."""

    issuer: str
    audience: str
    roles_claim: str
    teams_claim: str


def looks_like_token(text: str) -> bool:
    """True if it has the form of a signed token, and not that of a key."""
    return text.count(".") == 2 and not text.startswith("irk_")


def read_person(
    token: str, published: Sequence[Mapping[str, Any]], expected: Expected, now: datetime
) -> Actor:
    """Return the person whose token it is. `published` are the provider's keys, as JWKs.

    Raises `WrongToken`, or `UnknownKey` if the keys should be fetched again.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise WrongToken("The token is too long.")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = _require_header(header)
        key = _find_key(published, header.get("kid"))
        claims = jwt.decode(
            token,
            key.key,
            algorithms=[algorithm],
            audience=expected.audience,
            issuer=expected.issuer,
            options={
                "require": ["exp", "iat", "iss", "aud", "sub"],
                # Checked below, with our own clock.
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise WrongToken(f"The token cannot be trusted: {_reason(error)}.") from None
    _require_time(claims, now)
    return _actor(claims, expected)


def _require_header(header: Mapping[str, Any]) -> str:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise WrongToken("The token is not signed by a private key of the identity provider.")
    if header.get("typ") not in _TYPES:
        raise WrongToken("The token is of another type.")
    if "crit" in header:
        raise WrongToken("The token wants a check that is not known here.")
    return str(algorithm)


def _find_key(published: Sequence[Mapping[str, Any]], key_id: Any) -> jwt.PyJWK:
    """The published key with an id; the only one, if the token names none."""
    usable = [one for one in published if one.get("use", "sig") == "sig"]
    named = [one for one in usable if key_id is not None and one.get("kid") == key_id]
    if key_id is None and len(usable) == 1:
        named = usable
    if not named:
        raise UnknownKey(
            "The token is signed by a key that the identity provider does not publish."
        )
    return jwt.PyJWK(dict(named[0]))


def _require_time(claims: Mapping[str, Any], now: datetime) -> None:
    moment = now.timestamp()
    leeway = _LEEWAY.total_seconds()
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(type(value) in (int, float) for value in times.values()):
        raise WrongToken("A time in the token is not a number.")
    if moment >= times["exp"] + leeway:
        raise WrongToken("The token has expired: sign in again.")
    if moment < max(times.get("nbf", 0), times["iat"]) - leeway:
        raise WrongToken("The token is not valid yet: compare the clocks.")


def _actor(claims: Mapping[str, Any], expected: Expected) -> Actor:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT_CHARS:
        raise WrongToken("The subject of the token is missing or too long.")
    name = next((claims[one] for one in ("name", "preferred_username") if claims.get(one)), subject)
    given = {one.removeprefix(_PREFIX) for one in _words(claims, expected.roles_claim)}
    roles = tuple(role for role in _ROLES_OF_PEOPLE if role.value in given)
    teams = tuple(_words(claims, expected.teams_claim))
    return Actor(f"person:{subject}", str(name)[:200], roles, teams, is_person=True)


def _words(claims: Mapping[str, Any], path: str) -> list[str]:
    """The words of a claim, which may lie inside others: `realm_access.roles`."""
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return value.split()
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _reason(error: Exception) -> str:
    text = str(error).rstrip(".").lower()
    return text if isinstance(error, jwt.PyJWTError) and text else "it cannot be read"
