"""Hear the news in a later message: what was said before must not count again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from inquiry_router.inquiry.model import Draft, Understanding
from inquiry_router.intake.reading import Reading
from inquiry_router.matters.again import is_other_side, may_decide_anew, said_so_far
from inquiry_router.matters.reading import leave_out_old, new_entities
from inquiry_router.recording.arriving import Arrival
from inquiry_router.routing.decide import Rulebook

# Reads, classifies and decides on a text, and stores nothing.
Understand = Callable[[Draft, Rulebook, datetime], Awaitable[Understanding]]


async def hear_news(arrival: Arrival, reading: Reading | None, understand: Understand) -> Arrival:
    """Understand a later message alone and, while nothing is decided, with all that was said.

    `reading` is the message as it was read; None for words on the phone, which quote nothing.
    """
    matter, configuration, now = arrival.joining.matter, arrival.configuration, arrival.now
    assert matter is not None
    if reading is not None:
        arrival = replace(arrival, said=await _leave_out_old(arrival, reading, understand))
    rulebook, rules = configuration.rulebook, configuration.matters
    if may_decide_anew(matter.progress, rulebook, rules, now):
        so_far = said_so_far(matter, arrival.said.news or arrival.said.draft)
        arrival = replace(arrival, whole=await understand(so_far, rulebook, now))
    return arrival


async def _leave_out_old(
    arrival: Arrival, reading: Reading, understand: Understand
) -> Understanding:
    """Leave out the title of the ticket, "Re: urgent", and quotes: they were said before.

    They help to understand a short answer, but must not make it urgent or another matter.
    """
    said, matter, rulebook = arrival.said, arrival.joining.matter, arrival.configuration.rulebook
    assert matter is not None
    news = leave_out_old(reading, matter)
    if news is None:
        return said
    if is_other_side(said.decision.team, matter.progress.team, rulebook):
        alone = await understand(news, rulebook, arrival.now)
        return replace(alone, draft=said.draft, news=news)
    return replace(said, entities=new_entities(said.entities, news, matter), news=news)
