"""When to ask, with which words, and what is concluded from few figures."""

from dataclasses import replace

import pytest

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiry.errors import Conflict, Forbidden
from inquiry_router.referrals.asking import (
    CustomerFacts,
    HintReason,
    HintState,
    may_hint,
    praise_in,
    wordings,
)
from inquiry_router.referrals.board import BoardPerson, Deeds, check_season, coach, make_board
from inquiry_router.referrals.effect import CustomerAfter, compare
from inquiry_router.referrals.gain import CompanyFigures, gain_of
from tests.conftest import NOW
from tests.referrals.kit import RULES, days

FACTS = CustomerFacts("Bartek Wilk")
CALM = ReferralRules()


def test_customer_may_be_asked() -> None:
    assert may_hint(FACTS, CALM, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"owner": None},
        {"open_complaint": True},
        {"never": True},
        {"unreliable": 2},
        {"last_ask_at": days(-179)},
        {"last_hint_at": days(-179), "last_hint_state": HintState.OVER},
        {"last_hint_at": days(-29), "last_hint_state": HintState.NOT_NOW},
    ],
)
def test_customer_is_left_alone(changed: dict) -> None:
    assert not may_hint(replace(FACTS, **changed), CALM, NOW)


def test_rest_ends() -> None:
    asked = replace(FACTS, last_ask_at=days(-180), unreliable=1)
    assert may_hint(asked, CALM, NOW)
    later = replace(FACTS, last_hint_at=days(-30), last_hint_state=HintState.NOT_NOW)
    assert may_hint(later, CALM, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "Bardzo dziękuję za szybką naprawę! Działa.",
        "Świetna robota, pozdrawiam.",
        "Great job on the pump, thank you.",
        "Wir sind sehr zufrieden mit der Anlage.",
    ],
)
def test_praise_is_heard(text: str) -> None:
    assert praise_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Świetnie, znowu cieknie.",
        "Dziękuję za fakturę.",
        "Bardzo dziękuję, ale pompa nie działa.",
        "Great job, but it is still leaking.",
        "Ich bin nicht zufrieden.",
    ],
)
def test_irony_and_thanks_are_no_praise(text: str) -> None:
    assert praise_in(text) is None


@pytest.mark.parametrize("reason", HintReason)
@pytest.mark.parametrize("language", ["pl", "en", "de"])
def test_words_are_ready_for_each_way(language: str, reason: HintReason) -> None:
    assert set(wordings(language, reason)) == {"mail", "phone", "in_person"}


def test_board_shows_teams_and_only_who_wants_to_be_named() -> None:
    people = {
        "ewa": BoardPerson("ewa", "Ewa", ("sales",), by_name=True, is_mentor=True),
        "jan": BoardPerson("jan", "Jan", ("sales",), mentor_key="ewa"),
        "ola": BoardPerson("ola", "Ola", ("export",), is_manager=True, by_name=True),
    }
    deeds = [
        Deeds("jan", "Jan", asked=40, refused=20, won=1),
        Deeds("ewa", "Ewa", asked=2, qualified=2, won=3),
        Deeds("ola", "Ola", asked=2, refused=2),
    ]
    board = make_board(deeds, people)
    assert [(row.name, row.won) for row in board.teams] == [("sales", 4), ("export", 0)]
    assert [(row.name, row.score) for row in board.people] == [("Ewa", 62.0), ("Ola", 2.0)]
    assert [row.is_manager for row in board.people] == [False, True]
    assert board.unnamed == 1
    # Forty asks count as twenty; the pupil's success is the mentor's, too.
    assert board.teams[0].score == 62.0 + 20 + 15


def test_season_opens_after_the_managers_own_asks() -> None:
    spring, autumn = NOW.date(), days(90).date()
    with pytest.raises(Conflict, match="managers go first"):
        check_season(spring, autumn, is_manager=True, own_asks=1)
    with pytest.raises(Forbidden):
        check_season(spring, autumn, is_manager=False, own_asks=5)
    check_season(spring, autumn, is_manager=True, own_asks=2)


def test_coach_sees_who_never_asks_first() -> None:
    found = coach({"a": ("A", 100), "b": ("B", 100)}, {"a": 20}, 0.1, 10_000)
    assert [(one.person, one.asked, one.worth_minor) for one in found] == [
        ("B", 0, 100_000),
        ("A", 20, 80_000),
    ]


def test_gain_comes_from_what_was_won() -> None:
    figures = CompanyFigures((100_000, 200_000, 10_000_000), closed=6, asks=30, named=10)
    gain = gain_of(5, figures, RULES)
    assert (gain.won, gain.turnover_minor, gain.hours) == (2.5, 500_000, 35.0)
    assert (gain.deals, gain.is_enough, gain.conversations) == (3, False, 15.0)
    # 2 % of the median for each deal, and 50.00 for each qualified one.
    assert gain.reward_minor == 2.5 * 4_000 + 5 * 5_000
    assert gain_of(5, CompanyFigures(), RULES).won is None


def test_effect_claims_nothing_from_few_customers() -> None:
    few = [CustomerAfter(n % 2 == 0, 1, 0) for n in range(50)]
    assert compare(few).verdict == "too_few"
    same = [CustomerAfter(n % 2 == 0, n % 4 < 2, 0) for n in range(400)]
    assert compare(same).verdict == "no_difference"
    worse = [CustomerAfter(n % 2 == 0, int(n % 2 == 1 or n % 8 == 0), 1) for n in range(400)]
    assert compare(worse).verdict == "fewer_orders"
    assert compare(worse).asked.customers == 200
