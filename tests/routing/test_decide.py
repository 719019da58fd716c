"""Decisions: the first rule that applies, and the sales guard above all rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from pydantic import ValidationError

from inquiry_router.configuration import documents
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Evidence,
    Flag,
    Priority,
)
from inquiry_router.routing import decide as module
from inquiry_router.routing.decide import promised_minutes
from inquiry_router.routing.own_intents import OwnIntent, OwnIntents
from inquiry_router.routing.policy import Outcome, Policy
from inquiry_router.text.folding import read_words

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
SHIPPED = default_file().documents
TEAMS = SHIPPED[documents.TEAMS]
DEFAULT = SHIPPED[documents.POLICY]
# The policy of a company that has no rule for danger.
WITHOUT_DANGER = Policy(
    rules=[rule for rule in DEFAULT.rules if rule.id != "danger"], default=DEFAULT.default
)


def about(category: str, confidence: float = 0.9, **more) -> Classification:
    return Classification(category, confidence, "pl", more.pop("method", "model"), "test", **more)


def draft(text: str = "tekst", **more) -> Draft:
    return Draft(more.pop("channel", Channel.EMAIL), text, **more)


def decide(
    inquiry: Draft,
    found: Classification,
    by: Policy,
    *words: Entity,
    version: int = 1,
    now: datetime = NOW,
) -> Decision:
    return module.decide(inquiry, found, words, module.Rulebook(by, version, TEAMS), now)


def word(kind: EntityKind, text: str) -> Entity:
    return Entity(kind, text, None, 0, len(text))


def policy(*rules: dict, default: str = "triage", **more) -> Policy:
    return Policy.model_validate(
        {
            "rules": [
                {"id": f"r{n}", "then": {"team": "sales", "priority": "normal"}, **rule}
                for n, rule in enumerate(rules)
            ],
            "default": {"team": default, "priority": "normal"},
            **more,
        }
    )


@pytest.mark.parametrize(
    ("category", "team", "priority"),
    [
        ("defect", "customer_service", Priority.HIGH),
        ("order_support", "customer_service", Priority.NORMAL),
        ("catalog_request", "customer_service", Priority.NORMAL),
        ("new_purchase", "sales", Priority.HIGH),
        ("referral", "sales", Priority.NORMAL),
        ("other", "triage", Priority.LOW),
    ],
)
def test_shipped_policy_decides_each_category(category: str, team: str, priority: Priority) -> None:
    decision = decide(draft(), about(category), DEFAULT)
    assert (decision.team, decision.priority, decision.flags) == (team, priority, ())
    assert decision.due_at is not None and decision.due_at > NOW
    assert any(category in reason for reason in decision.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "Z pompy dymi się!",
        "pompa iskrzy",
        "zalało nam piwnicę, zalewa dalej",
        "there is smoke coming out",
        "es riecht, Gasgeruch",
    ],
)
@pytest.mark.parametrize(
    "classification",
    [
        about("defect"),
        about("order_support"),
        about("catalog_request"),
        about("other"),
        about("new_purchase", unsure=True),
        about("other", 0.0, method="unavailable", unsure=True),
    ],
)
def test_danger_is_urgent_whatever_the_classifier_says(
    text: str, classification: Classification
) -> None:
    found = find_entities(None, text)
    decision = decide(draft(text), classification, DEFAULT, *found)
    assert (decision.priority, decision.team, decision.rule) == (
        Priority.URGENT,
        "customer_service",
        "danger",
    )
    assert decision.reasons[-1] == "answer due within 60 working minutes of customer_service"


def test_promise_to_a_caller_in_danger_does_not_wait_for_working_hours() -> None:
    danger = word(EntityKind.DANGER, "czuć gaz")
    by_phone = decide(draft(channel=Channel.PHONE), about("defect"), DEFAULT, danger, now=NIGHT)
    assert by_phone.due_at == NIGHT + timedelta(minutes=60)
    assert by_phone.reasons[-1] == "answer due within 60 minutes, any hour"
    by_mail = decide(draft(), about("defect"), DEFAULT, danger, now=NIGHT)
    assert by_mail.due_at is not None and by_mail.due_at > NIGHT + timedelta(hours=6)


def test_rule_names_the_words_that_it_asks_for() -> None:
    decided = decide(draft(), about("defect"), DEFAULT, word(EntityKind.DANGER, "czuć gaz"))
    (rule,) = (reason for reason in decided.reasons if reason.startswith("rule 'danger' applies"))
    assert rule.endswith("('czuć gaz')")


def test_danger_raises_every_category_under_any_policy() -> None:
    danger = word(EntityKind.DANGER, "pali się")
    policy = Policy(rules=[], default=Outcome(team="triage", priority=Priority.LOW))
    for category in CATEGORY_IDS:
        assert decide(draft(), about(category), policy, danger).priority is Priority.URGENT
    hurry = word(EntityKind.URGENCY, "pilne")
    assert decide(draft(), about("other"), policy, hurry).priority is Priority.LOW


@pytest.mark.parametrize("kind", [EntityKind.DANGER, EntityKind.URGENCY])
def test_words_raise_what_was_not_classified(kind: EntityKind) -> None:
    """It is no `other` for being unknown: danger is urgent, and haste raises by a step."""
    unknown = about("other", 0.0, method="unavailable", unsure=True)
    wanted = {EntityKind.DANGER: Priority.URGENT, EntityKind.URGENCY: Priority.HIGH}
    decision = decide(draft(), unknown, WITHOUT_DANGER, Entity(kind, "dymi", None, 0, 4))
    assert (decision.priority, decision.team) == (wanted[kind], "triage")
    assert decision.flags == (Flag.UNCLASSIFIED,)
    assert decision.due_at is not None


def test_decision_that_is_put_off_promises_nothing() -> None:
    decision = module.put_off(module.Rulebook(DEFAULT, 7, TEAMS))
    assert (decision.team, decision.priority, decision.due_at) == ("triage", Priority.NORMAL, None)
    assert (decision.flags, decision.policy_version) == ((Flag.UNCLASSIFIED,), 7)


@pytest.mark.parametrize("category", ["new_purchase", "referral"])
def test_danger_takes_no_sure_purchase_from_sales(category: str) -> None:
    danger = word(EntityKind.DANGER, "zalewa nas")
    decision = decide(draft("zalewa nas, ile kosztuje pompa"), about(category), DEFAULT, danger)
    assert (decision.team, decision.priority) == ("sales", Priority.URGENT)


def test_unsure_inquiry_goes_to_triage() -> None:
    decision = decide(draft(), about("new_purchase", unsure=True), DEFAULT)
    assert (decision.team, decision.rule, decision.flags) == ("triage", "default", (Flag.UNSURE,))


def test_threshold_of_the_policy_replaces_the_models() -> None:
    strict = DEFAULT.model_copy(update={"unsure_below": 0.95})
    assert decide(draft(), about("new_purchase", 0.9), strict).flags == (Flag.UNSURE,)
    lenient = DEFAULT.model_copy(update={"unsure_below": 0.2})
    decision = decide(draft(), about("order_support", 0.3, unsure=True), lenient)
    assert (decision.team, decision.rule, decision.flags) == ("customer_service", "orders", ())


@pytest.mark.parametrize("threshold", [0.0, 0.2])
def test_no_threshold_sends_to_sales_what_the_model_is_unsure_of(threshold: float) -> None:
    lenient = DEFAULT.model_copy(update={"unsure_below": threshold})
    doubtful = decide(draft(), about("new_purchase", 0.3, unsure=True), lenient)
    assert (doubtful.team, doubtful.flags) == ("triage", (Flag.SALES_GUARD,))
    assert doubtful.reasons[2].endswith("never reaches sales, and the model itself is unsure")
    assert decide(draft(), about("new_purchase", 0.9), lenient).team == "sales"


def test_what_may_be_a_sale_is_seen_in_triage_and_never_low() -> None:
    decision = decide(draft(), about("other", maybe_sale=True), DEFAULT)
    assert (decision.team, decision.priority) == ("triage", Priority.NORMAL)
    assert Flag.MAYBE_SALE in decision.flags
    assert "something may be to be sold, so the priority is normal" in decision.reasons
    assert decide(draft(), about("other"), DEFAULT).priority is Priority.LOW


def test_what_may_be_a_sale_rings_no_salesperson_and_leaves_sure_service_alone() -> None:
    unsure = about("catalog_request", 0.3, unsure=True, maybe_sale=True)
    assert decide(draft(), unsure, DEFAULT).team == "triage"
    sure = decide(draft(), about("defect", maybe_sale=True), DEFAULT)
    assert (sure.team, sure.flags) == ("customer_service", ())


def test_sales_guard_overrides_a_policy_that_sends_everything_to_sales() -> None:
    greedy = policy({"when": {}}, default="sales")
    for classification in (
        about("other"),
        about("new_purchase", unsure=True),
        about("defect", method="unavailable"),
    ):
        decision = decide(draft(), classification, greedy)
        assert decision.team == "triage"
        assert Flag.SALES_GUARD in decision.flags


conditions = st.fixed_dictionaries(
    {},
    optional={
        "category": st.lists(st.sampled_from(CATEGORY_IDS), min_size=1, max_size=3),
        "intent": st.lists(st.sampled_from(["tender", "safety"]), min_size=1),
        "secondary": st.lists(st.sampled_from(CATEGORY_IDS), min_size=1, max_size=3),
        "min_confidence": st.floats(0, 1),
        "max_confidence": st.floats(0, 1),
        "channel": st.lists(st.sampled_from(list(Channel)), min_size=1, max_size=3),
        "language": st.lists(st.sampled_from(["pl", "en"]), min_size=1),
        "open_teams": st.lists(st.sampled_from(["sales", "triage"]), min_size=1),
        "closed_teams": st.lists(st.sampled_from(["sales", "triage"]), min_size=1),
        "words": st.lists(st.sampled_from(["kupić", "pomp*", "dymi się"]), min_size=1),
        "email_domain": st.just(["firma.pl"]),
        "phone_prefix": st.just(["+48"]),
        "company": st.just(["Hydro-Bud"]),
    },
)
outcomes = st.fixed_dictionaries(
    {
        "team": st.sampled_from(["customer_service", "sales", "triage", "gone"]),
        "priority": st.sampled_from(list(Priority)),
        "respond_within_minutes": st.none() | st.integers(1, 10_000),
    }
)


@given(
    st.lists(st.tuples(conditions, outcomes), max_size=6),
    outcomes,
    st.none() | st.floats(0, 1),
    st.sampled_from(CATEGORY_IDS),
    st.floats(0, 1),
    st.booleans(),
    st.sampled_from(["model", "unavailable"]),
    st.sampled_from(["chcę kupić pompę", "dymi się", ""]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_sales_guard_holds_for_every_policy(
    rules, default, unsure_below, category, confidence, unsure, method, text, at
) -> None:
    try:
        any_policy = Policy.model_validate(
            {
                "rules": [
                    {"id": f"r{n}", "when": when, "then": then}
                    for n, (when, then) in enumerate(rules)
                ],
                "default": default,
                "unsure_below": unsure_below,
            }
        )
    except ValidationError:
        reject()  # a policy in which a rule hides the ones after it
    classification = Classification(category, confidence, "pl", method, "test", unsure=unsure)
    contact = Contact(email="a@firma.pl", phone="+48601234567", company="Hydro-Bud")
    decision = decide(
        draft(text, contact=contact), classification, any_policy, now=at.replace(tzinfo=UTC)
    )

    uncertain = method == "unavailable" or unsure or confidence < (unsure_below or 0)
    assert decision.team in TEAMS.by_id
    if uncertain or category == "other":
        assert TEAMS.by_id[decision.team].kind != "sales"


GUARDED = (
    "sales guard: sent to triage instead of sales, because what is uncertain or 'other' "
    "never reaches sales"
)
DOUBT = ", which is too uncertain to act on"
WORDS = (Evidence("cieknie", 3.0), Evidence("pompa", 2.0), Evidence("a", 1.0), Evidence("b", 0.5))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (about("defect", 0.914), "looks like defect with confidence 0.91"),
        (
            about("defect", evidence=WORDS),
            "looks like defect with confidence 0.90 because of 'cieknie', 'pompa', 'a'",
        ),
        (
            about("defect", 0.914, intent="missing_item", intent_confidence=0.7),
            "looks like a missing item (defect, 0.91)",
        ),
        (
            about("rental", 0.94, intent="haul", evidence=WORDS),
            "looks like a long haul (rental, 0.94) because of 'cieknie', 'pompa', 'a'",
        ),
        (about("rental", 0.94, intent="gone"), "looks like gone (rental, 0.94)"),
        (
            about("defect", 0.4, unsure=True),
            f"looks like defect with confidence 0.40{DOUBT}",
        ),
        (
            about("defect", 0.4, unsure=True, evidence=WORDS[2:3]),
            f"looks like defect with confidence 0.40 because of 'a'{DOUBT}",
        ),
        (
            about("other", 0.0, method="unavailable", evidence=WORDS),
            "the classifier did not answer, so people decide",
        ),
        (
            about("other", 0.0, method="unread"),
            "the text could not be read by the router, so people read it",
        ),
    ],
)
def test_first_reason_describes_the_classification(found: Classification, reason: str) -> None:
    by = policy(default="customer_service")
    haul = OwnIntent.model_construct(id="haul", category="rental", names={"en": "a long haul"})
    own = OwnIntents.model_construct(intents=(haul,))
    assert module.decide(draft(), found, (), module.Rulebook(by, 1, TEAMS, own), NOW).reasons == (
        reason,
        "no rule applies, so the policy's default decides",
    )


def test_second_reason_describes_the_rule() -> None:
    by = policy({"when": {}, "then": {"team": "customer_service", "priority": "low"}})
    decision = decide(draft(), about("defect"), by)
    assert decision.reasons[1:] == ("rule 'r0' applies to everything",)


def test_reasons_name_the_sales_guard_a_chosen_team_and_the_promise() -> None:
    by = policy(
        {"when": {}, "then": {"team": "sales", "priority": "low", "respond_within_minutes": 60}}
    )
    guarded = decide(draft(), about("other"), by)
    assert guarded.reasons[2:] == (GUARDED, "answer due within 60 working minutes of triage")
    arguments = (draft(), about("defect", unsure=True), (), module.Rulebook(by, 1, TEAMS), NOW)
    chosen = module.decide(*arguments, chosen_team="sales")
    assert (chosen.team, chosen.flags) == ("sales", (Flag.UNSURE,))
    assert chosen.reasons[2:] == (
        "a person chose the team sales",
        "answer due within 60 working minutes of sales",
    )


def test_reason_lists_only_given_conditions() -> None:
    by = policy({"when": {"words": ["tekst"], "company": ["hydro*"]}})
    inquiry = draft(contact=Contact(company="Hydro-Bud"))
    assert (
        decide(inquiry, about("defect"), by).reasons[1]
        == "rule 'r0' applies: words is tekst; company is hydro* ('tekst')"
    )


def test_words_of_rules_are_kept_apart() -> None:
    by = policy(
        {"when": {"words": ["iskrz*"]}},
        {"when": {"words": ["uszczelka", "dymi się"]}, "unless": {"words": ["nowa"]}},
    )
    for text, rule in (
        ("Uszczelka!", "r1"),
        ("dymi sie", "r1"),
        ("nowa uszczelka", "default"),
        ("iskrzy uszczelka", "r0"),
    ):
        assert decide(draft(text), about("defect"), by).rule == rule


def test_words_read_beforehand_give_the_same_decision() -> None:
    for subject, text in (
        (None, "dymi się"),
        ("Czuć", "gaz w kuchni"),
        ("Sprawa 1", "nic takiego"),
    ):
        inquiry = draft(text, subject=subject)
        arguments = (inquiry, about("defect"), (), module.Rulebook(DEFAULT, 1, TEAMS), NOW)
        assert module.decide(*arguments, words=read_words(subject, text)) == module.decide(
            *arguments
        )


def test_first_rule_that_applies_wins() -> None:
    two = policy({"when": {"channel": ["email"]}}, {"when": {"category": ["defect"]}})
    assert decide(draft(), about("defect"), two, version=7).rule == "r0"
    assert decide(draft(), about("defect"), two, version=7).policy_version == 7


def test_team_is_closed_at_night() -> None:
    night = policy(
        {
            "when": {"closed_teams": ["sales"]},
            "then": {"team": "customer_service", "priority": "low"},
        }
    )
    assert decide(draft(), about("new_purchase"), night, now=NIGHT).rule == "r0"


def test_promised_minutes_of_a_rule() -> None:
    made = decide(draft(), about("defect"), DEFAULT)
    assert promised_minutes(DEFAULT, replace(made, rule="defects")) == 240
    assert promised_minutes(DEFAULT, replace(made, rule="default")) == 240


@pytest.mark.parametrize(
    ("category", "words", "priority", "why"),
    [
        (
            "order_support",
            [(EntityKind.DANGER, "iskrzy")],
            Priority.URGENT,
            "'iskrzy' raises the priority to urgent",
        ),
        (
            "order_support",
            [(EntityKind.URGENCY, "pilne")],
            Priority.HIGH,
            "'pilne' raises the priority to high",
        ),
        (
            "defect",
            [(EntityKind.URGENCY, "ASAP")],
            Priority.URGENT,
            "'ASAP' raises the priority to urgent",
        ),
        (
            "defect",
            [(EntityKind.URGENCY, "ASAP"), (EntityKind.DANGER, "dymi")],
            Priority.URGENT,
            "'dymi' raises",
        ),
        (
            "order_support",
            [(EntityKind.REPETITION, "piszę już\ntrzeci raz")],
            Priority.HIGH,
            "'piszę już trzeci raz' raises the priority to high",
        ),
        (
            "defect",
            [(EntityKind.THREAT, "oddam sprawę do sądu")],
            Priority.URGENT,
            "'oddam sprawę do sądu' raises the priority to urgent",
        ),
        (
            "order_support",
            [
                (EntityKind.URGENCY, "pilne"),
                (EntityKind.REPETITION, "trzeci raz dzwonię"),
                (EntityKind.THREAT, "Pozwę"),
            ],
            Priority.HIGH,
            "'Pozwę' raises the priority to high",
        ),
        (
            "order_support",
            [(EntityKind.THREAT, "Pozwę"), (EntityKind.DANGER, "dymi")],
            Priority.URGENT,
            "'dymi' raises the priority to urgent",
        ),
        ("other", [(EntityKind.THREAT, "Wezwanie przedsądowe")], Priority.LOW, None),
        ("order_support", [(EntityKind.SERIAL_NUMBER, "2231-A8")], Priority.NORMAL, None),
        ("defect", [(EntityKind.DATE, "3 maja")], Priority.HIGH, None),
        ("other", [(EntityKind.URGENCY, "pilne")], Priority.LOW, None),
    ],
)
def test_words_of_the_customer_raise_the_priority(
    category: str, words: list[tuple[EntityKind, str]], priority: Priority, why: str | None
) -> None:
    entities = [word(kind, text) for kind, text in words]
    decision = decide(draft(), about(category), WITHOUT_DANGER, *entities)
    assert decision.priority is priority
    assert any("raises" in reason for reason in decision.reasons) is (why is not None)
    assert why is None or any(reason.startswith(why) for reason in decision.reasons)
    deaf = WITHOUT_DANGER.model_copy(update={"heed_urgency": False})
    calm = decide(draft(), about(category), WITHOUT_DANGER)
    assert decide(draft(), about(category), deaf, *entities) == calm
