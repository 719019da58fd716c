"""Joining: colleagues who go on with what another of their company has told."""

import pytest

from inquiry_router.inquiry.model import Contact, Status
from inquiry_router.matters.joining import join
from tests.matters.samples import RULES, draft, incoming, inquiry, joined

JAN = Contact("Jan Rek", "j.rek@hotel-klon.example")
EWA = Contact("Ewa Bąk", "e.bak@hotel-klon.example")
STRANGER = Contact("Ewa Bąk", "e.bak@pensjonat.example")
LIFT = draft("Winda towarowa w skrzydle wschodnim stoi, świeci czerwona lampka.", JAN)
TOLD = "Kolega już dzwonił: winda towarowa, skrzydło wschodnie, czerwona lampka. Kto przyjedzie?"


def test_a_colleague_tells_of_what_was_said_before() -> None:
    found = joined(LIFT, draft(TOLD, EWA))
    assert found.matter is not None
    assert found.sign.startswith("a colleague")
    assert found.certainty == 0.75


@pytest.mark.parametrize(
    ("text", "writer", "hours"),
    [
        (TOLD, STRANGER, 2),
        (TOLD, EWA, 8 * 24),
        (TOLD.removeprefix("Kolega już dzwonił: "), EWA, 2),
        ("Kolega już dzwonił: winda towarowa. Kto przyjedzie?", EWA, 2),
        (f"{TOLD} To inna sprawa niż wczoraj.", EWA, 2),
    ],
    ids=["another company", "too late", "told of nothing", "few words", "something else"],
)
def test_another_matter_of_a_company(text: str, writer: Contact, hours: float) -> None:
    assert joined(LIFT, draft(text, writer), hours=hours).matter is None


def test_what_is_resolved_waits_for_a_surer_sign() -> None:
    known = inquiry(LIFT, status=Status.RESOLVED)
    assert join(incoming(draft(TOLD, EWA)), [known], RULES).matter is None
