"""A later message with the matter that it goes on with, as the classifier reads both. Pure."""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.model import Draft

# What the customer said first tells the matter.
CONTEXT_CHARS: Final = 400


def in_context(news: Draft, before: str) -> Draft:
    """Return the message above a quotation of what the customer had said before."""
    said = " ".join(before.split())[:CONTEXT_CHARS]
    return replace(news, subject=None, text=f"{news.text}\n\n> {said}")
