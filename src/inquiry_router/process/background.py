"""Work beside the requests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Coroutine
from typing import Any, Final

import structlog

from inquiry_router.inquiry.errors import RouterError

log = structlog.get_logger()

# A background task that does not end when cancelled must not keep the service from stopping.
MAX_ENDING_S: Final = 5.0


@contextlib.asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a background task. On leaving, cancel it and wait until it has ended."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=MAX_ENDING_S)


async def survive(work: Awaitable[object], name: str) -> bool:
    """Await a piece of background work. Log what it raises under `name`, and return False then.

    A database that is away, or one odd row, must not end the work for good.
    """
    try:
        await work
    except RouterError:
        log.warning(f"{name}.database_unavailable")
    except Exception as error:
        log.error(f"{name}.broken", exc_info=error)
    else:
        return True
    return False
