"""The registry of configuration documents: reading, and problems between documents."""

import pytest

from inquiry_router.configuration.documents import (
    DOCUMENTS,
    OWN_CATEGORIES,
    OWN_INTENTS,
    PHONE,
    POLICY,
    TEAMS,
    DocumentKind,
    Documents,
    read_documents,
)
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.own_categories import OwnCategories, OwnCategory
from inquiry_router.routing.own_intents import OwnIntent, OwnIntents
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.teams import Teams

RENTAL = OwnCategory.model_validate(OwnCategory.model_config["json_schema_extra"]["examples"][0])
SERVICE_CONTRACT = OwnIntent.model_validate(
    OwnIntent.model_config["json_schema_extra"]["examples"][0]
)


def shipped() -> Documents:
    return default_file().documents


def without(team: str) -> Teams:
    return Teams(teams=[one for one in shipped()[TEAMS].teams if one.id != team])


def phone_with_desk(team: str) -> PhoneSettings:
    return PhoneSettings.model_validate({"desks": {team: {"numbers": ["+48220000009"]}}})


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.name)
def test_stored_document_is_read_back(kind: DocumentKind) -> None:
    bodies = {one.name: (shipped()[one].model_dump(mode="json"), 3) for one in DOCUMENTS}
    read = read_documents(bodies)
    assert (read[kind], read.version(kind)) == (shipped()[kind], 3)


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.name)
def test_missing_document_has_its_default_or_is_an_error(kind: DocumentKind) -> None:
    bodies = {one.name: (shipped()[one].model_dump(mode="json"), 1) for one in DOCUMENTS}
    del bodies[kind.name]
    if kind.default is None:
        with pytest.raises(ValueError, match=kind.name):
            read_documents(bodies)
    else:
        read = read_documents(bodies)
        assert (read[kind], read.version(kind)) == (kind.default, 0)


def test_names_of_documents_differ() -> None:
    assert len({kind.name for kind in DOCUMENTS}) == len(DOCUMENTS)


def test_shipped_documents_have_no_problems() -> None:
    assert shipped().problems() == []


def test_own_category_is_known_and_gets_a_rule() -> None:
    own = shipped().replaced(OWN_CATEGORIES, OwnCategories(categories=(RENTAL,)))
    assert own.category_ids == (*CATEGORY_IDS, "rental")
    assert own.policy_in_force.rules[-1].then.team == RENTAL.team
    assert own[POLICY] == shipped()[POLICY]


def naming(intent: str) -> Policy:
    """The policy with a rule for an intent."""
    policy = shipped()[POLICY].model_dump(mode="json")
    rule = {"id": "desk", "when": {"intent": [intent]}, "then": policy["default"]}
    return Policy.model_validate({**policy, "rules": [rule, *policy["rules"]]})


def test_rules_name_intents_that_exist() -> None:
    own = shipped().replaced(OWN_INTENTS, OwnIntents(intents=(SERVICE_CONTRACT,)))
    assert own.problems_with(POLICY, naming("service_contract")) == []
    assert own.problems_with(POLICY, naming("tender")) == []
    gone = "rule 'desk': there is no intent 'service_contract'"
    assert shipped().problems_with(POLICY, naming("service_contract")) == [gone]
    ruled = own.replaced(POLICY, naming("service_contract"))
    assert ruled.problems_with(OWN_INTENTS, OwnIntents()) == [f"policy: {gone}"]


def test_own_intent_belongs_to_a_category_that_exists() -> None:
    hire = SERVICE_CONTRACT.model_copy(update={"category": "rental"})
    inside = OwnIntents(intents=(hire,))
    lost = "'service_contract': there is no category 'rental'"
    assert shipped().problems_with(OWN_INTENTS, inside) == [lost]
    rental = shipped().replaced(OWN_CATEGORIES, OwnCategories(categories=(RENTAL,)))
    assert rental.problems_with(OWN_INTENTS, inside) == []


def test_value_that_names_a_missing_team_is_a_problem() -> None:
    policy = shipped()[POLICY]
    lost = policy.model_copy(update={"default": policy.default.model_copy(update={"team": "x"})})
    assert shipped().problems_with(POLICY, lost) == ["default: there is no team 'x'"]
    assert shipped().problems_with(PHONE, phone_with_desk("x")) == ["desks: there is no team 'x'"]


def test_problems_that_a_value_brings_to_other_documents_are_found() -> None:
    documents = shipped().replaced(PHONE, phone_with_desk("sales"))
    found = documents.problems_with(TEAMS, without("sales"))
    assert "policy: rule 'purchases': there is no team 'sales'" in found
    assert "phone: desks: there is no team 'sales'" in found


def test_problem_of_another_document_does_not_block_a_change() -> None:
    broken = shipped().replaced(PHONE, phone_with_desk("gone"))
    assert broken.problems() == ["phone: desks: there is no team 'gone'"]
    assert broken.problems_with(POLICY, broken[POLICY]) == []
    assert broken.problems_with(PHONE, broken[PHONE]) != []
