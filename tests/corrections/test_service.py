"""Corrections: decided again, recorded, delivered again."""

import pytest
from sqlalchemy import select

from inquiry_router.corrections.service import Correction
from inquiry_router.corrections.tables import corrections
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Priority, Status
from inquiry_router.matters.status import Act
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
