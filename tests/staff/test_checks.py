"""Circles of substitutes, and absences that leave nobody."""

from dataclasses import replace
from datetime import date

from inquiry_router.routing.teams import Teams
from inquiry_router.staff.checks import circle_of_absences, gaps_in
from inquiry_router.staff.model import Roster
from tests.staff.test_model import ADAM, CELINA, OLA, SERVICE, away

TEAMS = Teams(
    teams=[SERVICE, SERVICE.model_copy(update={"id": "triage", "kind": "triage"})],
)
TODAY = date(2026, 11, 19)


def test_two_who_stand_in_for_each_other_are_no_circle() -> None:
    celina = replace(away(CELINA, "2026-12-01", "2026-12-04"), substitute="o")
    ola = replace(away(OLA, "2026-12-07", "2026-12-11"), substitute="c")
    assert circle_of_absences([celina, ola]) is None


def test_circle_of_people_who_are_all_away_is_named() -> None:
    celina = away(CELINA, "2026-12-01", "2026-12-04", "o")
    ola = replace(away(OLA, "2026-12-04", "2026-12-11"), substitute="a")
    adam = away(ADAM, "2026-12-02", "2026-12-09", "c")
    assert circle_of_absences([celina, ola, adam]) == (
        "On 2026-12-04 they are all away and stand in for each other: "
        "Celina Maj -> Ola Lis -> Adam Bąk -> Celina Maj"
    )
    # A chain that leads into a circle of others is told by its members, once.
    before = replace(away(ADAM, "2026-12-01", "2026-12-30", "o"), id="b")
    ola_back = away(OLA, "2026-12-01", "2026-12-30", "c")
    found = circle_of_absences([before, celina, ola_back])
    assert found is not None
    assert found.endswith("Celina Maj -> Ola Lis -> Celina Maj")


def test_days_without_anybody_are_told_as_spans() -> None:
    celina = away(CELINA, "2026-11-10", "2026-11-20")
    ola = away(away(OLA, "2026-11-17", "2026-11-20"), "2026-12-24", "2026-12-24")
    both = Roster((celina, away(ola, "2027-01-05", "2027-01-05")))
    (told,) = gaps_in(both, TEAMS.teams, TODAY)
    assert told == (
        "Team 'customer_service' has nobody from 2026-11-19 to 2026-11-20: Celina Maj, Ola Lis are "
        "all away. Move an absence, or add somebody to the team."
    )
    assert gaps_in(Roster((celina, OLA)), TEAMS.teams, TODAY) == []
