"""The SQL of rewards: the head of each, and its entries, which are only ever added."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.accounts.model import person_key
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.referrals import store
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.rewarding import (
    SALESPERSON,
    Booking,
    PlannedReward,
    RewardState,
    StoredReward,
    bookings,
    check_approval,
    check_reward_step,
    held_until,
    opening_bookings,
    plan_rewards,
)
from inquiry_router.referrals.tables import reward_entries, rewards
from inquiry_router.staff.model import Roster

NO_SUCH_REWARD: Final = "GET /v1/rewards lists them."


@dataclass(frozen=True, slots=True)
class RewardActor:
    """Whoever books: the actor, and their name as a person, that of a member of staff if known."""

    id: str
    name: str


def earn(
    connection: Connection,
    referral: StoredReferral,
    event: str,
    rules: ReferralRules,
    actor: str,
    now: datetime,
) -> None:
    """Add the rewards of an event; those that are there already are left alone."""
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    for planned in plan_rewards(referral, event, rules):
        values = _head(referral.id, planned, rules, now)
        added = connection.execute(into(rewards).values(values).on_conflict_do_nothing())
        if added.rowcount:
            reward = read_reward(connection, values["id"])
            opening = opening_bookings(planned.receiver_key, planned.amount_minor)
            _book(connection, reward, "pending", opening, actor, now, planned.rule)
    hold_ready(connection, referral, rules, actor, now)


def _head(
    referral_id: str, planned: PlannedReward, rules: ReferralRules, now: datetime
) -> dict[str, Any]:
    names = ("event", "receiver_kind", "receiver", "receiver_key", "amount_minor", "currency")
    return {
        "id": new_id(),
        "referral_id": referral_id,
        **{name: getattr(planned, name) for name in names},
        "rule": planned.rule,
        "state": RewardState.PENDING.value,
        "held_until": held_until(rules, now),
        "approved_by": [],
        "created_at": now,
    }


def hold_ready(
    connection: Connection,
    referral: StoredReferral,
    rules: ReferralRules,
    actor: str,
    now: datetime,
) -> None:
    """Hold pending rewards of a referral about which no doubt is open. Text alone pays nobody."""
    if referral.open_flags or referral.candidate:
        return
    for reward in of_referral(connection, referral.id):
        if reward.state is RewardState.PENDING:
            until = held_until(rules, now)
            set_reward(connection, reward, RewardState.HELD, actor, now, held_until=until)


def reverse_all(
    connection: Connection, referral_id: str, event: str, actor: str, now: datetime, why: str
) -> None:
    """Reverse the rewards of an event whose deal was undone."""
    for reward in of_referral(connection, referral_id):
        if reward.event == event and reward.state is not RewardState.REVERSED:
            set_reward(connection, reward, RewardState.REVERSED, actor, now, why)


def approve(
    connection: Connection,
    named: str,
    actor: RewardActor,
    staff: Roster,
    rules: ReferralRules,
    now: datetime,
) -> StoredReward:
    """Approve a held reward; above the limit two people of the staff must."""
    reward = read_reward(connection, named, lock=True)
    if not check_reward_step(reward, RewardState.APPROVED):
        return reward
    referral = store.read_referral(connection, reward.referral_id)
    if referral.open_flags:
        raise Conflict(
            "A doubt about the referral is open.",
            hint="Decide it first: POST /v1/referrals/{id}/verdict.",
        )
    enough = check_approval(reward, referral, actor.name, staff, rules, now)
    names = [*reward.approved_by, actor.name]
    if enough:
        return set_reward(
            connection, reward, RewardState.APPROVED, actor.id, now, approved_by=names
        )
    connection.execute(update(rewards).where(rewards.c.id == reward.id).values(approved_by=names))
    return replace(reward, approved_by=tuple(names))


def pay(connection: Connection, named: str, actor: RewardActor, now: datetime) -> StoredReward:
    """Record that an approved reward was paid."""
    reward = read_reward(connection, named, lock=True)
    if not check_reward_step(reward, RewardState.PAID):
        return reward
    return set_reward(connection, reward, RewardState.PAID, actor.id, now)


def reverse(
    connection: Connection, named: str, why: str, actor: RewardActor, now: datetime
) -> StoredReward:
    """Take a reward back, with a reason."""
    if not why:
        raise Invalid("A reversal needs a reason.", hint="Add 'reason', in a few words.")
    reward = read_reward(connection, named, lock=True)
    if not check_reward_step(reward, RewardState.REVERSED):
        return reward
    return set_reward(connection, reward, RewardState.REVERSED, actor.id, now, why)


def set_reward(
    connection: Connection,
    reward: StoredReward,
    to: RewardState,
    actor: str,
    now: datetime,
    why: str | None = None,
    **values: Any,
) -> StoredReward:
    """Bring a reward to a state and book it, once. Raises `Conflict` if it was moved meanwhile."""
    this = (rewards.c.id == reward.id) & (rewards.c.state == reward.state.value)
    changed = connection.execute(update(rewards).where(this).values(state=to.value, **values))
    if changed.rowcount == 0:
        raise Conflict(
            "The reward was changed at the same time.", hint="Look at it again: GET /v1/rewards."
        )
    _book(connection, reward, to.value, bookings(reward, to), actor, now, why)
    return read_reward(connection, reward.id)


def _book(
    connection: Connection,
    reward: StoredReward,
    step: str,
    booked: Iterable[Booking],
    actor: str,
    now: datetime,
    why: str | None,
) -> None:
    rows = [
        {
            "id": new_id(),
            "reward_id": reward.id,
            "referral_id": reward.referral_id,
            "at": now,
            "step": step,
            "holder": one.holder,
            "place": one.place,
            "amount_minor": one.amount_minor,
            "currency": reward.currency,
            "actor": actor,
            "why": why,
        }
        for one in booked
    ]
    connection.execute(insert(reward_entries), rows)


def read_reward(connection: Connection, named: str, *, lock: bool = False) -> StoredReward:
    """Read a reward by id; `latest` is the newest. Raises `NotFound`."""
    query = select(rewards)
    if named == store.NEWEST:
        query = query.order_by(rewards.c.id.desc()).limit(1)
    elif is_id(named):
        query = query.where(rewards.c.id == named)
    else:
        raise NotFound(f"There is no reward '{named[:64]}'.", hint=NO_SUCH_REWARD)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("There is no such reward.", hint=NO_SUCH_REWARD)
    return _stored(row)


def of_referral(connection: Connection, referral_id: str) -> list[StoredReward]:
    """Read the rewards of a referral."""
    query = select(rewards).where(rewards.c.referral_id == referral_id).order_by(rewards.c.id)
    return [_stored(row) for row in connection.execute(query)]


def list_rewards(
    connection: Connection,
    person: str | None = None,
    state: str | None = None,
    referral_id: str | None = None,
    limit: int = 200,
) -> list[StoredReward]:
    """List rewards, the newest first. `person` is their receiver."""
    conditions: list[ColumnElement[bool]] = []
    if person is not None:
        conditions.append(rewards.c.receiver_key == person_key(person))
    if state is not None:
        conditions.append(rewards.c.state == state)
    if referral_id is not None:
        conditions.append(rewards.c.referral_id == referral_id)
    query = select(rewards).where(*conditions).order_by(rewards.c.id.desc()).limit(limit)
    return [_stored(row) for row in connection.execute(query)]


def balances(connection: Connection, person: str, currency: str) -> dict[str, Counter[str]]:
    """The sums of one of our people by currency and place, in minor units.

    The currency of the rules comes first, also if there is nothing in it.
    """
    entries = reward_entries.c
    query = (
        select(entries.currency, entries.place, func.sum(entries.amount_minor))
        .join(rewards, rewards.c.id == entries.reward_id)
        .where(entries.holder == person_key(person), rewards.c.receiver_kind == SALESPERSON)
        .group_by(entries.currency, entries.place)
        .order_by(entries.currency)
    )
    sums: dict[str, Counter[str]] = {currency: Counter()}
    for found, place, amount in connection.execute(query):
        sums.setdefault(found, Counter())[place] = int(amount)
    return sums


def read_statement(
    connection: Connection, person: str, currency: str
) -> tuple[dict[str, Counter[str]], list[StoredReward]]:
    """Read the sums of a person by currency and place, and their rewards."""
    return balances(connection, person, currency), list_rewards(connection, person)


def payroll_lines(connection: Connection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """List what was paid to people in a period, and what must be paid back."""
    entries = reward_entries
    query = (
        select(
            entries.c.at,
            rewards.c.receiver,
            rewards.c.receiver_kind,
            entries.c.amount_minor,
            entries.c.currency,
            entries.c.step,
            entries.c.referral_id,
            rewards.c.id.label("reward_id"),
            rewards.c.rule,
        )
        .join(rewards, rewards.c.id == entries.c.reward_id)
        .where(entries.c.place == RewardState.PAID.value)
        .where(entries.c.at >= since, entries.c.at < until)
        .order_by(entries.c.id)
    )
    lines: Sequence[Row[Any]] = list(connection.execute(query))
    return lines


def _stored(row: Row[Any]) -> StoredReward:
    plain = {name: getattr(row, name) for name in StoredReward.__slots__}
    plain |= {"state": RewardState(row.state), "approved_by": tuple(row.approved_by)}
    return StoredReward(**plain)
