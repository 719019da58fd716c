"""Corrections: decided again, recorded, delivered again."""

import pytest
from sqlalchemy import select

from inquiry_router.configuration.documents import POLICY
from inquiry_router.corrections.service import Correction
from inquiry_router.corrections.tables import corrections
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Priority, Status
from inquiry_router.matters.status import Act
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.policy import Outcome, Rule
from tests.conftest import NOW
from tests.test_journey import ANNA, receive

pytestmark = pytest.mark.anyio


async def test_correction_decides_again_and_is_delivered_again(house: House) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)
    said = Correction("Celina", category="new_purchase", why="She wants a second pump")

    after = await house.corrections.correct(
        receipt.reference.lower().replace("-", " "), said, "admin", NOW
    )

    assert (after.decision.team, after.decision.priority, after.classification.method) == (
        "sales",
        Priority.HIGH,
        "person",
    )
    assert after.classification.confidence == 1.0
    events = await house.database.read(
        lambda c: list(c.scalars(select(deliveries.c.event).order_by(deliveries.c.id)))
    )
    assert events == ["inquiry.routed", "inquiry.corrected"]
    row = await house.database.read(lambda c: c.execute(select(corrections)).one())
    assert (row.category_before, row.category, row.team_before, row.team) == (
        "defect",
        "new_purchase",
        "customer_service",
        "sales",
    )


async def test_correction_may_name_only_the_team(house: House) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)
    after = await house.corrections.correct(
        receipt.id, Correction("Celina", team="triage"), "admin", NOW
    )
    assert (after.decision.team, after.classification.category) == ("triage", "defect")


async def test_correction_cannot_send_other_to_sales(house: House) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)
    with pytest.raises(Invalid, match="never reaches sales"):
        await house.corrections.correct(
            receipt.id, Correction("Celina", category="other", team="sales"), "admin", NOW
        )
    with pytest.raises(Invalid, match="no team"):
        await house.corrections.correct(
            receipt.id, Correction("Celina", team="nobody"), "admin", NOW
        )
    with pytest.raises(NotFound):
        await house.corrections.correct("nothing", Correction("Celina", team="sales"), "admin", NOW)


async def test_correction_leaves_a_resolved_inquiry_resolved(house: House) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)
    await house.acts.record(Act.RESOLVED, receipt.id, "Celina", None, "admin", NOW)
    after = await house.corrections.correct(
        receipt.id, Correction("Bartek", category="order_support"), "admin", NOW
    )
    assert after.status is Status.RESOLVED


async def test_person_may_say_the_intent_of_the_category(house: House) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)
    said = Correction("Celina", category="new_purchase", intent="tender")
    after = await house.corrections.correct(receipt.id, said, "admin", NOW)
    found = after.classification
    assert (found.intent, found.intent_confidence, found.method) == ("tender", 1.0, "person")
    assert after.decision.reasons[0].startswith("looks like an invitation to tender")
    row = await house.database.read(lambda c: c.execute(select(corrections)).one())
    assert row.intent == "tender"

    # The category alone confirms it and leaves the intent; another category takes it away.
    confirmed = Correction("Bartek", category="new_purchase")
    assert await house.corrections.correct(receipt.id, confirmed, "admin", NOW) == after
    other = Correction("Bartek", category="defect")
    after = await house.corrections.correct(receipt.id, other, "admin", NOW)
    assert (after.classification.intent, after.classification.intent_confidence) == (None, None)


async def test_intent_decides_again_by_the_rules(house: House) -> None:
    """The category was right, but the router had not seen that something is missing."""
    policy = house.configuration.current.documents[POLICY]
    outcome = Outcome(team="triage", priority=Priority.LOW)
    rule = Rule(id="warehouse", when=Conditions(intent=["missing_item"]), then=outcome)
    changed = policy.model_copy(update={"rules": [rule, *policy.rules]})
    await house.configuration.replace_document(POLICY, changed, 1, "admin", None, NOW)
    receipt = await receive(house, ANNA, "helpdesk", None)
    assert receipt.decision.rule == "defects"
    said = Correction("Celina", category="defect", intent="missing_item")
    after = await house.corrections.correct(receipt.id, said, "admin", NOW)
    assert (after.decision.rule, after.decision.team) == ("warehouse", "triage")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Correction("Celina", category="defect", intent="tender"), "intent of 'new_purchase'"),
        (Correction("Celina", category="defect", intent="lost"), "no intent 'lost'"),
        (Correction("Celina", team="triage", intent="tender"), "without its category"),
    ],
)
async def test_intent_must_belong_to_the_category(
    house: House, said: Correction, words: str
) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)
    with pytest.raises(Invalid, match=words):
        await house.corrections.correct(receipt.id, said, "admin", NOW)
    assert await house.database.read(lambda c: c.execute(select(corrections)).all()) == []
