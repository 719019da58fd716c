"""Deciding again: every effect that a later message can have on its inquiry."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inquiry_router.inquiry.matter import Candidate, SaidBefore
from inquiry_router.inquiry.model import (
    UNAVAILABLE,
    Attachment,
    Channel,
    Classification,
    Contact,
    Decision,
    Draft,
    EntityKind,
    Flag,
    Priority,
    Provenance,
    Status,
    Understanding,
)
from inquiry_router.matters.again import (
    Change,
    decide_again,
    is_other_matter,
    may_decide_anew,
    said_so_far,
    status_after_message,
)
from inquiry_router.matters.settings import MatterRules
from tests.matters.understood import (
    BUY,
    GREETING,
    JAN,
    LEAK,
    MORE,
    NOW,
    PRICE,
    RULEBOOK,
    RULES,
    about,
    inquiry_of,
    judge,
    understood,
    word,
)


def test_fixtures_are_decided_as_the_tests_suppose() -> None:
    places = [(one.decision.team, one.decision.priority) for one in (LEAK, BUY, GREETING)]
    assert places == [
        ("customer_service", Priority.HIGH),
        ("sales", Priority.HIGH),
        ("triage", Priority.NORMAL),
    ]


# Opening


def test_first_message_that_says_something_decides_a_greeting() -> None:
    verdict = judge(inquiry_of(GREETING, Status.NEW), LEAK, whole=LEAK)
    assert (verdict.change, verdict.receipt.status) == (Change.DECIDED, Status.ROUTED)
    assert verdict.receipt.decision.team == "customer_service"
    assert verdict.receipt.decision.flags == ()
    assert verdict.receipt.classification == LEAK.classification
    assert verdict.reasons == ("what was said so far decides it: customer_service",)


def test_second_greeting_decides_nothing() -> None:
    verdict = judge(inquiry_of(GREETING, Status.NEW), GREETING, whole=GREETING)
    assert (verdict.change, verdict.receipt.status) == (Change.KEPT, Status.NEW)


@pytest.mark.parametrize(
    "found", [about("other"), about("other", 0.4, unsure=True)], ids=["other", "unsure"]
)
def test_what_stays_in_triage_is_decided_too(found: Classification) -> None:
    """`new` ends when the customer has said something, even if people must decide."""
    said = understood("To ja z wczoraj, jak się umówiliśmy", found)
    verdict = judge(inquiry_of(GREETING, Status.NEW), said, whole=said)
    assert (verdict.change, verdict.receipt.status) == (Change.DECIDED, Status.ROUTED)
    assert verdict.receipt.decision.team == "triage"
    assert Flag.UNDECIDED not in verdict.receipt.decision.flags


def test_unsure_purchase_after_a_greeting_stays_out_of_sales() -> None:
    unsure = understood("chyba kupić, nie wiem", about("new_purchase", 0.5, unsure=True))
    verdict = judge(inquiry_of(GREETING, Status.NEW), unsure, whole=unsure)
    assert verdict.receipt.decision.team == "triage"


def test_unsure_inquiry_is_decided_by_a_surer_one() -> None:
    unsure = understood("coś z tym urządzeniem", about("defect", 0.4, unsure=True))
    assert unsure.decision.team == "triage"
    verdict = judge(inquiry_of(unsure), LEAK, whole=LEAK)
    assert (verdict.change, verdict.receipt.decision.team) == (Change.DECIDED, "customer_service")
    again = judge(inquiry_of(unsure), unsure, whole=unsure)
    assert again.change is Change.KEPT


def test_deciding_for_the_first_time_never_lowers_the_priority() -> None:
    urgent = replace(GREETING, decision=replace(GREETING.decision, priority=Priority.URGENT))
    verdict = judge(inquiry_of(urgent, Status.NEW), LEAK, whole=LEAK)
    assert verdict.receipt.decision.priority is Priority.URGENT


def test_later_messages_decide_only_what_nobody_could_decide() -> None:
    verdict = judge(inquiry_of(LEAK), BUY, whole=BUY)
    assert verdict.receipt.decision == LEAK.decision


# Chat


def chat_of(said: Understanding) -> Understanding:
    return replace(said, draft=replace(said.draft, channel=Channel.CHAT))


@pytest.mark.parametrize(
    ("seconds_ago", "handed_over", "channel", "anew"),
    [
        (9.9, False, Channel.CHAT, True),
        (10, False, Channel.CHAT, True),
        (10.1, False, Channel.CHAT, False),
        (5, True, Channel.CHAT, False),
        (5, False, Channel.EMAIL, False),
        (5, False, Channel.FORM, False),
    ],
)
def test_chat_is_decided_anew_for_ten_seconds_until_it_was_handed_over(
    seconds_ago: float, handed_over: bool, channel: Channel, anew: bool
) -> None:
    opened = replace(BUY, draft=replace(BUY.draft, channel=channel))
    inquiry = inquiry_of(opened, seconds_ago=seconds_ago, handed_over=handed_over)
    progress = inquiry.progress
    assert may_decide_anew(progress, RULEBOOK, RULES, NOW, handed_over=handed_over) is anew
    verdict = judge(inquiry, chat_of(MORE), whole=LEAK)
    assert (verdict.change is Change.DECIDED) is anew
    assert verdict.receipt.decision.team == ("customer_service" if anew else "sales")


def test_seconds_of_a_chat_are_policy() -> None:
    progress = inquiry_of(chat_of(BUY), seconds_ago=50).progress
    patient = MatterRules(chat_settles_within_seconds=60)
    assert may_decide_anew(progress, RULEBOOK, patient, NOW)
    assert not may_decide_anew(progress, RULEBOOK, RULES, NOW)


def test_more_words_of_a_chat_do_not_make_a_sure_decision_unsure() -> None:
    unsure = understood("halo, pompa, halo", about("defect", 0.4, unsure=True))
    verdict = judge(inquiry_of(chat_of(LEAK), seconds_ago=2), unsure, whole=unsure)
    assert (verdict.change, verdict.receipt.decision) == (Change.KEPT, LEAK.decision)


# Keep


@pytest.mark.parametrize(
    "status", [Status.ROUTED, Status.WAITING_FOR_US, Status.WAITING_FOR_CUSTOMER]
)
def test_later_message_keeps_team_priority_and_due_time(status: Status) -> None:
    verdict = judge(inquiry_of(LEAK, status), MORE)
    assert verdict.change is Change.KEPT
    assert verdict.receipt.decision == LEAK.decision
    assert verdict.reasons == ("it stays with customer_service",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.NEW, Status.NEW),
        (Status.ROUTED, Status.ROUTED),
        (Status.WAITING_FOR_CUSTOMER, Status.WAITING_FOR_US),
        (Status.WAITING_FOR_US, Status.WAITING_FOR_US),
    ],
)
def test_message_ends_the_waiting_for_the_customer(before: Status, after: Status) -> None:
    assert status_after_message(before) is after


# Raise


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        (Priority.LOW, EntityKind.DANGER, Priority.URGENT),
        (Priority.HIGH, EntityKind.DANGER, Priority.URGENT),
        (Priority.LOW, EntityKind.URGENCY, Priority.NORMAL),
        (Priority.NORMAL, EntityKind.REPETITION, Priority.HIGH),
        (Priority.HIGH, EntityKind.THREAT, Priority.URGENT),
    ],
)
def test_danger_hurry_repetition_and_threats_raise(
    before: Priority, kind: EntityKind, after: Priority
) -> None:
    calm = replace(LEAK, decision=replace(LEAK.decision, priority=before))
    said = understood("tekst", about("defect"), word(kind, "te\n słowa"))
    verdict = judge(inquiry_of(calm), said)
    assert (verdict.change, verdict.receipt.decision.priority) == (Change.RAISED, after)
    assert verdict.receipt.decision.team == "customer_service"
    assert verdict.reasons == (f"'te słowa' raises the priority from {before} to {after}",)


@pytest.mark.parametrize(
    "kind",
    [EntityKind.DANGER, EntityKind.URGENCY, EntityKind.REPETITION, EntityKind.THREAT],
)
def test_urgent_stays_urgent_without_a_word(kind: EntityKind) -> None:
    urgent = replace(LEAK, decision=replace(LEAK.decision, priority=Priority.URGENT))
    verdict = judge(inquiry_of(urgent), understood("tekst", about("defect"), word(kind, "słowa")))
    assert (verdict.change, verdict.receipt.decision) == (Change.KEPT, urgent.decision)


def test_danger_counts_more_than_a_hurry_that_is_named_first() -> None:
    words = (word(EntityKind.URGENCY, "szybko"), word(EntityKind.DANGER, "iskrzy"))
    calm = inquiry_of(replace(LEAK, decision=low(LEAK.decision)))
    verdict = judge(calm, understood("szybko, iskrzy", about("defect"), *words))
    assert verdict.receipt.decision.priority is Priority.URGENT
    assert "iskrzy" in verdict.reasons[0]
    assert verdict.receipt.decision.reasons[-1] == verdict.reasons[0]


def test_hurry_of_a_message_that_is_understood_late_has_counted_already() -> None:
    hurry = understood("tekst", about("defect"), word(EntityKind.URGENCY, "pilne"))
    calm = inquiry_of(replace(LEAK, decision=low(LEAK.decision)))
    late = decide_again(calm, hurry, None, RULEBOOK, RULES, NOW, is_late=True)
    assert (late.change, late.receipt.decision) == (Change.KEPT, calm.receipt.decision)
    danger = understood("tekst", about("defect"), word(EntityKind.DANGER, "dymi"))
    late = decide_again(calm, danger, None, RULEBOOK, RULES, NOW, is_late=True)
    assert (late.change, late.receipt.decision.priority) == (Change.RAISED, Priority.URGENT)


def low(decision: Decision) -> Decision:
    return replace(decision, priority=Priority.LOW)


def test_numbers_and_dates_raise_nothing() -> None:
    words = (word(EntityKind.ORDER_NUMBER, "4500111"), word(EntityKind.DATE, "jutro"))
    verdict = judge(inquiry_of(LEAK), understood("do jutra 4500111", about("defect"), *words))
    assert verdict.receipt.decision == LEAK.decision


# Split


@pytest.mark.parametrize(("first", "then"), [(LEAK, PRICE), (BUY, LEAK)])
def test_sure_matter_of_the_other_kind_of_team_is_split_off(
    first: Understanding, then: Understanding
) -> None:
    verdict = judge(inquiry_of(first), then)
    assert (verdict.change, verdict.receipt.decision) == (Change.SPLIT, first.decision)
    category = then.classification.category
    assert verdict.reasons == (f"it is surely {category}, a matter for another kind of team",)


@pytest.mark.parametrize(
    "found",
    [
        about("new_purchase", 0.99, unsure=True),
        about("new_purchase", 0.84),
        about("other", 0.99),
        about("new_purchase", 0.99, method=UNAVAILABLE),
        about("order_support", 0.99),
    ],
    ids=["unsure", "below the threshold", "other", "no classifier", "same kind of team"],
)
def test_what_is_not_surely_for_the_other_team_is_not_split_off(found: Classification) -> None:
    verdict = judge(inquiry_of(LEAK), understood("A po ile?", found))
    assert (verdict.change, verdict.receipt.decision) == (Change.KEPT, LEAK.decision)


def test_threshold_of_splitting_is_policy() -> None:
    said = understood("A po ile nowe?", about("new_purchase", 0.8, goes_on=-3.0))
    bold = MatterRules(split_from_confidence=0.8)
    assert is_other_matter(LEAK.decision, said, RULEBOOK, bold)
    assert not is_other_matter(LEAK.decision, said, RULEBOOK, RULES)


def test_nothing_is_split_off_triage() -> None:
    placed = replace(LEAK, decision=replace(LEAK.decision, team="triage"))
    verdict = judge(inquiry_of(placed, touched=True), PRICE)
    assert (verdict.change, verdict.receipt.decision.team) == (Change.KEPT, "triage")


def test_more_about_what_a_person_gave_to_the_other_team_is_not_split_off() -> None:
    """A defect that a person gave to sales: more words about defects stay there."""
    given = replace(LEAK, decision=replace(LEAK.decision, team="sales"))
    for said in (LEAK, MORE, understood("iskrzy", about("defect"))):
        verdict = judge(inquiry_of(given, touched=True), said)
        assert verdict.change in (Change.KEPT, Change.RAISED)
        assert verdict.receipt.decision.team == "sales"
    bought = replace(BUY, decision=replace(BUY.decision, team="customer_service"))
    assert judge(inquiry_of(bought, touched=True), PRICE).change is Change.KEPT


def test_danger_is_never_left_to_sales() -> None:
    spark = word(EntityKind.DANGER, "iskrzy")
    price = understood("pompa iskrzy, po ile nowe?", about("new_purchase"), spark)
    sold = replace(price, decision=replace(price.decision, team="sales"))
    verdict = judge(inquiry_of(LEAK), sold)
    assert (verdict.change, verdict.receipt.decision.priority) == (Change.RAISED, Priority.URGENT)
    to_service = judge(inquiry_of(BUY), understood("iskrzy", about("defect"), spark))
    assert to_service.change is Change.SPLIT


@pytest.mark.parametrize(
    ("goes_on", "change"),
    [(1.75, Change.KEPT), (-0.5, Change.KEPT), (None, Change.KEPT), (-0.51, Change.SPLIT)],
)
def test_price_of_what_was_told_stays_with_the_complaint(
    goes_on: float | None, change: Change
) -> None:
    said = understood("Ile to będzie kosztować?", about("new_purchase", 1.0, goes_on=goes_on))
    assert judge(inquiry_of(LEAK), said).change is change


@pytest.mark.parametrize("status", [Status.WAITING_FOR_CUSTOMER, Status.RESOLVED])
def test_where_another_matter_is_only_noted_the_team_has_to_answer_it(status: Status) -> None:
    verdict = judge(inquiry_of(LEAK, status), PRICE, rules=MatterRules(split="note"))
    resolved = status is Status.RESOLVED
    assert verdict.change is (Change.REOPENED if resolved else Change.SPLIT)
    assert verdict.receipt.status is Status.WAITING_FOR_US
    assert verdict.receipt.decision.team == "customer_service"
    assert "it is surely new_purchase, a matter for another kind of team" in verdict.reasons


def test_split_leaves_a_resolved_inquiry_resolved() -> None:
    verdict = judge(inquiry_of(LEAK, Status.RESOLVED), PRICE)
    assert (verdict.change, verdict.receipt.status) == (Change.SPLIT, Status.RESOLVED)


# Nothing new


@pytest.mark.parametrize("status", [Status.WAITING_FOR_CUSTOMER, Status.RESOLVED])
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (understood("Dziękuję bardzo!", about("other")), "it only says thank you"),
        (
            understood(
                "Nie ma mnie w biurze, pilne sprawy: biuro@klient.example",
                about("order_support"),
                word(EntityKind.URGENCY, "pilne"),
                provenance=Provenance(automatic="auto_reply"),
            ),
            "a machine wrote it, so nothing changes",
        ),
    ],
)
def test_thanks_and_automatic_mail_change_nothing(
    status: Status, said: Understanding, reason: str
) -> None:
    inquiry = inquiry_of(LEAK, status)
    verdict = judge(inquiry, said, whole=BUY)
    assert (verdict.change, verdict.receipt) == (Change.KEPT, inquiry.receipt)
    assert verdict.reasons == (reason,)


def test_automatic_mail_decides_no_greeting() -> None:
    bounce = understood("Undeliverable", about("other"), provenance=Provenance("bounce"))
    verdict = judge(inquiry_of(GREETING, Status.NEW), bounce, whole=LEAK)
    assert (verdict.change, verdict.receipt.status) == (Change.KEPT, Status.NEW)


def test_thanks_with_a_file_say_something() -> None:
    files = Provenance(attachments=(Attachment("skan.pdf", "application/pdf", 7),))
    said = understood("Dziękuję", about("other", 0.4, unsure=True), provenance=files)
    verdict = judge(inquiry_of(LEAK, Status.RESOLVED), said)
    assert verdict.change is Change.REOPENED


# Reopen


def test_message_reopens_a_resolved_inquiry_with_a_new_due_time() -> None:
    inquiry = inquiry_of(LEAK, Status.RESOLVED)
    late = NOW + timedelta(days=5)
    verdict = decide_again(inquiry, MORE, None, RULEBOOK, RULES, late)
    assert (verdict.change, verdict.receipt.status) == (Change.REOPENED, Status.WAITING_FOR_US)
    due_at, before = verdict.receipt.decision.due_at, LEAK.decision.due_at
    assert due_at is not None and before is not None and due_at > late > before
    assert replace(verdict.receipt.decision, due_at=before) == LEAK.decision
    assert verdict.reasons == ("the customer wrote again, so customer_service has it again",)


def test_reopening_raises_too() -> None:
    said = understood("znowu, i to pilne", about("defect"), word(EntityKind.URGENCY, "pilne"))
    verdict = judge(inquiry_of(LEAK, Status.RESOLVED), said)
    assert (verdict.change, verdict.receipt.decision.priority) == (
        Change.REOPENED,
        Priority.URGENT,
    )
    assert len(verdict.reasons) == 2


def test_resolved_inquiry_is_not_decided_anew() -> None:
    verdict = judge(inquiry_of(GREETING, Status.RESOLVED), LEAK, whole=LEAK)
    assert (verdict.change, verdict.receipt.decision.team) == (Change.REOPENED, "triage")


# People win


@pytest.mark.parametrize("first", [GREETING, chat_of(BUY)], ids=["undecided", "fresh chat"])
def test_router_never_moves_what_a_person_touched(first: Understanding) -> None:
    status = Status.NEW if first is GREETING else Status.ROUTED
    inquiry = inquiry_of(first, status, seconds_ago=1, touched=True)
    assert not may_decide_anew(inquiry.progress, RULEBOOK, RULES, NOW)
    verdict = judge(inquiry, MORE, whole=LEAK)
    assert verdict.receipt.decision.team == first.decision.team
    assert verdict.change in (Change.KEPT, Change.SPLIT)


# Everything that was said


def test_everything_that_was_said_is_joined_in_the_order_of_time() -> None:
    before = [
        SaidBefore(NOW, None, "mam pytanie", Contact()),
        SaidBefore(NOW, "Pompa", "Dzień dobry", JAN),
    ]
    progress = inquiry_of(GREETING).progress
    matter = Candidate("id", "3WYA-EE71", progress, None, frozenset(), tuple(before))
    newest = Draft(Channel.CHAT, "cieknie", subject="Re: Pompa")
    joined = said_so_far(matter, newest)
    assert joined.text == "Dzień dobry\nmam pytanie\ncieknie"
    assert (joined.subject, joined.channel, joined.contact) == ("Pompa", Channel.CHAT, JAN)
    ewa = Contact("Ewa")
    assert said_so_far(matter, replace(newest, contact=ewa)).contact == ewa
