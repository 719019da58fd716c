"""Joining: colleagues who go on with what another of their company has told."""

import pytest

from inquiry_router.inquiry.model import Contact
from tests.matters.samples import LATER, draft, joined

JAN = Contact("Jan Rek", "j.rek@hotel-klon.example")
EWA = Contact("Ewa Bąk", "e.bak@hotel-klon.example")
STRANGER = Contact("Ewa Bąk", "e.bak@pensjonat.example")
LIFT = draft("Winda towarowa w skrzydle wschodnim stoi, świeci czerwona lampka.", JAN)
TOLD = "Kolega już dzwonił: winda towarowa, skrzydło wschodnie, czerwona lampka. Kto przyjedzie?"


def test_a_colleague_tells_of_what_was_said_before() -> None:
    found = joined(LIFT, draft(TOLD, EWA), sense=LATER)
    assert found.matter is not None
    assert found.sign.startswith("somebody of the same company and told of before")
    assert 0.8 < found.certainty < 1


@pytest.mark.parametrize(
    ("text", "writer", "hours"),
    [
        (TOLD, STRANGER, 2),
        (TOLD, EWA, 15 * 24),
        ("Kolega już dzwonił: brama garażowa. Kto przyjedzie?", EWA, 2),
        (f"{TOLD} To inna sprawa niż wczoraj.", EWA, 2),
    ],
    ids=["another company", "too late", "other words", "something else"],
)
def test_another_matter_of_a_company(text: str, writer: Contact, hours: float) -> None:
    assert joined(LIFT, draft(text, writer), hours=hours, sense=LATER).matter is None


def test_a_colleague_without_a_word_of_before_has_a_matter_of_their_own() -> None:
    second = draft(TOLD.removeprefix("Kolega już dzwonił: "), EWA)
    assert joined(LIFT, second, sense=0.0).matter is None
