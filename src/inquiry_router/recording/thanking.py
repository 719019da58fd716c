"""Queue the acknowledgement for the customer, in the transaction that records the decision."""

from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.model import Draft, Receipt
from inquiry_router.routing.acknowledgement import Confirmation, sentences_for
from inquiry_router.telling.acknowledging import acknowledgement_notice, forwarded_notice
from inquiry_router.telling.model import Notice
from inquiry_router.telling.store import add_notice, notice_rows


def thanking_rows(
    receipt: Receipt, draft: Draft, configuration: Configuration, now: datetime
) -> list[TableRows]:
    """Make the rows of notices about a new inquiry: who passed it on, and the acknowledgement.

    In this order: an introduction takes the place of the acknowledgement.
    """
    found = (
        passed_on(receipt, draft, configuration, receipt.id),
        _notice(receipt, draft, configuration),
    )
    return [notice_rows(notice, now) for notice in found if notice is not None]


def passed_on(
    receipt: Receipt, draft: Draft, configuration: Configuration, message_id: str
) -> Notice | None:
    """The notice that a colleague passed a message on; None if nobody did."""
    if draft.provenance.forwarded_by is None:
        return None
    sentences = _sentences(receipt, draft, configuration)
    return forwarded_notice(receipt, draft, sentences, message_id)


def thank(
    connection: Connection,
    receipt: Receipt,
    draft: Draft,
    configuration: Configuration,
    now: datetime,
) -> None:
    """Queue the acknowledgement of an inquiry that was decided later, unless it was queued."""
    notice = _notice(receipt, draft, configuration)
    if notice is not None:
        add_notice(connection, notice, now)


def _notice(receipt: Receipt, draft: Draft, configuration: Configuration) -> Notice | None:
    settings = configuration.telling.acknowledgement
    if settings.by == "nobody":
        return None
    sentences = _sentences(receipt, draft, configuration)
    return acknowledgement_notice(settings, receipt, draft, sentences)


def _sentences(receipt: Receipt, draft: Draft, configuration: Configuration) -> Confirmation:
    language = receipt.classification.language
    return sentences_for(
        draft,
        language,
        receipt.reference,
        receipt.decision,
        configuration.rulebook,
        receipt.entities,
    )
