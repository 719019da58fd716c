"""Inquiries and messages for the tests of their SQL."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import message_values
from inquiry_router.inquiries.tables import messages, signs
from inquiry_router.inquiry.model import Draft, Receipt
from inquiry_router.process.ids import new_id
from tests.conftest import NOW
from tests.inquiries.test_store import DRAFT, receipt_of, stored


async def opened(database: Database, draft: Draft = DRAFT, minutes: int = 0) -> Receipt:
    """Store a new inquiry."""
    receipt = receipt_of(minutes)
    draft = replace(draft, received_at=NOW + timedelta(minutes=minutes))
    return await stored(database, receipt, draft)


def add(
    connection: Connection,
    receipt: Receipt,
    text: str,
    *found: str,
    at: datetime = NOW,
    **more: Any,
) -> str:
    """Add a later message with its signs; return its id."""
    said = Draft(DRAFT.channel, text, **more)
    message_id = new_id()
    values = message_values(message_id, receipt.id, said, receipt.classification, at, NOW)
    connection.execute(insert(messages).values(values))
    for sign in found:
        connection.execute(insert(signs).values(sign=sign, message_id=message_id))
    store.add_to_search(connection, receipt.id, said)
    return message_id


async def added(database: Database, receipt: Receipt, text: str, *found: str, **more: Any) -> str:
    """Add a later message in a transaction of its own."""
    return await database.write(lambda connection: add(connection, receipt, text, *found, **more))
