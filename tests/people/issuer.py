"""An identity provider of the tests: its keys, and tokens of every kind."""

import base64
import json
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from inquiry_router.people.tokens import Expected

ISSUER = "https://login.acme.example/realms/acme"
EXPECTED = Expected(ISSUER, "inquiry-router", "roles", "teams")


class Issuer:
    """A key pair with an id."""

    def __init__(self, key_id: str = "k1") -> None:
        self.key_id = key_id
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def published(self) -> dict[str, Any]:
        """The public key as a JWK."""
        key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key()))
        return {**key, "kid": self.key_id, "use": "sig", "alg": "ES256"}

    def token(self, now: datetime, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token of Celina, an agent of customer service; None takes a claim out."""
        moment = int(now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": "inquiry-router",
            "sub": "celina",
            "name": "Celina",
            "iat": moment,
            "exp": moment + 300,
            "roles": ["agent"],
            "teams": ["customer_service"],
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": self.key_id, **(header or {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(claims, self.private, "ES256", headers=headers)


def unsigned(token: str) -> str:
    """The same claims with the algorithm `none`."""
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def with_claims(token: str, **changes: Any) -> str:
    """Other claims under the old signature."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return f"{head}.{part(claims | changes)}.{signature}"


def part(value: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
