"""The difference of two policies is said rule by rule, in three languages."""

from typing import Any

from inquiry_router.inquiry.names import built_in_name
from inquiry_router.inquiry.reasons import say
from inquiry_router.routing.differing import diff_policies
from inquiry_router.routing.policy import Policy


def rule(name: str, team: str = "sales", **more: Any) -> dict[str, Any]:
    then = {"team": team, "priority": more.pop("priority", "normal")}
    then["respond_within_minutes"] = more.pop("within", None)
    return {"id": name, "when": {"category": ["defect"]}, "then": then, **more}


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    return Policy.model_validate(
        {"rules": list(rules), "default": {"team": "triage", "priority": "normal"}, **more}
    )


def test_same_policies_do_not_differ() -> None:
    assert diff_policies(policy(rule("a")), policy(rule("a"))) == []


def test_each_change_is_said() -> None:
    before = policy(rule("tenders"), rule("old", when={"intent": ["tender"]}))
    after = policy(
        rule(
            "tenders",
            "tender_desk",
            priority="high",
            within=240,
            when={"category": ["defect", "other"], "channel": ["phone"]},
            unless={"attachment": True},
        ),
        rule("gas", when={"words": ["czuć gaz"]}),
        default={"team": "sales", "priority": "low"},
        unsure_below=0.6,
        heed_urgency=False,
    )
    assert diff_policies(before, after) == [
        "rule 'old' is gone",
        "rule 'tenders': category is defect -> category is defect or other",
        "rule 'tenders': new condition: channel is phone",
        "rule 'tenders': new condition: not: attachment is there",
        "rule 'tenders': team sales -> tender_desk",
        "rule 'tenders': priority normal -> high",
        "rule 'tenders': answer within - -> 240 min",
        "new rule 'gas': words is czuć gaz -> team sales, priority normal",
        "default: team triage -> sales",
        "default: priority normal -> low",
        "unsure_below: - -> 0.6",
        "heed_urgency: true -> false",
    ]
    back = diff_policies(after, before)
    assert "rule 'tenders': without the condition: channel is phone" in back


def test_fewest_rules_are_named_that_explain_a_new_order() -> None:
    names = ["a", "b", "c", "d"]
    before = policy(*(rule(one) for one in names))
    after = policy(*(rule(one) for one in ["d", "a", "b", "c"]))
    assert diff_policies(before, after) == ["rule 'd': place 4 -> 1"]
    gone = policy(*(rule(one) for one in ["a", "c", "d"]))
    assert diff_policies(before, gone) == ["rule 'b' is gone"]


def test_differences_are_said_in_polish_and_german() -> None:
    (team,) = diff_policies(policy(rule("tenders")), policy(rule("tenders", "desk")))
    assert say(team.code, team.facts, "pl", built_in_name) == (
        "reguła „tenders”: zespół sales → desk"
    )
    (new,) = diff_policies(policy(), policy(rule("all", when={}, unless={"channel": ["api"]})))
    assert say(new.code, new.facts, "de", built_in_name) == (
        "neue Regel „all“: nicht: Kanal: API → Team „sales“, Priorität normal"
    )
    (everything,) = diff_policies(policy(), policy(rule("all", when={})))
    assert say(everything.code, everything.facts, "pl", built_in_name) == (
        "nowa reguła „all”: wszystko → zespół „sales”, priorytet zwykły"
    )
