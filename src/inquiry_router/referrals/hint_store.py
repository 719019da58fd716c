"""The SQL of hints and asks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.account import OWNER
from inquiry_router.inquiry.categories import DEFECT
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.model import Status
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.referrals.asking import (
    FAST,
    CustomerFacts,
    HintReason,
    HintState,
    may_hint,
    praise_in,
)
from inquiry_router.referrals.tables import asks, hints, referrals

_RECENT: Final = timedelta(days=2)
_MAX_RECENT: Final = 500
_LANGUAGES: Final = ("pl", "en", "de")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something good that happened with a customer."""

    account_id: str
    reason: HintReason
    language: str = "pl"
    inquiry_id: str | None = None
    words: str | None = None


def read_facts(connection: Connection, account_id: str) -> CustomerFacts:
    """Read everything about a customer that decides if they may be asked."""
    owner = connection.scalars(
        select(account_roles.c.person).where(
            account_roles.c.account_id == account_id, account_roles.c.role == OWNER
        )
    ).first()
    complaint = select(inquiries.c.id).where(
        inquiries.c.account_id == account_id,
        inquiries.c.category == DEFECT,
        inquiries.c.status != Status.RESOLVED.value,
        inquiries.c.merged_into.is_(None),
    )
    last = select(hints.c.at, hints.c.state).where(hints.c.account_id == account_id)
    hint = connection.execute(last.order_by(hints.c.id.desc()).limit(1)).first()
    never = last.where(hints.c.state == HintState.NEVER.value).limit(1)
    asked = select(func.max(asks.c.at)).where(asks.c.account_id == account_id)
    unreliable = (
        select(func.count())
        .select_from(referrals)
        .where(referrals.c.recommender_account_id == account_id, referrals.c.state == "unreliable")
    )
    return CustomerFacts(
        owner,
        connection.execute(complaint.limit(1)).first() is not None,
        hint.at if hint is not None else None,
        HintState(hint.state) if hint is not None else None,
        connection.execute(asked).scalar(),
        connection.execute(never).first() is not None,
        connection.execute(unreliable).scalar_one(),
    )


def add_hint(
    connection: Connection, occasion: Occasion, rules: ReferralRules, now: datetime
) -> Row[Any] | None:
    """Add a hint about a good occasion, if the customer may be asked now."""
    facts = read_facts(connection, occasion.account_id)
    if facts.owner is None or not may_hint(facts, rules, now):
        return None
    name = select(accounts.c.name).where(accounts.c.id == occasion.account_id)
    values = {
        "id": new_id(),
        "account_id": occasion.account_id,
        "account_name": connection.execute(name).scalar_one(),
        "person": facts.owner,
        "person_key": person_key(facts.owner),
        "reason": occasion.reason.value,
        "inquiry_id": occasion.inquiry_id,
        "words": occasion.words,
        "language": occasion.language if occasion.language in _LANGUAGES else "en",
        "at": now,
        "ends_at": now + timedelta(days=rules.hint_lasts_days),
        "state": HintState.OPEN.value,
    }
    connection.execute(insert(hints).values(**values))
    return find_hint(connection, str(values["id"]))


def end_hints(connection: Connection, now: datetime) -> int:
    """End the hints that nobody answered: there is never a hint without an end."""
    over = and_(hints.c.state == HintState.OPEN.value, hints.c.ends_at <= now)
    return connection.execute(update(hints).where(over).values(state="over")).rowcount


def find_hint(connection: Connection, named: str, *, lock: bool = False) -> Row[Any]:
    """Find a hint by id; `latest` is the newest. Raises `NotFound`."""
    query = select(hints)
    if named == "latest":
        query = query.order_by(hints.c.id.desc()).limit(1)
    elif is_id(named):
        query = query.where(hints.c.id == named)
    else:
        raise NotFound(f"There is no hint '{named[:64]}'.", hint="GET /v1/hints lists them.")
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("There is no such hint.", hint="GET /v1/hints lists them.")
    return row


