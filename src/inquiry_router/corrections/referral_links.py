"""Tokens of signed links about referrals: the state, outcomes, and a form to recommend."""

from datetime import datetime, timedelta
from typing import Final

from inquiry_router.corrections.links import CorrectionLinks
from inquiry_router.corrections.tokens import OpenedLink, WrongLink

# Purposes: a link for one opens nothing else.
_STATUS: Final = "referral-status"
_OUTCOME: Final = "referral-outcome"
_FORM: Final = "recommend"
# A recommender may look for half a year.
_STATUS_FOR: Final = timedelta(days=180)
_FORM_FOR: Final = timedelta(days=365)


async def status_token(links: CorrectionLinks, referral_id: str, now: datetime) -> str:
    """Make the token by which a recommender sees the state."""
    return await links.new_token(referral_id, now, None, now + _STATUS_FOR, _STATUS)


async def outcome_token(
    links: CorrectionLinks, referral_id: str, person: str, now: datetime
) -> str:
    """Make the token by which a salesperson, by id or name, says what became of a referral."""
    return await links.new_token(referral_id, now, person, None, _OUTCOME)


async def form_token(links: CorrectionLinks, owner_id: str, person: str, now: datetime) -> str:
    """Make the token of a personal form; `owner_id` is an account or one of our people."""
    return await links.new_token(owner_id, now, person, now + _FORM_FOR, _FORM)


async def open_status(links: CorrectionLinks, token: str, now: datetime) -> OpenedLink:
    """Open a link to the state. Raises `WrongLink`."""
    return await links.open(token, now, _STATUS)


async def open_outcome(links: CorrectionLinks, token: str, now: datetime) -> tuple[str, str]:
    """Open a link for outcomes: the referral and the person. Raises `WrongLink`."""
    return await _open(links, token, now, _OUTCOME)


async def open_form(links: CorrectionLinks, token: str, now: datetime) -> tuple[str, str]:
    """Open a personal form: whose it is, and the word for them. Raises `WrongLink`."""
    return await _open(links, token, now, _FORM)


async def _open(links: CorrectionLinks, token: str, now: datetime, purpose: str) -> tuple[str, str]:
    link = await links.open(token, now, purpose)
    if link.reader is None:
        raise WrongLink
    return link.inquiry_id, link.reader
