"""Access control: API keys with scopes, and a limit for wrong keys."""

import time
from collections.abc import Sequence

from starlette.requests import Request

from inquiry_router.configuration.api_keys import ApiKey, Scope, find_key
from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.errors import Forbidden, TooManyRequests, Unauthorised
from inquiry_router.process.wrong_keys import WrongKeys


def require(
    request: Request, scopes: Sequence[Scope], configuration: Configuration, wrong_keys: WrongKeys
) -> ApiKey:
    """Return the key of a request, if it is valid and has one of the scopes.

    Raises `Unauthorised`, `Forbidden`, or `TooManyRequests` after 20 wrong keys in a minute.
    """
    header = request.headers.get("authorization", "")
    kind, _, token = header.partition(" ")
    key = find_key(configuration.api_keys, token.strip()) if kind.lower() == "bearer" else None
    if key is None:
        address = request.client.host if request.client else "unknown"
        wait = wrong_keys.count(address, time.monotonic()) if header else None
        if wait is not None:
            raise TooManyRequests(retry_after=wait)
        raise Unauthorised(
            "The key is wrong or revoked." if header else "The request carries no API key."
        )
    if not key.allows(*scopes):
        wanted = " or ".join(f"'{scope}'" for scope in scopes)
        raise Forbidden(f"The key '{key.id}' lacks the scope {wanted}.", required_scope=scopes[0])
    return key
