"""Who may come in: API keys with scopes, and a limit for those who try wrong ones."""

import time
from collections import deque

from starlette.requests import Request

from inquiry_router.configuration.model import ApiKey, Configuration, Scope, find_key
from inquiry_router.inquiry.errors import Forbidden, TooManyRequests, Unauthorised

WRONG_KEYS_A_MINUTE = 20
_REMEMBERED_ADDRESSES = 10_000


def header_of(request: Request, name: bytes) -> str | None:
    """The first header of this name, which is given in lower case.

    The framework's mapping takes six times as long to say that there is none, and each request is asked for two that it lacks.
    """
    for found, value in request.scope["headers"]:
        if found == name:
            return str(value.decode("latin-1"))
    return None


class WrongKeys:
    """Counts wrong keys by address in the last minute, in memory. A right key is never held up."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def count(self, address: str, now_s: float) -> int | None:
        """Count one more; returns the seconds to wait when there were too many, else None."""
        if len(self._times) > _REMEMBERED_ADDRESSES:
            self._times.clear()
        times = self._times.setdefault(address, deque(maxlen=WRONG_KEYS_A_MINUTE + 1))
        times.append(now_s)
        while times[0] < now_s - 60:
            times.popleft()
        return int(times[0] + 60 - now_s) + 1 if len(times) > WRONG_KEYS_A_MINUTE else None


def require(
    request: Request, scope: Scope, configuration: Configuration, wrong_keys: WrongKeys
) -> ApiKey:
    """The key that the request carries. Raises `Unauthorised`, `Forbidden`, or `TooManyRequests` after 20 wrong ones."""
    header = header_of(request, b"authorization") or ""
    kind, _, token = header.partition(" ")
    key = find_key(configuration, token.strip()) if kind.lower() == "bearer" else None
    if key is None:
        address = request.client.host if request.client else "unknown"
        wait = wrong_keys.count(address, time.monotonic()) if header else None
        if wait is not None:
            raise TooManyRequests(retry_after=wait)
        raise Unauthorised(
            "The key is wrong or revoked." if header else "The request carries no API key."
        )
    if not key.allows(scope):
        raise Forbidden(f"The key '{key.id}' lacks the scope '{scope}'.", required_scope=scope)
    return key
