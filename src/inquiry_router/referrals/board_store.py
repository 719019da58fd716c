"""The SQL of the board, the gain, the effect of asking, and of shared wordings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, case, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import OWNER
from inquiry_router.inquiry.categories import DEFECT
from inquiry_router.process.ids import new_id
from inquiry_router.referrals.board import BoardPerson, Deeds, Silence, check_season, coach
from inquiry_router.referrals.effect import CustomerAfter
from inquiry_router.referrals.gain import CompanyFigures
from inquiry_router.referrals.tables import (
    ask_scripts,
    asks,
    board_people,
    board_seasons,
    invoices,
    referral_credits,
    referrals,
)
from inquiry_router.staff.model import Roster

WHOLE: Final = 10_000
OWN_ASKS_DAYS: Final = 30
AFTER: Final = timedelta(days=90)
_YEAR: Final = timedelta(days=365)
_QUALIFIED: Final = ("qualified", "won")


def read_deeds(connection: Connection, since: datetime, until: datetime) -> list[Deeds]:
    """Sum up what everybody did in a period. A customer asked twice counts once."""
    sums: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"asked": 0, "refused": 0, "qualified": 0.0, "won": 0.0, "unreliable": 0.0}
    )
    names: dict[str, str] = {}
    account = asks.c.account_id
    refused = case((asks.c.result == "no", account))
    asked = (
        select(
            asks.c.person_key,
            func.max(asks.c.person).label("person"),
            func.count(func.distinct(account)).label("asked"),
            func.count(func.distinct(refused)).label("refused"),
        )
        .where(asks.c.at >= since, asks.c.at < until)
        .group_by(asks.c.person_key)
    )
    for row in connection.execute(asked):
        names[row.person_key] = row.person
        sums[row.person_key] |= {"asked": row.asked, "refused": row.refused}
    credited = (
        select(
            referral_credits.c.person_key,
            func.max(referral_credits.c.person).label("person"),
            func.sum(referral_credits.c.share).label("share"),
            referrals.c.state,
        )
        .join(referrals, referrals.c.id == referral_credits.c.referral_id)
        .where(referrals.c.received_at >= since, referrals.c.received_at < until)
        .where(referrals.c.candidate.is_(False))
        .group_by(referral_credits.c.person_key, referrals.c.state)
    )
    for row in connection.execute(credited):
        names.setdefault(row.person_key, row.person)
        share = int(row.share) / WHOLE
        own = sums[row.person_key]
        own["qualified"] += share * (row.state in _QUALIFIED)
        own["won"] += share * (row.state == "won")
        own["unreliable"] += share * (row.state == "unreliable")
    return [Deeds(key, names[key], **found) for key, found in sums.items()]


def read_people(connection: Connection, roster: Roster) -> dict[str, BoardPerson]:
    """Read the choices of our people, beside their place in the roster."""
    found = {
        person_key(one.name): BoardPerson(
            person_key(one.name), one.name, tuple(one.teams), one.kind == "manager"
        )
        for one in roster.members
    }
    for row in connection.execute(select(board_people)):
        known = found.get(row.person_key)
        found[row.person_key] = BoardPerson(
            row.person_key,
            row.person,
            known.teams if known is not None else (),
            known is not None and known.is_manager,
            row.by_name,
            row.is_mentor,
            row.mentor_key,
        )
    return found


def set_choice(
    connection: Connection, person: str, now: datetime, *, by_name: bool, mentor: str | None,
    is_mentor: bool,
) -> None:  # fmt: skip
    """Record the choice of one of our people about the board."""
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    values = {
        "person": person,
        "by_name": by_name,
        "mentor_key": person_key(mentor) if mentor is not None else None,
        "is_mentor": is_mentor,
        "changed_at": now,
    }
    statement = into(board_people).values(person_key=person_key(person), **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["person_key"], set_=values))


def open_season(
    connection: Connection, name: str, begins_on: date, ends_on: date, manager: str,
    roster: Roster, now: datetime,
) -> str:  # fmt: skip
    """Open a season, if its manager has gone first. Raises `Forbidden` and `Conflict`."""
    member = roster.by_name(manager)
    since = now - timedelta(days=OWN_ASKS_DAYS)
    own = (
        select(func.count())
        .select_from(asks)
        .where(asks.c.person_key == person_key(manager), asks.c.at >= since)
    )
    check_season(
        begins_on,
        ends_on,
        is_manager=member is not None and member.kind == "manager",
        own_asks=connection.execute(own).scalar_one(),
    )
    season_id = new_id()
    values = {
        "id": season_id,
        "name": name,
        "begins_on": begins_on,
        "ends_on": ends_on,
        "manager": manager,
        "manager_key": person_key(manager),
        "opened_at": now,
    }
    connection.execute(insert(board_seasons).values(**values))
    return season_id


def current_season(connection: Connection, today: date) -> Row[Any] | None:
    """Read the newest season that runs today."""
    query = select(board_seasons).where(
        board_seasons.c.begins_on <= today, board_seasons.c.ends_on >= today
    )
    return connection.execute(query.order_by(board_seasons.c.id.desc()).limit(1)).first()


def season_span(season: Row[Any] | None, now: datetime) -> tuple[datetime, datetime]:
    """The period of a season; without one the last ninety days."""
    if season is None:
        return now - AFTER, now + timedelta(days=1)
    begin = datetime.combine(season.begins_on, time.min, now.tzinfo)
    end = datetime.combine(season.ends_on, time.min, now.tzinfo)
    return begin, end + timedelta(days=1)


def read_figures(connection: Connection, now: datetime, currency: str) -> CompanyFigures:
    """Read what referrals of the last year came to in a currency."""
    since = now - _YEAR
    mine = (referrals.c.received_at >= since, referrals.c.candidate.is_(False))
    columns = (referrals.c.amount_minor, referrals.c.currency)
    won = connection.execute(select(*columns).where(*mine, referrals.c.state == "won")).all()
    with_amount = [row for row in won if row.amount_minor]
    amounts = tuple(int(row.amount_minor) for row in with_amount if row.currency == currency)
    ended = ("won", "lost", "unreliable", "withdrawn", "expired")
    closed = select(func.count()).select_from(referrals)
    count = connection.execute(closed.where(*mine, referrals.c.state.in_(ended))).scalar_one()
    asked = select(func.count()).select_from(asks).where(asks.c.at >= since)
    named = asked.where(asks.c.result == "named")
    return CompanyFigures(
        amounts,
        count,
        connection.execute(asked).scalar_one(),
        connection.execute(named).scalar_one(),
        len(with_amount) - len(amounts),
    )


def read_coaching(connection: Connection, now: datetime, currency: str) -> tuple[Silence, ...]:
    """Read who asks how many of their customers, and what more asking would be worth."""
    owned = (
        select(
            account_roles.c.person_key,
            func.max(account_roles.c.person),
            func.count(),
        )
        .join(accounts, accounts.c.id == account_roles.c.account_id)
        .where(account_roles.c.role == OWNER, accounts.c.merged_into.is_(None))
        .group_by(account_roles.c.person_key)
    )
    customers = {key: (person, count) for key, person, count in connection.execute(owned)}
    since = now - AFTER
    done = (
        select(asks.c.person_key, func.count(func.distinct(asks.c.account_id)))
        .where(asks.c.at >= since)
        .group_by(asks.c.person_key)
    )
    asked: Mapping[str, int] = {row[0]: row[1] for row in connection.execute(done)}
    figures = read_figures(connection, now, currency)
    deals = len(figures.won_minor)
    average = sum(figures.won_minor) // deals if deals else 0
    rate = figures.won / figures.asks if figures.asks else 0.0
    return coach(customers, asked, min(rate, 1.0), average)


def read_customers_after(connection: Connection, now: datetime) -> list[CustomerAfter]:
    """Read what customers did in the 90 days after an ask; the others after the same days."""
    first = select(asks.c.account_id, func.min(asks.c.at), func.max(asks.c.result))
    rows = connection.execute(first.where(asks.c.at <= now - AFTER).group_by(asks.c.account_id))
    asked = {account: (at, result) for account, at, result in rows}
    if not asked:
        return []
    middle = sorted(at for at, _ in asked.values())[len(asked) // 2]
    orders = _times(connection, invoices.c.account_id, invoices.c.issued_on)
    complaints = _times(
        connection, inquiries.c.account_id, inquiries.c.received_at, inquiries.c.category == DEFECT
    )
    owned = select(account_roles.c.account_id).where(account_roles.c.role == OWNER).distinct()
    found = []
    for account in {*connection.scalars(owned), *asked}:
        at, result = asked.get(account, (middle, None))
        found.append(
            CustomerAfter(
                account in asked,
                _between(orders.get(account, ()), at),
                _between(complaints.get(account, ()), at),
                said_no=result == "no",
            )
        )
    return found


def _times(
    connection: Connection, account: Any, moment: Any, *conditions: Any
) -> dict[str, list[date]]:
    found: dict[str, list[date]] = defaultdict(list)
    for one, at in connection.execute(
        select(account, moment).where(account.is_not(None), *conditions)
    ):
        found[one].append(at.date() if isinstance(at, datetime) else at)
    return found


def _between(days: Iterable[date], at: datetime) -> int:
    begin, end = at.date(), (at + AFTER).date()
    return sum(begin < day <= end for day in days)


def add_script(
    connection: Connection, author: str, language: str, way: str, text: str, now: datetime
) -> str:
    """Share a wording; it carries its author's name."""
    script_id = new_id()
    values = {
        "id": script_id,
        "author": author,
        "language": language,
        "way": way,
        "text": text,
        "at": now,
    }
    connection.execute(insert(ask_scripts).values(**values))
    return script_id


def list_scripts(connection: Connection, language: str | None = None) -> Sequence[Row[Any]]:
    """List shared wordings: those that led to a name most often first."""
    named = func.count(asks.c.id).filter(asks.c.result == "named")
    query = (
        select(ask_scripts, func.count(asks.c.id).label("used"), named.label("named"))
        .outerjoin(asks, asks.c.script_id == ask_scripts.c.id)
        .group_by(*ask_scripts.c)
        .order_by(named.desc(), ask_scripts.c.id.desc())
        .limit(100)
    )
    if language is not None:
        query = query.where(ask_scripts.c.language == language)
    rows: Sequence[Row[Any]] = list(connection.execute(query))
    return rows
