"""The random sample of a week, which people confirm: it shows how good decisions are.

What people correct by themselves shows mistakes only. A sample that chance draws shows both.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, select

from inquiry_router.corrections.tables import corrections
from inquiry_router.inquiries.rows import WHOLE
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.model import Status

SAMPLE_SIZE: Final = 20
# So many of the newest take part: a week of the largest companies.
_MAX_DRAWN_FROM: Final = 50_000


@dataclass(frozen=True, slots=True)
class SampledInquiry:
    """An inquiry of the sample; `looked_at` if a person has confirmed or corrected it since."""

    row: Row[Any]
    looked_at: bool


def week_of(moment: datetime) -> tuple[datetime, datetime]:
    """Return the beginning of the week before a moment's week, and its end, in their zone."""
    monday = moment - timedelta(days=moment.weekday())
    this_week = monday.replace(hour=0, minute=0, second=0, microsecond=0)
    return this_week - timedelta(days=7), this_week


def draw(ids: Iterable[str], salt: str, count: int) -> list[str]:
    """Draw ids by chance: the same ones each time, and with another salt others."""

    def lot(one: str) -> bytes:
        return hashlib.sha256(f"{salt} {one}".encode()).digest()

    return sorted(ids, key=lot)[:count]


def read_sample(connection: Connection, since: datetime, until: datetime) -> list[SampledInquiry]:
    """Read the sample of a period."""
    decided = (
        select(inquiries.c.id)
        .where(inquiries.c.received_at >= since, inquiries.c.received_at < until)
        .where(inquiries.c.merged_into.is_(None), inquiries.c.status != Status.NEW)
        .order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc())
        .limit(_MAX_DRAWN_FROM)
    )
    ids = draw(connection.execute(decided).scalars(), since.isoformat(), SAMPLE_SIZE)
    looked_at = exists().where(corrections.c.inquiry_id == inquiries.c.id).label("looked_at")
    query = WHOLE.add_columns(looked_at).where(inquiries.c.id.in_(ids))
    rows = {row.id: row for row in connection.execute(query)}
    return [SampledInquiry(rows[one], bool(rows[one].looked_at)) for one in ids if one in rows]
