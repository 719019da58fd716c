"""The weekly digest of a salesperson: the matters of their customers, and what became of them."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, exists, select

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.tables import account_roles
from inquiry_router.configuration.documents import RELIEF
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import DEPUTY, OWNER
from inquiry_router.inquiry.model import Status
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.relief.costs import CostModel
from inquiry_router.relief.tables import bypasses
from inquiry_router.routing.fields import DAYS
from inquiry_router.telling.model import Colleague, Notice, Receiver
from inquiry_router.telling.planning import Office
from inquiry_router.telling.settings import TellingSettings, read_clock
from inquiry_router.telling.store import add_notice
from inquiry_router.telling.texts import Wordbook, name_category, name_state

log = structlog.get_logger()

POLL_S: Final = 60.0
WEEK: Final = timedelta(days=7)
# The rest is counted only.
MAX_LINES: Final = 40
KIND: Final = "weekly_digest"
_LINE: Final = "{customer}: {category}, {status} ({reference})"


class WeeklyDigests:
    """Queues the digest of every salesperson, on its day. Any number of processes may do it."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        office: Callable[[], Office],
        wordbook: Callable[[], Wordbook],
        on_commit: Callable[[], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._office = office
        self._wordbook = wordbook
        self._on_commit = on_commit
        self._now = now

    async def run(self) -> None:
        """Work until cancelled. Goes on when the database has been away."""
        while True:
            await survive(self.tell(), "weekly")
            await asyncio.sleep(POLL_S)

    async def tell(self) -> int:
        """Queue the digests that are due; return their number."""
        now, office = self._now(), self._office()
        if not is_due(office.settings, now):
            return 0
        configuration, words = self._configuration.current, self._wordbook()
        count = 0
        for who in office.colleagues.by_id.values():
            if who.kind != "salesperson":
                continue

            def work(connection: Connection, who: Colleague = who) -> bool:
                return _queue(connection, who, configuration, words, now)

            count += await self._database.write(work)
        if count:
            self._on_commit()
        return count


def is_due(settings: TellingSettings, now: datetime) -> bool:
    """True on the day of the digests, from their time on."""
    local = now.astimezone(settings.zone)
    is_day = DAYS[local.weekday()] == settings.weekly_digest_day
    return settings.weekly_digest and is_day and local.time() >= read_clock(settings.digest_at)


def _queue(
    connection: Connection,
    who: Colleague,
    configuration: Configuration,
    words: Wordbook,
    now: datetime,
) -> bool:
    """Queue the digest of one salesperson, once a week; False if it is there or has nothing."""
    local = now.astimezone(configuration.telling.zone)
    year, week, _ = local.isocalendar()
    language = who.language or configuration.telling.language
    facts = read_week(connection, who.name, language, configuration, words, now)
    if facts is None:
        return False
    key = f"{KIND}:{who.id}:{year}-{week}"
    return add_notice(connection, Notice(KIND, key, Receiver(who.id), facts), now)


def read_week(
    connection: Connection,
    person: str,
    language: str,
    configuration: Configuration,
    words: Wordbook,
    now: datetime,
) -> dict[str, Any] | None:
    """Read the facts of the digest of one person; None if their customers asked for nothing."""
    rows = connection.execute(_of_person(person, now - WEEK)).all()
    if not rows:
        return None
    teams = configuration.teams.by_id
    service = [row for row in rows if row.team in teams and teams[row.team].kind != "sales"]
    direct = [row for row in service if not row.bypassed]
    matters = Counter((row.channel, row.category, row.intent or "") for row in direct)
    hours = (
        CostModel(configuration.documents[RELIEF]).given_back(matters).hours.expected
        if matters
        else 0.0
    )
    resolved = sum(row.status == Status.RESOLVED for row in rows)
    lines = [
        _LINE.format(
            customer=_customer(row),
            category=name_category(row.category, language, words),
            status=name_state(row.status, language),
            reference=row.reference,
        )
        for row in rows[:MAX_LINES]
    ]
    lines += [f"+ {len(rows) - MAX_LINES}"] if len(rows) > MAX_LINES else []
    return {
        "who": person,
        "text": "\n".join(lines),
        "count": str(len(rows)),
        "resolved": str(resolved),
        "open": str(len(rows) - resolved),
        "without_you": str(len(direct)),
        "hours": f"{hours:.1f}" if hours >= 0.1 else None,
    }


def _of_person(person: str, since: datetime) -> Any:
    """Select the matters of the accounts whose owner or deputy is a person, the newest first."""
    own = select(account_roles.c.account_id).where(
        account_roles.c.person_key == person_key(person), account_roles.c.role.in_([OWNER, DEPUTY])
    )
    bypassed = exists().where(bypasses.c.inquiry_id == inquiries.c.id)
    names = ("reference", "status", "category", "intent", "team", "channel", "contact_name")
    return (
        select(
            *(inquiries.c[name] for name in names),
            inquiries.c.contact_company,
            inquiries.c.account,
            bypassed.label("bypassed"),
        )
        .where(
            inquiries.c.account_id.in_(own),
            inquiries.c.received_at >= since,
            inquiries.c.merged_into.is_(None),
        )
        .order_by(inquiries.c.received_at.desc())
    )


def _customer(row: Any) -> str:
    account = (row.account or {}).get("account") or {}
    known = (account.get("name"), row.contact_company, row.contact_name)
    return next((one for one in known if one), "?")
