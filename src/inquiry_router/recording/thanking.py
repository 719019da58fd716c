"""Queue the acknowledgement for the customer, in the transaction that records the decision."""

from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.model import Draft, Receipt
from inquiry_router.routing.acknowledgement import sentences_for
from inquiry_router.telling.acknowledging import acknowledgement_notice
from inquiry_router.telling.model import Notice
from inquiry_router.telling.store import add_notice, notice_rows


def thanking_rows(
    receipt: Receipt, draft: Draft, configuration: Configuration, now: datetime
) -> list[TableRows]:
    """Make the row of the acknowledgement of a new inquiry, if there is to be one."""
    notice = _notice(receipt, draft, configuration)
    return [] if notice is None else [notice_rows(notice, now)]


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
    language = receipt.classification.language
    sentences = sentences_for(
        draft, language, receipt.reference, receipt.decision, configuration.rulebook
    )
    return acknowledgement_notice(settings, receipt, draft, sentences)
