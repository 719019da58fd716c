"""A helper for asyncio futures."""

import asyncio
from typing import Any


def settle(future: asyncio.Future[Any], outcome: Any) -> None:
    """Set the result of a future, or its exception; do nothing if its waiter has gone."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
