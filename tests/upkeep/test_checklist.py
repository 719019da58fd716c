"""The checklist of a new installation."""

from dataclasses import replace

from inquiry_router.sources.traffic_store import SourceTraffic
from inquiry_router.upkeep.checklist import list_steps
from inquiry_router.upkeep.facts import ServiceFacts
from inquiry_router.upkeep.texts import LANGUAGES, say
from tests.upkeep.test_findings import DESK, SHOP, WELL

NEW = replace(
    WELL,
    has_public_url=False,
    has_metrics=False,
    has_key_file=True,
    has_client_key=False,
    sources=(),
    destinations=(replace(DESK, kind="console"),),
    teams_changed=False,
    policy_changed=False,
    phone_set=False,
    corrections=0,
    delivered=True,  # to the console, which counts for nothing
)


def done(facts: ServiceFacts) -> dict[str, bool | None]:
    return {step.id: step.done for step in list_steps(facts)}


def test_new_installation_has_everything_left() -> None:
    assert done(NEW) == {
        "public_url": False,
        "teams": False,
        "source": False,
        "destination": False,
        "delivered": False,
        "policy": False,
        "correction": False,
        "metrics": False,
        "admin_key": False,
        "backup": None,
    }


def test_installation_that_works_has_everything_done() -> None:
    steps = done(WELL)
    assert steps.pop("backup") is None
    assert steps["first_event"] is True
    assert set(steps.values()) == {True}


def test_steps_appear_with_what_they_are_about() -> None:
    line = replace(SHOP, is_phone=True, shadow=True, traffic=SourceTraffic())
    steps = done(replace(WELL, sources=(line,), phone_set=False))
    assert (steps["phone"], steps["out_of_shadow"], steps["first_event"]) == (False, False, False)


def test_client_of_the_api_is_a_way_in_too() -> None:
    steps = done(replace(NEW, has_client_key=True))
    assert steps["source"] is True
    assert "first_event" not in steps


def test_every_step_has_its_sentences() -> None:
    line = replace(SHOP, is_phone=True, shadow=True)
    for step in list_steps(replace(WELL, sources=(line,))):
        sentences = say("steps", step.id)
        assert set(sentences) == set(LANGUAGES)
        assert all(sentence.endswith(".") for sentence in sentences.values())