def list_hints(
    connection: Connection, person: str | None, state: str | None, limit: int = 200
) -> Sequence[Row[Any]]:
    """List hints, the newest first."""
    query = select(hints)
    if person is not None:
        query = query.where(hints.c.person_key == person_key(person))
    if state is not None:
        query = query.where(hints.c.state == state)
    rows: Sequence[Row[Any]] = list(
        connection.execute(query.order_by(hints.c.id.desc()).limit(limit))
    )
    return rows


def answer_hint(
    connection: Connection, named: str, state: HintState, way: str, result: str | None,
    script_id: str | None, now: datetime,
) -> Row[Any]:  # fmt: skip
    """Answer a hint; `asked` records the ask. The same answer again changes nothing."""
    row = find_hint(connection, named, lock=True)
    if row.state == state.value:
        return row
    if row.state != HintState.OPEN.value:
        raise Conflict(
            f"This hint is '{row.state}' already.",
            hint="Record an ask without a hint: POST /v1/asks.",
        )
    this = update(hints).where(hints.c.id == row.id)
    connection.execute(this.values(state=state.value, answered_at=now))
    if state is HintState.ASKED:
        add_ask(connection, row.account_id, row.person, way, result, script_id, now)
    return find_hint(connection, row.id)


def add_ask(
    connection: Connection, account_id: str, person: str, way: str, result: str | None,
    script_id: str | None, now: datetime,
) -> str:  # fmt: skip
    """Record that a salesperson asked a customer."""
    ask_id = new_id()
    values = {
        "id": ask_id,
        "account_id": account_id,
        "person": person,
        "person_key": person_key(person),
        "at": now,
        "way": way,
        "result": result,
        "script_id": script_id,
    }
    connection.execute(insert(asks).values(**values))
    return ask_id


def find_occasions(connection: Connection, now: datetime) -> Iterable[Occasion]:
    """Find what went well in the last two days: praise, solved complaints, promises kept."""
    columns = inquiries.c
    said = (
        select(messages.c.text, messages.c.inquiry_id, columns.account_id, columns.language)
        .join(inquiries, columns.id == messages.c.inquiry_id)
        .where(messages.c.received_at >= now - _RECENT, columns.account_id.is_not(None))
        .order_by(messages.c.id.desc())
        .limit(_MAX_RECENT)
    )
    for row in connection.execute(said).all():
        words = praise_in(row.text)
        if words is not None:
            yield Occasion(row.account_id, HintReason.PRAISE, row.language, row.inquiry_id, words)
    done = (
        select(inquiries)
        .where(columns.account_id.is_not(None), columns.merged_into.is_(None))
        .where(or_(columns.resolved_at >= now - _RECENT, columns.answered_at >= now - _RECENT))
        .order_by(columns.id.desc())
        .limit(_MAX_RECENT)
    )
    for row in connection.execute(done).all():
        reason = _reason_of(row)
        if reason is not None:
            yield Occasion(row.account_id, reason, row.language, row.id)


def hintable(connection: Connection, rules: ReferralRules, now: datetime) -> list[Occasion]:
    """List the first good occasion of each customer who may be asked now."""
    found: dict[str, Occasion] = {}
    for occasion in find_occasions(connection, now):
        found.setdefault(occasion.account_id, occasion)
    since = now - timedelta(days=rules.hint_every_days)
    resting = (HintState.NOT_NOW.value,)
    lately = select(hints.c.account_id).where(hints.c.at > since, hints.c.state.not_in(resting))
    tired = {*connection.scalars(lately)}
    tired |= {*connection.scalars(select(asks.c.account_id).where(asks.c.at > since))}
    return [
        occasion
        for account, occasion in found.items()
        if account not in tired and may_hint(read_facts(connection, account), rules, now)
    ]


def _reason_of(row: Any) -> HintReason | None:
    if row.category == DEFECT:
        fast = row.resolved_at is not None and row.resolved_at - row.received_at <= FAST
        return HintReason.COMPLAINT_SOLVED if fast else None
    if row.due_at is None or row.answered_at is None:
        return None
    return HintReason.PROMISE_KEPT if row.answered_at <= row.due_at else None


def answered_before(connection: Connection) -> Counter[str]:
    """Count what customers answered when they were asked, of all colleagues."""
    query = select(asks.c.result, func.count()).group_by(asks.c.result)
    return Counter({row[0] or "open": row[1] for row in connection.execute(query)})
