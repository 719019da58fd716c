"""Try a policy on the newest inquiries before it is published."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiries import store
from inquiry_router.inquiries.listing import Filters, list_inquiries
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.model import Decision, Receipt
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.routing.policy import Policy
from inquiry_router.text.folding import read_words


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    """An inquiry that another policy would decide differently."""

    inquiry_id: str
    reference: str
    said: str
    before: Decision
    after: Decision


def preview_policy(
    connection: Connection, configuration: Configuration, policy: Policy, limit: int
) -> list[ChangedDecision | None]:
    """Return the change for each of the newest inquiries, or None if the decision stays.

    Both policies decide as of the moment the inquiry was received, from the classification in
    force, by the code that decides live inquiries.
    """
    tried = Rulebook(
        configuration.own_categories.added_to(policy),
        configuration.rulebook.version + 1,
        configuration.teams,
        configuration.own_intents,
        configuration.promises,
    )
    page = list_inquiries(connection, Filters(), None, limit)
    return [
        _change(row, store.read_receipt(connection, row), configuration.rulebook, tried)
        for row in page.rows
    ]


def _change(
    row: Row[Any], receipt: Receipt, present: Rulebook, tried: Rulebook
) -> ChangedDecision | None:
    draft = read_draft(row)
    words = read_words(draft.subject, draft.text)
    before, after = (
        decide(
            draft,
            receipt.classification,
            receipt.entities,
            rulebook,
            receipt.received_at,
            words=words,
        )
        for rulebook in (present, tried)
    )
    if (before.team, before.priority, before.due_at) == (after.team, after.priority, after.due_at):
        return None
    said = f"{draft.subject or ''} {draft.text}".strip()[:120]
    return ChangedDecision(receipt.id, receipt.reference, said, before, after)
