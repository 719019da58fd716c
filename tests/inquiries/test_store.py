"""The SQL of inquiries: what is stored, found, listed and searched, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inquiry_router.database.group_commit import find_owners
from inquiry_router.database.session import Database
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.model import (
    Attachment,
    Channel,
    Classification,
    Contact,
    Decision,
    Draft,
    Evidence,
    Origin,
    Priority,
    Provenance,
    Receipt,
    Sending,
    Status,
)
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.matters.signs import signs_of
from inquiry_router.process.ids import new_id
from tests.conftest import NOW

pytestmark = pytest.mark.anyio
UNKNOWN = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
DRAFT = Draft(
    Channel.EMAIL,
    "Zażółć gęślą jaźń",
    subject="Pompa",
    language="pl",
    contact=Contact("Anna", "anna@hydro-bud.example", "+48601234567", "Hydro-Bud"),
    origin=Origin("zammad", "48213", "https://helpdesk.example.com/1"),
    received_at=NOW,
    provenance=Provenance(hops=1, attachments=(Attachment("a.pdf", "application/pdf", 7),)),
)


def receipt_of(minutes: int = 0, category: str = "defect") -> Receipt:
    return Receipt(
        id=new_id(),
        reference=new_reference(),
        status=Status.ROUTED,
        received_at=NOW + timedelta(minutes=minutes),
        classification=Classification(category, 0.9, "pl", "model", "m"),
        decision=Decision("customer_service", Priority.HIGH, "defects", 1, ("why",)),
        acknowledgement=None,
    )


async def stored(database: Database, receipt: Receipt, draft: Draft = DRAFT) -> Receipt:
    sending = Sending("helpdesk", (f"key:{receipt.id}",), "print")
    rows = store.build_rows(receipt, draft, sending, signs_of(draft, ()), (deliveries, []), NOW)
    await database.record(rows)
    return receipt


async def test_stored_inquiry_is_read_back(database: Database) -> None:
    receipt = receipt_of()
    classification = replace(
        receipt.classification,
        intent="missing_item",
        intent_confidence=0.71,
        evidence=(Evidence("brakuje", 1.2),),
        rival_evidence=(Evidence("zamówienie", 0.4),),
    )
    receipt = await stored(database, replace(receipt, classification=classification))
    row = await database.read(lambda c: store.find_inquiry(c, receipt.id))
    assert read_draft(row) == DRAFT
    assert await database.read(lambda c: store.read_receipt(c, row)) == receipt
    key = f"key:{receipt.id}"
    owners = await database.read(lambda c: find_owners(c, ("x", key)))
    assert set(owners) == {key}
    assert (owners[key].inquiry_id, owners[key].fingerprint) == (receipt.id, "print")


@pytest.mark.parametrize("written", ["id", "reference", "lower case", "latest"])
async def test_inquiry_is_found_by_id_reference_or_latest(database: Database, written: str) -> None:
    await stored(database, receipt_of())
    receipt = await stored(database, receipt_of(minutes=1))
    name = {
        "id": receipt.id.upper(),
        "reference": receipt.reference,
        "lower case": receipt.reference.lower().replace("-", " "),
        "latest": "latest",
    }[written]
    row = await database.read(lambda c: store.find_inquiry(c, name, for_update=False))
    assert row.id == receipt.id


@pytest.mark.parametrize("name", ["latest", "K7MA-4XEH", UNKNOWN, "", "nonsense"])
async def test_unknown_inquiry_is_not_found(database: Database, name: str) -> None:
    with pytest.raises(NotFound):
        await database.read(lambda c: store.find_inquiry(c, name))


async def test_change_keeps_the_first_receipt_and_the_timeline(database: Database) -> None:
    first = await stored(database, receipt_of())
    decision = replace(first.decision, team="sales")
    second = replace(first, decision=decision, status=Status.RESOLVED)
    entries = [
        store.routed_entry(second, NOW, "celina"),
        store.timeline_entry(first.id, NOW, "resolved", "celina", {"note": None}),
    ]
    await database.write(lambda c: store.record_change(c, second, entries, (deliveries, [])))
    row = await database.read(lambda c: store.find_inquiry(c, first.id))
    assert (row.team, row.status) == ("sales", "resolved")
    assert await database.read(lambda c: store.read_receipt(c, row)) == second
    assert await database.read(lambda c: store.read_answer(c, first.id)) == first
    timeline = await database.read(lambda c: store.list_timeline(c, first.id))
    assert [entry["kind"] for entry in timeline] == ["routed", "routed", "resolved"]
