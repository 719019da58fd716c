"""Inquiries decided by another policy: the same code, counted by what changes."""

from dataclasses import replace

from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.model import Channel, Classification, Draft
from inquiry_router.inquiry.reasons import reason
from inquiry_router.policies.moves import MAX_KINDS, Moves, Recorded, decide_recorded, seen_moves
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.routing.policy import Outcome, Policy
from tests.conftest import NOW

SHIPPED = default_file().documents
PRESENT = Rulebook(SHIPPED[POLICY], 1, SHIPPED[TEAMS])
ALL_TO_SALES = Policy(rules=[], default=Outcome(team="sales", priority="urgent"))
TRIED = Rulebook(ALL_TO_SALES, 2, SHIPPED[TEAMS])


def recorded(reference: str = "AAAA-AAAA", team: str = "customer_service", **more) -> Recorded:
    draft = Draft(Channel.EMAIL, "Pompa cieknie.", received_at=NOW)
    classification = Classification("defect", 0.9, "pl", "model", "test")
    decision = decide(draft, classification, (), PRESENT, NOW, **more)
    return Recorded("id", reference, team, draft, classification, (), decision)


def test_recorded_inquiry_is_decided_again_as_it_was() -> None:
    one = recorded()
    assert decide_recorded(one, [PRESENT]) == [one.decision]
    (other,) = decide_recorded(one, [TRIED])
    assert (other.team, other.priority, other.rule) == ("sales", "urgent", "default")


def test_choice_of_a_team_holds_under_every_policy() -> None:
    chosen = recorded(chosen_team="triage", chosen_by="chosen_by_call")
    assert chosen.chosen == ("triage", "chosen_by_call")
    for one in decide_recorded(chosen, [PRESENT, TRIED]):
        assert one.team == "triage"
    assert decide_recorded(chosen, [PRESENT]) == [chosen.decision]


def test_inquiry_that_says_nothing_yet_is_not_decided_by_another_policy() -> None:
    greeting = recorded(undecided=True)
    assert decide_recorded(greeting, [PRESENT]) == [greeting.decision]
    (tried,) = decide_recorded(greeting, [TRIED])
    assert tried.team == "triage"


def test_team_that_helps_out_is_no_difference_of_policies() -> None:
    one = recorded()
    why = reason("helps_out", team="sales", wanted="customer_service")
    helped = replace(one.decision, team="sales", reasons=(*one.decision.reasons, why))
    assert replace(one, decision=helped).by_policy.team == "customer_service"
    assert one.by_policy == one.decision


def count(*found: Recorded, samples: int = 2) -> Moves:
    moves = Moves(samples)
    for one in found:
        after, before = decide_recorded(one, [TRIED, PRESENT])
        moves.add(one, before, after)
    return moves


def test_moves_are_counted_and_sampled_and_can_be_continued() -> None:
    moves = count(recorded("A"), recorded("B", "sales"), recorded("C"))
    stored = moves.as_json()
    (move,) = seen_moves(stored, None)
    assert move["from"]["team"] == "customer_service"
    assert move["to"] == {"team": "sales", "priority": "urgent", "rule": "default"}
    assert (move["count"], move["samples"], moves.moved, moves.later) == (3, ["A", "B"], 3, 3)
    again = Moves.read(stored, 2)
    assert again == moves
    assert Moves.read({}, 2) == Moves(2)


def test_who_is_bound_to_teams_sees_only_their_moves_and_samples() -> None:
    stored = count(recorded("A"), recorded("B", "sales")).as_json()
    (theirs,) = seen_moves(stored, ("sales",))
    assert theirs["samples"] == ["B"]
    assert seen_moves(stored, ("triage",)) == []


def test_too_many_kinds_are_counted_together() -> None:
    moves, one = Moves(1), recorded()
    for number in range(MAX_KINDS + 3):
        moves.add(one, one.decision, replace(one.decision, rule=f"r{number}"))
    assert (len(moves.counts), moves.other_kinds, moves.moved) == (MAX_KINDS, 3, MAX_KINDS + 3)
