"""Whatever people do in whatever order: balances are zero, and nothing is booked twice."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, Table, create_engine, func, select

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.house import House
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.referral import CreditShare, FoundReferral, Speaker
from inquiry_router.process.ids import new_id
from inquiry_router.referrals import acting, reward_store, store, tables
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.following import follow_step
from inquiry_router.referrals.model import Consent, StoredReferral
from inquiry_router.referrals.reward_store import RewardActor
from inquiry_router.referrals.rows import new_rows
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.referrals.tables import reward_entries, rewards
from inquiry_router.schema import metadata
from inquiry_router.staff.model import Member, Roster
from tests.conftest import NOW
from tests.referrals.kit import RULES, days, party

pytestmark = pytest.mark.anyio
NEEDED = {one.name for one in vars(tables).values() if isinstance(one, Table)} | {"notices"}
TABLES = [one for one in metadata.sorted_tables if one.name in NEEDED]
PEOPLE = [RewardActor("k1", "Marta Szef"), RewardActor("k2", "Olga Szef"), RewardActor("k3", "Ewa")]
STAFF = Roster(tuple(Member(one.id, one.name) for one in PEOPLE))


def add(connection: Connection, now=NOW) -> str:
    found = FoundReferral(
        party("Anna Kowalska", account_id="a1", account_name="Hydro-Bud"),
        party("Dawid Kos", phone="+48602333444"),
        Speaker.COLLEAGUE,
        "pl",
        False,
        credits=(CreditShare("Ewa", 5_000, "both"), CreditShare("Bartek", 5_000, "both")),
        expires_at=now + timedelta(days=90),
    )
    one = new_id()
    store.add_rows(connection, new_rows(found, None, "api", "x", now, one, Consent.SPOKEN))
    return one


def on_step(connection, before: StoredReferral, after: StoredReferral, step: ReferralStep) -> None:
    follow_step(connection, before, after, step, RULES, Roster())


def assert_sound(connection: Connection) -> None:
    entries = reward_entries.c
    by_referral = select(func.sum(entries.amount_minor)).group_by(entries.referral_id)
    assert set(connection.scalars(by_referral)) <= {0}
    for head in connection.execute(select(rewards)).all():
        here = select(entries.place, func.sum(entries.amount_minor)).where(
            entries.reward_id == head.id, entries.holder == head.receiver_key
        )
        places = {p: int(s) for p, s in connection.execute(here.group_by(entries.place)) if s}
        expected = {} if head.state == "reversed" else {head.state: head.amount_minor}
        assert places == expected


class Ledger(RuleBasedStateMachine):
    """One referral, its steps, and managers who approve, pay and reverse in any order."""

    @initialize()
    def begin(self) -> None:
        self.engine = create_engine("sqlite://")
        metadata.create_all(self.engine, tables=TABLES)
        self.day = 0
        with self.engine.begin() as connection:
            self.referral = add(connection)

    def try_to(self, work) -> None:
        try:
            with self.engine.begin() as connection:
                work(connection)
        except RouterError:
            pass  # refused, and nothing is stored

    @rule(to=st.sampled_from(ReferralState), amount=st.sampled_from([None, 0, 1, 3_000_000]))
    def step(self, to: ReferralState, amount: int | None) -> None:
        won = amount if to is ReferralState.WON else None
        step = ReferralStep(to, "k1", days(self.day), "why", amount_minor=won)
        self.try_to(lambda c: acting.take_step(c, self.referral, step, on_step))

    @rule(count=st.integers(1, 15))
    def wait(self, count: int) -> None:
        self.day += count

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 5), act=st.sampled_from("apr"))
    def act(self, who: RewardActor, place: int, act: str) -> None:
        def work(connection: Connection) -> None:
            known = reward_store.of_referral(connection, self.referral)
            if not known:
                return
            one, now = known[place % len(known)].id, days(self.day)
            if act == "a":
                reward_store.approve(connection, one, who, STAFF, RULES, now)
            elif act == "p":
                reward_store.pay(connection, one, who, now)
            else:
                reward_store.reverse(connection, one, "why", who, now)

        self.try_to(work)

    @invariant()
    def is_sound(self) -> None:
        with self.engine.begin() as connection:
            assert_sound(connection)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()


class TestLedger(Ledger.TestCase):
    settings = hypothesis_settings(max_examples=12, stateful_step_count=25, deadline=None)


async def gather(house: House, count: int, work) -> list[object]:
    """Run the same work at the same time; refusals are results."""
    tasks = (house.database.write(work) for _ in range(count))
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_sixteen_writers_book_each_step_once(house: House) -> None:
    rules = ReferralRules(**{**RULES.model_dump(), "hold_days": 0})

    def step_of(connection, before, after, step) -> None:
        follow_step(connection, before, after, step, rules, Roster())

    one = await house.database.write(add)
    for to, amount in (("contacted", None), ("qualified", None), ("won", 3_000_000)):
        step = ReferralStep(ReferralState(to), "k1", NOW, amount_minor=amount)
        await gather(house, 16, lambda c, step=step: acting.take_step(c, one, step, step_of))
    heads = await house.database.read(lambda c: reward_store.of_referral(c, one))
    assert sorted((head.event, head.receiver, head.amount_minor) for head in heads) == [
        ("qualified", "Bartek", 2_500),
        ("qualified", "Ewa", 2_500),
        ("won", "Bartek", 30_000),
        ("won", "Ewa", 30_000),
        ("won", "Fundacja Dom", 1_000),
        ("won", "Hydro-Bud", 10_000),
    ]
    manager = PEOPLE[0]
    for head in heads:
        await gather(
            house,
            4,
            lambda c, one=head.id: reward_store.approve(c, one, manager, STAFF, rules, NOW),
        )
        await gather(house, 4, lambda c, one=head.id: reward_store.pay(c, one, manager, NOW))
    await house.database.read(assert_sound)
    undone = ReferralStep(ReferralState.LOST, "k1", NOW, "the deal was undone")
    await gather(house, 16, lambda c: acting.take_step(c, one, undone, step_of))
    await house.database.read(assert_sound)
    sums = await house.database.read(lambda c: reward_store.balances(c, "ewa", "PLN"))
    assert {place: amount for place, amount in sums["PLN"].items() if amount} == {"paid": 2_500}
    lines = await house.database.read(lambda c: reward_store.payroll_lines(c, days(-1), days(1)))
    assert sum(line.amount_minor for line in lines) == 5_000
