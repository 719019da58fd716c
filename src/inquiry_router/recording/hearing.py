"""Hear the news in a later message: what was said before must not count again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from inquiry_router.inquiry.model import UNAVAILABLE, Draft, Understanding
from inquiry_router.intake.reading import Reading
from inquiry_router.matters.again import is_other_side, may_decide_anew, said_so_far
from inquiry_router.matters.reading import leave_out_old, new_entities
from inquiry_router.recording.arriving import Arrival
from inquiry_router.routing.decide import Rulebook

# Reads, classifies and decides on a text, and stores nothing.
Understand = Callable[[Draft, Rulebook, datetime], Awaitable[Understanding]]


async def hear_news(arrival: Arrival, reading: Reading | None, understand: Understand) -> Arrival:
    """Understand a later message alone and, while nothing is decided, with all that was said.

    `reading` is the message as it was read; None for words on the phone, which quote nothing. A
    message waits if the classifier does not answer in time; one on the phone does without. A plain
    answer to a question of ours needs no understanding.
    """
    matter, configuration, now = arrival.joining.matter, arrival.configuration, arrival.now
    assert matter is not None
    if arrival.answer is not None and arrival.answer.inquiry_id == matter.inquiry_id:
        return replace(arrival, waits=False)
    arrival = replace(arrival, answer=None)
    if reading is not None:
        arrival = replace(arrival, said=await _leave_out_old(arrival, reading, understand))
    rulebook, rules = configuration.rulebook, configuration.matters
    if reading is not None and not is_classified(arrival.said):
        return replace(arrival, waits=True)
    if may_decide_anew(matter.progress, rulebook, rules, now):
        so_far = said_so_far(matter, arrival.said.news or arrival.said.draft)
        whole = await understand(so_far, rulebook, now)
        if is_classified(whole):
            return replace(arrival, whole=whole)
        return replace(arrival, waits=reading is not None)
    return arrival


def is_classified(said: Understanding) -> bool:
    """True if the classifier answered in time, or was not needed."""
    return said.classification.method != UNAVAILABLE


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
