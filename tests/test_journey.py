"""The journey itself, on both databases: what comes in, what is decided, what is left behind."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from inquiry_router.corrections.service import Correction
from inquiry_router.database.group_commit import intake_keys
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiries.tables import inquiries, timeline, waiting
from inquiry_router.inquiry.errors import KeyReused
from inquiry_router.inquiry.model import (
    Channel,
    Contact,
    Draft,
    Flag,
    Origin,
    Priority,
    Receipt,
    Status,
)
from inquiry_router.intake.recognition import sending_of
from tests.conftest import NOW, running_house
from tests.switched_model import SwitchedModel, service_of

pytestmark = pytest.mark.anyio

ANNA = Draft(
    Channel.EMAIL,
    "Dzień dobry, pompa kupiona w marcu od wczoraj nie działa i cieknie spod uszczelki, "
    "proszę o naprawę gwarancyjną.",
    "Reklamacja pompy",
    contact=Contact("Anna Kowalska", "Anna@Hydro-Bud.example", "601 234 567", "Hydro-Bud"),
    origin=Origin("zammad", "48213"),
)


async def receive(house: House, draft: Draft, sender: str, key: str | None) -> Receipt:
    return await house.journey.receive(draft, sending_of(draft, sender, key), NOW)


async def count(house: House, table) -> int:
    return await house.database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def test_defect_goes_to_customer_service_and_is_queued_for_delivery(house: House) -> None:
    receipt = await receive(house, ANNA, "helpdesk", None)

    assert receipt.classification.category == "defect"
    assert receipt.decision.team == "customer_service"
    assert receipt.decision.priority is Priority.HIGH
    assert receipt.decision.rule == "defects"
    assert receipt.acknowledgement.language == "pl"
    assert receipt.reference in receipt.acknowledgement.text
    assert [
        await count(house, table) for table in (inquiries, timeline, deliveries, intake_keys)
    ] == [1, 1, 1, 2]
    row = await house.database.read(lambda c: c.execute(select(inquiries)).one())
    assert (row.contact_email, row.contact_phone) == ("anna@hydro-bud.example", "+48601234567")
    assert row.due_at == receipt.decision.due_at


async def test_preview_equals_the_live_answer_and_stores_nothing(house: House) -> None:
    preview = await house.journey.preview(ANNA, NOW)
    assert await count(house, inquiries) == 0
    receipt = await receive(house, ANNA, "helpdesk", None)
    assert preview.classification == receipt.classification
    assert preview.decision == receipt.decision


@pytest.mark.parametrize("error", [TimeoutError(), RecursionError()], ids=repr)
async def test_text_that_cannot_be_read_is_kept_for_people(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_: Draft) -> None:
        raise error

    monkeypatch.setattr("inquiry_router.matters.reading.read", fail)
    draft = replace(ANNA, text="  Pompa\x00 cieknie \ud800 ")
    receipt = await receive(house, draft, "helpdesk", "k-1")
    assert (receipt.decision.team, receipt.decision.flags) == ("triage", (Flag.UNREAD,))
    assert receipt.classification.method == "unread"
    assert "people read it" in receipt.decision.reasons[0]
    row = await house.database.read(lambda connection: store.find_inquiry(connection, receipt.id))
    assert (row.text, read_draft(row).provenance.unread) == ("  Pompa cieknie  ", True)


async def test_failing_joining_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    first = await receive(house, ANNA, "helpdesk", "k-1")
    monkeypatch.setattr("inquiry_router.recording.service.join", fail)
    again = replace(ANNA, origin=None)
    second = await receive(house, again, "helpdesk", "k-2")
    assert second.joined is None and second.reference != first.reference
    assert second.decision.team == first.decision.team


async def test_repeat_gets_the_first_answer_even_after_a_correction(
    house: House,
) -> None:
    first = await receive(house, ANNA, "helpdesk", "k-1")
    await house.corrections.correct(
        first.id, Correction("Celina", category="order_support"), "admin", NOW
    )

    again = await receive(house, ANNA, "helpdesk", "k-1")

    assert again == replace(first, replayed=True)
    assert await count(house, inquiries) == 1


async def test_key_with_other_content_is_refused(house: House) -> None:
    await receive(house, ANNA, "helpdesk", "k-1")
    with pytest.raises(KeyReused):
        await receive(house, replace(ANNA, text="coś innego", origin=None), "helpdesk", "k-1")
    with pytest.raises(KeyReused):
        await receive(house, replace(ANNA, text="coś innego"), "helpdesk", None)


async def test_clients_may_choose_the_same_key(house: House) -> None:
    draft = replace(ANNA, origin=None)
    first = await receive(house, draft, "website", "1")
    second = await receive(house, replace(draft, text="Poproszę cennik"), "erp", "1")
    assert first.id != second.id


async def test_copies_at_once_are_stored_once(house: House) -> None:
    receipts = await asyncio.gather(*(receive(house, ANNA, "helpdesk", "k") for _ in range(64)))
    assert len({receipt.id for receipt in receipts}) == 1
    assert sum(not receipt.replayed for receipt in receipts) == 1
    assert [await count(house, table) for table in (inquiries, deliveries)] == [1, 1]


async def test_crossed_keys_neither_deadlock_nor_double(
    house: House,
) -> None:
    """Half of the storm comes with the keys the other half has, in another combination."""
    drafts = [replace(ANNA, origin=Origin("zammad", str(number % 4))) for number in range(32)]
    results = await asyncio.gather(
        *(
            receive(house, draft, "helpdesk", f"k-{number % 3}")
            for number, draft in enumerate(drafts)
        ),
        return_exceptions=True,
    )
    assert {type(result).__name__ for result in results} <= {"Receipt", "KeyReused"}
    assert await count(house, inquiries) == len(
        {r.id for r in results if not isinstance(r, BaseException)}
    )


@pytest.mark.parametrize("model", [None, SwitchedModel()], ids=["missing", "failing"])
async def test_without_an_answer_of_the_model_an_inquiry_waits(
    settings, model: SwitchedModel | None
) -> None:
    async with running_house(settings, service_of(model)) as house:
        receipt = await receive(house, ANNA, "helpdesk", None)
        assert (receipt.status, receipt.waits) == (Status.NEW, True)
        assert (receipt.decision.team, receipt.decision.flags) == ("triage", (Flag.UNCLASSIFIED,))
        assert [await count(house, table) for table in (inquiries, waiting, deliveries)] == [
            1,
            1,
            0,
        ]


async def test_taken_reference_is_replaced(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await receive(house, ANNA, "helpdesk", None)
    references = iter([first.reference, first.reference, "AAAA-AAAA"])
    monkeypatch.setattr("inquiry_router.recording.openings.new_reference", lambda: next(references))
    another = replace(ANNA, origin=None, contact=Contact("Jan Nowak", "jan@nowak.example"))
    second = await receive(house, another, "helpdesk", None)
    assert second.reference == "AAAA-AAAA"
