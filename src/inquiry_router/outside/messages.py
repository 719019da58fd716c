"""Requests that are to be sent, and the replies to them, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request that is ready to be sent.

    `expected` lists statuses outside 2xx that are not an error for the sender.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: str = "POST"
    expected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with a 2xx or an expected status.

    Header names are in lower case. The body is cut at 1 MB, or at 8 MB for a GET.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """Parse the body as JSON; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None
