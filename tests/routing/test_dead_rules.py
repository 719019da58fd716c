"""Rules that can never apply: found with their reason, and nothing else is called dead."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import (
    Attachment,
    Channel,
    Classification,
    Contact,
    Draft,
    Entity,
    EntityKind,
    Origin,
    Provenance,
)
from inquiry_router.routing.dead_rules import find_dead_rules
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.teams import Teams

THEN = {"team": "triage", "priority": "normal"}
INTENTS = {"haul": "rental", "missing_item": "defect", "wrong_item": "defect", "tender": "referral"}
OFFICE = {day: ["08:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
TEAM = {"kind": "service", "names": {"en": "x"}, "holidays": None}
TEAM_LIST = [
    {**TEAM, "id": "triage", "kind": "triage", "hours": OFFICE},
    {**TEAM, "id": "sales", "kind": "sales", "hours": OFFICE, "holidays": "PL"},
    {**TEAM, "id": "desk", "hours": OFFICE, "holidays": "PL"},
    {**TEAM, "id": "night", "hours": {"fri": ["22:00-06:00"]}},
    {**TEAM, "id": "duty", "hours": {"sun": ["08:00-16:00"]}, "timezone": "Europe/Kyiv"},
    {
        **TEAM,
        "id": "always",
        "hours": {day: ["00:00-24:00"] for day in DAYS},
    },
    {
        **TEAM,
        "id": "weekend",
        "hours": OFFICE,
        "special_hours": {"2027-04-10": ["09:00-13:00"]},
    },
]
TEAMS_HERE = Teams.model_validate({"teams": TEAM_LIST})


def policy(*rules: dict, **more) -> Policy:
    """The policy with these conditions; a rule with `when` may have `unless` too."""
    written = [
        {"id": name, "then": THEN, **(rule if "when" in rule else {"when": rule})}
        for name, rule in zip("abcdefgh", rules, strict=False)
    ]
    return Policy.model_validate({"rules": written, "default": THEN, **more})


def dead(*rules: dict, **more) -> list[str]:
    return find_dead_rules(policy(*rules, **more), TEAMS_HERE, INTENTS)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (
            {"min_confidence": 0.9, "max_confidence": 0.2},
            "'max_confidence is 0.2' never holds together with 'min_confidence is 0.9'",
        ),
        (
            {"open_teams": ["sales"], "closed_teams": ["sales"], "channel": ["email"]},
            "'closed_teams is sales' never holds together with 'open_teams is sales': see the",
        ),
        ({"open_teams": ["sales"], "closed_teams": ["desk"]}, "closed_teams"),  # the same hours
        ({"open_teams": ["sales", "desk"], "closed_teams": ["desk"]}, "closed_teams"),
        ({"closed_teams": ["always"]}, "'closed_teams is always' never holds: see the hours"),
        ({"open_teams": ["sales"], "weekday": ["sat", "sun"]}, "weekday"),
        ({"open_teams": ["sales"], "time": ["16:00-20:00"]}, "time"),
        ({"open_teams": ["night"], "weekday": ["fri"], "time": ["05:00-07:00"]}, "time"),
        ({"closed_teams": ["triage"], "weekday": ["mon"], "time": ["09:00-10:00"]}, "closed"),
        ({"open_teams": ["sales"], "closed_teams": ["triage"]}, "closed_teams"),
        ({"email": ["anna@hydro.example"], "email_domain": ["agro.pl"]}, "email_domain"),
        ({"phone_prefix": ["12"], "email_domain": ["ok.pl"], "words": ["* *"]}, "words"),
        ({"category": ["defect"], "intent": ["tender"]}, "belongs to referral"),
        ({"category": ["defect"], "secondary": ["defect"]}, "secondary"),
        ({"intent": ["tender"], "secondary": ["referral"]}, "secondary"),
    ],
)
@pytest.mark.parametrize("place", ["when", "unless"])
def test_conditions_that_never_hold_together_are_named(when: dict, said: str, place: str) -> None:
    rule = {"when": {}, place: when}
    (problem,) = dead(rule)
    assert problem.startswith("rule 'a': '")
    assert said in problem


def test_intent_of_another_category_is_refused_beside_a_category() -> None:
    never = {"category": ["order_support", "other"], "intent": ["haul", "missing_item"]}
    (problem,) = dead(never)
    assert problem == (
        "rule 'a': 'intent is haul or missing_item' never holds together with 'category is "
        "order_support or other', because it belongs to defect or rental"
    )
    for fits in ({"category": ["other", "defect"]}, {"secondary": ["other"]}):
        assert not dead({"intent": ["missing_item"], **fits})


def test_category_below_the_threshold_of_the_policy_is_never_sure() -> None:
    doubtful = {"category": ["defect"], "max_confidence": 0.5}
    (problem,) = dead(doubtful, unsure_below=0.6)
    assert "below 0.6 (unsure_below) no category is sure" in problem
    assert not dead(doubtful, unsure_below=0.5)
    assert not dead(doubtful)


@pytest.mark.parametrize(
    ("when", "hint"),
    [
        ({"phone_prefix": ["48 22"]}, "+48221234567"),
        ({"phone_prefix": ["+022"]}, "+48221234567"),
        ({"phone_prefix": ["Warszawa"]}, "+48221234567"),
        ({"phone_prefix": ["+48", "+48123456789012345"]}, "+48221234567"),
        ({"email_domain": ["jan@agro.pl"]}, "'email'"),
        ({"email_domain": ["https://agro.pl"]}, "agro.example"),
        ({"email_domain": ["agro.*"]}, "agro.example"),
        ({"email_domain": ["agro.pl, hydro.pl"]}, "agro.example"),
        ({"email": ["agro.pl"]}, "email_domain"),
        ({"mailbox": ["*@agro.pl"]}, "email_domain"),
        ({"entity": ["danger:gasoline"]}, "carbon_monoxide"),
        ({"words": ["*awari*"]}, "write 'awari*'"),
        ({"words": ["aw*ria"]}, "write 'awria*'"),
        ({"words": ["!?"]}, "no letter or digit"),
        ({"words": ["**"]}, "no letter or digit"),
        ({"company": ["*Hydro"]}, "write 'Hydro*'"),
    ],
)
def test_values_that_never_match_are_named(when: dict, hint: str) -> None:
    (problem,) = dead(when)
    name, values = next(iter(when.items()))
    assert problem.startswith(f"rule 'a': '{name} is {values[-1]}' never holds: ")
    assert hint in problem


SAME = {"category": ["defect"], "words": ["pomp*"]}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SAME, SAME),
        ({"category": ["defect"]}, SAME),
        ({"category": ["defect", "other"]}, {"category": ["defect"]}),
        ({"category": ["defect"]}, {"intent": ["missing_item", "wrong_item"]}),
        ({"intent": ["wrong_item", "tender"]}, {"intent": ["tender"], "channel": ["phone"]}),
        ({"words": ["pomp*"]}, {"words": ["pompa", "pompka"]}),
        ({"words": ["pomp*"]}, {"words": ["nowa pompa"]}),
        ({"words": ["czuć"]}, {"words": ["CZUC gaz"]}),
        ({"words": ["po*"]}, {"words": ["pomp*"]}),
        ({"company": ["hydro"]}, {"company": ["Hydro-Bud"]}),
        ({"email_domain": ["agro.pl"]}, {"email_domain": ["biuro.agro.pl"]}),
        ({"email_domain": ["*.agro.pl"]}, {"email": ["Jan <jan@agro.pl>"]}),
        ({"email": ["a@x.pl", "b@x.pl"]}, {"email": ["b@x.pl"]}),
        ({"phone_prefix": ["+48"]}, {"phone_prefix": ["22"]}),
        ({"phone_prefix": ["0-22"]}, {"phone_prefix": ["+48 22 123", "+48221"]}),
        ({"called_number": ["22 123 45 67"]}, {"called_number": ["+48221234567"]}),
        ({"mailbox": ["a@x.pl", "b@x.pl"]}, {"mailbox": ["A@x.pl"]}),
        ({"source": ["zammad", "mail"]}, {"source": ["mail"]}),
        ({"entity": ["danger"]}, {"entity": ["danger:gas", "danger:fire"]}),
        ({"entity": ["danger:gas"]}, {"entity": ["danger:Gas"]}),
        ({"attachment": True}, {"attachment": True, "channel": ["email"]}),
        ({"known_customer": True}, {"tier": ["gold"]}),
        ({"known_customer": True}, {"account": ["K-1"], "channel": ["email"]}),
        ({"owner": ["ewa", "ola"]}, {"owner": ["Ewa"]}),
        ({"account": ["K-1", "K-2"]}, {"account": ["K-2"]}),
        ({"min_confidence": 0.5}, {"min_confidence": 0.6}),
        ({"max_confidence": 0.6}, {"max_confidence": 0.5, "channel": ["api"]}),
        ({"min_confidence": 0}, SAME),
        ({"max_confidence": 1}, SAME),
        ({"channel": [str(channel) for channel in Channel]}, SAME),
        ({"weekday": ["sat", "sun"]}, {"weekday": ["sun"]}),
        ({"weekday": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}, SAME),
        ({"time": ["22:00-06:00"]}, {"time": ["23:00-01:00"]}),
        ({"time": ["00:00-12:00", "12:00-24:00"]}, SAME),
        ({"open_teams": ["sales", "triage"]}, {"open_teams": ["sales"]}),
        ({"open_teams": ["sales"]}, {"open_teams": ["desk"]}),
        ({"open_teams": ["always"]}, SAME),
        ({"open_teams": ["triage"]}, {"weekday": ["mon"], "time": ["08:00-09:00"]}),
        ({"closed_teams": ["sales"]}, {"weekday": ["sat"]}),
        (
            {"when": {"category": ["defect"]}, "unless": {"channel": ["phone"]}},
            {"category": ["defect"], "channel": ["email"]},
        ),
        (
            {"when": {"category": ["defect"]}, "unless": {"words": ["pilne"]}},
            {"when": {"category": ["defect"]}, "unless": {"words": ["pil*"]}},
        ),
        ({"when": {"category": ["defect"]}, "unless": {"category": ["other"]}}, SAME),
    ],
)
def test_rule_after_a_wider_one_is_never_reached(first: dict, second: dict) -> None:
    said = "is never reached: rule 'a' before it applies whenever this one would"
    assert dead(first, second) == [f"rule 'b' {said}"]
    far = {"category": ["referral"], "words": ["inne"]}
    assert f"rule 'c' {said}" in dead(first, far, second)


@pytest.mark.parametrize(
    "rules",
    [
        [{"category": ["defect"]}, {"category": ["other"]}, {"category": ["other", "defect"]}],
        [{"open_teams": ["sales"]}, {"closed_teams": ["sales"]}, SAME],
        [{"open_teams": ["sales"], **SAME}, {"closed_teams": ["sales"]}, SAME],
        [{"max_confidence": 0.5}, {"min_confidence": 0.5}, SAME],
        [{"weekday": ["sat", "sun"]}, {"weekday": ["mon", "tue", "wed", "thu", "fri"]}, SAME],
        [{"time": ["06:00-20:00"]}, {"time": ["20:00-06:00"]}, SAME],
        [{"when": {}, "unless": {"attachment": True}}, {"attachment": True}, SAME],
        [
            {"when": {"category": ["defect"]}, "unless": {"channel": ["phone"]}},
            {"channel": ["phone"]},
            SAME,
        ],
        [{"channel": ["email", "chat"]}, {"channel": ["phone", "form", "note", "api"]}, SAME],
        [
            {"category": ["defect"], "channel": ["phone"]},
            {"category": ["defect"], "channel": ["email"]},
            {"category": ["other"], "channel": ["phone"]},
            {"category": ["other"], "channel": ["email"]},
            {"category": ["other", "defect"], "channel": ["phone", "email"]},
        ],
    ],
)
def test_rule_after_several_that_leave_nothing_is_never_reached(rules: list[dict]) -> None:
    *others, last = rules
    (problem,) = dead({"words": ["nic"], "language": ["xx"]}, *others, last)
    names = " and ".join(f"'{name}'" for name in "bcdefgh"[: len(others)])
    assert f"is never reached: one of the rules {names} before it applies" in problem
    for number in range(len(others)):
        assert not dead(*others[:number], *others[number + 1 :], last)


@pytest.mark.parametrize(
    ("when", "unless"),
    [
        (SAME, {"category": ["defect"]}),
        (SAME, SAME),
        ({"intent": ["wrong_item"]}, {"category": ["defect", "other"]}),
        ({"email_domain": ["biuro.agro.pl"]}, {"email_domain": ["agro.pl"]}),
        ({"weekday": ["sun"]}, {"closed_teams": ["sales"]}),
        ({"min_confidence": 0.5}, {"min_confidence": 0.4}),
        ({}, {"min_confidence": 0.0}),
        ({}, {"open_teams": ["always"]}),
    ],
)
def test_rule_whose_exception_is_always_given_never_applies(when: dict, unless: dict) -> None:
    said = "rule 'a' never applies: its 'unless' holds whenever its 'when' does"
    assert dead({"when": when, "unless": unless}) == [said]


@pytest.mark.parametrize(
    "rules",
    [
        [SAME, {"category": ["defect"]}],
        [{"category": ["defect"]}, {"category": ["defect", "other"]}],
        [{"category": ["defect"]}, {"secondary": ["defect"]}],
        [{"category": ["defect", "other"], "secondary": ["defect", "other"]}],
        [{"category": ["defect"]}, {"intent": ["missing_item", "tender"]}],
        [{"words": ["pompa"]}, {"words": ["pomp*"]}],
        [{"words": ["pompa"]}, {"words": ["pompka"]}],
        [{"words": ["gaz"]}, {"words": ["gazowy"]}],
        [{"words": ["pompa"]}, {"company": ["pompa"]}],
        [{"email_domain": ["biuro.agro.pl"]}, {"email_domain": ["agro.pl"]}],
        [{"email_domain": ["gro.pl"]}, {"email_domain": ["agro.pl"]}],
        [{"phone_prefix": ["+4822"]}, {"phone_prefix": ["+48"]}],
        [{"entity": ["danger:gas"]}, {"entity": ["danger"]}],
        [{"entity": ["danger:gas"]}, {"entity": ["danger:smoke"]}],
        [{"entity": ["order_number:1"]}, {"entity": ["order_number:12"]}],
        [{"when": {"category": ["defect"]}, "unless": {"words": ["pilne"]}}, SAME],
        [
            {"when": {"category": ["defect"]}, "unless": {"words": ["pil*"]}},
            {"when": {"category": ["defect"]}, "unless": {"words": ["pilne"]}},
        ],
        [{"category": list(CATEGORY_IDS)}, {"words": ["x1"]}],
        [{"open_teams": ["sales"], "closed_teams": ["triage", "night"]}],
        [{"open_teams": ["sales", "night"], "closed_teams": ["sales"]}],
        [{"open_teams": ["triage"], "closed_teams": ["sales"]}],  # on holidays
        [{"open_teams": ["duty"], "weekday": ["mon"]}],  # another time zone
        [{"open_teams": ["weekend"], "weekday": ["sat"], "time": ["12:00-12:30"]}],
        [{"open_teams": ["night"], "weekday": ["sat"], "time": ["05:00-07:00"]}],
        [{"open_teams": ["sales"]}, {"weekday": ["mon"], "time": ["09:00-10:00"]}],  # holidays
        [{"open_teams": ["sales"]}, {"closed_teams": ["sales"], **SAME}],
        [{"max_confidence": 0.5}, {"min_confidence": 0.6}, SAME],
        [{"min_confidence": 0.5, "max_confidence": 0.5}],
        [{"mailbox": ["a@x.pl"]}, {"mailbox": ["b@x.pl"]}],
        [{"attachment": True}, {"when": {}, "unless": {"attachment": True}}],
        [{"category": ["defect"]}, {"when": {}, "unless": {"category": ["defect"]}}],
        [
            {"language": ["de"]},
            {"when": {"language": ["de", "pl"]}, "unless": {"language": ["de"]}},
        ],
    ],
)
def test_rules_that_may_apply_are_left_alone(rules: list[dict]) -> None:
    assert dead(*rules) == []


def test_shipped_policy_has_no_dead_rule() -> None:
    shipped = default_file().documents
    assert find_dead_rules(shipped[POLICY], shipped[TEAMS], INTENTS) == []


def some(values: list) -> st.SearchStrategy:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


conditions = st.fixed_dictionaries(
    {},
    optional={
        "category": some(["defect", "other", "referral"]),
        "intent": some(["missing_item", "wrong_item", "tender"]),
        "secondary": some(["defect", "other", "referral"]),
        "min_confidence": st.sampled_from([0.0, 0.3, 0.6]),
        "max_confidence": st.sampled_from([0.3, 0.6, 1.0]),
        "channel": some([str(channel) for channel in Channel]),
        "source": some(["zammad", "mail"]),
        "open_teams": some([team["id"] for team in TEAM_LIST]),
        "closed_teams": some([team["id"] for team in TEAM_LIST]),
        "weekday": some(["mon", "fri", "sat", "sun"]),
        "time": some(["08:00-16:00", "22:00-06:00", "15:00-23:00", "00:00-24:00"]),
        "words": some(["pomp*", "pompa", "czuć gaz", "gaz"]),
        "entity": some(["danger", "danger:gas", "danger:fire"]),
        "attachment": st.just(True),
        "mailbox": some(["a@x.pl", "b@x.pl"]),
        "email": some(["jan@agro.pl", "ola@biuro.agro.pl", "x@y.pl"]),
        "email_domain": some(["agro.pl", "biuro.agro.pl", "y.pl"]),
        "phone_prefix": some(["+48", "+4822", "+49"]),
    },
)
MONDAY = datetime(2027, 4, 5, 0, 0, tzinfo=UTC)
drafts = st.builds(
    lambda channel, text, source, email, phone, to, attached: Draft(
        channel,
        text,
        contact=Contact(email=email, phone=phone),
        origin=Origin(source, "1") if source else None,
        provenance=Provenance(
            attachments=(Attachment("a.pdf", "application/pdf", 1),) if attached else (),
            written_to=to,
        ),
    ),
    st.sampled_from(list(Channel)),
    st.sampled_from(["", "pompa", "pompka", "czuć gaz", "gaz i pompa"]),
    st.sampled_from([None, "zammad", "mail"]),
    st.sampled_from([None, "jan@agro.pl", "ola@biuro.agro.pl", "x@y.pl"]),
    st.sampled_from([None, "+48221234567", "+48601234567", "+49301234567"]),
    st.sampled_from([(), ("a@x.pl",), ("a@x.pl", "b@x.pl")]),
    st.booleans(),
)
classifications = st.builds(
    lambda found, confidence, unsure: Classification(
        found[0],
        confidence,
        "pl",
        "model",
        "test",
        secondary=found[2],
        unsure=unsure,
        intent=found[1],
    ),
    st.sampled_from(
        [
            ("defect", "missing_item", None),
            ("defect", None, "other"),
            ("referral", "tender", "defect"),
            ("other", None, "referral"),
        ]
    ),
    st.sampled_from([0.0, 0.3, 0.45, 0.6, 1.0]),
    st.booleans(),
)
dangers = st.sampled_from([(), ("gas",), ("fire", "gas")])
hours_of_two_weeks = st.integers(0, 2 * 7 * 24 * 4).map(lambda n: timedelta(minutes=15 * n))


@given(
    st.lists(st.tuples(conditions, st.none() | conditions), min_size=1, max_size=4),
    st.none() | st.sampled_from([0.3, 0.6]),
    drafts,
    classifications,
    dangers,
    hours_of_two_weeks,
)
def test_rule_that_decides_is_never_called_dead(
    rules, unsure_below, draft, classification, kinds, later
) -> None:
    rules = [
        {"when": when, **({"unless": unless} if unless else {})}
        for place, (when, unless) in enumerate(rules)
        if when or unless or place == len(rules) - 1
    ]
    tried = policy(*rules, unsure_below=unsure_below)
    entities = tuple(Entity(EntityKind.DANGER, "x", kind, 0, 1) for kind in kinds)
    decision = decide(
        draft, classification, entities, Rulebook(tried, 1, TEAMS_HERE), MONDAY + later
    )
    called_dead = [
        problem
        for problem in find_dead_rules(tried, TEAMS_HERE, INTENTS)
        # An exception that never holds is named too, and does not keep its rule from applying.
        if "never holds" not in problem
    ]
    assert not any(problem.startswith(f"rule '{decision.rule}' ") for problem in called_dead)
