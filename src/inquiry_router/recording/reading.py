"""Read a message beside the event loop, and classify it; whatever it is, its words are kept."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import structlog

from inquiry_router.classification.fallback import of_automatic_mail, unread
from inquiry_router.inquiry.model import Classification, Draft
from inquiry_router.intake.reading import Reading
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.reading import keep_message, read_message
from inquiry_router.process.reading import run_reading

log = structlog.get_logger()

# Asks the classifier about the customer's part of a message.
Ask = Callable[[Draft], Awaitable[Classification]]


async def read_safely(
    draft: Draft, now: datetime, *, is_call: bool = False
) -> tuple[Reading, Incoming]:
    """Read a message, for two seconds at most. What cannot be read is kept as it came."""
    try:
        work = partial(read_message, draft, now, is_call=is_call)
        return await run_reading(work, len(draft.text))
    except Exception as error:  # no mistake in our code may lose a customer's words
        log.error("intake.unread", error=type(error).__name__, exc_info=error)
        return keep_message(draft, now, is_call=is_call)


async def classify(reading: Reading, ask: Ask) -> Classification:
    """Classify the customer's part. Unread and automatic mail never reaches sales."""
    if reading.draft.provenance.unread:
        return unread(reading.draft)
    classification = await ask(reading.whole)
    if reading.draft.provenance.automatic is not None:
        return of_automatic_mail(classification)
    return classification
