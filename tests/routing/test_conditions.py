"""Conditions as admins write them, and the page about them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st
from pydantic import ValidationError

from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.model import EntityKind
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.dead_rules import find_dead_rules
from inquiry_router.routing.golden import GoldenSentence
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.teams import Team

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
EXAMPLES = [json.loads(one) for one in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.S)]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"entity": ["order"]}, "order_number"),
        ({"entity": ["danger:"]}, "no value"),
        ({"time": ["8-16"]}, "08:00-16:00"),
        ({"time": []}, "at least 1"),
        ({"weekday": ["monday"]}, "mon"),
        ({"attachment": False}, "True"),
        ({"mailbox": [" "]}, "at least 1"),
        ({"timezone": "Europe/Warsaw"}, "timezone"),
    ],
)
def test_condition_that_cannot_be_read_is_refused(condition: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Conditions.model_validate(condition)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("phone_prefix", "abc"),
        ("phone_prefix", "48 22"),
        ("phone_prefix", "+48*"),
        ("email_domain", "jan@agro.pl"),
        ("email_domain", "@@"),
        ("words", "*awari*"),
        ("company", "**"),
    ],
)
def test_value_that_older_versions_took_is_read(name: str, written: str) -> None:
    """A service must start with the policy that it has, whatever is in it."""
    assert getattr(Conditions.model_validate({name: [written]}), name) is not None


def test_page_tells_every_condition() -> None:
    table = re.findall(r"^\| (`.*?) \|", PAGE.read_text(encoding="utf-8"), re.M)
    told = {name for row in table for name in re.findall("`([a-z_]+)`", row)}
    assert told == set(Conditions.model_fields)


def test_examples_of_the_page_are_taken() -> None:
    rule, golden, team = EXAMPLES
    policy = Policy.model_validate({"rules": [rule], "default": rule["then"]})
    assert find_dead_rules(policy, default_file().documents[TEAMS], {}) == []
    assert Team.model_validate(team).working_hours.special
    assert GoldenSentence.model_validate(golden).draft.text


ODD = st.text(alphabet="+0482-*@.<> :aİß\u00a0", min_size=2, max_size=80).filter(
    lambda text: len(text.strip()) > 1
)


@pytest.mark.parametrize(
    "name", ["phone_prefix", "email_domain", "email", "mailbox", "called_number", "words"]
)
@given(ODD)
@example("+ (").via("generated requests")
@example("@.").via("generated requests")
@example("@@agro.pl").via("one in front of another")
@example("mailto:mailto:a@b.pl").via("one in front of another")
@example("0" * 80).via("longer with a country")
@example("İ" * 80).via("longer in lower case")
def test_what_is_stored_is_read_again_as_the_same(name: str, written: str) -> None:
    once = Conditions.model_validate({name: [written]})
    assert Conditions.model_validate(once.model_dump(mode="json")) == once


@given(st.sampled_from(list(EntityKind)), ODD)
@example(EntityKind.TAX_ID, "--")
@example(EntityKind.DATE, "ß" * 200)
def test_entity_that_is_stored_is_read_again_as_the_same(kind: EntityKind, value: str) -> None:
    try:
        once = Conditions.model_validate({"entity": [f"{kind}:{value}"]})
    except ValidationError:
        reject()
    assert Conditions.model_validate(once.model_dump(mode="json")) == once
