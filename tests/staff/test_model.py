"""The roster: who is away, who works, who stands in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from inquiry_router.routing.spans import read_spans
from inquiry_router.routing.teams import Team
from inquiry_router.routing.working_hours import WorkingHours
from inquiry_router.staff.model import Absence, Member, Roster

WEEK = {day: ["08:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SERVICE = Team(id="customer_service", kind="service", names={"en": "service"}, hours=WEEK)
# A Thursday at 11:00 in Warsaw.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
CELINA = Member("c", "Celina Maj", teams=("customer_service",), email="celina@firma.example")
OLA = Member("o", "Ola Lis", teams=("customer_service", "sales"), helpdesk_user="olis")
ADAM = Member("a", "Adam Bąk")


def away(member: Member, first: str, last: str, substitute: str | None = None) -> Member:
    absence = Absence(date.fromisoformat(first), date.fromisoformat(last), substitute)
    return replace(member, absences=(*member.absences, absence))


def test_people_are_found_by_every_sign() -> None:
    roster = Roster((CELINA, OLA))
    assert roster.member("c") is CELINA
    assert roster.by_name("  celina   MAJ ") is CELINA
    assert roster.by_sign("OLIS") is OLA
    assert roster.by_sign("Celina@firma.example") is CELINA
    assert roster.member(None) is roster.by_name(None) is roster.by_sign("") is None
    assert roster.of_team("sales") == (OLA,)


@pytest.mark.parametrize(
    ("at", "working"),
    [
        (NOW, True),
        (NOW.replace(hour=6, minute=59), False),  # before eight in Warsaw
        (NOW.replace(hour=15), False),
        (NOW.replace(day=21), False),  # Saturday
        (NOW.replace(day=11), False),  # Independence Day
    ],
)
def test_people_work_in_the_hours_of_their_team(at: datetime, working: bool) -> None:
    assert (Roster((CELINA,)).working(SERVICE, at) == (CELINA,)) is working


def test_own_hours_stand_above_those_of_the_team() -> None:
    hours = WorkingHours("Europe/Warsaw", (read_spans(["18:00-20:00"]),) * 7)
    late = replace(CELINA, hours=hours)
    assert not late.is_working(SERVICE, NOW)
    assert late.is_working(SERVICE, NOW.replace(hour=17, minute=30))


def test_absence_lasts_to_the_end_of_its_last_day_where_the_person_is() -> None:
    person = away(CELINA, "2026-11-18", "2026-11-19")
    assert person.is_away(NOW)
    assert person.is_away(datetime(2026, 11, 19, 22, 59, tzinfo=UTC))
    assert not person.is_away(datetime(2026, 11, 19, 23, 0, tzinfo=UTC))
    assert Roster((person,)).working(SERVICE, NOW) == ()


def test_absence_stands_above_special_hours() -> None:
    special = Team(**SERVICE.model_dump() | {"special_hours": {"2026-11-21": ["08:00-16:00"]}})
    saturday = NOW.replace(day=21)
    assert CELINA.is_working(special, saturday)
    hours = away(CELINA, "2026-11-20", "2026-11-22").hours_at(special)
    assert hours.special == ()
    assert ("2026-11-20", "2026-11-22") in hours.closed


def test_presence_by_hand_ends_by_itself() -> None:
    person = replace(CELINA, away_since=NOW, away_until=NOW + timedelta(hours=2))
    assert person.is_away(NOW)
    assert not person.is_away(NOW - timedelta(seconds=1))
    assert not person.is_away(NOW + timedelta(hours=2))
    assert replace(person, away_until=None).is_away(NOW + timedelta(days=30))


def test_buffer_ends_new_purchases_before_an_absence_only() -> None:
    person = replace(away(CELINA, "2026-11-23", "2026-11-27"), buffer_days=3)
    soon = {day: person.leaves_soon(NOW.replace(day=day)) for day in (19, 20, 22, 23, 28)}
    assert soon == {19: False, 20: True, 22: True, 23: False, 28: False}


def test_chain_of_substitutes_ends_and_names_each_once() -> None:
    celina = away(CELINA, "2026-11-19", "2026-11-19", "o")
    ola = replace(away(OLA, "2026-11-19", "2026-11-19"), substitute="a")
    adam = replace(ADAM, substitute="c")
    roster = Roster((celina, ola, adam))
    assert roster.stand_ins(celina, NOW) == (ola, adam)
    assert roster.present(celina, NOW) is adam
    gone = replace(adam, away_since=NOW)
    assert Roster((celina, ola, gone)).present(celina, NOW) is None
    assert Roster((celina,)).stand_ins(celina, NOW) == ()
