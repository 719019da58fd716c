"""Choosing, over random rosters: nobody absent, no circle, the right side, and fairness."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.assignment.choosing import choose
from inquiry_router.assignment.model import Asked, Load, Turns
from inquiry_router.inquiry.model import Channel
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.teams import Team
from inquiry_router.staff.model import Absence, Member, Roster

WEEK = {day: ["08:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SERVICE = Team(id="service", kind="service", names={"en": "service"}, hours=WEEK)
SALES = Team(id="sales", kind="sales", names={"en": "sales"}, hours=WEEK)
# A Thursday at 11:00 in Warsaw.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)
IN_TURN = Assign(to="in_turn")


def asked(team: Team = SERVICE, assign: Assign = IN_TURN, **more: object) -> Asked:
    return replace(Asked("i", team, assign, Channel.EMAIL, "pl"), **more)  # type: ignore[arg-type]


def member(member_id: str, **more: object) -> Member:
    base = Member(member_id, f"Osoba {member_id}", teams=("service", "sales"))
    return replace(base, **more)  # type: ignore[arg-type]


def chosen(one: Asked, *members: Member, loads: dict[str, Load] | None = None) -> str | None:
    found = choose(one, Roster(members), loads or {}, Turns(), NOW)
    return found.member_id if found else None


absences = st.builds(
    lambda begin, days: Absence(
        TODAY + timedelta(days=begin), TODAY + timedelta(days=begin + days)
    ),
    st.integers(-3, 3),
    st.integers(0, 4),
)
people = st.builds(
    Member,
    id=st.uuids().map(str),
    name=st.uuids().map(str),
    kind=st.sampled_from(["agent", "salesperson", "manager"]),
    teams=st.sampled_from([(), ("service",), ("sales",), ("service", "sales")]),
    languages=st.sampled_from([(), ("pl",), ("de",)]),
    skills=st.sampled_from([(), ("defect",), ("pompa",)]),
    capacity=st.sampled_from([None, 1, 3]),
    limit_an_hour=st.sampled_from([None, 2]),
    buffer_days=st.integers(0, 3),
    absences=st.lists(absences, max_size=2).map(tuple),
    away_since=st.sampled_from([None, NOW - timedelta(hours=1), NOW + timedelta(hours=1)]),
    away_until=st.sampled_from([None, NOW + timedelta(hours=2)]),
)
wishes = st.builds(
    Assign,
    to=st.sampled_from(["in_turn", "least_loaded", "owner", "carer"]),
    sticky=st.booleans(),
    skill=st.sampled_from([None, "prefer", "require"]),
    language=st.sampled_from([None, "prefer", "require"]),
)


@given(
    st.lists(people, max_size=8, unique_by=lambda one: one.id),
    wishes,
    st.sampled_from([SERVICE, SALES]),
    st.booleans(),
    st.data(),
)
def test_nobody_wrong_gets_anything(
    members: list[Member], assign: Assign, team: Team, sure: bool, data: st.DataObject
) -> None:
    ids = [one.id for one in members]
    members = [replace(one, substitute=data.draw(st.sampled_from([None, *ids]))) for one in members]
    roster, turns, loads = Roster(tuple(members)), Turns(), dict[str, Load]()
    names = [one.name for one in members]
    roles = {
        role: data.draw(st.sampled_from(names))
        for role in ("owner", "deputy", "service_carer")
        if names
    }
    last = data.draw(st.sampled_from([None, *ids]))
    passed: set[str] = set()
    for _ in range(len(members) + 2):  # an offer that everybody passes on
        one = asked(team, assign, is_sure=sure, people=roles, last=last, passed=frozenset(passed))
        found = choose(one, roster, loads, turns, NOW)
        if found is None:
            break
        who = roster.member(found.member_id)
        assert who is not None
        assert not who.is_away(NOW)
        assert who.id not in passed
        if team is SERVICE:
            assert who.kind != "salesperson"
        if found.in_turn:
            assert who in roster.working(team, NOW)
            assert who.capacity is None or loads.get(who.id, Load()).weight < who.capacity
            turns.take(who.id)
        if found.why.get("owner"):
            assert sure
            assert team is SALES
        passed.add(who.id)
    else:
        pytest.fail("it goes round")


@given(st.integers(1, 9), st.integers(0, 100), st.data())
def test_shares_differ_by_one_whoever_comes_back(
    count: int, inquiries: int, data: st.DataObject
) -> None:
    members = [member(str(n)) for n in range(count)]
    turns = Turns()
    # Somebody was away while the others had many turns.
    for one in data.draw(st.lists(st.sampled_from(members), max_size=30)):
        turns.take(one.id)
    shares: Counter[str] = Counter()
    highest = max(turns.next.values(), default=0)
    caught_up = {one.id: highest - max(turns.next.get(one.id, 0), turns.latest) for one in members}
    for _ in range(inquiries):
        found = choose(asked(), Roster(tuple(members)), {}, turns, NOW)
        assert found is not None
        turns.take(found.member_id)
        shares[found.member_id] += 1
    if inquiries >= sum(caught_up.values()):
        whole = [shares[one.id] - caught_up[one.id] for one in members]
        assert max(whole) - min(whole) <= 1


def test_who_was_away_does_not_catch_up() -> None:
    turns = Turns()
    for _ in range(50):
        turns.take("a")
    both = Roster((member("a"), member("b")))
    got = Counter[str]()
    for _ in range(10):
        found = choose(asked(), both, {}, turns, NOW)
        assert found is not None
        turns.take(found.member_id)
        got[found.member_id] += 1
    assert got["b"] <= 6


def test_turn_given_back_goes_first_once() -> None:
    turns = Turns()
    for one in ("a", "b", "a", "b"):
        turns.take(one)
    turns.give_back("b")
    order = []
    for _ in range(4):
        found = choose(asked(), Roster((member("a"), member("b"))), {}, turns, NOW)
        assert found is not None
        turns.take(found.member_id)
        order.append(found.member_id)
    assert order == ["b", "a", "b", "a"]


def test_buffer_keeps_new_purchases_away_but_no_service() -> None:
    soon = (Absence(TODAY + timedelta(days=2), TODAY + timedelta(days=9)),)
    leaving = member("a", absences=soon, buffer_days=3)
    assert chosen(asked(SALES), leaving) is None
    assert chosen(asked(SERVICE), leaving) == "a"


def test_owner_only_for_sure_sales_matters() -> None:
    owner = member("o", kind="salesperson", name="Ewa Lis")
    other = member("x", kind="salesperson")
    wish = Assign(to="owner")
    roles = {"owner": "ewa lis"}
    assert chosen(asked(SALES, wish, people=roles), other, owner) == "o"
    assert chosen(asked(SALES, wish, people=roles, is_sure=False), other, owner) == "x"
    assert chosen(asked(SERVICE, wish, people=roles), other, owner) is None


def test_owner_who_is_away_is_replaced_by_deputy_and_then_substitute() -> None:
    wish, roles = Assign(to="owner"), {"owner": "Ewa Lis", "deputy": "Ola"}
    owner = member("o", name="Ewa Lis", away_since=NOW, substitute="s")
    deputy, substitute = member("d", name="Ola"), member("s", teams=())
    everybody = (owner, deputy, substitute)
    assert chosen(asked(SALES, wish, people=roles), *everybody) == "d"
    gone = replace(deputy, away_since=NOW)
    assert chosen(asked(SALES, wish, people=roles), owner, gone, substitute) == "s"


def test_calls_interrupt_mail_but_not_calls() -> None:
    full = member("a", capacity=3)
    call = asked(channel=Channel.PHONE)
    assert chosen(asked(), full, loads={"a": Load(3, 0, 3)}) is None
    assert chosen(call, full, loads={"a": Load(3, 0, 3)}) == "a"
    assert chosen(call, full, loads={"a": Load(3, 3, 3)}) is None


def test_limit_an_hour() -> None:
    limited = member("a", limit_an_hour=2)
    assert chosen(asked(), limited, loads={"a": Load(0, 0, 1)}) == "a"
    assert chosen(asked(), limited, loads={"a": Load(0, 0, 2)}) is None


@pytest.mark.parametrize(("wish", "found"), [("prefer", "b"), ("require", "b"), (None, "a")])
def test_skill_and_language(wish: str | None, found: str) -> None:
    first = member("a", languages=("pl",))
    second = member("b", languages=("de",), skills=("Pompa",))
    by_skill = asked(assign=Assign(to="in_turn", skill=wish), skills=frozenset({"pompa"}))
    assert chosen(by_skill, first, second) == found
    by_language = asked(assign=Assign(to="in_turn", language=wish), language="de")
    assert chosen(by_language, first, second) == found


def test_required_skill_waits_and_a_preferred_one_does_not() -> None:
    plain = member("a")
    assert chosen(asked(assign=Assign(to="in_turn", skill="prefer")), plain) == "a"
    assert chosen(asked(assign=Assign(to="in_turn", skill="require")), plain) is None
